"""The chances that single fields, slices and counts are judged by, beside what can be worked out otherwise."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from harness.gates.parts import beside_better, concentrated, dealt_at_most, holm, most_extreme
from harness.gates.statistics import dealt_anew, surprise

figures = some.lists(
    some.lists(some.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), min_size=6, max_size=6), min_size=1, max_size=4
)


def exact(candidate: np.ndarray, other: np.ndarray) -> float:
    """P(Σ mean of other − mean of candidate ≥ seen) over every way of dealing each person's draws."""
    k = candidate.shape[1]
    totals = np.zeros(1)
    for mine, theirs in zip(candidate, other, strict=True):
        every = np.concatenate([mine, theirs])
        gaps = [
            (every.sum() - every[list(of)].sum()) / len(theirs) - every[list(of)].mean()
            for of in combinations(range(len(every)), k)
        ]
        totals = np.add.outer(totals, np.array(gaps)).ravel()
    seen = (other.mean(axis=1) - candidate.mean(axis=1)).sum()
    return float((totals >= seen - 1e-9).mean())


@settings(max_examples=60, deadline=None)
@given(figures)
def test_the_bound_of_dealing_anew_is_never_under_the_exact_chance(rows: list[list[float]]) -> None:
    table = np.array(rows)
    candidate, other = table[:, :3], table[:, 3:]
    bound = dealt_at_most(candidate, other)
    assert exact(candidate, other) - 1e-9 <= bound <= 1.0


def test_the_bound_is_close_where_everybody_is_worse_in_every_draw() -> None:
    zeros, ones = np.zeros((6, 3)), np.ones((6, 3))
    assert dealt_at_most(zeros, ones) == pytest.approx(20.0**-6, rel=0.01)
    assert dealt_at_most(ones, zeros) == 1.0
    assert dealt_at_most(ones, ones) == 1.0


def test_draws_that_are_not_there_count_for_nothing() -> None:
    there = np.array([[0.0, 0.0, np.nan], [0.0, np.nan, np.nan]])
    beside = np.array([[1.0, 1.0, 1.0], [1.0, np.nan, np.nan]])
    assert dealt_at_most(there, beside) == pytest.approx(1 / comb(5, 2) / 2, rel=0.01)
    assert dealt_at_most(np.full((2, 3), np.nan), np.ones((2, 3))) == 1.0


@settings(max_examples=30, deadline=None)
@given(figures)
def test_dealt_anew_estimates_the_exact_chance(rows: list[list[float]]) -> None:
    table = np.round(np.array(rows))
    # here more is worse: the candidate's bad draws
    estimate = dealt_anew(table[:, :3], table[:, 3:], resamples=1999, seed=3)
    if (table.max(axis=1) == table.min(axis=1)).all():
        assert estimate == 1.0
        return
    wanted = exact(-table[:, :3], -table[:, 3:])
    assert estimate == pytest.approx(wanted, abs=4 * (0.25 / 1999) ** 0.5 + 1e-3)


def test_dealt_anew_is_a_fair_level_where_nothing_differs() -> None:
    rng = np.random.default_rng(1)
    low = sum(
        dealt_anew(rng.random((20, 3)) < 0.3, rng.random((20, 3)) < 0.3, resamples=199, seed=run) <= 0.05
        for run in range(200)
    )
    assert low <= 20  # of 200 at .05: 10 are expected, over 20 come once in a thousand


def test_a_surprise_falls_with_who_got_worse_and_grows_with_who_got_better() -> None:
    assert surprise(0, 5) == 1.0
    assert surprise(3, 0) == pytest.approx(0.022, abs=0.001)
    for better in range(6):
        chances = [surprise(worse, better) for worse in range(1, 12)]
        assert chances == sorted(chances, reverse=True)
        assert surprise(4, better) < surprise(4, better + 1)


def test_a_surprise_is_seldom_where_both_sides_have_one_rate() -> None:
    rng = np.random.default_rng(2)
    for rate in (0.3, 1.0, 4.0):
        pairs = rng.poisson(rate, (4000, 2))
        seldom = np.mean([surprise(int(worse), int(better)) <= 0.025 for worse, better in pairs])
        assert seldom <= 0.04, rate


def test_a_part_is_set_beside_what_all_parts_show() -> None:
    assert beside_better(0, 0, 1.0) == 1.0
    assert beside_better(3, 0, 0.01) < 1e-5 < beside_better(3, 0, 1.0)
    assert beside_better(6, 0, 1.0) < beside_better(6, 3, 1.0) < beside_better(6, 6, 1.0)


def test_a_part_is_seldom_suspected_where_all_are_alike() -> None:
    rng = np.random.default_rng(3)
    for rate in (0.2, 1.0, 3.0):
        tables = rng.poisson(rate, (1500, 20, 2))
        hits = 0
        for table in tables:
            usual = (table[:, 1].sum() + 0.25) / 20
            chances = {
                str(place): beside_better(int(worse), int(better), usual)
                for place, (worse, better) in enumerate(table)
                if worse >= 3
            }
            hits += any(p <= 0.03 for p in holm(chances, 20).values())
        assert hits / 1500 <= 0.03, rate


def test_concentration_is_the_share_of_all_ways() -> None:
    ways = [sum(1 for one in of if one < 5) for of in combinations(range(12), 4)]
    for lost in range(1, 5):
        wanted = sum(hit >= lost for hit in ways) / len(ways)
        assert concentrated(lost, 5, 4, 12) == pytest.approx(wanted)


def test_the_most_extreme_slice_is_seldom_extreme_by_chance() -> None:
    rng = np.random.default_rng(4)
    members = rng.random((20, 60)) < 0.15
    low = 0
    for run in range(120):
        shift = rng.normal(0, 1, (2, 60)) * rng.gamma(0.5, 2, 60)
        low += bool((most_extreme(shift, members, resamples=199, seed=run) <= 0.05).any())
    assert low <= 14  # of 120 at .05: 6 are expected, over 14 come once in a thousand
    shift = np.zeros((1, 60))
    shift[0, np.flatnonzero(members[3])] = -0.1
    assert most_extreme(shift, members, resamples=999)[0, 3] <= 0.002


def test_holm_counts_those_that_could_be_small() -> None:
    assert holm({"a": 0.01, "b": 0.2, "c": 0.02}, 3) == {"a": 0.03, "c": 0.04, "b": 0.2}
    assert holm({"a": 0.01}, 5) == {"a": 0.05}
    assert holm({}, 0) == {}
