"""Confidence sequences: how often they are wrong at *any* look, and what they say at their edges."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.gates.anytime import log_evidence, mean_bounds, rate_bounds

ALPHA = 0.05


@given(st.integers(0, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rate_is_within_its_bounds_and_the_bounds_are_where_the_evidence_is(counted):
    count, n = counted
    bounds = rate_bounds(count, n, ALPHA)
    assert 0 <= bounds.lower <= bounds.upper <= 1
    if n:
        assert bounds.lower <= count / n <= bounds.upper
    for edge in (bounds.lower, bounds.upper):
        if 0 < edge < 1:
            assert log_evidence(count, n, edge) == pytest.approx(math.log(1 / ALPHA), abs=1e-6)


def test_nothing_is_said_of_nothing_and_more_says_more():
    assert rate_bounds(0, 0, ALPHA) == mean_bounds([], ALPHA)
    widths = [rate_bounds(n // 10, n, ALPHA).upper - rate_bounds(n // 10, n, ALPHA).lower for n in (10, 100, 1000)]
    assert widths == sorted(widths, reverse=True)
    assert rate_bounds(0, 300, ALPHA).upper < 0.03
    assert mean_bounds([0.9] * 500, ALPHA).lower > 0.85


@pytest.mark.parametrize("wrong", [(3, 2, 0.05), (-1, 2, 0.05), (0, 1, 0.0), (0, 1, 1.0)])
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        rate_bounds(*wrong)
    with pytest.raises(ValueError):
        mean_bounds([1.5], 0.05)


@pytest.mark.parametrize("rate", [0.02, 0.05, 0.3])
def test_a_rate_that_is_looked_at_after_every_request_is_ever_wrong_in_at_most_alpha(rate):
    """2,000 sequences of 1,000 requests: a fixed-n interval (Wilson) is ever wrong in more than a third of them."""
    random = np.random.default_rng(5)
    counts = (random.random((2000, 1000)) < rate).cumsum(axis=1)
    ns = np.arange(1, 1001)
    lgamma = np.array([math.lgamma(k) for k in range(1, 1003)])  # lgamma[k - 1] = lgamma(k)
    mixture = lgamma[counts] + lgamma[ns - counts] - lgamma[ns + 1]
    evidence = mixture - counts * math.log(rate) - (ns - counts) * math.log1p(-rate)
    assert evidence[3, 499] == pytest.approx(log_evidence(int(counts[3, 499]), 500, rate))
    ever = (evidence >= math.log(1 / ALPHA)).any(axis=1).mean()
    assert ever <= ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / 2000)
    p, z = counts / ns, 1.96
    centre = (p + z * z / (2 * ns)) / (1 + z * z / ns)
    radius = z * np.sqrt(p * (1 - p) / ns + z * z / (4 * ns * ns)) / (1 + z * z / ns)
    assert (np.abs(centre - rate) > radius).any(axis=1).mean() > 0.3, "the comparison shows why it is needed"


def test_a_mean_that_is_looked_at_after_every_pair_is_ever_wrong_in_at_most_alpha():
    random = np.random.default_rng(6)
    sequences, wrong = 400, 0
    for _ in range(sequences):
        values = random.beta(8, 2, 250)
        bounds = mean_bounds(values.tolist(), ALPHA)
        # The bounds are intersected over all n, so the last ones exclude the truth if any did.
        wrong += not bounds.lower <= 0.8 <= bounds.upper
    assert wrong / sequences <= ALPHA + 3 * math.sqrt(ALPHA * (1 - ALPHA) / sequences)
