"""Bounds that hold for many figures of the same people at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.gates.statistics import LARGE, Bools, Floats, normal_quantile, t_quantile

LEAST = 8
"""A figure of fewer people has no bounds."""


@dataclass(frozen=True, slots=True)
class Simultaneous:
    """Means of columns with bounds that hold for all of them together. n, sd: of each column. critical: how many
    standard errors the bounds are away where people are many. shares: columns of shares; rare: the chance that is
    left in each of them to people of whom none is among these. usable: columns with enough people."""

    means: Floats
    lower: Floats
    upper: Floats
    n: Floats
    sd: Floats
    critical: float
    shares: Bools
    rare: float
    usable: Bools


def max_t(
    table: Floats,
    *,
    confidence: float,
    shares: Bools | None = None,
    floor: float = 0.01,
    resamples: int = 1999,
    seed: int = 0,
) -> Simultaneous:
    """Two-sided bounds for the mean of every column of a table person × column (nan: no figure), simultaneous by the
    largest of all columns' standardised sums under Gaussian multipliers, one for a person, so that what hangs together
    in a person stays together (Chernozhukov, Chetverikov and Kato, Annals of Statistics 2013), brought from the normal
    to Student's distribution of the column's own people.

    shares: columns that a person's yes or no moves by 1. People of whom none is among these may be there nevertheless,
    and read otherwise: a share of them that would be missed by n people with the level of one column (Bonferroni) is
    the least that its bounds reach, however alike all of these are, within −1 and 1.
    floor: the smallest standard deviation believed, so that a column in which nothing happened does not look certain.
    """
    people, columns = table.shape
    there = ~np.isnan(table)
    n = there.sum(axis=0).astype(float)
    usable = np.asarray(n >= LEAST)
    shares = np.zeros(columns, dtype=bool) if shares is None else shares
    rare = (1 - confidence) / (2 * max(1, int((usable & shares).sum())))
    filled = np.where(there, table, 0.0)
    means = np.where(n > 0, filled.sum(axis=0) / np.maximum(n, 1), np.nan)
    centred = np.where(there, table - means, 0.0)
    sd = np.sqrt((centred**2).sum(axis=0) / np.maximum(n - 1, 1))
    if not usable.any():
        nothing = np.full(columns, np.nan)
        return Simultaneous(means, nothing, nothing, n, sd, float("nan"), shares, rare, usable)
    believed = np.maximum(sd, floor)
    scaled = centred[:, usable] / (believed[usable] * np.sqrt(n[usable]))
    rng = np.random.default_rng((seed, people, 7))
    if people >= LARGE:  # the sums under Gaussian multipliers are Gaussian: drawn as such, without a table of them
        sums = rng.standard_normal((resamples, scaled.shape[1])) @ root_of(scaled.T @ scaled)
    else:
        sums = rng.standard_normal((resamples, people)) @ scaled
    alone = normal_quantile(1 - (1 - confidence) / 2)
    normal = max(alone, float(np.quantile(np.abs(sums).max(axis=1), confidence)))
    level = normal_share(normal)
    by_n = {int(many): t_quantile(level, int(many) - 1) for many in np.unique(n[usable])}
    critical = np.array([by_n.get(int(many), np.nan) for many in n])
    reach = np.where(usable, critical * believed / np.sqrt(np.maximum(n, 1)), np.nan)
    reach = np.where(usable & shares, np.maximum(reach, missed(n, rare)), reach)
    lower = np.where(shares, np.maximum(means - reach, np.minimum(means, -1)), means - reach)
    upper = np.where(shares, np.minimum(means + reach, np.maximum(means, 1)), means + reach)
    return Simultaneous(means, lower, upper, n, sd, normal, shares, rare, usable)


def missed(n: Floats, rare: float) -> Floats:
    """The share of all people of whom not one is among n with a chance of `rare`: 0 of n does not exclude it."""
    return np.asarray(1 - rare ** (1 / np.maximum(n, 1)))


def root_of(covariance: Floats) -> Floats:
    """The symmetric root of a covariance, also of one that is not of full rank."""
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T)


def normal_share(quantile: float) -> float:
    """P(a standard normal is at most this)."""
    from scipy.special import ndtr

    return float(ndtr(quantile))


def clusters_for(distance: float, sd: float, critical: float, rare: float = 1.0) -> int:
    """People for which a bound at `critical` standard errors stays within `distance` of the mean with a chance of
    .8, and of whom `distance` as a share is not missed but with a chance of `rare`."""
    if distance <= 0:
        return 0
    spread = ((critical + 0.84) * sd / distance) ** 2
    return max(2, int(np.ceil(spread)), int(np.ceil(np.log(rare) / np.log1p(-distance))) if distance < 1 else 1)
