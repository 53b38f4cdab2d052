"""What is kept of a case for the gates is the case's own."""

from __future__ import annotations

import dataclasses

from gates_worlds import world

from harness.base.types import Failure
from harness.contract.types import Violation
from harness.gates.condense import condense


def test_a_case_keeps_its_scorer_and_what_its_contract_notes() -> None:
    case = world(1, 1)[0]
    assert case.score is not None
    broken = (Violation("/skills/0", "type", "no"),)
    contract = dataclasses.replace(case.score.contract, violations=broken, form=broken)
    case = dataclasses.replace(case, score=dataclasses.replace(case.score, contract=contract, scorer="77"))
    found = condense(case, "declared")
    assert found is not None
    assert found.scorer == "77"
    assert "/skills/0" in found.notes.values()


def test_an_answer_of_our_own_failure_says_nothing_and_another_failure_no_scorer() -> None:
    case = dataclasses.replace(world(1, 1)[0], score=None)
    ours, theirs = (
        dataclasses.replace(case, record=dataclasses.replace(case.record, answer=Failure(kind, "x", "")))
        for kind in ("harness", "provider")
    )
    assert condense(ours, "declared") is None
    found = condense(theirs, "declared")
    assert found is not None
    assert (found.scorer, found.failure, found.f1) == ("", "provider:x", None)
