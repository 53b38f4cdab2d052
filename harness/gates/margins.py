"""The worst that may just not ship, for calibration: of a count rule, the rate that it can just exclude."""

from __future__ import annotations

from collections.abc import Callable

from harness.gates.constants import Rule
from harness.gates.counts import net_allowed, rate_allowed
from harness.gates.harm import Harm
from harness.gates.paths import GROUPS
from harness.gates.statistics import binomial_upper

EVERY_GROUP = dict.fromkeys(GROUPS, -0.93)
"""What an answer that cannot be read costs each group of fields."""


def allowed_rate(n: int, threshold: float) -> float:
    """The rate that a rule against a rate can just exclude among n."""
    return binomial_upper(rate_allowed(n, threshold), n)


def net_margin(event: str) -> Callable[[int, Rule], Harm]:
    def at(n: int, _rule: Rule) -> Harm:
        rate = binomial_upper(net_allowed(n, 1), n)
        return Harm(f"{event}: {rate:.1%} of CVs", rate, event=event)

    return at


def rate_margin(event: str) -> Callable[[int, Rule], Harm]:
    def at(n: int, rule: Rule) -> Harm:
        rate = allowed_rate(n, rule.threshold)
        return Harm(f"{event}: {rate:.1%} of CVs", rate, event=event)

    return at
