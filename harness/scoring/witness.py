"""The CV's text as a witness: which side of a difference does it have?"""

from __future__ import annotations

import re
from collections.abc import Callable

from harness.values.differences import Change, Says, Weight, settled_by
from harness.values.find import Haystack, haystack
from harness.values.lexicon import is_word, languages_of
from harness.values.statements import glue, is_unspaced, statement_tokens, terms

_CAPITAL = re.compile(r"[^\W\d_]+")
_MOST_CAPITALS = 0.5
"""Where more of a statement's words than this begin with a capital, capitals say nothing about names."""


class Witness:
    """Hears about the differences of statements. says, has: whether a text has words in a row, or a word at all."""

    __slots__ = ("_hay",)

    def __init__(self, source_text: str | None) -> None:
        self._hay: Haystack | None = None if source_text is None else haystack(source_text)

    @property
    def says(self) -> Says:
        """Whether the text has these words one after the other."""
        return _nothing if self._hay is None else self._hay.passages.says

    def weigh(self, change: Change, answer: str, *, own_is_answer: bool) -> Weight:
        """How much a difference matters. answer: the statement of the answer as given; own_is_answer: whether the
        change is told from the answer's side (its `lost` is what the answer has)."""
        if change.weight == "none":
            return "none"
        weight = settled_by(self.says, change, own_is_answer=own_is_answer)
        if weight == "content":
            words = change.lost if own_is_answer else change.gained
            if any(self._is_new_name(word, answer) for word in words):
                return "turned"
        return weight

    def is_misspelt(self, golden: str, answer: str, word: str) -> bool:
        """Whether the answer's name is the golden's with a slip: the text has only the golden's spelling, and the
        answer's word that differs is none; or the text has only the answer's, so that the golden was read otherwise."""
        if self._hay is None:
            return not is_word(word)
        ours, theirs = (self.says(statement_tokens(name)) for name in (golden, answer))
        if theirs:
            return not ours
        return ours and not is_word(word, languages_of(self._hay.given))

    def _is_new_name(self, word: str, answer: str) -> bool:
        """Whether a word is a name or a technique that the text does not have."""
        if word in glue() or is_unspaced(word) or not word[0].isalpha():
            return False
        if self._hay is not None and word in self._hay.passages.words:
            return False
        return word in terms() or _is_name(word, answer)


_nothing: Callable[[tuple[str, ...]], bool] = lambda words: False  # noqa: E731, ARG005


def _is_name(word: str, statement: str) -> bool:
    """Whether a word stands in a statement as names do: with a capital inside the sentence, or with capitals, digits or
    signs inside the word."""
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", statement, re.IGNORECASE)
    if found is None:
        return not word.isalpha()
    printed = found[0]
    if any(character.isupper() for character in printed[1:]) and not statement.isupper():
        return True
    if not printed.isalpha() and "'" not in printed:
        return True
    words = _CAPITAL.findall(statement)
    capitals = sum(one[0].isupper() for one in words[1:])
    return (
        printed[0].isupper()
        and bool(re.search(r"[\w,;)%]\s+$", statement[: found.start()]))
        and capitals <= _MOST_CAPITALS * max(1, len(words) - 1)
    )


NO_WITNESS = Witness(None)
"""Where there is no text: only the two sides are heard."""
