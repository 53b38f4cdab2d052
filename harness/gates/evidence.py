"""Cases condensed into pairs: the candidate beside one other arm, one row per persona.

`judge` sees only `Pair`s, so simulated and real evidence go the same way through the same decision.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from harness.corpus.types import Document
from harness.gates.condense import Observation, condense
from harness.gates.events import Events, Seen
from harness.gates.paths import GROUPS
from harness.gates.statistics import Bools, Floats, row_means
from harness.gates.types import AGAIN, Case, Comparability
from harness.replay.types import Arm, Manifest


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
class Pair:
    """The candidate beside one other arm, on the personas that both have.

    tokens, cost, latency: values, or why there are none. f1_again: of further draws, nan where not asked again.
    replayed: personas that either arm was asked about, comparable or not (0: just these). has_golden: personas with
    a golden.
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


@dataclass(frozen=True, slots=True)
class Evidence:
    """All cases of a run by arm, and what the arms are. Build with `Evidence.of`."""

    manifest: Manifest
    cases: Mapping[str, tuple[Case, ...]]
    documents: Mapping[str, Document]
    arms: Mapping[str, Arm]
    _condensed: dict[tuple[str, frozenset[str] | None, bool], tuple[Seen, tuple[str, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(cls, cases: Iterable[Case], manifest: Manifest) -> Evidence:
        by_arm: dict[str, list[Case]] = defaultdict(list)
        documents: dict[str, Document] = {}
        for case in cases:
            by_arm[case.record.arm].append(case)
            documents[case.document.id] = case.document
        arms = {arm.id: arm for arm in manifest.arms}
        return cls(manifest, {arm: tuple(found) for arm, found in by_arm.items()}, documents, arms)

    def source(self, arm: str) -> str:
        """Where an arm's answers come from. A recorded answer of the simulator is still simulated."""
        found = {case.record.source for case in self.cases.get(arm, ())}
        arm = arm.removesuffix(AGAIN)
        if arm in self.arms and self.arms[arm].origin.startswith("simulator"):
            return "simulated"
        for source in ("simulated", "declared", "recorded", "live"):
            if source in found:
                return source
        return "live"

    def observations(
        self, arm: str, *, only: frozenset[str] | None = None, twins: bool = False
    ) -> tuple[Seen, tuple[str, ...]]:
        """(document → draw → observation, documents on which our own harness failed). Twins stay out unless asked
        for. Condensed once for each question."""
        asked = (arm, only, twins)
        if asked not in self._condensed:
            self._condensed[asked] = self._observe(arm, only, twins)
        return self._condensed[asked]

    def _observe(self, arm: str, only: frozenset[str] | None, twins: bool) -> tuple[Seen, tuple[str, ...]]:
        seen: dict[str, dict[int, Observation]] = defaultdict(dict)
        broken: list[str] = []
        source = self.source(arm)
        for case in self.cases.get(arm, ()):
            if (case.document.twin_of is not None) != twins:
                continue
            observation = condense(case, source, only)
            if observation is None:
                broken.append(case.document.id)
            else:
                seen[case.document.id][case.record.draw] = observation
        return seen, tuple(dict.fromkeys(broken))


def by_persona(documents: Iterable[str], of: Mapping[str, Document]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        found[of[document].persona or document].append(document)
    return {persona: tuple(sorted(found[persona])) for persona in sorted(found)}


def values_of(
    personas: Mapping[str, tuple[str, ...]],
    candidate: Seen,
    other: Seen,
    figure: Callable[[Observation], float | None],
) -> Values:
    return Values(_table(personas, candidate, figure), _table(personas, other, figure))


def _table(
    personas: Mapping[str, tuple[str, ...]], seen: Seen, figure: Callable[[Observation], float | None]
) -> Floats:
    draws = sorted({draw for found in seen.values() for draw in found})
    table = np.full((len(personas), max(1, len(draws))), np.nan)
    for row, documents in enumerate(personas.values()):
        for column, draw in enumerate(draws):
            there = [
                value
                for document in documents
                if (observation := seen.get(document, {}).get(draw)) is not None
                and (value := figure(observation)) is not None
            ]
            if there:
                table[row, column] = sum(there) / len(there)
    return table


def group_values(personas: Mapping[str, tuple[str, ...]], candidate: Seen, other: Seen) -> dict[str, Values]:
    return {group: values_of(personas, candidate, other, _group(group)) for group in GROUPS}


def _group(name: str) -> Callable[[Observation], float | None]:
    return lambda observation: observation.groups.get(name)
