"""Memory that this process counts as its own and does not use: given back to the system."""

from __future__ import annotations

import ctypes
import mmap
from pathlib import Path

_MAPS = Path("/proc/self/maps")


def give_back() -> None:
    """What was freed in pieces between others. The C library of most Linux systems keeps that for later, which after a
    long replay is tens of MB; others have nothing to ask for it."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def let_go_of(file: Path) -> None:
    """Pages of a loaded library that were read once. They stay in the system's cache, and come back from there where
    somebody reads them after all. Only of the part that the file begins with, its constants, and only where nothing may
    be written to it: what the loader has filled in is elsewhere, and would be lost. Linux alone says what is mapped."""
    if not _MAPS.exists():
        return
    for line in _MAPS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        span, rights, offset, _, _, *name = line.split(maxsplit=5)
        if name == [str(file.resolve())] and rights == "r--p" and int(offset, 16) == 0:
            start, end = (int(each, 16) for each in span.split("-"))
            ctypes.CDLL(None).madvise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), mmap.MADV_DONTNEED)
