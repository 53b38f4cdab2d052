"""Each procedure against a second, independent implementation."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as some

from harness.gates import statistics as st
from harness.gates.sequential import boundaries, level_at, spent


def sign_flip(values: np.ndarray) -> float:
    return st.sign_flips([values])[0]


@pytest.fixture(scope="module")
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_quantiles_of_t_and_normal_are_scipys() -> None:
    for df in (1, 4, 59, 400):
        assert st.t_quantile(0.95, df) == pytest.approx(scipy.stats.t.ppf(0.95, df))
    assert st.normal_quantile(0.975) == pytest.approx(1.959963985)


@pytest.mark.parametrize(("events", "n"), [(0, 20), (1, 60), (3, 100), (20, 20)])
def test_binomial_bound_is_clopper_pearson(events: int, n: int) -> None:
    from statsmodels.stats.proportion import proportion_confint

    theirs = proportion_confint(events, n, alpha=0.10, method="beta")[1]
    assert st.binomial_upper(events, n) == pytest.approx(theirs)


def test_nothing_in_twenty_excludes_no_less_than_13_9_percent() -> None:
    assert st.binomial_upper(0, 20) == pytest.approx(0.139, abs=0.0005)


def test_paired_mean_is_never_narrower_than_the_t_interval(rng: np.random.Generator) -> None:
    values = rng.normal(-0.01, 0.05, 60)
    theirs = scipy.stats.ttest_1samp(values, 0).confidence_interval(0.90)
    found = st.paired_mean(values)
    assert found.value == pytest.approx(values.mean())
    assert found.lower <= theirs.low + 1e-12
    assert found.upper >= theirs.high - 1e-12
    assert found.lower == pytest.approx(theirs.low, abs=0.003)


def test_one_large_drop_widens_the_lower_bound_far_beyond_t() -> None:
    values = np.zeros(60)
    values[7] = -0.5
    assert st.paired_mean(values).lower < -0.1 < scipy.stats.ttest_1samp(values, 0).confidence_interval(0.90).low


def test_no_difference_at_all_is_believed_only_to_the_floor() -> None:
    found = st.paired_mean(np.zeros(25))
    assert found.lower == pytest.approx(-st.t_quantile(0.95, 24) * 0.005 / 5)


def test_log_ratio_is_the_t_interval_of_the_logarithms(rng: np.random.Generator) -> None:
    one, two = np.exp(rng.normal(0.1, 0.3, 50)), np.exp(rng.normal(0, 0.3, 50))
    theirs = scipy.stats.ttest_rel(np.log(one), np.log(two)).confidence_interval(0.90)
    found = st.log_ratio(one, two)
    assert (np.log(found.lower), np.log(found.upper)) == pytest.approx((theirs.low, theirs.high))


def test_ratio_of_totals_covers_the_true_ratio_as_often_as_it_says(rng: np.random.Generator) -> None:
    missed = 0
    for _ in range(700):
        size = np.exp(rng.normal(0, 0.5, 60))
        one, two = 1.1 * size * np.exp(rng.normal(0, 0.2, 60)), size * np.exp(rng.normal(0, 0.2, 60))
        missed += st.ratio_of_totals(one, two, resamples=999).upper < 1.1
    assert 0.03 < missed / 700 < 0.075


def test_quantile_ratio_agrees_with_harrell_davis_and_a_plain_bootstrap(rng: np.random.Generator) -> None:
    from scipy.stats.mstats import hdquantiles

    one, two = np.exp(rng.normal(0.2, 0.4, (80, 1))), np.exp(rng.normal(0, 0.4, (80, 1)))
    found = st.quantile_ratio(one, two)
    theirs = float(hdquantiles(one[:, 0], [0.95])[0] / hdquantiles(two[:, 0], [0.95])[0])
    assert found.value == pytest.approx(theirs)
    plain = scipy.stats.bootstrap(
        (one[:, 0], two[:, 0]),
        lambda a, b: np.quantile(a, 0.95) / np.quantile(b, 0.95),
        paired=True, vectorized=False, n_resamples=999, confidence_level=0.90, method="percentile", rng=1,
    ).confidence_interval  # fmt: skip
    assert found.lower == pytest.approx(plain.low, rel=0.12)
    assert found.upper == pytest.approx(plain.high, rel=0.12)


@pytest.mark.parametrize("budget", [1.2, 1.9, 2.4])
def test_quantile_test_is_scipys(rng: np.random.Generator, budget: float) -> None:
    values = rng.exponential(0.6, 80)
    less = scipy.stats.quantile_test(values, q=budget, p=0.95, alternative="less").pvalue
    greater = scipy.stats.quantile_test(values, q=budget, p=0.95, alternative="greater").pvalue
    assert st.quantile_test(values, budget) == pytest.approx((less, greater))


def test_fifty_nine_values_within_the_budget_are_just_enough() -> None:
    assert st.quantile_test(np.ones(59), 2.0)[0] <= 0.05 < st.quantile_test(np.ones(58), 2.0)[0]


@settings(max_examples=25, deadline=None)
@given(some.lists(some.sampled_from([-0.3, -0.1, 0.0, 0.05, 0.2]), min_size=1, max_size=10))
def test_sign_flip_is_scipys_permutation_test(values: list[float]) -> None:
    nonzero = np.array([value for value in values if value])
    if len(nonzero) == 0:
        assert sign_flip(np.array(values)) == 1.0
        return
    sums = [
        sum(value if pattern >> place & 1 else -value for place, value in enumerate(nonzero))
        for pattern in range(2 ** len(nonzero))
    ]
    exact = np.mean([total <= nonzero.sum() + 1e-9 for total in sums])
    assert sign_flip(np.array(values)) == pytest.approx(exact)


def test_sign_flip_of_many_agrees_with_scipy(rng: np.random.Generator) -> None:
    values = rng.normal(-0.02, 0.08, 40)
    theirs = scipy.stats.permutation_test(
        (values,), np.mean, permutation_type="samples", alternative="less", n_resamples=9999, rng=3
    ).pvalue
    assert sign_flip(values) == pytest.approx(theirs, abs=0.02)


def test_sign_flip_on_ones_is_mcnemar() -> None:
    assert sign_flip(np.array([-1.0] * 8 + [1.0, 1.0] + [0.0] * 40)) == pytest.approx(st.binomial_tail(8, 10, 0.5))


def test_many_sign_flips_together_are_the_same_as_one_by_one(rng: np.random.Generator) -> None:
    tables = [rng.normal(-0.01, 0.05, n) for n in (40, 40, 40, 9)]
    together = st.sign_flips(tables)
    assert together == pytest.approx([sign_flip(table) for table in tables])


@pytest.mark.long
def test_holm_is_statsmodels(rng: np.random.Generator) -> None:
    from statsmodels.stats.multitest import multipletests

    for size in (1, 2, 7, 16):
        p_values = list(rng.random(size) ** 3)
        assert st.holm(p_values) == pytest.approx(list(multipletests(p_values, method="holm")[1]))


def test_robust_scale_is_scipys(rng: np.random.Generator) -> None:
    values = rng.normal(0, 0.05, 61)
    theirs = scipy.stats.median_abs_deviation(values, scale="normal")
    assert st.robust_scale(values) == pytest.approx(theirs, rel=1e-4)


def test_upper_limit_of_the_sd_is_exceeded_as_rarely_as_it_says(rng: np.random.Generator) -> None:
    under = [st.sd_upper(float(rng.normal(0, 1, 20).std(ddof=1)), 19) >= 1 for _ in range(1200)]
    assert np.mean(under) == pytest.approx(0.8, abs=0.03)


def test_clusters_needed_agree_with_statsmodels_power() -> None:
    from statsmodels.stats.power import TTestPower

    theirs = TTestPower().solve_power(effect_size=0.02 / 0.05, alpha=0.05, power=0.8, alternative="larger")
    assert st.clusters_needed(0.02, 0.05) == pytest.approx(theirs, abs=2)


@pytest.mark.parametrize(
    ("looks", "alpha", "published"),
    [
        (3, 0.025, (3.7103, 2.5114, 1.9930)),
        (5, 0.025, (4.8769, 3.3569, 2.6803, 2.2898, 2.0310)),
        (2, 0.025, (2.9626, 1.9686)),
    ],
)
def test_boundaries_are_the_published_obrien_fleming_spending_ones(
    looks: int, alpha: float, published: tuple[float, ...]
) -> None:
    assert boundaries(looks, alpha) == pytest.approx(published, abs=0.002)


def test_looks_together_spend_the_level_and_no_more(rng: np.random.Generator) -> None:
    assert spent(1.0, 0.05) == 0.05
    steps = rng.normal(0, 1, (40_000, 3))
    z = steps.cumsum(axis=1) / np.sqrt([1, 2, 3])
    crossed = (z > np.array(boundaries(3, 0.05))).any(axis=1).mean()
    assert crossed == pytest.approx(0.05, abs=0.005)


def test_a_ship_is_planned_only_at_the_looks_named() -> None:
    first, planned = level_at((20, 40, 60), 20, 0.05)
    assert planned
    assert first < 0.001
    assert level_at((20, 40, 60), 33, 0.05) == (0.05, False)
    assert level_at((), 33, 0.05) == (0.05, True)


@pytest.mark.parametrize("n", [60, 400, 3000])
def test_a_total_of_which_few_cost_three_times_as_much_is_covered(n: int, rng: np.random.Generator) -> None:
    """Five CVs in a hundred cost three times as much: by t alone the upper bound held in .63 to .83 of samples."""
    held, runs = 0, 250 if n < 1000 else 100
    for _ in range(runs):
        before = np.exp(rng.normal(0, 0.4, n))
        after = before * np.where(rng.random(n) < 0.05, 3.0, 1.0)
        held += st.ratio_of_totals(after, before, resamples=999).upper >= 1.1
    assert held / runs >= 0.88


def test_a_mean_of_many_is_bounded_as_a_mean_of_few(rng: np.random.Generator) -> None:
    """From 2,000 clusters on a series stands in for resampling: both agree on a skewed sample of that size."""
    values = -rng.gamma(0.5, 0.02, st.LARGE)
    series = st.paired_mean(values)
    resampled = st.paired_mean(values[:-1], resamples=1999)
    assert series.value - series.lower == pytest.approx(resampled.value - resampled.lower, rel=0.06)
    assert series.upper - series.value == pytest.approx(resampled.upper - resampled.value, rel=0.06)
    assert "Hall" in series.method
    assert "bootstrap-t" in resampled.method


def test_sign_flips_of_many_are_those_of_few(rng: np.random.Generator) -> None:
    values = rng.normal(-0.02, 1.0, st.LARGE + 500)
    normal = st.sign_flips([values])[0]
    drawn = st.sign_flips([values[: st.LARGE - 1]])[0]
    assert 0 < normal < 1
    few = float(scipy.stats.norm.sf(-values[: st.LARGE - 1].sum() / np.sqrt((values[: st.LARGE - 1] ** 2).sum())))
    assert drawn == pytest.approx(few, abs=0.02)


@pytest.mark.long
def test_draws_dealt_anew_to_many_are_as_to_few(rng: np.random.Generator) -> None:
    one, two = ((rng.random((190, 3)) < rate).astype(float) for rate in (0.42, 0.36))
    few = st.dealt_anew(one, two, resamples=4999)
    both = np.vstack([one, np.full((400, 3), 0.0)]), np.vstack([two, np.full((400, 3), 0.0)])
    assert st.dealt_anew(*both, resamples=4999) == pytest.approx(few, abs=0.02)
    many = st.dealt_anew(np.vstack([one, one]), np.vstack([two, two]))
    shares = one.mean(axis=1) - two.mean(axis=1)
    assert many < few
    assert shares.sum() > 0
