"""Looking more than once without paying for it in false SHIPs: Lan–DeMets alpha spending of O'Brien–Fleming type.

A SHIP is possible only at planned, equally spaced looks, each at its own level; a HOLD at any time.
"""

from __future__ import annotations

from functools import lru_cache
from math import erf, sqrt

import numpy as np

from harness.gates.statistics import normal_quantile


def spent(fraction: float, alpha: float) -> float:
    """One-sided alpha spent at an information fraction: 2 − 2Φ(z_{α/2} / √t) (Lan & DeMets 1983)."""
    return 2 - 2 * _phi(normal_quantile(1 - alpha / 2) / sqrt(fraction)) if fraction < 1 else alpha


@lru_cache(maxsize=64)
def boundaries(looks: int, alpha: float) -> tuple[float, ...]:
    """z values of `looks` equally spaced looks whose crossing probabilities add up to `alpha` (one-sided).

    Armitage, McPherson & Rowe's recursion on a grid; agrees with published tables to three decimals.
    """
    spending = [spent((k + 1) / looks, alpha) for k in range(looks)]
    found = [normal_quantile(1 - spending[0])]
    step = 0.02
    grid = np.arange(-9.0, found[0] + step / 2, step)
    grid = np.append(grid[:-1], found[0])
    density = np.exp(-(grid**2) / 2) / sqrt(2 * np.pi)
    for k in range(1, looks):
        wanted = spending[k] - spending[k - 1]
        low, high = 0.0, 12.0
        weights = _trapezoid(grid)
        for _ in range(60):
            middle = (low + high) / 2
            tail = 0.5 * (1 - _erf((middle * sqrt(k + 1) - grid) / sqrt(2)))
            if float((density * weights * tail).sum()) > wanted:
                low = middle
            else:
                high = middle
        edge = (low + high) / 2
        found.append(edge)
        # Sums S_k, of variance k: carry the density of those that did not stop.
        following = np.append(np.arange(-9.0 * sqrt(k + 1), edge * sqrt(k + 1), step), edge * sqrt(k + 1))
        kernel = np.exp(-((following[:, None] - grid[None, :]) ** 2) / 2) / sqrt(2 * np.pi)
        density = kernel @ (density * weights)
        grid = following
    return tuple(found)


def level_at(looks: tuple[int, ...], n: int, alpha: float) -> tuple[float, bool]:
    """(one-sided level of this look, whether it is one at which a SHIP is planned). No plan: alpha, yes."""
    if not looks:
        return alpha, True
    if n not in looks:
        return alpha, False
    return 1 - _phi(boundaries(len(looks), alpha)[looks.index(n)]), True


MOST_LOOKS = 10
"""From this look on the level stays: nobody lost of sixty people still passes there."""


def level_of_look(look: int, alpha: float) -> float:
    """One-sided level of the k-th decision about one baseline: α/k, so that of twenty bad edits tried against it one
    ships in about a fifth of series and not in two thirds."""
    return alpha / min(max(look, 1), MOST_LOOKS)


def _trapezoid(grid: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    gaps = np.diff(grid)
    weights = np.zeros_like(grid)
    weights[:-1] += gaps / 2
    weights[1:] += gaps / 2
    return weights


def _phi(z: float) -> float:
    return 0.5 * (1 + erf(z / sqrt(2)))


def _erf(values: np.typing.NDArray[np.float64]) -> np.typing.NDArray[np.float64]:
    from scipy.special import erf as vector_erf

    return np.asarray(vector_erf(values))
