"""Harm that is in every draw: what comes and goes in both arms hides little of it.

A value that one arm gets right in all its draws and the other in none is moved by chance in one deal of twenty where
each arm has three draws, in one of 252 where it has five. So of people who flicker, however many, few look like that.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, sqrt

import numpy as np

from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.statistics import Bools, Floats


@dataclass(frozen=True, slots=True)
class Steady:
    """People with more items that are bad in every draw of the candidate, further ones too, and in none of the other
    arm's, than the other way round (lost; gained: the reverse). Every against none, both ways: so an arm whose draws
    are all alike is not blamed for what flickers in the other. chance: of each person, how often dealing their draws
    to the arms anew shows such a loss, at most. alike: all draws of one arm are the same, the other's are not.
    mended: how many people won such an item at all, whatever they lost beside it."""

    lost: Bools
    gained: Bools
    chance: Floats
    alike: bool = False
    mended: int = 0

    @property
    def worse(self) -> int:
        return int(self.lost.sum())

    @property
    def better(self) -> int:
        return int(self.gained.sum())

    def noise(self) -> float:
        """At most how often two runs of one assistant show as many lost: a Poisson tail bounds that of a sum of unequal
        chances where it lies over the mean (Anderson and Samuels 1967)."""
        from scipy.special import pdtrc

        mean = float(self.chance.sum())
        return float(pdtrc(self.worse - 1, mean)) if self.worse >= mean + 1 else 1.0

    def shown(self, enough: int, usual: float, config: Constants) -> bool:
        """Whether so many people net are worse in every draw as are enough, more than equally good arms show (whoever
        won something got better, and `usual` people more could as well have), or two runs of one assistant."""
        return (
            self.worse - self.better >= enough
            and st.surprise(self.worse, max(self.better, self.mended) + usual) <= config.surprise
            and self.noise() <= config.unconfirmed
        )

    def kept(self, n: int, config: Constants, confidence: float) -> bool:
        """Whether the net rate of n people keeps under the margin (`keeps`)."""
        return keeps(self.worse, self.better, n, config, confidence)


def keeps(worse: float, better: float, n: int, config: Constants, confidence: float) -> bool:
    """Whether the bound of the net rate keeps under the margin; where people change both ways, under what two equal
    assistants show that move as many as got better and, where several did, a standard deviation more. There is no end
    to that: of a rewording no more can be told."""
    elsewhere = min(worse + better, 2 * (better + sqrt(better) - 1)) if better >= 1 else 0.0
    allowed = max(config.net_margin, st.binomial_upper(0, n, config.confidence), REACH * sqrt(elsewhere) / n)
    return upper(worse, better, n, confidence) <= allowed


def upper(worse: float, better: float, n: int, confidence: float) -> float:
    """Upper bound of the net rate; never under what nobody of n excludes."""
    return max(st.net_upper(worse, better, n, confidence), st.binomial_upper(0, n, confidence))


REACH = 2.9
"""Standard deviations of the net rate between two equal assistants: 1.645 for the bound itself, and what lets it keep
under the margin in nine of ten runs."""


def steady_of(
    bad: tuple[Floats, Floats], number: tuple[Floats, Floats], first: tuple[Bools, Bools], least: int, *, unpaid: bool
) -> Steady:
    """bad: in how many of its draws each arm shows an item, person × item; number: how many draws it has, by person;
    first: whether its first draw shows it; least: fewer draws say nothing. unpaid: an item won makes no lost one of the
    same person good."""
    mine, theirs = number[0][:, None], number[1][:, None]
    enough = np.minimum(mine, theirs) >= least
    alike = _alike_alone(bad, number)
    if alike:
        # Draws that are all alike are one draw: beside them the other arm has one too, or what flickers in it would
        # never be in all, and in them always.
        lost, gained = enough & first[0] & ~first[1], enough & first[1] & ~first[0]
        able, dealt = lost | gained, np.full(len(number[0]), 0.5)
    else:
        lost, gained = enough & (bad[0] == mine) & (bad[1] == 0), enough & (bad[1] == theirs) & (bad[0] == 0)
        able = enough & (bad[0] + bad[1] == mine)
        dealt = np.array([1 / comb(int(one + two), int(one)) for one, two in zip(*number, strict=True)])
    more, fewer = (side.sum(axis=1) for side in (lost, gained))
    worse, better = (more > 0, fewer > 0) if unpaid else (more > fewer, fewer > more)
    return Steady(
        np.asarray(worse), np.asarray(better), np.minimum(1.0, dealt * able.sum(axis=1)), alike, int((fewer > 0).sum())
    )


_SEVERAL = 5
"""Items that flicker in one arm, and none in the other, from which on that is no chance."""


def _alike_alone(bad: tuple[Floats, Floats], number: tuple[Floats, Floats]) -> bool:
    """Whether one arm gives the same answer in each draw, and the other does not."""
    flickers = [int(((side > 0) & (side < many[:, None])).sum()) for side, many in zip(bad, number, strict=True)]
    return min(flickers) == 0 and max(flickers) >= _SEVERAL
