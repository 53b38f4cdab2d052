"""The CV's text as a witness: which side of a difference does it have?"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from harness.scoring.layout import Comparator
from harness.values.aliases import (
    legal_forms,
    legal_forms_after,
    name_of_organisation,
    person_titles,
    person_words,
    title_supports,
)
from harness.values.differences import Change, Says, Weight, settled_by
from harness.values.find import Haystack, haystack
from harness.values.lexicon import is_word
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
        """Whether the answer's name may be the golden's with a slip that is none of the answer's: the text has only
        the answer's spelling, so that the golden was read otherwise. Without a text: the word that differs is none."""
        if self._hay is None:
            return not is_word(word)
        return self.says(statement_tokens(answer)) and not self.says(statement_tokens(golden))

    def exchanged(self, comparator: Comparator, golden: str, answer: str) -> str:
        """What two values that count as the same differ in, where the text has it as the golden and not as the answer:
        the legal form of an organisation, a title or degree put to a name. Empty where it is nothing."""
        if self._hay is None:
            return ""
        if comparator == "organisation":
            return self._other_form(self._hay.given, golden, answer)
        return self._titles_added(self._hay, golden, answer) if comparator == "name" else ""

    def _other_form(self, given: str, golden: str, answer: str) -> str:
        """The answer's legal form, where the text prints another one beside the name (the golden's, if it has one)."""
        ours, theirs = legal_forms(golden), legal_forms(answer)
        if theirs <= ours or self.says(statement_tokens(answer)):
            return ""
        printed = _printed_forms(given, name_of_organisation(golden))
        if self.says(statement_tokens(golden)):
            printed |= ours
        if not printed or theirs <= printed or (ours and ours.isdisjoint(printed)):
            return ""
        return f"{' '.join(sorted(ours or printed))} → {' '.join(sorted(theirs))}"

    @staticmethod
    def _titles_added(hay: Haystack, golden: str, answer: str) -> str:
        """Titles that only the answer puts to a name, where the text has the name and not them in any spelling."""
        added, text = person_titles(answer) - person_titles(golden), hay.passages
        if not added or not text.words.issuperset(statement_tokens(" ".join(person_words(golden)))):
            return ""
        printed = {word.replace(".", "") for word in text.words}.union(_TITLE.findall(hay.given.casefold()))
        return ", ".join(
            title
            for title in sorted(added)
            if not any(
                said in printed or (" " in said and text.says(statement_tokens(said))) for said in title_supports(title)
            )
        )

    def _is_new_name(self, word: str, answer: str) -> bool:
        """Whether a word is a name or a technique that the text does not have."""
        if word in glue() or is_unspaced(word) or not word[0].isalpha():
            return False
        if self._hay is not None and word in self._hay.passages.words:
            return False
        return word in terms() or _is_name(word, answer)


def _printed_forms(given: str, name: tuple[str, ...]) -> frozenset[str]:
    """The legal forms that a text prints right after an organisation's name."""
    if not name:
        return frozenset()
    found: set[str] = set()
    pattern = r"(?<!\w)" + r"\W{1,4}".join(map(re.escape, name)) + r"(?!\w)"
    for place in islice(re.finditer(pattern, given, re.IGNORECASE), _MOST_PLACES):
        after = _FORM_AFTER.match(given, place.end())
        if after and not after[1].islower():
            found |= legal_forms_after(after[1])
    return frozenset(found)


_TITLE = re.compile(r"\w{2,}")
"""The titles, also in what is printed as one word ("Prof.Dr.-Ing.")."""
_MOST_PLACES = 20
_FORM_AFTER = re.compile(r",?\s{1,3}\(?([^\n;|]{1,40})")
"""What stands after an organisation's name and may be its legal form: on the same line, or after a wrap."""


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
