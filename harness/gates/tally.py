"""Events counted from cases, person by person."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace

import numpy as np

from harness.gates.events import Cause, Counted, Events, Graves
from harness.gates.kept import Kept, KeptEvents, Lists, Numbers
from harness.gates.observation import Observation, Seen
from harness.gates.paths import item_field
from harness.gates.steady import Steady, steady_of
from harness.gates.types import AGAIN_DRAWS

ANY = "*"
SELDOM = 0.25
"""Share of the other arm's draws up to which a harm is the candidate's: none of three, one of five."""


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
        return self.times(item) / self.number

    def times(self, item: str) -> int:
        """In how many of all draws."""
        return sum(_bad(draw, item) for draw in (*self.first, *self.again))

    @property
    def ever(self) -> frozenset[str]:
        return frozenset().union(*self.first, *self.again)

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
    grave: Counter[str] = field(default_factory=Counter)
    grave_open: Counter[str] = field(default_factory=Counter)
    people: Counter[tuple[str, int]] = field(default_factory=Counter)
    causes: Counter[str] = field(default_factory=Counter)
    mended: Counter[str] = field(default_factory=Counter)
    flaky: list[str] = field(default_factory=list)
    bad: list[int] = field(default_factory=lambda: [0, 0])
    total: list[int] = field(default_factory=lambda: [0, 0])
    most: list[int] = field(default_factory=lambda: [0, 0])


def events_of_all(
    counteds: Mapping[str, Counted],
    personas: Mapping[str, tuple[str, ...]],
    candidate: Seen,
    other: Seen,
    confirm_draws: int,
    again: tuple[Seen, Seen] = ({}, {}),
) -> dict[str, Events]:
    """Every event over all people (see `Events`), person by person. again: both arms' further draws, where there are
    some."""
    everybody = _Everybody(len(personas), confirm_draws, counteds.values())
    making = {name: _Making(counted, everybody, confirm_draws) for name, counted in counteds.items()}
    for row, documents in enumerate(personas.values()):
        sides = tuple({name: seen[name] for name in documents if name in seen} for seen in (candidate, other, *again))
        unlike = everybody.take(row, documents, sides, making.keys())
        for name in making:
            if name in unlike:
                making[name].take(row, documents, (sides[0], sides[1]), (sides[2], sides[3]))
    return {name: each.events() for name, each in making.items()}


class _Everybody:
    """What every event needs of all people. having: people whose golden has a field; values: how many values there are
    of fields that an event weighs by, by these; draws: how many first draws of each arm there are."""

    def __init__(self, people: int, confirm_draws: int, counteds: Iterable[Counted]) -> None:
        self.numbers = Numbers(people, confirm_draws)
        self.having: Counter[str] = Counter()
        self.values: dict[frozenset[str], Counter[str]] = {of.degree: Counter() for of in counteds}

    def take(self, row: int, documents: tuple[str, ...], sides: Sequence[Seen], events: Set[str]) -> Set[str]:
        """Look at one person. The events by which there is more to say of it than how many draws it has."""
        for document in documents:
            for first in _first(sides[0], document):
                self.having.update([name for name, of in first.fields.items() if of.golden])
                for degree, values in self.values.items():
                    values.update({name: of.golden for name, of in first.fields.items() if name in degree})
        draws = [{draw for found in seen.values() for draw in found} for seen in sides]
        numbers = [len(each) for each in draws]
        numbers[2:] = [many if many >= AGAIN_DRAWS else 0 for many in numbers[2:]]
        self.numbers.table[row] = numbers[0], numbers[2], numbers[1], numbers[3]
        if not numbers[0] or not numbers[1]:
            return events
        every = [one for seen in sides for found in seen.values() for one in found.values()]
        judged = frozenset.intersection(*(one.judged for one in every))
        return {name for one in every for name, items in one.bad.items() if items} | (events - judged)


class _Making:
    """One event, as far as people were looked at."""

    def __init__(self, counted: Counted, everybody: _Everybody, confirm_draws: int) -> None:
        self._counted = counted
        self._confirm_draws = confirm_draws
        self._everybody = everybody
        self._kept = Kept(everybody.numbers)
        self._items = _Items(whole=counted.whole)
        self._tally = _Tally()

    def take(self, row: int, documents: tuple[str, ...], arms: tuple[Seen, Seen], again: tuple[Seen, Seen]) -> None:
        """Look at one person."""
        counted, tally = self._counted, self._tally
        one, two = _sides(counted, documents, arms, again)
        self._items.take(row, (one, two))
        draws = tuple([_worth(counted, draw) for draw in (*side.first, *side.again)] for side in (one, two))
        if not one.first or not two.first:
            self._kept.put(row, {}, (0.0, 0.0, 0.0), (draws[0], draws[1]))
            return
        found = _judged(counted, one, two, self._confirm_draws)
        gap = _mean(counted, one.first) - _mean(counted, two.first)
        excess = min(1.0, max(-1.0, gap))
        whole = _mean(counted, (*one.first, *one.again)) - _mean(counted, (*two.first, *two.again))
        refuted = found.flags["asked"] and not (found.flags["lost"] or found.flags["gained"])
        shift = 0.0 if refuted else min(1.0, max(-1.0, whole))
        weight = gap / max(1, _values(counted, documents, arms[0])) if counted.degree else gap
        for at, side in enumerate((one, two)):
            tally.bad[at] += sum(1 for items in side.first if items)
            tally.total[at] += len(side.first)
            tally.most[at] += side.share(ANY) > 0.5
        if counted.degree:
            tally.causes.update({item_field(item.rpartition("\0")[2]) for item in found.sure})
            tally.mended.update({item_field(item.rpartition("\0")[2]) for item in found.gained})
        _name(counted, found, one, excess, documents, tally)
        mine, theirs = (_graves(counted, *sides, self._confirm_draws) for sides in ((one, two), (two, one)))
        tally.grave.update(mine.sure)
        tally.grave_open.update(mine.waiting)
        for at, of in enumerate((mine, theirs)):
            tally.people.update((name, at) for name in _GRAVE if getattr(of, name))
        flags = {**found.flags, "suspect": mine.suspect}
        self._kept.put(row, flags, (excess, shift, weight), (draws[0], draws[1]))

    def events(self) -> Events:
        """After the last one."""
        tally, everybody = self._tally, self._everybody
        numbers = everybody.numbers.table.copy()
        numbers[np.array(self._kept.rows, dtype=np.intp)] = 0
        total = [tally.total[at] + int(numbers[:, 2 * at].sum()) for at in (0, 1)]
        values = everybody.values[self._counted.degree]
        plain = {
            "candidate_bad": tally.bad[0],
            "candidate_draws": total[0],
            "other_bad": tally.bad[1],
            "other_draws": total[1],
            "majority_candidate": tally.most[0],
            "majority_other": tally.most[1],
            "fields": dict(tally.fields or tally.slight),
            "having": dict(everybody.having),
            "causes": {
                name: Cause(many, tally.mended[name], values[name] / values.total())
                for name, many in ((name, tally.causes[name]) for name in tally.causes | tally.mended)
            },
            "steady": self._items.steady(everybody.numbers, self._confirm_draws, unpaid=self._counted.unpaid),
            "flaky": tuple(tally.flaky),
            "grave": _ranked(tally.grave),
            "grave_unconfirmed": _ranked(tally.grave_open),
            "graves": Graves(*((tally.people[name, 0], tally.people[name, 1]) for name in _GRAVE)),
        }
        return KeptEvents.made(self._kept, plain)


class _Items:
    """Items by their place among each person's: in how many of an arm's draws, and whether in its first. Of people
    without any, nothing is held."""

    def __init__(self, *, whole: bool) -> None:
        self._rows = array("L")
        self._times, self._firsts = (Lists("L"), Lists("L")), (Lists("B"), Lists("B"))
        self._numbers = array("L"), array("L")
        self._whole = whole

    def take(self, row: int, both: tuple[_Side, _Side]) -> None:
        ever = {item for side in both for item in side.ever}
        names = (ANY,) if self._whole and ever else tuple(sorted(ever)) if ever else ()
        if names:
            self._rows.append(row)
            for side, times, firsts, numbers in zip(both, self._times, self._firsts, self._numbers, strict=True):
                times.add([side.times(name) for name in names])
                firsts.add([bool(side.first) and _bad(side.first[0], name) for name in names])
                numbers.append(side.number)

    def steady(self, everybody: Numbers, least: int, *, unpaid: bool) -> Steady:
        """What is in every draw. Who has no item shows none in every draw (`least` is never 0), so only the others are
        looked at."""
        rows, people = np.array(self._rows, dtype=np.intp), len(everybody.table)
        most = max((len(each) for each in self._times[0]), default=0)
        bad, first = np.zeros((2, len(rows), most)), np.zeros((2, len(rows), most), dtype=np.bool_)
        for arm in (0, 1):
            for at, (times, firsts) in enumerate(zip(self._times[arm], self._firsts[arm], strict=True)):
                bad[arm, at, : len(times)] = times
                first[arm, at, : len(firsts)] = firsts
        number = tuple(np.array(each, dtype=np.float64) for each in self._numbers)
        arms = (bad[0], bad[1]), (number[0], number[1]), (first[0], first[1])
        found = steady_of(*arms, least, unpaid=unpaid)
        lost, gained = np.zeros(people, dtype=np.bool_), np.zeros(people, dtype=np.bool_)
        chance = np.zeros(people)
        lost[rows], gained[rows], chance[rows] = found.lost, found.gained, found.chance
        return replace(found, lost=lost, gained=gained, chance=chance)


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


@dataclass(frozen=True, slots=True)
class _Graves:
    """One person's inventions of which one is enough, in one arm alone. suspect: not asked again."""

    sure: Sequence[str]
    waiting: Sequence[str]
    suspect: bool


_GRAVE = ("sure", "waiting", "suspect")


def _graves(counted: Counted, one: _Side, two: _Side, confirm_draws: int) -> _Graves:
    """Of `one`, where no draw of `two` has them."""
    found = [item for item in counted.grave & frozenset().union(*one.first) if two.whole(item) == 0]
    sure = [item for item in found if one.number >= confirm_draws and one.whole(item) > 0.5]
    settled = one.number >= confirm_draws and bool(one.again)
    waiting = [] if settled else [item for item in found if item not in sure]
    return _Graves(sure, waiting, bool(found) and not one.again)


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


def _ranked(counts: Counter[str]) -> tuple[str, ...]:
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))
