"""What a CV says, free of layout, wording of dates and language of headings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A point in time as a CV knows it. `month` is 1 to 12, or 0 where only the year is known."""

    year: int
    month: int = 0


End: TypeAlias = Date | Literal["present"] | None


@dataclass(frozen=True, slots=True)
class Person:
    """Who, and how to reach them. `linkedin` and `portfolio` are the full addresses."""

    name: str
    email: str = ""
    phone: str = ""
    location: str = ""
    linkedin: str = ""
    portfolio: str = ""
    headline: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """One golden entry. `former` titles share the period; `note` is printed but belongs to no contract field."""

    company: str
    titles: tuple[str, ...]
    start: Date | None
    end: End
    location: str = ""
    bullets: tuple[str, ...] = ()
    tech: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    institution: str
    degree: str
    field: str = ""
    start: Date | None = None
    end: End = None
    location: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str
    issuer: str = ""
    year: Date | None = None
    expiry: Date | None = None


@dataclass(frozen=True, slots=True)
class Course:
    name: str
    provider: str = ""
    date: Date | None = None
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    name: str
    date: End = None
    bullets: tuple[str, ...] = ()
    tech: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tongue:
    language: str
    level: str = ""


@dataclass(frozen=True, slots=True)
class SkillGroup:
    label: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extra:
    """A printed section that the contract has no place for: interests, references, publications."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """One CV. Roles and studies stand newest first, running ones before all others."""

    person: Person
    summary: str = ""
    roles: tuple[Role, ...] = ()
    studies: tuple[Study, ...] = ()
    skills: tuple[SkillGroup, ...] = ()
    skills_prose: str = ""
    projects: tuple[Project, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    tongues: tuple[Tongue, ...] = ()
    courses: tuple[Course, ...] = ()
    extras: tuple[Extra, ...] = ()
