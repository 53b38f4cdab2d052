"""A run's records beside their scores, as they are stored: for runs that are too large to be held."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from harness.replay.damage import named
from harness.replay.types import RecordKey


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One record of the store at `store`. failure: its kind, "" for an answer. record, score and text: squeezed as in
    the store; no score where that scorer has given none, no text where none was read."""

    key: RecordKey
    failure: str
    record: bytes
    score: bytes | None
    text: bytes | None
    store: Path


_PAGE = 400
"""Records that are read at a time: a cursor that stays open would keep the store's log from being folded."""


def stored_rows(path: Path, scorer: str) -> Iterator[StoredRow]:
    """Every record of the store at `path`, by document, arm and draw, on a connection of its own, so that scores may be
    written meanwhile. Raises DamagedStoreError."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30.0)) as connection:
        after: tuple[str, str, int] = ("", "", -1)
        while True:
            with named(path):
                rows = connection.execute(_PAGE_OF_ROWS, (scorer, *after, _PAGE)).fetchall()
            for *key, failure, record, score, text in rows:
                yield StoredRow(RecordKey(*key), failure, record, score, text, path)
            if len(rows) < _PAGE:
                return
            after = rows[-1][:3]


class StoredRows:
    """The same of single records, as they are at that moment. For one thread; a context manager."""

    def __init__(self, path: Path) -> None:
        self._path = path
        uri = f"{path.resolve().as_uri()}?mode=ro"
        self._connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30.0)

    def __enter__(self) -> StoredRows:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def row(self, key: RecordKey) -> StoredRow:
        """A record that is there, as if nobody had scored it. Raises DamagedStoreError."""
        with named(self._path):
            found = self._connection.execute(_ONE_ROW, (key.document_id, key.arm, key.draw)).fetchone()
        failure, record, text = found
        return StoredRow(key, failure, record, None, text, self._path)


_ONE_ROW = """
SELECT r.failure, r.data, d.text FROM records r LEFT JOIN documents d ON d.id = r.document_id
WHERE r.document_id = ? AND r.arm = ? AND r.draw = ?
"""
_PAGE_OF_ROWS = """
SELECT r.document_id, r.arm, r.draw, r.failure, r.data, s.data, d.text
FROM records r
LEFT JOIN scores s ON s.scorer = ?1 AND s.document_id = r.document_id AND s.arm = r.arm AND s.draw = r.draw
LEFT JOIN documents d ON d.id = r.document_id
WHERE (r.document_id, r.arm, r.draw) > (?2, ?3, ?4)
ORDER BY r.document_id, r.arm, r.draw
LIMIT ?5
"""
