"""What is kept of a case for the gates is the case's own."""

from __future__ import annotations

import dataclasses

from gates_worlds import manifest, world

from harness.base.types import Failure
from harness.contract.types import Violation
from harness.gates.condense import condense
from harness.gates.evidence import Evidence
from harness.gates.filed import FiledSeen, observed
from harness.gates.lazy import LazyCases
from harness.gates.observation import Observation, chosen
from harness.gates.types import Case
from harness.scoring.types import Counts


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


class Beside:
    """What was worked out of cases that are held here."""

    def __init__(self, cases: list[Case]) -> None:
        self._seen = [observed(case) for case in cases]

    def seen(self, place: int) -> bytes:
        return self._seen[place]

    def usable(self, place: int) -> bool:
        return bool(self._seen[place])

    def unexplained(self, place: int) -> bytes:
        raise AssertionError(place)


def test_what_is_filed_of_cases_is_what_was_seen_of_them() -> None:
    cases = sorted(world(6, 2), key=lambda case: case.record.key)
    answers = {
        2: Failure("harness", "x", ""), 3: Failure("harness", "x", ""), 4: Failure("harness", "x", ""),
        9: Failure("provider", "timeout", "slow"), 14: Failure("extraction", "garbled", ""),
    }  # fmt: skip
    for place, answer in answers.items():
        cases[place] = dataclasses.replace(cases[place], record=dataclasses.replace(cases[place].record, answer=answer))
    lazy = LazyCases(cases.__getitem__, Beside(cases))
    for case in cases:
        lazy.add(case.document, case.record.arm)
    held, large = (Evidence.of(each, manifest(draws=2)) for each in (cases, lazy))
    broken = []
    for arm in ("candidate", "baseline"):
        (one, one_broken), (two, two_broken) = held.observations(arm), large.observations(arm)
        assert isinstance(two, FiledSeen)
        assert (list(two), len(two), two_broken) == (list(one), len(one), one_broken)
        some = frozenset(list(one)[1:4])
        assert list(chosen(two, some)) == list(chosen(one, some))
        for name in one:
            assert name in two
            assert list(two[name]) == list(one[name])
            for draw, seen in one[name].items():
                for field in dataclasses.fields(Observation):
                    assert getattr(two[name][draw], field.name) == getattr(seen, field.name), field.name
                assert list(two[name][draw].fields) == list(seen.fields)
                changed = dataclasses.replace(two[name][draw], f1=0.5)
                assert (type(changed), changed) == (Observation, dataclasses.replace(seen, f1=0.5))
        broken += one_broken
    assert broken
    assert "x" not in two


def test_bullets_that_an_answer_has_as_one_are_filed_as_fewer() -> None:
    case = world(1, 1)[0]
    assert case.score is not None
    counts = Counts(correct=3, golden=3, answer=1, more_correct=-2, more_near=-1)
    field = "work_experience[].description[]"
    score = dataclasses.replace(case.score, counts={**case.score.counts, field: counts})
    lazy = LazyCases([merged := dataclasses.replace(case, score=score)].__getitem__, Beside([merged]))
    lazy.add(merged.document, merged.record.arm)
    found, _ = Evidence.of(lazy, manifest(draws=1)).observations(merged.record.arm)
    assert [dict(seen.fields)[field] for draws in found.values() for seen in draws.values()] == [counts]
