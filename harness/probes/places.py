"""Where the values of an answer stand in the CV's text, and which lines belong to which entry: for certain, or not.

The answer that guides is an arm's own answer to the unchanged CV (or a golden): no golden is needed to know that a
value which the text has once, word for word, stands where it stands. What is not certain is left alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from harness.probes.changes import TELLING, entries, text_of, whole_words
from harness.probes.headings import bare, heading_of
from harness.probes.types import Cv
from harness.values.find import haystack
from harness.values.normalise import normalise
from harness.values.printed import PrintedAddresses

MARK = re.compile(r"[ \t]*(?:[•▪●◦‣▸►■□–—*›»·-]|\uf0b7)[ \t]+")
"""A bullet's mark at the beginning of a line."""
_SHORTEST = 3
_DATES = ("start_date", "end_date", "date", "year")


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one entry, `first` to `last`, that hold nothing else. dates: spans of its dates by field."""

    section: str
    index: int
    entry: Cv
    first: int
    last: int
    dates: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the text: the line of its heading to its last line."""

    name: str
    first: int
    last: int


class Places:
    """A CV's text with an answer that says what is in it. golden: what is right, where that is known."""

    def __init__(self, text: str, guide: Cv, golden: Cv | None = None) -> None:
        self.text, self.guide, self.golden = text, guide, golden
        self._once: dict[str, tuple[int, int] | None] = {}

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @cached_property
    def starts(self) -> list[int]:
        """Offset at which each line begins."""
        found, at = [], 0
        for line in self.lines:
            found.append(at)
            at += len(line) + 1
        return found

    def line_at(self, offset: int) -> int:
        return bisect_right(self.starts, offset) - 1

    def once(self, value: str) -> tuple[int, int] | None:
        """Where a value stands, if it stands in the text exactly once, word for word."""
        if value not in self._once:
            found = None
            if len(value.strip()) >= _SHORTEST:
                hits = whole_words(value).finditer(self.text)
                first, second = next(hits, None), next(hits, None)
                found = first.span() if first is not None and second is None else None
            self._once[value] = found
        return self._once[value]

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(normalise(value) for value in _texts(self.guide))

    def heading(self, line: str) -> str:
        """The section that a line is the heading of, "" for none: a skill may be called Training."""
        return "" if normalise(bare(line)) in self._values else heading_of(line)

    # -- entries --------------------------------------------------------------------------------------------------

    @cached_property
    def _all_spans(self) -> dict[tuple[str, int], list[tuple[int, int]]]:
        return {key: self._spans(*key) for section in TELLING for key in self._keys(section)}

    @cached_property
    def _owners(self) -> dict[int, set[tuple[str, int]]]:
        """Whose values stand on a line."""
        owners: dict[int, set[tuple[str, int]]] = {}
        for key, found in self._all_spans.items():
            for start, end in found:
                for line in range(self.line_at(start), self.line_at(max(start, end - 1)) + 1):
                    owners.setdefault(line, set()).add(key)
        return owners

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """The entries whose lines are known for certain."""
        spans, owners = self._all_spans, self._owners
        made = (self._block(*key, spans[key], owners) for key in spans if key[0] in ("work_experience", "education"))
        return tuple(block for block in made if block is not None)

    def _keys(self, section: str) -> Iterator[tuple[str, int]]:
        return ((section, index) for index in range(len(entries(self.guide, section))))

    def _spans(self, section: str, index: int) -> list[tuple[int, int]]:
        entry = entries(self.guide, section)[index]
        values = [text_of(entry, key) for key in entry if key not in ("id", *_DATES)]
        for listed in entry.values():
            values += [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        return [place for value in values if (place := self.once(value)) is not None]

    def _block(
        self,
        section: str,
        index: int,
        spans: list[tuple[int, int]],
        owners: dict[int, set[tuple[str, int]]],
    ) -> Block | None:
        """None unless every statement and telling value was found once, the lines hold nothing else, and what follows
        is known to be something else."""
        entry = entries(self.guide, section)[index]
        told = [text_of(entry, key) for key in TELLING[section] if text_of(entry, key)]
        said = [one for one in entry.get("description") or () if isinstance(one, str)]
        if not told or any(self.once(value) is None for value in (*told, *said)):
            return None
        head = [place for value in told if (place := self.once(value)) is not None]
        dates = self._dates(entry, min(head)[0], max(head)[1])
        if dates is None:
            return None
        every = [*spans, *((start, end) for _, start, end in dates)]
        start, end = min(every)[0], max(end for _, end in every)
        first, last = self.line_at(start), self.line_at(end - 1)
        before = self.text[self.starts[first] : start]
        after = self.text[end : self.starts[last] + len(self.lines[last])]
        if re.search(r"\w", before) or re.search(r"\w", after.partition("(")[0]):
            return None
        if any(owners.get(line, {(section, index)}) != {(section, index)} for line in range(first, last + 1)):
            return None
        if any(self.heading(self.lines[line]) for line in range(first, last + 1)):
            return None
        return Block(section, index, entry, first, last, dates) if self.ends(last) else None

    def _dates(self, entry: Cv, start: int, end: int) -> tuple[tuple[str, int, int], ...] | None:
        """Where the entry's dates stand, on its head's lines or the next to them; None where one is not there."""
        low = self.starts[max(0, self.line_at(start) - 1)]
        high_line = min(len(self.lines) - 1, self.line_at(end) + 1)
        high = self.starts[high_line] + len(self.lines[high_line])
        near = haystack(self.text[low:high])
        found = []
        for key in _DATES:
            value = text_of(entry, key)
            if not value or value == "Present":
                continue
            place = near.find(value, "date")
            if place is None:
                return None
            found.append((key, low + place.start, low + place.end))
        return tuple(found)

    def ends(self, last: int) -> bool:
        """Whether the line after a block is blank, a heading, or known to be another entry's."""
        following = last + 1
        if following >= len(self.lines):
            return True
        line = self.lines[following]
        return not line.strip() or bool(self.heading(line)) or following in self._owners

    # -- sections -------------------------------------------------------------------------------------------------

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The sections of the text, by headings that stand on a line of their own and that are known ones."""
        heads = [(line, name) for line, text in enumerate(self.lines) if (name := self.heading(text))]
        ends = [*(line - 1 for line, _ in heads[1:]), *([len(self.lines) - 1] if heads else [])]
        names = [name for _, name in heads]
        found = [Part(name, line, end) for (line, name), end in zip(heads, ends, strict=True)]
        return tuple(part for part in found if names.count(part.name) == 1 and part.last > part.first)

    def holds_all_of(self, part: Part) -> bool:
        """Whether the part holds some of its section's values, and no other part does."""
        values = list(_texts(self.guide.get(_SECTION_OF.get(part.name, ""))))
        lines = [self.line_at(place[0]) for value in values if (place := self.once(value)) is not None]
        return bool(lines) and all(part.first < line <= part.last for line in lines)

    # -- addresses ------------------------------------------------------------------------------------------------

    @cached_property
    def addresses(self) -> tuple[tuple[int, int], ...]:
        """Spans of telephone number, e-mail and profiles, whose digits and words are no dates and no names."""
        info = self.guide.get("personal_info")
        printed = PrintedAddresses(self.text)
        kinds = (("phone", "phone"), ("email", "email"), ("linkedin", "linkedin"), ("portfolio", "link"))
        found = (
            printed.find(text_of(info, key), kind) for key, kind in kinds if isinstance(info, dict) and info.get(key)
        )
        return tuple(place for place in found if place is not None)


_SECTION_OF = {
    "experience": "work_experience",
    "education": "education",
    "skills": "skills",
    "projects": "projects",
    "certifications": "certifications",
    "languages": "languages",
    "training": "training",
}
"""A heading's section in the contract."""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            if key != "id":
                yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
