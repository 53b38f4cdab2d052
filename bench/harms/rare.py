"""Harms: rare ones, ones in some draws, inventions, ratchets, budgets; and small ones that people may differ about."""

from __future__ import annotations

import json
from typing import Any

from bench.harms.change import Change, Line, Severity
from bench.harms.edits import About, Edit, add, at, both, first, last, lose, one, put, third, words
from bench.harms.people import Cv

_LOST = "Somebody's contact, job or degree is not on the page, and they do not know it."
_COMES = "What one draw of three shows, a third of all users will see."
_MADE_UP = "The page says what the person never wrote, under the person's name."
_CREEP = "Each step looks small; after eight of them nobody would accept the sum."
_COST = "More is paid or waited for than the release promises, for nothing in return."
_FEW = "Real, but few: a release manager may take it for a gain elsewhere, if told."
_SMALL = "Nobody would hold a release for it; it is told and that is enough."

_bullets = "work_experience[].description[]"
_contact = both(lose("personal_info.email"), lose("personal_info.phone"))
_CERTIFICATE = {"id": "c-x", "name": "Certified Excellence Practitioner", "issuer": "Global Institute", "year": "2021", "expiry": ""}
_DEGREE = {"id": "e-x", "institution": "University of Northern Excellence", "degree": "MBA", "field": "Management",
           "start_date": "2010", "end_date": "2012", "location": "", "description": []}  # fmt: skip
_JOB = {"id": "w-x", "company": "Excellence Partners Ltd", "title": "Consultant", "start_date": "Jan 2009",
        "end_date": "Dec 2010", "location": "", "description": [], "skills": []}  # fmt: skip


def _harm(
    name: str, kind: str, severity: Severity, edit: Edit, smallest: str, why: str,
    size: int | float | None = None, draws: int | None = None,
) -> Change:  # fmt: skip
    return Change(name, kind, severity, edit, smallest, why, size, draws)


def _ended_present(cv: Cv, about: About) -> None:
    for role in one([each for each in cv["work_experience"] if each["end_date"] not in ("", "Present")], about):
        role["end_date"] = "Present"


def _newest_role(cv: Cv, _: About) -> None:
    del cv["work_experience"][:1]


def _keep_roles(number: int) -> Edit:
    def edit(cv: Cv, _: About) -> None:
        del cv["work_experience"][number:]

    return edit


def _role_twice(cv: Cv, _: About) -> None:
    if cv["work_experience"]:
        cv["work_experience"].insert(1, {**cv["work_experience"][0], "id": "w-again"})


def _emptied(cv: Cv, _: About) -> Cv:
    return {name: [] if isinstance(value, list) else dict.fromkeys(value, "") for name, value in cv.items()}


def _guess_linkedin(cv: Cv, _: About) -> None:
    info = cv["personal_info"]
    info["linkedin"] = info["linkedin"] or "linkedin.com/in/" + info["name"].lower().replace(" ", "-")


RARE: tuple[Change, ...] = (
    _harm("e-mail and telephone lost in one CV", "rare", "unshippable", _contact, "1 CV", _LOST, 1),
    _harm("name lost in one CV", "rare", "unshippable", lose("personal_info.name"), "1 CV", _LOST, 1),
    _harm("e-mail lost in four CVs", "rare", "unshippable", lose("personal_info.email"), "1 CV", _LOST, 4),
    _harm("one CV comes back empty", "rare", "gross", _emptied, "1 CV", _LOST, 1),
    _harm("the newest role lost in three CVs", "rare", "unshippable", _newest_role, "3 CVs", _LOST, 3),
    _harm("a role lost in a tenth of the CVs", "rare", "unshippable", lose("work_experience[]", one), "3 CVs", _LOST, 0.1),
    _harm("only three roles kept", "rare", "gross", _keep_roles(3), "3 CVs", _LOST),
    _harm("only five roles kept", "rare", "unshippable", _keep_roles(5), "2 CVs", _LOST),
    _harm("the oldest study lost in six CVs", "rare", "unshippable", lose("education[]", last), "3 CVs", _LOST, 6),
    _harm("divisions lost in a tenth of the CVs", "rare", "unshippable",
          words("work_experience[].company", lambda text: text.split(" (")[0].split(" – ")[0].split(", ")[0]), "3 CVs", _LOST, 0.1),
    _harm("a third of the bullets lost in six CVs", "rare", "unshippable", lose(_bullets, third), "3 CVs", _LOST, 6),
    _harm("languages lost in six CVs", "rare", "unshippable", lose("languages"), "3 CVs", _LOST, 6),
    _harm("one role twice in six CVs", "rare", "unshippable", _role_twice, "3 CVs", _LOST, 6),
    _harm("newest employer Confidential in four CVs, one draw", "one draw of three", "unshippable",
          put("work_experience[].company", "Confidential", first), "3 CVs", _COMES, 4, 1),
    _harm("newest employer Confidential in four CVs", "rare", "gross",
          put("work_experience[].company", "Confidential", first), "1 CV", _MADE_UP, 4),
    _harm("a role lost in four CVs, one draw", "one draw of three", "unshippable", lose("work_experience[]", one), "4 CVs", _COMES, 4, 1),
    _harm("a role lost in every CV, one draw", "one draw of three", "gross", lose("work_experience[]", one), "4 CVs", _COMES, None, 1),
    _harm("contact lost in four CVs, one draw", "one draw of three", "unshippable", _contact, "3 CVs", _COMES, 4, 1),
    _harm("ended jobs Present in six CVs, one draw", "one draw of three", "unshippable", _ended_present, "4 CVs", _COMES, 6, 1),
    _harm("ended jobs Present in three CVs", "rare", "unshippable", _ended_present, "2 CVs", _LOST, 3),
    _harm("skills lost in ten CVs, one draw", "one draw of three", "unshippable", lose("skills"), "5 CVs", _COMES, 10, 1),
    _harm("broken JSON in six CVs, one draw", "one draw of three", "unshippable", lambda cv, _: json.dumps(cv)[:-90], "3 CVs", _COMES, 6, 1),
)  # fmt: skip

INVENTED: tuple[Change, ...] = (
    _harm("a certificate made up in five CVs, one draw", "invention", "unshippable", add("certifications", _CERTIFICATE), "2 CVs", _MADE_UP, 5, 1),
    _harm("a certificate made up in five CVs", "invention", "unshippable", add("certifications", _CERTIFICATE), "1 CV", _MADE_UP, 5),
    _harm("a degree made up in three CVs", "invention", "gross", add("education", _DEGREE, end=True), "1 CV", _MADE_UP, 3),
    _harm("a job made up in one CV", "invention", "gross", add("work_experience", _JOB, end=True), "1 CV", _MADE_UP, 1),
    _harm("a telephone made up in one CV, one draw", "invention", "gross", put("personal_info.phone", "020 7946 0999"), "1 CV", _MADE_UP, 1, 1),
    _harm("LinkedIn made of the name", "invention", "unshippable", _guess_linkedin, "3 CVs", _MADE_UP),
    _harm("Teamwork among all skills", "invention", "unshippable", add("skills", "Teamwork", end=True), "3 CVs", _MADE_UP),
    _harm("different skills made up in six CVs", "invention", "unshippable",
          at("skills", lambda value, about: [*value, about.rng.choice(("Fortran", "Beekeeping", "Welding", "Latin dance"))]), "3 CVs", _MADE_UP, 6),
    _harm("a bullet made up in eight CVs", "invention", "unshippable",
          at("work_experience[].description", lambda value, _: [*value, "Received the chairman's award for exceptional service"], one), "3 CVs", _MADE_UP, 8),
    _harm("certificates' issuers guessed", "invention", "unshippable", put("certifications[].issuer", "Coursera", empty=True), "3 CVs", _MADE_UP),
    _harm("certificates' expiry guessed", "invention", "unshippable", put("certifications[].expiry", "2027", empty=True), "3 CVs", _MADE_UP),
    _harm("Esperanto among all languages", "invention", "gross", add("languages", {"language": "Esperanto", "proficiency": "basic"}, end=True), "1 CV", _MADE_UP),
    _harm("places of work guessed, where none is printed", "invention", "unshippable", put("work_experience[].location", "London", empty=True), "3 CVs", _MADE_UP),
    _harm("months guessed, where a year is printed", "invention", "unshippable",
          words("education[].end_date", lambda text: f"Jun {text}" if text.isdigit() else text), "3 CVs", _MADE_UP),
)  # fmt: skip

RATCHETS: tuple[Change, ...] = (
    Change("one more contact lost, eight times", "ratchet", "unshippable", _contact, "8 steps", _CREEP, 1, steps=8),
    Change("one more role lost, eight times", "ratchet", "unshippable", lose("work_experience[]", one), "8 steps", _CREEP, 1, steps=8),
    Change("one more certificate lost, eight times", "ratchet", "unshippable", lose("certifications[]", first), "8 steps", _CREEP, 1, steps=8),
)  # fmt: skip


def _times(part: str, factor: float) -> Any:
    def line(given: Line) -> None:
        if part == "latency":
            given["latency_ms"] *= factor
        else:
            given["usage"][part] = int(given["usage"][part] * factor)

    return line


def _fail(given: Line) -> None:
    given["answer"], given["error"] = None, "the provider gave no answer"


def _same(cv: Cv, _: About) -> None:
    """Only the line changes."""


BUDGETS: tuple[Change, ...] = (
    Change("twice the output tokens", "budget", "unshippable", _same, "+10 %", _COST, line=_times("output_tokens", 2)),
    Change("input tokens +40 %", "budget", "unshippable", _same, "+10 %", _COST, line=_times("input_tokens", 1.4)),
    Change("ten times the output in one CV of twelve", "budget", "unshippable", _same, "+10 %", _COST, 0.08, line=_times("output_tokens", 10)),
    Change("no answer in five of a hundred CVs", "budget", "unshippable", _same, "2 CVs", _LOST, 0.05, line=_fail),
    Change("no answer in a tenth, one draw", "budget", "unshippable", _same, "4 CVs", _COMES, 0.1, 1, line=_fail),
    Change("ten times as slow", "budget", "borderline", _same, "+20 %", _COST, line=_times("latency", 10)),
)  # fmt: skip

BORDERLINE: tuple[Change, ...] = (
    _harm("a bullet lost in three CVs", "small", "borderline", lose(_bullets, one), "6 CVs", _FEW, 3),
    _harm("a role lost in two CVs", "small", "borderline", lose("work_experience[]", one), "3 CVs", _FEW, 2),
    _harm("a skill lost in eight CVs", "small", "borderline", lose("skills[]", one), "20 CVs", _FEW, 8),
    _harm("a place of work lost in four CVs", "small", "borderline", lose("work_experience[].location", one), "8 CVs", _FEW, 4),
    _harm("a project lost in two CVs", "small", "borderline", lose("projects[]", one), "4 CVs", _FEW, 2),
    _harm("the summary lost in two CVs", "small", "borderline", lose("personal_info.summary"), "4 CVs", _FEW, 2),
    _harm("a language lost in two CVs", "small", "borderline", lose("languages[]", one), "4 CVs", _FEW, 2),
    _harm("a bullet lost in ten CVs, one draw", "small", "borderline", lose(_bullets, one), "20 CVs", _FEW, 10, 1),
    _harm("a certificate's year lost in three CVs", "small", "borderline", lose("certifications[].year", first), "6 CVs", _FEW, 3),
)  # fmt: skip

TOLERABLE: tuple[Change, ...] = (
    _harm("a bullet lost in one CV, one draw", "small", "tolerable", lose(_bullets, one), "6 CVs", _SMALL, 1, 1),
    _harm("a skill lost in two CVs, one draw", "small", "tolerable", lose("skills[]", one), "20 CVs", _SMALL, 2, 1),
    _harm("a course's provider lost in one CV", "small", "tolerable", lose("training[].provider", first), "4 CVs", _SMALL, 1),
    _harm("a skill lost in one CV", "small", "tolerable", lose("skills[]", one), "20 CVs", _SMALL, 1),
    _harm("a summary cut in one CV, one draw", "small", "tolerable",
          words("personal_info.summary", lambda text: text[: len(text) // 2]), "4 CVs", _SMALL, 1, 1),
    _harm("a level of a language lost in one CV", "small", "tolerable", lose("languages[].proficiency", first), "4 CVs", _SMALL, 1),
    _harm("the country lost from one home", "small", "tolerable",
          words("personal_info.location", lambda text: text.split(",")[0]), "4 CVs", _SMALL, 1),
    _harm("a month lost in one CV, one draw", "small", "tolerable",
          words("education[].end_date", lambda text: text.split()[-1], first), "4 CVs", _SMALL, 1, 1),
)  # fmt: skip
