"""Replacing a person's name and contacts in a text, everywhere the same, so that a real CV can be kept as a test.

What is replaced is found by pattern (addresses, numbers, links) and by name: the name that is given, or else the
first line that looks like one. What a pattern cannot see (a nickname, a hobby) stays: read the result.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.base.types import Json

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"(?:https?://|www\.)[^\s<>()|,;]+|(?:linkedin|github|gitlab|xing)\.com/[^\s<>()|,;]+", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w/.-])\+?\(?\d[\d\s()./-]{7,18}\d(?![\w-])")
_NAME = re.compile(r"[^\W\d_][\w'’-]*(?:\s+(?:[A-Z]\.|[^\W\d_][\w'’-]*)){1,3}")
_NOT_NAMES = frozenset({"curriculum", "vitae", "resume", "résumé", "lebenslauf", "cv", "profile", "contact", "page"})

_PARTICLES = frozenset({"de", "van", "von", "da", "del", "la"})
_FIRST = ("Alex", "Robin", "Kim", "Sascha", "Noor", "Dana", "Jules", "Mika", "Remy", "Toni", "Ira", "Lou")
_LAST = ("Arden", "Birk", "Calder", "Dunmore", "Ellery", "Fenwick", "Garrow", "Hollis", "Ibsen", "Jorvik", "Keld")


@dataclass(slots=True)
class Pseudonyms:
    """One person's replacements. secret: the same secret gives the same pseudonyms; keep it out of the project."""

    secret: str
    name: str = ""
    replaced: dict[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """`text` with links, addresses, numbers and the name replaced (name parts too, as whole words)."""
        self.name = self.name or guess_name(text)
        text = _URL.sub(self._each(self._link), text)
        text = _EMAIL.sub(self._each(self._email), text)
        text = _PHONE.sub(self._each(self._phone), text)
        for part, instead in self._name_parts().items():
            text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", _keep_case(instead), text, flags=re.IGNORECASE)
        return text

    def value(self, value: Json) -> Json:
        """A golden or answer with the same replacements in every string."""
        if isinstance(value, str):
            return self.text(value) if value else value
        if isinstance(value, Mapping):
            return {key: item if key == "id" else self.value(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return value

    def _each(self, make: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
        def replace(found: re.Match[str]) -> str:
            return self.replaced.setdefault(found[0], make(found[0]))

        return replace

    def _name_parts(self) -> dict[str, str]:
        parts = self.name.split()
        if len(parts) < 2:
            return {}
        first, last = self._pick(_FIRST, self.name), self._pick(_LAST, self.name)
        found = {self.name: f"{first} {last}", parts[-1]: last, parts[0]: first}
        found.update({part: "" for part in parts[1:-1] if len(part.strip(".")) > 1})
        return found

    def _email(self, text: str) -> str:
        return f"person{self._number(text, 10_000):04d}@example.com"

    def _phone(self, text: str) -> str:
        return f"+44 20 7946 0{self._number(text, 1000):03d}"

    def _link(self, text: str) -> str:
        host = "linkedin.com/in" if "linkedin" in text.casefold() else "example.com"
        return f"https://{host}/person{self._number(text, 10_000):04d}"

    def _pick(self, words: tuple[str, ...], text: str) -> str:
        return words[self._number("".join(words) + text.casefold(), len(words))]

    def _number(self, text: str, below: int) -> int:
        mixed = hashlib.sha256(f"{self.secret}\0{text.casefold()}".encode("utf-8", "replace")).digest()
        return int.from_bytes(mixed[:8], "big") % below


def guess_name(text: str) -> str:
    """The first line of a CV that looks like a person's name; "" where none of the first ten does."""
    lines = [line.strip(" \t|•·-–") for line in text.splitlines() if line.strip()]
    for line in lines[:10]:
        words = line.split()
        named = _NAME.fullmatch(line) and not _NOT_NAMES & {word.casefold() for word in words}
        if named and all(word[0].isupper() or word in _PARTICLES for word in words):
            return line
    return ""


def _keep_case(instead: str) -> Callable[[re.Match[str]], str]:
    return lambda found: instead.upper() if found[0].isupper() and len(found[0]) > 1 else instead
