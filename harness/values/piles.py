"""Combining marks piled on one letter: no script has many, and putting a pile into normal form takes quadratic time."""

from __future__ import annotations

import re
import unicodedata

_MOST = 16  # one less than the run that _LONG_RUN looks for
_LONG_RUN = re.compile("[^\x00-\u02ff]{17,}")
_TWO_MARKS = "\u0f73\u0f75\u0f81"
"""Vowel signs that count as letters, though each becomes two marks, which are then sorted with all beside them."""


def without_piled_marks(text: str) -> str:
    """At most 16 combining marks in a row."""
    return text if text.isascii() else _LONG_RUN.sub(_thinned, text)


def _thinned(run: re.Match[str]) -> str:
    kept: list[str] = []
    marks = 0
    for char in run.group():
        marks = marks + 1 if unicodedata.combining(char) or char in _TWO_MARKS else 0
        if marks <= _MOST:
            kept.append(char)
    return "".join(kept)
