"""Whether a model moved under an assistant that did not change: evidence that may be looked at every week.

Of one CV, the answers that were recorded when the assistant was accepted and the fresh ones of later weeks are draws
of one distribution as long as the model stays what it is: any order of them is as likely as any other. So the rank of
a fresh answer among all earlier ones of its CV (ties broken by a lot) is uniform from 0 to 1, whatever the answers
are like, and independent of every earlier rank (Vovk, Gammerman and Shafer 2005, proposition 2.8). Bets against that
multiply to a test martingale: by Ville's inequality it ever reaches 1/alpha with probability at most alpha, however
often one looks and whenever one stops. No model of the noise is needed, and one recorded draw of each CV is enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MEASURES = ("quality", "length", "likeness")
"""What of an answer is ranked: strict F1 against the golden; how long it is; which share of its values is that of the
first recorded draw of its CV (which is then no member of the ranking)."""

_STAKES = (0.05, 0.1, 0.2, 0.4, 0.8)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Evidence that ranks are not uniform. log: natural logarithm of the martingale at each look; since: index of the
    look from which on it is strongest, by the last look."""

    log: tuple[float, ...]
    since: int


def rank(value: float, earlier: Sequence[float], lot: float) -> float:
    """Where `value` stands among the earlier ones, from 0 (below all) to 1; lot: from 0 to 1, settles ties. Uniform
    where all are exchangeable. Raises ValueError where there is nothing to compare with."""
    if not earlier:
        raise ValueError("a rank needs an earlier value")
    below = sum(each < value for each in earlier)
    same = sum(each == value for each in earlier)
    return (below + lot * (same + 1)) / (len(earlier) + 1)


def evidence(looks: Sequence[Sequence[float]]) -> Evidence:
    """Evidence in the ranks of each look, oldest first.

    Bets are on ranks being too low or too high, by stakes of several sizes at once, and begin at every look: the
    look s gets 1/(s(s+1)) of the capital, so that a model that moves late is not hidden by the quiet before.
    """
    stakes = [sign * stake for stake in _STAKES for sign in (1, -1)]
    begun: list[list[float]] = []
    log: list[float] = []
    since = 0
    for number, ranks in enumerate(looks, 1):
        begun.append([-math.log(number * (number + 1) * len(stakes))] * len(stakes))
        gains = [sum(math.log1p(stake * (1.0 - 2.0 * each)) for each in ranks) for stake in stakes]
        begun = [[capital + gain for capital, gain in zip(row, gains, strict=True)] for row in begun]
        each = [_log_sum(row) for row in begun]
        log.append(_log_sum([*each, -math.log(number + 1.0)]))  # the last part is what later looks will bet
        since = max(range(number), key=lambda at: each[at])
    return Evidence(tuple(log), since)


def together(parts: Sequence[Evidence]) -> tuple[float, ...]:
    """The mean of several martingales at each look, as logarithms: a martingale again, so nothing is paid for
    looking at several measures."""
    return tuple(
        _log_sum([value - math.log(len(parts)) for value in values])
        for values in zip(*(part.log for part in parts), strict=True)
    )


def first_over(log: Sequence[float], alpha: float) -> int | None:
    """Index of the first look at which the evidence reached 1/alpha; None where it never did."""
    return next((number for number, value in enumerate(log) if value >= -math.log(alpha)), None)


def _log_sum(values: Sequence[float]) -> float:
    most = max(values)
    return most + math.log(sum(math.exp(value - most) for value in values))
