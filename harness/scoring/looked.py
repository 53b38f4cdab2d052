"""Answers that were looked through for what their own texts do not have as they came, so that whoever compares all of
them in the end need not begin there."""

from __future__ import annotations

from harness.base.types import Json
from harness.scoring.foreign_words import OwnText
from harness.scoring.unexplained import Known, Unexplained, unexplained


class Looked:
    """What single answers and texts were found to be. Holds no more than so many of either, until it is used."""

    HELD = 4000

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, OwnText]] = {}
        self._found: dict[tuple[str, int], tuple[Json, OwnText, Unexplained | None]] = {}

    def look(self, document: str, answer: Json, text: str) -> None:
        """Look through one answer. `answer` must stay as it is."""
        if not text.strip() or max(len(self._texts), len(self._found)) >= self.HELD:
            return
        own = self.text(document, text)
        if own is None:
            own = OwnText(text)
            self._texts[document] = text, own
        self._found[document, id(answer)] = answer, own, unexplained(answer, own, {})

    def text(self, document: str, text: str) -> OwnText | None:
        """A document's text taken apart, where it is this one that was looked at."""
        known = self._texts.get(document)
        return known[1] if known is not None and known[0] == text else None

    def unexplained(self, document: str, answer: Json, text: OwnText | None, known: Known) -> Unexplained | None:
        """The same as `unexplained`: from here, where that very answer was looked at beside that very text."""
        found = self._found.get((document, id(answer)))
        if found is None or found[0] is not answer or found[1] is not text:
            return unexplained(answer, text, known)
        return found[2]

    def forget(self) -> None:
        self._texts.clear()
        self._found.clear()
