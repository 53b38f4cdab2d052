"""Gates that weigh figures: means, groups of fields, ratios, quantiles; and the exact tests settled together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, log, sqrt

import numpy as np

from harness.gates import statistics as st
from harness.gates.constants import Constants, Rule
from harness.gates.definition import Question
from harness.gates.pairs import Pair, Values
from harness.gates.ruling import Levels, Ruling, nothing, unmeasured
from harness.gates.statistics import Floats, Interval
from harness.gates.types import Estimate, Status


def accuracy(name: str, values: Values, pair: Pair, rule: Rule, config: Constants, levels: Levels) -> Ruling:
    """Non-inferiority of a mean: PASS where the lower bound is over −margin, FAIL where the estimate is at or
    under −margin and the upper bound under 0."""
    one, two, both = values.means()
    differences = (one - two)[both]
    n = len(differences)
    arms = [_mean_estimate(side[both], pair, levels) for side in (two, one)]
    margin = rule.threshold
    if n == 0:
        return nothing(name, rule, pair, "no CV with a golden was answered in both arms")
    if n == 1:
        delta = Estimate(float(differences[0]), None, None, n, n, "one CV", source=pair.source)
        return Ruling(name, rule, "INCONCLUSIVE", arms[0], arms[1], delta, -margin, config.ship_personas - 1)
    found = st.paired_mean(
        differences,
        confidence=levels.confidence,
        floor=config.sd_floor,
        resamples=config.resamples,
        seed=config.seed,
    ).within(-1, 1)
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
    return Ruling(name, rule, status, arms[0], arms[1], _estimate(found, pair, len(pair.personas) - n), -margin, more)


def group(ask: Question, values: Values) -> Ruling:
    """One group of fields: may fail by its exact test (see `settle`), never counts towards SHIP."""
    name, pair, rule, config = ask.name, ask.pair, ask.rule, ask.config
    one, two, both = values.means()
    differences = (one - two)[both]
    n = len(differences)
    if n == 0:
        return nothing(name, rule, pair, "no compared CV has any of these fields")
    levels = Levels(config.confidence)
    arms = [_mean_estimate(side[both], pair, levels) for side in (two, one)]
    value = float(differences.mean())
    if n > 1 and config.bounds_told:
        found = st.paired_mean(
            differences,
            confidence=config.confidence,
            floor=config.sd_floor,
            resamples=config.resamples,
            seed=config.seed,
        )
        delta = replace(_estimate(found.within(-1, 1), pair, 0), method=f"exact sign flip; bounds by {found.method}")
    else:
        delta = Estimate(value, None, None, n, n, "exact sign flip" if n > 1 else "one CV", source=pair.source)
    worse = int((differences < -1e-9).sum())
    return Ruling(
        name,
        rule,
        "PASS",
        arms[0],
        arms[1],
        delta,
        -rule.threshold,
        affected=worse,
        test=differences,
        least=rule.threshold,
    )


def ratio(ask: Question, values: Values | str, *, paired: bool = False) -> Ruling:
    """A ratio of totals (tokens, cost) or a paired ratio (latency p50): PASS where the upper bound is within the
    threshold, FAIL where the estimate is at or over it and the lower bound over one. paired: by each CV's ratio."""
    name, pair, rule, levels = ask.name, ask.pair, ask.rule, ask.levels
    if isinstance(values, str):
        return unmeasured(name, rule, pair, values)
    one, two, both = values.means()
    one, two = one[both], two[both]
    n = len(one)
    least = min(float(np.min(side) if paired else np.sum(side)) for side in (one, two)) if n > 1 else 0.0
    if least <= 0:
        return unmeasured(name, rule, pair, f"too few CVs have a figure over 0 in both arms (n = {n})")
    if paired:
        found = st.log_ratio(one, two, confidence=levels.confidence)
    else:
        found = st.ratio_of_totals(
            one, two, confidence=levels.confidence, resamples=ask.config.resamples, seed=ask.config.seed
        )
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
    centre, said = (np.median, "median over CVs") if paired else (np.mean, "mean over CVs")
    arms = [Estimate(float(centre(side)), None, None, n, n, said, source=pair.source) for side in (two, one)]
    return Ruling(name, rule, status, arms[0], arms[1], _estimate(found, pair, pair.n - n), rule.threshold, more)


_P95_PEOPLE = 59
"""Fewer say nothing of a 95th percentile (.95^59 < .05), and the bootstrap over them is too narrow."""


def p95_ratio(ask: Question) -> Ruling:
    """Ratio of 95th percentiles by bootstrap over CVs; neither passes nor fails on fewer than 59."""
    name, pair, rule, config, levels = ask.name, ask.pair, ask.rule, ask.config, ask.levels
    values = pair.latency
    if isinstance(values, str):
        return unmeasured(name, rule, pair, values)
    _, _, both = values.means()
    n = int(both.sum())
    if n < 2:
        return unmeasured(name, rule, pair, f"fewer than two CVs have a figure in both arms (n = {n})")
    one, two = values.candidate[both], values.other[both]
    found = st.quantile_ratio(
        one, two, confidence=levels.confidence, resamples=min(config.resamples, 1999), seed=config.seed
    )
    status: Status = "INCONCLUSIVE"
    if n >= _P95_PEOPLE and found.upper <= rule.threshold:
        status = "PASS"
    elif n >= _P95_PEOPLE and found.value >= rule.threshold and found.lower > 1:
        status = "FAIL"
    more = _P95_PEOPLE - n if n < _P95_PEOPLE else None
    if more is None and status == "INCONCLUSIVE" and found.value < rule.threshold:
        gap = log(found.upper / found.value) / log(rule.threshold / found.value)
        more = max(1, ceil(n * gap * gap) - n)
    arms = [
        Estimate(float(np.nanquantile(side, 0.95)), None, None, n, n, "95th percentile", source=pair.source)
        for side in (two, one)
    ]
    return Ruling(name, rule, status, arms[0], arms[1], _estimate(found, pair, pair.n - n), rule.threshold, more)


def p95_budget(ask: Question) -> Ruling:
    """The 95th percentile against an absolute budget, by the exact quantile test on each CV's first draw."""
    name, pair, rule, values = ask.name, ask.pair, ask.rule, ask.pair.latency
    if isinstance(values, str):
        return unmeasured(name, rule, pair, values)
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
    return Ruling(name, rule, status, before, value, value, rule.threshold, more, slow)


def _first(table: Floats) -> Floats:
    """Each row's first figure; rows without one left out."""
    there = ~np.isnan(table)
    rows = there.any(axis=1)
    return np.asarray(table[rows, there[rows].argmax(axis=1)])


def settle(comparisons: Sequence[Sequence[Ruling]], config: Constants) -> list[list[Ruling]]:
    """The exact tests of all comparisons, adjusted together (Holm): a rejected one fails its gate.

    A gate whose harm is smaller than `effect` (for groups: than their margin), or that changed too few personas,
    cannot fail by its test; its p counts as 1 in the adjustment, which only makes the others' larger.
    """
    every = [ruling for rulings in comparisons for ruling in rulings]
    tested = [ruling for ruling in every if ruling.test is not None and ruling.rule.level == "deciding"]
    able = [ruling for ruling in tested if _may_fail(ruling, config)]
    p_values = st.sign_flips(
        [ruling.test for ruling in able if ruling.test is not None], resamples=config.resamples, seed=config.seed
    )
    adjusted = st.holm([*p_values, *[1.0] * (len(tested) - len(able))])
    failed = {id(ruling) for ruling, p in zip(able, adjusted, strict=False) if p <= config.alpha}
    return [
        [replace(one, status="FAIL", more=None, unconfirmed=()) if id(one) in failed else one for one in rulings]
        for rulings in comparisons
    ]


def _may_fail(ruling: Ruling, config: Constants) -> bool:
    if ruling.test is None:
        return False
    changed = int((np.abs(ruling.test) > 1e-9).sum())
    return changed >= config.min_affected and float(ruling.test.mean()) <= -ruling.least


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
