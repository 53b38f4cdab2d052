"""Recordings that wait to be written: as lines of a pack, of very many in a file without a name, so that none of their
answers is held."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO, Self

from harness.models.packs import MOST_BYTES, answered, line_of
from harness.models.types import Recording

_HELD = 4 * 2**20
"""Bytes of lines up to which they are held after all."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One of them. version: of the prompt, where packs are told apart by it; size: bytes, roughly; start, end: of its
    line."""

    key: str
    draw: int
    answered: bool
    version: str
    recorded: date
    size: int
    start: int
    end: int


class Spool:
    """Lines in the order in which they came. folder: makes the one in which they lie if they are many, best that of the
    packs; asked with the first line."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._end = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def put(self, recording: Recording, version: str) -> Waiting:
        if self._file is None:
            self._file = tempfile.SpooledTemporaryFile(_HELD, dir=str(self._folder()))  # noqa: SIM115 - closed in the end
        line = line_of(recording)
        start, self._end = self._end, self._end + len(line)
        self._file.seek(start)
        self._file.write(line)
        size = sum(len(attempt.body or b"") + 4096 for attempt in recording.attempts)
        told = (recording.key, recording.draw, answered(recording), version, recording.recorded)
        return Waiting(*told, size, start, self._end)

    def lines(self, of: Iterable[Waiting]) -> Iterator[bytes]:
        assert self._file is not None
        for each in of:
            self._file.seek(each.start)
            yield self._file.read(each.end - each.start)


def shares(of: Iterable[Waiting]) -> Iterator[list[Waiting]]:
    """In packs of a size that is read again without ado."""
    share: list[Waiting] = []
    size = 0
    for each in of:
        if share and size + each.size > MOST_BYTES // 4:
            yield share
            share, size = [], 0
        share.append(each)
        size += each.size
    if share:
        yield share
