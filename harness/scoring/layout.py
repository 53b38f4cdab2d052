"""What the contract's fields are to the scorer: which are compared how, and what makes two entries the same one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.values.find import Looked

Comparator: TypeAlias = Literal[
    "name", "email", "phone", "linkedin", "portfolio", "place", "organisation", "title", "degree", "date", "summary",
    "language", "proficiency", "text",
]  # fmt: skip
ListKind: TypeAlias = Literal["bullets", "items"]
"""bullets: statements, by coverage; items: a set of names (skills, technologies)."""

LOOKED: dict[Comparator, Looked] = {
    "name": "name",
    "email": "email",
    "phone": "phone",
    "linkedin": "linkedin",
    "portfolio": "link",
    "place": "place",
    "organisation": "organisation",
    "title": "title",
    "degree": "degree",
    "date": "date",
    "summary": "text",
    "language": "language",
    "proficiency": "level",
    "text": "organisation",
}
"""How each kind of value is looked up in the CV's text."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A field with one value. weight: its share in saying which entry this is; 0 where it says nothing."""

    name: str
    path: str
    comparator: Comparator
    looked: Looked
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Listed:
    """A field with several values. path ends in "[]"; looked: how its values are looked up in the CV's text."""

    name: str
    path: str
    kind: ListKind
    looked: Looked


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the contract. noun: what one entry is called; main: the field a bare string stands for; bullets:
    the field that holds bullets, if there is one; telling: the fields that say which entry it is; fields: the names of
    all."""

    name: str
    noun: str
    main: str
    scalars: tuple[Scalar, ...]
    lists: tuple[Listed, ...] = ()
    repeated: bool = True
    known: frozenset[str] = frozenset()
    bullets: str | None = None
    telling: tuple[Scalar, ...] = ()
    fields: tuple[str, ...] = ()


def _section(
    name: str,
    noun: str,
    scalars: dict[str, tuple[Comparator, float]],
    lists: dict[str, ListKind] | None = None,
    *,
    repeated: bool = True,
) -> Section:
    start = f"{name}[]." if repeated else f"{name}."
    fields = tuple(
        Scalar(field, start + field, comparator, LOOKED[comparator], weight)
        for field, (comparator, weight) in scalars.items()
    )
    return Section(
        name,
        noun,
        next(iter(scalars)),
        fields,
        tuple(
            Listed(field, f"{start}{field}[]", kind, "text" if kind == "bullets" else "skill")
            for field, kind in (lists or {}).items()
        ),
        repeated,
        frozenset((*scalars, *(lists or {}), "id")),
        next((field for field, kind in (lists or {}).items() if kind == "bullets"), None),
        tuple(scalar for scalar in fields if scalar.weight),
        (*scalars, *(lists or {})),
    )


PERSONAL = _section(
    "personal_info",
    "person",
    {
        "name": ("name", 0),
        "email": ("email", 0),
        "phone": ("phone", 0),
        "location": ("place", 0),
        "linkedin": ("linkedin", 0),
        "portfolio": ("portfolio", 0),
        "summary": ("summary", 0),
    },
    repeated=False,
)

ENTRIES: tuple[Section, ...] = (
    _section(
        "work_experience",
        "role",
        {
            "company": ("organisation", 0.35),
            "title": ("title", 0.30),
            "start_date": ("date", 0.20),
            "end_date": ("date", 0.15),
            "location": ("place", 0),
        },
        {"description": "bullets", "skills": "items"},
    ),
    _section(
        "education",
        "study",
        {
            "institution": ("organisation", 0.5),
            "degree": ("degree", 0.2),
            "field": ("degree", 0.15),
            "start_date": ("date", 0.05),
            "end_date": ("date", 0.10),
            "location": ("place", 0),
        },
        {"description": "bullets"},
    ),
    _section(
        "projects",
        "project",
        {"name": ("text", 0.8), "date": ("date", 0.2)},
        {"description": "bullets", "technologies": "items"},
    ),
    _section(
        "certifications",
        "certificate",
        {"name": ("text", 0.7), "issuer": ("organisation", 0.15), "year": ("date", 0.15), "expiry": ("date", 0)},
    ),
    _section("languages", "language", {"language": ("language", 1.0), "proficiency": ("proficiency", 0)}),
    _section(
        "training",
        "course",
        {"name": ("text", 0.7), "provider": ("organisation", 0.15), "date": ("date", 0.15)},
        {"details": "bullets"},
    ),
)

SKILLS = Listed("skills", "skills[]", "items", "skill")

SECTIONS: tuple[str, ...] = (
    "personal_info",
    "work_experience",
    "education",
    "skills",
    "projects",
    "certifications",
    "languages",
    "training",
)
"""In the contract's order, in which outcomes are listed."""

DATED = ("work_experience", "education")
"""Sections whose entries stand in reverse-chronological order, and whose loss is an event of its own."""

FIELDS: tuple[str, ...] = (
    *(scalar.path for scalar in PERSONAL.scalars),
    *(
        path
        for section in ENTRIES
        for path in (*(one.path for one in section.scalars), *(one.path for one in section.lists))
    ),
    SKILLS.path,
)
"""Every scored field path: all leaves of the contract but the ids."""


STATEMENTS: frozenset[str] = frozenset(
    (
        *(scalar.path for scalar in PERSONAL.scalars if scalar.comparator == "summary"),
        *(listed.path for section in ENTRIES for listed in section.lists if listed.kind == "bullets"),
    )
)
"""Field paths whose values are statements: read word by word."""

COMPARATORS: dict[str, Comparator] = {
    scalar.path: scalar.comparator for section in (PERSONAL, *ENTRIES) for scalar in section.scalars
}
"""How the values of a field path are compared, for fields with one value."""


def section_of(name: str) -> Section:
    """The entry section `name`."""
    return next(section for section in ENTRIES if section.name == name)
