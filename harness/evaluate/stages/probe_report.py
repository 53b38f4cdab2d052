"""What probes found, as figures that name nobody, and the worst pairs with their texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from math import isnan
from typing import Any

from harness.base.types import Failure, Json
from harness.corpus.text import remedy
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.probing import Pair, ProbeResult, of_arm
from harness.gates.simultaneous import LEAST
from harness.probes.catalogue import RELATIONS
from harness.probes.estimate import FieldEstimate, beside, estimates
from harness.probes.gaps import FOUR_FIFTHS, Axis, axis_of, figure
from harness.probes.tables import held
from harness.probes.twins import named, script_of
from harness.probes.types import CONTROL
from harness.replay.types import Arm
from harness.scoring import SCORER_VERSION
from harness.scoring.score import score

VERSION = 1
WORST = 20
"""Pairs that are shown with both texts and answers."""


def figures(run: OpenRun, result: ProbeResult) -> dict[str, Json]:
    """All that probes found, without a value or a name of any CV."""
    manifest = result.manifest
    arms = [arm.id for arm in manifest.arms if any(pair.judged.arm == arm.id for pair in result.pairs)]
    seen = {pair.judged.relation for pair in result.pairs}
    by_arm = {arm: {one.relation: one for one in held(of_arm(result, arm), seed=manifest.seed)} for arm in arms}
    grounded = {arm: _grounded(run, arm) for arm in arms}
    documents = run.inputs.documents
    return {
        "format": "cv-harness probes",
        "version": VERSION,
        "run_id": manifest.run_id,
        "origin": manifest.settings.origin,
        "simulated": manifest.settings.origin.startswith("simulator@"),
        "started": manifest.started,
        "seed": manifest.seed,
        "scorer": SCORER_VERSION,
        "documents": len(documents),
        "people": len({document.persona for document in documents}),
        "guide": result.made.guide,
        "unguided": len(result.made.unguided),
        **_reading(run),
        "probes": len(result.made.probes),
        "answers": len(result.pairs),
        "unjudged": dict(result.unjudged),
        "arms": arms,
        "alike": _alike(manifest.arms, arms),
        "least_people": LEAST,
        "relations": [
            {
                "name": name,
                "family": relation.family,
                "told": relation.told,
                "control": name == CONTROL,
                "left_out": len(result.made.left_out.get(name, ())),
                "arms": {arm: _plain(asdict(by_arm[arm][name])) for arm in arms if name in by_arm[arm]},
            }
            for name, relation in RELATIONS.items()
            if name in seen or name in result.made.left_out
        ],
        "estimate": _estimated({arm: estimates(of_arm(result, arm), grounded[arm])[0] for arm in arms}),
        "axes": _axes(result, arms, seen),
        "four_fifths": FOUR_FIFTHS,
    }


def _alike(arms: Sequence[Arm], shown: Sequence[str]) -> list[Json]:
    """Arms that send the very same: their names together."""
    by_wire: dict[str, list[Json]] = {}
    for arm in arms:
        if arm.id in shown and arm.bundle is not None:
            by_wire.setdefault(arm.bundle.wire, []).append(arm.id)
    return [names for names in by_wire.values() if len(names) > 1]


def _reading(run: OpenRun) -> dict[str, Json]:
    """unread: CVs without a text, by why; remedy: what this machine lacks to read them. same_text: CVs whose text is
    another one's too, but for the first of each."""
    documents = {document.id: document for document in run.inputs.documents}
    read = {name: one for name, one in run.store.extractions() if name in documents}
    why = Counter(one.outcome for one in read.values() if not one.readable)
    texts = [one.text_sha256 for one in read.values() if one.readable]
    lacking = remedy((one.outcome, documents[name].media_type) for name, one in read.items())
    return {"unread": dict(sorted(why.items())), "remedy": lacking, "same_text": len(texts) - len(set(texts))}


def _grounded(run: OpenRun, arm: str) -> dict[str, tuple[int, int]]:
    """That of the arm's answers to the unchanged CVs."""
    texts = {name: found.text for name, found in run.store.extractions()}
    known = {document.id for document in run.inputs.documents}
    answers = (record for record in run.store.records(arm=arm) if record.document_id in known)
    return grounding((record.answer, texts.get(record.document_id)) for record in answers)


def grounding(answers: Iterable[tuple[Json | Failure, str | None]]) -> dict[str, tuple[int, int]]:
    """By field: values of answers that were looked up in their texts, and of these how many are there."""
    found: dict[str, tuple[int, int]] = {}
    for answer, text in answers:
        if isinstance(answer, Failure):
            continue
        for outcome in score(answer, None, text).outcomes:
            if outcome.grounded is not None:
                looked, there = found.get(outcome.field, (0, 0))
                found[outcome.field] = (looked + 1, there + outcome.grounded)
    return found


def _estimated(by_arm: Mapping[str, Sequence[FieldEstimate]]) -> dict[str, Json]:
    """Each arm's, beside the others'."""
    found: dict[str, Json] = {}
    for arm, alone in by_arm.items():
        fields, whole = beside(alone, by_arm.values())
        found[arm] = {"whole": whole, "fields": [_plain(asdict(one)) for one in fields]}
    return found


def _axes(result: ProbeResult, arms: Sequence[str], seen: set[str]) -> list[Json]:
    found: list[Json] = []
    for name, relation in RELATIONS.items():
        if not relation.variants or name not in seen:
            continue
        of = {arm: axis_of(of_arm(result, arm), name, seed=result.manifest.seed) for arm in arms}
        found.append(
            {
                "name": name,
                "told": relation.told,
                "groups": [_group(name, variant) for variant in relation.variants],
                "arms": {arm: _axis(axis) for arm, axis in of.items() if axis is not None},
            }
        )
    return found


def _group(axis: str, variant: str) -> dict[str, str]:
    if axis not in ("names", "name_scripts"):
        label = variant.replace("_", " ")
        return {"key": variant, "label": label[:1].upper() + label[1:], "script": "", "source": ""}
    key, _, sex = variant.partition(":")
    row = next(row for row in (*named()["groups"], *named()["scripts"]) if row["key"] == key)
    matched = axis != "names" or len(row["matched"]) == 2
    return {"key": variant, "label": f"{row['label']}, {sex}{'' if matched else ' (not matched)'}",
            "script": script_of(variant), "source": row["source"]}  # fmt: skip


def _axis(axis: Axis) -> dict[str, Json]:
    return {
        "figures": [_plain(asdict(one)) for one in axis.figures],
        "worst": _plain(asdict(axis.worst)) if axis.worst is not None else None,
        "shown": axis.shown,
        "more_cvs": axis.more_cvs,
        "critical": None if isnan(axis.critical) else axis.critical,
    }


def gaps_shown(found: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """(axis, group, measure, arm) of each gap that the figures show."""
    return [
        (axis["name"], of["worst"]["group"], of["worst"]["measure"], arm)
        for axis in found["axes"]
        for arm, of in axis["arms"].items()
        if of["shown"]
    ]


def worst_pairs(
    result: ProbeResult, shown: Collection[tuple[str, str, str, str]] = (), most: int = WORST
) -> list[dict[str, Any]]:
    """The pairs whose answer is furthest from what it must be, one of each gap that is shown (axis, group, measure,
    arm) first, then one of each relation and arm, with both texts and answers: CV text, which stays where the run was
    made."""
    order = sorted(result.pairs, key=lambda pair: (pair.judged.f1, pair.probe.id, pair.judged.arm))
    wrong = [pair for pair in order if not pair.judged.holds]
    gaps: dict[tuple[str, str, str, str], Pair] = {}
    first: dict[tuple[str, str], Pair] = {}
    for pair in wrong:
        of = pair.judged
        first.setdefault((of.relation, of.arm), pair)
        for gap in shown:
            if gap[:2] == (of.relation, of.variant) and gap[3] == of.arm and figure(of, gap[2]) < 1:
                gaps.setdefault(gap, pair)
    chosen = list(gaps.values())
    chosen += [pair for pair in sorted(first.values(), key=lambda pair: pair.judged.f1) if pair not in chosen]
    chosen += [pair for pair in wrong if pair not in chosen][: max(0, most - len(chosen))]
    return [_shown(pair) for pair in chosen[:most]]


def _shown(pair: Pair) -> dict[str, Any]:
    judged = pair.judged
    return {
        "document": judged.document,
        "relation": judged.relation,
        "variant": judged.variant,
        "arm": judged.arm,
        "draw": judged.draw,
        "said": pair.probe.probe.said,
        "f1": judged.f1,
        "differences": [
            {"field": one.field, "kind": one.kind, "expected": one.golden, "answer": one.answer}
            for one in judged.differences
        ],
        "text": pair.probe.probe.text,
        "first": pair.first,
        "answer": None if isinstance(pair.answer, Failure) else pair.answer,
        "failure": f"{pair.answer.kind}: {pair.answer.code}" if isinstance(pair.answer, Failure) else "",
    }


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON holds it: no nan."""
    return {key: _one(one) for key, one in value.items()}


def _one(value: Any) -> Any:
    if isinstance(value, float) and isnan(value):
        return None
    if isinstance(value, Mapping):
        return _plain(value)
    return [_one(one) for one in value] if isinstance(value, list | tuple) else value
