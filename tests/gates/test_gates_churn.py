"""How much an assistant churns holds it only where a team set a limit."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from gates_harms import gate as found_gate
from gates_worlds import manifest, world

from harness.base.types import Json
from harness.gates.config import GateConfig
from harness.gates.decide import decide
from harness.gates.evidence import Evidence
from harness.gates.types import Gate, Verdict


def _less(answer: Json, _: random.Random) -> None:
    """A role's bullets gone."""
    answer["work_experience"][0]["description"].clear()


def _churned(limit: float | None, people: int, of: int = 60) -> tuple[Verdict, Gate]:
    config = GateConfig.from_mapping({} if limit is None else {"churn": {"threshold": limit}})
    verdict = decide(
        Evidence.of(world(of, 3, _less, hit=lambda number: number < people, noise=0), manifest()), config=config
    )
    return verdict, found_gate(verdict, "churn")


def test_without_a_limit_it_is_told_and_judges_nothing() -> None:
    verdict, churn = _churned(None, 30)
    assert churn.status == "NOT_APPLICABLE"
    assert "moved" in churn.reason
    assert "no limit is set" in churn.reason
    assert not any("churn" in reason for reason in verdict.reasons)


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize(
    ("limit", "people", "status"),
    [(0.2, 30, "FAIL"), (0.45, 30, "INCONCLUSIVE"), (0.6, 30, "PASS"), (0.1, 0, "PASS"), (0.0, 6, "FAIL")],
)
def test_a_limit_holds_where_the_rate_is_over_it_for_certain(limit: float, people: int, status: str) -> None:
    _, churn = _churned(limit, people)
    assert churn.status == status
    assert churn.affected == people
    assert churn.delta.n == 60
    assert churn.delta.lower <= churn.delta.value <= churn.delta.upper


def test_better_counts_as_much_as_worse() -> None:
    other = {"candidate": "baseline", "baseline": "candidate"}
    cases = [
        replace(case, record=replace(case.record, arm=other.get(case.record.arm, case.record.arm)))
        for case in world(60, 3, _less, hit=lambda number: number < 30, noise=0)
    ]
    config = GateConfig.from_mapping({"churn": {"threshold": 0.2}})
    churn = found_gate(decide(Evidence.of(cases, manifest()), config=config), "churn")
    assert churn.status == "FAIL"
    assert "0 worse, 30" in churn.reason
