"""Putting back what a PDF paints out of place: dates and places that stand at the end of a line but come first.

Browsers paint floats before the text beside them, so the dates of all roles come before the first role. A line is
moved only where its neighbours in the file are far from it and a line elsewhere stands on exactly its baseline.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_LONGEST = 40
_SAME_BASELINE = 0.6
_NEIGHBOUR_SIZES = 2.2
_MOST_LINES = 2_000
_DATE = re.compile(r"\d{2}")
_ODD_SPACES = dict.fromkeys(map(ord, "\t\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"), " ")
"""pypdf breaks lines by `\\n`: other controls are spaces of fonts that map theirs to one."""
_BULLETS = frozenset("•◦▪‣●○■□–—-*·➢✓►»›")
_LETTER_WIDTH = 0.58
"""Of the font size; more than the average, because a line of its own in front does less harm than a parted name."""


@dataclass(slots=True)
class Line:
    """A printed line: where its baseline begins, in points of the page (None where that is not known)."""

    text: str
    x: float | None = None
    y: float | None = None
    size: float = 0.0


class Lines:
    """Collects the pieces that pypdf hands to its `visitor_text`, and gives the page's text in order."""

    def __init__(self) -> None:
        self._pieces: list[tuple[str, float, float, float]] = []
        self._turned = False

    def __call__(self, text: str, cm: Sequence[float], tm: Sequence[float], _font: Any, size: float) -> None:
        """pypdf's callback: a piece of text with its transformation, text matrix and font size."""
        if not text:
            return
        text = text.translate(_ODD_SPACES)
        if text.strip():
            self._turned = self._turned or abs(tm[1] * cm[0] + tm[0] * cm[1]) > 1e-3
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        self._pieces.append((text, x, y, abs(size * tm[3] * cm[3]) or abs(size)))

    def ordered(self, text: str) -> str:
        """`text`, the page's as pypdf gives it, with what was painted out of place back in its line."""
        text = text.translate(_ODD_SPACES)
        if self._turned or "".join(piece[0] for piece in self._pieces) != text:
            return text
        return in_order(self._lines())

    def _lines(self) -> list[Line]:
        lines = [Line("")]
        for text, x, y, size in self._pieces:
            for at, part in enumerate(text.split("\n")):
                if at:
                    lines.append(Line(""))
                line = lines[-1]
                if part.strip() and not line.text.strip() and at == 0:
                    line.x, line.y, line.size = x, y, size
                line.text += part
        return lines


def in_order(lines: list[Line], *, turned: bool = False) -> str:
    """The lines' text with what was painted out of place back in its line; as it is on pages with `turned` text."""
    moves = {} if turned or len(lines) > _MOST_LINES else _moves(lines)
    return "\n".join(line.text for line in (_moved(lines, moves) if moves else lines))


def _moves(lines: list[Line]) -> dict[int, int]:
    """For each line out of place, the line that it belongs to."""
    printed = [at for at, line in enumerate(lines) if line.text.strip()]
    marks = {at for at in printed if lines[at].text.strip() in _BULLETS}
    loose = [place for place in range(len(printed)) if _is_loose(lines, printed, place)]
    if not loose and not marks:
        return {}
    anchored = set(printed) - {printed[place] for place in loose} - marks
    moves = {at: to for at in marks if (to := _partner(lines, at, anchored)) is not None}
    for run in _runs([place for place in loose if printed[place] not in marks]):
        partners = [_partner(lines, printed[place], anchored) for place in run]
        alone = len(run) == 1 and not _DATE.search(lines[printed[run[0]]].text)
        if alone or any(partner is None for partner in partners):
            continue
        moves.update({printed[place]: at for place, at in zip(run, partners, strict=True) if at is not None})
    return moves


def _runs(places: list[int]) -> list[list[int]]:
    """The places grouped where one follows the other."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _is_loose(lines: list[Line], printed: list[int], place: int) -> bool:
    """Whether a short line has nothing of its block right before or right after it."""
    line = lines[printed[place]]
    if line.y is None or len(line.text.strip()) > _LONGEST:
        return False
    for neighbour in (place - 1, place + 1):
        if 0 <= neighbour < len(printed):
            other = lines[printed[neighbour]]
            if other.y is None or abs(other.y - line.y) < _NEIGHBOUR_SIZES * max(line.size, other.size):
                return False
    return True


def _partner(lines: list[Line], at: int, anchored: set[int]) -> int | None:
    """The line on the same baseline: the nearest to the left, else the nearest to the right."""
    line = lines[at]
    if line.x is None or line.y is None:
        return None
    beside = []
    for other in anchored:
        found = lines[other]
        if found.x is not None and found.y is not None and abs(found.y - line.y) <= _SAME_BASELINE:
            beside.append((found.x > line.x, abs(found.x - line.x), other))
    return min(beside)[2] if beside else None


def _moved(lines: list[Line], moves: dict[int, int]) -> list[Line]:
    """The lines with each moved one joined to its line by a tab (a list mark by a space) where it stands.

    In front of a line that goes on below, what stands at its end gets a line of its own, so as not to part it.
    """
    behind: dict[int, list[int]] = {}
    for at, to in moves.items():
        behind.setdefault(to, []).append(at)
    result = []
    for at, line in enumerate(lines):
        if at in moves:
            continue
        if at in behind:
            for other in list(behind[at]):
                if _goes_on(lines, at, other):
                    result.append(lines[other])
                    behind[at].remove(other)
            row = sorted([at, *behind[at]], key=lambda each: lines[each].x or 0.0)
            text = ""
            for each in row:
                part = lines[each].text.strip()
                text += part + (" " if part in _BULLETS else "\t")
            line = Line(text.rstrip())
        result.append(line)
    return result


def _goes_on(lines: list[Line], at: int, other: int) -> bool:
    """Whether a line was broken because `other` stands to its right: the next line's first word had no room."""
    line, beside = lines[at], lines[other]
    below = lines[at + 1] if at + 1 < len(lines) else Line("")
    if line.x is None or beside.x is None or beside.x < line.x or below.x != line.x or below.size != line.size:
        return False
    word = below.text.split(maxsplit=1)[0] if below.text.strip() else ""
    width = (len(line.text.strip()) + 1 + len(word)) * _LETTER_WIDTH * line.size
    return line.x + width > beside.x
