"""Replacing a person's name and contacts in a text, everywhere the same, so that a real CV can be kept as a test.

Addresses, numbers and links are found by pattern; the name is given, or else guessed from the first lines. Where in
doubt, a number is replaced. What no pattern can see (a street, a nickname, an employer) stays: read the result.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from unicodedata import combining, normalize

from harness.base.types import Json

_EMAIL = re.compile(r"(?<![\w.+'-])[\w.+'-]++@[\w-]+(?:\.[\w-]+)+")
_SITES = (
    r"(?:linkedin|github|gitlab|xing|medium|kaggle|stackoverflow|twitter|facebook|instagram|dribbble|x)\.com"
    r"|(?:behance|researchgate)\.net|bitbucket\.org|orcid\.org|t\.me|github\.io"
)
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>()|,;]+"
    rf"|(?<![\w@.-])(?:[\w-]+\.)*(?:{_SITES})(?:/[^\s<>()|,;]*|(?![\w.-]))"
    r"|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:com|org|io|dev|me|info|eu|uk|de|fr|es|it|pl|nl|ch|at|pt)/[^\s<>()|,;]+",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?<![\w@.-])(?:[\w-]+\.)+[a-z]{2,12}(?![\w@])", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\w)(?:\+[^\S\n]?)?\(?\d(?:[^\S\n]|[\d().,/‐-―-]){5,20}\d(?!\d)")
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_HANDLE = re.compile(r"@?[^\W_][\w.-]*[^\W_]")
_NAME = re.compile(r"[^\W\d_][\w'’-]*(?:\s+(?:[^\W\d_]\.|[^\W\d_][\w'’-]*)){1,3}")
_TITLES = """
curriculum vitae resume résumé lebenslauf cv profile contact page personal details summary experience education
skills objective engineer engineering developer manager management senior junior lead software data consultant
director analyst designer architect scientist specialist assistant officer accountant nurse teacher head
"""
_NOT_NAMES = frozenset(_TITLES.split())
_LINKING = "de del della der den di da das dos du la le van von zu zum zur ter ten bin ibn al el y e"
_PARTICLES = frozenset(_LINKING.split())
_FIRST = ("Alex", "Robin", "Kim", "Sascha", "Noor", "Dana", "Jules", "Mika", "Remy", "Toni", "Ira", "Lou")
_LAST = ("Arden", "Birk", "Calder", "Dunmore", "Ellery", "Fenwick", "Garrow", "Hollis", "Ibsen", "Jorvik", "Keld")


@dataclass(slots=True)
class Pseudonyms:
    """One person's replacements. secret: the same secret gives the same pseudonyms; keep it out of the project.

    name: of the person, "" while it is not known. replaced: what was found, with what stands there now.
    """

    secret: str
    name: str = ""
    replaced: dict[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """`text` with links, addresses, numbers and the name replaced (parts of the name too, as whole words)."""
        text = _LINK.sub(self._each(self._link), text)
        text = _EMAIL.sub(self._each(self._email), text)
        text = _PHONE.sub(lambda found: found[0] if _no_phone(found[0]) else self._each(self._phone)(found), text)
        if not self.name:
            return text
        folded = [_folded(part) for part in self._parts()]
        text = _DOMAIN.sub(lambda found: self._named(found, folded, self._link), text)
        text = _HANDLE.sub(lambda found: self._handle(found, folded), text)
        return self._names().sub(self._each(self._name_for), text)

    def value(self, value: Json) -> Json:
        """A golden or answer with the same replacements in every string."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: item if key == "id" else self.value(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        return value

    def _each(self, make: Callable[[str], str]) -> Callable[[re.Match[str]], str]:
        def replace(found: re.Match[str]) -> str:
            if found[0] in self.replaced.values():
                return found[0]
            return self.replaced.setdefault(found[0], make(found[0]))

        return replace

    def _parts(self) -> list[str]:
        """The words of the name that stand for the person also alone."""
        words = self.name.split()
        return [word for word in words if len(word.strip(".")) > 1 and word.casefold() not in _PARTICLES]

    def _names(self) -> re.Pattern[str]:
        """The whole name in any writing, and its parts where they are written as names."""
        whole = r"\s+".join(map(re.escape, self.name.split()))
        several = [f"(?i:{whole})"]
        for part in self._parts():
            several += [re.escape(writing) for writing in dict.fromkeys((part, part.title(), part.upper()))]
        return re.compile(rf"(?<!\w)(?:{'|'.join(several)})(?!\w)")

    def _name_for(self, found: str) -> str:
        parts = self._parts() or self.name.split()
        first, last = self._pick(_FIRST), self._pick(_LAST)
        words = {_folded(part): first for part in parts[:-1]} | {_folded(parts[-1]): last}
        instead = words.get(_folded(found)) or (f"{first} {last}" if len(parts) > 1 else last)
        return instead.upper() if found.isupper() else instead

    def _named(self, found: re.Match[str], folded: list[str], make: Callable[[str], str]) -> str:
        """A domain that holds a part of the name; other domains may be employers and products."""
        host = _folded(found[0])
        if any(len(part) > 3 and part in host for part in folded) and "example.com" not in found[0]:
            return self._each(make)(found)
        return found[0]

    def _handle(self, found: re.Match[str], folded: list[str]) -> str:
        """A user name made of the person's names (`jane.doe`, `@jdoe`, `doejane`)."""
        word = _folded(found[0])
        if len(folded) < 2 or word in folded:
            return found[0]
        first, last = folded[0], folded[-1]
        made = (first + last, last + first, first[0] + last, last + first[0], first + last[0])
        plain = re.sub(r"\d+$", "", word)
        if plain in made or (len(first) > 2 and len(last) > 2 and first in word and last in word):
            return self._each(lambda text: f"person{self._number(_folded(text), 10_000):04d}")(found)
        return found[0]

    def _email(self, text: str) -> str:
        return f"person{self._number(text, 10_000):04d}@example.com"

    def _phone(self, text: str) -> str:
        """The same for every way to write a number: its last digits count."""
        return f"+44 20 7946 0{self._number(re.sub(r'[^0-9]', '', text)[-7:], 1000):03d}"

    def _link(self, text: str) -> str:
        bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", text.casefold()).rstrip("/.:'\"")
        host = "linkedin.com/in" if "linkedin" in bare else "example.com"
        return f"https://{host}/person{self._number(bare, 10_000):04d}"

    def _pick(self, words: tuple[str, ...]) -> str:
        """One of the words that is not in the person's own name."""
        own = {_folded(part) for part in self.name.split()}
        others = [word for word in words if _folded(word) not in own]
        return others[self._number("".join(words) + self.name.casefold(), len(others))]

    def _number(self, text: str, below: int) -> int:
        mixed = hashlib.sha256(f"{self.secret}\0{text.casefold()}".encode("utf-8", "replace")).digest()
        return int.from_bytes(mixed[:8], "big") % below


def guess_name(text: str) -> str:
    """The line of a CV's first ten that looks most like a person's name; "" where none does.

    Of several, the first one of which a word is also in an e-mail address or a link.
    """
    lines = [line.strip(" \t|•·-–") for line in text.splitlines() if line.strip()]
    named = [line for line in lines[:10] if _looks_like_a_name(line)]
    addresses = _folded(" ".join(contacts(text)))
    known = (line for line in named if any(len(word) > 2 and _folded(word) in addresses for word in line.split()))
    return next(known, named[0] if named else "")


def contacts(text: str) -> Iterator[str]:
    """The e-mail addresses, telephone numbers and links in a text, as written there."""
    for pattern in (_LINK, _EMAIL):
        for found in pattern.finditer(text):
            yield found[0]
    for found in _PHONE.finditer(text):
        if not _no_phone(found[0]):
            yield found[0]


def _looks_like_a_name(line: str) -> bool:
    words = line.split()
    if not _NAME.fullmatch(line) or _NOT_NAMES & {word.casefold() for word in words}:
        return False
    return all(word[0].isupper() or word in _PARTICLES for word in words)


def _no_phone(text: str) -> bool:
    """Whether digits are a span of years, a date, or a small amount of something, rather than a number to call."""
    groups = re.findall(r"\d+", text)
    digits = sum(map(len, groups))
    if digits < 7:
        return True
    dated = all(_YEAR.fullmatch(group) or (len(group) <= 2 and int(group) <= 31) for group in groups)
    if dated and any(_YEAR.fullmatch(group) for group in groups) and not text.startswith(("+", "(")):
        return True
    return digits < 9 and _GROUPED.fullmatch(text) is not None


def _folded(text: str) -> str:
    """Lower case letters and digits alone, without accents."""
    plain = "".join(char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return "".join(char for char in plain if char.isalnum())
