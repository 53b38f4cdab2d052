"""The work of a run, one record after the other, while the texts of the next documents are being read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from harness.base.types import Failure
from harness.corpus.types import Document, Extraction
from harness.replay.order import arm_orders
from harness.replay.types import Arm, RecordKey


@dataclass(frozen=True, slots=True)
class Unit:
    """One record to make. text: what was read of the document, or why our reader broke."""

    key: RecordKey
    arm: Arm
    document: Document
    text: Extraction | Failure


async def feed(
    documents: Iterable[Document],
    to_do: Mapping[str, Collection[RecordKey]],
    arms: Sequence[Arm],
    *,
    seed: int,
    ahead: int,
    read: Callable[[Document], Awaitable[Extraction | Failure]],
) -> AsyncGenerator[Unit, None]:
    """The units of `to_do`, document by document; `ahead` documents are read at a time, and the one that is read
    first comes first, so that a slow file holds up nobody. Close it to stop reading."""
    turns = zip(documents, arm_orders(arms, seed), strict=False)
    waiting = ((document, order) for document, order in turns if document.id in to_do)
    reading: dict[asyncio.Task[Extraction | Failure], tuple[Document, tuple[Arm, ...]]] = {}
    try:
        while True:
            for document, order in islice(waiting, max(0, ahead - len(reading))):
                reading[asyncio.ensure_future(read(document))] = document, order
            if not reading:
                return
            await asyncio.wait(reading, return_when=asyncio.FIRST_COMPLETED)
            for task in [task for task in reading if task.done()]:
                document, order = reading.pop(task)
                for unit in _units(document, order, to_do[document.id], task.result()):
                    yield unit
    finally:
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


def _units(
    document: Document, order: tuple[Arm, ...], keys: Collection[RecordKey], text: Extraction | Failure
) -> Iterable[Unit]:
    """A document's units: for each repeat the arms one after the other, in the document's order."""
    repeats = max(len(arm.draws) for arm in order)
    for repeat in range(repeats):
        for arm in order:
            if repeat < len(arm.draws):
                key = RecordKey(document.id, arm.id, arm.draws[repeat])
                if key in keys:
                    yield Unit(key, arm, document, text)
