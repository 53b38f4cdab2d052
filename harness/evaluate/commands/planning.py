"""How much evidence the accuracy gate needs, from the spread that a run has measured, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.setup.arms import AA
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.opened import open_run
from harness.evaluate.stages.scoring import score
from harness.gates.noise import ALL_ALIKE, noise_floor
from harness.gates.parts import SMALLEST, too_few
from harness.gates.planning import plan as needed
from harness.replay.runs import RunInfo

MOST_NAMED = 12
"""Slices with too few people that are named."""


def planned(project: Project, info: RunInfo, plan: Plan, *, margin: float) -> Iterator[str]:
    """Sentences: the measured spread, then CVs and answers that the accuracy gate needs for 1, 3 and 5 draws, with
    their cost; the slices that need more people, and where to read what the whole decision needs.

    Where all draws are the same, the least spread that is counted on stands in for it. Raises UsageError where the run
    has one draw of each CV.
    """
    with open_run(project, info.folder, plan) as run:
        cases = score(run).cases
        rare = too_few(run.inputs.documents)
    arms = {case.record.arm for case in cases}
    noise = noise_floor(cases, "baseline" if AA in arms else "candidate")
    config = gate_config(plan)
    alike = noise.get("note") == ALL_ALIKE
    if not noise["measured"] and not alike:
        raise UsageError(str(noise["note"]), hint="run it with --repeat 3, or with --aa")
    costs = [case.record.cost for case in cases if case.record.arm == "candidate" and case.record.cost is not None]
    each = sum(costs, Decimal(0)) / len(costs) if costs else None
    if alike:
        yield (
            f"spread of one answer: none, all {len({case.record.draw for case in cases})} to a CV are the same; "
            f"planned with the least spread of a CV's difference that is counted on, {config.sd_floor:g} of F1"
        )
    else:
        found = f"{noise['people']} people, {noise['draws']} answers each"
        yield f"spread of one answer: {noise['draw_sd']:.4f} of F1 ({found})"
    spread = 0.0 if alike else float(noise["draw_sd"])
    for row in needed(margin, draw_sd=spread, cost_per_answer=each, config=config):
        draws = f"{row.draws} answer{'s' * (row.draws != 1)} to each CV"
        price = f"about ${row.cost:.2f}" if row.cost is not None else "unpriced"
        yield (
            f"accuracy alone, margin {margin:.3f} with {draws}: {row.cvs} CVs, {row.answers} answers of the "
            f"candidate, {price}; one net loss of a critical value then leaves up to {100 * row.excluded:.1f} % open"
        )
    if rare:
        named = ", ".join(f"{name} {many}" for name, many in list(rare.items())[:MOST_NAMED])
        yield (
            f"slices with too few people to be judged alone: {len(rare)}. Collect CVs until {SMALLEST} people "
            f"have each: {named}{', …' if len(rare) > MOST_NAMED else ''}"
        )
    yield (
        "the whole decision (rare harm, tokens, cost) asks for more than accuracy does: how often it ships an "
        "unchanged assistant, by CVs and answers to each, is in docs/gating.md, “How often it is right”"
    )
