"""Scoring a run that is too large to be held: its records stream from the store through helpers to one file, and the
later stages load each case from there."""

from __future__ import annotations

import os
import tempfile
import time
import weakref
from array import array
from collections import deque
from collections.abc import Iterator, Mapping
from pathlib import Path

from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.stages.helpers import Helpers, Job, golden_for
from harness.evaluate.stages.listener import Listener
from harness.evaluate.stages.packing import unpack
from harness.gates.lazy import LazyCases
from harness.replay.store import RunStore
from harness.replay.streams import StoredRow, stored_rows
from harness.replay.types import RecordKey

KEPT_TOGETHER = 256
"""Scores that are written at a time."""
_TELL_S = 10.0
_BLOCK = 2**17
"""Bytes that are read at a time: cases are mostly asked for in the order in which they were written."""


class CaseFile:
    """Packed cases by their records' keys, in a file that has no name: it ends with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - it lives as long as the cases
        self._ends = array("Q", [0])
        self._places: dict[RecordKey, int] = {}
        self._block = b"", 0
        weakref.finalize(self, self._file.close)

    def put(self, key: RecordKey, packed: bytes) -> None:
        """Keep one, in place of an older one of its key."""
        self._file.write(packed)
        self._places[key] = len(self._ends) - 1
        self._ends.append(self._ends[-1] + len(packed))

    def written(self) -> None:
        """From now on they are read, until there are more."""
        self._file.flush()

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[tuple[RecordKey, int]]:
        """Keys and places, by key."""
        return iter(sorted(self._places.items(), key=lambda item: (item[0].document_id, item[0].arm, item[0].draw)))

    def at(self, place: int) -> bytes:
        begin, end = self._ends[place], self._ends[place + 1]
        block, first = self._block
        if not first <= begin <= end <= first + len(block):
            block, first = self._block = os.pread(self._file.fileno(), max(_BLOCK, end - begin), begin), begin
        return block[begin - first : end - first]


def score_on_disk(
    store: RunStore, inputs: Inputs, version: str, listener: Listener, ahead: CaseFile | None = None
) -> LazyCases:
    """Every record of the run with its score by today's scorer. ahead: cases that are packed already. Scores that are
    there are used; others are made by all cores and kept."""
    documents = {document.id: document for document in inputs.documents}
    file = ahead if ahead is not None else CaseFile(store.folder)
    there = store.done()
    if any(key not in file for key in there):
        _pack_others(store, inputs, version, listener, file)
    file.written()
    places = array("Q")
    of: list[str] = []
    cases = LazyCases(lambda place: unpack(file.at(places[place]), documents[of[place]]))
    for key, place in file:
        document = documents.get(key.document_id)
        if document is not None and key in there:
            places.append(place)
            of.append(document.id)
            cases.add(document, key.arm)
    return cases


def _pack_others(store: RunStore, inputs: Inputs, version: str, listener: Listener, file: CaseFile) -> None:
    """Put into the file what it has not of the run's cases."""
    documents = {document.id for document in inputs.documents}
    under_way: deque[RecordKey] = deque()

    def jobs() -> Iterator[Job]:
        for row in stored_rows(store.path, version):
            if row.key.document_id in documents and row.key not in file:
                under_way.append(row.key)
                yield job_of(row, inputs)

    fresh: list[tuple[RecordKey, Mapping[str, object] | bytes]] = []
    with Helpers() as helpers:
        told, many = time.monotonic(), len(store.done())
        for number, done in enumerate(helpers.all_of(jobs()), start=1):
            key = under_way.popleft()
            file.put(key, done.packed)
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
    return Job(row.record, row.score, row.text, by, nothing)
