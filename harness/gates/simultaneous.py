"""Bounds that hold for many figures of the same people at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.gates.statistics import Bools, Floats, normal_quantile, t_quantile

LEAST = 8
"""A figure of fewer people has no bounds."""


@dataclass(frozen=True, slots=True)
class Simultaneous:
    """Means of columns with bounds that hold for all of them together. n, sd: of each column. critical: how many
    standard errors the bounds are away where people are many. usable: columns with enough people."""

    means: Floats
    lower: Floats
    upper: Floats
    n: Floats
    sd: Floats
    critical: float
    usable: Bools


def max_t(
    table: Floats, *, confidence: float, floor: float = 0.01, resamples: int = 1999, seed: int = 0
) -> Simultaneous:
    """Two-sided bounds for the mean of every column of a table person × column (nan: no figure), simultaneous by the
    largest of all columns' standardised sums under Gaussian multipliers, one for a person, so that what hangs together
    in a person stays together (Chernozhukov, Chetverikov and Kato, Annals of Statistics 2013), brought from the normal
    to Student's distribution of the column's own people.

    floor: the smallest standard deviation believed, so that a column in which nothing happened does not look certain.
    """
    people, columns = table.shape
    there = ~np.isnan(table)
    n = there.sum(axis=0).astype(float)
    usable = np.asarray(n >= LEAST)
    filled = np.where(there, table, 0.0)
    means = np.where(n > 0, filled.sum(axis=0) / np.maximum(n, 1), np.nan)
    centred = np.where(there, table - means, 0.0)
    sd = np.sqrt((centred**2).sum(axis=0) / np.maximum(n - 1, 1))
    if not usable.any():
        nothing = np.full(columns, np.nan)
        return Simultaneous(means, nothing, nothing, n, sd, float("nan"), usable)
    believed = np.maximum(sd, floor)
    scaled = centred[:, usable] / (believed[usable] * np.sqrt(n[usable]))
    multipliers = np.random.default_rng((seed, people, 7)).standard_normal((resamples, people))
    alone = normal_quantile(1 - (1 - confidence) / 2)
    normal = max(alone, float(np.quantile(np.abs(multipliers @ scaled).max(axis=1), confidence)))
    level = normal_share(normal)
    by_n = {int(many): t_quantile(level, int(many) - 1) for many in np.unique(n[usable])}
    critical = np.array([by_n.get(int(many), np.nan) for many in n])
    reach = np.where(usable, critical * believed / np.sqrt(np.maximum(n, 1)), np.nan)
    return Simultaneous(means, means - reach, means + reach, n, sd, normal, usable)


def normal_share(quantile: float) -> float:
    """P(a standard normal is at most this)."""
    from scipy.special import ndtr

    return float(ndtr(quantile))


def clusters_for(distance: float, sd: float, critical: float) -> int:
    """People for which a bound at `critical` standard errors stays within `distance` of the mean with a chance of
    .8."""
    return max(2, int(np.ceil(((critical + 0.84) * sd / distance) ** 2))) if distance > 0 else 0
