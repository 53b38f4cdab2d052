"""The single procedures that gates are made of, each with its source; nothing here knows what a CV is.

Differences are candidate − other, so harm is negative. All randomness comes from tables drawn once per
(rows, seed) and kept: the same evidence always gives the same bounds. Heavy SciPy parts are imported on first use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, exp, log, sqrt
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Bools: TypeAlias = npt.NDArray[np.bool_]

EXACT_FLIPS = 12
"""Up to this many non-zero differences all 2^k sign patterns are tried; above, `resamples` random ones."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with two one-sided bounds, each holding with the stated confidence. `sd` of one cluster."""

    value: float
    lower: float
    upper: float
    n: int
    sd: float
    method: str

    def within(self, low: float, high: float) -> Interval:
        """The same with bounds that end where the figure does: a difference of shares at −1 and 1."""
        return replace(self, lower=max(low, self.lower), upper=min(high, self.upper))


def t_quantile(probability: float, df: int) -> float:
    """Student's t quantile (`scipy.stats.t.ppf`, without its import)."""
    from scipy.special import stdtrit

    return float(stdtrit(df, probability))


def normal_quantile(probability: float) -> float:
    from scipy.special import ndtri

    return float(ndtri(probability))


def normal_tail(z: float) -> float:
    """P(Z ≥ z)."""
    from scipy.special import ndtr

    return float(ndtr(-z))


def binomial_upper(events: float, n: int, confidence: float = 0.95) -> float:
    """Clopper–Pearson one-sided upper bound of a rate: 0 of 20 gives .139."""
    from scipy.special import betaincinv

    if n <= 0 or events >= n:
        return 1.0
    return float(betaincinv(events + 1, n - events, confidence))


def net_upper(losses: float, gains: float, n: int, confidence: float = 0.95) -> float:
    """Upper bound of the net rate of losses among n pairs: Clopper–Pearson of the losses where nothing was gained,
    else Tango's score bound of a paired difference (Statistics in Medicine 1998), one-sided."""
    if gains == 0 or losses >= n:
        return binomial_upper(losses, n, confidence)
    z = normal_quantile(confidence)
    low, high = (losses - gains) / n, 1.0
    for _ in range(60):
        delta = (low + high) / 2
        b = (2 * n - losses + gains) * delta - losses - gains
        share = (sqrt(b * b + 8 * n * gains * delta * (1 - delta)) - b) / (4 * n)
        spread = sqrt(max(0.0, n * (2 * share + delta * (1 - delta))))
        low, high = (delta, high) if n * delta - (losses - gains) < z * spread else (low, delta)
    return high


def binomial_tail(events: int, n: int, rate: float) -> float:
    """P(X ≥ events) for X ~ Binomial(n, rate)."""
    from scipy.special import bdtrc

    return 1.0 if events <= 0 else float(bdtrc(events - 1, n, rate))


def surprise(worse: float, better: float, prior: float = 0.25) -> float:
    """P(as many get worse), were as many expected to as got better: the negative binomial prediction of a Poisson count
    from another of the same unknown rate (Gamma prior of shape `prior`, so that nothing seen means hardly any)."""
    from scipy.special import betainc

    return 1.0 if worse <= 0 else float(betainc(worse, better + prior, 0.5))


@lru_cache(maxsize=16)
def _weights(n: int, resamples: int, seed: int) -> npt.NDArray[np.float32]:
    """How often each of n clusters is drawn in each bootstrap resample (resamples × n)."""
    rng = np.random.default_rng((seed, n, 1))
    return rng.multinomial(n, np.full(n, 1.0 / n), size=resamples).astype(np.float32)


@lru_cache(maxsize=32)
def _signs(n: int, resamples: int, seed: int) -> npt.NDArray[np.float32]:
    rng = np.random.default_rng((seed, n, 2))
    return (rng.integers(0, 2, size=(resamples, n), dtype=np.int8) * 2 - 1).astype(np.float32)


@lru_cache(maxsize=16)
def _all_signs(k: int) -> npt.NDArray[np.float32]:
    patterns = np.arange(2**k)[:, None] >> np.arange(k)[None, :] & 1
    return (patterns * 2 - 1).astype(np.float32)


def paired_mean(
    differences: Floats, *, confidence: float = 0.95, floor: float = 0.005, resamples: int = 9999, seed: int = 0
) -> Interval:
    """Mean of paired differences, one per cluster; each bound is the wider of paired t and bootstrap-t.

    Bootstrap-t (Efron & Tibshirani 1993, ch. 12.5), studentised with a standard deviation of at least `floor`, so
    that a resample without the one large drop does not look certain. Needs n ≥ 2.
    """
    n = len(differences)
    mean = float(differences.mean())
    sd = float(differences.std(ddof=1))
    lower, upper = _reaches(differences - mean, max(sd, floor), floor, confidence, resamples, seed)
    return Interval(mean, mean - lower, mean + upper, n, sd, f"paired t and {_skewed(n)}, the wider")


LARGE = 2000
"""From so many clusters on, series stand in for resampling: they agree by then, and a table of resamples is too big."""


def _skewed(n: int) -> str:
    """How skewness is heeded, in words."""
    return "bootstrap-t" if n < LARGE else "Hall's skewness-corrected t"


def _reaches(
    centred: Floats, sd: float, floor: float, confidence: float, resamples: int, seed: int
) -> tuple[float, float]:
    """How far under and over the mean of `centred` (mean 0) the bounds lie: the wider of t and, studentised with a
    standard deviation of at least `floor`, bootstrap-t; from `LARGE` clusters on Hall's transformation (Annals of
    Statistics 1992)."""
    n = len(centred)
    se = sd / sqrt(n)
    t = t_quantile(confidence, n - 1)
    if n >= LARGE:
        skewness = float((centred**3).mean()) / sd**3
        low, high = -_untwisted(-t / sqrt(n), skewness, n), _untwisted(t / sqrt(n), skewness, n)
        return max(t * se, sd * high), max(t * se, sd * low)
    low, high = _studentised(centred.tobytes(), n, floor, confidence, resamples, seed)
    return max(t * se, high * se), max(t * se, -low * se)


@lru_cache(maxsize=64)
def _studentised(
    centred: bytes, n: int, floor: float, confidence: float, resamples: int, seed: int
) -> tuple[float, float]:
    """Quantiles at 1 − confidence and confidence of the resampled studentised mean. Kept, because a decision that asks
    again asks this again of the same figures."""
    values = np.frombuffer(centred).astype(np.float32)
    sums = _weights(n, resamples, seed) @ np.stack([values, values * values], axis=1)
    means = sums[:, 0] / n
    spread = np.sqrt(np.maximum((sums[:, 1] / n - means**2) * n / (n - 1), floor**2))
    low, high = np.quantile(means / (spread / sqrt(n)), [1 - confidence, confidence])
    return float(low), float(high)


def _untwisted(x: float, skewness: float, n: int) -> float:
    """Inverse of Hall's cubic transformation of a studentised mean (n^−½ of it), for a population of this skewness."""
    if abs(skewness) < 1e-9:
        return x
    inner = 1 + skewness * (x - skewness / (6 * n))
    return 3 / skewness * (float(np.cbrt(inner)) - 1)


def log_ratio(candidate: Floats, other: Floats, *, confidence: float = 0.95) -> Interval:
    """Geometric mean of candidate / other over clusters, by paired t on the logarithms. Needs n ≥ 2, values > 0."""
    differences = np.log(candidate) - np.log(other)
    n = len(differences)
    mean, sd = float(differences.mean()), float(differences.std(ddof=1))
    reach = t_quantile(confidence, n - 1) * sd / sqrt(n)
    return Interval(from_log(mean), from_log(mean - reach), from_log(mean + reach), n, sd, "paired t on log-ratios")


def from_log(logarithm: float) -> float:
    """e to it, ended at a billion to one and one to a billion: further out says no more, and would not be finite."""
    return exp(min(max(logarithm, -_FARTHEST), _FARTHEST))


_FARTHEST = log(1e9)


def ratio_of_totals(
    candidate: Floats, other: Floats, *, confidence: float = 0.95, resamples: int = 9999, seed: int = 0
) -> Interval:
    """Σ candidate / Σ other over clusters, linearised (Cochran 1977, ch. 6) on the log scale; each bound is the wider
    of t and bootstrap-t, since a few clusters may cost several times as much.

    `sd` is of the linearised residual on the log scale. Needs n ≥ 2 and positive totals.
    """
    n = len(candidate)
    logarithm = log(candidate.sum()) - log(other.sum())
    ratio = from_log(logarithm)
    residual = (candidate / candidate.sum() - other / other.sum()) * n
    sd = float(residual.std(ddof=1))
    if sd <= 0:
        return Interval(ratio, ratio, ratio, n, sd, "ratio of totals, the same in all")
    lower, upper = _reaches(residual, sd, 1e-3 * sd, confidence, resamples, seed)
    method = f"ratio of totals, linearised, t and {_skewed(n)}, the wider"
    return Interval(ratio, from_log(logarithm - lower), from_log(logarithm + upper), n, sd, method)


def quantile_ratio(
    candidate: Floats,
    other: Floats,
    q: float = 0.95,
    *,
    confidence: float = 0.95,
    resamples: int = 1999,
    seed: int = 0,
) -> Interval:
    """Ratio of the q-quantiles (Harrell–Davis) of two (clusters × draws) tables, by percentile bootstrap over clusters;
    from `LARGE` on by a normal logarithm with the bootstrap's standard deviation, for which few resamples will do."""
    n = len(candidate)
    whole = np.arange(n)[None, :]
    value = _row_quantiles(candidate, whole, q)[0] / _row_quantiles(other, whole, q)[0]
    rng = np.random.default_rng((seed, n, 3))

    def log_ratios(picks: npt.NDArray[np.int64]) -> Floats:
        return np.asarray(np.log(_row_quantiles(candidate, picks, q)) - np.log(_row_quantiles(other, picks, q)))

    if n >= LARGE:
        drawn = np.array([log_ratios(rng.integers(0, n, size=(1, n)))[0] for _ in range(_FEW)])
        reach = normal_quantile(confidence) * float(np.std(drawn, ddof=1))
        low, high = np.log(value) - reach, np.log(value) + reach
    else:
        low, high = np.quantile(log_ratios(rng.integers(0, n, size=(resamples, n))), [1 - confidence, confidence])
    value, low, high = (from_log(float(each)) for each in (np.log(value), low, high))
    return Interval(value, low, high, n, float("nan"), "bootstrap over CVs")


_FEW = 199
"""Resamples that a standard deviation takes."""


@lru_cache(maxsize=4)
def harrell_davis(n: int, q: float) -> Floats:
    """Weights of the order statistics in the Harrell–Davis estimate of a quantile (Biometrika 1982): steadier than
    one or two order statistics."""
    from scipy.special import betainc

    edges = betainc((n + 1) * q, (n + 1) * (1 - q), np.arange(n + 1) / n)
    return np.asarray(np.diff(edges))


def _row_quantiles(values: Floats, picks: npt.NDArray[np.int64], q: float) -> Floats:
    """Harrell–Davis estimate of each row of picks, over its figures that are there."""
    table = np.sort(values[picks].reshape(len(picks), -1), axis=1)  # nan comes last
    there = (~np.isnan(table)).sum(axis=1)
    found = np.full(len(table), np.nan)
    for count in np.unique(there[there > 0]):
        rows = there == count
        found[rows] = table[rows, :count] @ harrell_davis(int(count), q)
    return found


def quantile_test(values: Floats, budget: float, q: float = 0.95) -> tuple[float, float]:
    """(p that the q-quantile is under `budget`, p that it is over), exact: `scipy.stats.quantile_test` with
    alternative "less" and "greater" (Conover 1999, ch. 3.2)."""
    from scipy.special import bdtr

    n = len(values)
    at_most = int((values <= budget).sum())
    below = int((values < budget).sum())
    return binomial_tail(below, n, q), float(bdtr(at_most, n, q))


def sign_flips(tables: Sequence[Floats], *, resamples: int = 9999, seed: int = 0) -> list[float]:
    """One-sided p of harm (mean < 0) of each array of cluster differences, by flipping signs: exact up to 2^12
    patterns of the non-zero ones, else by seeded random flips, the observed one counted in (Phipson & Smyth 2010).
    """
    found = [1.0] * len(tables)
    many: list[int] = []
    for place, differences in enumerate(tables):
        nonzero = differences[np.abs(differences) > 1e-12]
        if len(nonzero) >= LARGE:
            found[place] = normal_tail(-float(nonzero.sum()) / sqrt(float((nonzero**2).sum())))
        elif len(nonzero) > EXACT_FLIPS:
            many.append(place)
        elif len(nonzero):
            sums = _all_signs(len(nonzero)) @ nonzero.astype(np.float32)
            found[place] = float((sums <= _observed(nonzero)).mean())
    if many:
        n = max(len(tables[place]) for place in many)
        columns = np.zeros((n, len(many)), dtype=np.float32)
        for column, place in enumerate(many):
            columns[: len(tables[place]), column] = tables[place]
        sums = _signs(n, resamples, seed) @ columns
        for column, place in enumerate(many):
            under = int((sums[:, column] <= _observed(tables[place])).sum())
            found[place] = (1 + under) / (resamples + 1)
    return found


def _observed(differences: Floats) -> float:
    """The observed sum, with room for rounding."""
    return float(differences.sum()) + 1e-5 * float(np.abs(differences).max())


def dealt_anew(candidate: Floats, other: Floats, *, resamples: int = 1999, seed: int = 0) -> float:
    """How often one arm's draws would differ from the other's by as much as they do, were each person's draws dealt to
    the two arms anew: one-sided p of Σ (mean of candidate − mean of other), the observed one counted in.

    Tables person × draw, nan for none. What two runs of the same assistant would show is not small here; it says
    nothing about a change that only moves mistakes from one person to another.
    """
    pooled = np.hstack([candidate, other])
    varied = (np.nanmax(pooled, axis=1, initial=-np.inf) > np.nanmin(pooled, axis=1, initial=np.inf)) & np.all(
        [(~np.isnan(side)).any(axis=1) for side in (candidate, other)], axis=0
    )
    if not varied.any():
        return 1.0
    pooled = pooled[varied]
    of_mine = (~np.isnan(candidate[varied])).sum(axis=1)
    there = ~np.isnan(pooled)
    of_theirs = there.sum(axis=1) - of_mine
    values = np.where(there, pooled, 0.0)
    seen = float((np.nanmean(candidate[varied], axis=1) - np.nanmean(other[varied], axis=1)).sum())
    if len(pooled) >= _MANY:  # drawn without replacement: variance S² N / (m k) for each person, and the sum is normal
        variance = np.nanvar(pooled, axis=1, ddof=1) * there.sum(axis=1) / (of_mine * of_theirs)
        return normal_tail(seen / sqrt(float(variance.sum())))
    keys = np.random.default_rng((seed, len(pooled), 4)).random((resamples, *pooled.shape), dtype=np.float32)
    keys[:, ~there] = 2.0  # what is not there is dealt last
    order = np.argsort(keys, axis=2)
    dealt = np.take_along_axis(np.broadcast_to(values, order.shape), order, axis=2).cumsum(axis=2)
    mine = np.take_along_axis(dealt, np.broadcast_to(of_mine[:, None] - 1, (resamples, len(pooled), 1)), axis=2)[
        :, :, 0
    ]
    total = values.sum(axis=1)
    sums = (mine / of_mine - (total - mine) / of_theirs).sum(axis=1)
    return float((1 + (sums >= seen - 1e-9).sum()) / (resamples + 1))


_MANY = 200
"""Clusters that differ within themselves, from which on a sum over them is normal enough."""


def holm(p_values: list[float]) -> list[float]:
    """Holm's step-down adjusted p values (Holm 1979), in the given order."""
    adjusted = [1.0] * len(p_values)
    running = 0.0
    for rank, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return adjusted


def row_means(table: Floats) -> Floats:
    """Mean of each row without its nans; nan for a row of nans."""
    there = ~np.isnan(table)
    count = there.sum(axis=1)
    total = np.where(there, table, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def robust_scale(values: Floats) -> float:
    """Standard deviation estimated by 1.4826 × the median absolute deviation from the median; 0 for no values."""
    if len(values) == 0:
        return 0.0
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def sd_upper(sd: float, df: int, confidence: float = 0.8) -> float:
    """Upper confidence limit of a normal standard deviation (chi-square), so that a lucky sd does not promise."""
    from scipy.special import chdtri

    return sd * sqrt(df / float(chdtri(df, confidence))) if df > 0 else sd


def clusters_needed(distance: float, sd: float, *, confidence: float = 0.95, power: float = 0.8) -> int:
    """Clusters for which a bound at `confidence` stays within `distance` of the estimate with `power`.

    Iterates t quantiles from the normal solution; `distance` > 0.
    """
    z = normal_quantile(confidence) + normal_quantile(power)
    n = max(2, ceil((z * sd / distance) ** 2))
    for _ in range(20):
        t = t_quantile(confidence, n - 1) + t_quantile(power, n - 1)
        following = max(2, ceil((t * sd / distance) ** 2))
        if following == n:
            break
        n = max(n, following) if abs(following - n) <= 1 else following
    return n
