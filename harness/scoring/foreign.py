"""Another person's data in an answer: values that stand in somebody else's CV and not in one's own.

Needs no golden, only the texts that were read and the answers that came. A value that stands in its own text is never
looked at again, so that the work is one pass over the answers and one over the texts, and what is kept in between is
what no text of its own explains.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from harness.base.types import Json
from harness.scoring.foreign_words import OwnText, Phrase, plain_words
from harness.scoring.looked import Looked
from harness.scoring.unexplained import (
    DATED,
    Known,
    Suspect,
    Trace,
    Unexplained,
    key_of,
    listed,
    mark,
    marks_of,
    said_beside,
    text_of,
    unpacked,
)

RARE = 3
"""A value of more people than this is nobody's own: an agency's address, a clause that all CVs end with."""
SEVERAL = 3
"""Single values of one other person that together are no accident."""


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as far as this looks at it. person: whose CV the document is."""

    document: str
    person: str
    answer: Json


@dataclass(frozen=True, slots=True)
class Packed:
    """The same of an answer that is not held. before: `unexplained.packed` of it; load: reads the answer."""

    document: str
    person: str
    before: bytes
    load: Callable[[], Json]

    @property
    def answer(self) -> Json:
        return self.load()


@dataclass(frozen=True, slots=True)
class Foreign:
    """A value of another person's CV. path: in the answer, with indices; owner: a document in which it stands."""

    path: str
    trace: Trace
    value: str
    owner: str
    owner_person: str


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
    given: Iterable[Given | Packed],
    texts: Mapping[str, str],
    people: Mapping[str, str],
    looked: Looked | None = None,
) -> tuple[tuple[Foreign, ...], ...]:
    """What each answer says of other people, one tuple for each of `given`, in order of path. They are gone through
    twice at most, and nothing of those is held that their own texts explain.

    texts: of all documents, by id; an answer whose own document has no text cannot be judged and has nothing here.
    people: whose CV each document is, twins and second files by the same name. looked: what was found out before, which
    is used up. Time grows with the sum of all lengths.
    """
    looked = looked or Looked()
    own = _OwnTexts(texts, looked)
    owners = _Owners()
    known: dict[str, Known] = defaultdict(dict)
    strange = [_strange(one, own, known, looked) for one in given]
    looked.forget()
    wanted = _Wanted([key for of in strange if of for _, _, key in of.found.entries])
    for one in given if wanted.keys else ():
        if not wanted.perhaps(one):
            continue
        text = own.get(one.document)
        if text is not None and isinstance(one.answer, dict):
            for name, key in wanted.among(one.answer):
                if text.has_words(name):
                    owners.add(key, one.person, one.document)
    _look(
        (suspect for of in strange if of for _, _, every in of.found.values for suspect in every), own, people, owners
    )
    return tuple(tuple(_found(of, owners)) if of else () for of in strange)


@dataclass(frozen=True, slots=True)
class _Strange:
    """What of an answer its own text does not explain."""

    document: str
    person: str
    kept: Unexplained | bytes

    @property
    def found(self) -> Unexplained:
        """Unpacked each time: those of very many answers are not held."""
        found = unpacked(self.kept) if isinstance(self.kept, bytes) else self.kept
        assert found is not None
        return found


def _strange(one: Given | Packed, own: _OwnTexts, known: dict[str, Known], looked: Looked) -> _Strange | None:
    """None for most answers."""
    found: Unexplained | bytes | None
    if isinstance(one, Packed):
        found = one.before if one.document in own and unpacked(one.before) is not None else None
    else:
        found = looked.unexplained(one.document, one.answer, own.get(one.document), known[one.document])
    return _Strange(one.document, one.person, found) if found is not None else None


class _Wanted:
    """Keys of entries that are looked for in other answers."""

    def __init__(self, keys: Iterable[Phrase]) -> None:
        self.keys = frozenset(keys)
        self._beside = frozenset((key[0], *key[key.index("\0") + 1 :]) for key in self.keys)
        self._marks = frozenset(map(mark, self._beside))

    def perhaps(self, one: Given | Packed) -> bool:
        """Whether an answer has to be gone through: not where its marks say that none of them is in it."""
        return not (isinstance(one, Packed) and self._marks.isdisjoint(marks_of(one.before)))

    def among(self, cv: Mapping[str, Json]) -> Iterator[tuple[Phrase, Phrase]]:
        """Words of the name, and key, of each entry of an answer that is one of them."""
        for section, (name, beside) in DATED.items():
            for entry in listed(cv.get(section)):
                if isinstance(entry, dict) and (section, *said_beside(entry, beside)) in self._beside:
                    called = plain_words(text_of(entry.get(name)))
                    key = key_of(section, called, said_beside(entry, beside))
                    if key in self.keys:
                        yield called, key


class _OwnTexts:
    """The texts that say anything, each taken apart; so many of them are held. Of more texts hardly any: whoever goes
    through all of them in turn meets none again before it has to go."""

    HELD = 4000
    FEW = 16

    def __init__(self, texts: Mapping[str, str], looked: Looked) -> None:
        self._texts = texts
        self._looked = looked
        self._held: dict[str, OwnText | None] = {}
        self._most = self.HELD if len(texts) <= self.HELD else self.FEW

    def __contains__(self, document: str) -> bool:
        return document in self._texts

    def get(self, document: str) -> OwnText | None:
        if document not in self._held:
            if len(self._held) >= self._most:
                self._held.pop(next(iter(self._held)))
            self._held[document] = self._apart(document)
        return self._held[document]

    def items(self) -> Iterator[tuple[str, OwnText]]:
        """All of them; those that are not held yet are not held then."""
        for document in self._texts:
            if document in self._held:
                text = self._held[document]
            else:
                text = self._apart(document)
            if text is not None:
                yield document, text

    def _apart(self, document: str) -> OwnText | None:
        text = self._texts.get(document, "")
        return self._looked.text(document, text) or (OwnText(text) if text.strip() else None)


def _found(one: _Strange, owners: _Owners) -> Iterator[Foreign]:
    """The foreign values of one answer; single values that give nobody away alone only where there are several."""
    weak: dict[str, list[Foreign]] = defaultdict(list)
    told = one.found
    for path, value, key in told.entries:
        for person, document in list(owners.others(key, one.person).items())[:1]:
            yield Foreign(path, "entry", value, document, person)
    for path, value, suspects in told.values:
        for suspect in suspects:
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


def _look(suspects: Iterable[Suspect], own: _OwnTexts, people: Mapping[str, str], owners: _Owners) -> None:
    """One pass over all texts for what the answers' own texts did not have."""
    phrases: dict[str, set[Phrase]] = defaultdict(set)
    runs: set[Phrase] = set()
    numbers: set[Phrase] = set()
    for suspect in suspects:
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
