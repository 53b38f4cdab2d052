"""How answers must change: each a small value that is applied to any answer, whatever that answer is.

The expectation is always the arm's own answer to the unchanged CV, changed; so an arm that reads a value into another
field is expected to do so again, and only what the change should not have moved counts.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from harness.base.types import Json
from harness.probes.types import Cv, Expected
from harness.values.normalise import normalise

TELLING: Mapping[str, tuple[str, ...]] = {
    "work_experience": ("company", "title"),
    "education": ("institution", "degree"),
    "projects": ("name",),
    "certifications": ("name",),
    "training": ("name",),
    "languages": ("language",),
}
"""The fields that say which entry it is, the first one above all."""
_ADDRESS_KEYS = frozenset({"id", "email", "phone", "linkedin", "portfolio"})
YEAR = re.compile(r"(?:(?<![\w.,@+])|(?<=(?<!\d)[01]\d\.)|(?<=(?<!\d)[1-9]\.))(?:19[5-9]\d|20[0-4]\d)(?!\w|[.,]\d)")
"""A year that stands alone or after a month with a point. Wider than what is a date: a year in a statement moves with
the others."""
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Letters of scripts that put no blank between words, or that hang endings on names."""


def entries(answer: Json, section: str) -> list[Cv]:
    """The entries of a section that are objects; [] for any other shape."""
    found = answer.get(section) if isinstance(answer, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def text_of(entry: Cv, key: str) -> str:
    """A field's text, "" where it is none."""
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def same_entry(one: Cv, other: Cv, section: str) -> bool:
    """Whether two answers mean the same entry: its telling fields are equal where both have them, the first one is."""
    first, *rest = TELLING[section]
    if not text_of(one, first) or normalise(text_of(one, first)) != normalise(text_of(other, first)):
        return False
    pairs = [(normalise(text_of(one, key)), normalise(text_of(other, key))) for key in rest]
    return all(mine == theirs for mine, theirs in pairs if mine and theirs)


def place_of(answer: Cv, section: str, entry: Cv) -> int | None:
    """Where the answer has the entry; None where it has none or several such."""
    found = answer.get(section)
    if not isinstance(found, list):
        return None
    alike = [at for at, one in enumerate(found) if isinstance(one, dict) and same_entry(one, entry, section)]
    dated = [at for at in alike if all(found[at].get(key) == entry.get(key) for key in ("start_date", "end_date"))]
    alike = dated if len(alike) > 1 else alike
    return alike[0] if len(alike) == 1 else None


def map_texts(value: Json, change: Callable[[str], str], skip: frozenset[str] = frozenset({"id"})) -> Json:
    """Every text of a JSON value changed, but for those under the keys in `skip`."""
    if isinstance(value, dict):
        return {key: one if key in skip else map_texts(one, change, skip) for key, one in value.items()}
    if isinstance(value, list):
        return [map_texts(one, change, skip) for one in value]
    return change(value) if isinstance(value, str) else value


def shifted(text: str, by: int) -> str:
    """Every year in a text moved by so many."""
    return YEAR.sub(lambda year: str(int(year[0]) + by), text)


def swapped(text: str, pairs: tuple[tuple[str, str], ...]) -> str:
    """Each (old, new) replaced where old stands as whole words, however its white space is."""
    for old, new in pairs:
        text = whole_words(old).sub(new.replace("\\", r"\\"), text)
    return text


def whole_words(value: str) -> re.Pattern[str]:
    """Finds a value as whole words, over line ends too."""
    body = r"\s+".join(map(re.escape, value.split()))
    before = r"(?<!\w)" if _bounded(value[:1]) else ""
    after = r"(?!\w)" if _bounded(value[-1:]) else ""
    return re.compile(f"{before}{body}{after}")


def _bounded(letter: str) -> bool:
    return letter.isalnum() and not _UNSPACED.match(letter)


@dataclass(frozen=True, slots=True)
class Same:
    """Nothing changes."""

    def of(self, answer: Cv) -> Expected | None:
        return Expected(answer)


@dataclass(frozen=True, slots=True)
class Swapped:
    """Words stand for other words wherever the answer has them."""

    pairs: tuple[tuple[str, str], ...]

    def of(self, answer: Cv) -> Expected | None:
        return Expected(map_texts(answer, lambda text: swapped(text, self.pairs)))


@dataclass(frozen=True, slots=True)
class Years:
    """All years move."""

    by: int

    def of(self, answer: Cv) -> Expected | None:
        return Expected(map_texts(answer, lambda text: shifted(text, self.by), _ADDRESS_KEYS))


@dataclass(frozen=True, slots=True)
class Put:
    """One field of one entry has another value. old: what the answer must have had there."""

    section: str
    entry: Cv
    key: str
    old: str
    new: str

    def of(self, answer: Cv) -> Expected | None:
        at = place_of(answer, self.section, self.entry)
        if at is None or text_of(answer[self.section][at], self.key) != self.old:
            return None
        changed = copy.deepcopy(answer)
        changed[self.section][at][self.key] = self.new
        return Expected(changed)


@dataclass(frozen=True, slots=True)
class Without:
    """An entry is gone."""

    section: str
    entry: Cv

    def of(self, answer: Cv) -> Expected | None:
        at = place_of(answer, self.section, self.entry)
        if at is None:
            return None
        kept = [one for number, one in enumerate(answer[self.section]) if number != at]
        return Expected({**answer, self.section: kept})


@dataclass(frozen=True, slots=True)
class WithCopy:
    """There is one entry more, like another one but for some words and its years. The answer's own reading of that
    other entry is what is copied; one that never had it is expected to have this one as `entry` says."""

    section: str
    entry: Cv
    pairs: tuple[tuple[str, str], ...]
    by: int

    def of(self, answer: Cv) -> Expected | None:
        at = place_of(answer, self.section, self.entry)
        like = self.entry if at is None else answer[self.section][at]
        made = map_texts(like, lambda text: shifted(swapped(text, self.pairs), self.by))
        there = answer.get(self.section)
        return Expected({**answer, self.section: [*(there if isinstance(there, list) else []), made]})


@dataclass(frozen=True, slots=True)
class WithoutItem:
    """A value of lists is gone: a skill, a statement."""

    value: str

    def of(self, answer: Cv) -> Expected | None:
        gone = normalise(self.value)
        hit = False

        def cut(value: Json) -> Json:
            nonlocal hit
            if isinstance(value, dict):
                return {key: cut(one) for key, one in value.items()}
            if not isinstance(value, list):
                return value
            kept = [one for one in value if not (isinstance(one, str) and normalise(one) == gone)]
            hit = hit or len(kept) < len(value)
            return [cut(one) for one in kept]

        changed = cut(answer)
        return Expected(changed) if hit else None


@dataclass(frozen=True, slots=True)
class WithItem:
    """A value of a list is new: it stands beside `beside` wherever the answer has that."""

    beside: str
    value: str

    def of(self, answer: Cv) -> Expected | None:
        near = normalise(self.beside)
        hit = False

        def add(value: Json) -> Json:
            nonlocal hit
            if isinstance(value, dict):
                return {key: add(one) for key, one in value.items()}
            if not isinstance(value, list):
                return value
            made: list[Any] = []
            for one in value:
                made.append(add(one))
                if isinstance(one, str) and normalise(one) == near:
                    made.append(self.value)
                    hit = True
            return made

        changed = add(answer)
        return Expected(changed) if hit else None


@dataclass(frozen=True, slots=True)
class Misprinted:
    """Words are misprinted: the answer may give them as printed, or as they were meant."""

    pairs: tuple[tuple[str, str], ...]

    def of(self, answer: Cv) -> Expected | None:
        accept: dict[str, tuple[Json, ...]] = {}

        def look(value: Json, path: str) -> None:
            if isinstance(value, dict):
                for key, one in value.items():
                    if key != "id":
                        look(one, f"{path}.{key}" if path else key)
            elif isinstance(value, list):
                for number, one in enumerate(value):
                    look(one, f"{path}[{number}]")
            elif isinstance(value, str):
                printed = swapped(value, self.pairs)
                if printed != value:
                    accept[path] = (printed,)

        look(answer, "")
        return Expected(answer, accept)
