"""One writer a run: a lock that ends with its process, however that ends."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from harness.base.errors import UsageError

_held: set[Path] = set()  # a POSIX lock does not keep its own process out


class RunLock:
    """Held while this process writes the run in `folder`. Record locks (`lockf`), because those are not inherited
    by forked children: a child that outlives a killed run must not keep it locked."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "run.lock").resolve()
        if self._file in _held:
            raise _taken(folder)
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o644)
        if not _try_lock(self._descriptor):
            os.close(self._descriptor)
            raise _taken(folder)
        _held.add(self._file)

    def release(self) -> None:
        if self._file in _held:
            _held.discard(self._file)
            os.close(self._descriptor)


def being_written(folder: Path) -> bool:
    """Whether a living process writes the run in `folder`."""
    file = (folder / "run.lock").resolve()
    if file in _held:
        return True
    if not os.access(file, os.W_OK):
        return False  # never locked, or on a disk that nobody writes
    descriptor = os.open(file, os.O_RDWR)
    try:
        return not _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    if sys.platform == "win32":
        import msvcrt

        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _taken(folder: Path) -> UsageError:
    return UsageError(
        f"run {folder.name} is being written by another process",
        hint="wait for it, or stop it with Ctrl-C and continue with --resume",
    )
