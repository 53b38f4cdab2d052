"""What probes found, as figures that name nobody, and the worst pairs with their texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import isnan
from typing import Any

from harness.base.types import Failure, Json
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.probing import Pair, ProbeResult, of_arm
from harness.gates.simultaneous import LEAST
from harness.probes.catalogue import RELATIONS
from harness.probes.estimate import FieldEstimate, estimates
from harness.probes.gaps import FOUR_FIFTHS, Axis, axis_of
from harness.probes.tables import held
from harness.probes.twins import named, script_of
from harness.probes.types import CONTROL
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
        "probes": len(result.made.probes),
        "answers": len(result.pairs),
        "unjudged": dict(result.unjudged),
        "arms": arms,
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
        "estimate": {arm: _estimated(*estimates(of_arm(result, arm), grounded[arm])) for arm in arms},
        "axes": _axes(result, arms, seen),
        "four_fifths": FOUR_FIFTHS,
    }


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


def _estimated(fields: Sequence[FieldEstimate], whole: float | None) -> dict[str, Json]:
    return {"whole": whole, "fields": [_plain(asdict(one)) for one in fields]}


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
        return {"key": variant, "label": variant.replace("_", " "), "script": "", "source": ""}
    key, _, sex = variant.partition(":")
    row = next(row for row in (*named()["groups"], *named()["scripts"]) if row["key"] == key)
    return {"key": variant, "label": f"{row['label']}, {sex}", "script": script_of(variant), "source": row["source"]}


def _axis(axis: Axis) -> dict[str, Json]:
    return {
        "figures": [_plain(asdict(one)) for one in axis.figures],
        "worst": _plain(asdict(axis.worst)) if axis.worst is not None else None,
        "shown": axis.shown,
        "more_cvs": axis.more_cvs,
        "critical": None if isnan(axis.critical) else axis.critical,
    }


def worst_pairs(result: ProbeResult, most: int = WORST) -> list[dict[str, Any]]:
    """The pairs whose answer is furthest from what it must be, one of each relation and arm first, with both texts and
    answers: CV text, which stays where the run was made."""
    order = sorted(result.pairs, key=lambda pair: (pair.judged.f1, pair.probe.id, pair.judged.arm))
    wrong = [pair for pair in order if not pair.judged.holds]
    first: dict[tuple[str, str], Pair] = {}
    for pair in wrong:
        first.setdefault((pair.judged.relation, pair.judged.arm), pair)
    chosen = sorted(first.values(), key=lambda pair: pair.judged.f1)
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
