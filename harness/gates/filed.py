"""What was seen of very many answers: as bytes, each unpacked where it is looked at, and its parts where they are asked
for."""

from __future__ import annotations

import marshal
from array import array
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from harness.gates.catalogue import COUNTED
from harness.gates.condense import condense
from harness.gates.lazy import LazyCases
from harness.gates.observation import ManySeen, Observation, Substitution
from harness.gates.paths import FIELD_ORDER, GROUPS
from harness.gates.types import Case
from harness.scoring.layout import FIELDS
from harness.scoring.types import Counts

_put = object.__setattr__
_COUNTS = 24
"""Bytes of a field's counts."""
_NOTHING: frozenset[str] = frozenset()


def observed(case: Case) -> bytes:
    """What the gates need of a case, all fields asked for; b"" where our own harness failed. For this process and its
    helpers only: no format to be kept."""
    seen = condense(case, "")
    if seen is None:
        return b""
    head = (
        seen.f1, seen.failure, seen.scorer, seen.snapshot, seen.text, seen.tokens, seen.cost, seen.latency_ms,
        seen.calls, seen.attempts,
    )  # fmt: skip
    counts = array("i")
    for of in seen.fields.values():
        counts.extend((of.correct, of.near, of.golden, of.answer, of.more_correct, of.more_near))
    assert seen.judged == seen.bad.keys()
    return marshal.dumps(
        (
            case.record.draw, head, _names(seen.fields), counts.tobytes(),
            tuple([seen.groups.get(name) for name in GROUPS]), sum(_BITS[name] for name in seen.bad),
            {name: tuple(items) for name, items in seen.bad.items() if items},
            [(*key, many) for key, many in seen.kinds.items()], tuple(seen.substitutions), dict(seen.notes),
        )
    )  # fmt: skip


class FiledSeen(ManySeen):
    """An arm's observations, of all its documents or of some; none is held."""

    def __init__(self, cases: LazyCases, arm: str, source: str, rows: bytearray) -> None:
        """rows: whether a document is one of them, by its place among the documents of `cases`."""
        assert cases.beside is not None
        self._cases = cases
        self._beside = cases.beside
        self._arm = arm
        self._source = source
        self._rows = rows
        self._many = sum(rows)
        self._last: tuple[str, Mapping[int, Observation]] = ("", {})

    def chosen(self, names: Collection[str]) -> FiledSeen:
        rows = bytearray(len(self._rows))
        for name in names:
            row = self._cases.row(name)
            if row is not None:
                rows[row] = self._rows[row]
        return FiledSeen(self._cases, self._arm, self._source, rows)

    def __getitem__(self, document: str) -> Mapping[int, Observation]:
        if self._last[0] == document and self._last[1]:
            return self._last[1]
        if document not in self:
            raise KeyError(document)
        found: dict[int, Observation] = {}
        for place in self._cases.places(document, self._arm):
            if packed := self._beside.seen(place):
                draw, *parts = marshal.loads(packed)
                found[draw] = FiledObservation.made(document, self._source, parts)
        self._last = document, found
        return found

    def __contains__(self, document: object) -> bool:
        row = self._cases.row(document)
        return row is not None and bool(self._rows[row])

    def __iter__(self) -> Iterator[str]:
        return (name for name, there in zip(self._cases.documents, self._rows, strict=True) if there)

    def __len__(self) -> int:
        return self._many


def filed(cases: LazyCases, arm: str, source: str, *, twins: bool) -> tuple[FiledSeen, tuple[str, ...]]:
    """(an arm's observations, documents on which our own harness failed), of twins or of all others."""
    assert cases.beside is not None
    rows = bytearray(len(cases.documents))
    broken: list[str] = []
    for row, (name, document) in enumerate(cases.documents.items()):
        if (document.twin_of is not None) == twins:
            usable = [cases.beside.usable(place) for place in cases.places(name, arm)]
            rows[row] = any(usable)
            if not all(usable):
                broken.append(name)
    return FiledSeen(cases, arm, source, rows), tuple(broken)


class FiledObservation(Observation):
    """An observation whose parts are unpacked where they are asked for. With changes (`replace`) it is a plain one."""

    __slots__ = ("_bad", "_document", "_fields", "_head", "_parts", "_source")
    _bad: Mapping[str, frozenset[str]] | None
    _document: str
    _fields: Mapping[str, Counts] | None
    _head: tuple[Any, ...]
    _parts: list[Any]
    _source: str

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return Observation(*given, **named)

    @staticmethod
    def made(document: str, source: str, parts: list[Any]) -> FiledObservation:
        self = object.__new__(FiledObservation)
        _put(self, "_document", document)
        _put(self, "_source", source)
        _put(self, "_head", parts[0])
        _put(self, "_parts", parts)
        _put(self, "_bad", None)
        _put(self, "_fields", None)
        return self

    @property
    def document(self) -> str:
        return self._document

    @property
    def source(self) -> str:
        return self._source

    @property
    def groups(self) -> Mapping[str, float]:
        return {name: value for name, value in zip(GROUPS, self._parts[3], strict=True) if value is not None}

    @property
    def fields(self) -> Mapping[str, Counts]:
        if self._fields is None:
            names, counts = self._parts[1:3]
            every = [_counts_of(counts[at : at + _COUNTS]) for at in range(0, len(counts), _COUNTS)]
            _put(self, "_fields", dict(zip(_named(names), every, strict=True)))
        assert self._fields is not None
        return self._fields

    @property
    def bad(self) -> Mapping[str, frozenset[str]]:
        if self._bad is None:
            found = dict(_judged(self._parts[4])[1])
            for name, items in self._parts[5].items():
                found[name] = frozenset(items)
            _put(self, "_bad", found)
        assert self._bad is not None
        return self._bad

    @property
    def judged(self) -> frozenset[str]:
        return _judged(self._parts[4])[0]

    @property
    def kinds(self) -> Mapping[tuple[str, str], int]:
        return {(field, kind): many for field, kind, many in self._parts[6]}

    @property
    def substitutions(self) -> frozenset[Substitution]:
        return frozenset(self._parts[7])

    @property
    def notes(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self._parts[8]
        return found


def figure(place: int) -> property:
    """What stands at that place of a packed object's head."""
    return property(lambda self: self._head[place])


_HEAD = (
    "f1", "failure", "scorer", "snapshot", "text", "tokens", "cost", "latency_ms", "calls", "attempts",
)  # fmt: skip
for _at, _name in enumerate(_HEAD):
    setattr(FiledObservation, _name, figure(_at))

_BITS = {name: 1 << place for place, name in enumerate(COUNTED)}


@lru_cache(maxsize=1024)
def _judged(bits: int) -> tuple[frozenset[str], Mapping[str, frozenset[str]]]:
    """The events of a set that is packed as a number, and nothing found of each."""
    names = [name for name, bit in _BITS.items() if bits & bit]
    return frozenset(names), dict.fromkeys(names, _NOTHING)


def _names(fields: Collection[str]) -> bytes | tuple[str, ...]:
    """Paths of fields, in their order, by their places in the contract where all have one."""
    if all(name in FIELD_ORDER for name in fields):
        return bytes([FIELD_ORDER[name] for name in fields])
    return tuple(fields)


@lru_cache(maxsize=4096)
def _named(packed: bytes | tuple[str, ...]) -> tuple[str, ...]:
    return packed if isinstance(packed, tuple) else tuple([FIELDS[place] for place in packed])


@lru_cache(maxsize=8192)
def _counts_of(packed: bytes) -> Counts:
    return Counts(*array("i", packed))
