"""verdict.json: a verdict as JSON and back, checked against `verdict.schema.json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import Any

from harness.base.errors import UsageError
from harness.base.types import Json
from harness.gates.types import Claim, Comparability, Comparison, Estimate, Gate, Verdict

SCHEMA_VERSION = 1


def verdict_to_dict(verdict: Verdict) -> dict[str, Json]:
    """The JSON object that `verdict.json` holds. Non-finite figures become null."""
    provenance = dict(verdict.provenance)
    described = provenance.pop("candidate", {})
    return {
        "schema_version": SCHEMA_VERSION,
        "verdict": verdict.verdict,
        "scope": sorted(verdict.scope),
        "not_measured": dict(verdict.not_measured),
        "origin": verdict.origin,
        "source": verdict.source,
        "profile": verdict.profile,
        "look": verdict.look,
        "identical": verdict.identical,
        "reasons": list(verdict.reasons),
        "candidate": {**described, "id": verdict.candidate},
        "comparisons": [_comparison(comparison) for comparison in verdict.comparisons],
        "claims": [_finite(asdict(claim)) for claim in verdict.claims],
        "noise_floor": _finite(dict(verdict.noise_floor)),
        "provenance": _finite(provenance),
    }


def verdict_from_dict(given: Mapping[str, Json]) -> Verdict:
    """The verdict that a `verdict.json` describes.

    Raises UsageError for another schema version or a shape that the schema refuses.
    """
    version = given.get("schema_version") if isinstance(given, Mapping) else None
    if version != SCHEMA_VERSION:
        raise UsageError(
            f"verdict.json has schema version {version!r}, this harness reads {SCHEMA_VERSION}",
            hint="decide again: cv-harness rescore RUN",
        )
    _validate(given)
    provenance: dict[str, Json] = dict(given["provenance"])
    if len(given["candidate"]) > 1:
        provenance["candidate"] = dict(given["candidate"])
    return Verdict(
        verdict=given["verdict"],
        candidate=given["candidate"]["id"],
        scope=frozenset(given["scope"]),
        not_measured=dict(given["not_measured"]),
        origin=given["origin"],
        source=given["source"],
        profile=given["profile"],
        look=given["look"],
        reasons=tuple(given["reasons"]),
        comparisons=tuple(_comparison_from(item) for item in given["comparisons"]),
        claims=tuple(Claim(**item) for item in given["claims"]),
        identical=given["identical"],
        noise_floor=dict(given["noise_floor"]),
        provenance=provenance,
    )


def verdict_schema() -> dict[str, Json]:
    """The JSON Schema (2020-12) of verdict.json."""
    return dict(_schema())


def _comparison(comparison: Comparison) -> dict[str, Json]:
    comparable = comparison.comparable
    return {
        "against": comparison.against,
        "arm": comparison.arm,
        "comparable": {
            "ok": comparable.ok,
            "documents": list(comparable.documents),
            "excluded": dict(comparable.excluded),
            "refused": dict(comparable.refused),
            "notes": list(comparable.notes),
        },
        "gates": [_gate(gate) for gate in comparison.gates],
    }


def _gate(gate: Gate) -> dict[str, Json]:
    delta = gate.delta
    found: dict[str, Json] = _finite(
        {
            "name": gate.name,
            "metric": gate.metric,
            "scope": gate.scope,
            "level": gate.level,
            "status": gate.status,
            "reason": gate.reason,
            "baseline": gate.baseline.value,
            "candidate": gate.candidate.value,
            "delta": delta.value,
            "lower": delta.lower,
            "upper": delta.upper,
            "threshold": gate.threshold,
            "n": delta.n,
            "clusters": delta.clusters,
            "method": delta.method,
            "failed": delta.failed,
            "excluded": delta.excluded,
            "source": delta.source,
            "more_cvs": gate.more_cvs,
            "affected": gate.affected,
            "fields": list(gate.fields),
            "documents": list(gate.documents),
            "unconfirmed": list(gate.unconfirmed),
            "arms": {"baseline": asdict(gate.baseline), "candidate": asdict(gate.candidate)},
        }
    )
    return found


def _comparison_from(given: Mapping[str, Json]) -> Comparison:
    comparable = given["comparable"]
    return Comparison(
        given["against"],
        given["arm"],
        Comparability(
            comparable["ok"],
            tuple(comparable["documents"]),
            dict(comparable["excluded"]),
            dict(comparable["refused"]),
            tuple(comparable["notes"]),
        ),
        tuple(_gate_from(item) for item in given["gates"]),
    )


def _gate_from(given: Mapping[str, Json]) -> Gate:
    delta = Estimate(
        given["delta"],
        given["lower"],
        given["upper"],
        given["n"],
        given["clusters"],
        given["method"],
        given["failed"],
        given["excluded"],
        given["source"],
    )
    return Gate(
        name=given["name"],
        metric=given["metric"],
        level=given["level"],
        baseline=Estimate(**given["arms"]["baseline"]),
        candidate=Estimate(**given["arms"]["candidate"]),
        delta=delta,
        threshold=given["threshold"],
        status=given["status"],
        reason=given["reason"],
        more_cvs=given["more_cvs"],
        scope=given["scope"],
        fields=tuple(given["fields"]),
        documents=tuple(given["documents"]),
        affected=given["affected"],
        unconfirmed=tuple(given.get("unconfirmed", ())),
    )


def _finite(value: Any) -> Any:
    """`value` with null for what JSON cannot say."""
    match value:
        case float():
            return value if isfinite(value) else None
        case Mapping():
            return {str(key): _finite(item) for key, item in value.items()}
        case list() | tuple():
            return [_finite(item) for item in value]
        case _:
            return value


@cache
def _schema() -> Mapping[str, Json]:
    text = files("harness.gates").joinpath("verdict.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Json] = json.loads(text)
    return schema


def _validate(given: Mapping[str, Json]) -> None:
    from jsonschema import Draft202012Validator

    error = next(iter(Draft202012Validator(dict(_schema())).iter_errors(given)), None)
    if error is not None:
        place = "/".join(str(step) for step in error.absolute_path)
        raise UsageError(f"verdict.json at /{place}: {error.message}", hint="decide again: cv-harness rescore RUN")
