"""One comparator per kind of field: is the answer's value right, nearly right, or wrong?

No credit for edit distance on names, titles, companies or dates: models copy, so a different word is information.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from rapidfuzz.distance import OSA

from harness.scoring.bullets import cover
from harness.scoring.layout import Comparator
from harness.scoring.witness import NO_WITNESS, Witness
from harness.values.addresses import email_key, linkedin_profile, parse_link, same_phone, within_link
from harness.values.aliases import (
    degree_words,
    language_key,
    organisation_words,
    person_words,
    place_words,
    proficiency_level,
    skill_key,
    title_readings,
)
from harness.values.dates import compare_dates, parse_date
from harness.values.normalise import (
    normalise,
    same_but_accents,
    squeeze,
    tokens,
    transliterated,
    unaccented,
    words,
)

MatchKind: TypeAlias = Literal["correct", "near", "wrong"]

NEAR_WORDS = 0.66
"""Least token F1 of a near name, title, company or degree."""
SIMILAR_SKILL, SIMILAR_LENGTH = 0.85, 6


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a pair of values. note: why, in a few words."""

    kind: MatchKind
    note: str = ""


CORRECT = Match("correct")
NEAR = Match("near")
WRONG = Match("wrong")


@lru_cache(maxsize=16384)
def compare(comparator: Comparator, golden: str, answer: str) -> Match:
    """The answer's value against the golden's, both non-empty."""
    if golden == answer or normalise(golden) == normalise(answer):
        return CORRECT
    match = _COMPARATORS[comparator](golden, answer)
    if match.kind != "correct" and comparator in _WORDY:
        if same_but_accents(golden, answer):
            return Match("correct", "accent-only")
        if squeeze(golden) == squeeze(answer) and squeeze(golden):
            return Match("correct", "spacing")
        for plain in (unaccented, transliterated):
            pair = plain(golden), plain(answer)
            changed = pair != (normalise(golden), normalise(answer))
            if changed and _COMPARATORS[comparator](*pair).kind == "correct":
                return Match("correct", "accent-only")
    return match


def token_f1(golden: Sequence[str], answer: Sequence[str]) -> float:
    """F1 of two multisets of tokens; 0.0 where either is empty."""
    if not golden or not answer:
        return 0.0
    common = sum((Counter(golden) & Counter(answer)).values())
    return 2 * common / (len(golden) + len(answer))


def _by_words(golden: Sequence[str], answer: Sequence[str]) -> Match:
    if golden == answer:
        return CORRECT
    if "".join(golden).replace("'", "") == "".join(answer).replace("'", ""):
        return Match("correct", "spacing")
    return NEAR if token_f1(_split(golden), _split(answer)) >= NEAR_WORDS else WRONG


def _split(found: Sequence[str]) -> Sequence[str]:
    """Words of scripts without spaces as characters, so that part of a word can be nearly right."""
    return found if all(map(str.isascii, found)) else tokens(" ".join(found))


def _name(golden: str, answer: str) -> Match:
    return _by_words(person_words(golden), person_words(answer))


def _email(golden: str, answer: str) -> Match:
    return CORRECT if email_key(golden) == email_key(answer) else WRONG


def _phone(golden: str, answer: str) -> Match:
    return CORRECT if same_phone(golden, answer) else WRONG


def _linkedin(golden: str, answer: str) -> Match:
    return CORRECT if linkedin_profile(golden) == linkedin_profile(answer) else WRONG


def _portfolio(golden: str, answer: str) -> Match:
    one, other = parse_link(golden), parse_link(answer)
    if one == other:
        return CORRECT
    return Match("near", "same site") if within_link(one, other) else WRONG


def _place(golden: str, answer: str) -> Match:
    one, other = place_words(golden), place_words(answer)
    if one == other:
        return CORRECT
    if other < one:
        return Match("near", "less exact")
    return Match("near", "more exact") if one < other else WRONG


def _organisation(golden: str, answer: str) -> Match:
    return _by_words(organisation_words(golden), organisation_words(answer))


def _title(golden: str, answer: str) -> Match:
    ours, theirs = title_readings(golden), title_readings(answer)
    if not set(ours).isdisjoint(theirs):
        return CORRECT
    return NEAR if any(_by_words(one, other).kind == "near" for one in ours for other in theirs) else WRONG


def _degree(golden: str, answer: str) -> Match:
    return _by_words(degree_words(golden), degree_words(answer))


def _date(golden: str, answer: str) -> Match:
    one, other = parse_date(golden), parse_date(answer)
    if one is None or other is None:
        return CORRECT if words(golden) == words(answer) else Match("wrong", "no single date" if other is None else "")
    found = compare_dates(one, other)
    if found == "equal":
        return CORRECT
    return Match("near", found) if found in ("coarser", "finer") else WRONG


def compare_summaries(golden: str, answer: str, witness: Witness = NO_WITNESS) -> Match:
    """Summaries are statements: read word by word, both ways (see `bullets`); the worse of what is lost and what is
    added counts. witness: the CV's text."""
    said = cover([golden], [answer], witness=witness)[0]
    known = cover([answer], [golden], of_answer=True, witness=witness)[0]
    worst = max(said, known, key=lambda found: ("correct", "near", "wrong", "none").index(found.kind))
    return WRONG if worst.kind == "none" else Match(worst.kind, worst.note)


def _summary(golden: str, answer: str) -> Match:
    return compare_summaries(golden, answer)


def _language(golden: str, answer: str) -> Match:
    return CORRECT if language_key(golden) == language_key(answer) else WRONG


def _proficiency(golden: str, answer: str) -> Match:
    one, other = proficiency_level(golden), proficiency_level(answer)
    if one is not None and one == other:
        return Match("near", "same level")
    return WRONG


def _text(golden: str, answer: str) -> Match:
    return _by_words(tuple(sorted(words(golden))), tuple(sorted(words(answer))))


_COMPARATORS: dict[Comparator, Callable[[str, str], Match]] = {
    "name": _name,
    "email": _email,
    "phone": _phone,
    "linkedin": _linkedin,
    "portfolio": _portfolio,
    "place": _place,
    "organisation": _organisation,
    "title": _title,
    "degree": _degree,
    "date": _date,
    "summary": _summary,
    "language": _language,
    "proficiency": _proficiency,
    "text": _text,
}
_WORDY: frozenset[Comparator] = frozenset(
    {"name", "place", "organisation", "title", "degree", "summary", "language", "text", "proficiency"}
)


def same_degree_and_field(golden: tuple[str, str], answer: tuple[str, str]) -> bool:
    """Whether degree and field say the same together, however they are divided between the two."""
    one, other = (degree_words(" ".join(part for part in pair if part)) for pair in (golden, answer))
    return bool(one) and one == other


def similar_skill(golden: str, answer: str, witness: Witness = NO_WITNESS) -> bool:
    """Whether two skills are one with a typing difference: one word differs, it is long enough, digits and symbols are
    the same, and the text decides that it is the same word: the answer's spelling is nowhere in it, and no word."""
    if skill_key(golden) == skill_key(answer):
        return True
    if any(plain(golden) == plain(answer) for plain in (unaccented, transliterated)):
        return True
    ours, theirs = words(golden), words(answer)
    if len(ours) != len(theirs):
        return False
    differing = [(one, other) for one, other in zip(ours, theirs, strict=True) if one != other]
    if len(differing) != 1:
        return False
    one, other = differing[0]
    if min(len(one), len(other)) < SIMILAR_LENGTH or _symbols(one) != _symbols(other):
        return False
    if OSA.normalized_similarity(one, other) < SIMILAR_SKILL:
        return False
    return _one_spelling(one) == _one_spelling(other) or witness.is_misspelt(golden, answer, other)


_SPELLINGS = (
    (re.compile(r"(?<=.{4})is(?=ations?$|e[drs]?$|ing$)"), "iz"),
    (re.compile(r"(?<=.{3})our(?=s?$|al$|ing$)"), "or"),
    (re.compile(r"(?<=.{4})tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=.{4})ll(?=ing$|ed$|er$)"), "l"),
    (re.compile(r"(?<=[^s]{5})s$"), ""),
)
"""British and American spelling, and the plural."""


def _one_spelling(word: str) -> str:
    for pattern, spelling in _SPELLINGS:
        word = pattern.sub(spelling, word)
    return word


def _symbols(word: str) -> str:
    return "".join(character for character in word if not character.isalpha())
