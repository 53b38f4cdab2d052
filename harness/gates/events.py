"""Harms that are there or not, counted by person: what each arm's draws show, and what further draws say of it.

An event counts by majority of a person's draws. Where an arm was asked again (`AGAIN`), a lost item that most of all
draws together do not show is dropped, and one that every further draw shows is confirmed, where the other arm hardly
ever does. Shares for the exact tests come from the first draws alone: further ones were asked for because those
looked bad.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np

from harness.gates.looked import Looked
from harness.gates.observation import Seen
from harness.gates.paths import item_field
from harness.gates.statistics import Bools, Floats, row_means
from harness.gates.types import AGAIN_DRAWS

Counting: TypeAlias = Literal["net", "capped", "rate"]
"""net: people won make people lost good; capped: they do, and an absolute rate that the other arm keeps fails alone;
rate: nobody's loss is made good by another's gain."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a gate that counts people looks for in a case, and how it counts.

    find: items of harm (a path, a field, a broken rule), None where the case cannot be judged. what: after "CVs
    newly …". noise: share of draws that show an item where nothing is wrong, `items` of them a person, for
    calibration. fresh: counts only where no draw of the other arm shows it (what flickers in both is not new).
    whole: one harm whatever the items are. unpaid: an item won makes no lost one of the same person good.
    by_document: items of a person's two files are different ones. degree: weighed by the number of items a draw.
    raw: shown as found, not by its field. asks: further draws say more about it. grave: items of which a single
    confirmed one is enough.
    """

    name: str
    find: Callable[[Looked], frozenset[str] | None]
    what: str
    counting: Counting
    noise: float
    fresh: bool = False
    whole: bool = False
    unpaid: bool = False
    by_document: bool = False
    degree: bool = False
    raw: bool = False
    asks: bool = True
    grave: frozenset[str] = frozenset()
    items: int = 1


_ANY = "*"
_SELDOM = 0.25
"""Share of the other arm's draws up to which a harm is the candidate's: none of three, one of five."""


@dataclass(frozen=True, slots=True)
class Events:
    """A harm that is there or not, per person, by majority over the draws.

    lost: bad in the candidate, not in the other arm (`Counted.fresh`: in no draw of it); gained: the reverse;
    confirmed_*: in every further draw (in every first one where there is none), in `confirm_draws` draws at least,
    and in at most a quarter of the other arm's. asked: the candidate was asked again; at_first: lost before that.
    suspect: shows a grave invention that is not confirmed and not refuted.
    excess: the candidate's share of bad draws minus the other's (for critical values: wrong values a draw, clipped
    to one). *_bad of *_draws: single draws.
    fields: people lost by field or broken rule (where none is lost: people that are bad more often);
    having: people whose golden has the field.
    """

    judged: Bools
    lost: Bools
    gained: Bools
    confirmed_lost: Bools
    confirmed_gained: Bools
    asked: Bools
    at_first: Bools
    suspect: Bools
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


def _bad(draw: frozenset[str], item: str) -> bool:
    return bool(draw) if item == _ANY else item in draw


def _confirmed(item: str, mine: _Side, theirs: _Side, confirm_draws: int) -> bool:
    enough = len(mine.first) + len(mine.again) >= confirm_draws
    return enough and mine.always(item) and theirs.whole(item) <= _SELDOM


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
    names = ("judged", "lost", "gained", "sure", "sure_gain", "asked", "at_first", "suspect")
    flags = {name: np.zeros(n, dtype=np.bool_) for name in names}
    excess = np.zeros(n)
    bad, total, major = [0, 0], [0, 0], [0, 0]
    fields: Counter[str] = Counter()
    slight: Counter[str] = Counter()
    flaky: list[str] = []
    grave: Counter[str] = Counter()
    grave_open: Counter[str] = Counter()
    having: Counter[str] = Counter()
    for row, documents in enumerate(personas.values()):
        one, two = (
            _Side(_draws(counted, documents, first), more if len(more) >= AGAIN_DRAWS else ())
            for first, further in zip((candidate, other), again, strict=True)
            for more in (_draws(counted, documents, further),)
        )
        for document in documents:
            found = next(iter(candidate.get(document, {}).values()), None)
            if found is not None:
                having.update(name for name, of in found.fields.items() if of.golden)
        if not one.first or not two.first:
            continue
        flags["judged"][row] = True
        flags["asked"][row] = bool(one.again)
        for side, rows in enumerate((one, two)):
            bad[side] += sum(1 for items in rows.first if items)
            total[side] += len(rows.first)
            major[side] += rows.share(_ANY) > 0.5
        items = {_ANY} if counted.whole else set().union(*one.first, *two.first)
        shares = {item: (one.share(item), two.share(item)) for item in items}
        least = 0.0 if counted.fresh else 0.5
        worse = [item for item, (mine, theirs) in shares.items() if mine > 0.5 and theirs <= least]
        better = [item for item, (mine, theirs) in shares.items() if theirs > 0.5 and mine <= least]
        lost = [item for item in worse if one.whole(item) > 0.5]
        gained = [item for item in better if two.whole(item) > 0.5]
        whole = counted.unpaid
        flags["at_first"][row] = bool(worse) if whole else len(worse) > len(better)
        flags["lost"][row] = bool(lost) if whole else len(lost) > len(gained)
        flags["gained"][row] = bool(gained) if whole else len(gained) > len(lost)
        flags["sure"][row] = any(_confirmed(item, one, two, confirm_draws) for item in lost)
        flags["sure_gain"][row] = any(_confirmed(item, two, one, confirm_draws) for item in gained)
        if counted.degree:
            wrong = sum(map(len, one.first)) / len(one.first) - sum(map(len, two.first)) / len(two.first)
            excess[row] = min(1.0, max(-1.0, wrong))
        else:
            excess[row] = one.share(_ANY) - two.share(_ANY)
        if flags["lost"][row]:
            shown = {item for draw in one.first for item in draw} if _ANY in lost else set(lost)
            shown = {item.rpartition("\0")[2] for item in shown}
            fields.update({item if counted.raw else item_field(item) for item in shown})
        elif excess[row] > 0:
            flaky.extend(documents)
            slight.update({item_field(item.rpartition("\0")[2]) for draw in one.first for item in draw})
        for item in items & counted.grave:
            if two.whole(item) > 0 or one.share(item) == 0:
                continue
            if len(one.first) + len(one.again) < confirm_draws:
                grave_open[item] += 1
            elif one.whole(item) > 0.5:
                grave[item] += 1
            flags["suspect"][row] |= not one.again
    return Events(
        judged=flags["judged"],
        lost=flags["lost"],
        gained=flags["gained"],
        confirmed_lost=flags["sure"] & flags["lost"],
        confirmed_gained=flags["sure_gain"] & flags["gained"],
        asked=flags["asked"],
        at_first=flags["at_first"],
        suspect=flags["suspect"],
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


def _draws(counted: Counted, documents: tuple[str, ...], seen: Seen) -> list[frozenset[str]]:
    """An event's bad items per draw; with several documents of a person, of all of them together."""
    draws: dict[int, set[str]] = {}
    for document in documents:
        for draw, observation in seen.get(document, {}).items():
            if counted.name in observation.judged:
                items = observation.bad.get(counted.name, frozenset())
                mark = f"{document}\0" if len(documents) > 1 and counted.by_document else ""
                draws.setdefault(draw, set()).update(f"{mark}{item}" if mark else item for item in items)
    return [frozenset(items) for items in draws.values()]


def events_from(
    candidate: Bools,
    other: Bools,
    counted: Counted,
    confirm_draws: int,
    again: tuple[Bools, Bools] | None = None,
    asked: Bools | None = None,
) -> Events:
    """`Events` of tables person × draw × item, as `events_of` makes them of cases. again: both arms' further draws,
    of which the rows `asked` count."""
    n = len(candidate)
    mine, theirs = candidate.mean(axis=1), other.mean(axis=1)
    least = 0.0 if counted.fresh else 0.5
    lost = (mine > 0.5) & (theirs <= least)
    gained = (theirs > 0.5) & (mine <= least)
    sure = (mine == 1) & (theirs <= _SELDOM) & (candidate.shape[1] >= confirm_draws)
    sure_gain = (theirs == 1) & (mine <= _SELDOM) & (other.shape[1] >= confirm_draws)
    whole = counted.unpaid
    at_first = lost.any(axis=1) if whole else lost.sum(axis=1) > gained.sum(axis=1)
    rows = np.zeros(n, dtype=np.bool_)
    if again is not None:
        rows = np.ones(n, dtype=np.bool_) if asked is None else asked
        pick = rows[:, None]
        mine, theirs = (np.hstack(draws).mean(axis=1) for draws in ((candidate, again[0]), (other, again[1])))
        lost, gained = lost & (~pick | (mine > 0.5)), gained & (~pick | (theirs > 0.5))
        enough = candidate.shape[1] + again[0].shape[1] >= confirm_draws
        sure = np.where(pick, again[0].all(axis=1) & (theirs <= _SELDOM) & enough, sure)
        sure_gain = np.where(pick, again[1].all(axis=1) & (mine <= _SELDOM) & enough, sure_gain)
    any_mine, any_theirs = candidate.any(axis=2), other.any(axis=2)
    if counted.degree:
        excess = np.clip(candidate.sum(axis=2).mean(axis=1) - other.sum(axis=2).mean(axis=1), -1, 1)
    else:
        excess = any_mine.mean(axis=1) - any_theirs.mean(axis=1)
    worse = lost.any(axis=1) if whole else lost.sum(axis=1) > gained.sum(axis=1)
    better = gained.any(axis=1) if whole else gained.sum(axis=1) > lost.sum(axis=1)
    return Events(
        judged=np.ones(n, dtype=np.bool_),
        lost=worse,
        gained=better,
        confirmed_lost=(lost & sure).any(axis=1) & worse,
        confirmed_gained=(gained & sure_gain).any(axis=1) & better,
        asked=rows,
        at_first=at_first,
        suspect=np.zeros(n, dtype=np.bool_),
        excess=excess,
        candidate_bad=int(any_mine.sum()),
        candidate_draws=int(any_mine.size),
        other_bad=int(any_theirs.sum()),
        other_draws=int(any_theirs.size),
        majority_candidate=int((row_means(any_mine.astype(float)) > 0.5).sum()),
        majority_other=int((row_means(any_theirs.astype(float)) > 0.5).sum()),
    )
