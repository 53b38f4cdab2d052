"""The texts of answers and goldens, and which of them could stand in what is published: little of a large run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from harness.base.types import Json

WORD = re.compile(r"[\w@.+#&-]+")
RUN = re.compile(r"[\w-]+")
"""What ids are made of: a name that is more than one such run is a phrase."""
_RECENT = 20_000
"""Texts that need not be looked at again: answers to a CV, and its golden, are neighbours and say mostly the same."""


class Could:
    """Texts all of whose words stand somewhere in what is looked through, so that they could stand there themselves;
    all texts where nothing is said of that. first: so many words at the beginning are enough, where longer texts are
    known by these."""

    def __init__(
        self, words: Callable[[str], Iterable[str]], within: Iterable[str] | None, *, first: int | None = None
    ) -> None:
        self.found: set[str] = set()
        self._words = words
        self._first = first
        self._there = None if within is None else frozenset(word for text in set(within) for word in words(text))
        self._recent: set[str] = set()

    def update(self, texts: Iterable[str]) -> None:
        if self._there is None:
            self.found.update(texts)
            return
        new = set(texts) - self._recent
        if len(self._recent) > _RECENT:
            self._recent = set()
        self._recent |= new
        self.found.update(text for text in new if self._could(text))

    def _could(self, text: str) -> bool:
        there = self._there or ()
        return all(word in there for word in islice(self._words(text), self._first))

    def add(self, text: str) -> None:
        self.update((text,))


def strings(value: Json) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, (list, tuple)):
        for member in value:
            yield from strings(member)


def texts_of(value: Json) -> list[str]:
    """Every text in a value, and the names in it, which a model may have invented."""
    found: list[str] = []
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict | Mapping):
            found.extend(each)
            left.extend(each.values())
        elif isinstance(each, list | tuple):
            left.extend(each)
    return found


def words_of(text: str) -> list[str]:
    return [word_key(word) for word in WORD.findall(text)]


def each_word(text: str) -> Iterable[str]:
    """As `words_of`, one at a time: most texts have a first word that says enough."""
    return (word_key(found[0]) for found in WORD.finditer(text))


def runs_of(name: str) -> Iterable[str]:
    return (found[0] for found in RUN.finditer(name))


def word_key(word: str) -> str:
    return word.casefold().strip(".-")
