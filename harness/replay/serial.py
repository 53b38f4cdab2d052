"""Records and attempts as the run store keeps them: compact JSON, compressed, and back without loss.

The format belongs to the store's schema version. JSON here is lenient where models are: what an answer held comes
back as it was.
"""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from decimal import Decimal
from typing import Any

from harness.base.types import Failure, Json
from harness.contract.types import Reading, Rung, Violation
from harness.models.types import Attempt, Usage
from harness.pipelines.types import Phase
from harness.replay.types import Record


def dump(value: Json) -> bytes:
    """A JSON value as bytes. Raises TypeError for what is none."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def squeeze(data: bytes) -> bytes:
    """Compressed. Other threads run meanwhile, so it is the writer's work."""
    return zlib.compress(data, 1)


def inflate(data: bytes) -> bytes:
    """Inverse of `squeeze`."""
    return zlib.decompress(data)


def dump_record(record: Record) -> bytes:
    return dump(
        {
            "document_id": record.document_id,
            "arm": record.arm,
            "draw": record.draw,
            "answer": _from_value(record.answer),
            "state": record.state,
            "readings": [
                {
                    "value": None if reading.value is record.answer else _from_value(reading.value),
                    "rung": int(reading.rung),
                    "repairs": reading.repairs,
                    "violations": [[v.pointer, v.rule, v.message] for v in reading.violations],
                }
                for reading in record.readings
            ],
            "phases": [[phase.name, phase.calls, phase.ms] for phase in record.phases],
            "notes": record.notes,
            "text_sha256": record.text_sha256,
            "latency_ms": record.latency_ms,
            "queue_ms": record.queue_ms,
            "retry_ms": record.retry_ms,
            "source": record.source,
            "usage": _from_usage(record.usage),
            "usage_known": record.usage_known,
            "cost": None if record.cost is None else str(record.cost),
            "calls": record.calls,
            "attempts": record.attempts,
            "attempt_ids": record.attempt_ids,
            "snapshot": record.snapshot,
        }
    )


def load_record(data: bytes) -> Record:
    """Inverse of `dump_record`."""
    given: dict[str, Any] = json.loads(data)
    answer = _to_value(given["answer"])
    return Record(
        **given
        | {
            "answer": answer,
            "readings": tuple(
                Reading(
                    value=answer if reading["value"] is None else _to_value(reading["value"]),
                    rung=Rung(reading["rung"]),
                    repairs=tuple(reading["repairs"]),
                    violations=tuple(Violation(*violation) for violation in reading["violations"]),
                )
                for reading in given["readings"]
            ),
            "phases": tuple(Phase(*phase) for phase in given["phases"]),
            "notes": tuple(given["notes"]),
            "usage": Usage(*given["usage"]),
            "cost": None if given["cost"] is None else Decimal(given["cost"]),
            "attempt_ids": tuple(given["attempt_ids"]),
        }
    )


def dump_attempt(attempt: Attempt) -> bytes:
    """An attempt without its body, which is stored apart."""
    return dump(
        {
            "id": attempt.id,
            "call_key": attempt.call_key,
            "number": attempt.number,
            "started": attempt.started.isoformat(),
            "queue_ms": attempt.queue_ms,
            "retry_wait_ms": attempt.retry_wait_ms,
            "headers_ms": attempt.headers_ms,
            "total_ms": attempt.total_ms,
            "model_ms": attempt.model_ms,
            "status": attempt.status,
            "usage": None if attempt.usage is None else _from_usage(attempt.usage),
            "request_id": attempt.request_id,
            "source": attempt.source,
            "outcome": attempt.outcome,
            "slept_ms": attempt.slept_ms,
            "error": attempt.error,
            "text": attempt.text,
            "snapshot": attempt.snapshot,
            "draw": attempt.draw,
            "detail": attempt.detail,
            "headers": dict(attempt.headers),
        }
    )


def load_attempt(data: bytes, body: bytes | None) -> Attempt:
    """Inverse of `dump_attempt`, with the body."""
    given: dict[str, Any] = json.loads(data)
    usage = given["usage"]
    return Attempt(
        **given
        | {
            "started": datetime.fromisoformat(given["started"]),
            "usage": None if usage is None else Usage(*usage),
            "body": body,
        }
    )


def _from_usage(usage: Usage) -> list[int]:
    """In the order of the class's fields."""
    return [
        usage.input_tokens,
        usage.cached_tokens,
        usage.cache_write_tokens,
        usage.output_tokens,
        usage.reasoning_tokens,
    ]


def _from_value(value: Json | Failure) -> dict[str, Json]:
    """A JSON value and a Failure told apart, whatever keys the value has."""
    if isinstance(value, Failure):
        return {"failure": [value.kind, value.code, value.detail]}
    return {"json": value}


def _to_value(tagged: dict[str, Json]) -> Json | Failure:
    return Failure(*tagged["failure"]) if "failure" in tagged else tagged["json"]


def storable(text: str) -> str:
    """Text that SQLite can hold: lone surrogates replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
