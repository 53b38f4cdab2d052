"""What the parser finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as far as it is printed. month: 1–12 or None. present: still running. printed: the CV's own spelling."""

    year: int
    month: int | None = None
    present: bool = False
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """When something was. A single date has no start."""

    start: Moment | None
    end: Moment | None
    begin: int = 0
    stop: int = 0
    """Where the period stands in its line."""
    single: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    email: str = ""
    phone: str = ""
    location: str = ""
    linkedin: str = ""
    portfolio: str = ""
    summary: str = ""


@dataclass(frozen=True, slots=True)
class Role:
    """One job. titles: more than one where several were held at once. short: the employer without its division.
    printed: its header as it stands."""

    company: str
    short: str
    titles: tuple[str, ...]
    start: Moment | None
    end: Moment | None
    location: str
    bullets: tuple[str, ...]
    skills: tuple[str, ...]
    printed: str = ""


@dataclass(frozen=True, slots=True)
class Study:
    institution: str
    degree: str
    subject: str
    start: Moment | None
    end: Moment | None
    location: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    name: str
    issuer: str
    year: Moment | None
    expiry: Moment | None


@dataclass(frozen=True, slots=True)
class Language:
    name: str
    level: str


@dataclass(frozen=True, slots=True)
class Undertaking:
    """A project: name, date, what it was, what it was made with."""

    name: str
    date: Moment | None
    start: Moment | None
    bullets: tuple[str, ...]
    technologies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Course:
    name: str
    provider: str
    date: Moment | None
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cv:
    """Everything found. difficulty: 0 (plain) to 1 (long, crowded, unusual): scales the chance of errors.

    other: lines under headings that are none of the above, which may hold instructions to a model.
    """

    person: Person
    roles: tuple[Role, ...]
    studies: tuple[Study, ...]
    skills: tuple[tuple[str, tuple[str, ...]], ...]
    """Category ("" where there is none) and its members."""
    projects: tuple[Undertaking, ...]
    certificates: tuple[Certificate, ...]
    languages: tuple[Language, ...]
    courses: tuple[Course, ...]
    difficulty: float
