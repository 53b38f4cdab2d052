"""A CV's text as the search for another person's data sees it: plain words, runs of content words, digits."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from sys import intern
from typing import TypeAlias

from rapidfuzz.fuzz import ratio

from harness.values.find import Looked, haystack
from harness.values.normalise import fold

Phrase: TypeAlias = tuple[str, ...]

NUMBER = 8
"""Digits at the end of a telephone number that tell it from others."""
WINDOW = 6
"""Content words in a run that gives a text away."""
_UNSPACED = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_ASCII_WORD = re.compile(r"[A-Za-z0-9]+")
"""The same for texts of ASCII alone, in half the time."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_CHARACTER = re.compile(rf"[{_UNSPACED}]")
_SPELT_ALIKE = 75.0
"""Least `ratio` of two words that are one word spelt in two ways."""
_BESIDE = frozenset(string.punctuation + " ")
"""What ends a word and joins with nothing on either side."""
_MOST_PLACES = 4
_LONGEST_SEARCHED = 50_000
"""Characters of a text in which values are looked for as printed: a longer one is taken apart at once."""

_EMPTY_WORDS = """
a an and are as at be been by for from had has have he her his i if in into is it its me my no not of on or our out
over she so than that the their them then there they this to too under up was we were what when where which who
with within without you your
der die das den dem des ein eine einer eines und oder mit für fur im in am an auf aus bei von vom zu zum zur als
de la le les du et en un une des aux au pour par sur dans avec ou
el los las del y con por para una unos al se
il lo gli i e di da per con su nel nella delle dei della
o os as da do das dos em um uma com no na
w z i na do od oraz dla przez po
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


@lru_cache(maxsize=16384)
def plain_words(text: str) -> Phrase:
    """Words without case, accents, marks and signs; each character of a script without spaces is one."""
    return _words_of(fold(text))


def _words_of(folded: str) -> Phrase:
    """Interned: thousands of texts are held that mostly say the same words."""
    if folded.isascii():
        return tuple(map(intern, _ASCII_WORD.findall(folded)))
    folded = _NOT_ASCII.sub(lambda found: _without_marks(found[0]), folded)
    return tuple(map(intern, _WORD.findall(folded)))


def _without_marks(text: str) -> str:
    """Letters without their accents. No mark joins letters across a run: what is ASCII takes marks only."""
    parts = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(each for each in parts if not unicodedata.combining(each)))


def digits_of(text: str) -> str:
    """Its digits, in order."""
    return "".join(filter(str.isdigit, fold(text)))


def content_words(words: Iterable[str]) -> list[str]:
    """Those that say something of their own."""
    return [word for word in words if word not in _EMPTY]


def windows(words: Sequence[str], beginning: frozenset[str] | None = None) -> Iterator[Phrase]:
    """Every run of so many content words; two characters of a script without spaces count as one. beginning: only
    those whose first word is one of these."""
    if beginning is not None and beginning.isdisjoint(words):
        return
    content = content_words(words)
    weights = [1 if _CHARACTER.match(word) else 2 for word in content] if _CHARACTER.search("".join(content)) else ()
    end = weight = 0
    for start in range(len(content)):
        if weights:
            while weight < 2 * WINDOW and end < len(content):
                weight += weights[end]
                end += 1
            if weight < 2 * WINDOW:
                return
            weight -= weights[start]
        else:
            end = start + WINDOW
            if end > len(content):
                return
        if beginning is None or content[start] in beginning:
            yield tuple(content[start:end])


class OwnText:
    """One text, taken apart once. Only its words are kept, not the spellings that they were taken from."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def words(self) -> Phrase:
        """In order; words that a line end broke are whole."""
        return _words_of(self._joined)

    @property
    def _joined(self) -> str:
        return haystack(self._text).text

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        """Its words, and beside those that a line end broke or that are written in groups their parts."""
        others = set(fold(self._text).split()).difference(self._joined.split())
        return frozenset(self.words).union(_words_of(" ".join(others)))

    @cached_property
    def _printed(self) -> str:
        """In small letters, white space collapsed. No two letters that differ in case alone fold to two."""
        return " ".join(self._text.lower().split()) if len(self._text) <= _LONGEST_SEARCHED else ""

    @cached_property
    def _squeezed(self) -> str:
        return "".join(self.words)

    @cached_property
    def _digits(self) -> str:
        return "".join(filter(str.isdigit, fold(self._text)))

    def prints(self, value: str) -> bool:
        """Whether a value (not empty) stands here as it is, but for case, between signs: then its words do, its digits
        in a row, and, where it is ASCII without a space, its letters in a row. False says nothing: most values need
        nothing dearer than this."""
        text, wanted = self._printed, value.lower()
        at = text.find(wanted)
        if at < 0:
            wanted = " ".join(wanted.split())
            at = text.find(wanted)
        for _ in range(_MOST_PLACES):
            if at < 0:
                return False
            end = at + len(wanted)
            if (not at or text[at - 1] in _BESIDE) and (end == len(text) or text[end] in _BESIDE):
                return True
            at = text.find(wanted, at + 1)
        return False

    def windows(self, beginning: frozenset[str]) -> Iterator[Phrase]:
        """Runs of content words that begin with one of these words."""
        return windows(self.words, beginning)

    def numbers(self) -> Iterator[Phrase]:
        """Every run of `NUMBER` digits, whatever stands between them."""
        return ((self._digits[at : at + NUMBER],) for at in range(len(self._digits) - NUMBER + 1))

    def strange(self, words: Iterable[str]) -> list[str]:
        """Those of the content words that stand nowhere in this text."""
        return [word for word in words if word not in self._vocabulary and word not in _EMPTY]

    def has_words(self, words: Iterable[str]) -> bool:
        """Whether all of them stand somewhere here."""
        return self._vocabulary.issuperset(words)

    def has_squeezed(self, words: Iterable[str]) -> bool:
        """Whether they stand here one after the other, whatever stands between their letters."""
        return "".join(words) in self._squeezed

    def has_digits(self, digits: str) -> bool:
        return digits in self._digits

    def nearly(self, word: str) -> bool:
        """Whether a word of this text is the same one, spelt otherwise."""
        return any(ratio(word, each) >= _SPELT_ALIKE for each in self._vocabulary)

    def shortens(self, words: Phrase) -> bool:
        """Whether their initials stand here: AWS is Amazon Web Services."""
        return len(words) > 1 and "".join(word[0] for word in words) in self._vocabulary

    def says(self, value: str, path: str) -> bool:
        """Whether a value stands here in another spelling that counts as printed."""
        return haystack(self._text).find(value, _kind(path)) is not None

    def phrases(self, wanted: Mapping[str, Iterable[Phrase]]) -> Iterator[Phrase]:
        """Those of the wanted phrases (by their first word) that stand here."""
        words = self.words
        for at in [at for at, word in enumerate(words) if word in wanted]:
            for phrase in wanted[words[at]]:
                if words[at : at + len(phrase)] == phrase:
                    yield phrase


def _kind(path: str) -> Looked:
    """How a value of a field may be spelt otherwise."""
    name = path.rpartition(".")[2].partition("[")[0]
    kinds: Mapping[str, Looked] = {
        "skills": "skill",
        "technologies": "skill",
        "location": "place",
        "company": "organisation",
        "institution": "organisation",
        "issuer": "organisation",
        "provider": "organisation",
        "title": "title",
        "degree": "degree",
        "language": "language",
        "proficiency": "level",
    }
    return kinds.get(name, "date" if "date" in name or name in ("year", "expiry") else "text")
