"""`cv-harness blame`: variants of the candidate with one edit taken back, replayed on the CVs that moved.

Draws are other ones than the run's own: a CV that was picked because it looked bad looks better on fresh draws by
itself, and that must not be taken for an effect.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from harness.assistants.legacy import load_legacy_prompts
from harness.assistants.types import AssistantBundle
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.commands.blame_words import TOGETHER, Figures, Found, by_field, in_words, keep
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
from harness.gates.types import Case, Verdict
from harness.models.recordings import BLAME, RecordingStore
from harness.replay.runs import RunInfo
from harness.replay.types import Arm
from harness.review.blame import Applied, attribute, edits_between, with_edits
from harness.scoring.metrics import f1_on

_MOST_DOCUMENTS = 40


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
    fields = _fields(read_verdict(info.folder))
    with open_run(project, info.folder, plan, listener=listener) as run:
        scored = score(run)
        affected = _affected(scored.cases, fields)
        if not affected:
            raise UsageError("no CV got worse in this run: there is nothing to explain")
        calls = len(affected) * repeat * (len(edits) + 2)
        _check_cost(scored.cases, calls, max_cost, arms["candidate"].origin, listener)
        variants = _Variants(run, before, after, affected, range(BLAME, BLAME + repeat), fields)
        blame = attribute(edits, variants.measure)
        effects = by_field(blame, variants.measured, fields)
        found = in_words(blame, fields, effects, len(affected), repeat, variants.spent)
        keep(run.folder, found)
        show(run, decide(run, scored), count_look=False)
    return found


def _bundle(arms: Mapping[str, Arm], name: str) -> AssistantBundle:
    arm = arms.get(name)
    if arm is None or arm.bundle is None:
        raise UsageError(f"the run has no {name} arm with a bundle", hint="blame needs both baseline and candidate")
    return arm.bundle


def _fields(verdict: Verdict) -> tuple[str, ...]:
    """The fields that the gates which did not pass name, the worst first; all fields where none is named."""
    found: list[str] = []
    for comparison in verdict.comparisons:
        if comparison.against != "baseline":
            continue
        for status in ("FAIL", "INCONCLUSIVE"):
            for gate in comparison.gates:
                if gate.status == status and gate.scope == "quality":
                    found += [name for name in gate.fields if name not in found]
            if found:
                return tuple(found[:3])
    return ()


def _figure(case: Case, fields: tuple[str, ...]) -> float | None:
    if case.score is None or case.score.f1 is None:
        return None
    return f1_on(case.score, frozenset(fields)) if fields else case.score.f1


def _affected(cases: Sequence[Case], fields: tuple[str, ...]) -> tuple[str, ...]:
    """Documents whose figure dropped from baseline to candidate, the largest drop first; twins stay out."""
    figures: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        figure = _figure(case, fields)
        if figure is not None and case.document.twin_of is None:
            figures[case.document.id][case.record.arm].append(figure)
    drops = {}
    for document, arms in figures.items():
        if arms["baseline"] and arms["candidate"]:
            drop = _mean(arms["baseline"]) - _mean(arms["candidate"])
            if drop > 1e-9:
                drops[document] = drop
    return tuple(sorted(drops, key=lambda document: -drops[document])[:_MOST_DOCUMENTS])


@dataclass(slots=True)
class _Variants:
    """Measures sets of edits on the affected CVs of a run. measured, spent: what they came to so far, and what that
    cost in US dollars."""

    run: OpenRun
    before: AssistantBundle
    after: AssistantBundle
    affected: Sequence[str]
    draws: range
    fields: tuple[str, ...]
    measured: dict[Applied, Figures] = field(default_factory=dict)
    spent: Decimal = Decimal(0)

    def measure(self, sets: Sequence[Applied]) -> Sequence[Mapping[str, float]]:
        """The figure of all fields together, by persona, for each set of edits."""
        bundles = {
            f"variant:{number}": with_edits(self.before, self.after, applied) for number, applied in enumerate(sets)
        }
        cases = self._replay(bundles)
        for applied, arm in zip(sets, bundles, strict=True):
            self.measured[applied] = self._figures([case for case in cases if case.record.arm == arm])
        return [self.measured[applied][TOGETHER] for applied in sets]

    def _replay(self, bundles: Mapping[str, AssistantBundle]) -> tuple[Case, ...]:
        """The scored answers of each variant, in a run of their own."""
        project, plan = self.run.project, replace(self.run.plan, command=("cv-harness", "blame"))
        recordings = RecordingStore.of(project)
        chosen = replace(
            self.run.inputs,
            documents=tuple(each for each in self.run.inputs.documents if each.id in set(self.affected)),
            selection={"blame": True, "partial": True},
        )
        with open_provider(plan, recordings) as provider:
            variants = tuple(
                Arm(name, "assistant", bundle, bundle.model, provider.origin, self.draws, "record_first")
                for name, bundle in bundles.items()
            )
            arms = ArmSet(variants, load_legacy_prompts(project))
            part = Part(arms, chosen, Decimal(str(plan.max_cost)), f"replaying {len(variants)} variants")
            with new_store(project, plan, chosen, arms, provider, self.run.clock) as store:
                run = replace(self.run, plan=plan, inputs=chosen, store=store)
                self.spent += replay_part(Session(run, provider, arms, recordings), part).cost
                return score(run).cases

    def _figures(self, cases: Sequence[Case]) -> Figures:
        asked = {TOGETHER: self.fields, **{name: (name,) for name in self.fields}}
        return {name: _per_persona(cases, fields) for name, fields in asked.items()}


def _per_persona(cases: Sequence[Case], fields: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        figure = _figure(case, fields)
        if figure is not None:
            found[case.document.persona].append(figure)
    return {persona: _mean(figures) for persona, figures in found.items()}


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
            hint=f"give --max-cost {math.ceil(expected)}, or fewer draws with --repeat 1",
        )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
