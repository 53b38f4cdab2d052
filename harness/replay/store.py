"""The run store: everything a run has paid for, in one SQLite file, durable before it is used.

`docs/replay.md` says what survives a crash. One process writes (`create`, `open(..., write=True)`); any number
may read at the same time.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, TypeAlias

from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.base.files import private_folder
from harness.base.project import Project
from harness.base.types import Failure, Json
from harness.corpus.types import Extraction
from harness.models.batch import BatchJob
from harness.models.types import Attempt
from harness.replay.damage import named, readable
from harness.replay.journal import RunJournal, insert_attempt, jobs_of
from harness.replay.lock import RunLock
from harness.replay.manifest import as_stored, from_json, to_json, with_status
from harness.replay.rows import attempt_of, record_keys, stored_calls
from harness.replay.schema import FORGET_SCORES, create_tables, reserved, spending, upgraded
from harness.replay.serial import dump, dump_record, inflate, load_record, squeeze, storable
from harness.replay.types import DocHashes, LogEntry, Manifest, Record, RecordKey, Spending, StoredCall, UnknownCall
from harness.replay.writer import StoreError, Work, Writer, unwritable

FILE = "run.db"
UNFINISHED = ".new-"
"""How the folder of a run is named until its store is whole; only a crash leaves one behind."""

Level: TypeAlias = Literal["info", "warning", "error"]


class RunStore:
    """One run's `run.db`. Writes return when they are durable and raise StoreError where they cannot be."""

    def __init__(self, path: Path, *, lock: RunLock | None) -> None:
        self.path = path
        self._lock = lock
        self._manifest: tuple[str, Manifest] | None = None
        writer = None
        try:
            with named(path):
                self._reader = upgraded(_reader(path, read_only=lock is None), path, in_file=lock is not None)
            self._writer = writer = Writer(path) if lock is not None else None
        except BaseException:
            if writer is not None:
                writer.close()
            if lock is not None:
                lock.release()
            raise

    # -- making and closing -------------------------------------------------------------------------------------

    @classmethod
    def create(cls, project: Project, manifest: Manifest, folder: Path | None = None) -> Self:
        """A new store in the project's runs (or in `folder`), open for writing. Raises UsageError where it is there."""
        folder = folder or project.runs / manifest.run_id
        if folder.exists():
            raise UsageError(f"run {manifest.run_id} is there already: {folder}")
        making = folder.with_name(f"{UNFINISHED}{folder.name}")
        text = to_json(manifest)
        try:
            private_folder(folder.parent)
            private_folder(making)
            _make(making / FILE, text)
            os.replace(making, folder)
        except (OSError, sqlite3.Error) as error:
            shutil.rmtree(making, ignore_errors=True)
            raise unwritable(folder, error) from error
        store = cls(folder / FILE, lock=RunLock(folder))
        store._manifest = sha256(text), as_stored(manifest)
        return store

    @classmethod
    def open(cls, path: Path, *, write: bool = False) -> Self:
        """The store at `path` (a run's folder or its run.db), read-only unless `write`.

        Raises UsageError where there is none or another process writes it, InvalidFileError where it is no run
        store or a newer one.
        """
        file = path if path.name == FILE else path / FILE
        if file.is_file():
            return cls(file, lock=RunLock(file.parent) if write else None)
        raise UsageError(f"no run in {path}", hint="`cv-harness runs` lists them")

    def close(self) -> None:
        """Write what waits and let go of the run. A second call does nothing."""
        if self._writer is not None:
            self._reader.close()  # before the writer folds the log: a reader would be in its way
            self._writer.close()
        else:
            self._reader.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def folder(self) -> Path:
        return self.path.parent

    # -- manifest -----------------------------------------------------------------------------------------------

    @readable
    def manifest(self) -> Manifest:
        """The manifest, with what has become known of each document's text since."""
        manifest = self._stored_manifest()
        documents = dict(manifest.documents)
        known = self._reader.execute("SELECT id, file_sha256, outcome, text_sha256, reader FROM documents")
        shared: dict[str, str] = {}  # most documents have the same of some, and the file that they had before
        for document_id, file, outcome, text, reader in known:
            before = documents.get(document_id)
            documents[document_id] = DocHashes(
                before.file if before is not None and before.file == file else file,
                text,
                shared.setdefault(outcome, outcome),
                before.golden if before is not None else None,
                shared.setdefault(reader, reader),
            )
        return replace(manifest, documents=documents)

    def set_status(
        self, status: Literal["running", "complete", "interrupted"], finished: datetime | None = None
    ) -> None:
        """Say how far the run is; `finished` in UTC, None while it runs."""
        stamp = None if finished is None else finished.isoformat(timespec="seconds")
        manifest = replace(self._stored_manifest(), status=status, finished=stamp)
        text = with_status(self._manifest_text(), manifest)
        self.write_now(lambda to: to.execute("UPDATE manifest SET data = ?", (text,)))
        self._manifest = sha256(text), manifest

    def _stored_manifest(self) -> Manifest:
        """The manifest as it is stored; each text of it is read once."""
        text = self._manifest_text()
        digest = sha256(text)
        if self._manifest is None or self._manifest[0] != digest:
            self._manifest = digest, from_json(text, self.path)
        return self._manifest[1]

    def _manifest_text(self) -> str:
        text: str = self._reader.execute("SELECT data FROM manifest").fetchone()[0]
        return text

    # -- documents ----------------------------------------------------------------------------------------------

    async def save_extraction(self, document_id: str, file_sha256: str, extraction: Extraction) -> None:
        row = (
            document_id,
            file_sha256,
            extraction.outcome,
            extraction.text_sha256,
            extraction.reader,
            json.dumps(extraction.warnings),
            extraction.pages,
        )
        text = extraction.text.encode("utf-8", "surrogatepass")
        insert = "INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        await self._write(lambda to: to.execute(insert, (*row, squeeze(text))))

    @readable
    def extraction(self, document_id: str) -> Extraction | None:
        """What was read of a document in this run; None where nothing was yet."""
        return next((found for _, found in self._extractions("WHERE id = ?", document_id)), None)

    @readable
    def extractions(self) -> Iterator[tuple[str, Extraction]]:
        """All of them with their document ids, one at a time, by id."""
        return self._extractions("ORDER BY id")

    @readable
    def _extractions(self, which: str, *values: str) -> Iterator[tuple[str, Extraction]]:
        rows = self._reader.execute(
            f"SELECT id, outcome, text_sha256, reader, warnings, pages, text FROM documents {which}", values
        )
        for document_id, outcome, digest, reader, warnings, pages, text in rows:
            decoded = inflate(text).decode("utf-8", "surrogatepass")
            yield document_id, Extraction(outcome, decoded, digest, reader, tuple(json.loads(warnings)), pages)

    @readable
    def file_hashes(self) -> dict[str, str]:
        """SHA-256 of each document's file, as it was when this run read it."""
        return dict(self._reader.execute("SELECT id, file_sha256 FROM documents").fetchall())

    # -- calls --------------------------------------------------------------------------------------------------

    def journal(self) -> RunJournal:
        """Where the callers of this run write intents and attempts (see WORKING_ON)."""
        return RunJournal(self._open_writer().awrite, self._reader)

    @readable
    def attempts_of(self, key: RecordKey) -> tuple[Attempt, ...]:
        """All durable attempts made for a record, in the order in which they were committed."""
        rows = self._reader.execute(
            "SELECT data, body FROM attempts WHERE arm = ? AND document_id = ? AND draw = ? ORDER BY rowid",
            (key.arm, key.document_id, key.draw),
        )
        return tuple(attempt_of(data, body) for data, body in rows)

    @readable
    def keys_with_attempts(self) -> frozenset[RecordKey]:
        """Records for which something was sent, finished or not."""
        rows = self._reader.execute("SELECT DISTINCT document_id, arm, draw FROM attempts")
        return frozenset(RecordKey(*row) for row in rows)

    @readable
    def calls(self, arm: str | None = None) -> Iterator[StoredCall]:
        """Calls that this run really sent, with their attempts; what recordings are made from.

        A call that was made more than once for a record (after a crash, say) comes as often. Attempts that were
        themselves replayed from recordings have no intent and are not among them.
        """
        yield from stored_calls(self._reader, arm)

    @readable
    def unknown_calls(self) -> tuple[UnknownCall, ...]:
        """Intents without an attempt, oldest first: calls of which nobody can know whether they were billed."""
        rows = self._reader.execute(
            "SELECT id, document_id, arm, draw, call_key, at FROM intents i"
            " WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.id = i.id) ORDER BY rowid"
        )
        most = reserved(self._reader)
        return tuple(UnknownCall(name, RecordKey(*key), call, at, most.get(name)) for name, *key, call, at in rows)

    @readable
    def arms_with_calls(self) -> tuple[str, ...]:
        """Arms for which something was really sent."""
        return tuple(arm for (arm,) in self._reader.execute("SELECT DISTINCT arm FROM intents ORDER BY arm"))

    @readable
    def jobs(self, *, only_open: bool = False) -> tuple[BatchJob, ...]:
        """The batches of this run, oldest first."""
        return tuple(jobs_of(self._reader, only_open=only_open))

    @readable
    def newest_attempt(self) -> int:
        """The place of the newest attempt in the store; 0 while there is none."""
        return int(self._reader.execute("SELECT coalesce(max(rowid), 0) FROM attempts").fetchone()[0])

    @readable
    def owes_recordings(self) -> bool:
        """Whether there are attempts that `set_recorded` has not covered."""
        row = self._reader.execute("SELECT value FROM meta WHERE key = 'recorded'").fetchone()
        return self.newest_attempt() > (int(row[0]) if row else 0)

    def set_recorded(self, upto: int) -> None:
        """Say that what there was to record is recorded, up to that attempt."""
        self.write_now(lambda to: to.execute("INSERT OR REPLACE INTO meta VALUES ('recorded', ?)", (str(upto),)))

    def spent(self) -> Decimal:
        """US dollars that all sessions have spent, at the most that calls of unknown end may cost; none simulated."""
        return self.spending().at_most

    @readable
    def spending(self) -> Spending:
        """What all sessions have spent, and apart from it what calls of unknown end may have cost."""
        return spending(self._reader)

    # -- records ------------------------------------------------------------------------------------------------

    async def put_record(self, record: Record, attempts: Iterable[Attempt] = ()) -> None:
        """Keep a record, in place of one of its key and that one's scores, with those attempts that the journal has not
        seen (replayed or declared ones), in one transaction."""
        failure = record.answer.kind if isinstance(record.answer, Failure) else ""
        row, data = (record.document_id, record.arm, record.draw, failure), dump_record(record)  # may raise: here, then
        inserts = [insert_attempt(record.key, attempt) for attempt in attempts]

        def work(to: sqlite3.Connection) -> None:
            for insert in inserts:
                insert(to)
            to.execute(FORGET_SCORES, row[:3])
            to.execute("INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?)", (*row, squeeze(data)))

        await self._write(work)

    @readable
    def record(self, key: RecordKey) -> Record | None:
        row = self._reader.execute(
            "SELECT data FROM records WHERE document_id = ? AND arm = ? AND draw = ?",
            (key.document_id, key.arm, key.draw),
        ).fetchone()
        return None if row is None else load_record(inflate(row[0]))

    @readable
    def records(self, *, arm: str | None = None, document_id: str | None = None) -> Iterator[Record]:
        """Records one at a time, by document, arm and draw."""
        rows = self._reader.execute(
            "SELECT data FROM records WHERE (?1 IS NULL OR arm = ?1) AND (?2 IS NULL OR document_id = ?2)"
            " ORDER BY document_id, arm, draw",
            (arm, document_id),
        )
        for (data,) in rows:
            yield load_record(inflate(data))

    @readable
    def done(self) -> dict[RecordKey, str]:
        """Keys of the records that are there, each with its failure's kind ("" where there is an answer)."""
        rows = self._reader.execute("SELECT document_id, arm, draw, failure FROM records")
        return {RecordKey(document_id, arm, draw): failure for document_id, arm, draw, failure in rows}

    @readable
    def record_keys(self, failure: str | None = None) -> Iterator[RecordKey]:
        """Keys of the records that are there, by document, arm and draw. failure: of those that failed so only."""
        yield from record_keys(self._reader, failure)

    @readable
    def many(self) -> dict[str, int]:
        """How many records there are of each arm."""
        return dict(self._reader.execute("SELECT arm, count(*) FROM records GROUP BY arm").fetchall())

    # -- scores -------------------------------------------------------------------------------------------------

    def put_scores(self, scorer: str, scores: Iterable[tuple[RecordKey, Mapping[str, Json] | bytes]]) -> None:
        """Keep scores (as JSON, or squeezed already) under their scorer's version; the same key is replaced."""
        packed = ((key, each if isinstance(each, bytes) else squeeze(dump(each))) for key, each in scores)
        rows = [(scorer, key.document_id, key.arm, key.draw, data) for key, data in packed]
        self.write_now(lambda to: to.executemany("INSERT OR REPLACE INTO scores VALUES (?, ?, ?, ?, ?)", rows))

    @readable
    def scores(self, scorer: str) -> Iterator[tuple[RecordKey, dict[str, Json]]]:
        """That scorer version's scores, one at a time, by document, arm and draw."""
        rows = self._reader.execute(
            "SELECT document_id, arm, draw, data FROM scores WHERE scorer = ? ORDER BY document_id, arm, draw",
            (scorer,),
        )
        for document_id, arm, draw, data in rows:
            yield RecordKey(document_id, arm, draw), json.loads(inflate(data))

    @readable
    def scorers(self) -> tuple[str, ...]:
        """Scorer versions that scored this run."""
        return tuple(row[0] for row in self._reader.execute("SELECT DISTINCT scorer FROM scores ORDER BY scorer"))

    # -- log ----------------------------------------------------------------------------------------------------

    async def log(self, level: Level, message: str, detail: str = "", key: RecordKey | None = None) -> None:
        """Keep a sentence and its detail (a traceback) for whoever looks into the run."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        where = (None, None, None) if key is None else (key.document_id, key.arm, key.draw)
        row = (at, level, *where, storable(message), storable(detail))
        await self._write(
            lambda to: to.execute(
                "INSERT INTO log (at, level, document_id, arm, draw, message, detail) VALUES (?, ?, ?, ?, ?, ?, ?)", row
            )
        )

    @readable
    def logs(self) -> Iterator[LogEntry]:
        rows = self._reader.execute("SELECT at, level, message, detail, document_id, arm, draw FROM log ORDER BY id")
        for at, level, message, detail, *where in rows:
            yield LogEntry(at, level, message, detail, None if where[0] is None else RecordKey(*where))

    # -- inside -------------------------------------------------------------------------------------------------

    async def _write(self, work: Work) -> None:
        await self._open_writer().awrite(work)

    def write_now(self, work: Work) -> None:
        """Do `work` in one transaction, and return when it is durable."""
        self._open_writer().write(work)

    def _open_writer(self) -> Writer:
        if self._writer is None:
            raise StoreError(f"{self.path} is open for reading only")
        return self._writer


def _make(path: Path, manifest: str) -> None:
    """A store with its manifest, in a file that only its owner reads (SQLite's files beside it take after it)."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        create_tables(connection)
        connection.execute("INSERT INTO manifest VALUES (1, ?)", (manifest,))


def _reader(path: Path, *, read_only: bool) -> sqlite3.Connection:
    uri = f"{path.resolve().as_uri()}?mode={'ro' if read_only else 'rw'}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=30.0)
