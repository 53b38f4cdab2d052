"""Disturbances that harm single values: exactly the touched values are to be reported."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bench.disturb import (
    BAD,
    CLOSE,
    CLOSE_OR_BAD,
    LOST,
    MADE_UP,
    Cv,
    Disturb,
    Kinds,
    Touched,
    find_entry,
    harming,
    same_role,
)
from bench.invented import COMPANIES, MONTHS

# Harmful: single values ------------------------------------------------------------------------------------------


def _change_role(name: str, expected: Kinds, change: Callable[[str, random.Random], str | None]) -> Disturb:
    def disturb(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
        picked = same_role(golden, answer, rng)
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
        "Product Manager": "Project Manager",
        "Senior Software Engineer": "Junior Software Engineer",
        "Senior Nurse": "Charge Nurse",
        "Operations Manager": "Operations Director",
        "Junior Data Analyst": "Junior Data Engineer",
        "Sales Representative": "Sales Manager",
        "Civil Engineer": "Civic Engineer",
        "Chief Technology Officer": "Chief Financial Officer",
        "Accountant": "Accounting Clerk",
    }
    for index, role in enumerate(golden["work_experience"]):
        found = find_entry(answer, "work_experience", role)
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
    picked = same_role(golden, answer, rng, bullets=2)
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
    picked = same_role(golden, answer, rng)
    if picked is None:
        return None
    index, role, found = picked
    found["start_date"], found["end_date"] = role["end_date"], role["start_date"]
    return Touched({f"work_experience[{index}].{name}": BAD for name in ("start_date", "end_date")})


@harming("title under job_title", "title missing, noted as misplaced")
def _job_title(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    picked = same_role(golden, answer, rng)
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
    found = find_entry(answer, "certifications", golden["certifications"][1])
    if found is None:
        return None
    found["year"] = "1931"  # before any other year of an invented CV
    return Touched(answer={("certifications[].year", "1931"): MADE_UP}, hallucinated={"1931"})


@harming("certificate issuer made up", "issuer wrong, a hallucination")
def _certificate_issuer(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    found = find_entry(answer, "certifications", golden["certifications"][0])
    if found is None:
        return None
    found["issuer"] = "Velmont Certification Office"
    return Touched({"certifications[0].issuer": BAD}, hallucinated={"Velmont Certification Office"})


@harming("month made up", "date near, a hallucination")
def _made_up_month(golden: Cv, answer: Cv, rng: random.Random) -> Touched | None:
    found = find_entry(answer, "education", golden["education"][0])
    if found is None:
        return None
    found["start_date"] = f"Sep {golden['education'][0]['start_date']}"
    return Touched({"education[0].start_date": CLOSE}, hallucinated={found["start_date"]})
