"""Short plain texts, read in the process that asks, in a quarter of the time.

Nothing in them is parsed: they are decoded and cleaned by code of this project, whose patterns take linear time,
so that the longest takes a fraction of a second and some megabytes. Whatever needs more is left to a child.
"""

from __future__ import annotations

from typing import Final, Never

from harness.corpus.readers.base import Limits, UnreadableError
from harness.corpus.readers.finish import finished
from harness.corpus.readers.kinds import kind_of
from harness.corpus.readers.plain import sound
from harness.corpus.types import Extraction

MOST_BYTES: Final = 64 * 1024


class _ForAChildError(Exception):
    """Reading it on needs what this process should not load."""


def read_here(data: bytes, limits: Limits) -> Extraction | None:
    """What the common reader makes of a short text in sound UTF-8 without a word that is split at a line's end (telling
    whether it is one word takes dictionaries). None for every other file."""
    raw = sound(data) if len(data) <= min(MOST_BYTES, limits.characters) else None
    if raw is None:
        return None
    try:
        # Of bytes without a control character this looks at the first few only: no archive begins so.
        return finished("txt", raw, limits, join=_leave) if kind_of(data, limits) == "txt" else None
    except (UnreadableError, _ForAChildError):
        return None


def _leave(_: str) -> Never:
    raise _ForAChildError
