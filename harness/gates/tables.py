"""Events of arrays, as `tally.events_of_all` makes them of cases: what simulated worlds are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from harness.gates.events import Cause, Counted, Events, Graves
from harness.gates.statistics import Bools, Floats, row_means
from harness.gates.steady import Steady, steady_of
from harness.gates.tally import SELDOM


@dataclass(frozen=True, slots=True)
class Items:
    """What an event's items are. names: of each, where several are of one field; has: person × item that there is."""

    names: tuple[str, ...]
    has: Bools


def events_from(
    candidate: Bools,
    other: Bools,
    counted: Counted,
    confirm_draws: int,
    again: tuple[Bools, Bools] | None = None,
    asked: Bools | None = None,
    items: Items | None = None,
) -> Events:
    """`Events` of tables person × draw × item. again: both arms' further draws, of which the rows `asked` count.
    items: None where each is of a field of its own, and everybody has it."""
    n = len(candidate)
    mine, theirs = candidate.mean(axis=1), other.mean(axis=1)
    least = 0.0 if counted.fresh else 0.5
    lost, gained = (mine > 0.5) & (theirs <= least), (theirs > 0.5) & (mine <= least)
    able = np.full(n, min(candidate.shape[1], other.shape[1]) >= confirm_draws)
    sure = (mine == 1) & (theirs <= SELDOM) & (candidate.shape[1] >= confirm_draws)
    sure_gain = (theirs == 1) & (mine <= SELDOM) & (other.shape[1] >= confirm_draws)
    at_first, _ = _sides(lost, gained, counted.unpaid)
    rows = np.zeros(n, dtype=np.bool_)
    if again is not None:
        rows = np.ones(n, dtype=np.bool_) if asked is None else asked
        pick = rows[:, None]
        mine, theirs = (np.hstack(draws).mean(axis=1) for draws in ((candidate, again[0]), (other, again[1])))
        lost = lost & (~pick | ((mine > 0.5) & (theirs <= 0.5)))
        gained = gained & (~pick | ((theirs > 0.5) & (mine <= 0.5)))
        both = [first.shape[1] + more.shape[1] for first, more in ((candidate, again[0]), (other, again[1]))]
        able = np.where(rows, min(both) >= confirm_draws, able)
        sure = np.where(pick, again[0].all(axis=1) & (theirs <= SELDOM) & (both[0] >= confirm_draws), sure)
        sure_gain = np.where(pick, again[1].all(axis=1) & (mine <= SELDOM) & (both[1] >= confirm_draws), sure_gain)
    any_mine, any_theirs = candidate.any(axis=2), other.any(axis=2)
    tables = _worth(candidate, counted), _worth(other, counted)
    every = _every(tables, again, rows, counted)
    gap = tables[0].mean(axis=1) - tables[1].mean(axis=1)
    worse, better = _sides(lost, gained, counted.unpaid)
    found = Events(
        judged=np.ones(n, dtype=np.bool_),
        lost=worse,
        gained=better,
        confirmed_lost=(lost & sure).any(axis=1) & worse,
        confirmed_gained=(gained & sure_gain).any(axis=1) & better,
        able=able,
        asked=rows,
        at_first=at_first,
        suspect=np.zeros(n, dtype=np.bool_),
        draws=every,
        excess=np.clip(gap, -1, 1),
        shift=np.where(rows & ~worse & ~better, 0.0, np.clip(row_means(every[0]) - row_means(every[1]), -1, 1)),
        weight=gap / (items.has.sum(axis=1) if items else candidate.shape[2]) if counted.degree else gap,
        candidate_bad=int(any_mine.sum()),
        candidate_draws=int(any_mine.size),
        other_bad=int(any_theirs.sum()),
        other_draws=int(any_theirs.size),
        majority_candidate=int((row_means(any_mine.astype(float)) > 0.5).sum()),
        majority_other=int((row_means(any_theirs.astype(float)) > 0.5).sum()),
        causes=_causes(lost & sure, gained, items) if counted.degree else {},
        steady=_steady((candidate, other), again, rows, counted, confirm_draws),
    )
    return _with_graves(found, (candidate, other), again, counted.grave, confirm_draws, items) if items else found


def _steady(
    first: tuple[Bools, Bools], again: tuple[Bools, Bools] | None, rows: Bools, counted: Counted, least: int
) -> Steady:
    """What is in every draw, further ones of the people asked again too."""
    if counted.whole:
        first, again = _whole(first), again and _whole(again)
    bad = [table.sum(axis=1).astype(float) for table in first]
    number = [np.full(len(table), float(table.shape[1])) for table in first]
    for arm, more in enumerate(again or ()):
        bad[arm] += np.where(rows[:, None], more.sum(axis=1), 0)
        number[arm] += np.where(rows, more.shape[1], 0)
    arms = (bad[0], bad[1]), (number[0], number[1]), (first[0][:, 0], first[1][:, 0])
    return steady_of(*arms, least, unpaid=counted.unpaid)


def _with_graves(
    found: Events,
    first: tuple[Bools, Bools],
    again: tuple[Bools, Bools] | None,
    grave: frozenset[str],
    least: int,
    items: Items,
) -> Events:
    """With people who have, in one arm alone, an item of which one is enough."""
    mine = [place for place, name in enumerate(items.names) if name in grave]
    if not mine:
        return found
    rows, n = found.asked, len(found.asked)
    number = [np.full(n, table.shape[1]) for table in first]
    times = [table[:, :, mine].sum(axis=1) for table in first]
    for arm, more in enumerate(again or ()):
        number[arm] = number[arm] + np.where(rows, more.shape[1], 0)
        times[arm] = times[arm] + np.where(rows[:, None], more[:, :, mine].sum(axis=1), 0)
    sides = []
    for arm in (0, 1):
        alone = first[arm][:, :, mine].any(axis=1) & (times[1 - arm] == 0)
        enough = (number[arm] >= least)[:, None]
        sure = alone & enough & (2 * times[arm] > number[arm][:, None])
        waiting = alone & ~sure & ~(enough & rows[:, None])
        sides.append([side.any(axis=1) for side in (sure, waiting, alone & ~rows[:, None])])
    graves = Graves(*((int(one.sum()), int(two.sum())) for one, two in zip(*sides, strict=True)))
    names = tuple(dict.fromkeys(items.names[place] for place in mine))
    return replace(
        found,
        suspect=sides[0][2],
        grave=names if graves.sure[0] else (),
        grave_unconfirmed=names if graves.waiting[0] else (),
        graves=graves,
    )


def _whole(arms: tuple[Bools, Bools]) -> tuple[Bools, Bools]:
    """One item of all."""
    return np.asarray(arms[0].any(axis=2, keepdims=True)), np.asarray(arms[1].any(axis=2, keepdims=True))


def _causes(lost: Bools, gained: Bools, items: Items | None) -> dict[str, Cause]:
    """By field, people who lost one of its items for sure, and who won one."""
    items = items or Items(tuple(map(str, range(lost.shape[1]))), np.ones((1, lost.shape[1]), dtype=np.bool_))
    found = {}
    for name in dict.fromkeys(items.names):
        mine = np.array([one == name for one in items.names])
        worse, better = (int(side[:, mine].any(axis=1).sum()) for side in (lost, gained))
        if worse or better:
            found[name] = Cause(worse, better, float(items.has[:, mine].sum() / items.has.sum()))
    return found


def _every(
    first: tuple[Floats, Floats], again: tuple[Bools, Bools] | None, rows: Bools, counted: Counted
) -> tuple[Floats, Floats]:
    """All draws of both arms: further ones beside the first, nan where a person was not asked again."""
    if again is None:
        return first
    further = [np.where(rows[:, None], _worth(table, counted), np.nan) for table in again]
    return np.hstack([first[0], further[0]]), np.hstack([first[1], further[1]])


def _sides(lost: Bools, gained: Bools, unpaid: bool) -> tuple[Bools, Bools]:
    """People who lost more than they won, and the other way; with `unpaid` any loss counts."""
    if unpaid:
        return np.asarray(lost.any(axis=1)), np.asarray(gained.any(axis=1))
    net = lost.sum(axis=1) - gained.sum(axis=1)
    return np.asarray(net > 0), np.asarray(net < 0)


def _worth(table: Bools, counted: Counted) -> Floats:
    """Bad items a draw, or whether there is one: person × draw."""
    return (table.sum(axis=2) if counted.degree else table.any(axis=2)).astype(float)
