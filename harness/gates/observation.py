"""What gates know of one answer: figures, and named harms that are there or not."""

from __future__ import annotations

import marshal
from abc import abstractmethod
from array import array
from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from harness.scoring.types import Counts

Substitution: TypeAlias = tuple[str, str, str]
"""(field, golden value, answer value), both casefolded; "" where a side has nothing."""

UNUSABLE = ("provider:", "unparseable:")
"""How an observation's failure begins where there is nothing to score."""
UNREAD = "extraction:"
"""How it begins where the document itself could not be read."""


@dataclass(frozen=True, slots=True)
class Observation:
    """One document × arm × draw.

    bad: items of harm by event, an item being a path, a field or a broken rule. judged: events that could be
    judged at all. kinds: outcomes that are not correct, by (field, kind). failure: "" or kind:code.
    """

    document: str
    f1: float | None
    groups: Mapping[str, float]
    fields: Mapping[str, Counts]
    bad: Mapping[str, frozenset[str]]
    judged: frozenset[str]
    kinds: Mapping[tuple[str, str], int]
    substitutions: frozenset[Substitution]
    failure: str
    scorer: str
    source: str
    snapshot: str
    text: str | None
    tokens: int | None
    cost: float | None
    latency_ms: float | None
    calls: int
    attempts: int
    notes: Mapping[str, str] = field(default_factory=dict)


Seen: TypeAlias = Mapping[str, Mapping[int, Observation]]
"""Document → draw → observation."""


class _Shared:
    """Equal values as one, by number: most observations share most of their parts."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self.values: list[Any] = []

    def number(self, value: Hashable) -> int:
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
        return found


class ManySeen(Mapping[str, Mapping[int, Observation]]):
    """What was seen of very many documents, not held as it is."""

    @abstractmethod
    def chosen(self, names: Collection[str]) -> ManySeen:
        """Of these documents only (a set)."""


class PackedSeen(ManySeen):
    """What was seen of very many documents, at some hundred bytes each; unpacked where it is looked at."""

    def __init__(self, shared: _Shared | None = None) -> None:
        self._shared = shared or _Shared()
        self._packed: dict[str, bytes] = {}
        self._last: tuple[str, Mapping[int, Observation]] = ("", {})

    def add(self, document: str, found: Mapping[int, Observation]) -> None:
        """Take in all draws of a document."""
        self._packed[document] = marshal.dumps([self._pack(draw, seen) for draw, seen in found.items()])

    def chosen(self, names: Collection[str]) -> PackedSeen:
        """Of these documents only (a set); what is packed is shared."""
        found = PackedSeen(self._shared)
        found._packed = {name: packed for name, packed in self._packed.items() if name in names}
        return found

    def __getitem__(self, document: str) -> Mapping[int, Observation]:
        if self._last[0] == document and self._last[1]:
            return self._last[1]
        packed = self._packed[document]
        found = {draw: self._unpack(document, parts) for draw, *parts in marshal.loads(packed)}
        self._last = document, found
        return found

    def __contains__(self, document: object) -> bool:
        return document in self._packed

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def _pack(self, draw: int, seen: Observation) -> tuple[Any, ...]:
        number = self._shared.number
        plain = (
            seen.f1, seen.failure, seen.text, seen.tokens, seen.cost, seen.latency_ms, seen.calls, seen.attempts,
            dict(seen.notes),
        )  # fmt: skip
        return (
            draw, number(tuple(seen.groups)), tuple(seen.groups.values()), number(tuple(seen.fields)),
            array("I", [number(of) for of in seen.fields.values()]).tobytes(),
            {name: tuple(items) for name, items in seen.bad.items() if items}, number(tuple(seen.bad)),
            number(seen.judged), [(*key, many) for key, many in seen.kinds.items()], tuple(seen.substitutions),
            number(seen.scorer), number(seen.source), number(seen.snapshot), plain,
        )  # fmt: skip

    def _unpack(self, document: str, parts: list[Any]) -> Observation:
        value = self._shared.values
        (
            groups, of_groups, fields, counts, bad, judged_bad, judged, kinds, substitutions, scorer, source, snapshot,
            plain,
        ) = parts  # fmt: skip
        f1, failure, text, tokens, cost, latency_ms, calls, attempts, notes = plain
        return Observation(
            document=document,
            f1=f1,
            groups=dict(zip(value[groups], of_groups, strict=True)),
            fields=dict(zip(value[fields], [value[each] for each in array("I", counts)], strict=True)),
            bad={name: frozenset(bad[name]) if name in bad else _NOTHING for name in value[judged_bad]},
            judged=value[judged],
            kinds={(field, kind): many for field, kind, many in kinds},
            substitutions=frozenset(substitutions),
            failure=failure,
            scorer=value[scorer],
            source=value[source],
            snapshot=value[snapshot],
            text=text,
            tokens=tokens,
            cost=cost,
            latency_ms=latency_ms,
            calls=calls,
            attempts=attempts,
            notes=notes,
        )


_NOTHING: frozenset[str] = frozenset()


def chosen(seen: Seen, names: Collection[str]) -> Seen:
    """Of these documents only (a set)."""
    if isinstance(seen, ManySeen):
        return seen.chosen(names)
    return {name: found for name, found in seen.items() if name in names}
