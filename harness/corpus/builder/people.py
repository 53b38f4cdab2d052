"""Content written by hand, one file per person in `people/`: blocks B and C, where the structure is the point.

The files are TOML with the words of `content`. Dates are `YYYY`, `YYYY-MM` or `present`; bullets, notes and the like
are one a line. `accept` and `ambiguous` go into the golden as they are.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from harness.base.types import Json
from harness.corpus.builder.bank import lines
from harness.corpus.builder.content import (
    Certificate,
    Content,
    Course,
    Date,
    End,
    Extra,
    Person,
    Project,
    Role,
    SkillGroup,
    Study,
    Tongue,
)

FOLDER = Path(__file__).parent / "people"


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a golden says besides its values."""

    accept: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()


NO_DOUBTS = Doubts()


def known() -> frozenset[str]:
    """Ids that have a file."""
    return frozenset(path.stem for path in FOLDER.glob("*.toml"))


@cache
def person(document_id: str) -> Content:
    """The content of a person. Raises KeyError, ValueError or tomllib.TOMLDecodeError for a wrong file."""
    data = _read(document_id)
    who = data["person"]
    return Content(
        person=Person(
            name=who["name"],
            email=who.get("email", ""),
            phone=who.get("phone", ""),
            location=who.get("location", ""),
            linkedin=f"https://www.linkedin.com/in/{who['linkedin']}-example" if "linkedin" in who else "",
            portfolio=f"https://{who['portfolio']}" if "portfolio" in who else "",
            headline=who.get("headline", ""),
        ),
        summary=" ".join(lines(data.get("summary", ""))),
        roles=tuple(sorted(map(_role, data.get("role", ())), key=_newest, reverse=True)),
        studies=tuple(
            Study(
                institution=one["institution"],
                degree=one["degree"],
                field=one.get("field", ""),
                start=_date(one.get("start")),
                end=_end(one.get("end")),
                location=one.get("location", ""),
                notes=lines(one.get("notes", "")),
            )
            for one in data.get("study", ())
        ),
        skills=_skills(data.get("skills", "")),
        skills_prose=" ".join(lines(data.get("skills_prose", ""))),
        projects=tuple(
            Project(
                name=one["name"],
                date=_end(one.get("date")),
                bullets=lines(one.get("bullets", "")),
                tech=_list(one.get("tech", "")),
            )
            for one in data.get("project", ())
        ),
        certificates=tuple(
            Certificate(one["name"], one.get("issuer", ""), _date(one.get("year")), _date(one.get("expiry")))
            for one in data.get("certificate", ())
        ),
        tongues=tuple(_tongue(line) for line in lines(data.get("languages", ""))),
        courses=tuple(
            Course(one["name"], one.get("provider", ""), _date(one.get("date")), lines(one.get("details", "")))
            for one in data.get("course", ())
        ),
        extras=tuple(Extra(one["title"], lines(one["lines"])) for one in data.get("extra", ())),
    )


def doubts(document_id: str) -> Doubts:
    data = _read(document_id)
    return Doubts(
        accept={path: tuple(values) for path, values in data.get("accept", {}).items()},
        ambiguous=frozenset(data.get("ambiguous", ())),
    )


@cache
def _read(document_id: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{document_id}.toml").read_text(encoding="utf-8"))


def _role(data: Mapping[str, Any]) -> Role:
    return Role(
        company=data["company"],
        titles=tuple(data["title"].split(" / ")),
        start=_date(data.get("start")),
        end=_end(data.get("end")),
        location=data.get("location", ""),
        bullets=lines(data.get("bullets", "")),
        tech=_list(data.get("tech", "")),
        note=data.get("note", ""),
    )


def _newest(role: Role) -> tuple[bool, Date, Date]:
    end = role.end if isinstance(role.end, Date) else Date(0)
    return role.end == "present", end, role.start or Date(0)


def _skills(block: str) -> tuple[SkillGroup, ...]:
    groups = []
    for line in lines(block):
        label, _, items = line.rpartition(": ")
        groups.append(SkillGroup(label, _list(items)))
    return tuple(groups)


def _tongue(line: str) -> Tongue:
    language, _, level = line.partition(" | ")
    return Tongue(language, level)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(", ") if part.strip())


def _date(text: str | None) -> Date | None:
    if not text:
        return None
    year, _, month = text.partition("-")
    return Date(int(year), int(month or 0))


def _end(text: str | None) -> End:
    return "present" if text == "present" else _date(text)
