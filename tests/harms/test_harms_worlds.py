"""The worlds have the noise that they claim."""

from __future__ import annotations

from collections import Counter

import pytest

from bench.harms.people import choose, everybody
from bench.harms.worlds import WORLDS, answer, values
from harness.base.project import Project
from harness.contract.check import check

PROJECT = Project.find()
GATE = everybody(PROJECT)[:85]
SEEDS = range(3)


def answers(name, arm, draw, seed):
    return [answer(WORLDS[name], subject, arm, draw, seed) for subject in GATE]


def wrong(cvs):
    """The share of the goldens' values that are not in the answers as they are."""
    lost = total = 0
    for subject, cv in zip(GATE, cvs, strict=True):
        golden = Counter(holder[key] for holder, key in values(subject.cv))
        lost += sum((golden - Counter(holder[key] for holder, key in values(cv))).values())
        total += sum(golden.values())
    return lost / total


def test_still_is_right():
    assert answers("still", "candidate", 2, 1) == [subject.cv for subject in GATE]


def test_stuck_mistakes_are_the_same_in_all_draws_and_both_arms():
    first = answers("stuck", "baseline", 0, 1)
    assert 0.02 < wrong(first) < 0.06
    assert all(answers("stuck", arm, draw, 1) == first for arm in ("baseline", "candidate") for draw in range(3))
    assert answers("stuck", "baseline", 0, 2) != first


def test_a_fifth_of_the_people_carries_most_mistakes():
    def share(subject, cv):
        golden = Counter(holder[key] for holder, key in values(subject.cv))
        return sum((golden - Counter(holder[key] for holder, key in values(cv))).values()) / sum(golden.values())

    for seed in SEEDS:
        cvs = answers("stuck", "baseline", 0, seed)
        shares = sorted(share(subject, cv) for subject, cv in zip(GATE, cvs, strict=True))
        assert sum(shares[-len(shares) // 5 :]) > 0.5 * sum(shares)


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize(
    ("name", "baseline_moves", "candidate_moves"),
    [("live", True, True), ("frozen", False, False), ("quieter", True, False), ("noisier", False, True)],
)
def test_draws_differ_where_the_world_says_so_and_the_arms_are_equally_good(name, baseline_moves, candidate_moves):
    assert (answers(name, "baseline", 0, 1) != answers(name, "baseline", 1, 1)) is baseline_moves
    assert (answers(name, "candidate", 0, 1) != answers(name, "candidate", 1, 1)) is candidate_moves
    assert answers(name, "baseline", 0, 1) != answers(name, "candidate", 0, 1)
    shares = [sum(wrong(answers(name, arm, 0, seed)) for seed in SEEDS) / 3 for arm in ("baseline", "candidate")]
    assert abs(shares[0] - shares[1]) < 0.006


def test_coins_are_shared_between_the_arms():
    """In live, what an arm gets wrong in one draw and right in another is mostly what the other arm does too."""

    def flips(arm):
        flipped = set()
        for index, drawn in enumerate(zip(*(answers("live", arm, draw, 1) for draw in range(6)), strict=True)):
            seen = [frozenset(holder[key] for holder, key in values(cv)) for cv in drawn]
            flipped |= {(index, value) for each in seen for value in each if not all(value in other for other in seen)}
        return flipped

    one, other = flips("baseline"), flips("candidate")
    assert one
    assert len(one & other) > 0.5 * len(one)


def test_a_rewording_has_as_many_mistakes_elsewhere():
    stuck = [answers("reworded", arm, 0, 1) for arm in ("baseline", "candidate")]
    assert abs(wrong(stuck[0]) - wrong(stuck[1])) < 0.006
    differing = sum(left != right for left, right in zip(*stuck, strict=True))
    assert differing > sum(left != right for left, right in zip(*both_arms("live"), strict=True))


def both_arms(name):
    return [answers(name, arm, 0, 1) for arm in ("baseline", "candidate")]


def test_wild_now_and_then_loses_a_section_or_a_role():
    def entries(cv):
        return sum(len(section) for section in cv.values() if isinstance(section, list))

    lost = {"live": 0, "wild": 0}
    for name in lost:
        for seed in SEEDS:
            cvs = answers(name, "candidate", 0, seed)
            lost[name] += sum(entries(subject.cv) - entries(cv) > 0 for subject, cv in zip(GATE, cvs, strict=True))
    assert lost["wild"] > lost["live"]


@pytest.mark.parametrize("name", WORLDS)
def test_noise_alone_breaks_no_contract(name):
    contracts = [check(cv) for seed in SEEDS for cv in answers(name, "candidate", 1, seed)]
    assert not [each for each in contracts if not each.valid or each.date_problems or each.id_problems]


def test_people_are_chosen_by_the_seed_with_their_twins():
    chosen = choose(PROJECT, 20, 1)
    assert len({each.person for each in chosen}) == 20
    assert chosen == choose(PROJECT, 20, 1) != choose(PROJECT, 20, 2)
    whole = [each for each in everybody(PROJECT) if each.person in {one.person for one in chosen}]
    assert list(chosen) == whole
    assert len({each.person for each in choose(PROJECT, 100, 1)}) == 100
    with pytest.raises(ValueError, match="101 people"):
        choose(PROJECT, 101, 1)
