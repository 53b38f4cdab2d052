"""A replay whose calls go out as batches: what is left running is collected first, progress is shown, and whoever ends
the run is told how it goes on."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from harness.base.errors import HarnessError, UsageError
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import Session
from harness.models.background import BackgroundDesk
from harness.models.batch import BACKGROUND, BatchState
from harness.models.batch_desk import BatchDesk
from harness.models.batch_jobs import BatchJobs, DeskSettings, Tells
from harness.models.batch_server import BatchServer
from harness.models.budget import Budget
from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint
from harness.replay.journal import WORKING_ON
from harness.replay.runs import run_folders
from harness.replay.store import RunStore

_SHOWN_EVERY_S = 10.0
_SIMULATED = (0.05, 1.0)
"""Seconds between two looks at a batch of the simulator, which is here and has nothing else to do."""
_RUNS_LOOKED_AT = 20
"""For a batch that they left under way; the newest ones."""
_MEGABYTE = 1_000_000

Stoppable: TypeAlias = Callable[[Awaitable[int]], Awaitable[int | None]]
"""Waits for something; None where somebody ended the run before."""


async def collect_left(session: Session, client: ModelClient, unless_stopped: Stoppable) -> None:
    """Wait for batches that earlier sessions of the run left at the server, and keep their answers.

    Raises ProviderUnavailableError, and HarnessError where somebody ends the run meanwhile.
    """
    left = session.run.store.jobs(only_open=True)
    if not left:
        return
    answers = sum(job.id.startswith(BACKGROUND) for job in left)
    what = f"{answers} answers" if answers else "1 batch" if len(left) == 1 else f"{len(left)} batches"
    session.run.listener.stage(f"collecting {what} that this run left at the server")

    async def collect() -> int:
        background = _background(session, client, None).collect_open()
        return sum(await asyncio.gather(_jobs(session, client).collect_open(), background))

    if await unless_stopped(collect()) is None:
        raise HarnessError(f"ended before {what} of this run had come", hint=_how_to_go_on(session))


@contextlib.asynccontextmanager
async def open_desk(
    session: Session, client: ModelClient | None, budget: Budget | None
) -> AsyncIterator[BatchDesk | BackgroundDesk]:
    """The desk of one replay. At the end of the block it is said what goes on at the server. Raises UsageError where
    nobody can be asked, or not in that way."""
    if client is None:
        raise UsageError("there is no key, so nobody can be asked", hint="leave --batch out, or set the key")
    if session.run.plan.way != "batch":
        _refuse_without_background(client.endpoint)
        yield _background(session, client, budget)
        return
    jobs, listener = _jobs(session, client), session.run.listener
    _warn_of_others(session)
    desk = BatchDesk(
        jobs, _settings(session, client), _tells(listener), who=WORKING_ON.get, budget=budget, clock=session.run.clock
    )
    try:
        yield desk
    finally:
        await desk.aclose()
        if jobs.running:
            what = "1 batch goes" if len(jobs.running) == 1 else f"{len(jobs.running)} batches go"
            listener.note(f"{what} on at the server ({', '.join(sorted(jobs.running))}): {_how_to_go_on(session)}")


def _warn_of_others(session: Session) -> None:
    """Name newer runs of this project with a batch under way: this run does not wait for it, and pays again."""
    for folder in run_folders(session.run.project)[:_RUNS_LOOKED_AT]:
        if folder.name == session.run.folder.name:
            continue
        try:
            with RunStore.open(folder) as store:
                left = [job for job in store.jobs(only_open=True) if not job.id.startswith(BACKGROUND)]
        except HarnessError:  # a damaged or a newer store: whoever opens that run is told
            continue
        if left:
            ids = ", ".join(job.batch or "not made yet" for job in left)
            session.run.listener.note(
                f"run {folder.name} has a batch under way ({ids}), and this is another run, which pays for its own: "
                f"`cv-harness run --resume --run {folder.name}` collects that one, "
                f"`cv-harness batches {folder.name} --cancel` ends it"
            )


def _refuse_without_background(endpoint: Endpoint) -> None:
    if not endpoint.background:
        raise UsageError(
            f"{endpoint.origin} is not known to make responses in the background with `store: false`, which every call "
            "here says because CVs are personal data; OpenAI's background needs `store: true`",
            hint=f"--batch is cheaper; `background = true` in [tool.cv-harness.endpoints.{endpoint.origin}] says that "
            "this server takes both",
        )


def _background(session: Session, client: ModelClient, budget: Budget | None) -> BackgroundDesk:
    run = session.run
    return BackgroundDesk(
        client,
        run.store.journal(),
        _settings(session, client),
        run.plan.way,
        who=WORKING_ON.get,
        budget=budget,
        clock=run.clock,
    )


def _how_to_go_on(session: Session) -> str:
    if not session.run.plan.base_url and session.provider.simulated:
        return "it ends with this run's simulator; `cv-harness run --resume` asks again, for nothing"
    name = session.run.folder.name
    return (
        f"`cv-harness run --resume --run {name}` collects the answers, today or in some days; "
        f"`cv-harness batches {name} --cancel` ends it"
    )


def _jobs(session: Session, client: ModelClient) -> BatchJobs:
    return BatchJobs(
        BatchServer(client),
        session.run.store.journal(),
        _settings(session, client),
        _tells(session.run.listener),
        clock=session.run.clock,
    )


def _settings(session: Session, client: ModelClient) -> DeskSettings:
    endpoint = client.endpoint
    day = date.fromisoformat(session.run.store.manifest().started[:10])
    settings = DeskSettings(day, endpoint.batch_lines, endpoint.batch_megabytes * _MEGABYTE)
    if endpoint.simulated:
        return DeskSettings(day, settings.lines, settings.size, *_SIMULATED)
    return settings


def _tells(listener: Listener) -> Tells:
    return Tells(listener.note, _Shown(listener))


@dataclass(slots=True)
class _Shown:
    """Shows how far batches are, not oftener than a person reads."""

    listener: Listener
    _at: dict[str, float] = field(default_factory=dict)

    def __call__(self, state: BatchState, since_s: float) -> None:
        now = time.monotonic()
        if not state.over and now - self._at.get(state.id, -_SHOWN_EVERY_S) < _SHOWN_EVERY_S:
            return
        self._at[state.id] = now
        self.listener.stage(told(state, since_s, time.time()))


def told(state: BatchState, since_s: float, now: float) -> str:
    """How far a batch is: "batch …3f2a1c in_progress: 1,240 of 3,000 completed · 12 min · 23 h 48 min left"."""
    parts = [f"{state.completed:,} of {state.total:,} completed" if state.total else "not counted yet"]
    if state.failed:
        parts.append(f"{state.failed:,} failed")
    parts.append(_duration(since_s))
    if state.expires is not None and not state.over:
        parts.append(f"{_duration(state.expires - now)} left")
    return f"batch …{state.id[-6:]} {state.status}: {' · '.join(parts)}"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min" if minutes else f"{rest} s"


async def unless(stop: asyncio.Event, work: Awaitable[int]) -> int | None:
    """`work` to its end, unless `stop` is set before: then it is cancelled, and None comes back."""
    working, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        for task in (working, stopped):
            task.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)
