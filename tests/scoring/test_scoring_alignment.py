import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.scoring.align import align, is_repeat
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


def studies(*entries):
    cv = {"education": [dict(zip(("institution", "degree", "field"), entry, strict=False)) for entry in entries]}
    return read_cv(cv).sections["education"]


def test_one_of_two_entries_alike_in_all_that_tells_is_found_by_the_rest():
    """Two gigs of one name and time are no evident pair with the one that the golden has: their places decide."""
    names = ("company", "title", "start_date", "end_date", "location")

    def gigs(*places):
        told = [dict(zip(names, ("Acme", "Cook", "2019", "2020", place), strict=True)) for place in places]
        return read_cv({"work_experience": told}).sections["work_experience"]

    assert pairs(gigs("Oslo"), gigs("Oslo", "Bergen")) == [(0, 0)]
    assert pairs(gigs("Oslo"), gigs("Bergen", "Oslo")) == [(0, 1)]


def test_degree_and_field_that_are_divided_otherwise_are_the_same_study():
    section = section_of("education")
    golden = studies(("", "BSc", "Marine Biology"))
    assert align(golden, studies(("", "BSc Marine Biology", "")), section) == [(0, 0)]
    assert align(golden, studies(("", "BSc Roman Law", "")), section) == []


def test_bullets_count_for_less_than_what_tells_a_role():
    """The role that is the same but for its company is preferred to one of which only the bullets are the same."""
    bullets = ["Baked bread before dawn in a listed mill", "Sold it by noon to three hotels"]
    others = ["Answered the telephone and sorted the post", "Kept the minutes of the board"]
    golden = roles(("Acme", "Cook", "2019", "2020", bullets))
    answer = roles(("Initech", "Porter", "2019", "2020", bullets), ("Acme", "Cook", "2019", "2020", others))
    assert pairs(golden, answer) == [(0, 1)]


def test_other_dates_alone_do_not_make_another_role():
    assert pairs(roles(("Acme", "Cook", "2019", "2020")), roles(("Acme", "Cook", "2001", "2002"))) == [(0, 0)]


def test_a_company_in_common_and_other_bullets_are_no_pair():
    golden = roles(("Acme", "Cook", "2019", "2020", ["Baked bread before dawn in a listed mill"]))
    answer = roles(("Acme", "Waiter", "2001", "2002", ["Kept the minutes of the board"]))
    assert pairs(golden, answer) == []


def test_what_tells_an_entry_weighs_more_than_all_the_rest():
    """One candidate lacks the start and has all the skills, the other lacks the end and has none: the start tells
    more."""
    names = ("company", "title", "start_date", "end_date", "skills")

    def told(*entries):
        work = [dict(zip(names, entry, strict=True)) for entry in entries]
        return read_cv({"work_experience": work}).sections["work_experience"]

    skills = ["Bread", "Cakes", "Pastry", "Sugar", "Ovens"]
    golden = told(("Acme", "Cook", "2019", "2020", skills))
    assert pairs(golden, told(("Acme", "Cook", "", "2020", skills), ("Acme", "Cook", "2019", "", []))) == [(0, 1)]


def repeats(entry, of):
    (one,), (other,) = roles(entry), roles(of)
    return is_repeat(one, other, section_of("work_experience"))


def test_an_entry_said_again_is_a_repeat_and_one_that_differs_in_what_tells_is_none():
    role = ("Acme", "Cook", "Mar 2019", "Apr 2020")
    assert repeats(role, role)
    assert repeats(("Acme", "Cook"), role)  # it says nothing else
    assert not repeats(("Acme", "Waiter", "Mar 2019", "Apr 2020"), role)
    assert not repeats(("Acme", "Cook", "Mar 2018", "Apr 2020"), role)
    assert not repeats(role, ("Acme", "Cook"))  # it has dates that the other lacks
    assert not repeats(("", "", "", "", ["Baked bread"]), role)  # nothing of it tells which entry it is


def test_a_repeat_has_the_same_bullets_where_both_have_any():
    bullets = ["Baked bread before dawn in a listed mill", "Sold it by noon to three hotels"]
    others = ["Answered the telephone and sorted the post", "Kept the minutes of the board"]
    role = ("Acme", "Cook", "Mar 2019", "Apr 2020")
    assert repeats((*role, bullets), (*role, bullets))
    assert repeats(role, (*role, bullets))
    assert repeats((*role, bullets), role)
    assert not repeats((*role, others), (*role, bullets))
