"""What of an answer its own text does not explain: the values that may be somebody else's. One answer and one text are
enough for this, so it is worked out wherever they are at hand."""

from __future__ import annotations

import marshal
import zlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.base.types import Json
from harness.scoring.foreign_words import NUMBER, OwnText, Phrase, content_words, digits_of, plain_words, windows

Trace: TypeAlias = Literal["name", "e-mail", "telephone", "link", "address", "entry", "passage", "values"]
"""What gave it away. entry: a role, study, certificate … with its dates; passage: a run of words of a text; values:
several single values of one person, each of which alone would say nothing."""

STRANGE = 2
"""Words of a passage that the own text must lack: fewer, and it may be the own sentence, read in another order."""
SHORTEST = 4
"""Content words of a bullet that is told apart as a whole, where it has no run of `WINDOW`."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A value that its own text does not have, and by which phrases it would be found in another text."""

    path: str
    trace: Trace
    value: str
    keys: tuple[Phrase, ...]
    sought: Literal["words", "run", "digits"] = "words"


@dataclass(frozen=True, slots=True)
class Unexplained:
    """entries: path, value and key of each entry that stands elsewhere, if anywhere; values: path, value and suspects
    of each that has some."""

    entries: tuple[tuple[str, str, Phrase], ...]
    values: tuple[tuple[str, str, tuple[Suspect, ...]], ...]


Known: TypeAlias = dict[tuple[str, str], tuple[Suspect, ...]]
"""Suspects that were found in a document's answers, by path and value."""


def unexplained(answer: Json, text: OwnText | None, known: Known) -> Unexplained | None:
    """None for most answers. known: of this document; what is found is added."""
    if text is None or not isinstance(answer, dict):
        return None
    entries = tuple((path, value, key) for path, value, name, key in _entries(answer, text) if not text.has_words(name))
    values = []
    for path, trace, value in _values(answer, text):
        place = path, value
        if place not in known and (found := tuple(_suspects(path, trace, value, text))):
            known[place] = found
        if place in known:
            values.append((path, value, known[place]))
    return Unexplained(entries, tuple(values)) if entries or values else None


def packed(answer: Json, text: OwnText | None) -> bytes:
    """The same of one answer as bytes, with the marks of its entries."""
    found = unexplained(answer, text, {})
    marks = array("I", entry_marks(answer)).tobytes() if text is not None else b""
    if found is None:
        return marshal.dumps((marks,))
    values = [
        (path, value, [(of.path, of.trace, of.value, of.keys, of.sought) for of in suspects])
        for path, value, suspects in found.values
    ]
    return marshal.dumps((marks, found.entries, values))


def unpacked(data: bytes) -> Unexplained | None:
    """Inverse of `packed`, without the marks."""
    _, *found = marshal.loads(data)
    if not found:
        return None
    entries, values = found
    return Unexplained(
        entries, tuple((path, value, tuple(Suspect(*each) for each in suspects)) for path, value, suspects in values)
    )


def marks_of(data: bytes) -> array[int]:
    """The marks of the entries of an answer that was packed."""
    return array("I", marshal.loads(data)[0])


def entry_marks(answer: Json) -> Iterator[int]:
    """A number for each entry of an answer, by all but its name: equal entries have equal ones."""
    for section, (_, beside) in DATED.items() if isinstance(answer, dict) else ():
        for entry in listed(answer.get(section)):
            if isinstance(entry, dict):
                yield mark((section, *said_beside(entry, beside)))


def mark(of: Phrase) -> int:
    return zlib.crc32("\0".join(of).encode("utf-8", "surrogatepass"))


_CONTACT: Mapping[str, Trace] = {
    "name": "name",
    "email": "e-mail",
    "phone": "telephone",
    "linkedin": "link",
    "portfolio": "link",
    "location": "address",
}
DATED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "work_experience": ("company", ("start_date", "end_date")),
    "education": ("institution", ("degree", "field", "start_date", "end_date")),
    "projects": ("name", ("date",)),
    "certifications": ("name", ("issuer", "year")),
    "training": ("name", ("provider", "date")),
}
"""What an entry is called, and what makes it one person's own: an employer alone is not."""


_SAID_OTHERWISE = frozenset(
    {"title", "degree", "field", "language", "proficiency", "start_date", "end_date", "date", "year", "expiry"}
)
"""Values that a reader may put in other words than the page, and thereby in another page's."""


def _entries(cv: Mapping[str, Json], own: OwnText) -> Iterator[tuple[str, str, Phrase, Phrase]]:
    """(path, value, words of its name, key) of each entry with a name and all that makes it somebody's own, but for
    those whose name the own text prints."""
    for section, (name, beside) in DATED.items():
        for index, entry in enumerate(listed(cv.get(section))):
            said = text_of(entry.get(name)) if isinstance(entry, dict) else ""
            if not isinstance(entry, dict) or not said or own.prints(said):
                continue
            called, rest = plain_words(said), said_beside(entry, beside)
            dated = any(any(map(str.isdigit, each)) for each in rest)
            if called and dated and sum(map(bool, rest)) >= min(2, len(rest)):
                value = ", ".join((said, *(text_of(entry.get(each)) for each in beside)))
                yield f"{section}[{index}].{name}", value, called, key_of(section, called, rest)


def said_beside(entry: Mapping[str, Json], beside: Iterable[str]) -> Phrase:
    return tuple([text_of(entry.get(each)).casefold().strip() for each in beside])


def key_of(section: str, called: Phrase, beside: Phrase) -> Phrase:
    return (section, *called, "\0", *beside)


def _values(cv: Json, own: OwnText) -> Iterator[tuple[str, Trace, str]]:
    """The values that the own text does not print, in order, by how each would give somebody away; a list of short
    values is a passage as a whole too."""
    contact = cv.get("personal_info")
    for name, value in contact.items() if isinstance(contact, dict) else ():
        said, trace = text_of(value), _CONTACT.get(name, "passage")
        if said and not _is_printed(trace, said, own):
            yield f"personal_info.{name}", trace, said
    for section, entries in cv.items():
        every = listed(entries)
        if section == "skills":
            yield from _list_of(section, every, own)
            continue
        for index, entry in enumerate(every):
            for name, value in entry.items() if isinstance(entry, dict) else ():
                if isinstance(value, list):
                    yield from _list_of(f"{section}[{index}].{name}", value, own)
                elif name != "id" and (said := text_of(value)) and not own.prints(said):
                    yield f"{section}[{index}].{name}", "values", said


def _list_of(path: str, values: Iterable[Json], own: OwnText) -> Iterator[tuple[str, Trace, str]]:
    said = [text_of(value) for value in values]
    prose = path.endswith(("description", "details"))
    known = [not value or own.prints(value) for value in said]
    for index, value in enumerate(said):
        if not known[index]:
            yield f"{path}[{index}]", "passage" if prose else "values", value
    if not prose and not all(known):
        yield path, "passage", " ".join(said)


def _is_printed(trace: Trace, value: str, text: OwnText) -> bool:
    """Whether a text prints a value of the contact so that nothing of it is foreign. An address is looked up by its
    letters in a row."""
    if trace == "link":
        called = plain_words(value)
        own = _address(called)
        if own != called[len(called) - len(own) :]:
            return False
    return (trace not in ("e-mail", "link") or (value.isascii() and len(value.split()) == 1)) and text.prints(value)


def _suspects(path: str, trace: Trace, value: str, text: OwnText) -> Iterator[Suspect]:
    """What of a value its own text does not have. Nothing for nearly all values."""
    called = plain_words(value)
    if trace == "telephone":
        digits = digits_of(value)
        if len(digits) >= NUMBER and not text.has_digits(digits[-7:]):
            yield Suspect(path, trace, value, ((digits[-NUMBER:],),), "digits")
    elif trace in ("e-mail", "link"):
        called = _address(called) if trace == "link" else called
        if sum(map(len, called)) >= 6 and not text.has_squeezed(called):
            yield Suspect(path, trace, value, (called,))
    elif called and not text.has_words(called):
        yield from _of_words(path, trace, value, called, text)


def _of_words(path: str, trace: Trace, value: str, called: Phrase, text: OwnText) -> Iterator[Suspect]:
    """The same for values that are made of words, some of which the own text does not have."""
    strange = text.strange(called)
    if trace == "passage":
        keys = tuple(key for key in windows(called) if len(set(text.strange(key))) >= STRANGE)
        if keys:
            yield Suspect(path, trace, value, keys, "run")
        elif (
            not path.endswith(("skills", "technologies"))
            and len(content_words(called)) >= SHORTEST
            and len(set(strange)) >= STRANGE
        ):
            yield Suspect(path, trace, value, (called,))
    elif trace == "name":
        if len(called) >= 2 and any(not text.nearly(word) for word in strange):
            yield Suspect(path, trace, value, (called, (*called[1:], called[0]), (called[-1], *called[:-1])))
    elif trace == "address" and len(called) >= 3 and any(any(map(str.isdigit, word)) for word in called):
        if not text.has_squeezed(called):
            yield Suspect(path, trace, value, (called,))
    elif strange and _tells(path, called) and not text.shortens(called) and not text.says(value, path):
        yield Suspect(path, "values", value, (called,))


def _tells(path: str, called: Phrase) -> bool:
    """Whether a single value may count with others."""
    return sum(map(len, called)) >= 4 and not called[0][0].isdigit() and path.rpartition(".")[2] not in _SAID_OTHERWISE


def _address(words: Phrase) -> Phrase:
    """What is somebody's own in a web address."""
    kept = tuple(word for word in words[:2] if word not in ("http", "https", "www")) + words[2:]
    for place in ("in", "pub"):
        if "linkedin" in kept and place in kept[1:]:
            return kept[kept.index(place, 1) + 1 :]
    return kept


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def text_of(value: Json) -> str:
    return value.strip() if isinstance(value, str) else ""
