"""What one is too many of among a hundred people is a rate among thousands, beside what the other arm does."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from gates_worlds import document, make_case, person, text_of

from harness.gates.calibration import AA, World, operate
from harness.gates.catalogue import COUNTED, GATES
from harness.gates.config import GateConfig
from harness.gates.definition import Answers
from harness.gates.gross import FEW, weigh
from harness.gates.harm import Harm
from harness.gates.simulated import Noise
from harness.gates.tables import Items, events_from
from harness.gates.types import Case, Gate

CONFIG = GateConfig()
FAST = replace(CONFIG, resamples=1999)
PHONE = "personal_info.phone"


@pytest.mark.parametrize(
    ("worse", "back", "n", "status"),
    [
        (0, 0, 1000, "PASS"),
        (0, 9, 1000, "PASS"),
        (1, 0, FEW + 1, "INCONCLUSIVE"),
        (2, 0, FEW + 1, "FAIL"),
        (1, 0, 999, "INCONCLUSIVE"),
        (1, 0, 1000, "PASS"),
        (1, 0, 10_000, "PASS"),
        (2, 0, 10_000, "INCONCLUSIVE"),
        (3, 0, 10_000, "INCONCLUSIVE"),
        (4, 0, 10_000, "FAIL"),
        (4, 2, 10_000, "PASS"),
        (30, 28, 10_000, "PASS"),
        (60, 28, 10_000, "FAIL"),
        (11, 0, 1000, "FAIL"),
        (40, 28, 1000, "FAIL"),
    ],
)
def test_the_more_people_the_more_is_chance(worse: int, back: int, n: int, status: str) -> None:
    assert weigh(worse, back, n, CONFIG) == status


def test_of_two_equal_arms_few_are_held_at_any_rate() -> None:
    rng = np.random.default_rng(5)
    for expected in (0.5, 1, 2, 4, 10, 40):
        sides = rng.poisson(expected, (3000, 2))
        held = np.mean([weigh(int(one), int(two), 10_000, CONFIG) == "FAIL" for one, two in sides])
        assert held <= 0.03, expected


def grave_events(n: int, mine: Mapping[int, int], theirs: Mapping[int, int]):
    """Of n people, who has an invented telephone in how many of three draws."""
    tables = [np.zeros((n, 3, 1), dtype=np.bool_) for _ in range(2)]
    for table, side in zip(tables, (mine, theirs), strict=True):
        for row, draws in side.items():
            table[row, :draws] = True
    items = Items((PHONE,), np.ones((n, 1), dtype=np.bool_))
    return events_from(*tables, COUNTED["hallucinations"], 3, items=items)


def test_people_who_show_it_in_one_arm_alone_are_counted_in_both() -> None:
    found = grave_events(9, {0: 3, 1: 2, 2: 1, 3: 3}, {3: 1, 4: 2, 5: 1, 6: 1}).graves
    assert (found.sure, found.waiting, found.suspect) == ((2, 1), (1, 2), (3, 3))


@pytest.mark.parametrize(("n", "held"), [(60, 1.0), (FEW, 1.0), (1000, 0.0)])
def test_one_invented_telephone_holds_up_to_a_hundred_people(n: int, held: float) -> None:
    one = Harm("a telephone in one CV", exactly=1, event="hallucinations", item=PHONE)
    noise = Noise(grave=1e-12, others=0.0, critical=0.0, invalid=0.0)
    assert operate(World(one, n, noise=noise, runs=2), config=FAST).hold == held


@pytest.mark.long
@pytest.mark.parametrize("grave", [0.0005, 0.002], ids=["one draw in 2000", "one draw in 500"])
def test_an_unchanged_assistant_that_invents_now_and_then_is_not_held_among_a_thousand(grave: float) -> None:
    row = operate(World(AA, 1000, noise=Noise(grave=grave), runs=10), seed=11, config=FAST)
    assert row.hold == 0
    assert row.ship >= 0.9


@pytest.mark.long
def test_one_that_invents_in_one_cv_of_a_hundred_more_is() -> None:
    harm = Harm("a telephone in 1 % of CVs", 0.01, event="hallucinations", item=PHONE)
    assert operate(World(harm, 1000, noise=Noise(grave=0.0005), runs=6), seed=11, config=FAST).hold == 1


@pytest.mark.long
def test_of_ten_thousand_people_a_loss_of_a_twentieth_of_a_point_is_not_held() -> None:
    """Not by the loss, and not by what both arms invent now and then."""
    loss = Harm("−0.05 points", share=1.0, f1=-0.0005)
    assert operate(World(loss, 10_000, noise=Noise(grave=0.0005), runs=2), seed=11, config=FAST).hold == 0
    more = Harm("a telephone in .5 % of CVs", 0.005, event="hallucinations", item=PHONE)
    assert operate(World(more, 10_000, noise=Noise(grave=0.0005), runs=1), seed=11, config=FAST).hold == 1


def cases(n: int, leaks: Mapping[str, Iterable[tuple[int, int]]]) -> Mapping[str, list[Case]]:
    """Clean answers, three a CV, but for the telephone of the person after in these (CV, draw) of an arm."""
    one = make_case("candidate", 1, 0, person(1), random.Random(1))
    found: dict[str, list[Case]] = {}
    for arm in ("baseline", "candidate"):
        where = set(leaks.get(arm, ()))
        for number in range(n):
            for draw in range(3):
                answer = person(number)
                if (number, draw) in where:
                    answer = copy.deepcopy(answer)
                    answer["personal_info"]["phone"] = person(number + 1)["personal_info"]["phone"]
                of = document(number)
                record = replace(one.record, document_id=of.id, arm=arm, draw=draw, answer=answer)
                found.setdefault(arm, []).append(Case(of, record, None))
    return found


def cross_talk(n: int, **leaks: Iterable[tuple[int, int]]) -> Gate:
    every = {document(number).id: number for number in range(n)}
    texts = {name: text_of(number) for name, number in every.items()}
    known = {name: document(number) for name, number in every.items()}
    gate = GATES["cross_talk"]
    assert gate.of_answers is not None
    found = gate.of_answers(gate, Answers(known, texts, frozenset(known), cases(n, leaks), "live", "candidate"), CONFIG)
    assert found is not None
    return found


MANY = 300


@pytest.mark.long
@pytest.mark.parametrize(
    ("candidate", "baseline", "status", "said"),
    [
        ([(7, 0)], [], "INCONCLUSIVE", "in 1 of 3 answers); read this answer"),
        ([(7, 0), (20, 1)], [], "INCONCLUSIVE", "2 of 300 people's CVs"),
        ([(7, 0), (20, 1)], [(40, 0), (60, 2)], "INCONCLUSIVE", "(baseline alone: 2)"),
        ([(7, 0), (20, 1), (30, 0), (50, 2)], [], "FAIL", "4 of 300 people's CVs"),
        ([(7, 0), (20, 1), (30, 0), (50, 2)], [(40, 0), (60, 2)], "INCONCLUSIVE", "; and 1 more"),
        ([(7, 0), (7, 1), (7, 2)], [], "FAIL", "in 3 of 3 answers"),
        ([(7, 0), (7, 1), (7, 2)], [(40, 0)], "INCONCLUSIVE", "read these answers"),
    ],
)
def test_another_persons_data_never_passes_and_holds_beyond_what_the_baseline_does(
    candidate: list[tuple[int, int]], baseline: list[tuple[int, int]], status: str, said: str
) -> None:
    found = cross_talk(MANY, candidate=candidate, baseline=baseline)
    assert found.status == status
    assert said in found.reason


def test_up_to_a_hundred_people_two_hold_whatever_the_baseline_does() -> None:
    found = cross_talk(60, candidate=[(7, 0), (20, 1)], baseline=[(30, 0), (40, 0), (50, 1)])
    assert found.status == "FAIL"
    assert "baseline alone" not in found.reason
