"""The smallest text that shows a loss, on losses whose cause is known."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.review.shrink import LEVELS, shrink, units

CV = """Ada Quill
ada@example.com

Work
Northwind Supply, Site Lead
- Cut stock losses by 40 %
- Led the night rota

Languages
English (native), Basque (fluent)

Skills
SQL, Excel
"""


def needs(*words: str):
    def shows(texts: Sequence[str]) -> list[bool]:
        return [all(word in text for word in words) for text in texts]

    return shows


@given(st.text(alphabet="ab \n\t,", max_size=80), st.sampled_from(LEVELS))
def test_joined_units_are_the_text(text: str, level) -> None:
    assert "".join(units(text, level)) == text


def test_one_word_is_left_where_one_word_does_it() -> None:
    found = shrink(CV, needs("Basque"), most=500)
    assert found.text.strip() == "Basque"
    assert found.minimal
    assert found.tested < 60
    assert [level for level, _ in found.reached] == list(LEVELS)


def test_what_is_needed_together_stays_together() -> None:
    found = shrink(CV, needs("Northwind", "40"), most=500)
    assert found.text.split() == ["Northwind", "40"]


def test_each_text_is_asked_about_once_and_never_an_empty_one() -> None:
    seen: list[str] = []

    def shows(texts: Sequence[str]) -> list[bool]:
        seen.extend(texts)
        return ["SQL" in text for text in texts]

    found = shrink(CV, shows, most=500)
    assert len(seen) == len(set(seen)) == found.tested
    assert all(text.strip() for text in seen)


def test_a_cap_ends_it_with_the_smallest_so_far() -> None:
    found = shrink(CV, needs("Basque"), most=6)
    assert found.tested == 6
    assert not found.minimal
    assert "Basque" in found.text
    assert len(found.text) < len(CV)


def test_a_text_that_does_not_show_it_is_refused() -> None:
    with pytest.raises(ValueError, match="whole text"):
        shrink(CV, needs("Klingon"), most=10)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40), st.data())
def test_no_single_word_can_be_left_out_of_the_result(words: list[str], data) -> None:
    needed = data.draw(st.sets(st.sampled_from(sorted(set(words))), min_size=1))

    def shows(texts: Sequence[str]) -> list[bool]:
        return [needed <= set(text.split()) for text in texts]

    found = shrink(" ".join(words), shows, most=2000)
    assert sorted(found.text.split()) == sorted(needed)
