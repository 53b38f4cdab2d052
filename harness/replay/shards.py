"""A run in parts: each shard is a run store of its own in its run's folder, cut from it and merged into it again.

A shard's rows are the run's rows: what is there of its documents goes along when it is cut, and everything comes back
when it is merged, each row once, however often a merge was begun.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from harness.base.project import Project
from harness.replay.schema import FORGET_SCORES
from harness.replay.store import FILE, UNFINISHED, RunStore
from harness.replay.types import Manifest

FOLDER = "shards"
"""In a run's folder: what is not merged yet."""

_OF_DOCUMENTS = {"documents": "id", "intents": "document_id", "attempts": "document_id", "records": "document_id"}
"""The tables that go along, and which of their columns names the document. Of calls the order is kept."""
_KEPT = frozenset({"intents", "attempts"})
"""Tables whose rows never change: one that is there stays."""


def shards_of(run: Path) -> Iterator[Path]:
    """Folders of a run's shards that are not merged yet, by name."""
    folder = run / FOLDER
    found = sorted(path.parent for path in folder.glob(f"*/{FILE}")) if folder.is_dir() else []
    yield from (path for path in found if not path.name.startswith(UNFINISHED))


def cut(project: Project, run: RunStore, manifest: Manifest, name: str, documents: Collection[str]) -> Path:
    """A shard of these documents, with what the run has of them; its folder. manifest: the run's."""
    hashes = {document: manifest.documents[document] for document in documents}
    folder = run.folder / FOLDER / name
    with RunStore.create(project, replace(manifest, documents=hashes), folder) as shard:
        shard.write_now(lambda to: _copy(run.path, to, documents))
    return folder


def absorb(run: RunStore, folder: Path, scorers: Mapping[str, str]) -> None:
    """Merge a shard into its run, all of it or nothing, and remove its folder.

    scorers: by the version that the shard's scores were given, that under which the run keeps them; others are left.
    Raises UsageError where somebody writes the shard, StoreError where the run cannot be written.
    """
    with RunStore.open(folder, write=True) as shard:  # of an older version: as one of this
        path, marker, made = shard.path, f"shard {folder.name}", shard.done()

        def work(to: sqlite3.Connection) -> None:
            if to.execute("SELECT 1 FROM meta WHERE key = ?", (marker,)).fetchone() is None:
                to.execute("INSERT INTO meta VALUES (?, 'merged')", (marker,))
                to.executemany(FORGET_SCORES, [(key.document_id, key.arm, key.draw) for key in made])
                _copy(path, to, None)
                _copy_scores_and_log(path, to, scorers)

        run.write_now(work)
    shutil.rmtree(folder)


def _copy(source: Path, to: sqlite3.Connection, documents: Collection[str] | None) -> None:
    """The source's rows about these documents (None: all), and what their calls cost."""
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as found:
        found.execute("CREATE TEMP TABLE wanted (id TEXT PRIMARY KEY) WITHOUT ROWID")
        found.executemany("INSERT INTO wanted VALUES (?)", ((name,) for name in documents or ()))
        for table, column in _OF_DOCUMENTS.items():
            which = "" if documents is None else f" WHERE {column} IN (SELECT id FROM wanted)"
            order = " ORDER BY rowid" if table in _KEPT else ""
            _insert(to, table, found.execute(f"SELECT * FROM {table}{which}{order}"))
        which = "" if documents is None else " WHERE i.document_id IN (SELECT id FROM wanted)"
        _insert(to, "spending", found.execute(f"SELECT s.* FROM spending s JOIN intents i ON i.id = s.id{which}"))


def _copy_scores_and_log(source: Path, to: sqlite3.Connection, scorers: Mapping[str, str]) -> None:
    with closing(sqlite3.connect(f"{source.resolve().as_uri()}?mode=ro", uri=True)) as found:
        for theirs, ours in scorers.items():
            rows = "SELECT ?, document_id, arm, draw, data FROM scores WHERE scorer = ?"
            _insert(to, "scores", found.execute(rows, (ours, theirs)))
        log = found.execute("SELECT NULL, at, level, document_id, arm, draw, message, detail FROM log ORDER BY id")
        _insert(to, "log", log)


def _insert(to: sqlite3.Connection, table: str, rows: sqlite3.Cursor) -> None:
    marks = ", ".join("?" for _ in rows.description)
    clash = "IGNORE" if table in _KEPT else "REPLACE"
    to.executemany(f"INSERT OR {clash} INTO {table} VALUES ({marks})", rows)
