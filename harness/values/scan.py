"""Where words stand in a text, and what bounds them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from harness.values.normalise import tokens

BETWEEN = " -/'\u2010\u2011\u2013"
"""Characters that a value may lack, or have more of, and be the same."""


def whole(text: str, value: str, near: int, last: int | None = None) -> int:
    """Offset of a value in a text where it stands as whole words, from `near` on or else from the start; or -1.
    last: the end of what is searched, and then nothing is from the start."""
    at = text.find(value, near, last)
    while at >= 0:
        end = at + len(value)
        if not (at and text[at - 1].isalnum() and continues(text[at - 1], value[0])):
            following = text[end : end + 1]
            if not following or not (
                (following.isalnum() and continues(value[-1], following)) or (following in "+#" and value[-1].isalnum())
            ):
                return at
        at = text.find(value, at + 1, last)
    return whole(text, value, 0, near + len(value) - 1) if near and last is None else -1


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


def spaced_otherwise(text: str, needle: str) -> tuple[int, int] | None:
    """Where the letters of a value without spaces (normal form) stand as whole words of one line, with at most one space,
    hyphen, slash or apostrophe between two of them ("full stack" for "fullstack"); or None."""
    if needle[0] not in (lower := text.lower()):
        return None
    if len(lower) != len(text):
        return None
    if not needle.isascii() and any(map(_stands_alone, needle)):
        between = r"\s*"  # lines of a script without spaces are broken anywhere
    else:
        between = f"[{re.escape(BETWEEN)}]?"
    for found in re.finditer(between.join(map(re.escape, needle)), lower):
        start, end = found.span()
        if not (start and continues(text[start - 1], text[start])) and not (
            end < len(text) and (continues(text[end - 1], text[end]) or text[end] in "+#")
        ):
            return start, end
    return None


def unaccented_letters(text: str) -> str:
    """A folded text without accents, every character still in its place."""
    return "".join(
        character
        if character.isascii()
        else unicodedata.normalize("NFD", character.translate(_LETTERS))[:1] or character
        for character in text
    )


_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "ŧ": "t"})
