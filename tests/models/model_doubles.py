"""What the tests of this room share: a bundle, calls, attempts and a journal that remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from harness.assistants.bundle import make_bundle
from harness.assistants.types import AssistantBundle
from harness.models.calls import assistant_call, chat_call
from harness.models.types import Attempt, Call, Usage

CV = "Anna Beispiel\nEngineer at Acme, Jan 2020 – Present"
KEY = "sk-test-PLANTEDplantedPLANTED0123456789"
SCHEMA = {
    "type": "object",
    "properties": {"ok": {"type": "boolean"}},
    "required": ["ok"],
    "additionalProperties": False,
}
STARTED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def bundle(**changes: Any) -> AssistantBundle:
    given: dict[str, Any] = {
        "name": "Test",
        "description": "",
        "model": "gpt-4o",
        "parameters": {"temperature": 0, "max_output_tokens": 1000},
        "instructions": "Return JSON.",
        "output": "json_schema",
        "schema": SCHEMA,
    }
    return make_bundle(**{**given, **changes})


def call(text: str = CV, draw: int = 0, **changes: Any) -> Call:
    return assistant_call(bundle(**changes), text, draw)


def chat(text: str = CV, draw: int = 0) -> Call:
    prompt = f"Return JSON about:\n{text}"
    parts = {"instructions": "Return JSON about:\n{}", "input": text}
    return chat_call("gpt-4o", {"temperature": 0.2, "max_tokens": 50}, prompt, draw, parts)


def attempt(of: Call, number: int = 1, **changes: Any) -> Attempt:
    given: dict[str, Any] = {
        "id": f"a-{of.key[:8]}-{of.draw}-{number}",
        "call_key": of.key,
        "number": number,
        "started": STARTED,
        "queue_ms": 1.5,
        "retry_wait_ms": 0.0,
        "headers_ms": 90.0,
        "total_ms": 100.0,
        "model_ms": 80.0,
        "status": 200,
        "usage": Usage(100, 10, 0, 20, 0),
        "request_id": "req_1",
        "source": "live",
        "outcome": "answered",
        "body": b'{"status": "completed"}',
        "text": '{"ok": true}',
        "snapshot": "gpt-4o-2024-08-06",
        "draw": of.draw,
        "headers": {"x-request-id": "req_1"},
    }
    return Attempt(**{**given, **changes})


def failed(of: Call, number: int = 1, **changes: Any) -> Attempt:
    given = {"outcome": "failed", "status": 500, "error": "server_error", "text": None, "usage": None}
    return attempt(of, number, **{**given, **changes})


@dataclass
class MemoryJournal:
    """Remembers the order of what was made durable."""

    events: list[tuple[str, str]] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)

    async def intend(self, call: Call, reserved: Decimal = Decimal(0)) -> str:
        name = f"attempt-{len(self.events)}"
        self.events.append(("intend", name))
        return name

    async def commit(self, attempt: Attempt, spent: Decimal = Decimal(0)) -> None:
        self.events.append(("commit", attempt.id))
        self.attempts.append(attempt)
