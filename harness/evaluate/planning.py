"""How much evidence a decision needs, from the spread that a run has measured, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.inputs import load_inputs
from harness.evaluate.plan import Plan
from harness.evaluate.stages import score_run
from harness.gates.planning import plan as needed
from harness.replay.runs import RunInfo
from harness.replay.store import RunStore


def planned(project: Project, info: RunInfo, plan: Plan, *, margin: float) -> Iterator[str]:
    """Sentences: the measured spread, then CVs and calls for 1, 3 and 5 draws, with their cost.

    Raises UsageError where the run has no pair of arms to measure a spread on.
    """
    inputs = load_inputs(project, plan)
    with RunStore.open(info.folder, write=True) as store:
        cases = score_run(store, inputs)
    rows = needed(cases, margin=margin)
    if not rows:
        raise UsageError("this run measured no spread", hint="run it with candidate and baseline, and --repeat 3")
    costs = [case.record.cost for case in cases if case.record.arm == "candidate" and case.record.cost is not None]
    each = sum(costs, Decimal(0)) / len(costs) if costs else None
    first = rows[0]
    yield (
        f"spread of a person's F1 difference: {first.between:.4f} between people, {first.within:.4f} between draws "
        f"(n = {first.n})"
    )
    for row in rows:
        price = f"about ${each * row.cvs * row.draws:.2f} for the candidate" if each is not None else "unpriced"
        yield f"margin {margin:.3f} with {row.draws} draws: {row.cvs} CVs, {row.cvs * row.draws} answers, {price}"
