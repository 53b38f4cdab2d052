"""Evidence that a model moved: how often it is wrong over many looks, what it finds, and what it is at its edges."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.gates.drift import evidence, first_over, rank, together

ALPHA = 0.05


def series(rng, *, cvs=20, recorded=3, looks=12, shift=0.0, since=0, value=lambda drawn: drawn):
    """Ranks of a series: one fresh draw of each CV a look, `shift` standard deviations away from look `since` on."""
    bags = [[value(rng.gauss(0, 1)) for _ in range(recorded)] for _ in range(cvs)]
    found = []
    for look in range(looks):
        ranks = []
        for bag in bags:
            drawn = value(rng.gauss(shift if look >= since else 0.0, 1))
            ranks.append(rank(drawn, bag, rng.random()))
            bag.append(drawn)
        found.append(ranks)
    return evidence(found)


@pytest.mark.parametrize("value", [lambda drawn: drawn, round, lambda _: 0.0], ids=["continuous", "ties", "constant"])
def test_a_model_that_never_moves_is_hardly_ever_said_to_have(value):
    rng = random.Random(3)
    wrong = [first_over(series(rng, value=value).log, ALPHA) is not None for _ in range(120)]
    assert sum(wrong) / len(wrong) <= ALPHA + 2 * math.sqrt(ALPHA * (1 - ALPHA) / len(wrong))


def test_a_model_that_moved_is_found_soon_also_after_a_quiet_time():
    rng = random.Random(4)
    early = [first_over(series(rng, cvs=60, looks=4, shift=0.8).log, ALPHA) for _ in range(20)]
    late = [series(rng, cvs=60, looks=12, shift=0.8, since=9) for _ in range(20)]
    assert sum(found is not None for found in early) >= 19
    found = [(first_over(each.log, ALPHA), each.since) for each in late]
    assert sum(over is not None and over >= 9 for over, _ in found) >= 19
    assert sum(abs(since - 9) <= 1 for _, since in found) >= 17, "since when is told"


@given(st.lists(st.integers(0, 5), min_size=1, max_size=9), st.integers(0, 5))
def test_a_rank_is_uniform_where_all_are_exchangeable(earlier, value):
    """Over every place that the last value could have had, and all lots, ranks spread from 0 to 1 evenly."""
    every = [*earlier, value]
    means = [
        (rank(last, rest, 0.0) + rank(last, rest, 1.0)) / 2
        for last, rest in ((every[at], every[:at] + every[at + 1 :]) for at in range(len(every)))
    ]
    assert sum(means) / len(means) == pytest.approx(0.5)
    assert all(0 <= rank(value, earlier, lot) <= 1 for lot in (0.0, 1.0))


def test_bets_are_fair_so_evidence_does_not_grow_by_itself():
    """The mean of the martingale over the two halves of a uniform rank is what it was before."""
    before = math.exp(evidence([[0.3]]).log[-1])
    after = [math.exp(evidence([[0.3], [each]]).log[-1]) for each in (0.1, 0.9)]
    assert sum(after) / 2 == pytest.approx(before)


def test_nothing_seen_is_no_evidence_and_nothing_can_be_ranked_among_nothing():
    assert evidence([[], []]).log == pytest.approx((0.0, 0.0))
    assert evidence([]).log == ()
    assert first_over((), ALPHA) is None
    with pytest.raises(ValueError):
        rank(1.0, [], 0.5)


def test_several_measures_together_are_their_mean():
    low, high = evidence([[0.01] * 30]), evidence([[0.5] * 30])
    (both,) = together([low, high])
    assert math.exp(both) == pytest.approx((math.exp(low.log[0]) + math.exp(high.log[0])) / 2)
    assert first_over((both,), ALPHA) == 0
