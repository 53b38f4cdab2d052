"""What events are made of: of each person as little as it takes. Nearly everybody is without harm, and alike."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.gates.events import Events
from harness.gates.statistics import Bools, Floats

FLAGS = ("judged", "lost", "gained", "sure", "sure_gain", "able", "asked", "at_first", "suspect")
_BIT = {name: 1 << place for place, name in enumerate(FLAGS)}
_put = object.__setattr__


class Numbers:
    """How many first and further draws of both arms each person has: (candidate's first, its further, the other arm's
    first, its further)."""

    def __init__(self, people: int, confirm_draws: int) -> None:
        self.table: npt.NDArray[np.uint32] = np.zeros((people, 4), dtype=np.uint32)
        self._least = confirm_draws

    def of(self, arm: int) -> npt.NDArray[np.uint32]:
        """All draws of an arm, by person."""
        return self.table[:, 2 * arm] + self.table[:, 2 * arm + 1]

    def flag(self, name: str) -> Bools:
        """Of people without harm."""
        people = len(self.table)
        if name == "judged":
            return np.ones(people, dtype=np.bool_)
        if name == "asked":
            return np.asarray(self.table[:, 1] > 0)
        if name == "able":
            return np.asarray((self.of(0) >= self._least) & (self.of(1) >= self._least))
        return np.zeros(people, dtype=np.bool_)


class Kept:
    """One event over all people: those of whom there is more to say than how many draws they have."""

    def __init__(self, numbers: Numbers) -> None:
        self.numbers = numbers
        self.rows = array("L")
        self._flags = array("H")
        self._sizes = array("d"), array("d"), array("d")
        self._draws = Lists("d"), Lists("d")

    def put(
        self,
        row: int,
        flags: Mapping[str, bool],
        sizes: tuple[float, float, float],
        draws: tuple[Sequence[float], Sequence[float]],
    ) -> None:
        """sizes: excess, shift and weight; draws: bad items of each draw, by arm."""
        self.rows.append(row)
        self._flags.append(sum(_BIT[name] for name, value in flags.items() if value))
        for column, size in zip(self._sizes, sizes, strict=True):
            column.append(size)
        for lists, of in zip(self._draws, draws, strict=True):
            lists.add(of)

    def flag(self, name: str) -> Bools:
        found = self.numbers.flag(name)
        if self.rows:
            found[self._rows] = (np.frombuffer(self._flags, dtype=np.uint16) & _BIT[name]) > 0
        return found

    def size(self, which: int) -> Floats:
        found = np.zeros(len(self.numbers.table))
        if self.rows:
            found[self._rows] = np.frombuffer(self._sizes[which], dtype=np.float64)
        return found

    def draws(self, arm: int) -> Floats:
        """Person × draw, nan where there is none."""
        many = self.numbers.of(arm).astype(np.int64)
        if self.rows:
            many[self._rows] = [len(each) for each in self._draws[arm]]
        found = np.where(np.arange(max(1, int(many.max(initial=0))))[None, :] < many[:, None], 0.0, np.nan)
        for row, each in zip(self.rows, self._draws[arm], strict=True):
            found[row, : len(each)] = each
        return found

    @property
    def _rows(self) -> npt.NDArray[np.intp]:
        return np.array(self.rows, dtype=np.intp)


class Lists:
    """Short lists of numbers."""

    def __init__(self, kind: str) -> None:
        self._values: array[Any] = array(kind)
        self._ends = array("L", [0])

    def add(self, values: Sequence[float]) -> None:
        self._values.extend(values)
        self._ends.append(len(self._values))

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __getitem__(self, at: int) -> array[Any]:
        if at >= len(self):
            raise IndexError(at)
        return self._values[self._ends[at] : self._ends[at + 1]]

    def __iter__(self) -> Iterator[array[Any]]:
        return (self[at] for at in range(len(self)))


class KeptEvents(Events):
    """Events whose tables by person are made where they are asked for. With changes (`replace`) they are plain ones."""

    __slots__ = ("_kept", "_plain")
    _kept: Kept
    _plain: Mapping[str, Any]

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return Events(*given, **named)

    @staticmethod
    def made(kept: Kept, plain: Mapping[str, Any]) -> KeptEvents:
        """plain: what is no table, by name."""
        self = object.__new__(KeptEvents)
        _put(self, "_kept", kept)
        _put(self, "_plain", plain)
        return self


_TABLES: Mapping[str, Callable[[Kept], Any]] = {
    **{
        name: partial(Kept.flag, name=name)
        for name in ("judged", "lost", "gained", "able", "asked", "at_first", "suspect")
    },
    "confirmed_lost": lambda kept: kept.flag("sure") & kept.flag("lost"),
    "confirmed_gained": lambda kept: kept.flag("sure_gain") & kept.flag("gained"),
    "draws": lambda kept: (kept.draws(0), kept.draws(1)),
    "excess": lambda kept: kept.size(0),
    "shift": lambda kept: kept.size(1),
    "weight": lambda kept: kept.size(2),
}


def _table(name: str) -> property:
    return property(lambda self: _TABLES[name](self._kept))


def _said(name: str) -> property:
    return property(lambda self: self._plain[name])


for _name in Events.__dataclass_fields__:
    setattr(KeptEvents, _name, _table(_name) if _name in _TABLES else _said(_name))
