"""Reading files that somebody wrote or was sent: a file and no pipe or device, of a size that one has, and JSON of a
depth that one has. What is wrong is named with its place."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from harness.base.errors import InvalidFileError

MOST_BYTES = 32 * 2**20
"""More than any manifest, golden, prompt or setting has."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to read bytes from. Raises InvalidFileError where it is a pipe or a device, which may never end, and
    OSError where it is not there or cannot be read."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise InvalidFileError(path, "", "not a file but a pipe, a device or a folder", hint="name a file")
        yield file


def up_to(file: BinaryIO, most: int) -> bytes:
    """The first `most` bytes of a file. They are not asked for at once: Python makes room for as many as it is asked
    for, and that takes longer than to read a small file."""
    expected = min(os.fstat(file.fileno()).st_size + 1, most)
    data = file.read(expected)
    return data + file.read(most - expected) if len(data) == expected < most else data


def content(path: Path, *, most: int = MOST_BYTES) -> bytes:
    """The bytes of a file. Raises InvalidFileError where it is a pipe or a device, which may never end, or has more
    than `most` bytes, and OSError where it is not there or cannot be read."""
    with opened(path) as file:
        data = up_to(file, most + 1)
    if len(data) > most:
        raise InvalidFileError(path, "", f"more than {most:,} bytes", hint="is this the right file?")
    return data


def text(path: Path, *, most: int = MOST_BYTES) -> str:
    """As `content`, of UTF-8 with or without a byte order mark; anything else raises InvalidFileError."""
    try:
        return content(path, most=most).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidFileError(path, f"byte {error.start}", "not UTF-8", hint="save it as UTF-8") from None


def json_value(path: Path, *, most: int = MOST_BYTES) -> Any:
    """As `text`, of JSON; anything else raises InvalidFileError with the line."""
    return json_of(path, text(path, most=most))


def json_of(path: Path, given: str) -> Any:
    """The JSON that was read from `path`. Raises InvalidFileError with the line, or where it is nested too deeply or
    holds numbers of thousands of digits."""
    try:
        return json.loads(given)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidFileError(path, place, f"bad JSON: {error.msg}", hint="correct it there") from None
    except RecursionError:
        raise InvalidFileError(path, "", "bad JSON: nested too deeply", hint="correct it there") from None
    except ValueError as error:
        raise InvalidFileError(path, "", f"bad JSON: {str(error)[:100]}", hint="correct it there") from None
