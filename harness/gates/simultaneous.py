"""Bounds that hold for many figures of the same people at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.gates.statistics import Bools, Floats, t_quantile

LEAST = 8
"""A figure of fewer people has no bounds."""


@dataclass(frozen=True, slots=True)
class Simultaneous:
    """Means of columns with bounds that hold for all of them together. n, sd: of each column. critical: how many
    standard errors the bounds are away. usable: columns with enough people."""

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
    bootstrap of the largest studentised deviation over people (Westfall and Young 1993; Hothorn, Bretz and Westfall
    2008). A person's whole row is drawn at once, so that what hangs together in a person stays together.

    floor: the smallest standard deviation believed, so that a column in which nothing happened does not look certain.
    The critical value is at least Student's for one column.
    """
    people, columns = table.shape
    there = ~np.isnan(table)
    n = there.sum(axis=0).astype(float)
    usable = np.asarray(n >= LEAST)
    filled = np.where(there, table, 0.0)
    means = np.where(n > 0, filled.sum(axis=0) / np.maximum(n, 1), np.nan)
    centred = np.where(there, table - means, 0.0)
    sd = np.sqrt((centred**2).sum(axis=0) / np.maximum(n - 1, 1))
    believed = np.maximum(sd, floor)
    error = believed / np.sqrt(np.maximum(n, 1))
    if not usable.any() or people < 2:
        nothing = np.full(columns, np.nan)
        return Simultaneous(means, nothing, nothing, n, sd, float("nan"), usable)
    weights = np.random.default_rng((seed, people, 7)).multinomial(people, np.full(people, 1 / people), size=resamples)
    of = there[:, usable].astype(float)
    drawn = np.maximum(weights @ of, 1.0)
    sums = weights @ centred[:, usable] / drawn
    squares = weights @ (centred[:, usable] ** 2) / drawn
    spread = np.sqrt(np.maximum(squares - sums**2, floor**2))
    largest = np.abs(sums / (spread / np.sqrt(drawn))).max(axis=1)
    alone = t_quantile(1 - (1 - confidence) / 2, max(1, int(n[usable].min()) - 1))
    critical = max(alone, float(np.quantile(largest, confidence)))
    reach = np.where(usable, critical * error, np.nan)
    return Simultaneous(means, means - reach, means + reach, n, sd, critical, usable)


def clusters_for(distance: float, sd: float, critical: float) -> int:
    """People for which a bound at `critical` standard errors stays within `distance` of the mean with a chance of
    .8."""
    return max(2, int(np.ceil(((critical + 0.84) * sd / distance) ** 2))) if distance > 0 else 0
