"""A part of a value exchanged for another: the CV's text decides whether it is another value."""

from __future__ import annotations

import pytest

from harness.base.types import Json
from harness.scoring.score import score
from harness.scoring.types import FieldOutcome
from tests.scoring.exchanged_values import (
    FORMS_RIGHT,
    FORMS_WRONG,
    NAMES_RIGHT,
    NAMES_WRONG,
    SKILLS_RIGHT,
    SKILLS_WRONG,
    WORDS_RIGHT,
    WORDS_WRONG,
)


def _cv(field: str, value: str) -> Json:
    if field == "name":
        return {"personal_info": {"name": value, "email": "a@example.org"}}
    if field == "skill":
        return {"skills": [value, "Zymurgy"]}
    dates = {"start_date": "Jan 2001", "end_date": "Feb 2004"}
    if field == "institution":
        return {"education": [{"institution": value, "degree": "BSc", **dates}]}
    role = {"company": "Zephyrworks", "title": "Xylographer", **dates}
    return {"work_experience": [{**role, field: value}]}


def _errors(field: str, line: str, golden: str, answer: str, *, text: bool = True) -> list[FieldOutcome]:
    source = f"{line}\nXylographer at Zephyrworks, Jan 2001 - Feb 2004. Zymurgy. a@example.org\n"
    found = score(_cv(field, answer), _cv(field, golden), source if text else None)
    return [outcome for outcome in found.outcomes if outcome.kind != "correct"]


WRONG = [
    *(("company", *row) for row in FORMS_WRONG),
    *(("name", *row) for row in NAMES_WRONG),
    *(("skill", *row) for row in SKILLS_WRONG),
    *WORDS_WRONG,
]
RIGHT = [
    *(("company", *row) for row in FORMS_RIGHT),
    *(("name", *row) for row in NAMES_RIGHT),
    *(("skill", *row) for row in SKILLS_RIGHT),
    *WORDS_RIGHT,
]


@pytest.mark.parametrize(("field", "line", "golden", "answer"), WRONG)
def test_what_the_text_has_otherwise_is_not_right(field: str, line: str, golden: str, answer: str) -> None:
    assert _errors(field, line, golden, answer)


@pytest.mark.parametrize(("field", "line", "golden", "answer"), RIGHT)
def test_what_says_the_same_stays_right(field: str, line: str, golden: str, answer: str) -> None:
    assert not _errors(field, line, golden, answer)


@pytest.mark.parametrize(("field", "line", "golden", "answer"), [row for row in WRONG if row[0] in ("company", "name")])
def test_it_is_made_up_where_the_rest_is_right(field: str, line: str, golden: str, answer: str) -> None:
    """A form or a title in the place of another is wrong, and not in the text, though the name without it is."""
    source = f"{line}\nXylographer at Zephyrworks, Jan 2001 - Feb 2004. Zymurgy. a@example.org\n"
    found = score(_cv(field, answer), _cv(field, golden), source)
    assert [outcome.answer for outcome in found.hallucinations] == [answer]


def test_without_the_text_nobody_can_tell() -> None:
    assert not _errors("company", "", "Brandt Logistik GmbH", "Brandt Logistik AG", text=False)
    assert not _errors("name", "", "Anna Muster", "Dr. Anna Muster", text=False)


def test_a_text_that_lacks_the_name_tells_nothing_of_its_titles() -> None:
    assert not _errors("name", "A n n a  M u s t e r", "Anna Muster", "Dr. Anna Muster")
    assert not _errors("company", "Br\nandt Logis tik AG", "Brandt Logistik GmbH", "Brandt Logistik AG")
