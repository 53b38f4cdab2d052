"""Blame for a real run: variants of the candidate with one edit taken back, replayed on the CVs that moved.

Draws are other ones than the run's own: a CV that was picked because it looked bad looks better on fresh draws by
itself, and that must not be taken for an effect.
"""

from __future__ import annotations

import asyncio
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from pathlib import Path

from harness.assistants.types import AssistantBundle
from harness.base.canonical import pretty
from harness.base.clock import SystemClock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.evaluate.arms import ArmSet
from harness.evaluate.inputs import Inputs, load_inputs
from harness.evaluate.plan import Plan
from harness.evaluate.provider import Provider, open_provider
from harness.evaluate.replaying import Listener, replay_arms
from harness.evaluate.stages import read_verdict, score_run
from harness.gates.types import Case, Verdict
from harness.models.recordings import RecordingStore
from harness.replay.manifest import new_manifest
from harness.replay.runs import RunInfo
from harness.replay.store import RunStore
from harness.replay.types import Arm, Manifest
from harness.review.blame import Applied, Blame, Effect, attribute, edits_between, with_edits
from harness.scoring.metrics import f1_on

_MOST_DOCUMENTS = 40


@dataclass(frozen=True, slots=True)
class Sentence:
    """One tested set of edits, in words."""

    sentence: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Found:
    """What blame came to, in words and figures. fields: whose F1 the effects are about; cost in US dollars."""

    sentence: str
    effects: tuple[Sentence, ...]
    blame: Blame
    fields: tuple[str, ...]
    documents: int
    draws: int
    cost: str


def blame_run(
    project: Project, info: RunInfo, plan: Plan, *, repeat: int, max_cost: float, listener: Listener
) -> Found:
    """Explain a run's verdict; the result is kept in the run's folder and shown by its page.

    Raises UsageError where there is nothing to explain, or where it would cost more than `max_cost`.
    """
    manifest = info.manifest
    assert manifest is not None
    arms = {arm.id: arm for arm in manifest.arms}
    before, after = _bundle(arms, "baseline"), _bundle(arms, "candidate")
    edits = edits_between(before, after)
    if not edits:
        raise UsageError("candidate and baseline send the same: there is no edit to blame")
    verdict = read_verdict(info.folder)
    inputs = load_inputs(project, plan, verify=False)
    with RunStore.open(info.folder, write=True) as store:
        cases = score_run(store, inputs)
    fields = _fields(verdict)
    affected = _affected(cases, fields)
    if not affected:
        raise UsageError("no CV got worse in this run: there is nothing to explain")
    draws = range(1000, 1000 + repeat)
    _check_cost(cases, len(affected) * repeat * (len(edits) + 2), max_cost, arms["candidate"].origin, listener)
    spent: list[Decimal] = []

    def measure(sets: Sequence[Applied]) -> Sequence[Mapping[str, float]]:
        variants = {f"variant:{number}": with_edits(before, after, applied) for number, applied in enumerate(sets)}
        figures, cost = _replay_variants(project, plan, inputs, affected, variants, draws, fields, listener)
        spent.append(cost)
        return [figures[name] for name in variants]

    found = _in_words(attribute(edits, measure), fields, len(affected), repeat, sum(spent, Decimal(0)))
    _keep(info.folder, found)
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


def _replay_variants(
    project: Project,
    plan: Plan,
    inputs: Inputs,
    affected: Sequence[str],
    variants: Mapping[str, AssistantBundle],
    draws: range,
    fields: tuple[str, ...],
    listener: Listener,
) -> tuple[dict[str, dict[str, float]], Decimal]:
    """Mean figure per persona of each variant, and what the calls cost; kept as a run of its own."""
    recordings = RecordingStore.of(project)
    chosen = replace(inputs, documents=tuple(document for document in inputs.documents if document.id in set(affected)))
    with open_provider(plan, recordings) as provider:
        arms = tuple(
            Arm(name, "assistant", bundle, bundle.model, provider.origin, draws, "record_first")
            for name, bundle in variants.items()
        )
        with RunStore.create(project, _manifest(project, plan, chosen, arms, provider)) as store:
            summary = asyncio.run(
                replay_arms(store, plan, chosen, _arm_set(project, arms), provider, recordings, listener)
            )
            cases = score_run(store, chosen)
    figures: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for case in cases:
        figure = _figure(case, fields)
        if figure is not None:
            figures[case.record.arm][case.document.persona].append(figure)
    means = {arm: {persona: _mean(found) for persona, found in figures[arm].items()} for arm in variants}
    return means, summary.cost


def _arm_set(project: Project, arms: tuple[Arm, ...]) -> ArmSet:
    from harness.assistants.legacy import load_legacy_prompts

    return ArmSet(arms, (), None, None, load_legacy_prompts(project), ())


def _manifest(project: Project, plan: Plan, inputs: Inputs, arms: tuple[Arm, ...], provider: Provider) -> Manifest:
    from harness.scoring import SCORER_VERSION

    return new_manifest(
        project,
        arms=arms,
        documents=inputs.documents,
        goldens={document: golden.sha256 for document, golden in inputs.goldens.items()},
        selection={"blame": True, "partial": True},
        scorer=SCORER_VERSION,
        seed=plan.seed,
        concurrency=plan.concurrency,
        command=("cv-harness", "blame"),
        now=SystemClock().now(),
        settings={"origin": provider.origin},
    )


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


def _in_words(blame: Blame, fields: tuple[str, ...], documents: int, draws: int, cost: Decimal) -> Found:
    about = ", ".join(fields) if fields else "all fields"
    names = [blame.edits[place].label for place in blame.guilty]
    rest = len(blame.edits) - len(blame.guilty)
    if blame.verdict == "cannot tell":
        sentence = f"cannot tell: {blame.reason}"
    else:
        joined = " and ".join(names)
        others = f"; the other {rest} edit{'s' if rest != 1 else ''}: nothing shown" if rest else ""
        sentence = f"{joined}: {blame.reason}{others}"
    effects = tuple(
        Sentence(
            f"{' and '.join(blame.edits[place].label for place in effect.edits)}: {about} {_points(effect.value)} "
            f"[{_points(effect.lower)}, {_points(effect.upper)}], {effect.n} CVs, {draws} draws"
            + ("" if effect.shown else " (nothing shown)"),
            effect,
        )
        for effect in sorted(blame.effects, key=lambda each: each.value)
    )
    return Found(sentence, effects, blame, fields, documents, draws, f"{cost:.4f}")


def _points(value: float) -> str:
    return f"{100 * value:+.1f} pts".replace("-", "−") if math.isfinite(value) else "unbounded"


def _keep(folder: Path, found: Found) -> None:
    """blame.json in the run's folder; its page shows it from the next `cv-harness report` on."""
    value = {
        "sentence": found.sentence,
        "verdict": found.blame.verdict,
        "fields": list(found.fields),
        "documents": found.documents,
        "draws": found.draws,
        "cost": found.cost,
        "edits": [asdict(edit) | {"label": edit.label} for edit in found.blame.edits],
        "guilty": list(found.blame.guilty),
        "effects": [
            {
                "edits": list(each.effect.edits),
                "value": each.effect.value,
                "lower": each.effect.lower if math.isfinite(each.effect.lower) else None,
                "upper": each.effect.upper if math.isfinite(each.effect.upper) else None,
                "n": each.effect.n,
                "shown": each.effect.shown,
                "sentence": each.sentence,
            }
            for each in found.effects
        ],
    }
    (folder / "blame.json").write_text(pretty(json.loads(json.dumps(value))), encoding="utf-8")


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
