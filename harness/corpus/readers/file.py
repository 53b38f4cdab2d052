"""A file before it is read: its bytes, who would read them, and what is said of one that gave no text.

Nothing here loads a reader: a run whose texts are all known needs none.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal, TypeAlias

from harness.base.canonical import sha256
from harness.base.given import up_to
from harness.corpus.readers.base import Limits, UnreadableError
from harness.corpus.types import Extraction, TextOutcome

READER_VERSION = "common/3"
"""Changes whenever the same file may give another text. Part of every cache key and every recorded extraction."""

PRODUCT_VERSION = "product/1"

Reader: TypeAlias = Literal["common", "product"]
"""common: the reader that all arms share. product: what the product's own parser makes of the file."""

VERSIONS: dict[Reader, str] = {"common": READER_VERSION, "product": PRODUCT_VERSION}


def load(path: Path, limits: Limits) -> bytes:
    """A regular file's bytes, size checked first. Raises UnreadableError, also where the file cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "its name is not valid"
        raise UnreadableError("unsupported", f"the file cannot be opened: {reason}") from error
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode):
        os.close(descriptor)
        raise UnreadableError("unsupported", "not a regular file")
    with os.fdopen(descriptor, "rb") as file:
        data = b"" if state.st_size > limits.file_bytes else up_to(file, limits.file_bytes + 1)
        size = max(state.st_size, len(data))
    if size > limits.file_bytes:
        raise UnreadableError("too_large", f"the file has {size:,} bytes (limit {limits.file_bytes:,})")
    return data


def failed(outcome: TextOutcome, reason: str, label: str, pages: int | None = None) -> Extraction:
    """An extraction without text; the first warning says why."""
    return Extraction(outcome=outcome, text="", text_sha256=sha256(""), reader=label, warnings=(reason,), pages=pages)
