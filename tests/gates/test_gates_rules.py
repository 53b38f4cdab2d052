"""The rules that weigh figures, each on a few figures made for it: what passes, what fails, what waits for how many."""

from __future__ import annotations

from dataclasses import replace
from math import log

import numpy as np
import pytest

from harness.gates import rules
from harness.gates import statistics as st
from harness.gates.catalogue import GATES
from harness.gates.config import GateConfig
from harness.gates.definition import Question
from harness.gates.pairs import Pair, Values
from harness.gates.ruling import Levels, Ruling
from harness.gates.types import Comparability

CONFIG = GateConfig()
LEVELS = Levels(CONFIG.confidence)
RELEASE = GateConfig.for_profile("release")


def column(figures: object) -> np.ndarray:
    return np.array(figures, dtype=float).reshape(-1, 1)


def pair_of(one: object, two: object = (), *, latency: Values | str = "none here") -> Pair:
    """So many people as `one` has figures, with them as F1."""
    names = tuple(f"p{place}" for place in range(len(one)))  # type: ignore[arg-type]
    f1 = Values(column(one), column(two if len(two) else one))  # type: ignore[arg-type]
    return Pair(
        "baseline", "baseline", names, {name: (name,) for name in names}, (1, 1), f1, {}, {}, (), "none here",
        "none here", latency, "live", Comparability(True, names),
    )  # fmt: skip


def asked(name: str, pair: Pair, threshold: float, config: GateConfig = CONFIG) -> Question:
    rule = replace(config.rule(name), threshold=threshold)
    return Question(GATES[name], pair, rule, config, Levels(config.confidence))


# -- a mean --


def accuracy(one: object, two: object, margin: float = 0.02) -> Ruling:
    pair = pair_of(one, two)
    return rules.accuracy("accuracy", pair.f1, pair, replace(CONFIG.rule("accuracy"), threshold=margin), CONFIG, LEVELS)


def test_nobody_with_a_golden_is_not_applicable_and_one_waits_for_all_but_itself() -> None:
    nobody = accuracy([np.nan, 0.9], [0.9, np.nan])
    assert (nobody.status, nobody.why) == ("NOT_APPLICABLE", "no CV with a golden was answered in both arms")
    one = accuracy([0.75], [1.0])
    assert (one.status, one.more, one.threshold) == ("INCONCLUSIVE", CONFIG.ship_personas - 1, -0.02)
    assert (one.delta.value, one.delta.lower, one.delta.upper, one.delta.method) == (-0.25, None, None, "one CV")
    assert (one.candidate.value, one.baseline.value, one.candidate.n) == (0.75, 1.0, 1)


def test_a_mean_is_judged_by_its_bound_and_its_margin() -> None:
    base = np.linspace(0.7, 0.9, 40)
    same = accuracy(base, base)
    assert (same.status, same.delta.value, same.more) == ("PASS", 0.0, None)
    wobble = np.where(np.arange(40) % 2, 0.001, -0.001)
    assert accuracy(base - 0.05 + wobble, base).status == "FAIL"
    at = accuracy(base - 0.0199 + wobble, base)
    assert at.status == "INCONCLUSIVE"
    assert at.more is not None
    over = accuracy(base - 0.0201 + wobble, base)
    assert (over.status, over.more) == ("FAIL", None)


def test_a_mean_that_lies_at_its_margin_fails() -> None:
    assert accuracy(np.full(8, 0.5), np.full(8, 0.75), margin=0.25).status == "FAIL"


def test_a_mean_beyond_its_margin_whose_bound_reaches_zero_neither_fails_nor_says_how_many_more() -> None:
    base = np.full(6, 0.5)
    found = accuracy(base + np.array([0.45, -0.45, 0.3, -0.4, 0.2, -0.35]), base)
    assert found.delta.value is not None
    assert found.delta.value < -0.02
    assert found.delta.upper is not None
    assert found.delta.upper > 0
    assert (found.status, found.more) == ("INCONCLUSIVE", None)


def test_how_many_more_is_what_the_planned_test_needs_beyond_those_who_are_there() -> None:
    base = np.full(30, 0.8)
    differences = np.where(np.arange(30) % 3 == 0, -0.06, 0.01)
    found = accuracy(base + differences, base)
    assert found.status == "INCONCLUSIVE"
    spread = st.sd_upper(float(np.std(differences, ddof=1)), 29)
    wanted = st.clusters_needed(0.02 + float(differences.mean()), spread, confidence=0.95)
    assert found.more == wanted - 30 > 1


def test_the_bounds_of_a_mean_and_of_a_difference_end_where_their_figures_do() -> None:
    found = accuracy([1.0, 0.0, 1.0], [0.0, 1.0, 1.0])
    assert (found.delta.lower, found.delta.upper) == (-1.0, 1.0)
    assert (found.candidate.lower, found.candidate.upper) == (0.0, 1.0)
    assert found.candidate.method == "mean, t bounds"
    inner = accuracy([0.5, 0.52, 0.54], [0.5, 0.52, 0.54]).candidate
    reach = st.t_quantile(0.95, 2) * 0.02 / 3**0.5
    assert (inner.lower, inner.upper) == (pytest.approx(0.52 - reach), pytest.approx(0.52 + reach))


def test_who_has_no_figure_is_left_out_and_counted() -> None:
    base = np.linspace(0.7, 0.9, 40)
    found = accuracy(np.append(base, np.nan), np.append(base, 0.8))
    assert (found.delta.n, found.delta.excluded) == (40, 1)


# -- a group of fields --


def group(one: object, two: object, config: GateConfig = CONFIG) -> Ruling:
    pair = pair_of(one, two)
    return rules.group(asked("group_education", pair, 0.03, config), pair.f1)


def test_a_group_counts_who_got_worse_and_keeps_its_differences_for_the_exact_test() -> None:
    base = np.full(10, 0.8)
    found = group(base - [0.1, 0.2, 1e-12, 0, 0, 0, 0, 0, 0, -0.1], base)
    assert found.affected == 2
    assert found.test is not None
    assert found.test.mean() == pytest.approx(-0.02)
    assert (found.status, found.least, found.threshold) == ("PASS", 0.03, -0.03)
    assert found.delta.value == pytest.approx(-0.02)
    assert found.delta.method.startswith("exact sign flip; bounds by ")
    assert found.delta.lower is not None
    assert found.delta.upper is not None
    assert -1 <= found.delta.lower < -0.02 < found.delta.upper <= 1


def test_a_group_of_two_has_bounds_and_of_one_none() -> None:
    two, one = group([0.5, 0.6], [0.5, 0.5]), group([0.5], [0.6])
    assert two.delta.lower is not None
    assert (one.delta.lower, one.delta.upper, one.delta.method, one.delta.n) == (None, None, "one CV", 1)
    assert group([np.nan], [0.5]).status == "NOT_APPLICABLE"


def test_without_a_reader_of_bounds_a_group_has_none_but_all_else() -> None:
    found = group([0.5, 0.6, 0.7], [0.5, 0.5, 0.7], replace(CONFIG, bounds_told=False))
    assert (found.delta.lower, found.delta.upper, found.delta.method) == (None, None, "exact sign flip")
    assert found.delta.value == pytest.approx(0.1 / 3)
    assert found.test is not None


# -- ratios --


def ratio(one: object, two: object, *, threshold: float = 1.1, paired: bool = False) -> Ruling:
    return rules.ratio(asked("tokens", pair_of(one), threshold), Values(column(one), column(two)), paired=paired)


def test_a_ratio_passes_by_its_upper_bound_and_fails_by_both() -> None:
    other = np.linspace(900, 1100, 40)
    wobble = np.where(np.arange(40) % 2, 1.01, 0.99)
    assert ratio(other * wobble, other).status == "PASS"
    assert ratio(other * 1.3 * wobble, other).status == "FAIL"
    near = ratio(other * 1.095 * np.where(np.arange(40) % 2, 1.2, 0.8), other)
    assert near.status == "INCONCLUSIVE"
    assert near.more is not None
    beyond = ratio(other[:6] * [2.2, 0.6, 1.6, 0.7, 1.9, 0.6], other[:6])
    assert (beyond.status, beyond.more) == ("INCONCLUSIVE", None)


@pytest.mark.parametrize("paired", [False, True])
def test_a_ratio_that_is_the_same_in_all_is_judged_at_its_threshold(paired: bool) -> None:
    other = np.full(8, 1000.0)
    assert ratio(other * 2, other, threshold=2.0, paired=paired).status == "PASS"  # its bound is within the threshold
    assert ratio(other * 2, other, threshold=1.5, paired=paired).status == "FAIL"


def test_a_ratio_needs_two_people_and_figures_over_zero() -> None:
    assert ratio([5.0], [5.0]).status == "NOT_MEASURED"
    assert "too few CVs have a figure over 0 in both arms (n = 1)" in ratio([5.0], [5.0]).why
    assert ratio([5.0, 6.0], [5.0, 6.0]).status == "PASS"
    assert ratio([0.0, 0.0], [5.0, 6.0]).status == "NOT_MEASURED"
    assert ratio([0.0, 6.0], [5.0, 6.0]).status != "NOT_MEASURED"  # a total needs only its sum
    assert ratio([0.0, 6.0], [5.0, 6.0], paired=True).status == "NOT_MEASURED"
    assert ratio([5.0, 6.0], [0.0, 6.0], paired=True).status == "NOT_MEASURED"
    assert ratio([0.5, 0.5], [0.5, 0.5], paired=True).status == "PASS"
    assert rules.ratio(asked("tokens", pair_of([1.0]), 1.1), "no usage").why == "no usage"


def test_the_arms_of_a_ratio_are_means_of_totals_and_medians_of_pairs() -> None:
    one, two = [1.0, 2.0, 9.0, np.nan], [1.0, 2.0, 6.0, 7.0]
    totals, paired = ratio(one, two), ratio(one, two, paired=True)
    assert (totals.candidate.value, totals.baseline.value) == (4.0, 3.0)
    assert (paired.candidate.value, paired.baseline.value) == (2.0, 2.0)
    assert (totals.candidate.method, paired.candidate.method) == ("mean over CVs", "median over CVs")
    assert (totals.delta.value, totals.delta.n, totals.delta.excluded) == (pytest.approx(4 / 3), 3, 1)


def test_how_many_more_a_ratio_needs_is_planned_on_its_logarithm() -> None:
    other = np.full(20, 1000.0)
    one = other * np.where(np.arange(20) % 2, 1.5, 0.7)
    found = ratio(one, other, threshold=1.1, paired=True)
    logs = np.log(one / other)
    spread = st.sd_upper(float(logs.std(ddof=1)), 19)
    wanted = st.clusters_needed(log(1.1) - float(logs.mean()), spread, confidence=0.95)
    assert (found.status, found.more) == ("INCONCLUSIVE", wanted - 20)


# -- the 95th percentile --


def p95_ratio(one: np.ndarray, two: np.ndarray, threshold: float = 1.25) -> Ruling:
    values = Values(column(one), column(two))
    return rules.p95_ratio(asked("latency_p95", pair_of(one, latency=values), threshold, RELEASE))


def times(people: int) -> np.ndarray:
    return 1000 + 10.0 * np.arange(people)


@pytest.mark.parametrize(("people", "status", "more"), [(58, "INCONCLUSIVE", 1), (59, "PASS", None)])
def test_a_95th_percentile_passes_from_59_people_on(people: int, status: str, more: int | None) -> None:
    found = p95_ratio(times(people), times(people))
    assert (found.status, found.more, found.delta.value) == (status, more, 1.0)


@pytest.mark.parametrize(("people", "status", "more"), [(58, "INCONCLUSIVE", 1), (59, "FAIL", None)])
def test_a_95th_percentile_fails_from_59_people_on(people: int, status: str, more: int | None) -> None:
    found = p95_ratio(times(people) * 2, times(people))
    assert (found.status, found.more) == (status, more)


def test_a_95th_percentile_at_its_threshold_fails_where_all_of_it_is_over_one() -> None:
    rng = np.random.default_rng(4)
    slower = times(80) * 1.25 * rng.choice([0.9, 1.1], 80)
    found = p95_ratio(slower, times(80))
    assert found.delta.value is not None
    assert found.delta.value > 1.25
    assert found.delta.lower is not None
    assert found.delta.lower > 1
    assert found.status == "FAIL"


def test_a_95th_percentile_over_its_threshold_whose_bound_reaches_one_waits_and_plans_nothing() -> None:
    slow = np.full(60, 1000.0)
    slow[:2] = 3000.0
    found = p95_ratio(slow, np.full(60, 1000.0))
    assert found.delta.lower is not None
    assert found.delta.lower <= 1
    assert found.delta.value is not None
    assert found.delta.value >= 1.25
    assert (found.status, found.more) == ("INCONCLUSIVE", None)


def test_how_many_more_a_95th_percentile_needs_is_by_the_width_of_its_bound() -> None:
    rng = np.random.default_rng(5)
    one, two = rng.lognormal(7, 0.5, 70), rng.lognormal(7, 0.5, 70)
    ratio_of_both = p95_ratio(one, two).delta.value
    assert ratio_of_both is not None
    threshold = 1.02 * ratio_of_both
    found = p95_ratio(one, two, threshold)
    assert found.delta.value is not None
    assert found.delta.upper is not None
    wide = log(found.delta.upper / found.delta.value) / log(threshold / found.delta.value)
    assert (found.status, found.more) == ("INCONCLUSIVE", int(np.ceil(70 * wide * wide)) - 70)


def test_a_95th_percentile_of_fewer_than_two_is_not_measured() -> None:
    alone = p95_ratio(np.array([5.0, np.nan]), np.array([5.0, 6.0]))
    assert (alone.status, alone.why) == ("NOT_MEASURED", "fewer than two CVs have a figure in both arms (n = 1)")
    two = p95_ratio(np.array([5.0, 6.0]), np.array([5.0, 6.0]))
    assert (two.status, two.more) == ("INCONCLUSIVE", 57)
    assert (two.candidate.method, two.candidate.n, two.delta.excluded) == ("95th percentile", 2, 0)
    assert rules.p95_ratio(asked("latency_p95", pair_of([1.0]), 1.25, RELEASE)).why == "none here"


# -- the budget --


def p95_budget(one: object, two: object = (), budget: float = 2000.0) -> Ruling:
    values = Values(np.atleast_2d(np.array(one, dtype=float)), np.atleast_2d(np.array(two, dtype=float)))
    pair = pair_of(np.zeros(len(values.candidate)), latency=values)
    return rules.p95_budget(asked("latency_budget", pair, budget, RELEASE))


def fast(people: int, slow: int = 0) -> np.ndarray:
    return column([2000.0] * slow + [1000.0] * (people - slow))


@pytest.mark.parametrize(
    ("people", "slow", "status", "more"),
    [(59, 0, "PASS", None), (58, 0, "INCONCLUSIVE", 1), (59, 1, "INCONCLUSIVE", 34), (20, 5, "INCONCLUSIVE", None)],
)
def test_a_budget_passes_where_the_exact_test_says_so(people: int, slow: int, status: str, more: int | None) -> None:
    found = p95_budget(fast(people, slow), fast(people))
    assert (found.status, found.affected) == (status, slow)  # a time at the budget is not under it
    if slow < 5:
        assert found.more == more
    assert found.baseline.n == found.candidate.n == people


def test_a_budget_fails_where_too_many_are_over_it() -> None:
    over = fast(20)
    over[:6] = 2001.0
    found = p95_budget(over, fast(20))
    assert (found.status, found.affected, found.more) == ("FAIL", 6, None)


def test_a_budget_takes_each_persons_first_time_that_is_there() -> None:
    table = [[np.nan, 1500.0, 9000.0], [1000.0, 9000.0, 9000.0], [np.nan, np.nan, np.nan]]
    found = p95_budget(table, [[1000.0, 1.0, 1.0], [1000.0, 1.0, 1.0], [1000.0, 1.0, 1.0]])
    assert found.delta.n == 2
    assert found.affected == 0
    assert found.delta.value == pytest.approx(np.quantile([1500.0, 1000.0], 0.95))
    assert (found.candidate.n, found.baseline.n) == (2, 3)


def test_a_budget_without_a_time_is_not_measured_and_of_the_other_arm_has_no_figure() -> None:
    assert p95_budget([[np.nan]], [[5.0]]).why == "no CV has a figure"
    alone = p95_budget([[5.0]], [[np.nan]])
    assert (alone.candidate.value, alone.baseline.value) == (5.0, None)
    assert rules.p95_budget(asked("latency_budget", pair_of([1.0]), 2000.0, RELEASE)).why == "none here"
