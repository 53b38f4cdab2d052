"""Where words stand in a text, and what bounds them."""

from __future__ import annotations

from collections.abc import Iterator

from harness.values.normalise import tokens

BETWEEN = " -/'"
"""Characters that a value may lack, or have more of, and be the same."""


def without(text: str) -> str:
    for between in BETWEEN:
        text = text.replace(between, "")
    return text


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


def to_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """A stretch of text widened to whole words."""
    while start > 0 and text[start - 1].isalnum() and text[start : start + 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return start, end


def within(few: tuple[str, ...], many: tuple[str, ...]) -> bool:
    rest = list(many)
    for number in few:
        if number not in rest:
            return False
        rest.remove(number)
    return True
