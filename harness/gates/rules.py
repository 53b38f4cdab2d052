"""The gates of one comparison: each a rule over one figure of a `Pair`. Statuses here, sentences in `words`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, log, sqrt

import numpy as np

from harness.gates import statistics as st
from harness.gates.config import GateConfig, Rule
from harness.gates.evidence import Events, Pair, Values
from harness.gates.statistics import Floats, Interval
from harness.gates.types import Estimate, Status

NET_GATES = frozenset({"critical"})
CAPPED = frozenset({"errors", "coverage", "contract", "date_format", "ids", "order"})
"""Count gates that also fail over an absolute rate that the other arm keeps under."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """A gate's figures and status before its sentence is written. facts: what the sentence needs."""

    name: str
    rule: Rule
    status: Status
    baseline: Estimate
    candidate: Estimate
    delta: Estimate
    threshold: float
    facts: Mapping[str, object]
    more: int | None = None
    affected: int = 0
    test: Floats | None = None


@dataclass(frozen=True, slots=True)
class Levels:
    """Confidence of the bounds at this look, and whether passing is allowed at all here."""

    confidence: float
    may_pass: bool = True


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


def accuracy(name: str, values: Values, pair: Pair, rule: Rule, config: GateConfig, levels: Levels) -> Ruling:
    """Non-inferiority of a mean: PASS where the lower bound is over −margin, FAIL where the estimate is at or
    under −margin and the upper bound under 0."""
    one, two, both = values.means()
    differences = (one - two)[both]
    n = len(differences)
    arms = [_mean_estimate(side[both], pair, levels) for side in (two, one)]
    margin = rule.threshold
    if n == 0:
        return _nothing(name, rule, pair, "no CV with a golden was answered in both arms")
    if n == 1:
        delta = Estimate(float(differences[0]), None, None, n, n, "one CV", source=pair.source)
        return Ruling(name, rule, "INCONCLUSIVE", arms[0], arms[1], delta, margin, {}, config.ship_personas - 1)
    found = st.paired_mean(
        differences,
        confidence=levels.confidence,
        floor=config.sd_floor,
        resamples=config.resamples,
        seed=config.seed,
    )
    status: Status = "INCONCLUSIVE"
    if found.value <= -margin and found.upper < 0:
        status = "FAIL"
    elif found.lower > -margin:
        status = "PASS"
    more: int | None = None
    if status == "INCONCLUSIVE" and found.value > -margin:
        spread = st.sd_upper(max(found.sd, config.sd_floor), n - 1)
        wanted = st.clusters_needed(margin + found.value, spread, confidence=levels.confidence)
        more = max(1, wanted - n)
    return Ruling(
        name, rule, status, arms[0], arms[1], _estimate(found, pair, len(pair.personas) - n), -margin, {}, more
    )


def group(name: str, values: Values, pair: Pair, rule: Rule, config: GateConfig) -> Ruling:
    """One group of fields: may fail by its exact test (see `settle`), never counts towards SHIP."""
    one, two, both = values.means()
    differences = (one - two)[both]
    n = len(differences)
    if n == 0:
        return _nothing(name, rule, pair, "no compared CV has any of these fields")
    levels = Levels(config.confidence)
    arms = [_mean_estimate(side[both], pair, levels) for side in (two, one)]
    value = float(differences.mean())
    if n > 1:
        reach = st.t_quantile(config.confidence, n - 1) * max(float(differences.std(ddof=1)), config.sd_floor) / sqrt(n)
        delta = Estimate(
            value, value - reach, value + reach, n, n, "exact sign flip; bounds by paired t", source=pair.source
        )
    else:
        delta = Estimate(value, None, None, n, n, "one CV", source=pair.source)
    affected = int((np.abs(differences) > 1e-9).sum())
    worse = int((differences < -1e-9).sum())
    return Ruling(
        name,
        rule,
        "PASS",
        arms[0],
        arms[1],
        delta,
        -rule.threshold,
        {"changed": affected, "worse": worse},
        affected=worse,
        test=differences,
    )


def count(name: str, events: Events, pair: Pair, rule: Rule, config: GateConfig) -> Ruling:
    """A count of personas: PASS up to an allowed number, FAIL by confirmed events, by a rate that the other arm
    keeps, or by its exact test (see `settle`); else INCONCLUSIVE."""
    n = int(events.judged.sum())
    if n == 0:
        return _nothing(name, rule, pair, "nothing to judge it on")
    lost, gained = int(events.lost.sum()), int(events.gained.sum())
    sure = int(events.confirmed_lost.sum()) - int(events.confirmed_gained.sum())
    net = lost - gained
    if name in NET_GATES:
        allowed, counted = net_allowed(n, int(rule.threshold)), net
        failing = sure >= allowed + 2
        more = cvs_for(counted, allowed, n, None, int(rule.threshold))
    elif name in CAPPED:
        allowed, counted = max(net_allowed(n, 1), rate_allowed(n, rule.threshold)), net
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
        {"events": events, "lost": lost, "gained": gained, "counted": counted, "bound": bound, "sure": sure},
        more if status == "INCONCLUSIVE" and more else None,
        lost,
        -events.excess[events.judged],
    )


def _over_cap(events: Events, n: int, rate: float, net: int) -> bool:
    """Bad in clearly more CVs, or single draws of at least three CVs, than `rate` allows, and the other arm not."""
    over = rate_allowed(n, rate)
    if events.majority_candidate >= over + 2 and events.majority_other <= over and net >= 2:
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

    scale: that standard deviation from the noise floor; None: from these differences themselves. Answers that
    failed are left to the gates of errors and contract.
    """
    one, two, both = pair.f1.means()
    failed = np.zeros(pair.n, dtype=np.bool_)
    for event in ("errors", "contract"):
        if event in pair.events:
            failed |= pair.events[event].lost & (one == 0)
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


def substitutions(pair: Pair, rule: Rule, config: GateConfig) -> Ruling:
    """FAIL where the same value stands for the same other value in `threshold` personas (two more where the draws
    are too few to confirm it)."""
    n = pair.n
    if n == 0:
        return _nothing("substitutions", rule, pair, "nothing was compared")
    most = max((len(found.personas) for found in pair.replaced), default=0)
    confirmed = min(pair.draws) >= config.confirm_draws
    status: Status = "PASS"
    if most >= rule.threshold + (0 if confirmed else 2):
        status = "FAIL"
    elif most >= rule.threshold:
        status = "INCONCLUSIVE"
    zero = Estimate(0, None, None, n, n, "CVs", source=pair.source)
    found = replace(zero, value=float(most))
    return Ruling("substitutions", rule, status, zero, found, found, rule.threshold, {}, None, most)


def ratio(name: str, values: Values | str, pair: Pair, rule: Rule, levels: Levels) -> Ruling:
    """A ratio of totals (tokens, cost) or a paired ratio (latency p50): PASS where the upper bound is within the
    threshold, FAIL where the estimate is at or over it and the lower bound over one."""
    if isinstance(values, str):
        return unmeasured(name, rule, pair, values)
    if pair.source not in rule.sources:
        return unmeasured(name, rule, pair, f"{pair.source} figures do not count for it")
    one, two, both = values.means()
    one, two = one[both], two[both]
    n = len(one)
    if n < 2 or one.min() <= 0 or two.min() <= 0:
        return unmeasured(name, rule, pair, f"fewer than two CVs have a figure in both arms (n = {n})")
    procedure = st.log_ratio if name == "latency_p50" else st.ratio_of_totals
    found = procedure(one, two, confidence=levels.confidence)
    status: Status = "INCONCLUSIVE"
    if found.upper <= rule.threshold:
        status = "PASS"
    elif found.value >= rule.threshold and found.lower > 1:
        status = "FAIL"
    more: int | None = None
    if status == "INCONCLUSIVE" and found.value < rule.threshold:
        spread = st.sd_upper(found.sd, n - 1)
        wanted = st.clusters_needed(log(rule.threshold) - log(found.value), spread, confidence=levels.confidence)
        more = max(1, wanted - n)
    arms = [
        Estimate(
            float(np.median(side) if name == "latency_p50" else side.mean()),
            None,
            None,
            n,
            n,
            "a CV",
            source=pair.source,
        )
        for side in (two, one)
    ]
    return Ruling(name, rule, status, arms[0], arms[1], _estimate(found, pair, pair.n - n), rule.threshold, {}, more)


def p95_ratio(values: Values | str, pair: Pair, rule: Rule, config: GateConfig, levels: Levels) -> Ruling:
    """Ratio of 95th percentiles by bootstrap over CVs; needs 59 CVs to be judged."""
    name = "latency_p95"
    if isinstance(values, str):
        return unmeasured(name, rule, pair, values)
    if pair.source not in rule.sources:
        return unmeasured(name, rule, pair, f"{pair.source} figures do not count for it")
    _, _, both = values.means()
    n = int(both.sum())
    if n < 2:
        return unmeasured(name, rule, pair, f"fewer than two CVs have a figure in both arms (n = {n})")
    one, two = values.candidate[both], values.other[both]
    found = st.quantile_ratio(
        one, two, confidence=levels.confidence, resamples=min(config.resamples, 1999), seed=config.seed
    )
    status: Status = "INCONCLUSIVE"
    if n >= 59 and found.upper <= rule.threshold:
        status = "PASS"
    elif found.value >= rule.threshold and found.lower > 1:
        status = "FAIL"
    more = 59 - n if n < 59 else None
    if more is None and status == "INCONCLUSIVE" and found.value < rule.threshold:
        gap = log(found.upper / found.value) / log(rule.threshold / found.value)
        more = max(1, ceil(n * gap * gap) - n)
    arms = [
        Estimate(float(np.nanquantile(side, 0.95)), None, None, n, n, "95th percentile", source=pair.source)
        for side in (two, one)
    ]
    return Ruling(name, rule, status, arms[0], arms[1], _estimate(found, pair, pair.n - n), rule.threshold, {}, more)


def p95_budget(values: Values | str, pair: Pair, rule: Rule) -> Ruling:
    """The 95th percentile against an absolute budget, by the exact quantile test on each CV's first draw."""
    name = "latency_budget"
    if isinstance(values, str):
        return unmeasured(name, rule, pair, values)
    if pair.source not in rule.sources:
        return unmeasured(name, rule, pair, f"{pair.source} figures do not count for it")
    first = _first(values.candidate)
    n = len(first)
    if n == 0:
        return unmeasured(name, rule, pair, "no CV has a figure")
    under, over = st.quantile_test(first, rule.threshold)
    status: Status = "PASS" if under <= 0.05 else "FAIL" if over <= 0.05 else "INCONCLUSIVE"
    value = Estimate(float(np.quantile(first, 0.95)), None, None, n, n, "exact quantile test", source=pair.source)
    other = _first(values.other)
    before = replace(value, value=float(np.quantile(other, 0.95)) if len(other) else None, n=len(other))
    slow = int((first >= rule.threshold).sum())
    more: int | None = None
    if status == "INCONCLUSIVE":
        wanted = n
        while wanted < 10_000 and st.binomial_tail(wanted - slow, wanted, 0.95) > 0.05:
            wanted += 1
        more = max(1, wanted - n)
    return Ruling(name, rule, status, before, value, value, rule.threshold, {"slow": slow}, more, slow)


def _first(table: Floats) -> Floats:
    """Each row's first figure; rows without one left out."""
    there = ~np.isnan(table)
    rows = there.any(axis=1)
    return np.asarray(table[rows, there[rows].argmax(axis=1)])


def settle(rulings: list[Ruling], config: GateConfig) -> list[Ruling]:
    """The exact tests of one comparison, adjusted together (Holm): a rejected one fails its gate where enough
    personas changed and the harm is not smaller than `effect` (for groups: their margin)."""
    tested = [ruling for ruling in rulings if ruling.test is not None and ruling.rule.level == "deciding"]
    p_values = [
        st.sign_flip(ruling.test, resamples=config.resamples, seed=config.seed)
        for ruling in tested
        if ruling.test is not None
    ]
    adjusted = {ruling.name: (p, q) for ruling, p, q in zip(tested, p_values, st.holm(p_values), strict=True)}
    settled = []
    for ruling in rulings:
        if ruling.name in adjusted and ruling.test is not None:
            p, q = adjusted[ruling.name]
            changed = int((np.abs(ruling.test) > 1e-9).sum())
            least = ruling.rule.threshold if ruling.name.startswith("group_") else config.effect
            rejected = q <= config.alpha and changed >= config.min_affected and float(ruling.test.mean()) <= -least
            facts = {**ruling.facts, "p": p, "adjusted": q, "rejected": rejected}
            ruling = replace(ruling, facts=facts, status="FAIL" if rejected else ruling.status)
            if rejected:
                ruling = replace(ruling, more=None)
        settled.append(ruling)
    return settled


def _estimate(found: Interval, pair: Pair, excluded: int) -> Estimate:
    return Estimate(
        found.value, found.lower, found.upper, found.n, found.n, found.method, excluded=excluded, source=pair.source
    )


def _mean_estimate(values: Floats, pair: Pair, levels: Levels) -> Estimate:
    n = len(values)
    if n < 2:
        return Estimate(float(values[0]) if n else None, None, None, n, n, "mean", source=pair.source)
    mean = float(values.mean())
    reach = st.t_quantile(levels.confidence, n - 1) * float(values.std(ddof=1)) / sqrt(n)
    return Estimate(mean, max(0.0, mean - reach), min(1.0, mean + reach), n, n, "mean, t bounds", source=pair.source)


def _absent(pair: Pair) -> Estimate:
    return Estimate(None, None, None, 0, 0, "", source=pair.source)


def _nothing(name: str, rule: Rule, pair: Pair, why: str) -> Ruling:
    absent = _absent(pair)
    return Ruling(name, rule, "NOT_APPLICABLE", absent, absent, absent, rule.threshold, {"why": why})


def unmeasured(name: str, rule: Rule, pair: Pair, why: str) -> Ruling:
    """A gate without figures that it accepts, and why."""
    absent = _absent(pair)
    return Ruling(name, rule, "NOT_MEASURED", absent, absent, absent, rule.threshold, {"why": why})
