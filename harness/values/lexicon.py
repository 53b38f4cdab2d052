"""Is a word a word? The word lists of several languages (pyspellchecker's), read only when a spelling is in doubt."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from harness.values.aliases import known_skills
from harness.values.normalise import words

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl")
"""Languages with a list. Reading one takes up to half a second, so a text's language says which are read."""
_SIGNS = {
    "de": frozenset(["der", "die", "das", "und", "mit", "für", "von", "bei", "im", "zur"]),
    "fr": frozenset(["le", "les", "des", "et", "pour", "dans", "du", "au", "avec", "sur"]),
    "es": frozenset(["el", "los", "las", "y", "con", "para", "del", "por", "una", "en"]),
    "it": frozenset(["il", "della", "di", "e", "con", "per", "nel", "gli", "del", "alla"]),
    "pt": frozenset(["os", "da", "do", "e", "com", "para", "em", "uma", "dos", "no"]),
    "nl": frozenset(["het", "een", "en", "van", "met", "voor", "bij", "op", "de", "te"]),
}
_LEAST_SIGNS = 4
"""Different ones of a language's commonest words, before a text counts as written in it."""


@lru_cache(maxsize=64)
def languages_of(text: str | None) -> tuple[str, ...]:
    """English, and the other languages that a text is written in; all of them where there is no text."""
    if text is None:
        return LANGUAGES
    found = set(words(text)) if len(text) < 200_000 else set(words(text[:200_000]))
    return ("en", *(language for language, signs in _SIGNS.items() if len(found & signs) >= _LEAST_SIGNS))


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
