"""How an answer is written, beside the CV's text: what the CV prints is right, what it does not print is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from harness.base.types import Json
from harness.contract.check import beside_text, check
from harness.contract.form import MESSAGES, form_problems
from harness.contract.schema import empty_cv
from harness.contract.types import Rung

TEXT = """Zoë Hernández
zoe.hernandez@example.org
Café & Partners, Senior Buyer, 2019 – Present
• Negotiated supplier contracts
• Trained new starters every spring
• Opened a returns desk
LOGISTICS DIRECTOR
Skills: Excel, SAP, Power BI, SAP
Certified: n/a"""

CV: Json = {
    **empty_cv(),
    "personal_info": {
        "name": "Zoë Hernández",
        "email": "zoe.hernandez@example.org",
        "phone": "",
        "location": "",
        "linkedin": "",
        "portfolio": "",
        "summary": "",
    },
    "work_experience": [
        {
            "id": "w1",
            "company": "Café & Partners",
            "title": "Senior Buyer",
            "start_date": "2019",
            "end_date": "Present",
            "location": "",
            "description": [
                "Negotiated supplier contracts",
                "Trained new starters every spring",
                "Opened a returns desk",
            ],
            "skills": [],
        }
    ],
    "skills": ["Excel", "SAP", "Power BI"],
}


def changed(change: Callable[[Any], object]) -> Json:
    answer = copy.deepcopy(CV)
    change(answer)
    return answer


def info(**values: str) -> Callable[[Any], object]:
    return lambda cv: cv["personal_info"].update(values)


def role(**values: object) -> Callable[[Any], object]:
    return lambda cv: cv["work_experience"][0].update(values)


BULLETS = CV["work_experience"][0]["description"]

WRONG = [
    (info(name="ZOË HERNÁNDEZ"), "/personal_info/name", "capitals"),
    (role(title="senior buyer"), "/work_experience/0/title", "small letters"),
    (role(description=[BULLETS[0].upper(), *BULLETS[1:]]), "/work_experience/0/description/0", "capitals"),
    (info(name="Zoe Hernandez"), "/personal_info/name", "accents"),
    (info(name="Hernández Zoë"), "/personal_info/name", "order"),
    (info(name="Ms Zoë Hernández"), "/personal_info/name", "honorific"),
    (info(email="zoe.hernandez @example.org"), "/personal_info/email", "white space"),
    (role(title=" Senior Buyer"), "/work_experience/0/title", "white space"),
    (role(title="Senior\tBuyer"), "/work_experience/0/title", "white space"),
    (role(title="Senior\u200b Buyer"), "/work_experience/0/title", "invisible"),
    (role(company="**Café & Partners**"), "/work_experience/0/company", "marks"),
    (role(company="Café &amp; Partners"), "/work_experience/0/company", "marks"),
    (role(company="[Café] (and [Partners](https://example.org)"), "/work_experience/0/company", "marks"),
    (role(company="[[](x)"), "/work_experience/0/company", "marks"),
    (role(description=[f"<li>{BULLETS[0]}</li>", *BULLETS[1:]]), "/work_experience/0/description/0", "marks"),
    (role(description=[f"- {each}" for each in BULLETS]), "/work_experience/0/description/0", "bullet mark"),
    (role(description=[f"• {BULLETS[0]}"]), "/work_experience/0/description/0", "bullet mark"),
    (role(description=[*BULLETS, BULLETS[0]]), "/work_experience/0/description", "twice"),
    (role(description=BULLETS[::-1]), "/work_experience/0/description", "order"),
    (lambda cv: cv.update(skills=["Excel", "excel "]), "/skills", "twice"),
    (lambda cv: cv.update(skills=["1. Excel", "2. SAP"]), "/skills/0", "bullet mark"),
    (info(phone="N/A"), "/personal_info/phone", "placeholder"),
    (info(phone="-"), "/personal_info/phone", "placeholder"),
    (role(location="Not specified"), "/work_experience/0/location", "placeholder"),
]


@pytest.mark.parametrize(("change", "place", "kind"), WRONG)
def test_what_the_cv_does_not_print_so_is_told(change: Callable[[Any], object], place: str, kind: str) -> None:
    answer = changed(change)
    assert (place, kind) in [(one.pointer, one.rule) for one in form_problems(answer, TEXT)]
    contract = beside_text(check(answer), answer, TEXT)
    assert contract.rung is Rung.STRICT
    assert contract.valid


def test_every_kind_is_tried_above() -> None:
    assert {kind for _, _, kind in WRONG} == set(MESSAGES)


@pytest.mark.parametrize(
    "change",
    [
        lambda cv: None,
        role(title="LOGISTICS DIRECTOR"),
        role(title="Logistics Director"),
        lambda cv: cv.update(skills=["SAP", "Excel", "SAP", "Power BI"]),
        lambda cv: cv.update(skills=["Power BI", "SAP", "Excel"]),
        lambda cv: cv.update(skills=["R", "C", "SQL", "BI"]),
        lambda cv: cv["certifications"].append({"id": "c", "name": "n/a", "issuer": "", "year": "", "expiry": ""}),
        info(linkedin="https://www.linkedin.com/in/zoe", email="Zoe.Hernandez@example.org"),
        info(summary="Buyer of 20\u00a0% more"),
        role(description=["Negotiated supplier contracts.", "−20 % costs", "A “new” line – twice"]),
        role(company="Cafe\u0301 & Partners"),
        role(company="Partners [](x)"),
        role(company="Partners [Café] (x)"),
        role(company=")Partners [Café](x"),
        info(name="Hernández, Zoë"),
    ],
)
def test_what_is_printed_or_carries_nothing_is_right(change: Callable[[Any], object]) -> None:
    answer = changed(change)
    assert form_problems(answer, TEXT) == ()
    assert beside_text(check(answer), answer, TEXT).rung is Rung.FORM


def test_doubled_spaces_of_the_text_are_its_own_and_line_ends_are_nobodys() -> None:
    text = f"{TEXT}\nHead  of   Trade\nHead of\nSales"
    assert form_problems(changed(role(title="Head  of   Trade")), text) == ()
    assert [one.rule for one in form_problems(changed(role(title="Head  of Trade")), text)] == ["white space"]
    assert [one.rule for one in form_problems(changed(role(title="Head of\nSales")), text)] == ["white space"]


def test_what_the_golden_has_is_right() -> None:
    answer = changed(role(title="senior buyer", description=BULLETS[::-1]))
    assert form_problems(answer, TEXT, answer) == ()
    assert [one.rule for one in form_problems(answer, TEXT, CV)] == ["small letters", "order"]


def test_without_a_text_or_a_valid_object_nothing_is_said_of_form() -> None:
    answer = changed(info(name="ZOË HERNÁNDEZ"))
    assert beside_text(check(answer), answer, None) == check(answer)
    broken = {**answer, "skills": "Excel"}
    assert beside_text(check(broken), broken, TEXT) == check(broken)


def test_no_value_is_in_a_message() -> None:
    for change, _, _ in WRONG:
        for one in form_problems(changed(change), TEXT):
            assert one.message == MESSAGES[one.rule]


@given(value=some.text(max_size=30), text=some.text(max_size=60))
def test_any_value_beside_any_text_is_judged_without_an_error(value: str, text: str) -> None:
    answer = changed(role(title=value, description=[value, value]))
    if text:
        beside_text(check(answer), answer, text)
