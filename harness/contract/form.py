"""How an answer is written, beside the CV's text: capitals, stars, doubles, blanks … The rung above the strict one.

What the CV itself prints in this way is right, and so is what its golden has. Values are judged only where the text
shows that they could have been written as they should; what is not in the text at all is no matter of form.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from itertools import pairwise

from harness.base.types import Json
from harness.contract.types import Violation
from harness.values.placeholders import is_placeholder

MESSAGES: Mapping[str, str] = {
    "capitals": "in capitals, where the CV is not",
    "small letters": "in small letters, where the CV is not",
    "accents": "without the accents that the CV has",
    "twice": "the same item twice in a list",
    "white space": "white space at the edges, doubled, or inside an address",
    "invisible": "invisible characters",
    "marks": "Markdown, HTML or escapes around the value",
    "placeholder": "a placeholder instead of an empty value",
    "bullet mark": "a bullet's dash or number before the value",
    "honorific": "a form of address that the CV does not print",
    "order": "the CV's order turned round",
}
"""By kind of problem: what is wrong, in words without a value."""

_LEAST = 4
"""Letters of a value whose case is looked at: shorter ones are abbreviations and codes."""
_IN_A_ROW = 3
"""Bullets whose order says something."""
_NO_CASE = frozenset({"id", "email", "linkedin", "portfolio"})
_ONE_WORD = frozenset({"email", "linkedin", "portfolio"})
_BLANKS = re.compile(r"^\s|\s$|[\t\r\n\x0b\x0c\u2028\u2029]|  ")
_INVISIBLE = re.compile(
    r"[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0e-\x1f\x7f]"
)
_MARKS = re.compile(
    r"\*\*|__|^\*\S.*\S\*$|^#{1,6} |`|</?[a-z][^<>]*>"
    r"|&(?:[a-z]{2,8}|#\d{1,5}|#x[0-9a-f]+);",
    re.I,
)
_ACCENTS = re.compile(r"[\u0300-\u036f]")
_GLYPH = re.compile(r"^[-–—−•‣◦●○■▪▫►▸➢✓✔·›»*+>]+\s")
_NUMBERED = re.compile(r"^(?:\d{1,2}[.)]|[a-z]\)|\(\w\))\s", re.I)
_HONORIFIC = re.compile(
    r"^(?:mr|mrs|ms|miss|mx|sir|dr|prof|professor|herr|frau|monsieur|madame|mme|sr|sra|don|doña|pan|pani)\b\.?\s", re.I
)


class Printed:
    """A CV's text as far as form goes: its values with every case and accent as printed."""

    def __init__(self, text: str) -> None:
        self.given = text
        self.text = " ".join(text.split())

    @cached_property
    def folded(self) -> str:
        return self.text.casefold()

    @cached_property
    def plain(self) -> str:
        return _plain(self.folded)


@lru_cache(maxsize=4)
def printed(text: str) -> Printed:
    """The last few, remembered: all answers to a CV come one after the other."""
    return Printed(text)


def form_problems(cv: Mapping[str, Json], text: str, right: Json = None) -> tuple[Violation, ...]:
    """Every value of a contract object that is not written as its CV has it, in order of place.

    text: what was read of the CV. right: a golden; its values are right as they are. No CV values in the messages.
    """
    page = printed(text)
    found = list(_problems(cv, page, right))
    if found and isinstance(right, dict):
        sections = {place.split("/")[1] for place, _ in found}
        known = dict(_problems({name: right[name] for name in sections & right.keys()}, page))
        found = [(place, kind) for place, kind in found if known.get(place) != kind]
        golden = frozenset(_strings(right)) if found else frozenset()
        found = [(place, kind) for place, kind in found if kind in ("twice", "order") or _at(cv, place) not in golden]
    return tuple(Violation(place, kind, MESSAGES[kind]) for place, kind in found)


def _problems(cv: Mapping[str, Json], page: Printed, right: Json = None) -> Iterator[tuple[str, str]]:
    """(JSON pointer, kind), at most one kind for each value, and one for each list. What is the same in `right` at the
    same place is left out: nearly everything, and none of it would be told."""
    beside = right if isinstance(right, dict) else {}
    for section, content in cv.items():
        place, other = f"/{section}", beside.get(section)
        if content == other:
            continue
        if isinstance(content, dict):
            yield from _of_entry(place, content, page, other)
        elif isinstance(content, list):
            if any(isinstance(each, str) for each in content):
                yield from _of_list(place, section, content, page)
            others = other if isinstance(other, list) else []
            for index, entry in enumerate(content):
                same = others[index] if index < len(others) else None
                if isinstance(entry, dict) and entry != same:
                    yield from _of_entry(f"{place}/{index}", entry, page, same)


def _of_entry(place: str, entry: Mapping[str, Json], page: Printed, right: Json) -> Iterator[tuple[str, str]]:
    beside = right if isinstance(right, dict) else {}
    for name, value in entry.items():
        if not value or name == "id" or value == beside.get(name):
            continue
        if isinstance(value, list):
            yield from _of_list(f"{place}/{name}", name, value, page)
        elif isinstance(value, str):
            kind = _of_value(name, value, page)
            if kind:
                yield f"{place}/{name}", kind


def _of_list(place: str, name: str, values: list[Json], page: Printed) -> Iterator[tuple[str, str]]:
    said = [value if isinstance(value, str) else "" for value in values]
    for index, value in enumerate(said):
        kind = "bullet mark" if value and _marked(value, page) else _of_value(name, value, page) if value else ""
        if kind:
            yield f"{place}/{index}", kind
    folded = [" ".join(value.split()).casefold() for value in said]
    if len(set(folded)) < len(folded) and any(
        value and folded.count(value) > max(1, page.folded.count(value)) for value in set(folded)
    ):
        yield place, "twice"
    elif name in ("description", "details") and _turned(said, page):
        yield place, "order"


def _of_value(name: str, value: str, page: Printed) -> str:
    """The kind of problem; "" for nearly all values, at the price of one search in the text."""
    if value.isascii() and value.isprintable() and value in page.text and value == value.strip() and "  " not in value:
        return "placeholder" if len(value) < 3 and is_placeholder(value) else ""
    if is_placeholder(value):
        return "" if value in page.text and any(map(str.isalnum, value)) else "placeholder"
    if _INVISIBLE.search(value) and value not in page.text:
        return "invisible"
    if (_BLANKS.search(value) and not _spaced_so(value, page)) or (
        name in _ONE_WORD and any(map(str.isspace, value)) and value not in page.text
    ):
        return "white space"
    if (_MARKS.search(value) or _links(value)) and value not in page.text:
        return "marks"
    if name == "name" and _HONORIFIC.match(value) and value.casefold() not in page.folded:
        return "honorific"
    return "" if name in _NO_CASE else _of_letters(name, " ".join(value.split()), page)


def _links(value: str) -> bool:
    """Markdown's `[words](address)`, in linear time: as a pattern, every "[" looks to the end."""
    last, at = value.rfind(")"), 0
    for before, after in pairwise(value.split("]")):
        at += len(before) + 1
        if after.startswith("(") and "[" in before[:-1] and at < last:
            return True
    return False


def _of_letters(name: str, value: str, page: Printed) -> str:
    """Case, accents and the order of a name, of a value that the text has, but not so."""
    folded = value.casefold()
    if value in page.text:
        return ""
    if folded in page.folded:
        if sum(map(str.isalpha, value)) >= _LEAST:
            if value.isupper():
                return "capitals"
            if value.islower():
                return "small letters"
        return ""
    if _plain(folded) == folded and any(map(str.isalpha, folded)) and folded in page.plain:
        return "accents"
    return "order" if name == "name" and "," not in value and _turned_round(folded.split(), page) else ""


def _turned_round(words: list[str], page: Printed) -> bool:
    return any(" ".join((*words[cut:], *words[:cut])) in page.folded for cut in range(1, len(words)))


def _spaced_so(value: str, page: Printed) -> bool:
    """Whether the text itself has the value's doubled spaces, as columns come to be read."""
    return value == value.strip() and not any(map(str.isspace, value.replace(" ", ""))) and value in page.given


def _marked(value: str, page: Printed) -> bool:
    """Whether a bullet's own sign came with it: a dash never belongs there, a number only where it is printed."""
    return bool(_GLYPH.match(value)) or bool(_NUMBERED.match(value) and value not in page.text)


def _turned(values: list[str], page: Printed) -> bool:
    """Whether all bullets of a list stand in the text, and in the opposite order."""
    last = len(page.text) + 1
    for value in values:
        place = page.text.find(value)
        if not 0 <= place < last:
            return False
        last = place
    return len(values) >= _IN_A_ROW


def _plain(text: str) -> str:
    """Letters without their accents."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def _strings(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(child)


def _at(cv: Json, place: str) -> Json:
    """What stands at a JSON pointer of ours."""
    for step in place.split("/")[1:]:
        cv = cv[int(step)] if isinstance(cv, list) else cv[step]
    return cv
