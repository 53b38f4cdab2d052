"""Different spellings of one thing: titles, organisations, people, degrees, skills, places, languages, levels.

Every function gives a key: two values mean the same where their keys are equal. The tables are in `data/`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from itertools import chain, product, takewhile
from operator import itemgetter
from threading import Lock

from harness.values.data import table
from harness.values.normalise import fold, normalise, squeeze, words

_MOST_READINGS = 16


class Phrases:
    """Replaces phrases (runs of words) by their main form, the longest first."""

    def __init__(self, spellings: Mapping[str, Iterable[str]]) -> None:
        """spellings: main form → other spellings of it. Those that begin with a letter that is not ASCII are taken in
        when such a word is first asked about: most of a table of all languages, and of no use to most values."""
        self._by_first: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
        self._later: list[tuple[str, str]] = []
        self._taking_in = Lock()
        now: list[tuple[str, str]] = []
        for main, others in spellings.items():
            for other in others:
                (self._later if _is_beyond_ascii(other[:1]) else now).append((main, other))
        self._take_in(now)

    def _take_in(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Main forms and other spellings of them."""
        touched = set()
        for main, other in pairs:
            phrase = _plain_words(other)
            if phrase:
                self._by_first.setdefault(phrase[0], []).append((phrase, words(main)))
                touched.add(phrase[0])
        for word in touched:
            self._by_first[word].sort(key=lambda pair: (-len(pair[0]), pair))

    def _known(self, given: Iterable[str]) -> bool:
        """Whether any of these words begins a phrase."""
        if self._later and not all(map(str.isascii, given)):
            with self._taking_in:  # scores are made in a thread beside the others
                self._take_in(self._later)
                self._later = []
        return any(word in self._by_first for word in given)

    def replace(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """`given` with each phrase replaced."""
        if not self._known(given):
            return given
        return tuple(chain.from_iterable(said for _, said in self._parts(given)))

    def mains(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """The main forms of the phrases in `given`, and nothing else of it."""
        return tuple(chain.from_iterable(said for known, said in self._parts(given) if known))

    def leading(self, given: tuple[str, ...]) -> tuple[str, ...]:
        """The main forms of the phrases that `given` begins with."""
        return tuple(chain.from_iterable(said for _, said in takewhile(itemgetter(0), self._parts(given))))

    def _parts(self, given: tuple[str, ...]) -> Iterator[tuple[bool, tuple[str, ...]]]:
        """Phrases (their main form) and other words in their order; whether it is a phrase, and the words."""
        self._known(given)
        at = 0
        while at < len(given):
            for phrase, main in self._by_first.get(given[at], ()):
                if given[at : at + len(phrase)] == phrase:
                    yield True, main
                    at += len(phrase)
                    break
            else:
                yield False, (given[at],)
                at += 1


@lru_cache(maxsize=4096)
def _is_beyond_ascii(first: str) -> bool:
    """Whether a word that begins so surely has a letter that is not ASCII: this one, which stays what it is."""
    return not first.isascii() and first.isalpha() and not fold(first).isascii()


def _plain_words(text: str) -> tuple[str, ...]:
    """Words without the dots of abbreviations ("b.sc" → "bsc"); the dot of ".net" and "3.5" stays."""
    return tuple(
        word.replace(".", "") if "." in word[1:] and not any(map(str.isdigit, word)) else word for word in words(text)
    )


def _with_initials(found: tuple[str, ...]) -> tuple[str, ...]:
    """Initials that stand side by side as one word: "J. R." is "J.R."."""
    if sum(len(word) == 1 for word in found) < 2:
        return found
    result: list[str] = []
    together = False
    for word in found:
        initial = len(word) == 1 and word.isalpha() and word < "\u3000"
        if initial and together:
            result[-1] += word
        else:
            result.append(word)
        together = initial
    return tuple(result)


@cache
def _words_in(name: str, key: str) -> frozenset[str]:
    return frozenset(word for entry in table(name)[key] for word in (normalise(entry), *_plain_words(entry)[:1]))


@cache
def _readings(name: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    return {
        _plain_words(short)[0] if _plain_words(short) else short: tuple(words(reading) for reading in readings)
        for short, readings in table(name)["readings"].items()
    }


@lru_cache(maxsize=8192)
def title_readings(text: str) -> tuple[tuple[str, ...], ...]:
    """Sorted words of a job title, abbreviations written out; several where one can mean two things ("Eng")."""
    dropped, connectors = _words_in("titles", "dropped"), _words_in("titles", "connectors")
    spaced = (part for word in _plain_words(text) if word not in dropped for part in _parts(word))
    return _expanded("titles", tuple(word for word in spaced if word not in connectors))


def _parts(word: str) -> tuple[str, ...]:
    """Titles joined by a bare slash are two words each side; known ones ("r&d") stay whole."""
    return (word,) if "/" not in word else tuple(part for part in word.split("/") if part)


def _expanded(name: str, given: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    readings = _readings(name)
    choices = [readings.get(word, ((word,),)) for word in given]
    combinations = 1
    for choice in choices:
        combinations *= len(choice)
    if combinations > _MOST_READINGS:
        choices = [choice[:1] for choice in choices]
    connectors = _words_in(name, "connectors")
    return tuple(
        tuple(sorted(word for part in picked for word in part if word not in connectors))
        for picked in product(*choices)
    )


@cache
def _legal_forms() -> Phrases:
    return Phrases({"": table("companies")["legal_forms"]})


@lru_cache(maxsize=8192)
def organisation_words(text: str) -> tuple[str, ...]:
    """Sorted words of a company, school, issuer or provider without its legal form and connectors."""
    found = _with_initials(_plain_words(text))
    leading, connectors = _words_in("companies", "leading"), _words_in("companies", "connectors")
    kept = found[:1] + _legal_forms().replace(found[1:])  # a name never is its legal form alone
    if len(kept) > 1 and kept[0] in leading:
        kept = kept[1:]
    spelt = (
        reading
        for word in kept
        if word not in connectors
        for reading in _readings("companies").get(word, ((word,),))[0]
    )
    result = tuple(sorted(_without_cjk_form(word) for word in spelt))
    return result or found


def _without_cjk_form(word: str) -> str:
    if word.isascii():
        return word
    for form in table("companies")["leading"][1:]:
        bare = word.removeprefix(form).removesuffix(form)
        if bare and bare != word:
            return bare
    return word


@cache
def _form_names() -> Phrases:
    """Legal forms, each under one name (Limited is ltd); one of several words is several ("ltd", "pty")."""
    companies = table("companies")
    same = companies["same_forms"]
    alone = {form: (form,) for form in companies["legal_forms"] if form not in chain(*same.values())}
    return Phrases({main.replace(".", ""): (main, *same.get(main, ())) for main in (*alone, *same)})


@lru_cache(maxsize=4096)
def legal_forms(text: str) -> frozenset[str]:
    """The legal forms that an organisation's name has, each in one spelling; "Co." and "Company" are none to go by."""
    found = _with_initials(_plain_words(text))
    return _forms(_form_names().mains(found[1:]), found[:1])


def legal_forms_after(text: str) -> frozenset[str]:
    """The legal forms that a text begins with, what goes before it being a name."""
    return _forms(_form_names().leading(_with_initials(_plain_words(text))), ())


def _forms(said: tuple[str, ...], first: tuple[str, ...]) -> frozenset[str]:
    leading = _words_in("companies", "leading") - {"the"}
    forms = {*said, *(word for word in first if word in leading)} - _words_in("companies", "connectors")
    return frozenset(forms - {"co"})


@lru_cache(maxsize=4096)
def name_of_organisation(text: str) -> tuple[str, ...]:
    """The words of an organisation's name in their order, without legal forms."""
    found = _with_initials(_plain_words(text))
    leading = found[:1] if found[:1] and found[0] not in _words_in("companies", "leading") else ()
    return leading + _legal_forms().replace(found[1:])


_DIPLOMA = re.compile(r"(?<!\w)dipl\.? ?-[^\W\d_]+\.?(?!\w)", re.IGNORECASE)
"""A German diploma in whatever it was: Dipl.-Kfm., Dipl.-Psych."""


@lru_cache(maxsize=4096)
def person_words(text: str) -> tuple[str, ...]:
    """Sorted words of a name without honorifics and letters after it, whatever their order ("Last, First")."""
    return tuple(sorted(_person(text)[0]))


@lru_cache(maxsize=4096)
def person_titles(text: str) -> frozenset[str]:
    """What a name claims of its bearer beside who it is: titles and degrees (Dr., PhD), and not Mr. or Frau."""
    diplomas = ("dipl",) if _DIPLOMA.search(text) else ()
    return frozenset((*_person(text)[1], *diplomas)) - _words_in("names", "civil")


def _person(text: str) -> tuple[list[str], list[str]]:
    """The words of a name, and those before and after it."""
    found = list(_with_initials(_plain_words(_DIPLOMA.sub(" ", text))))
    before, after = _words_in("names", "before"), _words_in("names", "after")
    titles: list[str] = []
    while len(found) > 2 and found[0] in before:
        titles.append(found.pop(0))
    while len(found) > 2 and found[-1] in after:
        titles.append(found.pop())
    return found, titles


def title_supports(title: str) -> tuple[str, ...]:
    """What a text says (words without the dots of abbreviations) that has the bearer of a title of `person_titles`:
    the title, the degree's other names, what it comes with ("Dr." with "PhD")."""
    same = (title, *table("names")["supported_by"].get(title, ()))
    forms = table("degrees")["forms"]
    return tuple(dict.fromkeys(chain(same, *(forms[main] for main in same if main in forms))))


@cache
def _degrees() -> Phrases:
    return Phrases({main: [main, *others] for main, others in table("degrees")["forms"].items()})


@lru_cache(maxsize=8192)
def degree_words(text: str) -> tuple[str, ...]:
    """Sorted words of a degree or a field of study, forms shortened ("Bachelor of Science" → "bsc")."""
    connectors = _words_in("degrees", "connectors")
    short = _degrees().replace(_plain_words(text))
    return tuple(sorted(word for word in short if word not in connectors)) or short


@cache
def _skill_mains() -> dict[str, str]:
    mains: dict[str, str] = {}
    for main, others in table("skills")["spellings"].items():
        for spelling in (main, *others):
            for key in (normalise(spelling), squeeze(spelling)):
                if mains.setdefault(key, main) != main:
                    raise ValueError(f"skill {spelling!r} belongs to two entries")
    return mains


@lru_cache(maxsize=16384)
def skill_key(text: str) -> str:
    """The main spelling of a skill or technology, without spaces and hyphens ("K8s" → "kubernetes")."""
    mains = _skill_mains()
    main = mains.get(normalise(text)) or mains.get(squeeze(text))
    return squeeze(main or text) or normalise(text)


def known_skills() -> frozenset[str]:
    """Every spelling in the skill table (normal form)."""
    return frozenset(_skill_mains())


@cache
def _spellings_of() -> dict[str, tuple[str, ...]]:
    return {
        squeeze(main): tuple(dict.fromkeys(normalise(one) for one in (main, *others)))
        for main, others in table("skills")["spellings"].items()
    }


def skill_spellings(text: str) -> tuple[str, ...]:
    """All spellings (normal form) of the skill that a text names, itself included."""
    return _spellings_of().get(skill_key(text), ()) or (normalise(text),)


@cache
def _places() -> Phrases:
    return Phrases(_place_names())


@cache
def _place_names() -> dict[str, tuple[str, ...]]:
    """Main names of places to their other names: ours, then CLDR's."""
    ours, others = table("places")["names"], table("regions")["names"]
    return {main: (*ours.get(main, ()), *others.get(main, ())) for main in (*ours, *(others.keys() - ours.keys()))}


@lru_cache(maxsize=4096)
def place_words(text: str) -> frozenset[str]:
    """Words of a place, names and codes of countries, states and cities in one form."""
    code = _COUNTRY_CODE.search(text)
    if code and (country := table("places")["codes"].get(code[1])):
        text = f"{text[: code.start()]}, {country}"
    return frozenset(_places().replace(_plain_words(text)))


_COUNTRY_CODE = re.compile(r"[,(/|]\s*([A-Z]{2})\)?\s*$")
"""A country's code at the end of a place ("Bern, CH"); anywhere else two letters are something else."""


def place_spellings(word: str) -> tuple[str, ...]:
    """Other names of a place's main name (normal form)."""
    return tuple(normalise(other) for other in _place_names().get(word, ()))


@cache
def _languages() -> dict[str, str]:
    return {
        normalise(spelling): main
        for main, others in table("languages")["languages"].items()
        for spelling in (main, *others)
    }


@lru_cache(maxsize=1024)
def language_key(text: str) -> str:
    """The English name of a human language, or its normal form where the table does not know it."""
    folded = normalise(text)
    bare = normalise(folded.split("(")[0]) if "(" in folded else folded
    known = _languages()
    return known.get(folded) or known.get(bare) or squeeze(folded)


@lru_cache(maxsize=1024)
def language_spellings(text: str) -> tuple[str, ...]:
    """All names of the language that a text names."""
    main = language_key(text)
    others = table("languages")["languages"].get(main, ())
    return (normalise(text), main, *(normalise(other) for other in others))


@cache
def _levels() -> dict[str, int]:
    return {normalise(label): int(level) for level, labels in table("languages")["levels"].items() for label in labels}


@lru_cache(maxsize=1024)
def proficiency_level(text: str) -> int | None:
    """1 (A1) … 7 (native) of a level's label in any of the known languages, or None.

    A label of several parts ("C1 (fluent)") has the level of its first known part.
    """
    levels = _levels()
    folded = normalise(text)
    if folded in levels:
        return levels[folded]
    for part in folded.replace("(", ",").replace(")", ",").replace("/", ",").replace(" - ", ",").split(","):
        if normalise(part) in levels:
            return levels[normalise(part)]
    return next((levels[word] for word in words(folded) if word in levels), None)
