"""What one is too many of among a hundred people; among thousands, a rate beside what the other arm does."""

from __future__ import annotations

from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.types import Status

FEW = 100
"""People up to whom one is one too many. Among ten thousand, two runs of one assistant show some, now in one arm and
now in the other."""


def weigh(worse: int, back: int, n: int, config: Constants) -> Status:
    """Of n people, more than `FEW`: `worse` show it in the candidate alone, `back` in the other arm alone.

    FAIL: net in more than one in `FEW`, or in more than an equally good arm would show (`Constants.unconfirmed`).
    INCONCLUSIVE: net in more than one in a thousand, or in more than it would often show.
    """
    chance = st.surprise(worse, back)
    if worse - back > n / FEW or chance <= config.unconfirmed:
        return "FAIL"
    return "INCONCLUSIVE" if worse - back > n / 1000 or chance <= SUSPECT else "PASS"


SUSPECT = 0.12
"""Level under which a surprise is followed up: two people on one side alone are, and four against one."""
