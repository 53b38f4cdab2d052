"""Events of arrays, as `tally.events_of` makes them of cases: what simulated worlds are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from harness.gates.events import Cause, Counted, Events
from harness.gates.statistics import Bools, Floats, row_means
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
    lost = (mine > 0.5) & (theirs <= least)
    gained = (theirs > 0.5) & (mine <= least)
    enough = candidate.shape[1] >= confirm_draws and other.shape[1] >= confirm_draws
    able = np.full(n, enough)
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
    return Events(
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
    )


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
