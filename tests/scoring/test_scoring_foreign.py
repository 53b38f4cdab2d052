"""Another person's data is found in an answer, by name and by place; what people share is nobody's own."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.types import Json
from harness.contract.schema import empty_cv
from harness.scoring.foreign import Foreign, Given, Packed, foreign
from harness.scoring.foreign_words import OwnText, digits_of, plain_words
from harness.scoring.looked import Looked
from harness.scoring.unexplained import packed

ADA: Json = {
    **empty_cv(),
    "personal_info": {
        "name": "Ada Lindqvist",
        "email": "ada.lindqvist@example.org",
        "phone": "+44 20 7946 0011",
        "location": "14 Kiln Lane, Truro TR1 2AB",
        "linkedin": "linkedin.com/in/ada-lindqvist",
        "portfolio": "https://lindqvist-maps.example",
        "summary": "Surveyor of tidal rivers who turns muddy field notes into maps that ferries can steer by.",
    },
    "work_experience": [
        {
            "id": "w1",
            "company": "Estuary Survey Trust",
            "title": "Lead Surveyor",
            "start_date": "Mar 2019",
            "end_date": "Present",
            "location": "Truro",
            "description": [
                "Charted forty miles of shifting sandbanks with a borrowed sonar and two volunteers",
                "Rewrote drone mooring rules",
            ],
            "skills": [],
        }
    ],
    "certifications": [{"id": "c1", "name": "Hydrographic Category B", "issuer": "IHO", "year": "2020", "expiry": ""}],
    "skills": ["QGIS", "Bathymetry", "Sonar", "Tide tables", "Photogrammetry", "Drone pilot"],
}
BEN: Json = {
    **empty_cv(),
    "personal_info": {
        "name": "Ben Okafor",
        "email": "ben.okafor@example.net",
        "phone": "+44 20 7946 0022",
        "location": "Leeds",
        "linkedin": "linkedin.com/in/ben-okafor",
        "portfolio": "",
        "summary": "Payroll clerk, six years with monthly runs for two thousand staff.",
    },
    "work_experience": [
        {
            "id": "w1",
            "company": "Northgate Bakeries",
            "title": "Payroll Clerk",
            "start_date": "Jan 2018",
            "end_date": "Dec 2023",
            "location": "Leeds",
            "description": ["Closed each month two days earlier by checking timesheets weekly"],
            "skills": [],
        }
    ],
    "skills": ["Excel", "Sage", "English"],
}


def printed(cv: Json) -> str:
    """A CV's text: every value on a line of its own, the dates as a page has them."""
    lines: list[str] = []

    def walk(value: Json, name: str = "") -> None:
        if isinstance(value, str) and value and name != "id":
            lines.append(value)
        for key, child in value.items() if isinstance(value, dict) else ():
            walk(child, key)
        for child in value if isinstance(value, list) else ():
            walk(child)

    walk(cv)
    return "\n".join(lines)


PEOPLE = {"ada": "ada", "ben": "ben"}
TEXTS = {"ada": printed(ADA), "ben": printed(BEN)}


def found(
    answer: Json, texts: dict[str, str] | None = None, people: dict[str, str] | None = None
) -> tuple[Foreign, ...]:
    """What Ben's answer has of others, Ada's own being right."""
    given = [Given("ada", "ada", ADA), Given("ben", "ben", answer)]
    texts, people = texts or TEXTS, people or PEOPLE
    here = foreign(given, texts, people)
    assert foreign([elsewhere(one, texts) for one in given], texts, people) == here
    return here[1]


def elsewhere(one: Given, texts: dict[str, str]) -> Packed:
    """The answer as a process of its own looks at it."""
    text = texts.get(one.document, "")
    return Packed(
        one.document, one.person, packed(one.answer, OwnText(text) if text.strip() else None), lambda: one.answer
    )


def changed(change: Callable[[Any], object]) -> Json:
    answer = copy.deepcopy(BEN)
    change(answer)
    return answer


def contact(name: str) -> Callable[[Any], object]:
    return lambda cv: cv["personal_info"].update({name: ADA["personal_info"][name]})


@pytest.mark.parametrize(
    ("change", "path", "trace"),
    [
        (contact("name"), "personal_info.name", "name"),
        (contact("email"), "personal_info.email", "e-mail"),
        (contact("phone"), "personal_info.phone", "telephone"),
        (contact("location"), "personal_info.location", "address"),
        (contact("linkedin"), "personal_info.linkedin", "link"),
        (contact("portfolio"), "personal_info.portfolio", "link"),
        (contact("summary"), "personal_info.summary", "passage"),
        (lambda cv: cv["personal_info"].update(phone="0044 (20) 7946-0011"), "personal_info.phone", "telephone"),
        (lambda cv: cv["personal_info"].update(name="LINDQVIST, Ada"), "personal_info.name", "name"),
        (
            lambda cv: cv["work_experience"].append({**ADA["work_experience"][0], "description": []}),
            "work_experience[1].company",
            "entry",
        ),
        (
            lambda cv: cv["work_experience"][0]["description"].append(ADA["work_experience"][0]["description"][0]),
            "work_experience[0].description[1]",
            "passage",
        ),
        (
            lambda cv: cv["work_experience"][0]["description"].append("Rewrote drone mooring rules."),
            "work_experience[0].description[1]",
            "passage",
        ),
        (lambda cv: cv["certifications"].extend(ADA["certifications"]), "certifications[0].name", "entry"),
        (lambda cv: cv.update(skills=ADA["skills"]), "skills", "passage"),
        (lambda cv: cv["skills"].extend(["Photogrammetry", "Bathymetry", "QGIS"]), "skills[3]", "values"),
        (
            lambda cv: cv["work_experience"][0]["description"].append(
                "Also charted forty miles of shifting sandbanks in a borrowed boat"
            ),
            "work_experience[0].description[1]",
            "passage",
        ),
    ],
)
def test_a_value_of_another_cv_is_named(change: Callable[[Any], object], path: str, trace: str) -> None:
    there = found(changed(change))
    assert (path, trace, "ada") in [(one.path, one.trace, one.owner) for one in there]
    assert {one.owner_person for one in there} == {"ada"}


@pytest.mark.parametrize(
    "change",
    [
        lambda cv: None,
        lambda cv: cv["skills"].append("Sonar"),
        lambda cv: cv["personal_info"].update(location="Truro"),
        lambda cv: cv["personal_info"].update(name="Ben Okafor-Lindqvist", email="someone@else.example"),
        lambda cv: cv["work_experience"][0].update(company="Estuary Survey Trust", start_date="Jan 2018"),
        lambda cv: cv["work_experience"][0]["description"].append(
            "Steered ferries through muddy rivers at night for charity"
        ),
        lambda cv: cv["personal_info"].update(summary=cv["personal_info"]["summary"].upper()),
        lambda cv: cv["work_experience"][0].update(
            description=["Checking timesheets weekly, closed each month earlier"]
        ),
    ],
)
def test_an_invention_a_common_value_or_the_own_text_otherwise_is_nobody_elses(change: Callable[[Any], object]) -> None:
    assert found(changed(change)) == ()


def test_abbreviations_written_out_are_not_another_persons_skills() -> None:
    skills = [
        "Amazon Web Services",
        "Google Cloud Platform",
        "Business Process Management",
        "Enterprise Resource Planning",
    ]
    texts = {"ada": f"{TEXTS['ada']}\n{chr(10).join(reversed(skills))}", "ben": f"{TEXTS['ben']}\nAWS, GCP, BPM, ERP"}
    answer = changed(lambda cv: cv["skills"].extend(skills))
    assert found(answer, texts) == ()
    assert found(answer, {**texts, "ben": TEXTS["ben"]}) != ()


def test_a_twin_and_a_second_file_are_the_same_person() -> None:
    people = {"ada": "one", "ben": "one"}
    assert foreign([Given("ben", "one", changed(contact("email")))], TEXTS, people) == ((),)


def test_what_many_print_is_nobodys_own_and_what_few_print_is() -> None:
    clause = "I hereby consent to the processing of my personal data for recruitment purposes by the agency"
    answer = changed(lambda cv: cv["personal_info"].update(summary=clause))
    for others, told in ((3, True), (4, False)):
        texts = {"ben": TEXTS["ben"]} | {f"other{n}": f"Person {n}\n{clause}" for n in range(others)}
        assert bool(found(answer, texts, {name: name for name in texts})) is told


def test_people_who_share_an_employer_and_its_dates_are_told_apart_by_their_own_text() -> None:
    role = ADA["work_experience"][0]
    colleague = changed(lambda cv: cv["work_experience"].append({**role, "description": []}))
    texts = {**TEXTS, "ben": printed(colleague)}
    assert found(colleague, texts) == ()


def test_a_bullet_broken_over_lines_and_columns_is_ones_own() -> None:
    bullet = ADA["work_experience"][0]["description"][0]
    broken = "Charted forty miles of shif-\nting sandbanks\nExcel   Sage\nwith a borrowed sonar and\ntwo volunteers"
    answer = changed(lambda cv: cv["work_experience"][0]["description"].append(bullet))
    assert found(answer, {**TEXTS, "ben": f"{TEXTS['ben']}\n{broken}"}) == ()


def test_scripts_without_spaces() -> None:
    passage = "潮汐河川の測量を担当し地図を作成"
    texts = {**TEXTS, "ada": f"{TEXTS['ada']}\n私は{passage}しました"}
    answer = changed(lambda cv: cv["personal_info"].update(summary=passage))
    assert [one.trace for one in found(answer, texts)] == ["passage"]
    assert found(answer, {**texts, "ben": f"{TEXTS['ben']}\n潮汐河川の測量を\n担当し地図を作成"}) == ()


def test_answers_without_a_text_and_of_any_shape_are_no_error() -> None:
    shapes: list[Json] = [
        None,
        [],
        "x",
        {"skills": 3},
        {"personal_info": []},
        {"work_experience": [None, {"company": 3}]},
    ]
    given = [Given("ben", "ben", shape) for shape in shapes] + [Given("none", "none", changed(contact("email")))]
    assert set(foreign(given, TEXTS, PEOPLE)) == {()}


@pytest.mark.long
def test_time_grows_with_the_number_of_cvs_and_not_with_its_square() -> None:
    def seconds(people: int) -> float:
        texts, given = {}, []
        for number in range(people):
            words = [f"w{(number * 37 + at * at) % 5000}" for at in range(200)]
            texts[f"cv{number}"] = " ".join(words)
            answer = changed(lambda cv: None)
            answer["personal_info"]["summary"] = " ".join(words[20:60])
            answer["work_experience"][0]["description"] = [" ".join(words[at : at + 10]) for at in range(0, 200, 10)]
            given.append(Given(f"cv{number}", f"cv{number}", answer))
        times = []
        for _ in range(3):  # the least of them: no time is less than it takes, and some are more
            began = time.process_time()
            foreign(given, texts, {name: name for name in texts})
            times.append(time.process_time() - began)
        return min(times)

    seconds(20)
    assert seconds(400) < 12 * max(seconds(100), 0.02)


PIECES = [
    *"aEsK19 \n.,-%/'@_½²ßİΣ한漢éＡﬁ•`",
    *("\u200b", "\u0301", "\u212a", "\xa0", "\x01", "\u0345", "\u0338", "-\n", "1,000"),
]


@given(
    st.lists(st.sampled_from(PIECES), max_size=60),
    st.integers(0, 59),
    st.integers(1, 25),
    st.sampled_from([str, str.upper, str.lower]),
)
def test_what_a_text_prints_is_nothing_strange_to_it(parts: list[str], at: int, size: int, case: Any) -> None:
    """The short way for most values gives what the long one gives."""
    own, value = OwnText("".join(parts)), case("".join(parts[at : at + size])).strip()
    if value and own.prints(value):
        words, digits = plain_words(value), digits_of(value)
        assert own.has_words(words)
        assert own.has_digits(digits)
        assert not value.isascii() or len(value.split()) > 1 or own.has_squeezed(words)


def _of_both(answer: Json) -> list[Given]:
    return [Given("ada", "ada", ADA), Given("ben", "ben", answer)]


@pytest.mark.parametrize("of", ["email", "phone", "name"])
def test_what_was_looked_at_as_it_came_says_the_same(of: str) -> None:
    answers, looked = _of_both(changed(contact(of))), Looked()
    for one in answers:
        looked.look(one.document, one.answer, TEXTS[one.document])
    said = foreign(answers, TEXTS, PEOPLE, looked)
    assert said == foreign(answers, TEXTS, PEOPLE)
    assert said[1]


def test_an_answer_made_anew_and_a_text_read_anew_are_looked_at_anew() -> None:
    answers, looked = _of_both(changed(contact("email"))), Looked()
    looked.look("ben", BEN, TEXTS["ben"])
    looked.look("ben", answers[1].answer, TEXTS["ben"] + "\n" + TEXTS["ada"])
    assert foreign(answers, TEXTS, PEOPLE, looked) == foreign(answers, TEXTS, PEOPLE)


def test_what_was_looked_at_is_used_once() -> None:
    answers, looked = _of_both(changed(contact("email"))), Looked()
    looked.look("ben", answers[1].answer, TEXTS["ben"])
    first = foreign(answers, TEXTS, PEOPLE, looked)
    assert looked.text("ben", TEXTS["ben"]) is None
    assert foreign(answers, TEXTS, PEOPLE, looked) == first
