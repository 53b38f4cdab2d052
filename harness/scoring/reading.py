"""A CV as the scorer sees it: its non-empty values with their paths, read from any JSON, however broken.

A shape that breaks the contract is read for what it says (a description in one string is its lines): the contract's
verdict counts the break, the content's verdict the content.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import NamedTuple, TypeAlias

from harness.base.types import Json
from harness.scoring.layout import ENTRIES, PERSONAL, SECTIONS, SKILLS, Listed, Section
from harness.scoring.types import FieldOutcome
from harness.values.normalise import join_line_hyphens
from harness.values.placeholders import is_placeholder

_SOMETHING = re.compile(r"[^\W_]")
_LONG = 40
"""No placeholder is as long as this: what begins with a letter says something."""
_SEPARATORS = re.compile(r"[,;\n|•]")
_MOST_EXTRAS = 2000
_new = tuple.__new__
"""Makes a named tuple in half the time that its class takes; there are hundreds."""


class Value(NamedTuple):
    """One non-empty value: its text, its path with indices, and as it stands in the JSON."""

    text: str
    path: str
    raw: Json


@dataclass(frozen=True, slots=True)
class Judged:
    """What a golden's and an answer's entry came to beside each other. counts: by field path, see `Ledger`."""

    outcomes: list[FieldOutcome]
    counts: dict[str, list[int]]


@dataclass(slots=True)
class Entry:
    """One entry of a section (or personal_info): values by field; `extras`: what the contract does not know."""

    path: str
    scalars: dict[str, Value] = field(default_factory=dict)
    lists: dict[str, list[Value]] = field(default_factory=dict)
    judged: dict[str, Judged] | None = None
    """What it came to beside an entry of the golden, by that one's path; None where it is read for one answer alone."""

    @property
    def empty(self) -> bool:
        return not self.scalars and not any(self.lists.values())

    def leaves(self) -> int:
        """How many values it has."""
        return len(self.scalars) + sum(map(len, self.lists.values()))

    def changeable(self) -> bool:
        """Whether a value is a list or an object of its answer, which whoever holds that can change afterwards."""
        values = chain(self.scalars.values(), *self.lists.values())
        return any(isinstance(value.raw, (list, dict)) for value in values)


@dataclass(slots=True)
class ReadCv:
    """All of a CV. alone: what stands in no entry, its skills. extras: values under keys that the contract does not
    know."""

    personal: Entry
    sections: dict[str, list[Entry]]
    alone: Entry
    extras: list[Value]

    @property
    def skills(self) -> list[Value]:
        return self.alone.lists.get(SKILLS.name, [])


class Known:
    """Entries that were read before, of answers to one CV: draws and arms mostly say the same at the same place."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str, bytes], Entry] = {}
        self._values = 0

    def entry(self, raw: Mapping[str, Json], section: Section, path: str, extras: list[Value]) -> Entry:
        """As `_read_entry`."""
        if not raw.keys() <= section.known:
            return _read_entry(raw, section, path, extras)
        try:
            key = path, marshal.dumps([raw.get(name) for name in section.fields], _WITHOUT_REFERENCES)
        except ValueError:  # nested too deep
            return _read_entry(raw, section, path, extras)
        found = self._entries.get(key)
        if found is None:
            found = _read_entry(raw, section, path, extras)
            values = max(1, found.leaves(), len(key[1]) // _LONG_VALUE)
            if self._values + values <= _MOST_KEPT and not found.changeable():
                self._values += values
                found.judged = {}
                self._entries[key] = found
        return found


_WITHOUT_REFERENCES = 2
"""The version of marshal in which equal values are equal bytes, and values of two types are not."""
_MOST_KEPT = 2000
"""Values of a CV's entries that are kept, of all answers together; an entry without any is one, too."""
_LONG_VALUE = 500
"""So many bytes of an entry are a value more, whatever it says."""
_ALONE = Section("", "", "", (), (SKILLS,), known=frozenset({SKILLS.name}), fields=(SKILLS.name,))


def read_cv(value: Json, known: Known | None = None) -> ReadCv:
    """`value` read as a CV; what is no object reads as an empty one. known: entries of other answers to this CV."""
    cv: Mapping[str, Json] = value if isinstance(value, dict) else {}
    extras: list[Value] = []
    read_entry = _read_entry if known is None else known.entry
    personal = cv.get("personal_info")
    if isinstance(personal, list):
        personal = next((one for one in personal if isinstance(one, dict)), None)
    sections = {section.name: _read_section(cv.get(section.name), section, extras, read_entry) for section in ENTRIES}
    read = ReadCv(
        read_entry(personal if isinstance(personal, dict) else {}, PERSONAL, "personal_info", extras),
        sections,
        read_entry({SKILLS.name: cv.get(SKILLS.name)}, _ALONE, "", extras),
        extras,
    )
    if cv.keys() - _KNOWN:
        for key, child in cv.items():
            if key not in _KNOWN:
                _add_extras(child, str(key), extras)
    return read


_KNOWN = frozenset(SECTIONS)
ReadEntry: TypeAlias = Callable[[Mapping[str, Json], Section, str, list[Value]], Entry]


def _read_section(value: Json, section: Section, extras: list[Value], read_entry: ReadEntry) -> list[Entry]:
    if isinstance(value, dict):
        value = [value]
    if not isinstance(value, list):
        return []
    entries = []
    for index, raw in enumerate(value):
        if type(raw) is str:
            raw = {section.main: raw}
        if isinstance(raw, dict):
            entry = read_entry(raw, section, f"{section.name}[{index}]", extras)
            if entry.scalars or entry.lists:
                entries.append(entry)
    return entries


def _read_entry(raw: Mapping[str, Json], section: Section, path: str, extras: list[Value]) -> Entry:
    entry = Entry(path)
    scalars = entry.scalars
    for scalar in section.scalars:
        name = scalar.name
        value = raw.get(name)
        if value:
            text = value if type(value) is str else text_of(value)
            if (len(text) > _LONG and text[0].isalpha()) or not says_nothing(text):
                scalars[name] = _new(Value, (text, f"{path}.{name}", value))
        elif value is not None and value != "" and (text := text_of(value)):
            scalars[name] = Value(text, f"{path}.{name}", value)
    for listed in section.lists:
        value = raw.get(listed.name)
        if value and (values := _read_list(value, listed, f"{path}.{listed.name}" if path else listed.name)):
            entry.lists[listed.name] = values
    if not raw.keys() <= section.known:
        for key, child in raw.items():
            if key not in section.known:
                _add_extras(child, f"{path}.{key}", extras)
    return entry


def _read_list(value: Json, listed: Listed, path: str) -> list[Value]:
    if not value:
        return []
    if type(value) is str:
        parts = join_line_hyphens(value).splitlines() if listed.kind == "bullets" else _SEPARATORS.split(value)
        value = [part.strip() for part in parts if part.strip()]
    elif isinstance(value, dict):
        value = [value]
    elif not isinstance(value, list):
        value = [text_of(value)]
    values = []
    for index, raw in enumerate(value):
        text = raw if type(raw) is str else text_of(raw)
        if text and ((len(text) > _LONG and text[0].isalpha()) or not says_nothing(text)):
            values.append(_new(Value, (text, f"{path}[{index}]", raw)))
    return values


@lru_cache(maxsize=16384)
def says_nothing(text: str) -> bool:
    """Empty, a placeholder, or without a single letter or digit."""
    return is_placeholder(text) or (not text[:1].isalnum() and _SOMETHING.search(text) is None)


def text_of(value: Json) -> str:
    """A JSON value as text: numbers as written, a list or object as its texts joined by ", ", nothing as ""."""
    match value:
        case str():
            return value
        case None | bool():
            return ""
        case int() | float():
            return _number(value)
        case _:
            return ", ".join(text for _, text, _ in _texts(value, "") if text)


def _number(value: float) -> str:
    try:
        return str(value)
    except ValueError:  # more digits than Python writes (sys.set_int_max_str_digits): no value of a CV
        return hex(int(value))


def _add_extras(value: Json, path: str, extras: list[Value]) -> None:
    for place, text, raw in _texts(value, path):
        if len(extras) >= _MOST_EXTRAS:
            return
        if not says_nothing(text):
            extras.append(Value(text, place, raw))


def _texts(value: Json, path: str) -> Iterator[tuple[str, str, Json]]:
    """Path, text and raw value of every scalar in a JSON value, in order; without recursion, however deep."""
    waiting: list[tuple[str, Json]] = [(path, value)]
    while waiting:
        place, node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend(
                (f"{place}.{key}" if len(place) < 400 else place, child) for key, child in reversed(node.items())
            )
        elif isinstance(node, (list, tuple)):
            inside = [(f"{place}[{index}]" if len(place) < 400 else place, child) for index, child in enumerate(node)]
            waiting.extend(reversed(inside))
        elif isinstance(node, str):
            yield place, node, node
        elif isinstance(node, (int, float)) and not isinstance(node, bool):
            yield place, _number(node), node
