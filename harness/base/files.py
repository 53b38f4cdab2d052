"""Writing files so that nobody reads half of one, and folders that only their owner reads."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, data: bytes | str, *, private: bool = False) -> None:
    """The whole file or nothing, on the disk when this returns. private: readable by its owner only; else as the
    umask says. Raises OSError, and then leaves nothing behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data.encode("utf-8") if isinstance(data, str) else data)
            file.flush()
            os.fsync(file.fileno())
            if not private:
                os.fchmod(file.fileno(), 0o666 & ~_umask())
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


def _umask() -> int:
    """What the umask is; it can only be read by setting it."""
    current = os.umask(0o077)
    os.umask(current)
    return current


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
