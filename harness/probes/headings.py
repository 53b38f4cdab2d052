"""Headings of CVs by section, in the words and languages of the corpus."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from harness.corpus.builder.wording import TITLES
from harness.values.normalise import normalise

_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s+")
ENGLISH = ("classic", "formal", "capitals", "personal", "short", "public")
"""Sets of English headings; every other set is a language."""
WRITTEN: Mapping[str, str] = {"short": ":", "public": ""}


def bare(line: str) -> str:
    """A heading without its number and colon."""
    return _NUMBER.sub("", line).strip().rstrip(":：").strip()


@cache
def _known() -> dict[str, tuple[str, str]]:
    """Bare heading, folded, to (section, set)."""
    found: dict[str, tuple[str, str]] = {}
    for name, titles in TITLES.items():
        for section, title in titles.items():
            found.setdefault(normalise(bare(title)), (section, name))
    return found


def heading_of(line: str) -> str:
    """The section that a line is the heading of, "" for none."""
    return _known().get(normalise(bare(line)), ("", ""))[0] if 0 < len(line.strip()) <= 40 else ""


def language_of(line: str) -> str:
    """ "en", or the language whose heading a line is; "" for none."""
    found = _known().get(normalise(bare(line)), ("", ""))[1]
    return "en" if found in ENGLISH else found


def heading_in(section: str, titles: str, like: str) -> str:
    """The section's heading of a set of titles, numbered, with a colon and in capitals as `like` is."""
    number = _NUMBER.match(like)
    text = bare(TITLES[titles][section])
    text = text.upper() if bare(like).isupper() else text
    return f"{number[0] if number else ''}{text}{':' if like.strip().endswith(':') else ''}"
