"""Cases of a run that is too large to be held: each is loaded where it is looked at, and only its place is held."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, overload

from harness.corpus.types import Document
from harness.gates.types import Case

_RECENT = 64
"""Cases that are kept once they were loaded: those of a person are asked for one after the other."""


class Beside(Protocol):
    """What was worked out of each case when it was packed, by its place."""

    def seen(self, place: int) -> bytes:
        """`filed.observed` of it."""

    def usable(self, place: int) -> bool:
        """Whether there is any such."""

    def unexplained(self, place: int) -> bytes:
        """`unexplained.packed` of its answer."""


class LazyCases(Sequence[Case]):
    """All cases of a run in the order of their keys, those of a document next to one another. load: the case at a
    place, always an equal one; beside: None where nothing was worked out beforehand."""

    def __init__(self, load: Callable[[int], Case], beside: Beside | None = None) -> None:
        self.documents: dict[str, Document] = {}
        self.beside = beside
        self._load = load
        self._arms: dict[str, int] = {}
        self._arm = array("H")
        self._rows: dict[str, int] = {}
        self._begin = array("Q")
        self._recent: OrderedDict[int, Case] = OrderedDict()

    def add(self, document: Document, arm: str) -> None:
        """Take in the next case."""
        if document.id not in self._rows:
            self.documents[document.id] = document
            self._rows[document.id] = len(self._begin)
            self._begin.append(len(self._arm))
        self._arm.append(self._arms.setdefault(arm, len(self._arms)))

    def rows(self) -> Iterator[tuple[Document, list[str]]]:
        """Each document with the arms of its cases, in order."""
        arms = self.arms
        for name, document in self.documents.items():
            yield document, [arms[self._arm[place]] for place in self.places(name)]

    def row(self, name: object) -> int | None:
        """A document's place among the documents."""
        return self._rows.get(name)  # type: ignore[call-overload,no-any-return]

    def places(self, name: str, arm: str | None = None) -> Iterable[int]:
        """Of a document's cases; arm: of this one only."""
        row = self._rows[name]
        end = self._begin[row + 1] if row + 1 < len(self._begin) else len(self._arm)
        every = range(self._begin[row], end)
        if arm is None:
            return every
        number = self._arms.get(arm, -1)
        return [place for place in every if self._arm[place] == number]

    @property
    def arms(self) -> tuple[str, ...]:
        """In order of their first case."""
        return tuple(self._arms)

    def of_arm(self, arm: str, documents: Collection[str] | None = None) -> Sequence[Case]:
        """An arm's cases; documents: of these only (a set)."""
        number = self._arms.get(arm, -1)
        places = array("Q", (place for place, each in enumerate(self._arm) if each == number))
        if documents is not None and len(documents) < len(self.documents):
            kept = {place for name in documents for place in self.places(name)}
            places = array("Q", (place for place in places if place in kept))
        return Chosen(self, places)

    def of_document(self, name: str) -> dict[str, list[Case]]:
        """A document's cases by arm."""
        found: dict[str, list[Case]] = {}
        for place in self.places(name):
            case = self[place]
            found.setdefault(case.record.arm, []).append(case)
        return found

    def __len__(self) -> int:
        return len(self._arm)

    @overload
    def __getitem__(self, at: int) -> Case: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Case]: ...

    def __getitem__(self, at: int | slice) -> Case | Sequence[Case]:
        if isinstance(at, slice):
            return Chosen(self, array("Q", range(*at.indices(len(self)))))
        place = range(len(self))[at]
        found = self._recent.get(place)
        if found is None:
            found = self._recent[place] = self._load(place)
            if len(self._recent) > _RECENT:
                self._recent.popitem(last=False)
        return found

    def __iter__(self) -> Iterator[Case]:
        return (self[place] for place in range(len(self)))


class Chosen(Sequence[Case]):
    """Some of the cases, by their places."""

    def __init__(self, cases: LazyCases, places: array[int]) -> None:
        self.all = cases
        self.places = places

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, at: int) -> Case: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Case]: ...

    def __getitem__(self, at: int | slice) -> Case | Sequence[Case]:
        if isinstance(at, slice):
            return Chosen(self.all, self.places[at])
        return self.all[self.places[at]]

    def __iter__(self) -> Iterator[Case]:
        return (self.all[place] for place in self.places)


class ByDocument(Mapping[str, Mapping[str, Sequence[Case]]]):
    """The cases of some arms, by document and arm."""

    def __init__(self, cases: LazyCases, arms: Collection[str]) -> None:
        self._cases = cases
        self._arms = frozenset(arms)
        self._last: tuple[str, dict[str, list[Case]]] = ("", {})

    def __getitem__(self, name: str) -> Mapping[str, Sequence[Case]]:
        if name != self._last[0] or not self._last[1]:
            found = self._cases.of_document(name)
            self._last = name, {arm: of for arm, of in found.items() if arm in self._arms}
        return self._last[1]

    def many(self, name: str, arm: str) -> int:
        """How many cases of a document an arm has, without loading any."""
        return len(list(self._cases.places(name, arm))) if arm in self._arms else 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._cases.documents)

    def __len__(self) -> int:
        return len(self._cases.documents)
