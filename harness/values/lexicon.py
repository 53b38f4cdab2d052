"""Is a word a word? The word lists of several languages (pyspellchecker's), read only when a spelling is in doubt."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from harness.values.aliases import known_skills
from harness.values.normalise import words

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages with a list. Reading one takes up to half a second."""


@cache
def _list(language: str) -> Any:
    from spellchecker import SpellChecker

    return SpellChecker(language=language, distance=1)


@cache
def _words_of_skills() -> frozenset[str]:
    return frozenset(word for spelling in known_skills() for word in words(spelling))


@lru_cache(maxsize=4096)
def is_word(word: str, languages: tuple[str, ...] = LANGUAGES) -> bool:
    """Whether a word (normal form) is one of a known skill, or in the list of one of the languages."""
    if word in _words_of_skills():
        return True
    return any(word in _list(language) for language in languages)
