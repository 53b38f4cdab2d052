"""Rows of a run store as what they say, one at a time."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

from harness.models.types import Attempt
from harness.replay.serial import inflate, load_attempt
from harness.replay.types import RecordKey, StoredCall


def record_keys(reader: sqlite3.Connection, failure: str | None = None) -> Iterator[RecordKey]:
    """Of the records that are there, by document, arm and draw. failure: of those that failed so only."""
    rows = reader.execute(
        "SELECT document_id, arm, draw FROM records WHERE ?1 IS NULL OR failure = ?1 ORDER BY document_id, arm, draw",
        (failure,),
    )
    return (RecordKey(*row) for row in rows)


def stored_calls(reader: sqlite3.Connection, arm: str | None = None) -> Iterator[StoredCall]:
    """See `RunStore.calls`."""
    rows = reader.execute(
        "SELECT i.document_id, i.arm, i.draw, i.call_key, i.call_draw, i.wire, i.parts, a.data, a.body"
        " FROM intents i JOIN attempts a ON a.id = i.id"
        " WHERE ?1 IS NULL OR i.arm = ?1"
        " ORDER BY i.arm, i.document_id, i.draw, i.call_key, i.call_draw, a.rowid",
        (arm,),
    )
    call: StoredCall | None = None
    for document_id, of, draw, key, call_draw, wire, parts, data, body in rows:
        attempt = attempt_of(data, body)
        record = RecordKey(document_id, of, draw)
        if call is not None and attempt.number > 1 and (call.key, call.call_key, call.draw) == (record, key, call_draw):
            call = replace(call, attempts=(*call.attempts, attempt))
            continue
        if call is not None:
            yield call
        call = StoredCall(record, key, call_draw, wire, json.loads(parts), (attempt,))
    if call is not None:
        yield call


def attempt_of(data: bytes, body: bytes | None) -> Attempt:
    return load_attempt(inflate(data), None if body is None else inflate(body))
