"""Scoring a run that is too large to be held: its records stream from the store through helpers to one file, and the
later stages load each case from there."""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
import weakref
from array import array
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

from harness.corpus.types import Document
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.stages.helpers import Done, Helpers, Job, golden_for
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.packing import unpack
from harness.gates.lazy import LazyCases
from harness.replay.store import RunStore
from harness.replay.streams import StoredRow, stored_rows
from harness.replay.types import RecordKey
from harness.replay.writer import unwritable

KEPT_TOGETHER = 256
"""Scores that are written at a time."""
_TELL_S = 10.0
_BLOCK = 2**17
"""Bytes that are read at a time: cases are mostly asked for in the order in which they were written."""


class CaseFile:
    """Packed cases by their records' keys, in files that have no name: they end with the process, however that ends.
    What the gates look at stands apart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cases, self._seen, self._unexplained = (_Parts(nameless(folder)) for _ in range(3))
        self._rows: dict[str, int] = {}
        self._places: dict[tuple[str, int], array[int]] = {}

    def put(self, key: RecordKey, done: Done) -> None:
        """Keep one, in place of an older one of its key. Raises StoreError, as `written` does."""
        with self._named():
            place = self._cases.add(done.packed)
            self._seen.add(done.seen)
            self._unexplained.add(done.unexplained)
        row = self._rows.setdefault(key.document_id, len(self._rows))
        places = self._places.setdefault((key.arm, key.draw), array("q"))
        places.extend([-1] * (row + 1 - len(places)))
        places[row] = place

    def written(self) -> None:
        """From now on they are read, until there are more."""
        with self._named():
            for parts in (self._cases, self._seen, self._unexplained):
                parts.written()

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """A disk that is full is told with the folder: the files have no name."""
        try:
            yield
        except OSError as error:
            raise unwritable(self._folder, error) from error

    def place(self, key: RecordKey) -> int | None:
        """None where there is no such case."""
        row, places = self._rows.get(key.document_id), self._places.get((key.arm, key.draw))
        return places[row] if row is not None and places and row < len(places) and places[row] >= 0 else None

    def in_order(self, places: array[int]) -> Filed:
        """The cases at these places."""
        return Filed(self._cases, self._seen, self._unexplained, places)


class _Parts:
    """Bytes one after the other. A process that is begun with them reads the same file."""

    def __init__(self, file: IO[bytes], ends: array[int] | None = None) -> None:
        self._file = file
        self._ends = ends or array("Q", [0])
        self._block = b"", 0
        weakref.finalize(self, _closed, file)

    def __reduce__(self) -> tuple[Any, ...]:
        return _opened, (DupFd(self._file.fileno()), self._ends)

    def add(self, part: bytes) -> int:
        """Its place."""
        self._file.write(part)
        self._ends.append(self._ends[-1] + len(part))
        return len(self._ends) - 2

    def written(self) -> None:
        self._file.flush()

    def size(self, place: int) -> int:
        return self._ends[place + 1] - self._ends[place]

    def at(self, place: int) -> bytes:
        begin, end = self._ends[place], self._ends[place + 1]
        block, first = self._block
        if not first <= begin <= end <= first + len(block):
            block, first = self._block = os.pread(self._file.fileno(), max(_BLOCK, end - begin), begin), begin
        return block[begin - first : end - first]


def _closed(file: IO[bytes]) -> None:
    """Close a file of which nothing is needed any more: what of it is not written yet may find no room."""
    with contextlib.suppress(OSError):
        file.close()


def nameless(folder: Path) -> IO[bytes]:
    return tempfile.TemporaryFile(dir=folder)


def _opened(file: Any, ends: array[int]) -> _Parts:
    """In the other process. file: a `DupFd`."""
    return _Parts(os.fdopen(file.detach(), "rb"), ends)


@dataclass(frozen=True, slots=True)
class Filed:
    """Packed cases in their order, with what was worked out of each."""

    cases: _Parts
    beside: _Parts
    strange: _Parts
    places: array[int]

    def case(self, place: int) -> bytes:
        return self.cases.at(self.places[place])

    def seen(self, place: int) -> bytes:
        return self.beside.at(self.places[place])

    def usable(self, place: int) -> bool:
        return self.beside.size(self.places[place]) > 0

    def unexplained(self, place: int) -> bytes:
        return self.strange.at(self.places[place])


def lazy_cases(filed: Filed) -> tuple[LazyCases, Callable[[Document, str], None]]:
    """No cases yet, and what takes in the next one: its document and its arm."""
    of: list[Document] = []
    cases = LazyCases(lambda place: unpack(filed.case(place), of[place]), filed)

    def add(document: Document, arm: str) -> None:
        of.append(document)
        cases.add(document, arm)

    return cases, add


def score_on_disk(
    store: RunStore, inputs: Inputs, version: str, listener: Listener, ahead: CaseFile | None = None
) -> LazyCases:
    """Every record of the run with its score by today's scorer. ahead: cases that are packed already. Scores that are
    there are used; others are made by all cores and kept."""
    documents = {document.id: document for document in inputs.documents}
    file = ahead if ahead is not None else CaseFile(store.folder)
    if any(file.place(key) is None for key in store.record_keys()):
        _pack_others(store, inputs, version, listener, file)
    file.written()
    places = array("Q")
    cases, add = lazy_cases(file.in_order(places))
    for key in store.record_keys():
        document, place = documents.get(key.document_id), file.place(key)
        if document is not None and place is not None:
            places.append(place)
            add(document, key.arm)
    return cases


class StoredTexts(Mapping[str, str]):
    """What was read of each document, read from the store where it is asked for. names: of all that were read."""

    def __init__(self, store: RunStore, names: Collection[str]) -> None:
        self._store = store
        self._names = names

    def __getitem__(self, name: str) -> str:
        found = self._store.extraction(name)
        if found is None:
            raise KeyError(name)
        return found.text

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


def _pack_others(store: RunStore, inputs: Inputs, version: str, listener: Listener, file: CaseFile) -> None:
    """Put into the file what it has not of the run's cases."""
    documents = {document.id for document in inputs.documents}
    under_way: deque[RecordKey] = deque()

    def jobs() -> Iterator[Job]:
        for row in stored_rows(store.path, version):
            if row.key.document_id in documents and file.place(row.key) is None:
                under_way.append(row.key)
                yield job_of(row, inputs)

    fresh: list[tuple[RecordKey, Mapping[str, object] | bytes]] = []
    with Helpers() as helpers:
        told, many = time.monotonic(), sum(store.many().values())
        for number, done in enumerate(helpers.all_of(jobs()), start=1):
            key = under_way.popleft()
            file.put(key, done)
            if done.score is not None:
                fresh.append((key, done.score))
            if len(fresh) >= KEPT_TOGETHER:
                store.put_scores(version, fresh)
                fresh = []
            if time.monotonic() - told > _TELL_S:
                told = time.monotonic()
                listener.note(f"{number} of {many} answers scored")
        if fresh:
            store.put_scores(version, fresh)


def job_of(row: StoredRow, inputs: Inputs) -> Job:
    """What a helper needs to score a record, or to pack it with the score that it has."""
    nothing = row.failure == "harness"
    by = None if nothing or row.score is not None else golden_for(inputs.goldens, row.key.document_id)
    return Job(row.record, row.score, row.text, by, row.store, nothing)
