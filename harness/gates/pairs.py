"""The candidate beside one other arm: one row per person, a column per draw.

Gates see only `Pair`s, so simulated and real evidence go the same way through the same decision.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from harness.gates.events import Events
from harness.gates.statistics import Bools, Floats, row_means
from harness.gates.types import Comparability


@dataclass(frozen=True, slots=True)
class Values:
    """A figure per persona and draw in both arms (persona × draw), nan where there is none."""

    candidate: Floats
    other: Floats

    def means(self) -> tuple[Floats, Floats, Bools]:
        """Draws averaged inside each persona, and which personas have both sides."""
        one, two = row_means(self.candidate), row_means(self.other)
        return one, two, ~(np.isnan(one) | np.isnan(two))


@dataclass(frozen=True, slots=True)
class Replaced:
    """One value that stands for another in several personas of the candidate and in none of the other arm.

    draws: the fewest that any of these personas has; unasked: those of them that were not asked again.
    """

    field: str
    golden: str
    answer: str
    personas: tuple[str, ...]
    draws: int
    unasked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field in both arms: F1 over all its leaves, and in how many personas it got worse by `kind`."""

    field: str
    candidate: float
    other: float
    worse: int
    better: int
    having: int
    kind: str
    kind_candidate: int
    kind_other: int
    documents: tuple[str, ...]
    effect: float


@dataclass(frozen=True, slots=True)
class FieldPart:
    """One field over the people whose golden has it. rows: their places among the pair's personas; filled: 1 where the
    answer has anything there, else 0."""

    rows: npt.NDArray[np.intp]
    f1: Values
    filled: Values


@dataclass(frozen=True, slots=True)
class Slices:
    """rows: by name (`layout: text-boxes`), the people of a slice that has enough of them. few: how many people the
    others have."""

    rows: Mapping[str, Bools] = field(default_factory=dict)
    few: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pair:
    """The candidate beside one other arm, on the personas that both have.

    tokens, cost, latency: values, or why there are none. f1_again: of further draws, nan where not asked again.
    replayed: personas that either arm was asked about, comparable or not (0: just these). has_golden: personas with
    a golden. fields and slices: its parts; they and changes are worked out where they are asked for.
    """

    against: str
    arm: str
    personas: tuple[str, ...]
    documents: Mapping[str, tuple[str, ...]]
    draws: tuple[int, int]
    f1: Values
    groups: Mapping[str, Values]
    events: Mapping[str, Events]
    replaced: tuple[Replaced, ...]
    tokens: Values | str
    cost: Values | str
    latency: Values | str
    source: str
    comparable: Comparability
    f1_again: Values | None = None
    replayed: int = 0
    harness_failures: tuple[str, ...] = ()
    fields: Callable[[], Mapping[str, FieldPart]] = dict
    slices: Callable[[], Slices] = Slices
    changes: Callable[[], tuple[FieldChange, ...]] = tuple
    failures: Mapping[str, int] = field(default_factory=dict)
    media: Mapping[str, str] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.personas)

    @property
    def people(self) -> int:
        """How many the run has reached; what planned looks count."""
        return self.replayed or self.n

    @property
    def has_golden(self) -> int:
        return int(self.f1.means()[2].sum())
