"""What all readers share: the limits, the raw result, and the one exception that carries a typed outcome."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

from harness.corpus.types import TextOutcome

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may cost. Sizes in bytes unless named otherwise; `seconds` is wall time of one file."""

    file_bytes: int = 10 * MEGABYTE
    pages: int = 50
    zip_entries: int = 2_000
    xml_bytes: int = 60 * MEGABYTE
    member_ratio: int = 200
    characters: int = 200_000
    links: int = 100
    ocr_pages: int = 10
    ocr_megapixels: int = 25
    ocr_languages: str = "eng"
    seconds: float = 30.0
    memory_bytes: int = 2 * 1024 * MEGABYTE


@dataclass(frozen=True, slots=True)
class RawText:
    """What one file reader delivers before cleaning. `links` are hyperlink targets in order of appearance."""

    text: str
    reader: str
    links: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    pages: int | None = None


class UnreadableError(Exception):
    """There is no text to be had, and `outcome` says of which kind; `reason` is one line for a person."""

    def __init__(self, outcome: TextOutcome, reason: str) -> None:
        super().__init__(outcome, reason)
        self.outcome: TextOutcome = outcome
        self.reason = reason


BROKEN_FILE_ERRORS: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What parsers raise on broken files beside their own error types. RecursionError is a RuntimeError."""


@cache
def package(name: str) -> str:
    """`name` with its installed version, as it is written in an extraction's `reader`."""
    return f"{name} {version(name)}"


def one_line(error: BaseException, longest: int = 160) -> str:
    """An error as one short line: its type, and its message without line breaks."""
    message = " ".join(str(error).split())[:longest]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
