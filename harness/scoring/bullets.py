"""Bullets by coverage: is what the golden says said in the answer's bullets of that entry, and the other way round?

So splitting, joining and reordering bullets inside one entry cost nothing, a cut one costs recall, an invented one
precision. A changed or lost number makes a bullet wrong, however like the rest is.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import partial_ratio_alignment

from harness.scoring.comparators import number_note
from harness.values.aliases import known_skills
from harness.values.data import table
from harness.values.normalise import numbers, numbers_in, squeeze, tokens, unaccented

CORRECT_SHARE, NEAR_SHARE = 0.9, 0.6
"""Least share of a bullet's own tokens, in order, in the other side's text."""

_LEAST_FOR_SPELLING = 0.4
_LEAST_RUN = 3
"""Fewer words in a row are no piece of a bullet, unless they are the whole of another one."""

CoverKind: TypeAlias = Literal["correct", "near", "wrong", "none"]


@dataclass(frozen=True, slots=True)
class Cover:
    """How far the other side says a bullet. partner: index of the other side's bullet that says most of it."""

    kind: CoverKind
    partner: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A bullet ready to be compared."""

    tokens: tuple[str, ...]
    joined: str
    numbers: tuple[str, ...]
    terms: frozenset[str]


@lru_cache(maxsize=8192)
def phrase(text: str) -> Phrase:
    """The tokens of a bullet and what in it must not change: numbers, names of techniques, negations."""
    found = tokens(text)
    joined = " ".join(found)
    terms = _terms().intersection(found)
    if _SYMBOL.search(joined):
        terms |= {token for token in found if not token.isalpha() and _SYMBOL.search(token) and not token[0].isdigit()}
    return Phrase(found, joined, numbers(text) if _DIGIT.search(joined) else (), terms)


@cache
def _negations() -> frozenset[str]:
    return frozenset(table("markers")["negations"])


@cache
def _terms() -> frozenset[str]:
    """Words that turn a statement round, and names of techniques."""
    return _negations() | {word for word in known_skills() if len(word) > 1 and " " not in word}


_SYMBOL = re.compile(r"[^\W\d_][+#./&]")
_DIGIT = re.compile(r"\d")


def cover(side: Sequence[str], other: Sequence[str], *, of_answer: bool = False) -> list[Cover]:
    """Each bullet of `side` against all bullets of `other`. of_answer: `side` is the answer's, so that notes speak
    of what was added, not of what was lost."""
    if not other:
        return [Cover("none")] * len(side)
    verbatim = {text: at for at, text in reversed(list(enumerate(other)))}
    left = [raw for raw in side if raw not in verbatim]
    if not left:
        return [Cover("correct", verbatim[raw]) for raw in side]
    whole = _Text([phrase(one) for one in other], range(len(other)), of_answer)
    # A bullet that says what another one of this side says word for word is spoken for: sharing a few words with it
    # does not make this one nearly right.
    own = {phrase(raw).joined for raw in side}
    free = [at for at, one in enumerate(whole.phrases) if one.joined not in own]
    rest = whole if len(free) == len(other) else _Text([whole.phrases[at] for at in free], free, of_answer)
    covers: list[Cover] = []
    for raw in side:
        at = verbatim.get(raw)
        if at is not None:
            covers.append(Cover("correct", at))
        else:
            one = phrase(raw)
            covers.append(whole.find(one) or (rest.cover(one, raw) if free else Cover("none")))
    return covers


def times_said(text: str, side: Sequence[str]) -> int:
    """How often the bullets of a side, read as one text, say a bullet word for word."""
    return _joined([phrase(one) for one in side]).count(f" {phrase(text).joined} ")


@lru_cache(maxsize=2048)
def _runs(found: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """Every three neighbouring tokens."""
    return frozenset(zip(found, found[1:], found[2:], strict=False))


def _joined(phrases: Sequence[Phrase]) -> str:
    """All bullets with a mark between them that no token is."""
    return f" {' | '.join(one.joined for one in phrases)} "


@dataclass(frozen=True, slots=True)
class _Said:
    """Share of a bullet's tokens that are said, in which bullet (mostly), and the words there."""

    share: float
    at: int
    words: tuple[str, ...]


def _said_by(one: Phrase, other: Phrase, at: int) -> _Said:
    """What one bullet says of another. In a much longer one only the passage most like it counts, with a fifth more at
    both ends: words picked from all over a paragraph are no statement."""
    words = other.tokens
    if len(words) > 2 * len(one.tokens) + 4:
        aligned = partial_ratio_alignment(one.joined, other.joined)
        room = len(one.joined) // 5 + 8
        start, end = (aligned.dest_start - room, aligned.dest_end + room) if aligned else (0, 0)
        first = other.joined.count(" ", 0, max(0, start))
        words = words[first : other.joined.count(" ", 0, max(0, end)) + 1]
    return _Said(LCSseq.similarity(one.tokens, words) / max(1, len(one.tokens)), at, words)


class _Text:
    """Bullets of one side. Which bullet stands beside which never matters: their order is not the content."""

    __slots__ = ("index", "joined", "of_answer", "phrases", "places")

    def __init__(self, phrases: Sequence[Phrase], places: Sequence[int], of_answer: bool) -> None:
        """places: the index of each phrase among all of its side."""
        self.of_answer = of_answer
        self.places = places
        self.phrases = phrases
        self.index = {one.joined: at for at, one in reversed(list(enumerate(phrases)))}
        self.joined = _joined(phrases)

    def find(self, one: Phrase) -> Cover | None:
        """Correct where a bullet says this one word for word."""
        whole = self.index.get(one.joined)
        if whole is None and f" {one.joined} " in self.joined:
            whole = next(at for at, other in enumerate(self.phrases) if f" {one.joined} " in f" {other.joined} ")
        return None if whole is None else Cover("correct", self.places[whole])

    def cover(self, one: Phrase, raw: str) -> Cover:
        """How far these bullets say one that none of them says word for word."""
        best = self._best_bullet(one)
        if best.share < CORRECT_SHARE and len(self.phrases) > 1:
            best = max(best, self._pieces(one), key=lambda found: found.share)
        spelling = best.share >= _LEAST_FOR_SPELLING or not (one.joined.isascii() and self.joined.isascii())
        if best.share < CORRECT_SHARE and spelling and (other := self._same_but_spelling(one, raw)) is not None:
            return other
        return self._judge(one, best)

    def _judge(self, one: Phrase, best: _Said) -> Cover:
        if best.share < NEAR_SHARE:
            return Cover("none", None, self._cut(one))
        partner = self.places[best.at]
        own, has = Counter(one.numbers), Counter(numbers_in(" ".join(best.words)))
        lost = list((own - has).elements())
        if lost:
            gained = list((has - own).elements())
            note = number_note(gained, lost) if self.of_answer else number_note(lost, gained)
            return Cover("wrong", partner, self._cut(one) or note)
        changed = sorted(one.terms.difference(best.words), key=lambda term: (term not in _negations(), term))
        if changed and (best.share >= CORRECT_SHARE or changed[0] in _negations()):
            return Cover("wrong", partner, f"{changed[0]} {'added' if self.of_answer else 'lost'}")
        if best.share >= CORRECT_SHARE:
            return Cover("correct", partner)
        size = len(one.tokens)
        same = round(best.share * size)
        words = f"{size - same} of {size} words added" if self.of_answer else f"{same} of {size} words"
        return Cover("near", partner, self._cut(one) or words)

    def _best_bullet(self, one: Phrase) -> _Said:
        """The one bullet that says most."""
        said = (_said_by(one, other, at) for at, other in enumerate(self.phrases))
        return max(said, key=lambda found: (found.share, self.phrases[found.at].joined))

    def _pieces(self, one: Phrase) -> _Said:
        """What several bullets say piece by piece, in any order: a bullet that was split, or cut up differently."""
        covered: set[int] = set()
        words: list[str] = []
        most = (0, "")
        best = 0
        runs = list(zip(one.tokens, one.tokens[1:], one.tokens[2:], strict=False))
        for at, other in enumerate(self.phrases):
            theirs = _runs(other.tokens)
            said = {
                place for start, run in enumerate(runs) if run in theirs for place in range(start, start + _LEAST_RUN)
            }
            if not said and len(other.tokens) < _LEAST_RUN and f" {other.joined} " in f" {one.joined} ":
                start = f" {one.joined} ".index(f" {other.joined} ")
                first = one.joined.count(" ", 0, start)
                said = set(range(first, first + len(other.tokens)))
            if said:
                covered |= said
                words.extend(other.tokens)
            if (len(said), other.joined) > most:
                most, best = (len(said), other.joined), at
        return _Said(len(covered) / max(1, len(one.tokens)), best, tuple(words))

    def _same_but_spelling(self, one: Phrase, raw: str) -> Cover | None:
        """Correct after all, where only spaces, hyphens or accents differ."""
        squeezed = squeeze(raw)
        if len(squeezed) >= 6:
            for index, other in enumerate(self.phrases):
                together = other.joined.replace(" ", "").replace("/", "").replace("'", "")
                if squeezed in together and not Counter(one.numbers) - Counter(other.numbers):
                    return Cover("correct", self.places[index], "spacing")
        if one.joined.isascii() and self.joined.isascii():
            return None
        plain = " ".join(tokens(unaccented(one.joined)))
        for index, other in enumerate(self.phrases):
            if plain and f" {plain} " in f" {' '.join(tokens(unaccented(other.joined)))} ":
                return Cover("correct", self.places[index], "accent-only")
        return None

    def _cut(self, one: Phrase) -> str:
        """A note where another bullet is the beginning of this one."""
        if self.of_answer:
            return ""
        best = 0
        for other in self.phrases:
            size = len(other.tokens)
            if best < size < len(one.tokens) and one.tokens[:size] == other.tokens:
                best = size
        return f"cut after {best} of {len(one.tokens)} words" if best else ""


_CUT = re.compile(r"cut after (\d+) of (\d+) words")


def is_cut(note: str) -> bool:
    """Whether a note says that a bullet was cut."""
    return _CUT.search(note) is not None
