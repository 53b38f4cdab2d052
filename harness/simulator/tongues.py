"""Instructions in German, French and Spanish, brought word by word into the English that the rules read.

No translation for people: word order stays, only what rules listen for is replaced. Quotations and code stay as they
are. A language is recognised by its small words; anything else is left alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

from harness.base.types import Json

_KEPT = re.compile(r"(\"[^\"]{0,300}\"|“[^”]{0,300}”|„[^“”]{0,300}[“”]|«[^»]{0,300}»|`[^`]{0,300}`)")
_WORDS = re.compile(r"[^\W\d_]+(?:['’](?=\w))?")
_LONGEST = 5
"""Words of the longest phrase that is looked up."""
_ENGLISH = frozenset(
    (
        *("the", "a", "an", "of", "to", "is", "are", "be", "and", "or", "with", "as", "for", "if", "where", "when"),
        *(
            "do",
            "not",
            "never",
            "it",
            "that",
            "this",
            "any",
            "all",
            "every",
            "each",
            "only",
            "use",
            "write",
            "give",
            "keep",
        ),
        *("list", "put", "from", "which", "into", "by", "at", "on", "no", "in"),
    )
)


@lru_cache(maxsize=1)
def _glossaries() -> Mapping[str, Mapping[str, str]]:
    read: Json = json.loads(files("harness.simulator").joinpath("tongues.json").read_text(encoding="utf-8"))
    assert isinstance(read, dict)
    return {name: dict(words) for name, words in read.items() if isinstance(words, dict)}


def language(text: str) -> str:
    """de, fr, es where most known words of a text are of that language; else en."""
    words = [word.rstrip("'’").lower() for word in _WORDS.findall(_KEPT.sub(" ", text))]
    if not words:
        return "en"
    english = sum(word in _ENGLISH for word in words)
    shares = {
        name: sum(word in glossary or f"{word}'" in glossary for word in words)
        for name, glossary in _glossaries().items()
    }
    name = max(shares, key=lambda one: shares[one])
    foreign = shares[name]
    return name if foreign >= 2 and foreign > english and foreign * 2 >= len(words) else "en"


@lru_cache(maxsize=4096)
def in_english(text: str) -> str:
    """The text with every known phrase of its language in English; the text itself where it is English."""
    name = language(text)
    if name == "en":
        return text
    glossary = _glossaries()[name]
    parts = _KEPT.split(text)
    said = "".join(part if index % 2 else _worded(part, glossary) for index, part in enumerate(parts))
    return re.sub(r" {2,}", " ", _ordered(said, name)).strip()


def _worded(text: str, glossary: Mapping[str, str]) -> str:
    words = list(_WORDS.finditer(text))
    out: list[str] = []
    position = index = 0
    while index < len(words):
        for length in range(min(_LONGEST, len(words) - index), 0, -1):
            first, last = words[index], words[index + length - 1]
            phrase = text[first.start() : last.end()].lower().replace("’", "'")
            if phrase in glossary:
                out += [text[position : first.start()], glossary[phrase]]
                position = last.end()
                index += length
                break
        else:
            index += 1
    out.append(text[position:])
    return "".join(out)


_GERMAN = (
    # the second half of a German verb stands at the end of the clause
    (re.compile(r"\bsummarise\b([^.,;]{0,80}?)\s+together\b", re.I), r"merge\1"),
    (re.compile(r"\bleave\b([^.,;]{0,80}?)\s+out\b", re.I), r"omit\1"),
    (re.compile(r"\blist\b([^.,;]{0,80}?)\s+together\b", re.I), r"merge\1"),
    (
        re.compile(
            r"^(\w+)\s+((?:the |all |every |a |single )*[\w-]+(?: (?:of|in|to)(?: the)? [\w-]+)?)\s+not\b", re.I
        ),
        r"never \1 \2",
    ),
    (re.compile(r"^(\w+)\s+((?:the |all |every )*[\w-]+)\s+never\b", re.I), r"never \1 \2"),
)
_ROMANCE = (
    (re.compile(r"^([^.;]{0,80}?)\bnor\b(?=[^.;]{0,80}\bnor\b)", re.I), r"\1neither"),
    (re.compile(r"\b(never|without|nor)\b([^.,;]{0,60}?)\b(?:nothing|no|never)\b", re.I), r"\1\2any"),
    (re.compile(r"^(\w+)\s+not\b", re.I), r"never \1"),
    (re.compile(r"^(\w+)\s+(never|nothing)\b", re.I), r"\2 \1"),
)


def _ordered(text: str, name: str) -> str:
    """Negations brought before the verb that they belong to, where the rules look for them."""
    text = text.strip()
    for pattern, put in _GERMAN if name == "de" else _ROMANCE:
        text = pattern.sub(put, text)
    return text
