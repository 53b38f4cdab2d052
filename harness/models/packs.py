"""The file format of recordings: JSON lines, as text where they are committed and packed by gzip where they are not;
the same bytes for the same recordings.

The first line describes the pack; each other line is one recording and begins with its key and draw, so that a
pack is indexed without parsing a single response. `docs/models.md` describes every field.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError
from harness.base.given import content
from harness.base.types import Source
from harness.models.answers import interpret
from harness.models.bounded import TooLargeError, gunzip
from harness.models.types import Attempt, Recording, Usage

PACK_VERSION = 1
SUFFIX = ".jsonl"
PACKED = ".jsonl.gz"
MOST_BYTES = 256 * 2**20
"""Of a pack, unpacked: about 15,000 calls."""

_GZIP = 31
"""To zlib: the largest window, in gzip's wrapping, without a time."""
_MOST_LINES = 200_000
_LONGEST_HEAD = 10_000
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
                hint=_RESTORE,
            ) from None


def answered(recording: Recording) -> bool:
    """Whether the model answered in the end, be it with a refusal or half an answer; else it finally failed."""
    return bool(recording.attempts) and recording.attempts[-1].outcome in ("answered", "refused", "incomplete")


def line_of(recording: Recording) -> bytes:
    """A recording as its line in a pack."""
    return _dumps(_line(recording)).encode("utf-8") + b"\n"


def pack_of_lines(origin: str, count: int, lines: Callable[[], Iterable[bytes]], *, packed: bool) -> bytes:
    """The pack of so many lines, which are asked for twice, because their digest stands before them; sorted by key and
    draw they make the same bytes each time. packed: by gzip."""
    body = hashlib.sha256()
    for line in lines():
        body.update(line)
    head = {"pack": PACK_VERSION, "origin": origin, "recordings": count, "sha256": body.hexdigest()}
    whole = chain([_dumps(head).encode("utf-8") + b"\n"], lines())
    if not packed:
        return b"".join(whole)
    packer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return b"".join([*map(packer.compress, whole), packer.flush()])


def pack_bytes(origin: str, recordings: Iterable[Recording]) -> bytes:
    """The pack of `recordings` packed by gzip, sorted by key and draw. Deterministic."""
    return _pack(origin, recordings, packed=True)


def pack_text(origin: str, recordings: Iterable[Recording]) -> bytes:
    """The same as text: what version control keeps in less (it packs alike files together) and shows."""
    return _pack(origin, recordings, packed=False)


def pack_as(path: Path, origin: str, recordings: Iterable[Recording]) -> bytes:
    """The pack as a file of that name has it."""
    return _pack(origin, recordings, packed=path.name.endswith(PACKED))


def _pack(origin: str, recordings: Iterable[Recording], *, packed: bool) -> bytes:
    ordered = sorted(recordings, key=lambda recording: (recording.key, recording.draw))
    lines = [line_of(recording) for recording in ordered]
    return pack_of_lines(origin, len(lines), lambda: lines, packed=packed)


def pack_paths(folder: Path) -> list[Path]:
    """The packs in a folder of recordings: of every origin, text and packed."""
    return sorted([*folder.glob(f"*/*{SUFFIX}"), *folder.glob(f"*/*{PACKED}")]) if folder.is_dir() else []


def read_pack(path: Path) -> Pack:
    """Unpack, check and index. Raises InvalidFileError for a file that is damaged, edited, too large, no pack, or of
    a newer version."""
    data = _unpacked(path)
    line_end = data.find(b"\n", 0, _LONGEST_HEAD)
    try:
        head = json.loads(data[: max(0, line_end)])
        version, origin, count = head["pack"], head["origin"], head["recordings"]
        if not isinstance(origin, str) or not isinstance(version, int):
            raise TypeError
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InvalidFileError(path, "line 1", "not a pack of recordings", hint=_RESTORE) from None
    if version != PACK_VERSION:
        raise InvalidFileError(
            path, "line 1", f"pack version {version}, this version reads {PACK_VERSION}", hint="update cv-harness"
        )
    entries, lines = _entries(data, line_end + 1, _MOST_LINES)
    if not len(entries) == count == lines:
        raise InvalidFileError(
            path,
            "",
            f"says {count} recordings, has {lines} lines and {len(entries)} of them readable",
            hint=_RESTORE,
        )
    pack = Pack(path, origin, data, tuple(entries))
    edited = "sha256" in head and head["sha256"] != sha256(memoryview(data)[line_end + 1 :])
    if edited or "sha256" not in head:  # packs from before they said so: every line is looked at instead
        for entry in entries:
            pack.recording(entry)
    if edited:
        raise InvalidFileError(path, "", "its recordings are not those that were written", hint=_RESTORE)
    return pack


_RESTORE = "restore the file from version control; packs are never edited"


def _unpacked(path: Path) -> bytes:
    try:
        packed = content(path, most=MOST_BYTES)
    except OSError as error:
        raise InvalidFileError(path, "", f"the pack cannot be read: {error.strerror}") from None
    for begin, is_really, hint in _NO_PACKS:
        if packed.startswith(begin):
            raise InvalidFileError(path, "", is_really, hint=hint)
    if packed.startswith(b"{"):
        return packed
    try:
        return gunzip(packed, MOST_BYTES)
    except (EOFError, zlib.error, TooLargeError) as error:
        said = "the file is empty" if not packed else f"the pack cannot be unpacked: {error}"
        raise InvalidFileError(path, "", said, hint=_RESTORE) from None


_MERGE = (
    "`cv-harness recordings merge-driver --install`, then `git checkout --merge` that file: git joins packs by itself"
)
_NO_PACKS = (
    (b"version https://git-lfs", "a pointer to a file that Git LFS did not fetch", "`git lfs pull`"),
    (b"<<<<<<< ", "a merge left its marks in it", _MERGE),
)


def _entries(data: bytes, start: int, most: int) -> tuple[list[Entry], int]:
    """The recordings from `start` on, and how many lines there are; no more than `most` are looked at."""
    entries: list[Entry] = []
    lines = 0
    while start < len(data) and lines <= most:
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        lines += 1
        found = _ENTRY.match(data, start, end)
        if found is not None:
            entries.append(Entry(found[1].decode(), int(found[2]), found[3] == b"true", start, end))
        start = end + 1
    return entries, lines


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
