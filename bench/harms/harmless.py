"""Changes that lose nothing: other spellings of one value, other orders without meaning, better answers."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable

from bench.harms.change import Change, Line
from bench.harms.edits import About, Edit, at, everywhere, words
from bench.harms.people import Cv

_WHY = "Nobody who reads the page is told less, or anything else, than before."


def _ids(make: Callable[[str, int, str], str]) -> Edit:
    """New ids from section, number and old id."""

    def edit(cv: Cv, _: About) -> None:
        for section, entries in cv.items():
            for number, entry in enumerate(entries if isinstance(entries, list) else (), 1):
                if isinstance(entry, dict) and "id" in entry:
                    entry["id"] = make(section, number, entry["id"])

    return edit


def _shuffled(section: str) -> Edit:
    return at(section, lambda value, about: about.rng.sample(value, len(value)))


def _limited(text: str) -> str:
    return (
        text
        if re.search(r"[(,–/]|\b(Ltd|GmbH|Inc|AG|NHS|University|College|School|Council)\b|\.", text)
        else f"{text} Ltd"
    )


def _bachelor(text: str) -> str:
    return "Bachelor of Science" if text == "BSc" else text


def _perfect(cv: Cv, about: About) -> Cv:
    return json.loads(json.dumps(about.subject.cv))  # type: ignore[no-any-return]


def _better(section: str) -> Edit:
    return lambda cv, about: {**cv, section: json.loads(json.dumps(about.subject.cv[section]))}


def _turn(cv: Cv, _: About) -> Cv:
    return dict(reversed(cv.items()))


def _same(cv: Cv, _: About) -> None:
    """Nothing."""


def _line(part: str, factor: float) -> Callable[[Line], None]:
    def change(line: Line) -> None:
        if part == "latency":
            line["latency_ms"] *= factor
        else:
            line["usage"][part] = int(line["usage"][part] * factor)

    return change


def _ok(
    name: str, kind: str, edit: Edit, size: float | None = None, line: Callable[[Line], None] | None = None
) -> Change:
    return Change(name, kind, "harmless", edit, "never", _WHY, size, line=line)


HARMLESS: tuple[Change, ...] = (
    _ok("nothing changes", "same", _same),
    _ok("skills turned round", "order", at("skills", lambda value, _: value[::-1])),
    _ok("skills sorted", "order", at("skills", lambda value, _: sorted(value))),
    _ok("skills shuffled", "order", _shuffled("skills")),
    _ok("languages shuffled", "order", _shuffled("languages")),
    _ok("certificates shuffled", "order", _shuffled("certifications")),
    _ok("courses shuffled", "order", _shuffled("training")),
    _ok("projects shuffled", "order", _shuffled("projects")),
    _ok("technologies of projects sorted", "order", at("projects[].technologies", lambda value, _: sorted(value))),
    _ok("sections in another order", "order", _turn),
    _ok("ids numbered", "ids", _ids(lambda section, number, _: f"{section[0]}{number}")),
    _ok(
        "ids hashed",
        "ids",
        _ids(lambda section, number, old: hashlib.sha1(f"{section}{number}{old}".encode()).hexdigest()),
    ),
    _ok("ids with the section's name", "ids", _ids(lambda section, number, _: f"{section}-{number:03d}")),
    _ok(
        "LinkedIn with https://www.",
        "spelling",
        words("personal_info.linkedin", lambda text: "https://www." + re.sub(r"^(https?://)?(www\.)?", "", text)),
    ),
    _ok(
        "portfolio with https:// and a slash",
        "spelling",
        words("personal_info.portfolio", lambda text: "https://" + re.sub(r"^https?://", "", text).rstrip("/") + "/"),
    ),
    _ok("e-mail with a capital", "spelling", words("personal_info.email", str.capitalize)),
    _ok("telephone without spaces", "spelling", words("personal_info.phone", lambda text: text.replace(" ", ""))),
    _ok("curly quotes", "spelling", everywhere(lambda text: text.replace("'", "’"))),
    _ok("accents composed otherwise", "spelling", everywhere(lambda text: unicodedata.normalize("NFD", text))),
    _ok(
        "a full stop after each bullet",
        "spelling",
        words("work_experience[].description[]", lambda text: text.rstrip(".") + "."),
    ),
    _ok("long dashes as hyphens", "spelling", everywhere(lambda text: text.replace("–", "-"))),
    _ok("no-break spaces before units", "spelling", everywhere(lambda text: text.replace(" %", "\u00a0%"))),
    _ok("Senior as Sr.", "values", words("work_experience[].title", lambda text: text.replace("Senior ", "Sr. "))),
    _ok("BSc as Bachelor of Science", "values", words("education[].degree", _bachelor)),
    _ok("employers with their legal form", "values", words("work_experience[].company", _limited), 0.2),
    _ok("all mistakes mended", "better", _perfect),
    _ok("all mistakes mended in half of the CVs", "better", _perfect, 0.5),
    _ok("no mistakes in work experience", "better", _better("work_experience")),
    _ok("no mistakes in skills", "better", _better("skills")),
    _ok("the object as indented text", "text", lambda cv, _: json.dumps(cv, ensure_ascii=False, indent=2)),
    _ok("the object as text in ASCII", "text", lambda cv, _: json.dumps(cv)),
    _ok("a fifth fewer output tokens", "budget", _same, line=_line("output_tokens", 0.8)),
    _ok("twice as fast", "budget", _same, line=_line("latency", 0.5)),
)
