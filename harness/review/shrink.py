"""The smallest text that still shows a loss: delta debugging over sections, then lines, then words.

Pure: whether a text shows it is asked of a function that the caller gives, many texts at once, so that a model can be
asked for all of them side by side. The algorithm is ddmin (Zeller and Hildebrandt, 2002).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

Shows: TypeAlias = Callable[[Sequence[str]], Sequence[bool]]
"""For each text, whether the loss shows in it."""

Level: TypeAlias = Literal["sections", "lines", "words"]
LEVELS: tuple[Level, ...] = ("sections", "lines", "words")

_UNITS = {
    "sections": re.compile(r".+?(?:\n[ \t]*\n\s*|\Z)", re.DOTALL),
    "lines": re.compile(r"[^\n]*\n|[^\n]+\Z"),
    "words": re.compile(r"(?<!\s)\s*\S+"),
}
"""Each takes the white space that follows (words: that precedes), so that joined units are the text again."""


class OutOfTestsError(Exception):
    """The cap on tested texts is reached."""


@dataclass(frozen=True, slots=True)
class Shrunk:
    """text: the smallest found that shows the loss. tested: texts asked about, each once. minimal: no single unit of
    the finest level can be left out; False where the cap ended it. reached: characters after each level."""

    text: str
    tested: int
    minimal: bool
    reached: tuple[tuple[Level, int], ...]


def units(text: str, level: Level) -> tuple[str, ...]:
    """The text in parts: sections (between blank lines), lines or words; joined they are the text."""
    found = tuple(match[0] for match in _UNITS[level].finditer(text) if match[0])
    rest = text[sum(map(len, found)) :]
    return (*found, rest) if rest else found


def shrink(text: str, shows: Shows, *, most: int) -> Shrunk:
    """The smallest text in which the loss shows, asking about `most` texts at most.

    Raises ValueError where the whole text does not show it.
    """
    asked = _Asked(shows, most)
    if not asked([text])[0]:
        raise ValueError("the whole text does not show the loss")
    reached: list[tuple[Level, int]] = []
    best = text
    try:
        for level in LEVELS:
            for smaller in _ddmin(best, level, asked):
                best = smaller
            reached.append((level, len(best)))
    except OutOfTestsError:
        return Shrunk(best, asked.tested, False, tuple(reached))
    return Shrunk(best, asked.tested, True, tuple(reached))


class _Asked:
    """Asks about each text once, and never about more than it may."""

    def __init__(self, shows: Shows, most: int) -> None:
        self._shows, self._most = shows, most
        self._known: dict[str, bool] = {}

    @property
    def tested(self) -> int:
        return len(self._known)

    def __call__(self, texts: Sequence[str]) -> list[bool]:
        new = [text for text in dict.fromkeys(texts) if text not in self._known and text.strip()]
        left = self._most - self.tested
        if new and left <= 0:
            raise OutOfTestsError
        self._known.update(zip(new[:left], self._shows(new[:left]) if new else (), strict=True))
        return [self._known.get(text, False) for text in texts]


def _ddmin(text: str, level: Level, asked: _Asked) -> Iterator[str]:
    """Ever smaller texts that show the loss; the last one is minimal: no single unit of it can be left out."""
    parts = units(text, level)
    pieces = 2
    while len(parts) >= 2:
        size = math.ceil(len(parts) / min(pieces, len(parts)))
        cuts = range(0, len(parts), size)
        kept = [parts[at : at + size] for at in cuts] if pieces == 2 else []
        without = [(*parts[:at], *parts[at + size :]) for at in cuts]
        tried = [*kept, *without]
        found = next((one for one, holds in zip(tried, asked(["".join(o) for o in tried]), strict=True) if holds), None)
        if found is not None:
            parts = found
            yield "".join(parts)
            pieces = 2 if found in kept else max(pieces - 1, 2)
        elif size == 1:
            return
        else:
            pieces = min(len(parts), pieces * 2)
