import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.scoring.align import align
from harness.scoring.assign import best_pairs, by_scipy, by_subsets
from harness.scoring.layout import section_of
from harness.scoring.reading import read_cv

edges = st.dictionaries(
    st.tuples(st.integers(0, 5), st.integers(0, 5)),
    st.integers(0, 500).map(lambda weight: weight / 1000),
    min_size=1,
    max_size=20,
)


@settings(deadline=None)  # the first call imports scipy
@given(edges)
def test_subsets_and_scipy_find_the_same_sum(weights):
    small, large = by_subsets(weights), by_scipy(weights)
    assert sum(weights[pair] for pair in small) == pytest.approx(sum(weights[pair] for pair in large))
    assert len(small) == len(large)
    assert len({row for row, _ in small}) == len({column for _, column in small}) == len(small)


@settings(deadline=None)  # the first call imports scipy
@given(edges)
def test_groups_solved_apart_are_solved_as_well_as_together(weights):
    apart = best_pairs(weights)
    assert sum(weights[pair] for pair in apart) == pytest.approx(sum(weights[pair] for pair in by_scipy(weights)))


def test_one_good_pair_before_two_mediocre_ones():
    """Plain sums would prefer .55 + .55 to .95."""
    similarities = {(0, 0): 0.95, (0, 1): 0.55, (1, 0): 0.55}
    assert (0, 0) in best_pairs({pair: value - 0.5 for pair, value in similarities.items()})


def test_a_large_group_is_solved_too():
    rng = random.Random(1)
    weights = {(row, column): rng.random() / 2 for row in range(12) for column in range(12)}
    assert len(best_pairs(weights)) == 12


def roles(*entries):
    names = ("company", "title", "start_date", "end_date", "description")
    cv = {"work_experience": [dict(zip(names, entry, strict=False)) for entry in entries]}
    return read_cv(cv).sections["work_experience"]


def pairs(golden, answer):
    return align(golden, answer, section_of("work_experience"))


def test_a_role_is_found_wherever_it_stands():
    golden = roles(
        ("Acme", "Cook", "2019", "2020"), ("Globex", "Waiter", "2017", "2018"), ("Initech", "Porter", "2015", "2016")
    )
    assert pairs(golden, golden[::-1]) == [(0, 2), (1, 1), (2, 0)]


def test_a_role_with_another_company_is_still_the_same():
    assert pairs(roles(("Acme", "Cook", "2019", "2020")), roles(("Initech", "Cook", "2019", "2020"))) == [(0, 0)]


def test_a_role_with_only_its_bullets_left_is_still_the_same():
    bullets = ["Baked bread before dawn in a listed mill", "Sold it by noon to three hotels"]
    golden = roles(("Acme", "Cook", "2019", "2020", bullets))
    assert pairs(golden, roles(("Initech", "Porter", "2019", "2020", bullets))) == [(0, 0)]


def test_other_roles_are_no_pair():
    assert pairs(roles(("Acme", "Cook", "2019", "2020")), roles(("Acme", "Waiter", "2015", "2016"))) == []


def test_ties_are_broken_by_content():
    """Two gigs that only their place tells apart: the right one is taken, wherever they stand."""
    names = ("company", "title", "start_date", "end_date", "location")

    def gigs(*places):
        cv = {
            "work_experience": [
                dict(zip(names, ("Acme", "Cook", "2019", "2020", place), strict=True)) for place in places
            ]
        }
        return read_cv(cv).sections["work_experience"]

    assert pairs(gigs("Oslo", "Bergen"), gigs("Bergen", "Oslo")) == [(0, 1), (1, 0)]
    assert pairs(gigs("Oslo", "Bergen"), gigs("Oslo", "Bergen")) == [(0, 0), (1, 1)]


def test_the_same_months_and_a_word_in_common_do_not_make_two_jobs_one():
    golden = roles(("Alberta Grain Growers Board", "Head of Seed Quality Laboratory", "03/2016", "05/2018"))
    answer = roles(("Alberta Sugar Refinery Company", "Laboratory Cleaner at Night", "03/2016", "05/2018"))
    assert pairs(golden, answer) == []
