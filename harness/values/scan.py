"""Where words stand in a text, and what bounds them."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator

from harness.values.normalise import tokens

BETWEEN = " -/'\u2010\u2011\u2013"
"""Characters that a value may lack, or have more of, and be the same."""
_NOTHING = BETWEEN + "\n\r\t"
_WORD_ENDS = re.compile(r"[\W_\u0e00-\u0e7f\u3040-\u9fff\uf900-\ufaff]")
"""What the beginning of a word may stand behind."""
_MOST_PLACES = 1_000
"""A value of more than three letters that begins so many words and ends with none of them is looked for no longer."""


def whole(text: str, value: str, near: int, last: int | None = None) -> int:
    """Offset of a value in a text where it stands as whole words, from `near` on or else from the start; or -1.
    last: the end of what is searched, and then nothing is from the start."""
    for at in word_places(text, value, near, last):
        end = at + len(value)
        following = text[end : end + 1]
        if not following or not (
            (following.isalnum() and continues(value[-1], following)) or (following in "+#" and value[-1].isalnum())
        ):
            return at
    return whole(text, value, 0, near + len(value) - 1) if near and last is None else -1


def word_places(text: str, value: str, near: int = 0, last: int | None = None) -> Iterator[int]:
    """Offsets in a text at which a value stands and a word begins: where a long word repeats a short one, its inside is
    passed over at once, so that the time grows with the text and not with its square."""
    at, found = text.find(value, near, last), 0
    while at >= 0:
        if at and continues(text[at - 1], value[0]):
            end = _WORD_ENDS.search(text, at)
            if end is None:
                return
            at = text.find(value, end.start(), last)
            continue
        yield at
        found += 1
        if found >= _MOST_PLACES and len(value) > 3:
            return
        at = text.find(value, at + 1, last)


def continues(one: str, following: str) -> bool:
    """Whether two neighbouring characters belong to one word."""
    return one.isalnum() and following.isalnum() and not _stands_alone(one) and not _stands_alone(following)


def _stands_alone(character: str) -> bool:
    return "\u0e00" <= character <= "\u0e7f" or "\u3040" <= character <= "\u9fff" or "\uf900" <= character <= "\ufaff"


def places_of(text: str, word: str) -> Iterator[int]:
    """Where a word stands in a text."""
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + 1)


def tokens_of(folded: str) -> tuple[str, ...]:
    """Words of a stretch of folded text, also without the dots and slashes inside them."""
    found = tokens(folded)
    return found + tuple(
        part for word in found if "." in word or "/" in word for part in (word.replace(".", ""), *word.split("/"))
    )


class Squeezed:
    """A text's letters without what may stand between two of them, to find values with other spaces or hyphens."""

    def __init__(self, given: str) -> None:
        lower = given.lower()
        self._text = lower if len(lower) == len(given) else given
        letters = self._text
        for between in _NOTHING:
            letters = letters.replace(between, "")  # a few kinds of characters: faster than a table
        self._letters = letters
        self._places: list[int] | None = None

    def find(self, needle: str) -> tuple[int, int] | None:
        """Where the letters of a value without spaces (normal form) stand as whole words of one line, with at most one
        space, hyphen, slash or apostrophe between two of them ("full stack" for "fullstack"); or None."""
        if needle not in self._letters:
            return None
        if self._places is None:
            self._places = [at for at, character in enumerate(self._text) if character not in _NOTHING]
        text, kept = self._text, self._places
        # Lines of a script without spaces are broken anywhere.
        unspaced = not needle.isascii() and any(map(_stands_alone, needle))
        at, tried = self._letters.find(needle), 0
        while at >= 0 and tried < _MOST_PLACES:
            tried += 1
            start, end = kept[at], kept[at + len(needle) - 1] + 1
            if start and continues(text[start - 1], text[start]):
                boundary = _WORD_ENDS.search(text, start)
                at = -1 if boundary is None else self._letters.find(needle, bisect_left(kept, boundary.start()))
                continue
            if (
                end - start == len(needle)
                or unspaced
                or all(
                    len(gap := text[kept[i] + 1 : kept[i + 1]]) < 2 and gap in BETWEEN
                    for i in range(at, at + len(needle) - 1)
                )
            ) and not (end < len(text) and (continues(text[end - 1], text[end]) or text[end] in "+#")):
                return start, end
            at = self._letters.find(needle, at + 1)
        return None


def unaccented_letters(text: str) -> str:
    """A folded text without accents, every character still in its place."""
    plain = {one: unicodedata.normalize("NFD", one.translate(_LETTERS))[:1] for one in set(_NOT_ASCII.findall(text))}
    changed = {ord(one): letter for one, letter in plain.items() if letter != one}
    return text.translate(changed) if changed else text


_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t"})
