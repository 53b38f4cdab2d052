"""Answers beside what they must be; tables, bounds, gaps and the estimate made of them."""

import copy

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.types import Failure
from harness.gates.simultaneous import clusters_for, max_t, missed
from harness.probes.catalogue import RELATIONS
from harness.probes.changes import Same, Swapped, WithItem, WithoutItem, Years
from harness.probes.estimate import FieldEstimate, beside, estimates
from harness.probes.gaps import axis_of
from harness.probes.judge import Asked, judge
from harness.probes.tables import held, probed, proportion, share
from harness.probes.types import Probe

CV = {
    "personal_info": {"name": "Anna Bell", "email": "anna@example.com", "phone": "", "location": "", "linkedin": "",
                      "portfolio": "", "summary": ""},
    "work_experience": [{"id": "w1", "company": "Quill Works", "title": "Clerk", "start_date": "Jan 2019",
                         "end_date": "Present", "location": "", "description": ["Filed 300 papers a day"],
                         "skills": []}],
    "education": [], "skills": ["Filing", "Typing"], "projects": [], "certifications": [], "languages": [],
    "training": [],
}  # fmt: skip
TEXT = (
    "Anna Bell\nanna@example.com\nQuill Works\nClerk\nJanuary 2019 - Present\n- Filed 300 papers a day\nFiling, Typing"
)


def asked(change, *, text=TEXT, relation="upper_case", variant="", person="p", planted=(), arm="candidate"):
    return Asked(person, person, arm, 0, RELATIONS[relation], Probe(text, change, variant, "", planted))


def test_an_answer_that_changes_just_so_holds_and_one_that_does_not_is_told_field_by_field():
    change = Swapped((("Quill Works", "Norhaven Group"),))
    text = TEXT.replace("Quill Works", "Norhaven Group")
    right = copy.deepcopy(CV)
    right["work_experience"][0]["company"] = "Norhaven Group"
    planted = (("work_experience[].company", "Norhaven Group"),)
    good = judge(asked(change, text=text, planted=planted), CV, right)
    assert good.holds
    assert good.f1 == 1
    assert good.planted == {"work_experience[].company": (1, 1)}
    bad = judge(asked(change, text=text, planted=planted), CV, CV)
    assert not bad.holds
    assert [one.field for one in bad.differences] == ["work_experience[].company"]
    assert bad.planted == {"work_experience[].company": (1, 0)}


def test_what_was_put_in_is_found_in_any_form_that_the_scorer_takes_for_the_same():
    planted = (("work_experience[].start_date", "2017-01"), ("work_experience[].company", "Norhaven Group"))
    given = copy.deepcopy(CV)
    given["work_experience"][0] |= {"start_date": "01/2017", "company": "norhaven  group"}
    found = judge(asked(Same(), planted=planted), CV, given).planted
    assert found == {"work_experience[].start_date": (1, 1), "work_experience[].company": (1, 1)}
    given["work_experience"][0] |= {"start_date": "02/2017", "company": "Norhaven"}
    found = judge(asked(Same(), planted=planted), CV, given).planted
    assert found == {"work_experience[].start_date": (1, 0), "work_experience[].company": (1, 0)}


def test_what_the_arm_misread_at_first_is_expected_to_be_misread_again():
    misread = copy.deepcopy(CV)
    misread["work_experience"][0]["title"], misread["work_experience"][0]["company"] = "Quill Works", "Clerk"
    assert judge(asked(Same()), misread, misread).holds


def test_nothing_is_said_where_the_first_answer_is_none_or_lacks_what_was_changed():
    assert judge(asked(Same()), Failure("provider", "timeout", ""), CV) is None
    assert judge(asked(WithoutItem("Juggling")), CV, CV) is None
    assert judge(asked(WithItem("Juggling", "Archery")), CV, CV) is None
    assert judge(asked(Same()), [1, 2], CV) is None


def test_an_answer_that_failed_is_wrong_and_says_so():
    lost = judge(asked(Same()), CV, Failure("unparseable", "broken_json", ""))
    assert lost.failed
    assert lost.f1 == 0
    assert not lost.holds


def test_years_move_in_dates_and_statements_and_nowhere_else():
    cv = copy.deepcopy(CV)
    cv["personal_info"]["phone"] = "+44 20 2019 0000"
    cv["skills"] = ["ISO 9001:2015", "Plan 2020.1", "x2019"]
    moved = Years(-3).of(cv).cv
    assert moved["work_experience"][0]["start_date"] == "Jan 2016"
    assert moved["work_experience"][0]["end_date"] == "Present"
    assert moved["personal_info"]["phone"] == "+44 20 2019 0000"
    assert moved["skills"] == ["ISO 9001:2012", "Plan 2020.1", "x2019"]


def answers(people, harm=lambda person, variant: None, relation="names"):
    """Judged answers of so many people to every variant of a relation; harm changes the answer of some."""
    made = []
    for number in range(people):
        for variant in RELATIONS[relation].variants:
            answer = copy.deepcopy(CV)
            change = harm(number, variant)
            if change:
                change(answer)
            made.append(judge(asked(Same(), relation=relation, variant=variant, person=f"p{number:02d}"), CV, answer))
    return made


def test_a_group_whose_names_are_cut_is_found_and_nothing_else_is():
    def cut(person, variant):
        return (lambda cv: cv["personal_info"].update(name="Anna")) if variant == "igbo:women" else None

    axis = axis_of(answers(12, cut), "names")
    assert axis.shown
    assert (axis.worst.group, axis.worst.measure) == ("igbo:women", "name")
    assert axis.worst.gap == pytest.approx(-1 + 1 / len(RELATIONS["names"].variants))
    ratios = {one.group: one.ratio for one in axis.figures if one.measure == "name"}
    assert ratios["igbo:women"] == 0
    assert ratios["igbo:men"] == 1
    quiet = axis_of(answers(12), "names")
    assert not quiet.shown


def test_a_person_without_all_groups_counts_in_no_gap():
    made = [one for one in answers(10) if not (one.persona == "p00" and one.variant == "zulu:men")]
    assert {one.n for one in axis_of(made, "names").figures} == {9}


def test_tables_say_how_often_a_relation_holds_with_people_as_units():
    made = [judge(asked(Same(), person=f"p{n}"), CV, CV) for n in range(9)]
    made += [judge(asked(Same(), person=f"p{n}", relation="nothing"), CV, CV) for n in range(9)]
    wrong = copy.deepcopy(CV)
    wrong["skills"] = ["Filing"]
    made[0] = judge(asked(Same(), person="p0"), CV, wrong)
    row = next(one for one in held(made) if one.relation == "upper_case")
    assert row.holds.value == pytest.approx(8 / 9)
    assert row.holds.n == 9
    assert row.beside_control.value < 0 < row.beside_control.upper
    assert row.fields["skills[]"][0] < 1
    evidence = probed(made)
    assert evidence.relations == ("upper_case",)
    assert evidence.invariance["candidate"].shape == (9, 1)


def test_eight_people_who_are_all_alike_leave_much_open():
    none = proportion(np.zeros(8))
    assert (none.value, none.lower) == (0, 0)
    assert none.upper == pytest.approx(1 - 0.05 ** (1 / 8))
    every = proportion(np.array([1.0] * 8 + [np.nan]))
    assert (every.value, every.upper, every.n) == (1, 1, 8)
    assert every.lower == pytest.approx(0.05 ** (1 / 8))
    parts = proportion(np.array([0.5] * 8))
    assert parts.lower < 0.25 < 0.75 < parts.upper
    assert proportion(np.array([np.nan])).value is None
    assert share(np.ones(7)).lower is None


def test_the_estimate_takes_the_worst_of_what_is_seen():
    made = [judge(asked(Same(), person=f"p{n}", relation="nothing"), CV, CV) for n in range(3)]
    fields, whole = estimates(made, {"skills[]": (10, 8)})
    of = {one.field: one for one in fields}
    assert of["skills[]"].estimate == 0.8
    assert of["personal_info.name"].estimate == 1
    assert 0.8 < whole < 1
    planted = (("work_experience[].company", "Norhaven Group"),)
    made = [judge(asked(Same(), person=f"p{n}", relation="nothing", planted=planted), CV, CV) for n in range(12)]
    assert {one.field: one.estimate for one in estimates(made, {})[0]}["work_experience[].company"] == 0
    assert estimates([], {}) == ((), None)


def test_simultaneous_bounds_hold_all_true_means_at_once_and_widen_with_columns():
    rng = np.random.default_rng(3)
    inside = 0
    for seed in range(60):
        table = rng.standard_t(5, size=(40, 30)) + rng.standard_normal((40, 1))
        bounds = max_t(table, confidence=0.95, seed=seed, resamples=499)
        inside += bool(((bounds.lower <= 0) & (bounds.upper >= 0)).all())
    assert inside >= 54
    alone = max_t(table[:, :1], confidence=0.95)
    assert alone.critical < bounds.critical


def test_few_people_have_no_bounds_and_constant_columns_no_certainty():
    few = max_t(np.ones((3, 2)), confidence=0.95)
    assert not few.usable.any()
    assert np.isnan(few.lower).all()
    still = max_t(np.zeros((20, 2)), confidence=0.95, floor=0.1)
    assert (still.lower < 0).all()
    assert (still.upper > 0).all()


@given(st.integers(8, 60), st.integers(1, 40), st.sampled_from([0.0, 1.0]))
def test_a_share_in_which_all_people_are_alike_is_no_surer_than_that_many_people_allow(people, columns, said):
    table = np.full((people, columns), said)
    bounds = max_t(table, confidence=0.95, shares=np.ones(columns, dtype=bool))
    exact = 1 - (0.05 / 2 / columns) ** (1 / people)  # Clopper and Pearson's bound of 0 of n
    assert bounds.upper - bounds.means == pytest.approx(np.full(columns, exact if said == 0 else 0))
    assert bounds.means - bounds.lower == pytest.approx(np.full(columns, exact))
    enough = clusters_for(exact, 0.0, bounds.critical, bounds.rare)
    assert enough <= people + 1
    assert missed(np.array(float(enough)), bounds.rare) <= exact + 1e-9


def test_bounds_of_a_share_hold_where_people_who_are_read_otherwise_are_rare():
    rng, outside = np.random.default_rng(5), 0
    for seed in range(300):
        table = -(rng.random((14, 28)) < 0.08).astype(float)
        bounds = max_t(table, confidence=0.95, shares=np.ones(28, dtype=bool), seed=seed, resamples=499)
        outside += bool((bounds.lower > -0.08).any() or (bounds.upper < -0.08).any())
    assert outside <= 25  # 15 are expected at most


def test_what_another_arm_finds_in_the_text_and_this_one_never_gives_was_not_found():
    def field(name, estimate, leaves, grounded=1.0):
        return FieldEstimate(name, estimate, 1.0, leaves, None, 0, grounded)

    narrow = [field("a", 0.9, 10)]
    wide = [field("a", 0.8, 10), field("b", 0.7, 30), field("c", 0.9, 50, grounded=0.2)]
    fields, whole = beside(narrow, [narrow, wide])
    assert [(one.field, one.estimate, one.leaves) for one in fields] == [("a", 0.9, 10), ("b", 0.0, 30)]
    assert whole == pytest.approx(0.9 * 10 / 40)
    assert beside(wide, [narrow, wide]) == (tuple(wide), pytest.approx((8 + 21 + 45) / 90))
    assert beside(narrow, []) == (tuple(narrow), 0.9)
    assert beside([], []) == ((), None)
