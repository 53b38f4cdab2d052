"""Harms: what the CV does not say."""

from __future__ import annotations

from bench.harms.change import Change
from bench.harms.edits import About, add, at, one, put, words
from bench.harms.people import Cv

_MADE_UP = "The page says what the person never wrote, under the person's name."
_CERTIFICATE = {
    "id": "c-x",
    "name": "Certified Excellence Practitioner",
    "issuer": "Global Institute",
    "year": "2021",
    "expiry": "",
}
_DEGREE = {
    "id": "e-x",
    "institution": "University of Northern Excellence",
    "degree": "MBA",
    "field": "Management",
    "start_date": "2010",
    "end_date": "2012",
    "location": "",
    "description": [],
}
_JOB = {
    "id": "w-x",
    "company": "Excellence Partners Ltd",
    "title": "Consultant",
    "start_date": "Jan 2009",
    "end_date": "Dec 2010",
    "location": "",
    "description": [],
    "skills": [],
}


def _guess_linkedin(cv: Cv, _: About) -> None:
    info = cv["personal_info"]
    info["linkedin"] = info["linkedin"] or "linkedin.com/in/" + info["name"].lower().replace(" ", "-")


INVENTED: tuple[Change, ...] = (
    Change(
        "a certificate made up in five CVs, one draw",
        "invention",
        "unshippable",
        add("certifications", _CERTIFICATE),
        "2 CVs",
        _MADE_UP,
        5,
        1,
    ),
    Change(
        "a certificate made up in five CVs",
        "invention",
        "unshippable",
        add("certifications", _CERTIFICATE),
        "1 CV",
        _MADE_UP,
        5,
    ),
    Change(
        "a degree made up in three CVs", "invention", "gross", add("education", _DEGREE, end=True), "1 CV", _MADE_UP, 3
    ),
    Change(
        "a job made up in one CV", "invention", "gross", add("work_experience", _JOB, end=True), "1 CV", _MADE_UP, 1
    ),
    Change(
        "a telephone made up in one CV, one draw",
        "invention",
        "gross",
        put("personal_info.phone", "020 7946 0999"),
        "1 CV",
        _MADE_UP,
        1,
        1,
    ),
    Change("LinkedIn made of the name", "invention", "unshippable", _guess_linkedin, "3 CVs", _MADE_UP),
    Change(
        "Teamwork among all skills", "invention", "unshippable", add("skills", "Teamwork", end=True), "3 CVs", _MADE_UP
    ),
    Change(
        "different skills made up in six CVs",
        "invention",
        "unshippable",
        at(
            "skills",
            lambda value, about: [*value, about.rng.choice(("Fortran", "Beekeeping", "Welding", "Latin dance"))],
        ),
        "3 CVs",
        _MADE_UP,
        6,
    ),
    Change(
        "a bullet made up in eight CVs",
        "invention",
        "unshippable",
        at(
            "work_experience[].description",
            lambda value, _: [*value, "Received the chairman's award for exceptional service"],
            one,
        ),
        "3 CVs",
        _MADE_UP,
        8,
    ),
    Change(
        "certificates' issuers guessed",
        "invention",
        "unshippable",
        put("certifications[].issuer", "Coursera", empty=True),
        "3 CVs",
        _MADE_UP,
    ),
    Change(
        "certificates' expiry guessed",
        "invention",
        "unshippable",
        put("certifications[].expiry", "2027", empty=True),
        "3 CVs",
        _MADE_UP,
    ),
    Change(
        "Esperanto among all languages",
        "invention",
        "gross",
        add("languages", {"language": "Esperanto", "proficiency": "basic"}, end=True),
        "1 CV",
        _MADE_UP,
    ),
    Change(
        "places of work guessed, where none is printed",
        "invention",
        "unshippable",
        put("work_experience[].location", "London", empty=True),
        "3 CVs",
        _MADE_UP,
    ),
    Change(
        "months guessed, where a year is printed",
        "invention",
        "unshippable",
        words("education[].end_date", lambda text: f"Jun {text}" if text.isdigit() else text),
        "3 CVs",
        _MADE_UP,
    ),
)
