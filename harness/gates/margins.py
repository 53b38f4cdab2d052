"""The worst that may just not ship, for calibration: of a count rule, the rate that it can just exclude."""

from __future__ import annotations

from collections.abc import Callable

from harness.gates.constants import Constants, Rule
from harness.gates.counts import net_allowed
from harness.gates.harm import Harm
from harness.gates.paths import GROUPS
from harness.gates.statistics import binomial_upper

EVERY_GROUP = dict.fromkeys(GROUPS, -0.93)
"""What an answer that cannot be read costs each group of fields."""


def excluded(n: int) -> float:
    """The net rate that a count of n people, of whom nobody got better, can just exclude."""
    return binomial_upper(max(0, net_allowed(n, Constants().net_margin)), n)


def net_margin(event: str) -> Callable[[int, Rule], Harm]:
    def at(n: int, _rule: Rule) -> Harm:
        rate = excluded(n)
        return Harm(f"{event}: {rate:.1%} of CVs", rate, event=event)

    return at
