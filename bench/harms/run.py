"""Each change in each world through the whole tool, as `cv-harness run --answers FILE` does it; tables of verdicts."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from bench.harms.change import Change
from bench.harms.make import affected, make
from bench.harms.people import choose
from bench.harms.worlds import World
from harness.base.project import Project
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.scoring import Scored
from harness.gates.types import Verdict

WORDS = ("SHIP", "HOLD", "INCONCLUSIVE")


@dataclass(frozen=True, slots=True)
class Result:
    """One run (of several steps: the first step that did not ship, or the last). seconds: making, replay, scoring and
    decision of all its steps. gates: those that failed or stayed open, deciding ones alone. touched: people."""

    change: Change
    world: str
    seed: int
    verdict: str
    reason: str
    gates: tuple[str, ...]
    touched: int
    seconds: float


@contextmanager
def workspace(project: Project) -> Iterator[Project]:
    """A project with this one's corpus, goldens and configuration and with runs of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="harms-") as folder:
        root = Path(folder)
        (root / "fixtures").mkdir()
        (root / "fixtures" / "corpus").symlink_to(project.corpus)
        (root / "goldens").symlink_to(project.goldens)
        shutil.copy(project.root / "pyproject.toml", root)
        yield Project(root)


def judge(project: Project, plan: Plan, world: World, change: Change, *, people: int, draws: int, seed: int) -> Result:
    """One run in a workspace. A change in several steps ships where all its steps do."""
    began = time.perf_counter()
    chosen = choose(project, people, seed)
    for step in range(change.steps):
        verdict = whole(project, plan, make(world, change, chosen, draws, seed, step=step), draws, seed)[1]
        if verdict.verdict != "SHIP":
            break
    return result_of(change, world, seed, verdict, len(affected(change, chosen, seed)), time.perf_counter() - began)


def result_of(change: Change, world: World, seed: int, verdict: Verdict, touched: int, seconds: float) -> Result:
    """What is kept of a verdict."""
    open_gates = tuple(
        gate.name
        for comparison in verdict.comparisons
        for gate in comparison.gates
        if gate.level == "deciding" and gate.status in ("FAIL", "INCONCLUSIVE")
    )
    reason = verdict.reasons[0] if verdict.reasons else ""
    return Result(change, world.name, seed, verdict.verdict, reason, open_gates, touched, seconds)


def whole(project: Project, plan: Plan, answers: str, draws: int, seed: int) -> tuple[Scored, Verdict]:
    """What `cv-harness run --answers` scores and decides, without its pages. The run's folder is removed."""
    from harness.base.clock import SystemClock
    from harness.evaluate.stages.deciding import decide
    from harness.evaluate.stages.listener import Silent
    from harness.evaluate.stages.opened import open_session
    from harness.evaluate.stages.replaying import all_arms, replay_part
    from harness.evaluate.stages.scoring import score

    path = project.root / "answers.jsonl"
    path.write_text(answers, encoding="utf-8")
    plan = replace(plan, answers=path, repeat=draws, seed=seed)
    with open_session(project, plan, listener=Silent(), clock=SystemClock()) as session:
        replay_part(session, all_arms(session, session.run.inputs, Decimal(0)))
        scored = score(session.run)
        verdict = decide(session.run, scored).verdicts["candidate"]
    shutil.rmtree(session.run.folder)
    return scored, verdict


def table(results: Iterable[Result]) -> str:
    """Markdown: a row for each change and world, with the people touched, counts of verdicts, and the first
    reason of the worst one seen."""
    groups: dict[tuple[str, str, str, str], list[Result]] = {}
    for each in results:
        key = (each.change.kind, each.change.name, each.change.severity, each.world)
        groups.setdefault(key, []).append(each)
    lines = [
        "| kind | change | severity | people | world | SHIP | HOLD | INCONCLUSIVE | first reason |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for (kind, name, severity, world), runs in groups.items():
        counts = Counter(run.verdict for run in runs)
        people = [run.touched for run in runs]
        said = max(runs, key=lambda run: ("SHIP", "INCONCLUSIVE", "HOLD").index(run.verdict)).reason
        said = said.replace("|", "\\|").replace("\n", " ")
        said = said if len(said) <= 160 else said[:159] + "…"
        touched = "–".join(str(each) for each in sorted({min(people), max(people)}))
        numbers = " | ".join(str(counts[word]) for word in WORDS)
        lines.append(f"| {kind} | {name} | {severity} | {touched} | {world} | {numbers} | {said} |")
    return "\n".join(lines) + "\n"


def side_by_side(results: Iterable[Result]) -> str:
    """Markdown: a row for each change, a column for each world, with how many of its runs had which verdict (S, H, I);
    and the gates that failed or stayed open in most of them."""
    groups: dict[str, list[Result]] = {}
    for each in results:
        groups.setdefault(each.change.name, []).append(each)
    worlds = list(dict.fromkeys(each.world for runs in groups.values() for each in runs))
    lines = [
        f"| kind | change | severity | {' | '.join(worlds)} | gates |",
        f"|---|---|---|{'---|' * len(worlds)}---|",
    ]
    for name, runs in groups.items():
        counts = {world: Counter(run.verdict for run in runs if run.world == world) for world in worlds}
        cells = [" ".join(f"{word[0]} {of[word]}" for word in WORDS if of[word]) or "–" for of in counts.values()]
        gates = ", ".join(gate for gate, _ in Counter(gate for run in runs for gate in run.gates).most_common(3))
        change = runs[0].change
        lines.append(f"| {change.kind} | {name} | {change.severity} | {' | '.join(cells)} | {gates} |")
    return "\n".join(lines) + "\n"


def totals(results: Sequence[Result]) -> str:
    """Markdown: by severity and world, how many runs shipped, were held, stayed open; each with its n."""
    lines = ["| severity | world | runs | SHIP | HOLD | INCONCLUSIVE |", "|---|---|---|---|---|---|"]
    for severity, world in dict.fromkeys((each.change.severity, each.world) for each in results):
        runs = [each for each in results if each.change.severity == severity and each.world == world]
        counts = Counter(run.verdict for run in runs)
        shares = " | ".join(f"{counts[word] / len(runs):.2f}" for word in WORDS)
        lines.append(f"| {severity} | {world} | {len(runs)} | {shares} |")
    return "\n".join(lines) + "\n"


def mistakes(results: Iterable[Result]) -> str:
    """A line for each run that shipped what must not ship, or held what is harmless."""
    wrong = {("gross", "SHIP"), ("unshippable", "SHIP"), ("harmless", "HOLD")}
    return "".join(
        f"- {each.verdict}, {each.change.severity}, {each.world}, seed {each.seed}: {each.change.name}\n"
        for each in results
        if (each.change.severity, each.verdict) in wrong
    )


def listing(changes: Iterable[Change]) -> str:
    """Markdown: what each change is, the smallest size at which it is unshippable, and why."""
    lines = ["| kind | change | severity | unshippable from | why |", "|---|---|---|---|---|"]
    lines += [f"| {each.kind} | {each.name} | {each.severity} | {each.smallest} | {each.why} |" for each in changes]
    return "\n".join(lines) + "\n"
