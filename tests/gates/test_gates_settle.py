"""Exact tests of many gates together: who may fail by them, and by how little."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harness.gates.constants import Constants, Rule
from harness.gates.rules import settle
from harness.gates.ruling import Ruling
from harness.gates.types import Estimate

CONSTANTS = Constants()


def _ruling(changed: int, harm: float, *, people: int = 60) -> Ruling:
    """A gate in which `changed` people each lost `harm`, and whose own rule had let it pass."""
    test = np.zeros(people)
    test[:changed] = -harm
    rule = Rule("deciding", 0.01)
    none = Estimate(None, None, None, 0, 0, "")
    return Ruling("accuracy", rule, "PASS", none, none, none, rule.threshold, test=test, least=0.001)


def _settled(ruling: Ruling, constants: Constants = CONSTANTS) -> str:
    return settle([[ruling]], constants)[0][0].status


@pytest.mark.parametrize("fewest", [6, 9])
def test_an_exact_test_fails_nothing_that_changed_fewer_people_than_configured(fewest: int) -> None:
    constants = replace(CONSTANTS, min_affected=fewest)
    assert _settled(_ruling(fewest - 1, 1.0), constants) == "PASS"
    assert _settled(_ruling(fewest, 1.0), constants) == "FAIL"


def test_an_exact_test_fails_nothing_whose_mean_harm_is_below_the_least() -> None:
    assert _settled(_ruling(20, 0.001)) == "PASS"
    assert _settled(_ruling(20, 0.01)) == "FAIL"


def test_an_advisory_gate_never_fails_by_its_test() -> None:
    ruling = _ruling(20, 1.0)
    assert _settled(replace(ruling, rule=Rule("advisory", 0.01))) == "PASS"
