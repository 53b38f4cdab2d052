"""The run store's tables, and the refusal of a store that a newer version wrote.

`docs/replay.md` says what each table is for. Blobs are zlib-compressed JSON (`data`) or bytes (`body`, `text`).
"""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from pathlib import Path

from harness.base.errors import InvalidFileError
from harness.replay.damage import PRUNE, DamagedStoreError

SCHEMA_VERSION = 1

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE manifest (only INTEGER PRIMARY KEY CHECK (only = 1), data TEXT NOT NULL);
CREATE TABLE documents (
    id TEXT PRIMARY KEY, file_sha256 TEXT NOT NULL, outcome TEXT NOT NULL, text_sha256 TEXT NOT NULL,
    reader TEXT NOT NULL, warnings TEXT NOT NULL, pages INTEGER, text BLOB NOT NULL
);
CREATE TABLE intents (
    id TEXT PRIMARY KEY, arm TEXT NOT NULL, document_id TEXT NOT NULL, draw INTEGER NOT NULL,
    call_key TEXT NOT NULL, call_draw INTEGER NOT NULL, wire TEXT NOT NULL, parts TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE attempts (
    arm TEXT NOT NULL, document_id TEXT NOT NULL, draw INTEGER NOT NULL, id TEXT NOT NULL,
    call_key TEXT NOT NULL, call_draw INTEGER NOT NULL, number INTEGER NOT NULL, source TEXT NOT NULL,
    outcome TEXT NOT NULL, data BLOB NOT NULL, body BLOB,
    PRIMARY KEY (arm, document_id, draw, id)
);
CREATE INDEX attempts_by_id ON attempts (id);
CREATE TABLE records (
    document_id TEXT NOT NULL, arm TEXT NOT NULL, draw INTEGER NOT NULL, failure TEXT NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY (document_id, arm, draw)
) WITHOUT ROWID;
CREATE TABLE scores (
    scorer TEXT NOT NULL, document_id TEXT NOT NULL, arm TEXT NOT NULL, draw INTEGER NOT NULL,
    data BLOB NOT NULL, PRIMARY KEY (scorer, document_id, arm, draw)
) WITHOUT ROWID;
CREATE TABLE log (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, level TEXT NOT NULL, document_id TEXT, arm TEXT, draw INTEGER,
    message TEXT NOT NULL, detail TEXT NOT NULL
);
"""

SPENDING = "CREATE TABLE IF NOT EXISTS spending (id TEXT PRIMARY KEY, reserved TEXT NOT NULL, spent TEXT) WITHOUT ROWID"
"""US dollars of each attempt, by the id of its intent. Runs of older versions lack the table; a writer adds it."""


def create_tables(connection: sqlite3.Connection) -> None:
    """An empty store of this version, in one transaction."""
    connection.executescript(
        f"BEGIN;{TABLES}{SPENDING};INSERT INTO meta VALUES ('schema_version', '{SCHEMA_VERSION}');COMMIT;"
    )


def spending(connection: sqlite3.Connection) -> dict[str, Decimal]:
    """US dollars by arm: spent, or reserved where the end of a call is not known."""
    found: dict[str, Decimal] = {}
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'spending'").fetchone() is not None:
        rows = "SELECT i.arm, coalesce(s.spent, s.reserved) FROM spending s JOIN intents i ON i.id = s.id"
        for arm, dollars in connection.execute(rows):
            found[arm] = found.get(arm, Decimal(0)) + Decimal(dollars)
    return found


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Raises InvalidFileError where `path` is no run store (DamagedStoreError), or one that a newer version of the
    harness wrote."""
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedStoreError(path, "", f"not a run store ({error})", hint=PRUNE) from error
    if row is None or not str(row[0]).isdigit():
        raise DamagedStoreError(path, "", "not a run store (it has no schema version)", hint=PRUNE)
    version = int(row[0])
    if version > SCHEMA_VERSION:
        raise InvalidFileError(
            path,
            "",
            f"run store of schema version {version}, this cv-harness reads up to {SCHEMA_VERSION}",
            hint="open it with the cv-harness version that wrote it, or a newer one",
        )
