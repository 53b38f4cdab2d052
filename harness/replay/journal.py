"""What a run sends, written down around the sending: an intent before it, the attempt before its result is used."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from harness.models.batch import BatchJob, BatchLine
from harness.models.types import Attempt, Call
from harness.replay.serial import dump_attempt, squeeze
from harness.replay.types import RecordKey
from harness.replay.writer import Work

WORKING_ON: ContextVar[RecordKey | None] = ContextVar("working_on", default=None)
"""The record that the running task works on. The engine sets it, so that the journal knows for which document and
arm an attempt was paid; a call outside any record (a warm-up) has none."""

ENDING: ContextVar[Callable[[], bool]] = ContextVar("ending", default=lambda: False)
"""Whether the run of the running task is ending, so that nothing more is sent for it. The engine sets it."""

_NOWHERE = RecordKey("", "", 0)
_NOTHING = Decimal(0)


class StoppedError(Exception):
    """The run is ending: the pipeline that wants another call is left where it is."""


@dataclass(frozen=True, slots=True)
class RunJournal:
    """write: does its work durably, or raises StoreError. reader: what is durable."""

    write: Callable[[Work], Awaitable[None]]
    reader: sqlite3.Connection

    async def intend(self, call: Call, reserved: Decimal = _NOTHING) -> str:
        """Durable before the call is sent; the id names the attempt to come. Raises StoppedError where the run began to
        end while the call waited for leave."""
        if ENDING.get()():
            raise StoppedError
        key = WORKING_ON.get() or _NOWHERE
        name = uuid.uuid4().hex
        await self.write(_intents([(name, key, call, reserved)]))
        return name

    async def commit(self, attempt: Attempt, spent: Decimal = _NOTHING) -> None:
        """Durable before the attempt's result is used."""
        key = WORKING_ON.get()

        def work(to: sqlite3.Connection) -> None:
            insert_attempt(key or _intended_for(to, attempt.id), attempt)(to)
            to.execute("UPDATE spending SET spent = ? WHERE id = ?", (str(spent), attempt.id))

        await self.write(work)

    # -- batches ------------------------------------------------------------------------------------------------

    async def open_job(self, job: BatchJob, lines: Sequence[tuple[object, BatchLine]]) -> None:
        """A job with an intent for each of its lines, all of it or nothing. Durable before any of it is sent."""
        intents = [
            (line.id, key if isinstance(key, RecordKey) else _NOWHERE, line.call, line.reserved)
            for key, line in lines
            if line.call is not None
        ]
        row = (job.id, job.begun.isoformat(), job.wire, job.model, job.file, job.batch)

        def work(to: sqlite3.Connection) -> None:
            to.execute("INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, 0)", row)
            _intents(intents)(to)

        await self.write(work)

    async def note_job(self, job: BatchJob) -> None:
        """What the server calls the job's file and batch."""
        names = (job.file, job.batch, job.id)
        await self.write(lambda to: to.execute("UPDATE batches SET file = ?, batch = ? WHERE job = ?", names))

    async def close_job(self, job: BatchJob) -> None:
        """Every line of it has its attempt."""
        await self.write(lambda to: to.execute("UPDATE batches SET over = 1 WHERE job = ?", (job.id,)))

    def open_jobs(self) -> tuple[BatchJob, ...]:
        """Jobs that are not over, oldest first."""
        return tuple(jobs_of(self.reader, only_open=True))

    def lines_of(self, job: BatchJob) -> tuple[BatchLine, ...]:
        """The lines of a job that have no attempt yet."""
        rows = self.reader.execute(
            "SELECT i.id, i.call_key, i.call_draw, coalesce(s.reserved, '0') FROM intents i"
            " LEFT JOIN spending s ON s.id = i.id WHERE i.id > ? AND i.id < ?"
            " AND NOT EXISTS (SELECT 1 FROM attempts a WHERE a.id = i.id) ORDER BY i.rowid",
            (f"{job.id}-", f"{job.id}."),
        )
        return tuple(BatchLine(name, key, draw, reserved=Decimal(dollars)) for name, key, draw, dollars in rows)


def jobs_of(reader: sqlite3.Connection, *, only_open: bool = False) -> list[BatchJob]:
    """The batches of a run, oldest first."""
    rows = reader.execute(
        "SELECT job, wire, model, at, file, batch FROM batches WHERE over = 0 OR NOT ? ORDER BY at, job", (only_open,)
    )
    return [BatchJob(job, wire, model, datetime.fromisoformat(at), *names) for job, wire, model, at, *names in rows]


def _intents(intents: Sequence[tuple[str, RecordKey, Call, Decimal]]) -> Work:
    """Keeps what is about to be sent: name, record, call, and the US dollars reserved for it."""
    at = datetime.now(UTC).isoformat(timespec="milliseconds")

    def work(to: sqlite3.Connection) -> None:
        for name, key, call, reserved in intents:
            parts = json.dumps(dict(call.parts), sort_keys=True)
            row = (name, key.arm, key.document_id, key.draw, call.key, call.draw, call.wire, parts, at)
            to.execute("INSERT INTO intents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            if reserved:
                to.execute("INSERT INTO spending VALUES (?, ?, NULL)", (name, str(reserved)))

    return work


def _intended_for(to: sqlite3.Connection, name: str) -> RecordKey:
    """The record that an attempt was sent for."""
    row = to.execute("SELECT document_id, arm, draw FROM intents WHERE id = ?", (name,)).fetchone()
    return _NOWHERE if row is None else RecordKey(*row)


def insert_attempt(key: RecordKey, attempt: Attempt) -> Work:
    """Keeps an attempt, unless it is there already. The body of a replayed one stays in its recording; everything
    else of it is kept."""
    row = (
        key.arm,
        key.document_id,
        key.draw,
        attempt.id,
        attempt.call_key,
        attempt.draw,
        attempt.number,
        attempt.source,
        attempt.outcome,
    )
    body = None if attempt.source == "recorded" else attempt.body

    def insert(to: sqlite3.Connection) -> None:
        there = "SELECT 1 FROM attempts WHERE arm = ? AND document_id = ? AND draw = ? AND id = ?"
        if to.execute(there, row[:4]).fetchone() is None:
            packed = (squeeze(dump_attempt(attempt)), None if body is None else squeeze(body))
            to.execute("INSERT INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, *packed))

    return insert
