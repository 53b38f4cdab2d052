"""Processes that help another one, on a core that would idle."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, parent_process

from harness.base.errors import HarnessError

RESUMED = "nothing that was answered is lost: cv-harness run --resume goes on (all answered: cv-harness report)"


@contextlib.contextmanager
def told(hint: str = RESUMED) -> Iterator[None]:
    """A helper that somebody else ends is no defect of ours."""
    try:
        yield
    except BrokenProcessPool:
        raise HarnessError(
            "a process that helps was ended from outside, as a machine does that is short of memory", hint=hint
        ) from None


def begin() -> None:
    """In a helper: who asks for the end asks its parent, and without one there is nothing to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=[parent.sentinel], daemon=True).start()


def _end_with(parent: int) -> None:
    """A parent that is killed ends no child; one that waits for its next job would wait for ever."""
    connection.wait([parent])
    os._exit(1)
