"""What a run sends, written down around the sending: an intent before it, the attempt before its result is used."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from harness.models.types import Attempt, Call
from harness.replay.serial import dump_attempt, squeeze
from harness.replay.types import RecordKey
from harness.replay.writer import Work

WORKING_ON: ContextVar[RecordKey | None] = ContextVar("working_on", default=None)
"""The record that the running task works on. The engine sets it, so that the journal knows for which document and
arm an attempt was paid; a call outside any record (a warm-up) has none."""

_NOWHERE = RecordKey("", "", 0)
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class RunJournal:
    """write: does its work durably, or raises StoreError."""

    write: Callable[[Work], Awaitable[None]]

    async def intend(self, call: Call, reserved: Decimal = _NOTHING) -> str:
        """Durable before the call is sent; the id names the attempt to come."""
        key = WORKING_ON.get() or _NOWHERE
        name = uuid.uuid4().hex
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        parts = json.dumps(dict(call.parts), sort_keys=True)
        row = (name, key.arm, key.document_id, key.draw, call.key, call.draw, call.wire, parts, at)

        def work(to: sqlite3.Connection) -> None:
            to.execute("INSERT INTO intents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            if reserved:
                to.execute("INSERT INTO spending VALUES (?, ?, NULL)", (name, str(reserved)))

        await self.write(work)
        return name

    async def commit(self, attempt: Attempt, spent: Decimal = _NOTHING) -> None:
        """Durable before the attempt's result is used."""
        insert = insert_attempt(WORKING_ON.get() or _NOWHERE, attempt)

        def work(to: sqlite3.Connection) -> None:
            insert(to)
            to.execute("UPDATE spending SET spent = ? WHERE id = ?", (str(spent), attempt.id))

        await self.write(work)


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
