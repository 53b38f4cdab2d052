from __future__ import annotations

import json

import pytest
from gates_worlds import manifest, world
from hypothesis import given, settings
from hypothesis import strategies as some
from jsonschema import Draft202012Validator

from harness.base.errors import ExitCode, UsageError
from harness.gates.decide import decide, exit_code
from harness.gates.evidence import Evidence
from harness.gates.serial import verdict_from_dict, verdict_schema, verdict_to_dict
from harness.gates.types import Claim, Comparability, Comparison, Estimate, Gate, Verdict

words = some.text(max_size=12)
figures = some.none() | some.floats(-10, 10, allow_nan=False)
counts = some.integers(0, 500)
estimates = some.builds(Estimate, figures, figures, figures, counts, counts, words, counts, counts, words)
gates = some.builds(
    Gate,
    words,
    words,
    some.sampled_from(["deciding", "advisory"]),
    estimates,
    estimates,
    estimates,
    some.floats(-5, 5),
    some.sampled_from(["PASS", "FAIL", "INCONCLUSIVE", "NOT_MEASURED", "NOT_APPLICABLE"]),
    words,
    some.none() | counts,
    some.sampled_from(["quality", "tokens", "cost", "latency"]),
    some.lists(words, max_size=2).map(tuple),
    some.lists(words, max_size=2).map(tuple),
    counts,
)
comparisons = some.builds(
    Comparison,
    words,
    words,
    some.builds(
        Comparability,
        some.booleans(),
        some.lists(words, max_size=2).map(tuple),
        some.dictionaries(words, words, max_size=2),
        some.dictionaries(words, words, max_size=2),
        some.lists(words, max_size=2).map(tuple),
    ),
    some.lists(gates, max_size=2).map(tuple),
)
claims = some.builds(
    Claim, words, words, words, figures, figures, figures, counts, words,
    some.sampled_from(["KEPT", "BROKEN", "NOT SHOWN"]), words,
)  # fmt: skip
verdicts = some.builds(
    Verdict,
    some.sampled_from(["SHIP", "HOLD", "INCONCLUSIVE"]),
    words,
    some.frozensets(some.sampled_from(["quality", "tokens", "cost", "latency"])),
    some.dictionaries(words, words, max_size=2),
    words,
    words,
    some.sampled_from(["ci", "release"]),
    some.integers(1, 40),
    some.lists(words, max_size=3).map(tuple),
    some.lists(comparisons, max_size=2).map(tuple),
    some.lists(claims, max_size=2).map(tuple),
    some.booleans(),
    some.dictionaries(words, counts, max_size=2),
    some.dictionaries(words.filter(lambda key: key != "candidate"), words, max_size=2),
)


@settings(max_examples=40, deadline=None)
@given(verdicts)
def test_a_verdict_survives_json(verdict: Verdict) -> None:
    written = json.loads(json.dumps(verdict_to_dict(verdict)))
    assert verdict_from_dict(written) == verdict


def test_a_real_verdict_survives_json_and_has_the_promised_shape() -> None:
    verdict = decide(Evidence.of(world(12), manifest()))
    written = json.loads(json.dumps(verdict_to_dict(verdict), allow_nan=False))
    assert verdict_from_dict(written) == verdict
    assert written["schema_version"] == 1
    assert written["candidate"]["id"] == "candidate"
    gate = next(gate for gate in written["comparisons"][0]["gates"] if gate["name"] == "accuracy")
    assert {"metric", "level", "baseline", "candidate", "delta", "lower", "upper", "threshold"} <= gate.keys()
    assert {"n", "clusters", "status", "reason", "more_cvs"} <= gate.keys()
    assert gate["n"] == gate["clusters"] == 12


def test_the_schema_itself_is_valid_and_closed() -> None:
    Draft202012Validator.check_schema(verdict_schema())
    with pytest.raises(UsageError, match="Additional properties"):
        verdict_from_dict(verdict_to_dict(decide(Evidence.of(world(2), manifest()))) | {"mood": "good"})


def test_another_version_is_refused_with_the_next_step() -> None:
    with pytest.raises(UsageError, match="schema version 7, this harness reads 1"):
        verdict_from_dict({"schema_version": 7})


@pytest.mark.parametrize(("word", "code"), [("SHIP", 0), ("HOLD", 10), ("INCONCLUSIVE", 20)])
def test_exit_codes(word: str, code: int) -> None:
    verdict = Verdict(word, "candidate", frozenset(), {}, "", "", "ci", 1, (), (), ())  # type: ignore[arg-type]
    assert exit_code(verdict) == ExitCode(code)
