"""Bounds that hold at every look: confidence sequences, for figures that somebody looks at every day.

An ordinary interval is right at one n that was fixed before; whoever looks daily and stops when it says what he
hopes for is wrong far more often than it promises. These bounds contain the truth at *all* n at once with
probability 1 - alpha, so that one may stop, or go on, whenever one likes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_STEPS = 60


@dataclass(frozen=True, slots=True)
class Bounds:
    """A figure with its always-valid bounds. value is None where n is 0; the bounds are then all that is possible."""

    value: float | None
    lower: float
    upper: float
    n: int


def rate_bounds(count: int, n: int, alpha: float) -> Bounds:
    """A rate from `count` of `n`: Robbins' mixture of binomial likelihoods with a uniform prior.

    The set of p whose mixture likelihood ratio is below 1/alpha; by Ville's inequality the true p ever leaves it
    with probability at most alpha. Raises ValueError for counts that cannot be.
    """
    if not 0 <= count <= n or not 0 < alpha < 1:
        raise ValueError(f"no rate: {count} of {n} at alpha {alpha}")
    if n == 0:
        return Bounds(None, 0.0, 1.0, 0)
    peak = count / n
    limit = math.log(1.0 / alpha)
    lower = 0.0 if count == 0 else _crossing(count, n, limit, 0.0, peak)
    upper = 1.0 if count == n else _crossing(count, n, limit, 1.0, peak)
    return Bounds(peak, lower, upper, n)


def log_evidence(count: int, n: int, rate: float) -> float:
    """The log of the mixture's evidence against `rate`; infinite where the data are impossible under it."""
    mixture = math.lgamma(count + 1) + math.lgamma(n - count + 1) - math.lgamma(n + 2)
    if (rate <= 0.0 and count) or (rate >= 1.0 and count < n):
        return math.inf
    likelihood = (count * math.log(rate) if count else 0.0) + ((n - count) * math.log1p(-rate) if count < n else 0.0)
    return mixture - likelihood


def mean_bounds(values: Iterable[float], alpha: float) -> Bounds:
    """The mean of values from 0 to 1, in the order they came: the predictable plug-in empirical-Bernstein sequence
    (Waudby-Smith and Ramdas, 2023, theorem 2), intersected over all n so far.

    Raises ValueError for a value outside of 0 to 1.
    """
    total = weighted = weights = spent = 0.0
    mean, variance_sum, n = 0.5, 0.25, 0
    lower, upper = 0.0, 1.0
    budget = math.log(2.0 / alpha)
    for value in values:
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"not from 0 to 1: {value}")
        n += 1
        bet = min(0.5, math.sqrt(2.0 * budget / ((variance_sum / n) * n * math.log(n + 1.0))))
        spent += 4.0 * (value - mean) ** 2 * (-math.log1p(-bet) - bet) / 4.0
        weighted += bet * value
        weights += bet
        centre, radius = weighted / weights, (budget + spent) / weights
        lower, upper = max(lower, centre - radius), min(upper, centre + radius)
        total += value
        mean = (0.5 + total) / (n + 1)
        variance_sum += (value - mean) ** 2
    return Bounds(total / n if n else None, lower, upper, n)


def _crossing(count: int, n: int, limit: float, outside: float, inside: float) -> float:
    """Where the evidence reaches the limit between a rate that is outside and one that is inside, by bisection."""
    for _ in range(_STEPS):
        middle = (outside + inside) / 2.0
        if log_evidence(count, n, middle) >= limit:
            outside = middle
        else:
            inside = middle
    return outside
