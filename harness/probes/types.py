"""What a probe is: a changed CV, and how the answer must change with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias

from harness.base.types import Json

if TYPE_CHECKING:
    from harness.probes.places import Places

Cv: TypeAlias = dict[str, Any]
"""A contract object as an answer gives it. It may be anything that JSON is: it is looked at with suspicion."""

Family: TypeAlias = Literal["control", "form", "content", "twin"]
"""control: nothing that matters is changed, so that it shows what asking again alone does; form: how the CV is
written; content: what it says; twin: who it is about, in what must not matter."""

CONTROL = "nothing"
"""The relation that every other one is set beside."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The answer that a changed CV must get. accept: further values that are right too, by path of `cv`."""

    cv: Json
    accept: Mapping[str, tuple[Json, ...]] = field(default_factory=dict)


class Change(Protocol):
    """How an answer must change. None where it cannot be said of this answer, for example because it never had the
    entry that is gone."""

    def of(self, answer: Cv) -> Expected | None: ...


@dataclass(frozen=True, slots=True)
class Probe:
    """A changed CV. variant: which of several (the group of a twin); said: what was changed, in words, without values
    of the CV. planted: values that the changed text has and the unchanged one has not, by field path: what a right
    answer says there is known."""

    text: str
    change: Change
    variant: str = ""
    said: str = ""
    planted: tuple[tuple[str, str], ...] = ()


Make: TypeAlias = Callable[["Places", Random], "list[Probe]"]
"""From a CV with its places to changed ones; [] where the place is not found for certain."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A way to change a CV. told: what it does, for a person. variants: of a twin its groups, by name."""

    name: str
    family: Family
    told: str
    make: Make
    variants: tuple[str, ...] = ()
