"""Inputs written from the requirement alone, before the scorer was looked at: `blind.jsonl`, one a line.

Each puts one value into a small CV: `golden` and `answer` (a golden that is empty asks about grounding alone),
`printed` (what the CV prints, where that is not the golden), `expect`, and `hallucination` where a person is sure:

ok: nothing is wrong; bad: wrong or missing, not nearly right; near; okornear: right or nearly; notok: not right;
flag: an error or a repetition is named somewhere; missing, invented; nofault, duplicate: a repetition is no error;
any: no more than that it is judged.
"""

from __future__ import annotations

import copy
import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.base.types import Json
from harness.scoring.score import score
from harness.scoring.types import FieldOutcome, Score
from harness.values.differences import weigh

CASES: dict[str, list[dict[str, Any]]] = defaultdict(list)
for _line in Path(__file__).with_name("blind.jsonl").read_text(encoding="utf-8").splitlines():
    _case = json.loads(_line)
    CASES[_case["kind"]].append(_case)

Cv = dict[str, Any]
CV: Cv = {
    "personal_info": {
        **dict.fromkeys(("phone", "location", "linkedin", "portfolio", "summary"), ""),
        "name": "Mara Quill",
        "email": "mara.quill@example.com",
    },
    "work_experience": [
        {
            "id": "w1",
            "company": "Quarry Stores",
            "title": "Clerk",
            "start_date": "Feb 2015",
            "end_date": "Nov 2017",
            "location": "",
            "description": ["Counted gravel bags for the yard", "Greeted visitors at the gate"],
            "skills": [],
        }
    ],
    "education": [
        {
            "id": "e1",
            "institution": "Selby College",
            "degree": "Diploma",
            "field": "Masonry",
            "start_date": "2011",
            "end_date": "2014",
            "location": "",
            "description": [],
        }
    ],
    "skills": ["Beekeeping", "Archery"],
    **{name: [] for name in ("projects", "certifications", "languages", "training")},
}
ROLE = {"company": "company", "title": "title", "wlocation": "location", "start": "start_date", "end": "end_date"}


def put(cv: Cv, field: str, value: str | None) -> None:
    """One value into a CV."""
    role = cv["work_experience"][0]
    if field in cv["personal_info"]:
        cv["personal_info"][field] = value
    elif field in ROLE:
        role[ROLE[field]] = value
    elif field in ("degree", "field"):
        cv["education"][0][field] = value
    elif field == "bullet":
        role["description"][0] = value
    elif field == "proficiency":
        cv["languages"].append({"id": "l1", "language": "Welsh", "proficiency": value})
    elif value and field == "extra-bullet":
        role["description"].append(value)
    elif value and field == "skill":
        cv["skills"].insert(0, value)
    elif value and field == "language":
        cv["languages"].append({"id": "l1", "language": value, "proficiency": ""})
    elif value and field == "cert":
        cv["certifications"].append({"id": "c1", "name": value, "issuer": "", "year": "", "expiry": ""})


def text_of(cv: Cv, printed: dict[str, str]) -> str:
    """A CV as a text; printed: what stands there for the value of a field of the person, the first role or study."""
    lines = [printed.get(name, value) for name, value in cv["personal_info"].items()] + ["Experience"]
    for at, role in enumerate(cv["work_experience"]):
        here = printed if at == 0 else {}
        title, company, place, start, end = (
            here.get(name, role[ROLE[name]]) for name in ("title", "company", "wlocation", "start", "end")
        )
        bullets = list(role["description"])
        if "bullet" in here:
            bullets[0] = here["bullet"]
        bullets += [here["extra-bullet"]] if here.get("extra-bullet") else []
        lines += [title, company, place, f"{start} - {end}", *(f"- {bullet}" for bullet in bullets)]
    lines.append("Education")
    for study in cv["education"]:
        degree, field = (printed.get(name, study[name]) for name in ("degree", "field"))
        lines += [f"{degree} {field}, {study['institution']}", f"{study['start_date']} - {study['end_date']}"]
    lines += ["Skills", *cv["skills"], printed.get("skill", ""), "Languages"]
    lines += [f"{one['language']} {one['proficiency']}" for one in cv["languages"]] + [printed.get("language", "")]
    lines += ["Certificates", *(one["name"] for one in cv["certifications"]), printed.get("cert", "")]
    return "".join(f"{line}\n" for line in lines if line.strip())


def two_roles() -> Cv:
    """A CV with two roles and two studies at one place each."""
    cv = copy.deepcopy(CV)
    roles = cv["work_experience"]
    roles[0]["description"] = [
        "Counted gravel bags for the yard",
        "Greeted 40 visitors at the gate",
        "Painted the weighbridge and the fence",
    ]
    roles.append(
        {
            **roles[0],
            "id": "w2",
            "title": "Yard Foreman",
            "start_date": "Dec 2017",
            "end_date": "Mar 2021",
            "description": ["Ordered slate from nine pits", "Settled wages every Friday"],
        }
    )
    roles.append(
        {
            **roles[0],
            "id": "w3",
            "company": "Moss Bakery",
            "title": "Driver",
            "start_date": "2009",
            "end_date": "2010",
            "description": ["Delivered rolls before dawn"],
        }
    )
    cv["education"].append(
        {
            **cv["education"][0],
            "id": "e2",
            "degree": "Certificate",
            "field": "Roofing",
            "start_date": "2008",
            "end_date": "2009",
        }
    )
    cv["languages"] = [
        {"id": "l1", "language": "Welsh", "proficiency": "Basic"},
        {"id": "l2", "language": "Polish", "proficiency": "Fluent"},
    ]
    cv["personal_info"]["phone"] = "020 7946 0321"
    return cv


def _swap(entries: list[Cv], *fields: str) -> None:
    for name in fields:
        entries[0][name], entries[1][name] = entries[1][name], entries[0][name]


def _bullets(*new: str) -> Callable[[Cv], None]:
    return lambda cv: cv["work_experience"][0].update(description=list(new))


def _moved(cv: Cv) -> None:
    first, second = cv["work_experience"][:2]
    second["description"] += first["description"]
    first["description"] = []


def _merged(cv: Cv) -> None:
    first, second = cv["work_experience"][:2]
    first["end_date"] = second["end_date"]
    first["description"] += second["description"]
    del cv["work_experience"][1]


def _title_company(cv: Cv) -> None:
    role = cv["work_experience"][2]
    role["title"], role["company"] = role["company"], role["title"]


def _start_end(cv: Cv) -> None:
    role = cv["work_experience"][0]
    role["start_date"], role["end_date"] = role["end_date"], role["start_date"]


COUNTED, GREETED, PAINTED = two_roles()["work_experience"][0]["description"]
STRUCTURE: dict[str, Callable[[Cv], Any]] = {
    "merged-bullets": _bullets(f"{COUNTED}; greeted 40 visitors at the gate", PAINTED),
    "split-bullet": _bullets(COUNTED, GREETED, "Painted the weighbridge", "and the fence"),
    "reordered-bullets": _bullets(PAINTED, GREETED, COUNTED),
    "merged-one-number-changed": _bullets(f"{COUNTED}. Greeted 70 visitors at the gate", PAINTED),
    "split-one-word-turned": _bullets(COUNTED, "Greeted no visitors", "at the gate", PAINTED),
    "bullets-halves-crossed": _bullets("Counted gravel bags at the gate", "Greeted 40 visitors for the yard", PAINTED),
    "duplicated-bullet": _bullets(COUNTED, GREETED, PAINTED, COUNTED),
    "bullets-as-string": lambda cv: cv["work_experience"][0].update(description=f"{COUNTED}\n{GREETED}\n{PAINTED}"),
    "bullet-in-summary": lambda cv: cv["personal_info"].update(summary=cv["work_experience"][0]["description"].pop(0)),
    "reordered-entries": lambda cv: (cv["work_experience"].reverse(), cv["education"].reverse()),
    "duplicated-entry": lambda cv: cv["work_experience"].append({**cv["work_experience"][0], "id": "w9"}),
    "titles-swapped-same-employer": lambda cv: _swap(cv["work_experience"], "title"),
    "dates-swapped-same-employer": lambda cv: _swap(cv["work_experience"], "start_date", "end_date"),
    "education-twice-same-school-degrees-swapped": lambda cv: _swap(cv["education"], "degree"),
    "one-of-two-roles-lost": lambda cv: cv["work_experience"].pop(1),
    "bullets-moved-to-other-role": _moved,
    "roles-merged-into-one": _merged,
    "title-company-swapped": _title_company,
    "start-end-swapped": _start_end,
    "skills-reordered": lambda cv: cv["skills"].reverse(),
    "skill-duplicated": lambda cv: cv["skills"].append(cv["skills"][0]),
    "languages-reordered": lambda cv: cv["languages"].reverse(),
    "phone-null": lambda cv: cv["personal_info"].update(phone=None),
    "phone-NA": lambda cv: cv["personal_info"].update(phone="N/A"),
    "phone-key-absent": lambda cv: cv["personal_info"].pop("phone"),
    "both-empty-NA": lambda cv: cv["personal_info"].update(linkedin="N/A"),
    "work-empty": lambda cv: cv.update(work_experience=[]),
    "number-as-int": lambda cv: cv["personal_info"].update(phone=2079460321),
    "work-entry-string": lambda cv: cv["work_experience"].__setitem__(0, "Clerk at Quarry Stores"),
}


def scored(case: dict[str, Any]) -> tuple[Score, list[str]]:
    """The score of a case, and what became of the golden's value."""
    if case["kind"] == "structure":
        golden = two_roles()
        answer: Json = two_roles()
        if case["field"] == "answer-list":
            answer = [answer]
        else:
            STRUCTURE[case["field"]](answer)
        return score(answer, golden, text_of(golden, {})), []
    golden, answer = copy.deepcopy(CV), copy.deepcopy(CV)
    if case["kind"] == "bullets":
        golden["work_experience"][0]["description"] = case["golden"]
        answer["work_experience"][0]["description"] = case["answer"]
        return score(answer, golden, text_of(golden, {})), []
    put(golden, case["field"], case["golden"])
    put(answer, case["field"], case["answer"])
    printed = {case["field"]: case["printed"]} if "printed" in case else {}
    found = score(answer, golden, text_of(golden, printed))
    return found, [one.kind for one in found.outcomes if one.golden_path and one.golden == case["golden"]]


def as_expected(case: dict[str, Any], found: Score, golden: list[str]) -> bool:
    """Whether a score is what a person said."""
    if case.get("hallucination", bool(found.hallucinations)) is not bool(found.hallucinations):
        return False
    errors = [one.kind for one in found.outcomes if one.kind in ("near", "wrong", "missing", "invented")]
    match case["expect"]:
        case "ok" | "nofault":
            return not errors
        case "bad":
            hard = {"wrong", "missing"} if golden else {"wrong", "missing", "invented"}
            return bool(hard.intersection(golden or errors))
        case "near":
            return golden == ["near"]
        case "okornear":
            return set(errors) <= {"near"}
        case "notok":
            return bool(errors) and "correct" not in golden
        case "flag":
            return bool(errors) or any(one.kind == "duplicate" for one in found.outcomes)
        case "missing":
            return "missing" in errors and "invented" not in errors
        case "notmissing":
            return "missing" not in errors
        case "invented":
            return "invented" in errors
        case "duplicate":
            return not {"wrong", "missing", "near"}.intersection(errors)
        case "any":
            return 0.0 <= (found.f1 or 0.0) <= 1.0
    raise AssertionError(case["expect"])


def _told(outcomes: tuple[FieldOutcome, ...]) -> list[tuple[str, Json, Json, str, bool | None]]:
    return [(one.kind, one.golden, one.answer, one.note, one.grounded) for one in outcomes if one.kind != "correct"]


@pytest.mark.parametrize("kind", sorted(CASES))
def test_what_a_stranger_wrote_is_judged_as_the_stranger_judged_it(kind: str) -> None:
    assert CASES[kind]
    wrong = []
    for case in CASES[kind]:
        found, golden = scored(case)
        if not as_expected(case, found, golden):
            wrong.append((case, _told(found.outcomes), [one.answer for one in found.hallucinations]))
    assert not wrong


amounts = st.decimals(0, 99_999, places=2).map(lambda number: f"{number:f}") | st.integers(0, 99_999).map(str)


@given(amounts, amounts)
def test_two_numbers_are_one_only_where_their_value_is(one: str, other: str) -> None:
    """On both sides alike: what the golden lost is what the answer has more of."""
    golden, answer = copy.deepcopy(CV), copy.deepcopy(CV)
    put(golden, "bullet", f"Counted {one} gravel bags for the yard")
    put(answer, "bullet", f"Counted {other} gravel bags for the yard")
    kinds = [one.kind for one in score(answer, golden, text_of(golden, {})).outcomes if one.kind != "correct"]
    assert bool(kinds) is (float(one) != float(other))
    if kinds:
        assert set(kinds) <= {"wrong", "missing", "invented"}


PIECES = "raised 12 1.5 15 1 200 1200 % kg m sq ft not two 2 the zu ab 4.50 4.5 python 3.10 3.1"
words = st.lists(st.sampled_from(sorted(set(PIECES.split()))), max_size=3).map(tuple)


@given(words, words, words)
def test_a_difference_weighs_the_same_from_either_side(
    lost: tuple[str, ...], gained: tuple[str, ...], before: tuple[str, ...]
) -> None:
    assert weigh(lost, gained, before) == weigh(gained, lost, before)


heads = st.lists(
    st.sampled_from(["Saved paper in Leeds", "Won silver in Hull", "Trained cooks in York"]),
    min_size=2,
    max_size=3,
    unique=True,
)


@given(
    heads,
    st.lists(
        st.sampled_from(["after a flood", "by 12 %", "by 9 %", "within two years", "for £400"]),
        min_size=3,
        max_size=3,
        unique=True,
    ),
)
def test_tails_that_change_places_are_never_right(first: list[str], tails: list[str]) -> None:
    """What two bullets say of two things is not true of each other, though every piece of it is printed."""
    golden, answer = copy.deepcopy(CV), copy.deepcopy(CV)
    for cv, said in ((golden, tails), (answer, [*tails[1:], tails[0]])):
        cv["work_experience"][0]["description"] = [f"{head} {tail}" for head, tail in zip(first, said, strict=False)]
    found = score(answer, golden, text_of(golden, {}))
    assert [one.kind for one in found.outcomes if one.golden in golden["work_experience"][0]["description"]].count(
        "correct"
    ) == 0
