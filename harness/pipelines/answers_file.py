"""A file with one JSON object a line, read a line at a time: of millions of answers only their places are kept."""

from __future__ import annotations

import json
import os
import weakref
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, TypeAlias

from harness.base import given
from harness.base.errors import InvalidFileError

_MOST_OF_A_LINE = given.MOST_BYTES
_MARK = b"\xef\xbb\xbf"
"""A byte order mark, which a UTF-8 file may begin with."""
_BLOCK = 2**16
"""Bytes that are read at a time: answers are mostly asked for in the file's order."""


AnswerKey: TypeAlias = tuple[str, str, int]
"""Document, arm and draw."""


class AnswerKeys:
    """Whose answers a file has, in its order, each once: of millions some bytes each."""

    def __init__(self) -> None:
        self._documents: dict[str, int] = {}
        self._kinds: dict[tuple[str, int], int] = {}
        self._document, self._kind = array("L"), array("H")
        self._places: list[array[int]] = []

    def add(self, key: AnswerKey) -> bool:
        """Take in the next one, which is not there yet; whether it is its document's first."""
        name, arm, draw = key
        many = len(self._documents)
        document = self._documents.setdefault(name, len(self._documents))
        kind = self._kinds.setdefault((arm, draw), len(self._kinds))
        if kind == len(self._places):
            self._places.append(array("q"))
        places = self._places[kind]
        places.extend([-1] * (document + 1 - len(places)))
        places[document] = len(self._document)
        self._document.append(document)
        self._kind.append(kind)
        return document == many

    def place(self, key: AnswerKey) -> int | None:
        """Which one it is; None where it is not there."""
        name, arm, draw = key
        document, kind = self._documents.get(name), self._kinds.get((arm, draw))
        if document is None or kind is None or document >= len(self._places[kind]):
            return None
        place = self._places[kind][document]
        return place if place >= 0 else None

    def __len__(self) -> int:
        return len(self._document)

    def __iter__(self) -> Iterator[AnswerKey]:
        names, kinds = list(self._documents), list(self._kinds)
        return ((names[of], *kinds[kind]) for of, kind in zip(self._document, self._kind, strict=True))


class AnswersFile:
    """Iterate it for its lines with their numbers, empty ones left out; then `line` has each of them again."""

    def __init__(self, path: Path) -> None:
        """Raises InvalidFileError where it is a pipe or a device, OSError where it cannot be read."""
        self.path = path
        with given.opened(path):
            pass
        self._state = _state(path)
        self._file: BinaryIO | None = None
        self._block = b"", 0
        self._forget()

    def _forget(self) -> None:
        self._places, self._lengths, self._numbers = array("Q"), array("L"), array("Q")

    def begins_as_ours(self) -> bool:
        """Whether its first line is an answer in our own shape, so that no other runner wrote it."""
        with given.opened(self.path) as file:
            for raw in iter(lambda: file.readline(_MOST_OF_A_LINE), b""):
                if raw.strip(_MARK + b" \t\r\n"):
                    break
            else:
                return False
        try:
            first = json.loads(raw.removeprefix(_MARK))
        except (ValueError, RecursionError):
            return False
        return isinstance(first, dict) and {"document", "pipeline"} <= first.keys()

    def __iter__(self) -> Iterator[tuple[int, str]]:
        self._forget()
        place, number = 0, 0
        with given.opened(self.path) as file:
            for raw in iter(lambda: file.readline(_MOST_OF_A_LINE + 1), b""):
                number += 1
                if len(raw) > _MOST_OF_A_LINE:
                    problem = f"more than {_MOST_OF_A_LINE:,} bytes"
                    raise InvalidFileError(self.path, f"line {number}", problem, hint="one answer a line")
                line = self._decoded(raw, place)
                if line.strip():
                    self._places.append(place)
                    self._lengths.append(len(raw))
                    self._numbers.append(number)
                    yield number, line
                place += len(raw)

    def line(self, at: int) -> tuple[int, str]:
        """The number and the text of the line that was given as the `at`-th. Raises InvalidFileError where the file is
        not the one that was read then."""
        place, length = self._places[at], self._lengths[at]
        block, first = self._block
        if not first <= place <= place + length <= first + len(block):
            block, first = self._block = self._read(place, max(_BLOCK, length)), place
        return self._numbers[at], self._decoded(block[place - first : place - first + length], place)

    def _read(self, place: int, many: int) -> bytes:
        if self._file is None:
            self._file = self.path.open("rb")
            weakref.finalize(self, self._file.close)
        found = os.pread(self._file.fileno(), many, place)
        if _state(self.path) != self._state:
            raise InvalidFileError(
                self.path, "", "it changed while it was read", hint="leave it alone until the run is over"
            )
        return found

    def _decoded(self, raw: bytes, place: int) -> str:
        try:
            return raw.removeprefix(_MARK if place == 0 else b"").decode("utf-8").rstrip("\n")
        except UnicodeDecodeError as error:
            raise InvalidFileError(
                self.path, f"byte {place + error.start}", "not UTF-8", hint="save it as UTF-8"
            ) from None


def _state(path: Path) -> tuple[int, int, int]:
    """What is another one when the file was written or replaced."""
    found = os.stat(path)
    return found.st_ino, found.st_size, found.st_mtime_ns
