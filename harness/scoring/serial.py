"""A score as JSON and back. The form is described by `score.schema.json` beside this file, and in docs/scoring.md."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from harness.base.errors import HarnessError
from harness.base.types import Json
from harness.contract.types import Contract, Rung, Violation
from harness.scoring.types import Counts, FieldOutcome, Order, Score

FORM = 1
"""Version of the JSON form; not of the scorer."""


def to_dict(score: Score) -> dict[str, Any]:
    """`score` as JSON values. `hallucinations` are indices into `outcomes`."""
    return _all_but_outcomes(score) | {
        "outcomes": [
            {
                "field": one.field,
                "golden_path": one.golden_path,
                "answer_path": one.answer_path,
                "golden": one.golden,
                "answer": one.answer,
                "kind": one.kind,
                "note": one.note,
                "evidence": list(one.evidence) if one.evidence else None,
                "grounded": one.grounded,
            }
            for one in score.outcomes
        ],
    }


def to_json(score: Score) -> bytes:
    """`to_dict` as compact JSON. Outcomes, nearly all of it, are written without a dictionary for each."""
    head = _compact(_all_but_outcomes(score))
    return f'{head[:-1]},"outcomes":[{",".join(map(_outcome, score.outcomes))}]}}'.encode("ascii")


_compact = json.JSONEncoder(separators=(",", ":")).encode
_quoted = json.encoder.encode_basestring_ascii
_CONSTANTS = {None: "null", True: "true", False: "false"}


def _outcome(one: FieldOutcome) -> str:
    golden_path = "null" if one.golden_path is None else _quoted(one.golden_path)
    answer_path = "null" if one.answer_path is None else _quoted(one.answer_path)
    evidence = f"[{one.evidence[0]},{one.evidence[1]}]" if one.evidence else "null"
    return (
        f'{{"field":{_quoted(one.field)},"golden_path":{golden_path},"answer_path":{answer_path},'
        f'"golden":{_value(one.golden)},"answer":{_value(one.answer)},"kind":"{one.kind}",'
        f'"note":{_quoted(one.note)},"evidence":{evidence},"grounded":{_CONSTANTS[one.grounded]}}}'
    )


def _value(value: Json) -> str:
    return _quoted(value) if isinstance(value, str) else _compact(value)


def _all_but_outcomes(score: Score) -> dict[str, Any]:
    index = {id(outcome): at for at, outcome in enumerate(score.outcomes)} if score.hallucinations else {}
    return {
        "form": FORM,
        "scorer": score.scorer,
        "failed": score.failed,
        "has_golden": score.has_golden,
        "f1": score.f1,
        "precision": score.precision,
        "recall": score.recall,
        "lenient_f1": score.lenient_f1,
        "lost_entries": list(score.lost_entries),
        "hallucinations": [
            index[id(one)] if id(one) in index else score.outcomes.index(one) for one in score.hallucinations
        ],
        "order": {"reverse_chronological": score.order.reverse_chronological, "share": score.order.share},
        "contract": _contract(score.contract),
        "counts": {
            field: {
                "correct": one.correct,
                "near": one.near,
                "golden": one.golden,
                "answer": one.answer,
                "more_correct": one.more_correct,
                "more_near": one.more_near,
            }
            for field, one in score.counts.items()
        },
    }


def from_dict(value: Mapping[str, Json]) -> Score:
    """The score that `to_dict` wrote. Raises HarnessError for anything else."""
    try:
        if value["form"] != FORM:
            raise HarnessError(f"a stored score has form {value['form']!r}, this is {FORM}", hint="score the run again")
        outcomes = tuple(
            FieldOutcome(**{**one, "evidence": tuple(one["evidence"]) if one["evidence"] else None})
            for one in value["outcomes"]
        )
        contract = value["contract"]
        return Score(
            f1=value["f1"],
            precision=value["precision"],
            recall=value["recall"],
            lenient_f1=value["lenient_f1"],
            counts={field: Counts(**one) for field, one in value["counts"].items()},
            outcomes=outcomes,
            contract=Contract(
                Rung[contract["rung"]],
                *(
                    _violations(contract[part])
                    for part in ("violations", "date_problems", "id_problems", "placeholders", "form")
                ),
            ),
            order=Order(**value["order"]),
            hallucinations=tuple(outcomes[at] for at in value["hallucinations"]),
            lost_entries=tuple(value["lost_entries"]),
            scorer=value["scorer"],
            failed=value["failed"],
            has_golden=value["has_golden"],
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise HarnessError(f"a stored score is unreadable: {error!r}", hint="score the run again") from error


@cache
def score_schema() -> Json:
    """JSON Schema (2020-12) of what `to_dict` returns."""
    return json.loads(resources.files("harness.scoring").joinpath("score.schema.json").read_text(encoding="utf-8"))


def _contract(contract: Contract) -> dict[str, Any]:
    return {
        "rung": contract.rung.name,
        "valid": contract.valid,
        "violations": _listed(contract.violations),
        "date_problems": _listed(contract.date_problems),
        "id_problems": _listed(contract.id_problems),
        "placeholders": _listed(contract.placeholders),
        "form": _listed(contract.form),
    }


def _listed(found: Iterable[Violation]) -> list[dict[str, str]]:
    return [{"pointer": one.pointer, "rule": one.rule, "message": one.message} for one in found]


def _violations(found: Iterable[Mapping[str, str]]) -> tuple[Violation, ...]:
    return tuple(Violation(**one) for one in found)
