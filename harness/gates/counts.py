"""Gates that count people: a harm is there or not, by majority of a person's draws."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from harness.gates import statistics as st
from harness.gates.config import GateConfig, Rule
from harness.gates.evidence import Events, Pair
from harness.gates.ruling import Ruling, nothing
from harness.gates.statistics import Floats
from harness.gates.types import Estimate, Status

NET_GATES = frozenset({"critical"})
CAPPED = frozenset({"errors", "coverage", "contract", "date_format", "ids", "order"})
"""Count gates that also fail over an absolute rate that the other arm keeps under."""


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


def cvs_for(events: int, allowed: int, n: int, rate: float | None, base: int) -> int:
    """How many more CVs would make room for `events`, were no further one found."""
    if events <= allowed:
        return 0
    if rate is not None:
        return max(1, ceil(events / rate) - n) if rate > 0 else n
    wanted = n
    while net_allowed(wanted, base) < events and wanted < 100_000:
        wanted += max(1, wanted // 50)
    return wanted - n


def count(name: str, events: Events, pair: Pair, rule: Rule, config: GateConfig) -> Ruling:
    """A count of personas: PASS up to an allowed number, FAIL by confirmed events, by a rate that the other arm
    keeps, or by its exact test (see `settle`); else INCONCLUSIVE."""
    n = int(events.judged.sum())
    if n == 0:
        return nothing(name, rule, pair, "nothing to judge it on")
    lost, gained = int(events.lost.sum()), int(events.gained.sum())
    sure = int(events.confirmed_lost.sum()) - int(events.confirmed_gained.sum())
    net = lost - gained
    if name in NET_GATES:
        allowed, counted = net_allowed(n, int(rule.threshold)), net
        failing = sure >= allowed + 2
        more = cvs_for(counted, allowed, n, None, int(rule.threshold))
    elif name in CAPPED:
        allowed, counted = net_allowed(n, 1), net
        failing = _over_cap(events, n, rule.threshold, net)
        more = cvs_for(counted, allowed, n, None, 1)
    else:
        allowed, counted = rate_allowed(n, rule.threshold), lost
        failing = sure >= allowed + 2 or (
            net > allowed + 1 and st.binomial_tail(net, n, rule.threshold) <= config.unconfirmed
        )
        more = cvs_for(counted, allowed, n, rule.threshold, 1)
    status: Status = "PASS" if counted <= allowed else "INCONCLUSIVE"
    if failing:
        status = "FAIL"
    if name == "hallucinations" and status != "FAIL":
        if events.grave:
            status = "FAIL"
        elif events.grave_unconfirmed:
            status = "INCONCLUSIVE"
    shown = max(counted, 0)
    bound = st.binomial_upper(shown, n, config.confidence)
    arms = [
        Estimate(bad / n, None, None, n, n, "CVs, by majority of draws", source=pair.source)
        for bad in (events.majority_other, events.majority_candidate)
    ]
    delta = Estimate(net / n, None, bound, n, n, "count of CVs, exact bound", excluded=pair.n - n, source=pair.source)
    return Ruling(
        name,
        rule,
        status,
        arms[0],
        arms[1],
        delta,
        float(allowed),
        more if status == "INCONCLUSIVE" and more else None,
        lost,
        -events.excess[events.judged],
        events,
    )


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


def catastrophe_events(pair: Pair, config: GateConfig, scale: float | None) -> tuple[Events, float]:
    """Personas whose F1 fell by more than the line: `drop`, or `drop_sds` robust standard deviations of noise.

    Of each persona the median draw counts, so that one bad draw of three is no catastrophe. scale: that standard
    deviation from the noise floor; None: from these differences themselves. Answers that are missing or invalid are
    left to their own gates.
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
    confirmed_lost, confirmed_gained = np.zeros(pair.n, dtype=np.bool_), np.zeros(pair.n, dtype=np.bool_)
    lost, gained = judged & (differences < -line), judged & (differences > line)
    if min(pair.draws) >= config.confirm_draws:
        worst_other = np.nanmin(np.where(np.isnan(pair.f1.other), np.inf, pair.f1.other), axis=1)
        best = np.nanmax(np.where(np.isnan(pair.f1.candidate), -np.inf, pair.f1.candidate), axis=1)
        confirmed_lost = lost & (best < worst_other)
        worst = np.nanmin(np.where(np.isnan(pair.f1.candidate), np.inf, pair.f1.candidate), axis=1)
        best_other = np.nanmax(np.where(np.isnan(pair.f1.other), -np.inf, pair.f1.other), axis=1)
        confirmed_gained = gained & (worst > best_other)
    found = Events(
        judged=judged,
        lost=lost,
        gained=gained,
        confirmed_lost=confirmed_lost,
        confirmed_gained=confirmed_gained,
        excess=lost.astype(float) - gained.astype(float),
        candidate_bad=int(lost.sum()),
        candidate_draws=int(judged.sum()),
        other_bad=int(gained.sum()),
        other_draws=int(judged.sum()),
        majority_candidate=int(lost.sum()),
        majority_other=int(gained.sum()),
    )
    return found, line


def _medians(table: Floats) -> Floats:
    """Median of each row without its nans; 0 for a row of nans."""
    there = ~np.isnan(table).all(axis=1)
    found = np.zeros(len(table))
    found[there] = np.nanmedian(table[there], axis=1)
    return found


def substitutions(pair: Pair, rule: Rule, config: GateConfig) -> Ruling:
    """FAIL where the same value stands for the same other value in `threshold` personas (two more where the draws
    are too few to confirm it)."""
    n = pair.n
    if n == 0:
        return nothing("substitutions", rule, pair, "nothing was compared")
    most = max((len(found.personas) for found in pair.replaced), default=0)
    confirmed = min(pair.draws) >= config.confirm_draws
    status: Status = "PASS"
    if most >= rule.threshold + (0 if confirmed else 2):
        status = "FAIL"
    elif most >= rule.threshold:
        status = "INCONCLUSIVE"
    zero = Estimate(0, None, None, n, n, "CVs", source=pair.source)
    found = replace(zero, value=float(most))
    return Ruling("substitutions", rule, status, zero, found, found, rule.threshold, None, most)
