"""Gates that count people: a harm is there or not, by majority of a person's draws."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import ceil

import numpy as np

from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.definition import Question
from harness.gates.events import Events
from harness.gates.pairs import Pair, Values
from harness.gates.ruling import Ruling, nothing
from harness.gates.statistics import Bools, Floats
from harness.gates.types import AGAIN_DRAWS, Estimate, Status


@lru_cache(maxsize=4096)
def net_allowed(n: int, base: int) -> int:
    """Net losses that still pass: `base` below 100 CVs; above, as many as keep the 95 % bound under that of
    `base` in 100."""
    if n < 100:
        return base
    limit = st.binomial_upper(base, 100)
    allowed = base
    while st.binomial_upper(allowed + 1, n) <= limit:
        allowed += 1
    return allowed


def rate_allowed(n: int, rate: float) -> int:
    """Events that still pass a rate: the expected number, rounded down."""
    return int(rate * n + 1e-9)


def net_passes(lost: int, gained: int, n: int, base: int) -> bool:
    """Whether so many net losses pass: as many as are allowed, and no more in doubt than these would leave."""
    allowed = net_allowed(n, base)
    return lost - gained <= allowed and st.net_upper(lost, gained, n) <= st.binomial_upper(allowed, n)


def more_for_rate(events: int, n: int, rate: float) -> int | None:
    """How many more CVs without a further event would make room for `events`; None for a rate of nothing."""
    return max(1, ceil(events / rate) - n) if rate > 0 else None


def more_for_net(lost: int, gained: int, n: int, base: int) -> int | None:
    """The same for net losses, to a twentieth; None where ten thousand would not do."""
    wanted = n
    while not net_passes(lost, gained, wanted, base):
        wanted += max(1, wanted // 20)
        if wanted > 10_000:
            return None
    return wanted - n


def count(ask: Question, events: Events | None = None) -> Ruling:
    """A count of personas: PASS up to an allowed number, FAIL by confirmed events, by a rate that the other arm
    keeps, or by its exact test (see `rules.settle`); else INCONCLUSIVE. events: the pair's own where None."""
    counted, pair, rule, config = ask.gate.counted, ask.pair, ask.rule, ask.config
    events = events or pair.events[ask.name]
    counting = counted.counting if counted is not None else "rate"
    n = int(events.judged.sum())
    if n == 0:
        return nothing(ask.name, rule, pair, "nothing to judge it on")
    lost, gained = int(events.lost.sum()), int(events.gained.sum())
    sure, net = int(events.confirmed_lost.sum()), lost - gained
    if counting != "rate":
        base = int(rule.threshold) if counting == "net" else 1
        allowed, passing = net_allowed(n, base), net_passes(lost, gained, n, base)
        bound = st.net_upper(lost, gained, n, config.confidence)
        if counting == "net":
            failing = sure - int(events.confirmed_gained.sum()) >= allowed + 2
        else:
            failing = _over_cap(events, n, rule.threshold, net)
        more = None if passing or failing else more_for_net(lost, gained, n, base)
    else:
        # Nobody's new invention is made good by another's that is gone.
        allowed = rate_allowed(n, rule.threshold)
        passing, bound = lost <= allowed, st.binomial_upper(lost, n, config.confidence)
        failing = sure >= allowed + 2 or (
            net > allowed + 1 and st.binomial_tail(net, n, rule.threshold) <= config.unconfirmed
        )
        more = None if passing or failing else more_for_rate(lost, n, rule.threshold)
    status: Status = "FAIL" if failing else "PASS" if passing else "INCONCLUSIVE"
    if status != "FAIL" and (events.grave or events.grave_unconfirmed):
        status = "FAIL" if events.grave else "INCONCLUSIVE"
    doubtful = events.suspect.copy()
    if lost > allowed and not (status == "FAIL" and counting == "capped"):
        doubtful |= (events.lost | events.gained) if counting != "rate" else events.lost
    arms = [
        Estimate(bad / n, None, None, n, n, "CVs, by majority of draws", source=pair.source)
        for bad in (events.majority_other, events.majority_candidate)
    ]
    method = "net count of CVs, score bound" if gained and counting != "rate" else "count of CVs, exact bound"
    return Ruling(
        ask.name,
        rule,
        status,
        arms[0],
        arms[1],
        Estimate(net / n, None, bound, n, n, method, excluded=pair.n - n, source=pair.source),
        float(allowed),
        more,
        lost,
        -events.excess[events.judged],
        config.effect,
        events,
        unconfirmed=() if counted is not None and not counted.asks else _documents(doubtful & ~events.asked, pair),
    )


def _documents(rows: Bools, pair: Pair) -> tuple[str, ...]:
    people = (pair.personas[int(row)] for row in np.flatnonzero(rows))
    return tuple(name for persona in people for name in pair.documents.get(persona, ()))


def _over_cap(events: Events, n: int, rate: float, net: int) -> bool:
    """Bad in clearly more CVs, or single draws of at least three CVs, than `rate` allows, and the other arm not."""
    over = rate_allowed(n, rate)
    least = max(over + 2, 3)
    if events.majority_candidate >= least and events.majority_other <= over and net >= least:
        return True
    draws = rate_allowed(events.candidate_draws, rate)
    spread = int((events.excess > 0).sum())
    return (
        events.candidate_draws > n
        and events.candidate_bad >= draws + 2
        and events.other_bad <= rate_allowed(events.other_draws, rate)
        and spread >= 3
        and events.candidate_bad - events.other_bad >= draws + 2
    )


def catastrophe_events(pair: Pair, config: Constants, scale: float | None) -> tuple[Events, float]:
    """Personas whose F1 fell by more than the line: `drop`, or `drop_sds` robust standard deviations of noise.

    Of each persona the median draw counts, so that one bad draw of three is no catastrophe; asked again, the median
    of all draws must be under the line too. scale: that standard deviation from the noise floor; None: from these
    differences themselves. Answers that are missing or invalid are left to their own gates.
    """
    _, _, both = pair.f1.means()
    one, two = _medians(pair.f1.candidate), _medians(pair.f1.other)
    failed = np.zeros(pair.n, dtype=np.bool_)
    for event in ("errors", "contract"):
        failed |= pair.events[event].lost | pair.events[event].gained
    judged = both & ~failed
    differences = np.where(judged, one - two, 0.0)
    spread = st.robust_scale(differences[judged]) if scale is None else scale
    line = max(config.drop, config.drop_sds * spread)
    at_first, gained = judged & (differences < -line), judged & (differences > line)
    again = pair.f1_again or Values(np.full((pair.n, 1), np.nan), np.full((pair.n, 1), np.nan))
    asked: Bools = np.asarray((~np.isnan(again.candidate)).sum(axis=1) >= AGAIN_DRAWS)
    every = [np.hstack(sides) for sides in ((pair.f1.candidate, again.candidate), (pair.f1.other, again.other))]
    lost = at_first & (_medians(every[0]) - _medians(every[1]) < -line)
    enough = min(pair.draws) >= config.confirm_draws
    known = np.where(asked, (~np.isnan(every[0])).sum(axis=1) >= config.confirm_draws, enough)
    # Further draws confirm by themselves; without them, all the first ones must.
    best = np.where(asked, _extreme(again.candidate, np.fmax), _extreme(pair.f1.candidate, np.fmax))
    worst = _extreme(every[0], np.fmin)
    found = Events(
        judged=judged,
        lost=lost,
        gained=gained,
        confirmed_lost=lost & known & (best < _extreme(every[1], np.fmin)),
        confirmed_gained=gained & enough & (worst > _extreme(every[1], np.fmax)),
        asked=asked,
        at_first=at_first,
        suspect=np.zeros(pair.n, dtype=np.bool_),
        excess=lost.astype(float) - gained.astype(float),
        candidate_bad=int(lost.sum()),
        candidate_draws=int(judged.sum()),
        other_bad=int(gained.sum()),
        other_draws=int(judged.sum()),
        majority_candidate=int(lost.sum()),
        majority_other=int(gained.sum()),
    )
    return found, line


def _extreme(table: Floats, of: np.ufunc) -> Floats:
    """Each row's largest (`np.fmax`) or smallest (`np.fmin`) figure, nans left out; nan for a row of nans."""
    return np.asarray(of.reduce(table, axis=1))


def _medians(table: Floats) -> Floats:
    """Median of each row without its nans; 0 for a row of nans."""
    there = ~np.isnan(table).all(axis=1)
    found = np.zeros(len(table))
    found[there] = np.nanmedian(table[there], axis=1)
    return found


def substitutions(ask: Question) -> Ruling:
    """FAIL where the same value stands for the same other value in `threshold` personas (two more where the draws
    are too few to confirm it)."""
    pair, rule, config = ask.pair, ask.rule, ask.config
    n = pair.n
    if n == 0:
        return nothing(ask.name, rule, pair, "nothing was compared")
    most = max((len(found.personas) for found in pair.replaced), default=0)
    several = [found for found in pair.replaced if len(found.personas) >= rule.threshold]
    status: Status = "INCONCLUSIVE" if several else "PASS"
    if any(len(one.personas) >= rule.threshold + (0 if one.draws >= config.confirm_draws else 2) for one in several):
        status = "FAIL"
    unasked = {name for one in several if one.draws < config.confirm_draws for name in one.unasked}
    zero = Estimate(0, None, None, n, n, "CVs", source=pair.source)
    found = replace(zero, value=float(most))
    documents = tuple(name for persona in sorted(unasked) for name in pair.documents.get(persona, ()))
    return Ruling(ask.name, rule, status, zero, found, found, rule.threshold, None, most, unconfirmed=documents)
