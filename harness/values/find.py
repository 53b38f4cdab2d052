"""Finding a value in a CV's text: is it there, and where.

The text is folded once (see `normalise.fold`), with a map back to the offsets of the text as given, so that a
report can highlight what was found. A value is looked up as a phrase first; only what is not there as printed costs
more: other spellings, the same words close together, the same statement word by word.

A value is found as what it is: a telephone number as one printed number, an address as a whole address, a profile with
its host, words at the bounds of words. Characters that happen to stand in a row are nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple, TypeAlias

from harness.values.aliases import (
    degree_words,
    language_spellings,
    organisation_words,
    person_words,
    place_spellings,
    place_words,
    proficiency_level,
    skill_spellings,
    title_readings,
)
from harness.values.data import table
from harness.values.dates import CvDate, Printed, date_like, dates_elsewise, dates_like, parse_date
from harness.values.folding import Folded, Map, fold_text
from harness.values.normalise import normalise, squeeze, tokens, unaccented, words
from harness.values.passages import Passages
from harness.values.printed import PrintedAddresses
from harness.values.running import says_present
from harness.values.scan import Squeezed, continues, places_of, tokens_of, unaccented_letters, whole, word_places

Looked: TypeAlias = Literal[
    "text", "name", "email", "phone", "linkedin", "link", "place", "organisation", "title", "degree", "date", "skill",
    "language", "level",
]  # fmt: skip
"""What kind of value is looked for: it decides which other spellings count as found."""

_LEAST_SQUEEZED = 6
"""Shorter values must be there with their own spaces."""
_MOST_PLACES = 6


_new = tuple.__new__
"""Makes a named tuple in half the time that its class takes."""


class Found(NamedTuple):
    """Where a value stands, as offsets into the text as given."""

    start: int
    end: int


class Haystack:
    """A CV's text, folded for looking things up. Build it with `haystack(text)`, which remembers the last ones."""

    __slots__ = (
        "_addresses",
        "_dates",
        "_elsewise",
        "_flat",
        "_folded",
        "_lower",
        "_map",
        "_passages",
        "_remembered",
        "_squeezed",
        "_unaccented",
        "given",
    )

    def __init__(self, given: str) -> None:
        self.given = given
        # Line ends as spaces: a wrapped line is found as it is, and offsets stay what they are.
        self._flat = given.replace("\n", " ")
        self._lower: str | None = None
        self._folded: Folded | None = None
        self._map: Map | None = None
        self._remembered: dict[tuple[str, str], Found | None] = {}
        self._dates: dict[CvDate, list[Printed]] = {}
        self._elsewise: list[Printed] | None = None
        self._addresses: PrintedAddresses | None = None
        self._passages: Passages | None = None
        self._squeezed: Squeezed | None = None
        self._unaccented: str | None = None

    @property
    def text(self) -> str:
        """The folded text; made on first use, since most values stand in the text exactly as given."""
        if self._folded is None:
            self._folded = fold_text(self.given)
        return self._folded.text

    @property
    def _offsets(self) -> Map:
        if self._map is None:
            self._folded = self._folded or fold_text(self.given)
            self._map = self._folded.make_map()
        return self._map

    @property
    def passages(self) -> Passages:
        """The text word by word."""
        if self._passages is None:
            self._passages = Passages(self.text)
        return self._passages

    @property
    def addresses(self) -> PrintedAddresses:
        """The telephone numbers and addresses that the text prints."""
        if self._addresses is None:
            self._addresses = PrintedAddresses(self.given)
        return self._addresses

    def find(self, value: str, kind: Looked = "text", near: int = 0) -> Found | None:
        """Where `value` stands, preferring the first place at or after the offset `near`; None if it does not."""
        if kind in _ADDRESSES:
            key = (kind, value)
            if key not in self._remembered:
                place = self.addresses.find(value, kind)
                self._remembered[key] = None if place is None else Found(*place)
            return self._remembered[key]
        if value:
            # Exactly as it is, but for line ends and case, as whole words: the common case, in a microsecond.
            at = whole(self._flat, value, near)
            if at >= 0 and kind == "skill" and len(value) <= _SHORT:
                return self._alone(value, near) or self._any(_long_enough(skill_spellings(value)))
            if at < 0 and (kind != "skill" or len(value) > 2):
                at = whole(self._lowered(), value.lower(), near)
            if at >= 0:
                return _new(Found, (at, at + len(value)))
        if kind == "date":
            return self._find_date(value, near)
        place = self._phrase(normalise(value), near, value if kind == "skill" else "")
        if place is not None:
            return place
        key = (kind, value)
        if key not in self._remembered:
            self._remembered[key] = self._otherwise(value, kind)
        return self._remembered[key]

    def _alone(self, value: str, near: int) -> Found | None:
        """A name of one or two letters that is no part of another one: C is not in Objective-C, R not in R&D."""
        for first in dict.fromkeys((near, 0)):
            at = whole(self._flat, value, first, len(self._flat))
            while at >= 0:
                end = at + len(value)
                if not _PART_BEFORE.search(self._flat, max(0, at - 2), at) and not _PART_AFTER.match(self._flat, end):
                    return _new(Found, (at, end))
                at = whole(self._flat, value, end, len(self._flat))
        return None

    def _lowered(self) -> str:
        """The text in small letters, line ends as spaces, offsets as given; "" where letters change their number."""
        if self._lower is None:
            lower = self._flat.lower()
            self._lower = lower if len(lower) == len(self._flat) else ""
        return self._lower

    def given_offset(self, here: int) -> int:
        """Offset in the text as given of an offset in `text`."""
        offsets = self._offsets
        at = bisect_right(offsets.here, here) - 1
        return min(offsets.there[at] + here - offsets.here[at], max(0, len(self.given) - 1))

    def _found(self, start: int, end: int) -> Found:
        return Found(self.given_offset(start), self.given_offset(end - 1) + 1)

    def _here_offset(self, given: int) -> int:
        offsets = self._offsets
        at = max(0, bisect_right(offsets.there, given) - 1)
        return offsets.here[at] + max(0, given - offsets.there[at])

    def _phrase(self, needle: str, near: int = 0, exact: str = "") -> Found | None:
        """A run of whole words. `exact`: the value as given; where it is one or two letters, case counts (Go, R)."""
        text, size = self.text, len(needle)
        if not needle or needle not in text:
            return None
        case = exact.strip() if size <= 2 and exact else ""
        begins = self._here_offset(near) if near else 0
        for first in (begins, 0) if begins else (0,):
            for at in word_places(text, needle, first):
                end = at + size
                if (end == len(text) or not continues(needle[-1], text[end])) and not (
                    end < len(text) and text[end] in "+#" and needle[-1].isalnum()
                ):
                    found = self._found(at, end)
                    if not case or self.given[found.start : found.end] == case:
                        return found
        return None

    def _otherwise(self, value: str, kind: Looked) -> Found | None:
        match kind:
            case "skill":
                return self._spelt_otherwise(value) or self._respaced(value)
            case "language":
                return self._any(language_spellings(value))
            case "level":
                return self._any(_level_labels(value)) or self._together(tokens(value))
            case "name":
                return self._any(_with_initials(value)) or self._together(person_words(value)) or self._respaced(value)
            case "place":
                return self._find_place(value)
            case "organisation":
                return (
                    self._any(_with_initials(value))
                    or self._together(organisation_words(value))
                    or self._respaced(value)
                )
            case "title":
                return self._find_title(value) or self._respaced(value)
            case "degree":
                return self._find_degree(value) or self._respaced(value)
            case _:
                return self._respaced(value)

    def _spelt_otherwise(self, value: str) -> Found | None:
        """A skill under another of its names; its own letters with a space (type script) stand on one line."""
        for needle in _long_enough(skill_spellings(value)):
            place = self._phrase(needle)
            if place is None or (
                "\n" in self.given[place.start : place.end] and " " not in value and squeeze(needle) == squeeze(value)
            ):
                continue
            return place
        return None

    def _any(self, needles: tuple[str, ...]) -> Found | None:
        return next((place for needle in needles if (place := self._phrase(needle))), None)

    def _respaced(self, value: str) -> Found | None:
        """The same words with other spaces, hyphens or accents, or, of a statement, in another spelling."""
        needle = squeeze(value)
        if (
            (" " in value or not value.isascii())
            and len(needle) > 2
            and (place := self.passages.find(value)) is not None
        ):
            return self._found(*place)
        if len(needle) >= _LEAST_SQUEEZED and not needle.isdigit():
            self._squeezed = self._squeezed or Squeezed(self.given)
            if found := self._squeezed.find(needle):
                return Found(*found)
        if self.text.isascii() and value.isascii():
            return None
        if self._unaccented is None:
            self._unaccented = unaccented_letters(self.text)
        plain = unaccented(value)
        at = whole(self._unaccented, plain, 0) if len(plain) >= _LEAST_SQUEEZED else -1
        return None if at < 0 else self._found(at, at + len(plain))

    def _find_place(self, value: str) -> Found | None:
        parts = [part for part in re.split(r"[,;/()|]| - ", value) if normalise(part)]
        found = [self._place_part(part) for part in parts]
        if parts and all(found):
            return found[0]
        return self._together(tuple(sorted(place_words(value))))

    def _place_part(self, part: str) -> Found | None:
        place = self._phrase(normalise(part))
        if place is not None:
            return place
        main = _main_places().get(place_words(part))
        return self._any((main, *place_spellings(main))) if main else None

    def _find_title(self, value: str) -> Found | None:
        parts = [part for part in re.split(r" / |/|\||;", value) if normalise(part)]
        if len(parts) > 1 and all(found := [self._phrase(normalise(part)) or self._find_title(part) for part in parts]):
            return found[0]
        for reading in title_readings(value):
            place = self._together(reading)
            if place is not None:
                return place
        return self._respelt(words(value), _shortened())

    def _find_degree(self, value: str) -> Found | None:
        place = self._together(tuple(word for word in tokens(value) if word not in ("in", "of")))
        return place or self._respelt(degree_words(value), _degree_spellings())

    def _respelt(self, given: tuple[str, ...], spellings: dict[str, tuple[str, ...]]) -> Found | None:
        """Every word there, itself or in another spelling; the place is that of the first."""
        places = [self._phrase(word) or self._any(spellings.get(word, ())) for word in given]
        return places[0] if places and all(places) and len(given) <= 12 else None

    def _together(self, given: tuple[str, ...]) -> Found | None:
        """All words close together, in any order."""
        wanted = tuple(dict.fromkeys(given))
        if len(wanted) < 2 or len(wanted) > 24:
            return self._phrase(wanted[0]) if wanted else None
        longest = max(wanted, key=len)
        reach = sum(map(len, wanted)) * 2 + 24
        for at in islice(places_of(self.text, longest), _MOST_PLACES * 4):
            low, high = max(0, at - reach), min(len(self.text), at + len(longest) + reach)
            around = self.text[low:high]
            if set(wanted) <= set(tokens_of(around)):
                starts = [around.find(word) for word in wanted]
                return self._found(
                    low + min(starts), low + max(s + len(w) for s, w in zip(starts, wanted, strict=True))
                )
        return None

    def _find_date(self, value: str, near: int) -> Found | None:
        date = parse_date(value)
        if date is None:
            return self._phrase(normalise(value), near) or self._respaced(value)
        if date.present:
            place = says_present(self.text)
            return self._found(place.start(), place.end()) if place else None
        if printed := date_like(self._lowered(), date, near):
            # Most dates with their year in four digits need no folding of the text.
            return Found(printed.start, printed.end)
        if date not in self._dates:
            self._dates[date] = list(dates_like(self.text, date)) or self._printed_elsewise(date)
        all_printed = self._dates[date]
        if not all_printed:
            return None
        here = self._here_offset(near)
        best = next((printed for printed in all_printed if printed.start >= here), all_printed[0])
        return self._found(best.start, best.end)

    def _printed_elsewise(self, date: CvDate) -> list[Printed]:
        if self._elsewise is None:
            self._elsewise = list(dates_elsewise(self.text))
        return [printed for printed in self._elsewise if printed.date == date]


@lru_cache(maxsize=32)
def haystack(text: str) -> Haystack:
    """`text` made ready for looking things up; the last 32 are remembered."""
    return Haystack(text)


_SHORT = 2
_PART_BEFORE = re.compile(r"[^\W\d_][-\u2010\u2011&]$")
_PART_AFTER = re.compile(r"&[^\W\d_]")
_ADDRESSES = frozenset({"email", "phone", "linkedin", "link"})
_BETWEEN_INITIALS = re.compile(r"(?<=\b[^\W\d_]\.)\s*(?=[^\W\d_]\.)")


def _with_initials(value: str) -> tuple[str, ...]:
    """Initials and `&` with and without spaces."""
    folded = normalise(value)
    found = {folded}
    if "." in folded:
        found |= {_BETWEEN_INITIALS.sub("", folded), _BETWEEN_INITIALS.sub(" ", folded)}
    if "&" in folded:
        found |= {re.sub(r"\s*&\s*", mark, one) for one in found for mark in ("&", " & ")}
    return tuple(sorted(found - {folded}))


def _long_enough(spellings: tuple[str, ...]) -> tuple[str, ...]:
    """Without names of one or two letters: those count only as printed (Go is a skill, "go" a word)."""
    return tuple(spelling for spelling in spellings if len(spelling) > 2)


def _level_labels(value: str) -> tuple[str, ...]:
    level = proficiency_level(value)
    labels = table("languages")["levels"].get(str(level), ()) if level else ()
    return tuple(normalise(label) for label in labels)


@lru_cache(maxsize=1)
def _main_places() -> dict[frozenset[str], str]:
    """Main names of places by their words: of those with the same words the first."""
    found: dict[frozenset[str], str] = {}
    for main in table("places")["names"]:
        found.setdefault(place_words(main), main)
    return found


@lru_cache(maxsize=1)
def _shortened() -> dict[str, tuple[str, ...]]:
    """Word of a title to its abbreviations."""
    short: dict[str, tuple[str, ...]] = {}
    for abbreviation, readings in table("titles")["readings"].items():
        for reading in readings:
            short[reading] = (*short.get(reading, ()), abbreviation)
    return short


@lru_cache(maxsize=1)
def _degree_spellings() -> dict[str, tuple[str, ...]]:
    """Short form of a degree to all its spellings, with dots too ("b.sc")."""
    return {
        main: tuple(dict.fromkeys(normalise(form) for one in (main, *others) for form in (one, one.replace(" ", "."))))
        for main, others in table("degrees")["forms"].items()
    }
