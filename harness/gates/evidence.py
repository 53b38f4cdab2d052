"""All cases of a run by arm, condensed once; and tables of their figures by person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from harness.base.types import Source
from harness.corpus.types import Document
from harness.gates.condense import condense
from harness.gates.filed import filed
from harness.gates.lazy import Chosen, LazyCases
from harness.gates.observation import Observation, PackedSeen, Seen
from harness.gates.pairs import Values
from harness.gates.paths import GROUPS
from harness.gates.statistics import Floats
from harness.gates.types import AGAIN, Case
from harness.replay.types import Arm, Manifest
from harness.scoring.looked import Looked


@dataclass(frozen=True, slots=True)
class Evidence:
    """All cases of a run by arm, and what the arms are. texts: what was read of each document, where it is known.
    looked: what single answers were found to be as they came. Build with `Evidence.of`."""

    manifest: Manifest
    cases: Mapping[str, Sequence[Case]]
    documents: Mapping[str, Document]
    arms: Mapping[str, Arm]
    texts: Mapping[str, str] = field(default_factory=dict)
    looked: Looked | None = field(default=None, compare=False, repr=False)
    _sources: dict[str, frozenset[Source]] = field(default_factory=dict, compare=False, repr=False)
    _condensed: dict[tuple[str, frozenset[str] | None, bool], tuple[Seen, tuple[str, ...]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def of(
        cls,
        cases: Iterable[Case],
        manifest: Manifest,
        texts: Mapping[str, str] | None = None,
        looked: Looked | None = None,
    ) -> Evidence:
        arms = {arm.id: arm for arm in manifest.arms}
        if isinstance(cases, LazyCases):
            of_arms = {arm: cases.of_arm(arm) for arm in cases.arms}
            return cls(manifest, of_arms, cases.documents, arms, texts or {}, looked)
        by_arm: dict[str, list[Case]] = defaultdict(list)
        documents: dict[str, Document] = {}
        for case in cases:
            by_arm[case.record.arm].append(case)
            documents[case.document.id] = case.document
        return cls(manifest, {arm: tuple(found) for arm, found in by_arm.items()}, documents, arms, texts or {}, looked)

    def source(self, arm: str) -> str:
        """Where an arm's answers come from. A recorded answer of the simulator is still simulated."""
        if arm not in self._sources:
            self._sources[arm] = frozenset(case.record.source for case in self.cases.get(arm, ()))
        found = self._sources[arm]
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
        broken: list[str] = []
        source = self.source(arm)
        cases = self.cases.get(arm, ())
        if isinstance(cases, Chosen) and cases.all.beside is not None and only is None:
            return filed(cases.all, arm, source, twins=twins)
        packed = PackedSeen() if isinstance(cases, Chosen) else None
        seen: dict[str, dict[int, Observation]] = {}
        for case in cases:
            if (case.document.twin_of is not None) != twins:
                continue
            observation = condense(case, source, only)
            if observation is None:
                broken.append(case.document.id)
                continue
            if packed is not None and seen and case.document.id not in seen:  # a document's cases are neighbours
                _pack(packed, seen)
            seen.setdefault(case.document.id, {})[case.record.draw] = observation
        if packed is not None:
            _pack(packed, seen)
        return seen if packed is None else packed, tuple(dict.fromkeys(broken))


def _pack(packed: PackedSeen, seen: dict[str, dict[int, Observation]]) -> None:
    for name, found in seen.items():
        packed.add(name, found)
    seen.clear()


def by_persona(documents: Iterable[str], of: Mapping[str, Document]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for document in documents:
        found[of[document].persona or document].append(document)
    return {persona: tuple(sorted(found[persona])) for persona in sorted(found)}


Figure: TypeAlias = Callable[[Observation], float | None]


def values_of(
    personas: Mapping[str, tuple[str, ...]],
    candidate: Seen,
    other: Seen,
    figure: Figure,
) -> Values:
    return all_values_of(personas, candidate, other, {"": figure})[""]


def all_values_of(
    personas: Mapping[str, tuple[str, ...]], candidate: Seen, other: Seen, figures: Mapping[str, Figure]
) -> dict[str, Values]:
    """Several figures, by name: what was seen of each person is looked at once."""
    one, two = (_tables(personas, seen, list(figures.values())) for seen in (candidate, other))
    return {name: Values(mine, theirs) for name, mine, theirs in zip(figures, one, two, strict=True)}


def _tables(personas: Mapping[str, tuple[str, ...]], seen: Seen, figures: Sequence[Figure]) -> list[Floats]:
    draws = sorted({draw for found in seen.values() for draw in found})
    tables = [np.full((len(personas), max(1, len(draws))), np.nan) for _ in figures]
    for row, documents in enumerate(personas.values()):
        known = [seen[document] for document in documents if document in seen]
        for column, draw in enumerate(draws):
            answers = [found[draw] for found in known if draw in found]
            for table, figure in zip(tables, figures, strict=True):
                there = [value for answer in answers if (value := figure(answer)) is not None]
                if there:
                    table[row, column] = sum(there) / len(there)
    return tables


def group_figures() -> dict[str, Figure]:
    return {group: _group(group) for group in GROUPS}


def _group(name: str) -> Figure:
    return lambda observation: observation.groups.get(name)
