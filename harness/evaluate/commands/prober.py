"""Probes that the service starts by itself: a timer beside the workers, and what it starts, a process of its own.

`serve` holds one `Prober`, whatever the number of workers. When probes are due it starts this module as a process, so
that no request waits for it and a crash of it is its own; it reads its settings as a worker does, from its
environment, and leaves figures in a file that `/metrics` shows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from harness.assistants.bundle import find_bundle
from harness.base.clock import Clock, SystemClock
from harness.base.errors import UsageError
from harness.base.files import private_folder
from harness.base.project import Project
from harness.evaluate.commands.probe import ProbedRun, probe
from harness.evaluate.commands.probe_service import (
    BudgetSpentError,
    NothingToProbeError,
    fitting,
    probes_spent,
    sampled,
)
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider
from harness.evaluate.stages.probe_pages import figures_of
from harness.models.endpoints import is_simulated
from harness.models.profiles import endpoint_of
from harness.probes.estimate import TELLING
from harness.replay.lock import RunLock
from harness.review.acceptance import load_accepted, slot
from harness.service.flags import Flags
from harness.service.logs import failed, log, set_up
from harness.service.probed import Probed, load, save
from harness.service.settings import ServiceSettings, from_environment, to_environment

EVIDENCE = "evidence"
"""The folder beside the figures in which copies of production's CVs lie, as `run --from-service` has it."""


class Prober:
    """Starts `work` (by default: this module as a process) when probes are due, until it is ended."""

    def __init__(self, settings: ServiceSettings, work: Callable[[], None] | None = None) -> None:
        self._settings = settings
        self._work = work or self._process
        self._ended = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._run, name="prober", daemon=True)

    def start(self) -> None:
        """Begin, where probes are switched on."""
        if self._settings.probes.every_s > 0:
            self._thread.start()

    def end(self) -> None:
        """No more probes; what runs is broken off (what it has spent is known from its journal)."""
        self._ended.set()
        child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
        if self._thread.is_alive():
            self._thread.join(self._settings.deadlines.drain)

    def _run(self) -> None:
        while not self._ended.wait(due_in(self._settings, SystemClock())):
            try:
                self._work()
            except Exception:  # noqa: BLE001  (the next time is tried again, and the log says what it was)
                failed("probes could not be started")
            if self._ended.wait(min(60.0, self._settings.probes.every_s)):
                return  # never in a tight loop, whatever the file says

    def _process(self) -> None:
        command = [sys.executable, "-m", __name__]
        self._child = subprocess.Popen(command, env={**os.environ, **to_environment(self._settings)})
        code = self._child.wait()
        if code and not self._ended.is_set():
            failed("probes ended with a failure", code=code)


def due_in(settings: ServiceSettings, clock: Clock) -> float:
    """Seconds until probes are due: at once where there were none yet, else `every_s` after the last time."""
    last = load(Path(settings.probes.figures)).tried
    return max(0.0, last + settings.probes.every_s - clock.now().timestamp()) if last else 0.0


def once(settings: ServiceSettings, clock: Clock | None = None) -> Probed:
    """Probe a sample of consented uploads, within what the day has left, and write down what came of it. Where another
    service over the same figures does so, or was quicker, nothing is done."""
    clock = clock or SystemClock()
    path = Path(settings.probes.figures)
    private_folder(path.parent)
    try:
        lock = RunLock(path.parent)
    except UsageError:
        log("another service probes")
        return load(path)
    try:
        return _due(settings, path, clock) if due_in(settings, clock) == 0 else load(path)
    finally:
        lock.release()


def _due(settings: ServiceSettings, path: Path, clock: Clock) -> Probed:
    before, today = load(path), clock.now().date().isoformat()
    if before.day != today:
        before = replace(before, day=today, dollars=0.0)
    save(path, replace(before, tried=clock.now().timestamp()))
    outcome, found = _probed(settings, before, clock)
    times = dict(before.times)
    times[outcome] = times.get(outcome, 0) + 1
    found = replace(found, tried=clock.now().timestamp(), times=tuple(sorted(times.items())))
    save(path, found)
    log("probes were due", outcome=outcome, cvs=found.cvs, probes=found.probes, dollars=found.dollars)
    return found


def _probed(settings: ServiceSettings, before: Probed, clock: Clock) -> tuple[str, Probed]:
    if Flags(Path(settings.flags)).off and not settings.legacy_retired:
        return "flag_off", before
    path = Path(settings.probes.figures)
    try:
        found = sampled(
            plan_of(settings), settings.database, path.with_name(EVIDENCE), None,
            clock=clock, dollars_a_day=settings.shadow.dollars_a_day,
        )  # fmt: skip
    except NothingToProbeError:
        return "nothing_to_probe", before
    except BudgetSpentError:
        return "budget_spent", before
    except Exception:  # noqa: BLE001  (the database may be away: the next time is tried again)
        failed("uploads could not be sampled")
        return "failed", before
    reserved = 0.0 if is_simulated(settings.origin) else found.plan.max_cost
    save(path, replace(before, dollars=before.dollars + reserved, tried=clock.now().timestamp()))
    try:
        provider = _provider(settings)
        made = fitting(
            found.plan,
            lambda plan: probe(found.project, plan, clock=clock, provider=provider),
            f"{found.plan.seed}:{clock.now().date()}",
        )
        figures = figures_of(made.evaluation.folder)
        outcome, seen = _seen(made, figures, before, clock)
    except TooExpensiveError as error:
        failed(f"probes of one upload alone cost more than probes.dollars_a_run: {error.message}")
        outcome, seen = "too_dear", before
    except Exception:  # noqa: BLE001  (whatever it is: it is counted, logged, and what was reserved is set right)
        failed("probes failed")
        outcome, seen = "failed", before
    return outcome, replace(seen, dollars=_dollars(found.project, clock))


def _seen(made: ProbedRun, figures: dict[str, Any], before: Probed, clock: Clock) -> tuple[str, Probed]:
    """What a probed run says, where it came to its end: of a part of it no figure is shown."""
    replay = made.evaluation.replay
    if replay is None or not replay.complete:
        log("probes were cut short", why=replay.ended if replay is not None else "")
        return "cut_short", before
    return "probed", replace(
        before,
        at=clock.now().timestamp(),
        cvs=figures["documents"] - figures["unguided"],
        probes=len(made.result.pairs),
        estimate=figures["estimate"].get("candidate", {}).get("whole"),
        worst_gap=_worst_gap(figures),
    )


def _dollars(project: Project, clock: Clock) -> float:
    return float(probes_spent(project, clock).quantize(Decimal("0.000001")))


def _worst_gap(figures: dict[str, Any]) -> float | None:
    worst = (axis["arms"].get("candidate", {}).get("worst") for axis in figures["axes"])
    return min((one["gap"] for one in worst if one is not None), default=None)


def plan_of(settings: ServiceSettings) -> Plan:
    """The assistant that is served, through the server that serves it."""
    rules = settings.probes
    simulated = is_simulated(settings.origin)
    return Plan(
        arms=("candidate",),
        assistants=(str(_served(settings)),),
        provider="simulator" if simulated else "openai" if "://" in settings.origin else settings.origin,
        base_url=settings.base_url if "://" in settings.origin and not simulated else "",
        repeat=1,
        limit=rules.sample,
        max_cost=rules.dollars_a_run,
        probes=rules.relations or TELLING,
        command=("cv-harness", "serve", "--probe-every"),
    )


def _provider(settings: ServiceSettings) -> Provider | None:
    """An endpoint by name is the served project's (production's CVs lie in another one). None: as the plan says."""
    if "://" in settings.origin or is_simulated(settings.origin):
        return None
    return Provider(settings.origin, endpoint_of(settings.origin, Project.find(settings.project)))


def _served(settings: ServiceSettings) -> Path:
    """The folder of the assistant that the service serves."""
    project = Project.find(settings.project)
    if settings.assistant:
        return find_bundle(project, settings.assistant).path.absolute()
    if load_accepted(project, settings.origin) is not None:
        return (project.baseline / slot(settings.origin) / "bundle").absolute()
    return find_bundle(project).path.absolute()


def main() -> None:
    settings = from_environment()
    set_up(settings.log_level)
    once(settings)


if __name__ == "__main__":
    main()
