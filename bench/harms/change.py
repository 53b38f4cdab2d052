"""A change of the assistant, as what it does to answers, and to whose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from bench.harms.edits import Edit
from bench.harms.people import Subject

Severity: TypeAlias = Literal["gross", "unshippable", "borderline", "tolerable", "harmless"]
Line: TypeAlias = dict[str, Any]
"""One line of the answers' file (see README, `--answers`)."""


def anyone(_: Subject) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Change:
    """edit: what it does to an answer. where: whose CVs may be touched.

    size: how many of the people whose answers the edit can change: a number, a share, None for all. draws: in how
    many draws of each of them, None for all. smallest: the smallest size at which a release manager would not ship
    it, and why, in a sentence to sign. line: what it does to the rest of the line (tokens, time, errors).
    steps: accepted one after the other, each touching `size` more people, what was accepted before the first being the
    anchor; shipped where every step ships.
    """

    name: str
    kind: str
    severity: Severity
    edit: Edit
    smallest: str
    why: str
    size: int | float | None = None
    draws: int | None = None
    where: Callable[[Subject], bool] = anyone
    line: Callable[[Line], None] | None = None
    steps: int = 1


def tagged(key: str, *values: str) -> Callable[[Subject], bool]:
    return lambda subject: subject.tags.get(key) in values


def foreign(subject: Subject) -> bool:
    return subject.tags.get("language") != "en"


def attacked(subject: Subject) -> bool:
    return bool(subject.tags.get("canary"))
