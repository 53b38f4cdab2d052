"""Events counted from cases, person by person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from harness.gates.events import Cause, Counted, Events
from harness.gates.observation import Observation, Seen
from harness.gates.paths import item_field
from harness.gates.statistics import Bools, Floats
from harness.gates.types import AGAIN_DRAWS

ANY = "*"
SELDOM = 0.25
"""Share of the other arm's draws up to which a harm is the candidate's: none of three, one of five."""
_FLAGS = ("judged", "lost", "gained", "sure", "sure_gain", "able", "asked", "at_first", "suspect")


@dataclass(frozen=True, slots=True)
class _Side:
    """One person's bad items in one arm: a set for each draw, first ones and further ones."""

    first: Sequence[frozenset[str]]
    again: Sequence[frozenset[str]]

    def share(self, item: str) -> float:
        """Of the first draws."""
        return sum(_bad(draw, item) for draw in self.first) / len(self.first)

    def whole(self, item: str) -> float:
        """Of all draws."""
        draws = (*self.first, *self.again)
        return sum(_bad(draw, item) for draw in draws) / len(draws)

    def always(self, item: str) -> bool:
        """Whether every draw that counts for confirming shows it: the further ones where there are some."""
        return all(_bad(draw, item) for draw in self.again or self.first)

    @property
    def number(self) -> int:
        return len(self.first) + len(self.again)


def _bad(draw: frozenset[str], item: str) -> bool:
    return bool(draw) if item == ANY else item in draw


@dataclass(slots=True)
class _Tally:
    """What adds up over people: items by how many people show them."""

    fields: Counter[str] = field(default_factory=Counter)
    slight: Counter[str] = field(default_factory=Counter)
    having: Counter[str] = field(default_factory=Counter)
    grave: Counter[str] = field(default_factory=Counter)
    grave_open: Counter[str] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    flaky: list[str] = field(default_factory=list)
    bad: list[int] = field(default_factory=lambda: [0, 0])
    total: list[int] = field(default_factory=lambda: [0, 0])
    most: list[int] = field(default_factory=lambda: [0, 0])


def events_of(
    counted: Counted,
    personas: Mapping[str, tuple[str, ...]],
    candidate: Seen,
    other: Seen,
    confirm_draws: int,
    again: tuple[Seen, Seen] = ({}, {}),
) -> Events:
    """One event over all people (see `Events`). again: both arms' further draws, where there are some."""
    n = len(personas)
    flags = {name: np.zeros(n, dtype=np.bool_) for name in _FLAGS}
    excess, shift, weight = np.zeros(n), np.zeros(n), np.zeros(n)
    rows: list[tuple[list[float], ...]] = []
    tally = _Tally()
    for row, documents in enumerate(personas.values()):
        one, two = _sides(counted, documents, (candidate, other), again)
        _have(counted, documents, candidate, tally)
        rows.append(tuple([_worth(counted, draw) for draw in (*side.first, *side.again)] for side in (one, two)))
        if not one.first or not two.first:
            continue
        found = _judged(counted, one, two, confirm_draws)
        for name, value in found.flags.items():
            flags[name][row] = value
        gap = _mean(counted, one.first) - _mean(counted, two.first)
        excess[row] = min(1.0, max(-1.0, gap))
        whole = _mean(counted, (*one.first, *one.again)) - _mean(counted, (*two.first, *two.again))
        refuted = found.flags["asked"] and not (found.flags["lost"] or found.flags["gained"])
        shift[row] = 0.0 if refuted else min(1.0, max(-1.0, whole))
        weight[row] = gap / max(1, _values(counted, documents, candidate)) if counted.degree else gap
        for side, draws in enumerate((one, two)):
            tally.bad[side] += sum(1 for items in draws.first if items)
            tally.total[side] += len(draws.first)
            tally.most[side] += draws.share(ANY) > 0.5
        if counted.degree:
            tally.causes.update({item_field(item.rpartition("\0")[2]) for item in found.sure})
            tally.mended.update({item_field(item.rpartition("\0")[2]) for item in found.gained})
        _name(counted, found, one, excess[row], documents, tally)
        flags["suspect"][row] = _grave(counted, one, two, confirm_draws, tally)
    padded = (_padded([mine for mine, _ in rows]), _padded([theirs for _, theirs in rows]))
    return _events(flags, padded, (excess, shift, weight), tally)


def _events(
    flags: Mapping[str, Bools], draws: tuple[Floats, Floats], sizes: tuple[Floats, Floats, Floats], tally: _Tally
) -> Events:
    """What was noted of each person, as one value. sizes: excess, shift and weight."""
    excess, shift, weight = sizes
    return Events(
        judged=flags["judged"],
        lost=flags["lost"],
        gained=flags["gained"],
        confirmed_lost=flags["sure"] & flags["lost"],
        confirmed_gained=flags["sure_gain"] & flags["gained"],
        able=flags["able"],
        asked=flags["asked"],
        at_first=flags["at_first"],
        suspect=flags["suspect"],
        draws=draws,
        excess=excess,
        shift=shift,
        weight=weight,
        candidate_bad=tally.bad[0],
        candidate_draws=tally.total[0],
        other_bad=tally.bad[1],
        other_draws=tally.total[1],
        majority_candidate=tally.most[0],
        majority_other=tally.most[1],
        fields=dict(tally.fields or tally.slight),
        having=dict(tally.having),
        causes={
            name: Cause(many, tally.mended[name], tally.values[name] / tally.values.total())
            for name, many in ((name, tally.causes[name]) for name in tally.causes | tally.mended)
        },
        flaky=tuple(tally.flaky),
        grave=_ranked(tally.grave),
        grave_unconfirmed=_ranked(tally.grave_open),
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    flags: Mapping[str, bool]
    lost: Sequence[str]
    sure: Sequence[str]
    gained: Sequence[str]


def _judged(counted: Counted, one: _Side, two: _Side, confirm_draws: int) -> _Judged:
    """What one person's draws say; one: of the candidate."""
    items = {ANY} if counted.whole else set().union(*one.first, *two.first)
    shares = {item: (one.share(item), two.share(item)) for item in items}
    least = 0.0 if counted.fresh else 0.5
    worse = [item for item, (mine, theirs) in shares.items() if mine > 0.5 and theirs <= least]
    better = [item for item, (mine, theirs) in shares.items() if theirs > 0.5 and mine <= least]
    lost = [item for item in worse if one.whole(item) > 0.5 >= two.whole(item)]
    gained = [item for item in better if two.whole(item) > 0.5 >= one.whole(item)]
    sure = [item for item in lost if _confirmed(item, one, two, confirm_draws)]
    unpaid = counted.unpaid
    flags = {
        "judged": True,
        "asked": bool(one.again),
        "able": one.number >= confirm_draws and two.number >= confirm_draws,
        "at_first": bool(worse) if unpaid else len(worse) > len(better),
        "lost": bool(lost) if unpaid else len(lost) > len(gained),
        "gained": bool(gained) if unpaid else len(gained) > len(lost),
        "sure": bool(sure),
        "sure_gain": any(_confirmed(item, two, one, confirm_draws) for item in gained),
    }
    return _Judged(flags, lost, sure, gained)


def _confirmed(item: str, mine: _Side, theirs: _Side, confirm_draws: int) -> bool:
    return mine.number >= confirm_draws and mine.always(item) and theirs.whole(item) <= SELDOM


def _name(
    counted: Counted, found: _Judged, one: _Side, excess: float, documents: tuple[str, ...], tally: _Tally
) -> None:
    """Keep what a lost or flickering person is shown under."""
    if found.flags["lost"]:
        shown = {item for draw in one.first for item in draw} if ANY in found.lost else set(found.lost)
        shown = {item.rpartition("\0")[2] for item in shown}
        tally.fields.update({item if counted.raw else item_field(item) for item in shown})
    elif excess > 0:
        tally.flaky.extend(documents)
        tally.slight.update({item_field(item.rpartition("\0")[2]) for draw in one.first for item in draw})


def _grave(counted: Counted, one: _Side, two: _Side, confirm_draws: int, tally: _Tally) -> bool:
    """Count items of which one is enough; whether one waits for further draws."""
    suspect = False
    for item in counted.grave & frozenset().union(*one.first):
        if two.whole(item) > 0:
            continue
        if one.number >= confirm_draws and one.whole(item) > 0.5:
            tally.grave[item] += 1
        elif one.number < confirm_draws or not one.again:
            tally.grave_open[item] += 1
        suspect |= not one.again
    return suspect


def _worth(counted: Counted, items: frozenset[str]) -> float:
    return float(len(items)) if counted.degree else float(bool(items))


def _mean(counted: Counted, draws: Sequence[frozenset[str]]) -> float:
    return sum(_worth(counted, draw) for draw in draws) / len(draws)


def _values(counted: Counted, documents: tuple[str, ...], seen: Seen) -> int:
    """How many values of a person could be bad."""
    return sum(
        sum(one.fields[name].golden for name in counted.degree if name in one.fields)
        for document in documents
        for one in _first(seen, document)
    )


def _first(seen: Seen, document: str) -> Sequence[Observation]:
    return list(seen.get(document, {}).values())[:1]


def _have(counted: Counted, documents: tuple[str, ...], seen: Seen, tally: _Tally) -> None:
    for document in documents:
        for found in _first(seen, document):
            tally.having.update(name for name, of in found.fields.items() if of.golden)
            tally.values.update({name: of.golden for name, of in found.fields.items() if name in counted.degree})


def _sides(
    counted: Counted, documents: tuple[str, ...], arms: tuple[Seen, Seen], again: tuple[Seen, Seen]
) -> tuple[_Side, _Side]:
    """Both arms' draws of one person, without items inside entries that another gate counts."""
    gone = _gone(counted.outside, documents, arms) if counted.outside else frozenset()
    found = []
    for first, further in zip(arms, again, strict=True):
        more = _draws(counted, documents, further, gone)
        found.append(_Side(_draws(counted, documents, first, gone), more if len(more) >= AGAIN_DRAWS else ()))
    return found[0], found[1]


def _gone(event: str, documents: tuple[str, ...], arms: tuple[Seen, Seen]) -> frozenset[tuple[str, str]]:
    """(document, entry) that most draws of either arm have lost."""
    found: set[tuple[str, str]] = set()
    for seen in arms:
        for document in documents:
            draws = [one.bad.get(event, frozenset()) for one in seen.get(document, {}).values()]
            counts = Counter(item for items in draws for item in items)
            found |= {(document, item) for item, count in counts.items() if 2 * count > len(draws)}
    return frozenset(found)


def _draws(
    counted: Counted, documents: tuple[str, ...], seen: Seen, gone: frozenset[tuple[str, str]]
) -> list[frozenset[str]]:
    """An event's bad items per draw; with several documents of a person, of all of them together."""
    draws: dict[int, set[str]] = {}
    for document in documents:
        for draw, observation in seen.get(document, {}).items():
            if counted.name in observation.judged:
                items = observation.bad.get(counted.name, frozenset())
                kept = (item for item in items if not gone or (document, item.rpartition(".")[0]) not in gone)
                mark = f"{document}\0" if len(documents) > 1 and counted.by_document else ""
                draws.setdefault(draw, set()).update(f"{mark}{item}" if mark else item for item in kept)
    return [frozenset(items) for items in draws.values()]


def _padded(rows: Sequence[Sequence[float]]) -> Floats:
    """Rows of unequal length as one table, nan where a row has ended."""
    table = np.full((len(rows), max((len(row) for row in rows), default=0) or 1), np.nan)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table


def _ranked(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
