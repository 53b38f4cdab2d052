"""`cv-harness blame`: variants of the candidate with one edit taken back, replayed on the CVs that moved.

Draws are other ones than the run's own: a CV that was picked because it looked bad looks better on fresh draws by
itself, and that must not be taken for an effect.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from harness.assistants.legacy import load_legacy_prompts
from harness.assistants.types import AssistantBundle
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.commands.blame_measure import (
    OWN,
    TOGETHER,
    Measure,
    Measured,
    affected,
    drops,
    measure_of,
    per_persona,
)
from harness.evaluate.commands.blame_words import Found, by_field, in_words, keep
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.gates import gate_config
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import open_provider
from harness.evaluate.stages.deciding import decide, read_verdict
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.opened import OpenRun, Session, new_store, open_run
from harness.evaluate.stages.replaying import Part, replay_part
from harness.evaluate.stages.scoring import score
from harness.evaluate.stages.showing import show
from harness.gates.types import Case
from harness.models.recordings import BLAME, RecordingStore
from harness.replay.runs import RunInfo
from harness.replay.types import Arm
from harness.review.blame import POINTS, Applied, attribute, edits_between, with_edits


def blame_run(
    project: Project, info: RunInfo, plan: Plan, *, repeat: int, max_cost: float, listener: Listener
) -> Found:
    """Explain a run's verdict; the result is kept in the run's folder, and its page and summaries are made anew.

    Raises UsageError where there is nothing to explain, or where it would cost more than `max_cost`.
    """
    gate_config(plan)
    arms = {arm.id: arm for arm in info.readable().arms}
    before, after = _bundle(arms, "baseline"), _bundle(arms, "candidate")
    edits = edits_between(before, after)
    if not edits:
        raise UsageError("candidate and baseline send the same: there is no edit to blame")
    measure = measure_of(read_verdict(info.folder))
    with open_run(project, info.folder, plan, listener=listener) as run:
        scored = score(run)
        compared = drops(scored.cases, measure)
        chosen = affected(compared, measure)
        if not chosen:
            raise UsageError("no CV got worse in this run: there is nothing to explain")
        calls = len(chosen) * repeat * (len(edits) + 2)
        _check_cost(scored.cases, calls, max_cost, arms["candidate"].origin, listener)
        draws = range(BLAME, BLAME + repeat)
        variants = _Variants(run, before, after, chosen, draws, measure, Decimal(str(max_cost)))
        blame = attribute(edits, variants.measure, measure.scale)
        if blame.verdict == "cannot tell" and measure.fields and measure.scale is not POINTS:
            variants.name, finer = TOGETHER, measure.in_f1
            if (again := attribute(edits, variants.measure, finer.scale)).verdict != "cannot tell":
                blame, measure = again, finer
        effects = by_field(blame, variants.measured, measure.fields)
        found = in_words(blame, measure, effects, (len(chosen), len(compared)), repeat, variants.spent)
        keep(run.folder, found)
        show(run, decide(run, scored), count_look=False)
    return found


def _bundle(arms: Mapping[str, Arm], name: str) -> AssistantBundle:
    arm = arms.get(name)
    if arm is None or arm.bundle is None:
        raise UsageError(
            f"the run has no {name} arm with a bundle",
            hint="blame needs both: accept a baseline first (cv-harness accept), then run again",
        )
    return arm.bundle


@dataclass(slots=True)
class _Variants:
    """Measures sets of edits on the affected CVs of a run. max_cost: what all of it may cost; measured, spent: what
    they came to so far, and what that cost, in US dollars."""

    run: OpenRun
    before: AssistantBundle
    after: AssistantBundle
    affected: Sequence[str]
    draws: range
    by: Measure
    max_cost: Decimal
    name: str = OWN
    measured: dict[Applied, Measured] = field(default_factory=dict)
    spent: Decimal = Decimal(0)

    def measure(self, sets: Sequence[Applied]) -> Sequence[Mapping[str, float]]:
        """The figure `name` by persona, for each set of edits; each is replayed once."""
        new = [applied for applied in dict.fromkeys(sets) if applied not in self.measured]
        bundles = {
            f"variant:{number}": with_edits(self.before, self.after, applied) for number, applied in enumerate(new)
        }
        cases = self._replay(bundles) if bundles else ()
        for applied, arm in zip(new, bundles, strict=True):
            own = [case for case in cases if case.record.arm == arm]
            self.measured[applied] = {name: per_persona(own, figure) for name, figure in self.by.figures().items()}
        return [self.measured[applied][self.name] for applied in sets]

    def _replay(self, bundles: Mapping[str, AssistantBundle]) -> tuple[Case, ...]:
        """The scored answers of each variant, in a run of their own."""
        project, plan = self.run.project, replace(self.run.plan, command=("cv-harness", "blame"))
        recordings = RecordingStore.of(project)
        chosen = replace(
            self.run.inputs,
            documents=tuple(each for each in self.run.inputs.documents if each.id in set(self.affected)),
            selection={"blame": True, "partial": True},
        )
        with open_provider(project, plan, recordings) as provider:
            variants = tuple(
                Arm(name, "assistant", bundle, bundle.model, provider.origin, self.draws, "record_first")
                for name, bundle in bundles.items()
            )
            arms = ArmSet(variants, load_legacy_prompts(project))
            left = max(Decimal(0), self.max_cost - self.spent)
            part = Part(arms, chosen, left, f"replaying {len(variants)} variants")
            with new_store(project, plan, chosen, arms, provider, self.run.clock) as store:
                run = replace(self.run, plan=plan, inputs=chosen, store=store)
                summary = replay_part(Session(run, provider, arms, recordings), part)
                self.spent += summary.cost
                if summary.ended:
                    raise UsageError(summary.ended, hint="what was paid for is recorded, and not asked for again")
                return tuple(score(run).cases)


def _check_cost(cases: Sequence[Case], calls: int, max_cost: float, origin: str, listener: Listener) -> None:
    """Say what blame costs before it costs it, by what the candidate's answers cost in the run."""
    costs = [case.record.cost for case in cases if case.record.arm == "candidate" and case.record.cost is not None]
    if origin.startswith("simulator@"):
        listener.note(f"blame makes about {calls} simulated calls (free)")
        return
    if not costs:
        raise UsageError("what a call costs is not known, so blame cannot be capped", hint="the model is unpriced")
    expected = float(sum(costs, Decimal(0)) / len(costs)) * calls
    listener.note(f"blame makes about {calls} calls for about ${expected:.2f}")
    if expected > max_cost:
        raise UsageError(
            f"blame would cost about ${expected:.2f}, more than --max-cost {max_cost:.2f}",
            hint=f"give --max-cost {math.ceil(expected)}, or fewer answers with --repeat 1",
        )
