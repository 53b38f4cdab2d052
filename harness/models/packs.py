"""The file format of recordings: gzip of JSON lines, the same bytes for the same recordings.

The first line describes the pack; each other line is one recording and begins with its key and draw, so that a
pack is indexed without parsing a single response. `docs/models.md` describes every field.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from harness.base.errors import InvalidFileError
from harness.base.types import Source
from harness.models.answers import interpret
from harness.models.types import Attempt, Recording, Usage

PACK_VERSION = 1
SUFFIX = ".jsonl.gz"
_ENTRY = re.compile(rb'\{"key":"([0-9a-f]{64})","draw":(\d{1,9}),"answered":(true|false),')
_DEFAULTS: Mapping[str, Any] = {
    "retry_wait_ms": 0.0,
    "slept_ms": 0.0,
    "error": "",
    "detail": "",
    "snapshot": "",
    "headers": {},
}


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one recording is in an unpacked pack: byte offsets of its line."""

    key: str
    draw: int
    answered: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pack:
    """An unpacked, indexed pack."""

    path: Path
    origin: str
    data: bytes
    entries: tuple[Entry, ...]

    def recording(self, entry: Entry) -> Recording:
        """The recording at `entry`. Raises InvalidFileError where its line is no recording."""
        try:
            return _recording(self.origin, json.loads(self.data[entry.start : entry.end]))
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise InvalidFileError(
                self.path,
                f"recording {entry.key[:12]} draw {entry.draw}",
                f"not a recording ({type(error).__name__})",
                hint="restore the file; packs are never edited",
            ) from None


def answered(recording: Recording) -> bool:
    """Whether the model answered in the end, be it with a refusal or half an answer; else it finally failed."""
    return bool(recording.attempts) and recording.attempts[-1].outcome in ("answered", "refused", "incomplete")


def pack_bytes(origin: str, recordings: Iterable[Recording]) -> bytes:
    """The pack of `recordings`, sorted by key and draw. Deterministic."""
    ordered = sorted(recordings, key=lambda recording: (recording.key, recording.draw))
    head = {"pack": PACK_VERSION, "origin": origin, "recordings": len(ordered)}
    lines = [_dumps(head), *(_dumps(_line(recording)) for recording in ordered)]
    data = ("\n".join(lines) + "\n").encode("utf-8")
    return gzip.compress(data, compresslevel=9, mtime=0)


def read_pack(path: Path) -> Pack:
    """Unpack and index. Raises InvalidFileError for a file that is damaged, no pack, or of a newer version."""
    try:
        data = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise InvalidFileError(
            path, "", f"the pack cannot be unpacked: {error}", hint="restore the file from version control"
        ) from None
    line_end = data.find(b"\n")
    try:
        head = json.loads(data[:line_end])
        version, origin, count = head["pack"], str(head["origin"]), head["recordings"]
    except (ValueError, KeyError, TypeError):
        raise InvalidFileError(path, "line 1", "not a pack of recordings") from None
    if version != PACK_VERSION:
        raise InvalidFileError(
            path, "line 1", f"pack version {version}, this version reads {PACK_VERSION}", hint="update cv-harness"
        )
    entries, lines = _entries(data, line_end + 1)
    if not len(entries) == count == lines:
        raise InvalidFileError(
            path,
            "",
            f"says {count} recordings, has {lines} lines and {len(entries)} of them readable",
            hint="restore the file; packs are never edited",
        )
    return Pack(path, origin, data, tuple(entries))


def _entries(data: bytes, start: int) -> tuple[list[Entry], int]:
    """The recordings from `start` on, and how many lines there are."""
    entries: list[Entry] = []
    lines = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        lines += 1
        found = _ENTRY.match(data, start, end)
        if found is not None:
            entries.append(Entry(found[1].decode(), int(found[2]), found[3] == b"true", start, end))
        start = end + 1
    return entries, lines


def write_atomically(path: Path, data: bytes) -> None:
    """The whole file or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _line(recording: Recording) -> dict[str, Any]:
    line: dict[str, Any] = {
        "key": recording.key,
        "draw": recording.draw,
        "answered": answered(recording),
        "parts": dict(sorted(recording.parts.items())),
        "recorded": recording.recorded.isoformat(),
        "snapshot": recording.snapshot,
    }
    if recording.headers:
        line["headers"] = dict(sorted(recording.headers.items()))
    line["attempts"] = [_attempt_line(attempt) for attempt in recording.attempts]
    return line


def _attempt_line(attempt: Attempt) -> dict[str, Any]:
    line: dict[str, Any] = {
        "id": attempt.id,
        "number": attempt.number,
        "started": attempt.started.astimezone(UTC).isoformat(),
        "outcome": attempt.outcome,
        "status": attempt.status,
        "queue_ms": _ms(attempt.queue_ms),
        "retry_wait_ms": _ms(attempt.retry_wait_ms),
        "headers_ms": _ms(attempt.headers_ms),
        "total_ms": _ms(attempt.total_ms),
        "model_ms": _ms(attempt.model_ms),
        "slept_ms": _ms(attempt.slept_ms),
        "request_id": attempt.request_id,
        "usage": _usage_line(attempt.usage),
        "error": attempt.error,
        "detail": attempt.detail,
        "snapshot": attempt.snapshot,
        "headers": dict(sorted(attempt.headers.items())),
    }
    if attempt.body is None or attempt.text != _text_in(attempt.status, attempt.body):
        line["text"] = attempt.text
    if attempt.body is not None:
        try:
            line["body"] = attempt.body.decode("utf-8")
        except UnicodeDecodeError:
            line["body_base64"] = base64.b64encode(attempt.body).decode("ascii")
    return {name: value for name, value in line.items() if name not in _DEFAULTS or value != _DEFAULTS[name]}


def _usage_line(usage: Usage | None) -> dict[str, int] | None:
    if usage is None:
        return None
    return {
        "input": usage.input_tokens,
        "cached": usage.cached_tokens,
        "cache_write": usage.cache_write_tokens,
        "output": usage.output_tokens,
        "reasoning": usage.reasoning_tokens,
    }


def _recording(origin: str, line: Mapping[str, Any]) -> Recording:
    return Recording(
        origin=origin,
        key=line["key"],
        parts=line["parts"],
        draw=line["draw"],
        attempts=tuple(_attempt(line["key"], line["draw"], item) for item in line["attempts"]),
        recorded=date.fromisoformat(line["recorded"]),
        snapshot=line["snapshot"],
        headers=line.get("headers", {}),
    )


def _attempt(key: str, draw: int, line: Mapping[str, Any]) -> Attempt:
    raw = {**_DEFAULTS, **line}
    usage = raw["usage"]
    body = _body(raw)
    source: Source = "recorded"
    return Attempt(
        id=raw["id"],
        call_key=key,
        number=raw["number"],
        started=datetime.fromisoformat(raw["started"]),
        queue_ms=raw["queue_ms"],
        retry_wait_ms=raw["retry_wait_ms"],
        headers_ms=raw["headers_ms"],
        total_ms=raw["total_ms"],
        model_ms=raw["model_ms"],
        status=raw["status"],
        usage=None
        if usage is None
        else Usage(usage["input"], usage["cached"], usage["cache_write"], usage["output"], usage["reasoning"]),
        request_id=raw["request_id"],
        source=source,
        outcome=raw["outcome"],
        body=body,
        slept_ms=raw["slept_ms"],
        error=raw["error"],
        text=raw["text"] if "text" in raw or body is None else _text_in(raw["status"], body),
        snapshot=raw["snapshot"],
        draw=draw,
        detail=raw["detail"],
        headers=raw["headers"],
    )


def _body(line: Mapping[str, Any]) -> bytes | None:
    if "body" in line:
        return str(line["body"]).encode("utf-8")
    return base64.b64decode(line["body_base64"]) if "body_base64" in line else None


def _text_in(status: int | None, body: bytes) -> str | None:
    """The model's answer as the body has it, so that it need not be stored twice."""
    return interpret("chat" if b'"choices"' in body else "responses", status or 0, body).text


def _ms(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
