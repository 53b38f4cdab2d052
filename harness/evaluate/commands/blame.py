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
from typing import TypeAlias

from harness.assistants.types import AssistantBundle
from harness.base.canonical import pretty
from harness.base.clock import SystemClock
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Json
from harness.evaluate.setup.arms import ArmSet
from harness.evaluate.setup.inputs import Inputs, load_inputs
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, open_provider
from harness.evaluate.stages.judging import gate_config, judge, read_verdict, score_run
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.replaying import replay_arms
from harness.gates.types import Case, Verdict
from harness.models.recordings import BLAME, RecordingStore
from harness.replay.manifest import new_manifest
from harness.replay.runs import RunInfo
from harness.replay.store import RunStore
from harness.replay.types import Arm, Manifest
from harness.review.blame import LEVEL, Applied, Blame, Effect, attribute, edits_between, effect, with_edits
from harness.scoring.metrics import f1_on

_MOST_DOCUMENTS = 40

_Figures: TypeAlias = Mapping[str, Mapping[str, float]]
"""F1 by field (and of them all together), then by persona."""

_TOGETHER = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """One tested set of edits, in words."""

    sentence: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class FieldEffect:
    """What guilty edits do to one field alone."""

    field: str
    effect: Effect


@dataclass(frozen=True, slots=True)
class Found:
    """What blame came to, in words and figures. fields: whose F1, taken together, the effects are about; by_field: of
    the guilty edits, one by one; cost in US dollars."""

    sentence: str
    effects: tuple[Sentence, ...]
    by_field: tuple[FieldEffect, ...]
    blame: Blame
    fields: tuple[str, ...]
    documents: int
    draws: int
    cost: str


def blame_run(
    project: Project, info: RunInfo, plan: Plan, *, repeat: int, max_cost: float, listener: Listener
) -> Found:
    """Explain a run's verdict; the result is kept in the run's folder, and its page and summaries are made anew.

    Raises UsageError where there is nothing to explain, or where it would cost more than `max_cost`.
    """
    gate_config(plan)
    manifest = info.readable()
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
    draws = range(BLAME, BLAME + repeat)
    _check_cost(cases, len(affected) * repeat * (len(edits) + 2), max_cost, arms["candidate"].origin, listener)
    spent: list[Decimal] = []
    measured: dict[Applied, _Figures] = {}

    def measure(sets: Sequence[Applied]) -> Sequence[Mapping[str, float]]:
        variants = {f"variant:{number}": with_edits(before, after, applied) for number, applied in enumerate(sets)}
        figures, cost = _replay_variants(project, plan, inputs, affected, variants, draws, fields, listener)
        spent.append(cost)
        found = [figures[name] for name in variants]
        measured.update(zip(sets, found, strict=True))
        return [each[_TOGETHER] for each in found]

    blame = attribute(edits, measure)
    found = _in_words(blame, fields, _by_field(blame, measured, fields), len(affected), repeat, sum(spent, Decimal(0)))
    _keep(info.folder, found)
    judge(project, info.folder, plan, listener=listener, count_look=False)
    return found


def _by_field(blame: Blame, measured: Mapping[Applied, _Figures], fields: tuple[str, ...]) -> tuple[FieldEffect, ...]:
    """What each guilty edit (or pair of them) does to each field; a field's intervals hold together over all edits."""
    everything = frozenset(range(len(blame.edits)))
    tests = len(blame.edits)
    return tuple(
        FieldEffect(
            name, effect(each.edits, measured[everything][name], measured[everything - set(each.edits)][name], tests)
        )
        for each in _guilty(blame)
        for name in fields
    )


def _guilty(blame: Blame) -> list[Effect]:
    """The effects that the blame rests on, the worst first: of single edits, else of the pair that explains it."""
    found = [each for each in blame.effects if each.shown and set(each.edits) <= set(blame.guilty)]
    return sorted(found, key=lambda each: each.value)


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
) -> tuple[dict[str, _Figures], Decimal]:
    """Mean figures per persona of each variant, and what the calls cost; kept as a run of its own."""
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
    asked = {_TOGETHER: fields, **{name: (name,) for name in fields}}
    return {
        arm: {name: _per_persona([case for case in cases if case.record.arm == arm], of) for name, of in asked.items()}
        for arm in variants
    }, summary.cost


def _per_persona(cases: Sequence[Case], fields: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        figure = _figure(case, fields)
        if figure is not None:
            found[case.document.persona].append(figure)
    return {persona: _mean(figures) for persona, figures in found.items()}


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


def _in_words(
    blame: Blame,
    fields: tuple[str, ...],
    by_field: tuple[FieldEffect, ...],
    documents: int,
    draws: int,
    cost: Decimal,
) -> Found:
    about = " and ".join(fields) if fields else "all fields"
    together = f"{about} together" if len(fields) > 1 else about
    rest = len(blame.edits) - len(blame.guilty)
    others = f"; the other {f'{rest} edits' if rest > 1 else 'edit'}: nothing shown" if rest else ""
    if blame.verdict == "cannot tell":
        sentence = f"cannot tell: {blame.reason}"
    else:
        told = [_guilt(each, blame, by_field) for each in _guilty(blame)]
        level = f"{draws} draws, {100 * (1 - LEVEL):.0f} % intervals for each field, over all edits"
        sentence = f"{'; '.join(told)} ({level}); {blame.reason}{others}"
    effects = tuple(
        Sentence(
            f"{_labels(effect, blame)}: {together} {_figures(effect)}, {draws} draws"
            + ("" if effect.shown else " (nothing shown)"),
            effect,
        )
        for effect in sorted(blame.effects, key=lambda each: each.value)
    )
    return Found(sentence, effects, by_field, blame, fields, documents, draws, f"{cost:.4f}")


def _guilt(guilty: Effect, blame: Blame, by_field: Sequence[FieldEffect]) -> str:
    """One guilty edit (or pair) and what it does to each field; to all fields where none is named."""
    single = [each for each in by_field if each.effect.edits == guilty.edits]
    told = [
        f"`{each.field}` {_figures(each.effect)}" + ("" if each.effect.shown else ", not shown alone")
        for each in single
    ]
    return f"{_labels(guilty, blame)} {', '.join(told) or f'all fields {_figures(guilty)}'}"


def _labels(effect: Effect, blame: Blame) -> str:
    return " and ".join(blame.edits[place].label for place in effect.edits)


def _figures(effect: Effect) -> str:
    low, high = _bounds(effect)
    shown = f"[{_number(low)}, {_number(high)}]" if low is not None and high is not None else "[unbounded]"
    return f"{_number(effect.value)} pts {shown}, {effect.n} CVs"


def _bounds(effect: Effect) -> tuple[float | None, float | None]:
    """The interval, no wider than a difference of F1 can be; nothing where one person is all there is."""
    if not math.isfinite(effect.lower):
        return None, None
    return max(-1.0, effect.lower), min(1.0, effect.upper)


def _number(value: float) -> str:
    return f"{100 * value:+.1f}".replace("-", "−")


def _keep(folder: Path, found: Found) -> None:
    """blame.json in the run's folder, from where its page and summaries take it."""
    value = {
        "sentence": found.sentence,
        "verdict": found.blame.verdict,
        "fields": list(found.fields),
        "documents": found.documents,
        "draws": found.draws,
        "level": 1 - LEVEL,
        "cost": found.cost,
        "edits": [asdict(edit) | {"label": edit.label} for edit in found.blame.edits],
        "guilty": list(found.blame.guilty),
        "effects": [_plain(each.effect) | {"sentence": each.sentence} for each in found.effects],
        "by_field": [_plain(each.effect) | {"field": each.field} for each in found.by_field],
    }
    (folder / "blame.json").write_text(pretty(json.loads(json.dumps(value))), encoding="utf-8")


def _plain(effect: Effect) -> dict[str, Json]:
    low, high = _bounds(effect)
    return {
        "edits": list(effect.edits),
        "value": effect.value,
        "lower": low,
        "upper": high,
        "n": effect.n,
        "shown": effect.shown,
    }


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
