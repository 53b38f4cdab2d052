"""Whom further draws have to tell more of before a gate that counts may pass: what is in every draw of so few is not
known to be in every answer."""

from __future__ import annotations

from math import exp

import numpy as np

from harness.gates.constants import Constants
from harness.gates.events import Events
from harness.gates.statistics import Bools
from harness.gates.steady import keeps
from harness.gates.types import AGAIN_DRAWS


def unsure_gains(events: Events, draws: int, n: int, config: Constants) -> Bools:
    """Whom further draws have to confirm: people who won for good what they lacked, so few draws say, where without
    them what others lost for good would not keep under the margin, and where enough flickers that chance could show
    one: of three draws each, a value as hard as a coin toss looks won once in twenty, and would make good a loss that
    stays. Of an arm whose draws are all alike further ones say nothing new."""
    steady = events.steady
    if steady is None or steady.alike or draws >= config.confirm_draws + AGAIN_DRAWS:
        return _nobody(events)
    waiting = steady.gained & ~events.asked
    by_chance = float(steady.chance[~(steady.lost | steady.gained)].sum())
    sure = steady.better - int(waiting.sum())
    if 1 - exp(-by_chance) <= config.lean or keeps(steady.worse, sure, n, config, config.confidence):
        return _nobody(events)
    return np.asarray(waiting)


def unseen_losses(events: Events, n: int, config: Constants) -> Bools:
    """Who moved and has too few draws to tell what is in every one, where those among them who lost would not keep
    under the margin for good: one draw, or two, show a lasting loss as they show what comes and goes, and among people
    who move both ways it hides."""
    steady = events.steady
    waiting = events.judged & ~events.able & (events.excess != 0)
    lost = int((events.lost & waiting).sum())
    if steady is None or keeps(steady.worse + lost, steady.better, n, config, config.confidence):
        return _nobody(events)
    return np.asarray(waiting)


def _nobody(events: Events) -> Bools:
    return np.zeros(len(events.judged), dtype=np.bool_)
