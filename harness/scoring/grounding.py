"""Is a value in the CV's text? Needs no golden: only the text that the model was given."""

from __future__ import annotations

from typing import NamedTuple

from harness.scoring.layout import LOOKED, Comparator
from harness.values.find import Found, Haystack, Looked, haystack


class Ground(NamedTuple):
    """grounded: in the text or not, None where there is no text to look in. evidence: offsets into it."""

    grounded: bool | None
    evidence: tuple[int, int] | None


NOT_LOOKED_UP = Ground(None, None)
_NOT_THERE = Ground(False, None)


class Grounder:
    """Looks values up in one text; without a text it answers that nothing was looked up."""

    __slots__ = ("_hay",)

    def __init__(self, source_text: str | None) -> None:
        self._hay: Haystack | None = None if source_text is None else haystack(source_text)

    def scalar(self, text: str, comparator: Comparator, near: int = 0) -> Ground:
        """A value of a field with this comparator, preferably at or after offset `near`."""
        return self._look(text, LOOKED[comparator], near)

    def item(self, text: str, near: int = 0) -> Ground:
        """A skill or technology."""
        return self._look(text, "skill", near)

    def bullet(self, text: str, near: int = 0) -> Ground:
        """A statement."""
        return self._look(text, "text", near)

    def _look(self, text: str, kind: Looked, near: int) -> Ground:
        if self._hay is None:
            return NOT_LOOKED_UP
        found: Found | None = self._hay.find(text, kind, near)
        return _NOT_THERE if found is None else Ground(True, (found[0], found[1]))
