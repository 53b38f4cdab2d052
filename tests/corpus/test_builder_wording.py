"""Dates as CVs spell them, and as the contract wants them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.corpus.builder.content import Date
from harness.corpus.builder.wording import DATE_STYLES, KEYS, TITLES, contract_date, spell, spell_period
from harness.values.dates import parse_date

dates = st.builds(Date, st.integers(1980, 2030), st.integers(0, 12))


@given(dates, st.sampled_from(DATE_STYLES))
def test_spelling_and_contract_form_name_the_same_date(date: Date, style: str) -> None:
    assert parse_date(spell(date, style, "en")) == parse_date(contract_date(date, style))


@pytest.mark.parametrize(
    ("style", "printed"),
    [
        ("mmm_yyyy", "Mar 2019 – Present"),
        ("month_yyyy", "March 2019 - Present"),
        ("mm_yyyy", "03/2019 – Current"),
        ("iso", "2019-03 to present"),
        ("short", "Mar '19 – Now"),
        ("year", "2019–Present"),
        ("words", "Since March 2019"),
    ],
)
def test_a_running_role(style: str, printed: str) -> None:
    assert spell_period(Date(2019, 3), "present", style, "en") == printed


def test_only_what_is_known_is_printed() -> None:
    assert spell_period(None, None, "iso", "en") == ""
    assert spell_period(None, Date(2012), "iso", "en") == "2012"
    assert spell_period(Date(2012, 5), None, "iso", "en") == "2012-05"
    assert contract_date(None, "iso") == ""
    assert contract_date("present", "year") == "Present"


@pytest.mark.parametrize(
    ("language", "printed"),
    [("de", "seit Mai 2020"), ("fr", "depuis mai 2020"), ("ja", "2020年5月 – 現在"), ("he", "מאז מאי 2020")],
)
def test_other_languages(language: str, printed: str) -> None:
    assert spell_period(Date(2020, 5), "present", "words", language) == printed


def test_every_title_set_names_every_section() -> None:
    for name, titles in TITLES.items():
        assert set(titles) == set(KEYS), name
        assert len(set(titles.values())) == len(titles), name
