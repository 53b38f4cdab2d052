"""Harms: rare ones, and ones in some draws."""

from __future__ import annotations

import json

from bench.harms.change import Change
from bench.harms.edits import About, Edit, both, first, last, lose, one, put, third, words
from bench.harms.people import Cv

_LOST = "Somebody's contact, job or degree is not on the page, and they do not know it."
_COMES = "What one draw of three shows, a third of all users will see."
_CONFIDENTIAL = "The page says what the person never wrote, under the person's name."

_bullets = "work_experience[].description[]"
_contact = both(lose("personal_info.email"), lose("personal_info.phone"))


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


RARE: tuple[Change, ...] = (
    Change("e-mail and telephone lost in one CV", "rare", "unshippable", _contact, "1 CV", _LOST, 1),
    Change("name lost in one CV", "rare", "unshippable", lose("personal_info.name"), "1 CV", _LOST, 1),
    Change("e-mail lost in four CVs", "rare", "unshippable", lose("personal_info.email"), "1 CV", _LOST, 4),
    Change("one CV comes back empty", "rare", "gross", _emptied, "1 CV", _LOST, 1),
    Change("the newest role lost in three CVs", "rare", "unshippable", _newest_role, "3 CVs", _LOST, 3),
    Change(
        "a role lost in a tenth of the CVs", "rare", "unshippable", lose("work_experience[]", one), "3 CVs", _LOST, 0.1
    ),
    Change("only three roles kept", "rare", "gross", _keep_roles(3), "3 CVs", _LOST),
    Change("only five roles kept", "rare", "unshippable", _keep_roles(5), "2 CVs", _LOST),
    Change("the oldest study lost in six CVs", "rare", "unshippable", lose("education[]", last), "3 CVs", _LOST, 6),
    Change(
        "divisions lost in a tenth of the CVs",
        "rare",
        "unshippable",
        words("work_experience[].company", lambda text: text.split(" (")[0].split(" – ")[0].split(", ")[0]),
        "3 CVs",
        _LOST,
        0.1,
    ),
    Change("a third of the bullets lost in six CVs", "rare", "unshippable", lose(_bullets, third), "3 CVs", _LOST, 6),
    Change("languages lost in six CVs", "rare", "unshippable", lose("languages"), "3 CVs", _LOST, 6),
    Change("one role twice in six CVs", "rare", "unshippable", _role_twice, "3 CVs", _LOST, 6),
    Change(
        "newest employer Confidential in four CVs, one draw",
        "one draw of three",
        "unshippable",
        put("work_experience[].company", "Confidential", first),
        "3 CVs",
        _COMES,
        4,
        1,
    ),
    Change(
        "newest employer Confidential in four CVs",
        "rare",
        "gross",
        put("work_experience[].company", "Confidential", first),
        "1 CV",
        _CONFIDENTIAL,
        4,
    ),
    Change(
        "a role lost in four CVs, one draw",
        "one draw of three",
        "unshippable",
        lose("work_experience[]", one),
        "4 CVs",
        _COMES,
        4,
        1,
    ),
    Change(
        "a role lost in every CV, one draw",
        "one draw of three",
        "gross",
        lose("work_experience[]", one),
        "4 CVs",
        _COMES,
        None,
        1,
    ),
    Change("contact lost in four CVs, one draw", "one draw of three", "unshippable", _contact, "3 CVs", _COMES, 4, 1),
    Change(
        "ended jobs Present in six CVs, one draw",
        "one draw of three",
        "unshippable",
        _ended_present,
        "4 CVs",
        _COMES,
        6,
        1,
    ),
    Change("ended jobs Present in three CVs", "rare", "unshippable", _ended_present, "2 CVs", _LOST, 3),
    Change(
        "skills lost in ten CVs, one draw", "one draw of three", "unshippable", lose("skills"), "5 CVs", _COMES, 10, 1
    ),
    Change(
        "broken JSON in six CVs, one draw",
        "one draw of three",
        "unshippable",
        lambda cv, _: json.dumps(cv)[:-90],
        "3 CVs",
        _COMES,
        6,
        1,
    ),
)
