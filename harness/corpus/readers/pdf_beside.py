"""pdfium's reading of a PDF in a second process, while this one reads it with pypdf: sooner done on a free core.

The second process is a fork of the child that reads: it has the same limits, and dies with its group. It is kept from
file to file: forked for each one, the two took 26 ms more of processor time a file (192 files, a busy machine).
"""

from __future__ import annotations

import ctypes
import gc
import math
import os
import pickle
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from types import TracebackType
from typing import TYPE_CHECKING

from harness.corpus.readers.base import MEGABYTE, Limits
from harness.corpus.readers.pdfium import PdfiumFile, Seen

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_MOST_FILES = 1024
_COLLECT_EVERY = 16
_RETIRE_AFTER_BYTES = 200 * MEGABYTE
"""What it may grow by; a fork of a large process begins large."""
_ENDS_WITH_PARENT = 1
"""`PR_SET_PDEATHSIG` of prctl(2)."""


class Beside:
    """The second process, started with the first file. A context manager, which ends it; only for a process without
    threads."""

    def __init__(self) -> None:
        self._pid = 0
        self._pipe: Connection | None = None
        self._under_way = False

    def __enter__(self) -> Beside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def reading(self, data: bytes, limits: Limits) -> Iterator[Beside]:
        """Let it read this file meanwhile. What it has not told at the end is not waited for."""
        for _ in range(2):  # one that has ended of itself is found out when it is asked
            if self._pipe is None:
                self._start()
            try:
                self._pipe.send((data, limits))  # type: ignore[union-attr]  # just started
            except OSError:
                self.close()
            else:
                self._under_way = True
                break
        try:
            yield self
        finally:
            if self._under_way:
                self.close()

    def found(self) -> Seen | None:
        """What it saw in the file, waited for; None where its reading failed, and has to be done again."""
        if not self._under_way or self._pipe is None:
            return None
        try:
            seen: Seen | None = self._pipe.recv()  # written by this very program, from the same file
        except (EOFError, OSError, pickle.UnpicklingError):
            self.close()
            return None
        self._under_way = False
        return seen

    def close(self) -> None:
        """End the second process, also while it reads."""
        self._under_way = False
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)

    def _start(self) -> None:
        self._pipe, other = Pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _serve(other)
        other.close()


def _serve(pipe: Connection) -> None:
    """In the second process: read, tell, again. Nothing of what it inherited stays open, nothing is flushed."""
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_ENDS_WITH_PARENT, signal.SIGKILL)
        mine = pipe.fileno()
        os.close(0)
        os.closerange(3, mine)
        os.closerange(mine + 1, _MOST_FILES)
        served, begun, grown = 0, _peak_bytes(), -1
        while grown < _RETIRE_AFTER_BYTES:
            data, limits = pipe.recv()
            signal.alarm(math.ceil(limits.seconds) + 1)
            pipe.send(_seen(data, limits))
            signal.alarm(0)
            served += 1
            if served % _COLLECT_EVERY == 0:
                collect()  # the child that was forked collects by hand alone
            grown = _peak_bytes() - begun
    finally:
        os._exit(0)


def collect() -> None:
    """Free what the last files left, and never look again at what outlives a file: modules, tables, dictionaries."""
    gc.collect()
    gc.freeze()


_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def _peak_bytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def _seen(data: bytes, limits: Limits) -> Seen | None:
    with PdfiumFile(data) as file:
        return file.seen(limits.characters) if 0 < file.count <= limits.pages else None
