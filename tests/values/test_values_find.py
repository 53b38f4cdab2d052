import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.values.find import haystack

TEXT = """Dr. Anna MÜLLER-LÜDENSCHEID
anna@example.com • +44 20 7946 0123 • linkedin.com/in/anna-m
EXPERIENCE
Sr. Software Eng. – Acme GmbH,   London   UK     03/2018 – heute
• Led a team of 12 engineers and reduced costs by 40 % across 1,200 stores; manage-
  ment of everything that moves
• Built C++ and Go services; go figure
Analyst, Globex, Jan - Mar 2015
BSc (Hons) in Physics, Universität München, 2011/12
German: native
経歴 東京大学 2009年4月
"""


@pytest.mark.parametrize(
    ("value", "kind", "found"),
    [
        ("Anna Müller-Lüdenscheid", "name", "Anna MÜLLER-LÜDENSCHEID"),
        ("Müller-Lüdenscheid, Anna", "name", "Anna MÜLLER-LÜDENSCHEID"),
        ("ANNA@example.com", "email", "anna@example.com"),
        ("020 7946 0123", "phone", "+44 20 7946 0123"),
        ("https://www.linkedin.com/in/anna-m/", "linkedin", "anna-m"),
        ("Acme", "organisation", "Acme"),
        ("London, United Kingdom", "place", "London"),
        ("Mar 2018", "date", "03/2018"),
        ("Present", "date", "heute"),
        ("2018", "date", "2018"),
        ("Jan 2015", "date", "Jan - Mar 2015"),
        ("2012", "date", "2011/12"),
        ("Apr 2009", "date", "2009年4月"),
        ("Go", "skill", "Go"),
        ("C++", "skill", "C++"),
        ("Bachelor of Science", "degree", "BSc"),
        ("東京大学", "organisation", "東京大学"),
        ("Deutsch", "language", "German"),
        ("Muttersprache", "level", "native"),
        ("Built C++ and Go services", "text", "Built C++ and Go services"),
        (
            "Led a team of 12 engineers and reduced costs by 40% across 1200 stores; management of everything "
            "that moves",
            "text",
            "Led a team of 12 engineers and reduced costs by 40 % across 1,200 stores; manage-\n"
            "  ment of everything that moves",
        ),
    ],
)
def test_found_with_its_place(value, kind, found):
    place = haystack(TEXT).find(value, kind)
    assert place is not None
    assert TEXT[place.start : place.end] == found


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Senior Software Engineer", "title"),  # from "Sr. Software Eng."
        ("Led team of 12 engineers and reduced cost by 40 %", "text"),  # a word and a letter less
    ],
)
def test_found_in_another_spelling(value, kind):
    assert haystack(TEXT).find(value, kind) is not None


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("Anna Schmidt", "name"),
        ("bob@example.com", "email"),
        ("+44 20 7946 0999", "phone"),
        ("Apr 2018", "date"),
        ("2016", "date"),
        ("C", "skill"),
        ("Java", "skill"),
        ("GO", "skill"),
        ("Master of Science", "degree"),
        ("Led a team of 12 engineers and reduced costs by 400% across 1200 stores", "text"),
        ("Managed 5 people in a big bank of Europe", "text"),
        ("French", "language"),
    ],
)
def test_not_there(value, kind):
    assert haystack(TEXT).find(value, kind) is None


def test_the_place_nearest_after_an_offset_is_preferred():
    text = "Engineer at A, 2019\n" + "x " * 50 + "\nEngineer at B, 2019"
    later = text.rindex("Engineer")
    found = haystack(text).find("Engineer", "title", later - 5)
    assert found is not None
    assert found.start == later


@pytest.mark.parametrize(("near", "start"), [(0, 0), (1, 22), (22, 22), (23, 0)])
def test_of_a_date_printed_twice_the_next_one_is_preferred_then_the_first(near, start):
    found = haystack("March 2019 - 04/2020, March 2019").find("2019-03", "date", near)
    assert found is not None
    assert found.start == start


def test_a_running_role_needs_a_sign_of_it():
    assert haystack("Engineer, 2018 - present").find("Present", "date") is not None
    assert haystack("Engineer, since March 2018").find("Present", "date") is not None
    assert haystack("Engineer, 2018 - 2019").find("Present", "date") is None


@given(st.lists(st.text(" \n\t\u00a0", min_size=1, max_size=4), min_size=2, max_size=12), st.data())
def test_offsets_hold_across_gaps_of_any_kind(gaps, data):
    words = [f"w\u00f6rd{number}" for number in range(len(gaps) - 1)]
    text = "".join(gap + word for gap, word in zip(gaps, [*words, ""], strict=True))
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    found = haystack(text).find(" ".join(words[first : last + 1]).replace("\u00f6", "o\u0308").upper(), "organisation")
    assert found == (text.index(words[first]), text.index(words[last]) + len(words[last]))
