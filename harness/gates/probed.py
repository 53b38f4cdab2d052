"""What probes found, as the gates look at it: tables person × figure for each arm, harm below 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from harness.gates.statistics import Bools, Floats


@dataclass(frozen=True, slots=True)
class Probed:
    """People asked about, and two tables for each arm, rows in their order, nan where there is no figure.

    invariance: F1 beside what it must be, less the same for a change that means nothing, by relation.
    gaps: of a group of twins, its figure less the mean over all groups of its kind, same person. weights: how many
    margins a gap of 1 of that figure is worth (a share of people counts once, F1 five times).
    """

    people: tuple[str, ...]
    relations: tuple[str, ...]
    invariance: Mapping[str, Floats]
    groups: tuple[str, ...]
    gaps: Mapping[str, Floats]
    weights: tuple[float, ...]

    def weighted(self, arm: str) -> Floats:
        """The gaps in margins: what a threshold for shares of people is compared with."""
        return np.asarray(self.gaps[arm] * np.array(self.weights))

    def shares(self) -> Bools:
        """Which gaps are of shares of people."""
        return np.asarray(np.array(self.weights) == 1.0)
