"""Cases condensed into pairs: the candidate beside one other arm, one row per persona.

`judge` sees only `Pair`s, so simulated and real evidence go the same way through the same decision.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.corpus.types import Document
from harness.gates.condense import Observation, condense, item_field
from harness.gates.paths import GRAVE_INVENTIONS, GROUPS
from harness.gates.statistics import Bools, Floats
from harness.gates.types import Case, Comparability
from harness.replay.types import Arm, Manifest

EVENTS = (
    "errors",
    "coverage",
    "contract",
    "lost_entries",
    "duplicates",
    "hallucinations",
    "critical",
    "bullet_shape",
    "date_format",
    "ids",
    "order",
)
_WHOLE = frozenset({"errors", "coverage", "contract", "date_format", "ids", "order", "bullet_shape"})
_ANY = "*"
NEW = frozenset({"lost_entries", "duplicates", "hallucinations", "bullet_shape"})
"""Events that count only where no draw of the other arm shows them: what flickers in both arms is not new."""


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
class Events:
    """A harm that is there or not, per persona, by majority over its draws.

    lost: bad in the candidate, not in the other arm (events in `NEW`: in no draw of it); gained: the reverse;
    confirmed_*: in every one of at least `confirm_draws` draws, and in none of the other arm. excess: the candidate's
    share of bad draws minus the other's (for critical values: wrong values a draw, clipped to one). *_bad of *_draws:
    single draws.
    fields: personas lost by field or broken rule (where none is lost: personas that are bad more often);
    having: personas whose golden has the field.
    """

    judged: Bools
    lost: Bools
    gained: Bools
    confirmed_lost: Bools
    confirmed_gained: Bools
    excess: Floats
    candidate_bad: int
    candidate_draws: int
    other_bad: int
    other_draws: int
    majority_candidate: int = 0
    majority_other: int = 0
    fields: Mapping[str, int] = field(default_factory=dict)
    having: Mapping[str, int] = field(default_factory=dict)
    flaky: tuple[str, ...] = ()
    grave: tuple[str, ...] = ()
    grave_unconfirmed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """One value that stands for another in several personas of the candidate and in none of the other arm."""

    field: str
    golden: str
    answer: str
    personas: tuple[str, ...]


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

    tokens, cost, latency: values, or why there are none. has_golden: personas with a golden.
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
    harness_failures: tuple[str, ...] = ()
    changes: Callable[[], tuple[FieldChange, ...]] = tuple
    failures: Mapping[str, int] = field(default_factory=dict)
    media: Mapping[str, str] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return len(self.personas)

    @property
    def has_golden(self) -> int:
        return int(self.f1.means()[2].sum())


Seen = Mapping[str, Mapping[int, Observation]]


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


def row_means(table: Floats) -> Floats:
    """Mean of each row without its nans; nan for a row of nans."""
    there = ~np.isnan(table)
    count = there.sum(axis=1)
    total = np.where(there, table, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


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


@dataclass(frozen=True, slots=True)
class _Row:
    """One persona's draws of one event in one arm: sets of bad items."""

    draws: Sequence[frozenset[str]]

    @property
    def share(self) -> float:
        return sum(1 for items in self.draws if items) / len(self.draws)

    def item(self, name: str) -> float:
        return sum(1 for items in self.draws if name in items) / len(self.draws)


def events_of(
    event: str,
    personas: Mapping[str, tuple[str, ...]],
    candidate: Seen,
    other: Seen,
    confirm_draws: int,
) -> Events:
    """One event over all personas (see `Events`)."""
    n = len(personas)
    flags = {name: np.zeros(n, dtype=np.bool_) for name in ("judged", "lost", "gained", "sure", "sure_gain")}
    excess = np.zeros(n)
    bad, total, major = [0, 0], [0, 0], [0, 0]
    fields: Counter[str] = Counter()
    slight: Counter[str] = Counter()
    flaky: list[str] = []
    grave: Counter[str] = Counter()
    grave_open: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for row, documents in enumerate(personas.values()):
        one, two = _rows(event, documents, candidate), _rows(event, documents, other)
        for document in documents:
            found = next(iter(candidate.get(document, {}).values()), None)
            if found is not None:
                having.update(name for name, of in found.fields.items() if of.golden)
        if not one.draws or not two.draws:
            continue
        flags["judged"][row] = True
        for side, rows in enumerate((one, two)):
            bad[side] += sum(1 for items in rows.draws if items)
            total[side] += len(rows.draws)
            major[side] += rows.share > 0.5
        items = {_ANY} if event in _WHOLE else set().union(*one.draws, *two.draws)
        shares = {item: (one.share, two.share) if item == _ANY else (one.item(item), two.item(item)) for item in items}
        least = 0.0 if event in NEW else 0.5
        lost = [item for item, (mine, theirs) in shares.items() if mine > 0.5 and theirs <= least]
        gained = [item for item, (mine, theirs) in shares.items() if theirs > 0.5 and mine <= least]
        enough = len(one.draws) >= confirm_draws
        enough_gain = len(two.draws) >= confirm_draws
        flags["lost"][row] = bool(lost) if event == "lost_entries" else len(lost) > len(gained)
        flags["gained"][row] = bool(gained) if event == "lost_entries" else len(gained) > len(lost)
        flags["sure"][row] = enough and any(shares[item] == (1.0, 0.0) for item in lost)
        flags["sure_gain"][row] = enough_gain and any(shares[item] == (0.0, 1.0) for item in gained)
        if event == "critical":
            wrong = sum(map(len, one.draws)) / len(one.draws) - sum(map(len, two.draws)) / len(two.draws)
            excess[row] = min(1.0, max(-1.0, wrong))
        else:
            excess[row] = one.share - two.share
        if flags["lost"][row]:
            shown = {item for draw in one.draws for item in draw} if _ANY in lost else set(lost)
            shown = {item.rpartition("\0")[2] for item in shown}
            fields.update({item_field(item) if event not in ("contract", "errors") else item for item in shown})
        elif excess[row] > 0:
            flaky.extend(documents)
            slight.update({item_field(item.rpartition("\0")[2]) for draw in one.draws for item in draw})
        if event == "hallucinations":
            for item, (mine, theirs) in shares.items():
                if item in GRAVE_INVENTIONS and theirs == 0 and mine > 0:
                    if enough and mine > 0.5:
                        grave[item] += 1
                    elif not enough:
                        grave_open[item] += 1
    return Events(
        judged=flags["judged"],
        lost=flags["lost"],
        gained=flags["gained"],
        confirmed_lost=flags["sure"] & flags["lost"],
        confirmed_gained=flags["sure_gain"] & flags["gained"],
        excess=excess,
        candidate_bad=bad[0],
        candidate_draws=total[0],
        other_bad=bad[1],
        other_draws=total[1],
        majority_candidate=major[0],
        majority_other=major[1],
        fields=dict(fields or slight),
        having=dict(having),
        flaky=tuple(flaky),
        grave=tuple(sorted(grave, key=lambda name: (-grave[name], name))),
        grave_unconfirmed=tuple(sorted(grave_open, key=lambda name: (-grave_open[name], name))),
    )


def _rows(event: str, documents: tuple[str, ...], seen: Seen) -> _Row:
    """An event's bad items per draw; with several documents of a persona, of all of them together."""
    draws: dict[int, set[str]] = {}
    for document in documents:
        for draw, observation in seen.get(document, {}).items():
            if event in observation.judged:
                items = observation.bad.get(event, frozenset())
                mark = f"{document}\0" if len(documents) > 1 and event in ("critical", "lost_entries") else ""
                draws.setdefault(draw, set()).update(f"{mark}{item}" if mark else item for item in items)
    return _Row([frozenset(items) for items in draws.values()])


def group_values(personas: Mapping[str, tuple[str, ...]], candidate: Seen, other: Seen) -> dict[str, Values]:
    return {group: values_of(personas, candidate, other, _group(group)) for group in GROUPS}


def _group(name: str) -> Callable[[Observation], float | None]:
    return lambda observation: observation.groups.get(name)


def events_from(candidate: Bools, other: Bools, event: str, confirm_draws: int) -> Events:
    """`Events` of tables persona × draw × item, as `events_of` makes them of cases."""
    mine, theirs = candidate.mean(axis=1), other.mean(axis=1)
    least = 0.0 if event in NEW else 0.5
    lost = (mine > 0.5) & (theirs <= least)
    gained = (theirs > 0.5) & (mine <= least)
    any_mine, any_theirs = candidate.any(axis=2), other.any(axis=2)
    if event == "critical":
        excess = np.clip(candidate.sum(axis=2).mean(axis=1) - other.sum(axis=2).mean(axis=1), -1, 1)
    else:
        excess = any_mine.mean(axis=1) - any_theirs.mean(axis=1)
    if event == "lost_entries":
        worse, better = lost.any(axis=1), gained.any(axis=1)
    else:
        worse = lost.sum(axis=1) > gained.sum(axis=1)
        better = gained.sum(axis=1) > lost.sum(axis=1)
    sure = (lost & (mine == 1) & (theirs == 0)).any(axis=1) & (candidate.shape[1] >= confirm_draws)
    sure_gain = (gained & (theirs == 1) & (mine == 0)).any(axis=1) & (other.shape[1] >= confirm_draws)
    return Events(
        judged=np.ones(len(candidate), dtype=np.bool_),
        lost=worse,
        gained=better,
        confirmed_lost=sure & worse,
        confirmed_gained=sure_gain & better,
        excess=excess,
        candidate_bad=int(any_mine.sum()),
        candidate_draws=int(any_mine.size),
        other_bad=int(any_theirs.sum()),
        other_draws=int(any_theirs.size),
        majority_candidate=int((row_means(any_mine.astype(float)) > 0.5).sum()),
        majority_other=int((row_means(any_theirs.astype(float)) > 0.5).sum()),
    )
