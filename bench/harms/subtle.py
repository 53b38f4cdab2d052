"""Harms that lie close to what a comparison forgives: spelling, aliases, a word in twenty, good people only."""

from __future__ import annotations

import re

from bench.harms.change import Change
from bench.harms.edits import About, Edit, at, both, every, everywhere, first, last, lose, one, third, words
from bench.harms.people import Cv

_LIE = "The page says of somebody what their CV does not say, in the person's own voice."
_CARELESS = "Every reader of the page sees that a machine has been careless with somebody's life."
_UNREACHED = "A recruiter who copies it reaches nobody, or somebody else."
_ORDER = "The person put the most important thing first, and the page does not."
_GOOD = "Those who were served well are served worse, and gains for others do not reach them."

_bullets = "work_experience[].description[]"


def _where_right(edit: Edit) -> Edit:
    """The edit, but only in an answer that was right in everything."""
    return lambda cv, about: edit(cv, about) if cv == about.subject.cv else None


def _without_last_word(text: str) -> str:
    parts = text.split()
    return " ".join(parts[:-1]) if len(parts) > 10 else text


_SYNONYMS = {"and": "as well as", "with": "using", "for": "on behalf of", "each": "every", "from": "out of"}


def _reworded(text: str) -> str:
    return re.sub(r"\b(and|with|for|each|from)\b", lambda found: _SYNONYMS[found[0]], text, count=1)


def _mojibake(text: str) -> str:
    return text.encode().decode("latin-1") if not text.isascii() else text


def _typing_slip(text: str) -> str:
    return text[:3] + text[4] + text[3] + text[5:] if len(text) > 8 and " " not in text else text


def _month_early(text: str) -> str:
    months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    month, _, year = text.partition(" ")
    if month not in months:
        return text
    return f"{months[months.index(month) - 1]} {int(year) - (month == 'Jan')}"


def _home_everywhere(cv: Cv, _: About) -> None:
    for role in cv["work_experience"]:
        role["location"] = cv["personal_info"]["location"] or role["location"]


def _all_running(cv: Cv, _: About) -> None:
    for role in cv["work_experience"][:1]:
        role["end_date"] = "Present"


def _years_of_experience(cv: Cv, _: About) -> None:
    if cv["personal_info"]["summary"]:
        cv["personal_info"]["summary"] = "Has ten years of experience. " + cv["personal_info"]["summary"]


def _summary_as_bullet(cv: Cv, _: About) -> None:
    if cv["personal_info"]["summary"] and cv["work_experience"]:
        cv["work_experience"][0]["description"].insert(0, cv["personal_info"]["summary"])


def _halved(cv: Cv, _: About) -> None:
    for role in cv["work_experience"]:
        halves = []
        for bullet in role["description"]:
            parts = bullet.split()
            middle = len(parts) // 2
            halves += [" ".join(parts[:middle]), " ".join(parts[middle:])] if middle > 2 else [bullet]
        role["description"] = halves


def _lie(name: str, edit: Edit, smallest: str, size: int | None = None) -> Change:
    return Change(name, "near to right: meaning", "unshippable", edit, smallest, _LIE, size)


def _careless(name: str, edit: Edit, smallest: str, size: int | None = None) -> Change:
    return Change(name, "near to right: form", "unshippable", edit, smallest, _CARELESS, size)


def _unreached(name: str, edit: Edit, smallest: str, size: int | None = None) -> Change:
    return Change(name, "near to right: contact", "unshippable", edit, smallest, _UNREACHED, size)


def _good(name: str, edit: Edit) -> Change:
    return Change(name, "only where the answer was right", "unshippable", _where_right(edit), "3 CVs", _GOOD)


SUBTLE: tuple[Change, ...] = (
    _lie("the last word of each long bullet lost", words(_bullets, _without_last_word), "3 CVs"),
    _lie("one word of each bullet exchanged", words(_bullets, _reworded), "3 CVs"),
    _lie("Mr before each name", words("personal_info.name", lambda text: f"Mr {text}"), "1 CV"),
    _lie("PhD after five names", words("personal_info.name", lambda text: f"{text}, PhD"), "1 CV", 5),
    _lie(
        "Ltd becomes GmbH",
        words("work_experience[].company", lambda text: re.sub(r"\b(Ltd|Limited|plc|Inc)\b\.?", "GmbH", text)),
        "1 CV",
    ),
    _lie(
        "dates a month early",
        both(*(words(f"work_experience[].{key}_date", _month_early) for key in ("start", "end"))),
        "1 CV",
    ),
    _lie("every newest role running", _all_running, "2 CVs"),
    _lie("every role is where the person lives", _home_everywhere, "3 CVs"),
    _lie("ten years of experience in each summary", _years_of_experience, "1 CV"),
    _lie("the summary as first bullet of the newest role", _summary_as_bullet, "3 CVs"),
    _lie("decimals lost", everywhere(lambda text: re.sub(r"(\d)\.\d+", r"\1", text)), "3 CVs"),
    _lie("thousands lost", everywhere(lambda text: re.sub(r"(\d),\d{3}\b", r"\1", text)), "1 CV"),
    _careless("accents garbled (UTF-8 read as Latin-1)", everywhere(_mojibake), "1 CV"),
    _careless("every bullet in two halves", _halved, "3 CVs"),
    _careless("line breaks inside bullets", words(_bullets, lambda text: text.replace(", ", ",\n")), "half of CVs"),
    _careless("a typing slip in each long skill", words("skills[]", _typing_slip), "3 CVs"),
    _careless("names in small letters", words("personal_info.name", str.lower), "3 CVs"),
    _careless("skills in small letters", words("skills[]", str.lower), "half of CVs"),
    _careless("invisible characters in every name", words("personal_info.name", "\u200b".join), "3 CVs"),
    _careless("(sic) after a third of the bullets", at(_bullets, lambda text, _: f"{text} (sic)", third), "3 CVs"),
    _unreached("+44 becomes +49", words("personal_info.phone", lambda text: text.replace("+44", "+49")), "1 CV"),
    _unreached(
        "one digit more in five telephone numbers", words("personal_info.phone", lambda text: f"{text}1"), "1 CV", 5
    ),
    _unreached(
        "two letters of the e-mail exchanged in three CVs",
        words("personal_info.email", lambda text: text[1] + text[0] + text[2:]),
        "1 CV",
        3,
    ),
    _unreached(
        "-1 after the LinkedIn name, three CVs", words("personal_info.linkedin", lambda text: f"{text}-1"), "1 CV", 3
    ),
    _unreached("the portfolio's path lost", words("personal_info.portfolio", lambda text: text.split("/")[0]), "2 CVs"),
    _unreached(
        "a letter of another alphabet in each e-mail",
        words("personal_info.email", lambda text: text.replace("a", "а")),
        "1 CV",
    ),
    _good("the oldest role lost where all was right", lose("work_experience[]", last)),
    _good("certificates lost where all was right", lose("certifications")),
    _good("a third of the bullets lost where all was right", lose(_bullets, third)),
    _good("the telephone lost where all was right", lose("personal_info.phone")),
    Change(
        "bullets turned round",
        "order of bullets",
        "borderline",
        at("work_experience[].description", lambda value, _: value[::-1], every),
        "all CVs",
        _ORDER,
    ),
    Change(
        "family name first",
        "order of names",
        "borderline",
        words("personal_info.name", lambda text: ", ".join(reversed(text.rsplit(" ", 1)))),
        "all CVs",
        _ORDER,
    ),
    Change(
        "one skill said again in other words",
        "near to right: form",
        "tolerable",
        at("skills", lambda value, _: [*value, value[0].upper()], first),
        "20 CVs",
        "One line more, and nobody is misled.",
        1,
    ),
    Change(
        "a bullet's first word lost in one CV",
        "near to right: form",
        "tolerable",
        words(_bullets, lambda text: text.partition(" ")[2], one),
        "3 CVs",
        "One word of one CV: told, and no reason to wait.",
        1,
        1,
    ),
)
