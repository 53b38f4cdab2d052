"""The run store's tables, how a store of an older version becomes one of this, and the refusal of a newer one.

`docs/replay.md` says what each table is for. Blobs are zlib-compressed JSON (`data`) or bytes (`body`, `text`).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from harness.base.errors import InvalidFileError
from harness.replay.damage import PRUNE, DamagedStoreError
from harness.replay.types import Spending

SCHEMA_VERSION = 3

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

FORGET_SCORES = """
DELETE FROM scores WHERE document_id = ? AND arm = ? AND draw = ? AND scorer IN (
    WITH RECURSIVE known (scorer) AS (
        SELECT min(scorer) FROM scores
        UNION ALL SELECT (SELECT min(s.scorer) FROM scores s WHERE s.scorer > known.scorer) FROM known
        WHERE known.scorer IS NOT NULL
    ) SELECT scorer FROM known)"""
"""Of one record, whoever gave them: another takes its place. The scorers are leapt through in the key's order."""

SPENDING = "CREATE TABLE IF NOT EXISTS spending (id TEXT PRIMARY KEY, reserved TEXT NOT NULL, spent TEXT) WITHOUT ROWID"
"""US dollars of each attempt, by the id of its intent."""

BATCHES = """
CREATE TABLE batches (
    job TEXT PRIMARY KEY, at TEXT NOT NULL, wire TEXT NOT NULL, model TEXT NOT NULL, file TEXT NOT NULL,
    batch TEXT NOT NULL, over INTEGER NOT NULL
) WITHOUT ROWID"""
"""Batches of calls that a run sent. The ids of its intents begin with the job's id."""

MIGRATIONS: Mapping[int, tuple[str, ...]] = {
    1: (SPENDING,),  # later stores of version 1 have it already
    2: (BATCHES,),
}
"""By version: what makes a store of it one of the next. A change of the tables adds to this, and a store of the version
before to the tests; what is here is never changed."""


def create_tables(connection: sqlite3.Connection) -> None:
    """An empty store of this version, in one transaction."""
    connection.executescript(
        f"BEGIN;{TABLES}{SPENDING};{BATCHES};INSERT INTO meta VALUES ('schema_version', '{SCHEMA_VERSION}');COMMIT;"
    )


def spending(connection: sqlite3.Connection) -> Spending:
    """What was spent, and reserved where the end of a call is not known."""
    spent: dict[str, Decimal] = {}
    unknown: dict[str, Decimal] = {}
    calls = 0
    rows = "SELECT i.arm, s.reserved, s.spent FROM spending s JOIN intents i ON i.id = s.id"
    for arm, reserved, settled in connection.execute(rows):
        found = unknown if settled is None else spent
        found[arm] = found.get(arm, Decimal(0)) + Decimal(reserved if settled is None else settled)
        calls += settled is None
    return Spending(spent, unknown, calls)


def reserved(connection: sqlite3.Connection) -> dict[str, Decimal]:
    """US dollars that were reserved for each call of which no attempt is known, by its intent."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'spending'").fetchone() is None:
        return {}
    rows = "SELECT s.id, s.reserved FROM spending s WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.id = s.id)"
    return {name: Decimal(dollars) for name, dollars in connection.execute(rows)}


def upgraded(connection: sqlite3.Connection, path: Path, *, in_file: bool) -> sqlite3.Connection:
    """A connection to the store as one of this version; where it is not `in_file`, an older one's file stays as it is.
    Raises InvalidFileError as `version_of` does."""
    version = version_of(connection, path)
    if version < SCHEMA_VERSION:
        connection = connection if in_file else in_memory(connection)
        upgrade(connection, version)
    return connection


def upgrade(connection: sqlite3.Connection, version: int) -> None:
    """Make a store of `version` one of this version, all at once or not at all."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in range(version, SCHEMA_VERSION):
            for statement in MIGRATIONS[step]:
                connection.execute(statement)
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(SCHEMA_VERSION),))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def in_memory(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A copy of a whole store that may be upgraded while the file stays as it is. Closes the connection."""
    copy = sqlite3.connect(":memory:", isolation_level=None)
    connection.backup(copy)
    connection.close()
    return copy


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The version of a store that can be read here. Raises InvalidFileError where `path` is no run store
    (DamagedStoreError), of a version that never was, or one that a newer version of the harness wrote."""
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    except sqlite3.DatabaseError as error:
        raise DamagedStoreError(path, "", f"not a run store ({error})", hint=PRUNE) from error
    if row is None or not str(row[0]).isdecimal():
        raise DamagedStoreError(path, "", "not a run store (it has no schema version)", hint=PRUNE)
    version = int(row[0])
    if version > SCHEMA_VERSION:
        raise InvalidFileError(
            path,
            "",
            f"run store of schema version {version}, this cv-harness reads up to {SCHEMA_VERSION}",
            hint="open it with the cv-harness version that wrote it, or a newer one",
        )
    if version not in (SCHEMA_VERSION, *MIGRATIONS):
        raise DamagedStoreError(path, "", f"run store of schema version {version}, which never was", hint=PRUNE)
    return version
