"""What a shard of a run is given, what comes back, and what all of them come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from harness.base.errors import HarnessError, ProviderUnavailableError, UsageError
from harness.corpus.types import Document
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.setup.plan import Plan
from harness.models.types import Usage
from harness.replay.health import to_ask_again
from harness.replay.progress import Progress, ReplaySummary
from harness.replay.store import RunStore
from harness.replay.types import Arm, RecordKey
from harness.replay.writer import StoreError

SMALLEST = 10
"""CVs of a shard that is worth its start, where nobody says how many shards there are to be."""
LARGEST = 1_000
"""CVs of a shard at most: what is merged at a time, and what a dead node leaves unmerged."""
_A_PROCESSOR = 4
"""Shards for each processor, so that none waits long for the slowest."""
_ERRORS: dict[str, type[HarnessError]] = {
    each.__name__: each for each in (UsageError, ProviderUnavailableError, StoreError)
}


@dataclass(frozen=True, slots=True)
class ShardJob:
    """What a worker makes a shard of, wherever it runs: no text of a CV, and no key. root, folder: of the project and
    the shard, on storage that all nodes see at the same place. version: of the harness and its
    scorer, which have to be the worker's own. asks: whether there is a provider to ask; keyless: without a key."""

    root: Path
    folder: Path
    plan: Plan
    documents: tuple[Document, ...]
    paths: dict[str, Path]
    places: dict[str, str]
    origin: str
    asks: bool
    keyless: bool
    version: str

    @property
    def name(self) -> str:
        return self.folder.name


@dataclass(frozen=True, slots=True)
class ShardEnd:
    """How a shard ended. summary: None where it came to nothing. error: (class, message, hint) of what ended it."""

    summary: ReplaySummary | None
    error: tuple[str, str, str] = ("", "", "")

    def problem(self) -> HarnessError | None:
        """The error to raise here, if there was one."""
        name, message, hint = self.error
        return _ERRORS.get(name, HarnessError)(message, hint=hint) if name else None


def failed_with(error: HarnessError) -> ShardEnd:
    """An error as it can cross to another process; of a special kind as the next more general one that is known."""
    known = next((each.__name__ for each in type(error).__mro__ if each.__name__ in _ERRORS), "HarnessError")
    return ShardEnd(None, (known, error.message, error.hint))


def sizes(documents: int, processors: int, shards: int | None) -> list[int]:
    """How many documents each shard has: as equal as can be."""
    if shards is None:
        most = max(1, documents // SMALLEST)
        shards = max(-(-documents // LARGEST), min(most, _A_PROCESSOR * processors))
    shards = max(1, min(shards, documents))
    return [documents // shards + (number < documents % shards) for number in range(shards)]


def to_make(store: RunStore, inputs: Inputs, arms: Sequence[Arm]) -> list[Document]:
    """The documents of which a record of these arms is missing, or is made again."""
    again = to_ask_again(store, arms)
    there = {key for key, failure in store.done().items() if failure != "harness" and key not in again}
    return [
        document
        for document in inputs.documents
        if any(RecordKey(document.id, arm.id, draw) not in there for arm in arms for draw in arm.draws)
    ]


def whole_progress(before: tuple[int, int, int, int], parts: Sequence[Progress], elapsed_s: float) -> Progress:
    """The progress of all shards as one. before: documents and records in all, and of both what was there already."""
    documents, records, documents_there, records_there = before
    made = records_there + sum(part.records_done for part in parts)
    here = made - records_there
    slowest = max(parts, key=lambda part: part.slowest_s, default=None)
    return Progress(
        documents=documents,
        documents_done=documents_there + sum(part.documents_done for part in parts),
        records=records,
        records_done=made,
        calls=sum(part.calls for part in parts),
        reused=sum(part.reused for part in parts),
        in_flight=sum(part.in_flight for part in parts),
        retries=sum(part.retries for part in parts),
        failures=sum(part.failures for part in parts),
        usage=sum((part.usage for part in parts), Usage()),
        cost=sum((part.cost for part in parts), Decimal(0)),
        unpriced=sum(part.unpriced for part in parts),
        elapsed_s=elapsed_s,
        eta_s=elapsed_s / here * (records - made) if here else None,
        slowest=slowest.slowest if slowest is not None else "",
        slowest_s=slowest.slowest_s if slowest is not None else 0.0,
    )


def whole_summary(parts: Sequence[ReplaySummary], kept: int, seconds: float) -> ReplaySummary:
    """What all shards came to. `complete` and what is to be asked again are the run's, and said by its store."""
    failures: dict[str, int] = {}
    for part in parts:
        for kind, count in part.failures.items():
            failures[kind] = failures.get(kind, 0) + count
    return ReplaySummary(
        written=sum(part.written for part in parts),
        kept=kept,
        failures=failures,
        calls=sum(part.calls for part in parts),
        sent=sum(part.sent for part in parts),
        reused=sum(part.reused for part in parts),
        retries=sum(part.retries for part in parts),
        usage=sum((part.usage for part in parts), Usage()),
        cost=sum((part.cost for part in parts), Decimal(0)),
        unpriced=sum(part.unpriced for part in parts),
        unknown_calls=0,
        seconds=seconds,
        complete=False,
        interrupted=any(part.interrupted for part in parts),
        missing=tuple(sorted((each for part in parts for each in part.missing), key=lambda missing: missing.key)),
        ended=next((part.ended for part in parts if part.ended), ""),
    )
