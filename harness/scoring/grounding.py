"""Is a value in the CV's text? Needs no golden: only the text that the model was given."""

from __future__ import annotations

from typing import NamedTuple

from harness.values.find import Haystack, Looked, haystack
from harness.values.passages import is_denied


class Ground(NamedTuple):
    """grounded: in the text or not, None where there is no text to look in. evidence: offsets into it."""

    grounded: bool | None
    evidence: tuple[int, int] | None


NOT_LOOKED_UP = Ground(None, None)
NOT_THERE = Ground(False, None)
_new = tuple.__new__
"""Makes a named tuple in half the time that its class takes; there is one for every value."""


class Grounder:
    """Looks values up in one text; without a text it answers that nothing was looked up."""

    __slots__ = ("_hay",)

    def __init__(self, source_text: str | None) -> None:
        self._hay: Haystack | None = None if source_text is None else haystack(source_text)

    def look(self, text: str, kind: Looked, near: int = 0) -> Ground:
        """A value of this kind, preferably at or after offset `near`."""
        if self._hay is None:
            return NOT_LOOKED_UP
        found = self._hay.find(text, kind, near)
        return NOT_THERE if found is None else _new(Ground, (True, found))

    def says(self, statement: str, near: int = 0) -> Ground:
        """A statement that is not right: where the text says it, and not its opposite by a negation beside it."""
        ground = self.look(statement, "text", near)
        while self._hay is not None and ground.evidence and is_denied(self._hay.given, *ground.evidence):
            again = self.look(statement, "text", ground.evidence[1])
            if not again.evidence or again.evidence <= ground.evidence:
                return NOT_THERE
            ground = again
        return ground

    def tells_code(self, printed: str, phone: str) -> bool:
        """Whether the text supports the country code that an answer's number has and the printed one has not."""
        return self._hay is None or self._hay.addresses.tells_code(printed, phone)

    def printed_beside(self, golden: str, phone: str) -> bool:
        """Whether the text prints both telephone numbers side by side."""
        return self._hay is not None and self._hay.addresses.printed_beside(golden, phone)
