"""Another person's data in an answer: values that stand in somebody else's CV and not in one's own.

Needs no golden, only the texts that were read and the answers that came. A value that stands in its own text is never
looked at again, so that the work is one pass over the answers and one over the texts, and what is kept in between is
what no text of its own explains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from harness.base.types import Json
from harness.scoring.foreign_words import NUMBER, OwnText, Phrase, content_words, digits_of, plain_words, windows

Trace: TypeAlias = Literal["name", "e-mail", "telephone", "link", "address", "entry", "passage", "values"]
"""What gave it away. entry: a role, study, certificate … with its dates; passage: a run of words of a text; values:
several single values of one person, each of which alone would say nothing."""

RARE = 3
"""A value of more people than this is nobody's own: an agency's address, a clause that all CVs end with."""
STRANGE = 2
"""Words of a passage that the own text must lack: fewer, and it may be the own sentence, read in another order."""
SHORTEST = 4
"""Content words of a bullet that is told apart as a whole, where it has no run of `WINDOW`."""
SEVERAL = 3
"""Single values of one other person that together are no accident."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as far as this looks at it. person: whose CV the document is."""

    document: str
    person: str
    answer: Json


@dataclass(frozen=True, slots=True)
class Foreign:
    """A value of another person's CV. path: in the answer, with indices; owner: a document in which it stands."""

    path: str
    trace: Trace
    value: str
    owner: str
    owner_person: str


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A value that its own text does not have, and by which phrases it would be found in another text."""

    path: str
    trace: Trace
    value: str
    keys: tuple[Phrase, ...]
    sought: Literal["words", "run", "digits"] = "words"


@dataclass(slots=True)
class _Owners:
    """Where each wanted phrase stands: the first document of each person, up to one more than is rare."""

    of: dict[Phrase, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, key: Phrase, person: str, document: str) -> None:
        found = self.of[key]
        if len(found) <= RARE + 1:
            found.setdefault(person, document)

    def others(self, key: Phrase, person: str) -> dict[str, str]:
        """By person, without one's own; none where it is too common to be anybody's."""
        found = {name: document for name, document in self.of.get(key, {}).items() if name != person}
        return found if len(found) <= RARE else {}


def foreign(
    given: Iterable[Given], texts: Mapping[str, str], people: Mapping[str, str]
) -> tuple[tuple[Foreign, ...], ...]:
    """What each answer says of other people, one tuple for each of `given`, in order of path. They are gone through
    twice at most, and nothing of those is held that their own texts explain.

    texts: of all documents, by id; an answer whose own document has no text cannot be judged and has nothing here.
    people: whose CV each document is, twins and second files by the same name. Time grows with the sum of all lengths.
    """
    own = _OwnTexts(texts)
    owners = _Owners()
    suspects: dict[tuple[str, str, str], tuple[_Suspect, ...]] = {}
    strange = [_strange(one, own.get(one.document), suspects) for one in given]
    wanted = _Wanted([key for of in strange if of for _, _, key in of.entries])
    for one in given if wanted.keys else ():
        text = own.get(one.document)
        if text is not None and isinstance(one.answer, dict):
            for name, key in wanted.among(one.answer):
                if text.has_words(name):
                    owners.add(key, one.person, one.document)
    _look(suspects, own, people, owners)
    return tuple(tuple(_found(of, suspects, owners)) if of else () for of in strange)


@dataclass(frozen=True, slots=True)
class _Strange:
    """What of an answer its own text does not explain. entries: path, value and key; values: path and value of each
    that has suspects."""

    document: str
    person: str
    entries: tuple[tuple[str, str, Phrase], ...]
    values: tuple[tuple[str, str], ...]


def _strange(
    one: Given, text: OwnText | None, suspects: dict[tuple[str, str, str], tuple[_Suspect, ...]]
) -> _Strange | None:
    """None for most answers. Adds to `suspects`, by document, path and value."""
    if text is None or not isinstance(one.answer, dict):
        return None
    entries = tuple(
        (path, value, key) for path, value, name, key in _entries(one.answer, text) if not text.has_words(name)
    )
    values = []
    for path, trace, value in _values(one.answer, text):
        place = one.document, path, value
        if place not in suspects and (found := tuple(_suspects(path, trace, value, text))):
            suspects[place] = found
        if place in suspects:
            values.append((path, value))
    return _Strange(one.document, one.person, entries, tuple(values)) if entries or values else None


class _Wanted:
    """Keys of entries that are looked for in other answers."""

    def __init__(self, keys: Iterable[Phrase]) -> None:
        self.keys = frozenset(keys)
        self._beside = frozenset((key[0], *key[key.index("\0") + 1 :]) for key in self.keys)

    def among(self, cv: Mapping[str, Json]) -> Iterator[tuple[Phrase, Phrase]]:
        """Words of the name, and key, of each entry of an answer that is one of them."""
        for section, (name, beside) in _DATED.items():
            for entry in _listed(cv.get(section)):
                if isinstance(entry, dict) and (section, *_said_beside(entry, beside)) in self._beside:
                    called = plain_words(_text(entry.get(name)))
                    key = _key(section, called, _said_beside(entry, beside))
                    if key in self.keys:
                        yield called, key


class _OwnTexts:
    """The texts that say anything, each taken apart; so many of them are held."""

    HELD = 4000

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._held: dict[str, OwnText | None] = {}

    def get(self, document: str) -> OwnText | None:
        if document not in self._held:
            text = self._texts.get(document, "")
            if len(self._held) >= self.HELD:
                self._held.pop(next(iter(self._held)))
            self._held[document] = OwnText(text) if text.strip() else None
        return self._held[document]

    def items(self) -> Iterator[tuple[str, OwnText]]:
        for document in self._texts:
            if (text := self.get(document)) is not None:
                yield document, text


def _found(
    one: _Strange, suspects: Mapping[tuple[str, str, str], tuple[_Suspect, ...]], owners: _Owners
) -> Iterator[Foreign]:
    """The foreign values of one answer; single values that give nobody away alone only where there are several."""
    weak: dict[str, list[Foreign]] = defaultdict(list)
    for path, value, key in one.entries:
        for person, document in list(owners.others(key, one.person).items())[:1]:
            yield Foreign(path, "entry", value, document, person)
    for path, value in one.values:
        for suspect in suspects[one.document, path, value]:
            there = next((found for key in suspect.keys if (found := owners.others(key, one.person))), None)
            if not there:
                continue
            if suspect.trace == "values":
                for person, document in there.items():
                    weak[person].append(Foreign(path, "values", value, document, person))
            else:
                person, document = next(iter(there.items()))
                yield Foreign(path, suspect.trace, suspect.value, document, person)
            break
    for several in weak.values():
        if len({plain_words(each.value) for each in several}) >= SEVERAL:
            yield from several


def _look(
    suspects: Mapping[tuple[str, str, str], tuple[_Suspect, ...]],
    own: _OwnTexts,
    people: Mapping[str, str],
    owners: _Owners,
) -> None:
    """One pass over all texts for what the answers' own texts did not have."""
    phrases: dict[str, set[Phrase]] = defaultdict(set)
    runs: set[Phrase] = set()
    numbers: set[Phrase] = set()
    for every in suspects.values():
        for suspect in every:
            for key in suspect.keys:
                if suspect.sought == "digits":
                    numbers.add(key)
                elif suspect.sought == "run":
                    runs.add(key)
                else:
                    phrases[key[0]].add(key)
    if not (phrases or runs or numbers):
        return
    beginning = frozenset(run[0] for run in runs)
    for document, text in own.items():
        person = people.get(document, document)
        for key in text.phrases(phrases) if phrases else ():
            owners.add(key, person, document)
        for key in runs.intersection(text.windows(beginning)) if runs else ():
            owners.add(key, person, document)
        for key in numbers.intersection(text.numbers()) if numbers else ():
            owners.add(key, person, document)


_CONTACT: Mapping[str, Trace] = {
    "name": "name",
    "email": "e-mail",
    "phone": "telephone",
    "linkedin": "link",
    "portfolio": "link",
    "location": "address",
}
_DATED: Mapping[str, tuple[str, tuple[str, ...]]] = {
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
    for section, (name, beside) in _DATED.items():
        for index, entry in enumerate(_listed(cv.get(section))):
            said = _text(entry.get(name)) if isinstance(entry, dict) else ""
            if not isinstance(entry, dict) or not said or own.prints(said):
                continue
            called, rest = plain_words(said), _said_beside(entry, beside)
            dated = any(any(map(str.isdigit, each)) for each in rest)
            if called and dated and sum(map(bool, rest)) >= min(2, len(rest)):
                value = ", ".join((said, *(_text(entry.get(each)) for each in beside)))
                yield f"{section}[{index}].{name}", value, called, _key(section, called, rest)


def _said_beside(entry: Mapping[str, Json], beside: Iterable[str]) -> Phrase:
    return tuple([_text(entry.get(each)).casefold().strip() for each in beside])


def _key(section: str, called: Phrase, beside: Phrase) -> Phrase:
    return (section, *called, "\0", *beside)


def _values(cv: Json, own: OwnText) -> Iterator[tuple[str, Trace, str]]:
    """The values that the own text does not print, in order, by how each would give somebody away; a list of short
    values is a passage as a whole too."""
    contact = cv.get("personal_info")
    for name, value in contact.items() if isinstance(contact, dict) else ():
        said, trace = _text(value), _CONTACT.get(name, "passage")
        if said and not _is_printed(trace, said, own):
            yield f"personal_info.{name}", trace, said
    for section, entries in cv.items():
        listed = _listed(entries)
        if section == "skills":
            yield from _list_of(section, listed, own)
            continue
        for index, entry in enumerate(listed):
            for name, value in entry.items() if isinstance(entry, dict) else ():
                if isinstance(value, list):
                    yield from _list_of(f"{section}[{index}].{name}", value, own)
                elif name != "id" and (said := _text(value)) and not own.prints(said):
                    yield f"{section}[{index}].{name}", "values", said


def _list_of(path: str, values: Iterable[Json], own: OwnText) -> Iterator[tuple[str, Trace, str]]:
    said = [_text(value) for value in values]
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


def _suspects(path: str, trace: Trace, value: str, text: OwnText) -> Iterator[_Suspect]:
    """What of a value its own text does not have. Nothing for nearly all values."""
    called = plain_words(value)
    if trace == "telephone":
        digits = digits_of(value)
        if len(digits) >= NUMBER and not text.has_digits(digits[-7:]):
            yield _Suspect(path, trace, value, ((digits[-NUMBER:],),), "digits")
    elif trace in ("e-mail", "link"):
        called = _address(called) if trace == "link" else called
        if sum(map(len, called)) >= 6 and not text.has_squeezed(called):
            yield _Suspect(path, trace, value, (called,))
    elif called and not text.has_words(called):
        yield from _of_words(path, trace, value, called, text)


def _of_words(path: str, trace: Trace, value: str, called: Phrase, text: OwnText) -> Iterator[_Suspect]:
    """The same for values that are made of words, some of which the own text does not have."""
    strange = text.strange(called)
    if trace == "passage":
        keys = tuple(key for key in windows(called) if len(set(text.strange(key))) >= STRANGE)
        if keys:
            yield _Suspect(path, trace, value, keys, "run")
        elif (
            not path.endswith(("skills", "technologies"))
            and len(content_words(called)) >= SHORTEST
            and len(set(strange)) >= STRANGE
        ):
            yield _Suspect(path, trace, value, (called,))
    elif trace == "name":
        if len(called) >= 2 and any(not text.nearly(word) for word in strange):
            yield _Suspect(path, trace, value, (called, (*called[1:], called[0]), (called[-1], *called[:-1])))
    elif trace == "address" and len(called) >= 3 and any(any(map(str.isdigit, word)) for word in called):
        if not text.has_squeezed(called):
            yield _Suspect(path, trace, value, (called,))
    elif strange and _tells(path, called) and not text.shortens(called) and not text.says(value, path):
        yield _Suspect(path, "values", value, (called,))


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


def _listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json) -> str:
    return value.strip() if isinstance(value, str) else ""
