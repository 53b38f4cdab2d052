"""Harms: many small steps, budgets; and small ones that people may differ about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.harms.change import Change, Line
from bench.harms.edits import About, Edit, both, first, lose, one, words
from bench.harms.people import Cv
from bench.harms.worlds import MONTHS

_LOST = "Somebody's contact, job or degree is not on the page, and they do not know it."
_COMES = "What one draw of three shows, a third of all users will see."
_CREEP = "Each step looks small; after eight of them nobody would accept the sum."
_COST = "More is paid or waited for than the release promises, for nothing in return."
_FEW = "Real, but few: a release manager may take it for a gain elsewhere, if told."
_TOLERATED = "The page reads this form, but the contract does not name it: the next page may not."
_SMALL = "Nobody would hold a release for it; it is told and that is enough."

_bullets = "work_experience[].description[]"
_contact = both(lose("personal_info.email"), lose("personal_info.phone"))

RATCHETS: tuple[Change, ...] = (
    Change("one more contact lost, eight times", "ratchet", "unshippable", _contact, "8 steps", _CREEP, 1, steps=8),
    Change(
        "one more role lost, eight times",
        "ratchet",
        "unshippable",
        lose("work_experience[]", one),
        "8 steps",
        _CREEP,
        1,
        steps=8,
    ),
    Change(
        "one more certificate lost, eight times",
        "ratchet",
        "unshippable",
        lose("certifications[]", first),
        "8 steps",
        _CREEP,
        1,
        steps=8,
    ),
)


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
    Change(
        "ten times the output in one CV of twelve",
        "budget",
        "unshippable",
        _same,
        "+10 %",
        _COST,
        0.08,
        line=_times("output_tokens", 10),
    ),
    Change("no answer in five of a hundred CVs", "budget", "unshippable", _same, "2 CVs", _LOST, 0.05, line=_fail),
    Change("no answer in a tenth, one draw", "budget", "unshippable", _same, "4 CVs", _COMES, 0.1, 1, line=_fail),
    Change("ten times as slow", "budget", "borderline", _same, "+20 %", _COST, line=_times("latency", 10)),
)

_DATES = (
    "work_experience[].start_date",
    "work_experience[].end_date",
    "education[].start_date",
    "education[].end_date",
    "projects[].date",
    "training[].date",
)


def _iso(text: str) -> str:
    month, _, year = text.partition(" ")
    return f"{year}-{MONTHS.index(month) + 1:02d}" if month in MONTHS else text


def _dates(change: Callable[[str], str]) -> Edit:
    return both(*(words(path, change) for path in _DATES))


BORDERLINE: tuple[Change, ...] = (
    Change("dates as YYYY-MM", "dates", "borderline", _dates(_iso), "all CVs", _TOLERATED),
    Change("dates as YYYY-MM in half of the CVs", "dates", "borderline", _dates(_iso), "all CVs", _TOLERATED, 0.5),
    Change("a bullet lost in three CVs", "small", "borderline", lose(_bullets, one), "6 CVs", _FEW, 3),
    Change("a role lost in two CVs", "small", "borderline", lose("work_experience[]", one), "3 CVs", _FEW, 2),
    Change("a skill lost in eight CVs", "small", "borderline", lose("skills[]", one), "20 CVs", _FEW, 8),
    Change(
        "a place of work lost in four CVs",
        "small",
        "borderline",
        lose("work_experience[].location", one),
        "8 CVs",
        _FEW,
        4,
    ),
    Change("a project lost in two CVs", "small", "borderline", lose("projects[]", one), "4 CVs", _FEW, 2),
    Change("the summary lost in two CVs", "small", "borderline", lose("personal_info.summary"), "4 CVs", _FEW, 2),
    Change("a language lost in two CVs", "small", "borderline", lose("languages[]", one), "4 CVs", _FEW, 2),
    Change("a bullet lost in ten CVs, one draw", "small", "borderline", lose(_bullets, one), "20 CVs", _FEW, 10, 1),
    Change(
        "a certificate's year lost in three CVs",
        "small",
        "borderline",
        lose("certifications[].year", first),
        "6 CVs",
        _FEW,
        3,
    ),
)

TOLERABLE: tuple[Change, ...] = (
    Change("a bullet lost in one CV, one draw", "small", "tolerable", lose(_bullets, one), "6 CVs", _SMALL, 1, 1),
    Change("a skill lost in two CVs, one draw", "small", "tolerable", lose("skills[]", one), "20 CVs", _SMALL, 2, 1),
    Change(
        "a course's provider lost in one CV",
        "small",
        "tolerable",
        lose("training[].provider", first),
        "4 CVs",
        _SMALL,
        1,
    ),
    Change("a skill lost in one CV", "small", "tolerable", lose("skills[]", one), "20 CVs", _SMALL, 1),
    Change(
        "a summary cut in one CV, one draw",
        "small",
        "tolerable",
        words("personal_info.summary", lambda text: text[: len(text) // 2]),
        "4 CVs",
        _SMALL,
        1,
        1,
    ),
    Change(
        "a level of a language lost in one CV",
        "small",
        "tolerable",
        lose("languages[].proficiency", first),
        "4 CVs",
        _SMALL,
        1,
    ),
    Change(
        "the country lost from one home",
        "small",
        "tolerable",
        words("personal_info.location", lambda text: text.split(",")[0]),
        "4 CVs",
        _SMALL,
        1,
    ),
    Change(
        "a month lost in one CV, one draw",
        "small",
        "tolerable",
        words("education[].end_date", lambda text: text.split()[-1], first),
        "4 CVs",
        _SMALL,
        1,
        1,
    ),
)
