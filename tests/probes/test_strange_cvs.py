"""Every relation on CVs of kinds that it was not made for: none breaks, and what it expects stands in the changed text.
Where a change cannot be made for certain, it is left out."""

import time

import pytest
from strange_cvs import CVS, people

from harness.corpus.check_text import in_text
from harness.corpus.goldens import leaves
from harness.probes.catalogue import RELATIONS, chosen, probes_of

SOME = ("form", "content", "older", "address", "pronouns")


def changes(kind, relations):
    """Changed texts of a CV by relation."""
    text, right = CVS[kind]
    found: dict[str, list[str]] = {name: [] for name in RELATIONS}
    for relation, probe in probes_of(text, right, chosen(relations), 7).probes:
        found[relation.name].append(probe.text)
    return found


def not_so(kind, relations):
    """Values that a probe expects and its changed text does not have, though the unchanged one has them."""
    text, right = CVS[kind]
    absent = {value for path, value in leaves(right) if value and not in_text(text, path, value)}
    for relation, probe in probes_of(text, right, chosen(relations), 7).probes:
        expected = probe.change.of(right)
        assert expected is not None, relation.name
        for path, value in leaves(expected.cv):
            as_printed = (value, *expected.accept.get(path, ()))
            if value and value not in absent and not any(in_text(probe.text, path, one) for one in as_printed):
                yield relation.name, probe.variant, path, value


@pytest.mark.parametrize(
    "kind", ["dates with points", "headings as values", "one line", "Turkish", "Chinese", "patterns"]
)
def test_what_is_expected_of_a_strange_cv_stands_in_the_changed_text(kind):
    assert not list(not_so(kind, SOME))


@pytest.mark.long
@pytest.mark.parametrize("kind", CVS)
def test_what_is_expected_of_any_strange_cv_with_any_relation_stands_in_the_changed_text(kind):
    assert not list(not_so(kind, ()))


@pytest.mark.long
def test_every_kind_but_an_empty_one_has_probes_and_leaves_some_out():
    assert len(CVS) >= 50
    for kind, (text, right) in CVS.items():
        made = probes_of(text, right, chosen(("form",)), 7)
        assert bool(made.probes) == bool(text.strip()), kind
        assert made.left_out, kind


def test_years_with_points_move_with_the_others():
    assert "09.2016" in changes("dates with points", ("years_shifted",))["years_shifted"][0]
    assert not changes("dates of two digits", ("years_shifted",))["years_shifted"]
    assert not changes("dates of another calendar", ("years_shifted",))["years_shifted"]


def test_a_date_is_not_respelt_where_a_day_would_be_left_over():
    assert not changes("dates with days as in files", ("dates_respelt",))["dates_respelt"]
    assert "Sep 2019 -" in changes("dates with days", ("dates_respelt",))["dates_respelt"][0]


def test_a_dash_within_a_date_is_no_bullet():
    assert not changes("a date broken by a line", ("bullets_marked",))["bullets_marked"]


def test_a_skill_that_is_called_like_a_section_is_no_heading():
    made = changes("headings as values", ("headings_translated", "headings_reworded"))
    assert made["headings_translated"]
    for text in (*made["headings_translated"], *made["headings_reworded"]):
        assert "\nTraining\nLanguages\nProjects\n" in text


def test_a_name_is_changed_only_where_it_stands_alone():
    assert changes("plain", ("names",))["names"]
    assert not changes("the name on each page", ("names",))["names"]
    assert not changes("somebody else's data", ("names",))["names"]
    for text in changes("somebody else first", ("names",))["names"]:
        assert "ada@example.org" in text


def test_numbers_that_are_parts_of_names_stay():
    kept = ("Office 365", "COVID-19", "24/7", "99%", "Fortune 500")
    for seed in range(8):
        text, right = CVS["numbers that are names"]
        for relation, probe in probes_of(text, right, chosen(("number_changed",)), seed).probes:
            assert all(one in probe.text for one in kept), relation.name


def test_a_statement_whose_end_is_not_certain_is_not_taken_out():
    for seed in range(8):
        text, right = CVS["bullets cut short by the reader"]
        for relation, probe in probes_of(text, right, chosen(("bullet_removed",)), seed).probes:
            if relation.name == "bullet_removed":
                assert "northern depot of\nNewcastle" in probe.text


def test_a_value_within_a_longer_word_is_not_that_value():
    for seed in range(8):
        text, right = CVS["letters with marks"]
        for _, probe in probes_of(text, right, chosen(("employer_changed",)), seed).probes:
            assert "Cafés Unis" in probe.text or "Café," in probe.text


@pytest.mark.long
def test_a_cv_of_hundreds_of_roles_takes_seconds():
    text, right = people(300)
    begun = time.process_time()
    assert probes_of(text, right, chosen(()), 7).probes
    assert time.process_time() - begun < 20
