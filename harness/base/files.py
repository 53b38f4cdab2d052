"""Writing files so that nobody reads half of one, and folders that only their owner reads.

Whatever a command writes is its owner's alone, because it is made of CVs (`owner_only`). Two things are not: what is
committed, which git would make for everybody whom the umask lets (`as_in_git`), and a file that is there already,
which keeps its mode.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path


def write_whole(path: Path, data: bytes | str, *, private: bool = False) -> None:
    """The whole file or nothing, on the disk when this returns. private: readable by its owner only; else as the
    file that is there, and a new one as the umask says. Raises OSError, and then leaves nothing behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data.encode("utf-8") if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
            if not private:
                os.fchmod(file.fileno(), _mode(path))
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def private_folder(path: Path) -> Path:
    """`path`, made where it is not there yet, so that only its owner looks into it."""
    if not path.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
    return path


_ASKED: ContextVar[int | None] = ContextVar("asked", default=None)
"""The umask of whoever runs a command, which `owner_only` put aside."""


@contextmanager
def owner_only() -> Iterator[None]:
    """What is made meanwhile is its owner's alone, whatever the umask says."""
    before = os.umask(0o077)
    asked = _ASKED.set(before)
    try:
        yield
    finally:
        _ASKED.reset(asked)
        os.umask(before)


@contextmanager
def as_in_git(place: Path) -> Iterator[None]:
    """What is made meanwhile has the modes that a checkout would give it, where `place` lies in a git working tree: an
    image that is built of it, say, is read by another user. Elsewhere it stays its owner's alone."""
    asked = _ASKED.get()
    if asked is None or not any((folder / ".git").exists() for folder in place.absolute().parents):
        yield
        return
    before = os.umask(asked)
    try:
        yield
    finally:
        os.umask(before)


def _mode(path: Path) -> int:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:  # it is new
        current = os.umask(0o077)  # it can only be read by setting it
        os.umask(current)
        return 0o666 & ~current


def _flush_folder(folder: Path) -> None:
    """Make a new name in `folder` last, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | getattr(os, "O_DIRECTORY", 0))
    except OSError:  # a system on which folders cannot be opened, or a folder that may be written only
        return
    try:
        os.fsync(descriptor)
    except OSError:  # a file system without it: the file itself is on the disk
        return
    finally:
        os.close(descriptor)
