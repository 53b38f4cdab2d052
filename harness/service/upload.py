"""The file of an upload: received with the limit watched while it streams in, its kind told by its bytes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from harness.corpus.readers.base import Limits, UnreadableError
from harness.corpus.readers.kinds import kind_of
from harness.service.problems import Problem

ENVELOPE = 64 * 1024
"""Bytes that the form around the file may have."""

_TRUE = frozenset({"1", "true", "yes", "on"})


@dataclass(frozen=True, slots=True)
class Received:
    """data: the file. kind: what its bytes are. consent: the user lets text and answers be kept for comparison."""

    data: bytes
    kind: str
    consent: bool


class _InMemory(MultiPartParser):
    """A CV is never spooled to a temporary file: the limit is small enough for memory."""

    spool_max_size = 1 << 30

    def close(self) -> None:
        """Let go of every file, also one that was begun and has no end, which no form holds."""
        for file in self._files_to_close_on_error:
            file.close()


async def receive(request: Request, most: int, kinds: tuple[str, ...], limits: Limits) -> Received:
    """The one file of a multipart form. Raises Problem: too large (as soon as it is), not a form, not a CV."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Problem("upload_missing")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most + ENVELOPE:
        raise Problem("upload_too_large")
    parser = _InMemory(Headers(raw=request.headers.raw), _counted(request, most + ENVELOPE), max_files=1, max_fields=8)
    try:
        form = await parser.parse()
        file = form.get("file")
        if not isinstance(file, UploadFile):
            raise Problem("upload_missing")
        data = await file.read()
    except ClientDisconnect:
        raise Problem("upload_missing", "The upload was broken off.") from None
    except (MultiPartException, UnicodeError, ValueError) as error:
        raise Problem("upload_missing", "The multipart form cannot be read, or holds more than one file.") from error
    finally:
        parser.close()
    if len(data) > most:
        raise Problem("upload_too_large")
    try:
        kind = kind_of(data, limits)
    except UnreadableError as error:
        raise Problem("upload_damaged" if error.outcome == "corrupt" else "upload_unsupported") from None
    if kind not in kinds:
        raise Problem("upload_unsupported")
    return Received(data, kind, str(form.get("consent", "")).lower() in _TRUE)


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > most:
            raise Problem("upload_too_large")
        yield chunk
