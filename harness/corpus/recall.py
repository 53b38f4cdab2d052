"""How much of a golden stands in an extracted text: the measure that readers are held to.

Stricter than scoring's search for a value: the characters must stand in one piece, white space and case left aside.
Dates are left out, because goldens hold them in contract form and files print them in many.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from harness.base.types import Json

_NOT_PRINTED = frozenset({"id", "start_date", "end_date", "date", "year", "expiry"})
_UNSPACED = "\u2e80"


@dataclass(frozen=True, slots=True)
class Recall:
    """Counts for one text. `words` are of the values; None where the script has no spaces between words."""

    values: int
    found: int
    words: int | None
    intact: int | None
    missing: tuple[str, ...]


def recall(cv: Json, text: str) -> Recall:
    """How many of a contract object's printed values stand in `text`, and how many of their words are words of it."""
    values = list(printed_values(cv))
    squeezed = _squeezed(text)
    missing = tuple(value for value in values if not _holds(squeezed, value))
    known = set(_words(text))
    unspaced = any(char > _UNSPACED for char in text)
    words = [word for value in values for word in _words(value)]
    return Recall(
        values=len(values),
        found=len(values) - len(missing),
        words=None if unspaced else len(words),
        intact=None if unspaced else sum(word in known for word in words),
        missing=missing,
    )


def printed_values(value: Json, key: str = "") -> Iterator[str]:
    """The strings of a contract object that stand in the file as they are."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _NOT_PRINTED:
                yield from printed_values(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from printed_values(inner, key)
    elif isinstance(value, str) and value.strip():
        yield value


def _holds(squeezed: str, value: str) -> bool:
    needle = _squeezed(value)
    return needle in squeezed or re.sub(r"^(https?://)?(www\.)?", "", needle).rstrip("/") in squeezed


def _squeezed(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s\u00ad]+", "", re.sub(r"[‐‑–—]", "-", text))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())
