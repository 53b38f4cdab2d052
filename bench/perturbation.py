"""The scorer's perturbation bench: invented goldens, disturbed in known ways, judged by outcomes.

A harmless disturbance may produce no near, wrong, missing, invented or duplicate value. A harmful one must produce
exactly the values it touched, each of an expected kind. Every kind says what it expects before anything is scored.
"""

from __future__ import annotations

import copy
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.invented import COMPANIES, ISSUERS, MONTHS, Invented, invent
from harness.scoring.score import score
from harness.scoring.types import Score

Cv = dict[str, Any]
Kinds = frozenset[str]
Extra = tuple[str, str]
"""What only the answer has: field path and text."""

ERRORS = frozenset({"near", "wrong", "missing", "invented", "duplicate"})
LOST = frozenset({"missing"})
BAD = frozenset({"wrong"})
CLOSE = frozenset({"near"})
CLOSE_OR_BAD = frozenset({"near", "wrong"})
MADE_UP = frozenset({"invented"})
MOVED = frozenset({"wrong"})
AGAIN = frozenset({"duplicate"})
GONE_OR_CLOSE = frozenset({"missing", "near", "wrong"})


@dataclass(slots=True)
class Touched:
    """What a disturbance expects: golden paths and answer-only values with the kinds that are right for them;
    lost: golden entries that must be reported as lost; moved: golden paths that must be noted as misplaced."""

    golden: dict[str, Kinds] = field(default_factory=dict)
    answer: dict[Extra, Kinds] = field(default_factory=dict)
    optional: set[Extra] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    hallucinated: set[str] = field(default_factory=set)
    same_f1: bool = False
    claims: set[str] = field(default_factory=set)

    def entries(self) -> set[str]:
        """Golden entries that are disturbed: two harms to one entry are not combined, they may hide one another."""
        return self.claims | {path.split(".")[0] for path in self.golden if "[" in path.split(".")[0]}


Disturb = Callable[[Cv, Cv, random.Random], "Touched | None"]
"""(golden, answer to change in place, randomness) → what to expect; None where it does not apply to this CV."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to disturb an answer. stage: respell (first), harm, reorder (last): so that two can be combined."""

    name: str
    expects: str
    harmful: bool
    stage: int
    disturb: Disturb


KINDS: dict[str, Kind] = {}


def _kind(name: str, expects: str, *, harmful: bool, stage: int) -> Callable[[Disturb], Disturb]:
    def register(disturb: Disturb) -> Disturb:
        KINDS[name] = Kind(name, expects, harmful, stage, disturb)
        return disturb

    return register


def respelling(name: str) -> Callable[[Disturb], Disturb]:
    return _kind(name, "no error", harmful=False, stage=0)


def reordering(name: str) -> Callable[[Disturb], Disturb]:
    return _kind(name, "no error", harmful=False, stage=2)


def harming(name: str, expects: str) -> Callable[[Disturb], Disturb]:
    return _kind(name, expects, harmful=True, stage=1)


def _map_texts(node: Any, change: Callable[[str], str], *, skip: Iterable[str] = ("id",)) -> Any:
    if isinstance(node, dict):
        return {key: child if key in skip else _map_texts(child, change, skip=skip) for key, child in node.items()}
    if isinstance(node, list):
        return [_map_texts(child, change, skip=skip) for child in node]
    return change(node) if isinstance(node, str) else node


def _entries(cv: Cv) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for section in ("work_experience", "education", "projects", "certifications", "languages", "training"):
        for index, entry in enumerate(cv[section]):
            yield section, index, entry


def _find(answer: Cv, section: str, golden_entry: Mapping[str, Any]) -> dict[str, Any] | None:
    return next((entry for entry in answer[section] if entry.get("id") == golden_entry["id"]), None)


def _role(
    golden: Cv, answer: Cv, rng: random.Random, *, bullets: int = 0
) -> tuple[int, dict[str, Any], dict[str, Any]] | None:
    """A role of both sides whose answer still is what the golden says (but for its spelling)."""
    order = list(range(len(golden["work_experience"])))
    rng.shuffle(order)
    for index in order:
        role = golden["work_experience"][index]
        found = _find(answer, "work_experience", role)
        if (
            found
            and isinstance(found["description"], list)
            and len(found["description"]) == len(role["description"]) >= bullets
        ):
            return index, role, found
    return None


def _leaf_paths(path: str, entry: Mapping[str, Any]) -> Iterator[str]:
    for name, value in entry.items():
        if name == "id" or not value:
            continue
        if isinstance(value, list):
            yield from (f"{path}.{name}[{index}]" for index in range(len(value)))
        else:
            yield f"{path}.{name}"


def _leaf_values(section: str, entry: Mapping[str, Any]) -> Iterator[Extra]:
    for name, value in entry.items():
        if name in ("id", "type") or not value:
            continue
        if isinstance(value, list):
            yield from ((f"{section}[].{name}[]", one) for one in value)
        else:
            yield f"{section}[].{name}", value


# Harmless: other spellings ------------------------------------------------------------------------------------


@respelling("identity")
def _identity(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    return Touched()


def _respell_dates(answer: Cv, change: Callable[[str, str], str]) -> Touched:
    names = ("start_date", "end_date", "date", "year")
    for _, _, entry in _entries(answer):
        for name in names:
            month, _, year = str(entry.get(name) or "").partition(" ")
            if month in MONTHS and year:
                entry[name] = change(month, year)
    return Touched()


@respelling("dates as 2019-01")
def _iso(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    return _respell_dates(answer, lambda month, year: f"{year}-{MONTHS.index(month) + 1:02d}")


@respelling("dates as 01/2019")
def _slashed(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    return _respell_dates(answer, lambda month, year: f"{MONTHS.index(month) + 1:02d}/{year}")


@respelling("dates in words of another language")
def _german_months(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    names = (
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    )
    return _respell_dates(answer, lambda month, year: f"{names[MONTHS.index(month)]} {year}")


@respelling("Present in other words")
def _present(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        if role["end_date"] == "Present":
            role["end_date"] = rng.choice(("Current", "present", "heute", "to date"))
    return Touched()


@respelling("upper case")
def _upper(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for name in ("name", "location", "summary"):
        answer["personal_info"][name] = answer["personal_info"][name].upper()
    for role in answer["work_experience"]:
        role["company"], role["title"] = role["company"].upper(), role["title"].upper()
    return Touched()


@respelling("white space and invisible characters")
def _spaces(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    changed = _map_texts(answer, lambda text: "  " + text.replace(" ", " \u00a0\u200b", 1) + "\t")
    answer.update(changed)
    return Touched()


@respelling("typographic quotes and dashes")
def _typography(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    keep = ("id", "email", "linkedin", "portfolio")
    answer.update(_map_texts(answer, lambda text: text.replace("'", "’").replace("-", "–"), skip=keep))
    return Touched()


@respelling("bullet glyphs and full stops")
def _glyphs(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["description"] = [f"• {bullet}." for bullet in role["description"]]
    return Touched()


@respelling("empty as null")
def _nulls(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for entry in (answer["personal_info"], *(entry for _, _, entry in _entries(answer))):
        for name, value in entry.items():
            if value in ("", []):
                entry[name] = None
    return Touched()


@respelling("empty as a placeholder")
def _placeholders(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for entry in (answer["personal_info"], *(entry for _, _, entry in _entries(answer))):
        for name, value in entry.items():
            if value == "":
                entry[name] = rng.choice(("N/A", "unknown", "Not specified", "-"))
    return Touched()


@respelling("phone otherwise grouped")
def _phone_groups(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    digits = re.sub(r"\D", "", answer["personal_info"]["phone"])
    answer["personal_info"]["phone"] = rng.choice(
        (f"+{digits}", f"0{digits[2:4]} {digits[4:8]} {digits[8:]}", f"+44 (0)20-{digits[4:]}")
    )
    return Touched()


@respelling("links with scheme and www")
def _links(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    person = answer["personal_info"]
    person["linkedin"] = "https://www." + person["linkedin"] + "/"
    if person["portfolio"]:
        person["portfolio"] = person["portfolio"].removeprefix("https://") + "/"
    person["email"] = "mailto:" + person["email"].upper()
    return Touched()


@respelling("legal form left out")
def _legal_form(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["company"] = role["company"].rsplit(" ", 1)[0]
    return Touched()


@respelling("titles abbreviated")
def _titles(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        for long, short in (
            ("Senior", "Sr."),
            ("Junior", "Jr"),
            ("Manager", "Mgr"),
            ("Human Resources", "HR"),
            ("Quality Assurance", "QA"),
            ("Vice President", "VP"),
            ("Chief Technology Officer", "CTO"),
        ):
            role["title"] = role["title"].replace(long, short)
    return Touched()


@respelling("degrees abbreviated")
def _degrees(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    short = {
        "Bachelor of Science": "B.Sc.", "Master of Arts": "MA", "Bachelor of Engineering": "BEng",
        "Master of Business Administration": "MBA", "PhD": "Doctor of Philosophy",
    }  # fmt: skip
    for study in answer["education"]:
        study["degree"] = short[study["degree"]]
    return Touched()


@respelling("degree and field in one")
def _boundary(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for study in answer["education"]:
        study["degree"], study["field"] = f"{study['degree']} in {study['field']}", ""
    return Touched()


@respelling("skills by other names")
def _skill_names(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    other = {
        "JavaScript": "JS", "Kubernetes": "K8s", "PostgreSQL": "Postgres", "C#": "C Sharp", "Microsoft Excel": "MS Excel",
        "Machine Learning": "ML", "React": "React.js", "Amazon Web Services": "AWS", "Node.js": "NodeJS", ".NET": "dotnet", "Go": "Golang",
    }  # fmt: skip
    answer["skills"] = [other.get(skill, skill) for skill in answer["skills"]]
    return Touched()


@respelling("last name first, with a title")
def _last_first(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    first, _, last = answer["personal_info"]["name"].partition(" ")
    answer["personal_info"]["name"] = rng.choice(
        (f"{last.upper()}, {first}", f"Dr. {first} {last}", f"{first} {last}, PhD")
    )
    return Touched()


@respelling("countries by other names")
def _countries(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for one in (answer["personal_info"], *answer["work_experience"], *answer["education"]):
        for old, new in (
            ("United Kingdom", "GB"),
            ("UK", "United Kingdom"),
            ("Germany", "Deutschland"),
            ("Texas", "TX"),
            ("Canada", "Kanada"),
        ):
            if old in (one["location"] or ""):
                one["location"] = one["location"].replace(old, new)
                break
    return Touched()


@respelling("accents lost")
def _accents(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    table = str.maketrans("éíüøäö", "eiuoao")
    answer.update(_map_texts(answer, lambda text: text.translate(table)))
    return Touched()


@respelling("full-width letters")
def _full_width(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["title"] = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in role["title"])
    return Touched()


@respelling("languages in their own names")
def _own_names(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    own = {
        "German": "Deutsch",
        "French": "Français",
        "Spanish": "Español",
        "Polish": "polski",
        "Japanese": "日本語",
        "Italian": "italiano",
    }
    for one in answer["languages"]:
        one["language"] = own.get(one["language"], one["language"])
    return Touched()


@respelling("line-end hyphens in bullets")
def _hyphens(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    def broken(bullet: str) -> str:
        words = bullet.split(" ")
        at = next((i for i, word in enumerate(words) if word.isalpha() and word.islower() and len(word) > 6), None)
        if at is not None:
            words[at] = words[at][:4] + "-\n" + words[at][4:]
        return " ".join(words)

    for role in answer["work_experience"]:
        role["description"] = [broken(bullet) for bullet in role["description"]]
    return Touched()


@respelling("per cent apart, hyphens apart")
def _percent(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        role["description"] = [
            bullet.replace("%", " %").replace("first-time", "first time") for bullet in role["description"]
        ]
    return Touched()


@respelling("unknown keys")
def _unknown_keys(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    answer["references"] = "on request"
    for role in answer["work_experience"]:
        role["type"] = "full time"
    return Touched()


# Harmless: other order and division -----------------------------------------------------------------------------


@reordering("entries shuffled")
def _shuffle_entries(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for section in ("work_experience", "education", "projects", "certifications", "languages", "training"):
        rng.shuffle(answer[section])
    return Touched()


@reordering("bullets and skills shuffled")
def _shuffle_lists(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    rng.shuffle(answer["skills"])
    for _, _, entry in _entries(answer):
        for value in entry.values():
            if isinstance(value, list):
                rng.shuffle(value)
    return Touched()


@reordering("bullets split")
def _split(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        if not isinstance(role["description"], list):
            return Touched()
        role["description"] = [part for bullet in role["description"] for part in bullet.split(", ")]
    return Touched()


@reordering("bullets joined")
def _join(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        given = role["description"]
        if not isinstance(given, list):
            return Touched()
        role["description"] = ["; ".join(given[at : at + 2]) for at in range(0, len(given), 2)]
    return Touched()


@reordering("description as one string")
def _one_string(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for role in answer["work_experience"]:
        if isinstance(role["description"], list):
            role["description"] = "\n".join(role["description"])
    return Touched()


@reordering("new ids")
def _new_ids(golden: Cv, answer: Cv, rng: random.Random) -> Touched:
    for _, _, entry in _entries(answer):
        if "id" in entry:
            entry["id"] = f"x{rng.randrange(10**9)}"
    return Touched()


# Harmful: single values ------------------------------------------------------------------------------------------


def _change_role(name: str, expected: Kinds, change: Callable[[str, random.Random], str | None]) -> Disturb:
    def disturb(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
        picked = _role(golden, answer, rng)
        if picked is None:
            return None
        index, role, found = picked
        new = change(role[name], rng)
        if new is None:
            return None
        found[name] = new
        return Touched({f"work_experience[{index}].{name}": expected})

    return disturb


def _month_year(text: str) -> tuple[str, int] | None:
    month, _, year = text.partition(" ")
    return (month, int(year)) if month in MONTHS and year.isdigit() else None


def _shift_year(text: str, rng: random.Random) -> str | None:
    parts = _month_year(text)
    return f"{parts[0]} {parts[1] + rng.choice((-1, 1))}" if parts else None


def _shift_month(text: str, rng: random.Random) -> str | None:
    parts = _month_year(text)
    return f"{MONTHS[(MONTHS.index(parts[0]) + rng.randrange(1, 12)) % 12]} {parts[1]}" if parts else None


harming("start a year off", "that date wrong")(_change_role("start_date", BAD, _shift_year))
harming("end a year off", "that date wrong")(_change_role("end_date", BAD, _shift_year))
harming("month changed", "that date wrong")(_change_role("start_date", BAD, _shift_month))
harming("month lost", "that date near")(
    _change_role("start_date", CLOSE, lambda text, rng: str(parts[1]) if (parts := _month_year(text)) else None)
)
harming("Present replaced by a year", "that date wrong")(
    _change_role("end_date", BAD, lambda text, rng: "2023" if text == "Present" else None)
)
harming("ended role made running", "that date wrong")(
    _change_role("end_date", BAD, lambda text, rng: None if text == "Present" else "Present")
)
harming("two dates in one field", "that date wrong")(
    _change_role("start_date", BAD, lambda text, rng: f"{text} - Dec 2030" if text else None)
)
harming("company replaced", "company wrong")(
    _change_role(
        "company",
        BAD,
        lambda text, rng: rng.choice([name for name in COMPANIES if not set(name.split()) & set(text.split())]),
    )
)
harming("company shortened", "company near or wrong")(
    _change_role("company", CLOSE_OR_BAD, lambda text, rng: text.split()[0] if len(text.split()) > 2 else None)
)
harming("company enlarged (Google, Google DeepMind)", "company near or wrong")(
    _change_role("company", CLOSE_OR_BAD, lambda text, rng: f"{text.rsplit(' ', 1)[0]} Holdings")
)


@harming("title of a look-alike (Product, Project Manager)", "title near or wrong")
def _title_look_alike(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    look_alike = {
        "Product Manager": "Project Manager", "Senior Software Engineer": "Junior Software Engineer", "Senior Nurse": "Charge Nurse",
        "Operations Manager": "Operations Director", "Junior Data Analyst": "Junior Data Engineer", "Sales Representative": "Sales Manager",
        "Civil Engineer": "Civic Engineer", "Chief Technology Officer": "Chief Financial Officer", "Accountant": "Accounting Clerk",
    }  # fmt: skip
    for index, role in enumerate(golden["work_experience"]):
        found = _find(answer, "work_experience", role)
        if found and role["title"] in look_alike:
            found["title"] = look_alike[role["title"]]
            return Touched({f"work_experience[{index}].title": CLOSE_OR_BAD})
    return None


harming("seniority added", "title near or wrong")(
    _change_role("title", CLOSE_OR_BAD, lambda text, rng: None if "Senior" in text else f"Senior {text}")
)


def _change_person(
    name: str, expected: Kinds, change: Callable[[str], str], *, says_nothing_else: bool = True
) -> Disturb:
    def disturb(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
        if not golden["personal_info"][name]:
            return None
        answer["personal_info"][name] = change(golden["personal_info"][name])
        return Touched({f"personal_info.{name}": expected})

    return disturb


harming("e-mail changed by a letter", "e-mail wrong")(
    _change_person("email", BAD, lambda text: text.replace("@example.com", "@example.org"))
)
harming("e-mail lost", "e-mail missing")(_change_person("email", LOST, lambda text: ""))
harming("phone changed by a digit", "phone wrong")(
    _change_person("phone", BAD, lambda text: text[:-1] + str((int(text[-1]) + 1) % 10))
)
harming("phone of another country", "phone wrong")(
    _change_person("phone", BAD, lambda text: text.replace("+44", "+49"))
)
harming("phone extension added", "phone wrong")(_change_person("phone", BAD, lambda text: f"{text} ext. 12"))
harming("LinkedIn address of someone else", "address wrong")(_change_person("linkedin", BAD, lambda text: text + "-2"))
harming("portfolio page of the same site", "address near")(
    _change_person("portfolio", CLOSE, lambda text: text + "/art")
)
harming("name with another first name", "name wrong or near")(
    _change_person("name", CLOSE_OR_BAD, lambda text: "Ottoline " + text.split(" ", 1)[1])
)
harming("country left out", "home location near")(_change_person("location", CLOSE, lambda text: text.split(",")[0]))
harming("town replaced", "home location wrong")(
    _change_person("location", BAD, lambda text: "Wick" + text[text.index(",") :])
)
harming("number in summary changed", "summary wrong")(
    _change_person(
        "summary", BAD, lambda text: re.sub(r"with (\d+) years", lambda found: f"with {int(found[1]) + 7} years", text)
    )
)
harming("summary cut", "summary near or wrong")(
    _change_person("summary", CLOSE_OR_BAD, lambda text: " ".join(text.split()[: len(text.split()) * 7 // 10]))
)


@harming("values swapped between company and title", "both wrong, both noted as misplaced")
def _swap(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _role(golden, answer, rng, bullets=2)
    if picked is None:
        return None
    index, role, found = picked
    if role["description"] != found["description"]:
        return None
    found["company"], found["title"] = role["title"], role["company"]
    paths = {f"work_experience[{index}].{name}" for name in ("company", "title")}
    return Touched(dict.fromkeys(paths, BAD), moved=paths)


@harming("start and end swapped", "both dates wrong")
def _swap_dates(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _role(golden, answer, rng)
    if picked is None:
        return None
    index, role, found = picked
    found["start_date"], found["end_date"] = role["end_date"], role["start_date"]
    return Touched({f"work_experience[{index}].{name}": BAD for name in ("start_date", "end_date")})


@harming("title under job_title", "title missing, noted as misplaced")
def _job_title(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _role(golden, answer, rng)
    if picked is None:
        return None
    index, _, found = picked
    found["job_title"] = found.pop("title")
    path = f"work_experience[{index}].title"
    return Touched({path: LOST}, moved={path})


@harming("degree of another level", "degree wrong")
def _degree_level(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    study = answer["education"][0]
    if study["id"] != golden["education"][0]["id"] or not study["field"]:
        return None
    study["degree"] = "Diploma" if golden["education"][0]["degree"] == "PhD" else "PhD"
    return Touched({"education[0].degree": BAD})


@harming("field of study replaced", "field wrong")
def _field(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    study = answer["education"][0]
    if study["id"] != golden["education"][0]["id"] or not study["field"]:
        return None
    study["field"] = "Marine Navigation"
    return Touched({"education[0].field": BAD})


@harming("school replaced", "institution wrong")
def _school(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    study = answer["education"][0]
    if study["id"] != golden["education"][0]["id"]:
        return None
    study["institution"] = "Polworth Academy"
    return Touched({"education[0].institution": BAD})


@harming("language level raised", "level wrong")
def _level(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    for index, one in enumerate(golden["languages"]):
        if index < len(answer["languages"]) and one["proficiency"] in ("A2", "B2", "Intermediate"):
            answer["languages"][index]["proficiency"] = "Native"
            return Touched({f"languages[{index}].proficiency": BAD})
    return None


@harming("certificate year made up", "year invented, a hallucination")
def _certificate_year(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    found = _find(answer, "certifications", golden["certifications"][1])
    if found is None:
        return None
    found["year"] = "1931"  # before any other year of an invented CV
    return Touched(answer={("certifications[].year", "1931"): MADE_UP}, hallucinated={"1931"})


@harming("certificate issuer made up", "issuer wrong, a hallucination")
def _certificate_issuer(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    found = _find(answer, "certifications", golden["certifications"][0])
    if found is None:
        return None
    found["issuer"] = "Velmont Certification Office"
    return Touched({"certifications[0].issuer": BAD}, hallucinated={"Velmont Certification Office"})


@harming("month made up", "date near, a hallucination")
def _made_up_month(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    found = _find(answer, "education", golden["education"][0])
    if found is None:
        return None
    found["start_date"] = f"Sep {golden['education'][0]['start_date']}"
    return Touched({"education[0].start_date": CLOSE}, hallucinated={found["start_date"]})


# Harmful: entries ------------------------------------------------------------------------------------------------


@harming("role lost", "every value of it missing; a lost entry")
def _lose_role(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _role(golden, answer, rng)
    if picked is None or len(answer["work_experience"]) < 2:
        return None
    index, role, found = picked
    answer["work_experience"] = [one for one in answer["work_experience"] if one is not found]
    path = f"work_experience[{index}]"
    return Touched(dict.fromkeys(_leaf_paths(path, role), LOST), lost={path})


@harming("last roles lost", "every value of them missing; lost entries")
def _lose_last(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    many = len(golden["work_experience"])
    if len(answer["work_experience"]) != many or many < 4:
        return None
    answer["work_experience"] = answer["work_experience"][: many - 2]
    paths = [f"work_experience[{index}]" for index in range(many - 2, many)]
    leaves = [
        leaf
        for index, path in zip(range(many - 2, many), paths, strict=True)
        for leaf in _leaf_paths(path, golden["work_experience"][index])
    ]
    return Touched(dict.fromkeys(leaves, LOST), lost=set(paths))


@harming("role made up", "every value of it invented, hallucinations")
def _make_up_role(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    role = {
        "id": "work-new", "company": "Zephyrine Bakeries", "title": "Confectioner", "start_date": "Feb 1988", "end_date": "Oct 1989",
        "location": "Oban, Scotland", "description": ["Kneaded sourdough loaves before dawn in a listed mill"], "skills": ["Patisserie"],
    }  # fmt: skip
    answer["work_experience"].append(role)
    return Touched(
        answer=dict.fromkeys(_leaf_values("work_experience", role), MADE_UP),
        hallucinated={"Zephyrine Bakeries", "Confectioner"},
    )


@harming("role replaced by another", "all of one missing, all of the other invented")
def _replace_role(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    lost = _lose_role(golden, answer, rng)
    made_up = _make_up_role(golden, answer, rng)
    if lost is None or made_up is None:
        return None
    return Touched(lost.golden, made_up.answer, lost=lost.lost, hallucinated=made_up.hallucinated)


@harming("role twice", "every value of the second a duplicate; F1 as before")
def _role_twice(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _role(golden, answer, rng)
    if picked is None:
        return None
    again = copy.deepcopy(picked[2])
    again["id"] = "work-again"
    answer["work_experience"].append(again)
    return Touched(
        answer=dict.fromkeys(_leaf_values("work_experience", again), AGAIN),
        same_f1=True,
        claims={f"work_experience[{picked[0]}]"},
    )


@harming("two roles run into one", "one lost; its bullets found in the other, noted as misplaced")
def _collapse(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if len(answer["work_experience"]) != len(golden["work_experience"]) or len(golden["work_experience"]) < 3:
        return None
    kept, gone = answer["work_experience"][1], answer["work_experience"][2]
    if not isinstance(kept["description"], list) or kept["description"] != golden["work_experience"][1]["description"]:
        return None
    lost = golden["work_experience"][2]
    if gone["description"] != lost["description"]:
        return None
    kept["description"] = [*kept["description"], *gone["description"]]
    answer["work_experience"].remove(gone)
    paths = list(_leaf_paths("work_experience[2]", lost))
    return Touched(
        dict.fromkeys(paths, LOST),
        {("work_experience[].description[]", bullet): MOVED for bullet in lost["description"]},
        lost={"work_experience[2]"},
        moved={path for path in paths if "description" in path},
    )


@harming("study lost", "every value of it missing; a lost entry")
def _lose_study(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    found = _find(answer, "education", golden["education"][1])
    if found is None:
        return None
    answer["education"].remove(found)
    return Touched(dict.fromkeys(_leaf_paths("education[1]", golden["education"][1]), LOST), lost={"education[1]"})


@harming("training dropped", "every value of it missing")
def _drop_training(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if not answer["training"]:
        return None
    answer["training"] = []
    return Touched(
        {leaf: LOST for index, one in enumerate(golden["training"]) for leaf in _leaf_paths(f"training[{index}]", one)}
    )


@harming("certificate under training", "missing there, noted as misplaced; wrong here")
def _under_training(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    one = golden["certifications"][0]
    found = _find(answer, "certifications", one)
    if found is None:
        return None
    answer["certifications"].remove(found)
    answer["training"].append(
        {"id": "training-new", "name": one["name"], "provider": one["issuer"], "date": one["year"], "details": []}
    )
    paths = {f"certifications[0].{name}" for name in ("name", "issuer", "year")}
    extra = {
        ("training[].name", one["name"]): MOVED,
        ("training[].provider", one["issuer"]): MOVED,
        ("training[].date", one["year"]): MOVED,
    }
    return Touched(dict.fromkeys(paths, LOST), extra, moved=paths)


@harming("language lost", "language and level missing")
def _lose_language(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if len(answer["languages"]) != len(golden["languages"]):
        return None
    answer["languages"].pop()
    last = len(golden["languages"]) - 1
    return Touched({f"languages[{last}].language": LOST, f"languages[{last}].proficiency": LOST})


# Harmful: bullets ------------------------------------------------------------------------------------------------


def _bullet(golden: Cv, answer: Cv, rng: random.Random) -> tuple[str, list[str], int, str] | None:
    """Golden path of a bullet that the answer still has verbatim, the answer's list, its index there, its text."""
    picked = _role(golden, answer, rng, bullets=1)
    if picked is None:
        return None
    index, role, found = picked
    at = rng.randrange(len(role["description"]))
    text = role["description"][at]
    if text not in found["description"]:
        return None
    return f"work_experience[{index}].description[{at}]", found["description"], found["description"].index(text), text


@harming("bullet lost", "that bullet missing")
def _lose_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, _ = picked
    del bullets[at]
    return Touched({path: LOST})


@harming("bullet made up", "that bullet invented, a hallucination")
def _make_up_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _role(golden, answer, rng, bullets=1)
    if picked is None:
        return None
    text = "Won a national prize for underwater basket weaving at the Lisbon congress"
    picked[2]["description"].append(text)
    return Touched(
        answer={("work_experience[].description[]", text): MADE_UP},
        hallucinated={text},
        claims={f"work_experience[{picked[0]}]"},
    )


@harming("bullet cut", "that bullet missing or near")
def _cut_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, text = picked
    words = text.split()
    bullets[at] = " ".join(words[: max(2, len(words) * rng.choice((3, 4, 5, 7)) // 10)])
    return Touched({path: GONE_OR_CLOSE})


@harming("number in a bullet changed (40 %, 400 %)", "that bullet wrong")
def _bullet_number(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    for _ in range(8):
        picked = _bullet(golden, answer, rng)
        if picked and re.search(r"\d", picked[3]):
            path, bullets, at, text = picked
            bullets[at] = re.sub(r"\d+", lambda found: found[0] + "0", text, count=1)
            return Touched({path: BAD})
    return None


@harming("number in a bullet lost", "that bullet wrong")
def _bullet_number_lost(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    for _ in range(8):
        picked = _bullet(golden, answer, rng)
        if picked and re.search(r"\d", picked[3]):
            path, bullets, at, text = picked
            bullets[at] = " ".join(re.sub(r"\d+%?", "many", text).split())
            return Touched({path: BAD})
    return None


@harming("bullet turned round (not)", "the answer's bullet wrong")
def _negated(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None or len(picked[3].split()) < 10:
        return None
    path, bullets, at, text = picked
    bullets[at] = "Never " + text[0].lower() + text[1:]
    return Touched(answer={("work_experience[].description[]", bullets[at]): BAD}, claims={path.split(".")[0]})


@harming("bullet paraphrased", "that bullet missing, the new one invented")
def _paraphrase(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, _ = picked
    bullets[at] = "Took ownership of key initiatives and drove measurable business value across stakeholders"
    return Touched(
        {path: LOST}, {("work_experience[].description[]", bullets[at]): MADE_UP}, hallucinated={bullets[at]}
    )


@harming("bullet moved to another role", "missing there, noted as misplaced; wrong here")
def _move_bullet(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None or len(answer["work_experience"]) < 2:
        return None
    path, bullets, at, text = picked
    others = [
        role["description"]
        for role in answer["work_experience"]
        if isinstance(role["description"], list) and role["description"] is not bullets
    ]
    if not others or len(bullets) < 2:
        return None
    del bullets[at]
    rng.choice(others).append(text)
    return Touched({path: LOST}, {("work_experience[].description[]", text): MOVED}, moved={path})


@harming(
    "statement added to a bullet", "the answer's bullet near or wrong; invented where more was added than was there"
)
def _grown(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = _bullet(golden, answer, rng)
    if picked is None:
        return None
    path, bullets, at, text = picked
    bullets[at] = f"{text}, winning praise from delighted executives worldwide"
    return Touched(
        answer={("work_experience[].description[]", bullets[at]): CLOSE_OR_BAD | MADE_UP}, claims={path.split(".")[0]}
    )


# Harmful: skills -------------------------------------------------------------------------------------------------


@harming("skill lost", "that skill missing")
def _lose_skill(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    at = rng.randrange(len(golden["skills"]))
    if golden["skills"][at] not in answer["skills"]:
        return None
    answer["skills"].remove(golden["skills"][at])
    return Touched({f"skills[{at}]": LOST})


@harming("skill made up", "that skill invented, a hallucination")
def _make_up_skill(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    answer["skills"].append("Falconry")
    return Touched(answer={("skills[]", "Falconry"): MADE_UP}, hallucinated={"Falconry"})


@harming("skill replaced by a look-alike (Java, JavaScript; C, C++, C#)", "that skill wrong")
def _skill_look_alike(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    look_alike = {
        "JavaScript": "Java",
        "Java": "JavaScript",
        "C++": "C",
        "C#": "C",
        "Project Management": "Product Management",
        "React": "React Native",
        "R": "Rust",
    }
    for at, skill in enumerate(golden["skills"]):
        if (
            skill in look_alike
            and look_alike[skill] not in golden["skills"]
            and skill in answer["skills"]
            and skill != "R"
        ):
            answer["skills"][answer["skills"].index(skill)] = look_alike[skill]
            return Touched({f"skills[{at}]": BAD})
    return None


@harming("skill twice, once by another name", "the second a duplicate; F1 as before")
def _skill_twice(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    other = {"JavaScript": "JS", "Kubernetes": "K8s", "PostgreSQL": "Postgres", "Amazon Web Services": "AWS"}
    for skill in golden["skills"]:
        if skill in other and skill in answer["skills"]:
            answer["skills"].append(other[skill])
            return Touched(answer={("skills[]", other[skill]): AGAIN}, same_f1=True)
    return None


@harming("all skills null", "all skills missing")
def _null_skills(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    if len(answer["skills"] or ()) != len(golden["skills"]):
        return None
    answer["skills"] = []
    return Touched({f"skills[{index}]": LOST for index in range(len(golden["skills"]))})


# Running it ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """What was seen of one kind (or pair of kinds)."""

    cases: int = 0
    false_alarms: int = 0
    misses: int = 0
    mislabels: int = 0
    examples: list[str] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.false_alarms or self.misses or self.mislabels)


@dataclass(frozen=True, slots=True)
class BenchReport:
    """All tallies by name, and the area under the curve of strict F1 between harmful and harmless."""

    tallies: dict[str, Tally]
    auc: float | None
    harmful: frozenset[str]

    @property
    def problems(self) -> dict[str, Tally]:
        return {name: tally for name, tally in self.tallies.items() if not tally.clean}


def disturbed(invented: Invented, kinds: Iterable[Kind], rng: random.Random) -> tuple[Cv, Touched] | None:
    """An answer disturbed by all of `kinds`, and what to expect of it; None where they do not apply together."""
    answer = copy.deepcopy(invented.cv)
    whole = Touched()
    for kind in sorted(kinds, key=lambda kind: kind.stage):
        touched = kind.disturb(invented.cv, answer, rng)
        if touched is None:
            return None
        if whole.golden.keys() & touched.golden.keys() or whole.answer.keys() & touched.answer.keys():
            return None
        if whole.entries() & touched.entries():
            return None
        whole.claims |= touched.claims
        whole.golden |= touched.golden
        whole.answer |= touched.answer
        whole.lost |= touched.lost
        whole.moved |= touched.moved
        whole.hallucinated |= touched.hallucinated
        whole.same_f1 = whole.same_f1 or touched.same_f1
    texts: set[str] = set()
    _map_texts(answer, lambda text: texts.add(_plain(text)) or text, skip=())
    if any(_plain(text) not in texts for _, text in whole.answer):
        return None  # a later disturbance divided the very text that an earlier one put in
    return answer, whole


def judge(found: Score, expected: Touched, tally: Tally, label: str) -> None:
    """Compare outcomes with what was expected, into `tally`."""
    tally.cases += 1
    seen_golden: set[str] = set()
    seen_answer: set[Extra] = set()

    def note(problem: str) -> None:
        if len(tally.examples) < 6:
            tally.examples.append(f"{label}: {problem}")

    for outcome in found.outcomes:
        if outcome.kind not in ERRORS:
            continue
        if outcome.golden_path is not None:
            kinds = expected.golden.get(outcome.golden_path)
            seen_golden.add(outcome.golden_path)
        else:
            extra = (outcome.field, _plain(outcome.answer))
            kinds = next(
                (kinds for (field, text), kinds in expected.answer.items() if (field, _plain(text)) == extra), None
            )
            seen_answer.add(extra)
        where = f"{outcome.golden_path} / {outcome.answer_path}: {outcome.kind} ({outcome.note}) {outcome.golden!r} / {outcome.answer!r}"
        if kinds is None:
            tally.false_alarms += 1
            note(f"false alarm at {where}")
        elif outcome.kind not in kinds:
            tally.mislabels += 1
            note(f"mislabel, {sorted(kinds)} expected, at {where}")
        elif outcome.golden_path in expected.moved and "misplaced" not in outcome.note:
            tally.mislabels += 1
            note(f"not noted as misplaced: {where}")
    for path in expected.golden.keys() - seen_golden:
        tally.misses += 1
        note(f"missed {path}")
    for extra in {(field, _plain(text)) for field, text in expected.answer} - seen_answer:
        tally.misses += 1
        note(f"missed {extra}")
    if set(found.lost_entries) != expected.lost:
        tally.mislabels += 1
        note(f"lost entries {found.lost_entries}, expected {sorted(expected.lost)}")
    hallucinated = {_plain(outcome.answer) for outcome in found.hallucinations}
    for text in expected.hallucinated:
        if _plain(text) not in hallucinated:
            tally.misses += 1
            note(f"not seen as a hallucination: {text}")


def _plain(value: Any) -> str:
    return " ".join(str(value).replace("•", " ").replace("\u200b", "").split()).rstrip(".").casefold()


def run(
    seeds: Iterable[int] = range(12),
    *,
    pairs: int = 400,
    sizes: tuple[tuple[int, int], ...] = ((1, 2), (3, 3), (5, 4), (30, 4)),
) -> BenchReport:
    """Every kind on CVs of several sizes, then `pairs` random pairs of kinds at once."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    harmless_f1: list[float] = []
    harmful_f1: list[float] = []
    people = [invent(seed, roles=sizes[seed % len(sizes)][0], bullets=sizes[seed % len(sizes)][1]) for seed in seeds]

    def one(name: str, kinds: tuple[Kind, ...], number: int, rng: random.Random) -> None:
        made = disturbed(people[number], kinds, rng)
        if made is None:
            return
        answer, expected = made
        found = score(answer, people[number].cv, people[number].text)
        judge(found, expected, tallies[name], f"CV {number}")
        assert found.f1 is not None
        tallies[name].f1.append(found.f1)
        if any(kind.harmful for kind in kinds):
            if not expected.same_f1:
                harmful_f1.append(found.f1)
        else:
            harmless_f1.append(found.f1)

    for kind in KINDS.values():
        for number in range(len(people)):
            one(kind.name, (kind,), number, random.Random(f"{kind.name}:{number}"))
    names = sorted(KINDS)
    rng = random.Random("pairs")
    for _ in range(pairs):
        first, second = (KINDS[name] for name in rng.sample(names, 2))
        number = rng.randrange(len(people))
        both = "two at once, harmful" if first.harmful or second.harmful else "two at once, harmless"
        before = sum((tally.false_alarms + tally.misses + tally.mislabels) for tally in (tallies[both],))
        one(both, (first, second), number, rng)
        tally = tallies[both]
        if tally.false_alarms + tally.misses + tally.mislabels > before and tally.examples:
            tally.examples[-1] = f"[{first.name} + {second.name}] {tally.examples[-1]}"
    return BenchReport(
        dict(tallies), _auc(harmless_f1, harmful_f1), frozenset(name for name, kind in KINDS.items() if kind.harmful)
    )


def _auc(harmless: list[float], harmful: list[float]) -> float | None:
    """Chance that a harmless answer scores higher than a harmful one; ties count half."""
    if not harmless or not harmful:
        return None
    from bisect import bisect_left, bisect_right

    ranked = sorted(harmful)
    won = sum(bisect_left(ranked, f1) + (bisect_right(ranked, f1) - bisect_left(ranked, f1)) / 2 for f1 in harmless)
    return won / (len(harmless) * len(ranked))


def table(report: BenchReport) -> str:
    """The report as text, one line a kind."""
    lines = [f"{'kind':58} {'harm':>5} {'cases':>6} {'alarms':>7} {'misses':>7} {'labels':>7} {'mean F1':>8}"]
    for name, tally in report.tallies.items():
        harm = "yes" if name in report.harmful or name.endswith(", harmful") else "no"
        mean = sum(tally.f1) / len(tally.f1) if tally.f1 else float("nan")
        lines.append(
            f"{name[:58]:58} {harm:>5} {tally.cases:>6} {tally.false_alarms:>7} {tally.misses:>7} {tally.mislabels:>7} {mean:>8.4f}"
        )
    total = [
        sum(getattr(tally, name) for tally in report.tallies.values())
        for name in ("cases", "false_alarms", "misses", "mislabels")
    ]
    lines.append(f"{'all':58} {'':>5} {total[0]:>6} {total[1]:>7} {total[2]:>7} {total[3]:>7}")
    lines.append(f"separation of harmful from harmless by strict F1 (AUC): {report.auc:.4f}")
    for name, tally in report.problems.items():
        lines += [f"  {name}: {example}" for example in tally.examples]
    return "\n".join(lines)


def main() -> int:
    """Print the bench's report; 1 where anything was not as expected."""
    report = run()
    print(table(report))
    return 1 if report.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
