"""Bullets by coverage: is what the golden says said in the answer's bullets of that entry, and the other way round?

So splitting, joining and reordering bullets inside one entry cost nothing, a cut one costs recall, an invented one
precision. A changed or lost number makes a bullet wrong, however like the rest is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal, TypeAlias

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import partial_ratio, partial_ratio_alignment

from harness.scoring.comparators import number_note
from harness.values.aliases import known_skills
from harness.values.data import table
from harness.values.normalise import numbers, numbers_in, squeeze, tokens, unaccented

CORRECT_SHARE, NEAR_SHARE = 0.9, 0.6
"""Least share of a bullet's own tokens, in order, in the other side's text."""

_LEAST_FOR_SPELLING = 0.4

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
    said = f" {' '.join(phrase(one).joined for one in side)} "
    return said.count(f" {phrase(text).joined} ")


class _Text:
    """All bullets of one side as one text."""

    __slots__ = ("index", "joined", "of_answer", "phrases", "places", "starts")

    def __init__(self, phrases: Sequence[Phrase], places: Sequence[int], of_answer: bool) -> None:
        """places: the index of each phrase among all of its side."""
        self.of_answer = of_answer
        self.places = places
        self.phrases = phrases
        self.index = {one.joined: at for at, one in reversed(list(enumerate(phrases)))}
        self.joined = " ".join(one.joined for one in phrases)
        self.starts: list[int] = []
        at = 0
        for one in phrases:
            self.starts.append(at)
            at += len(one.joined) + 1

    def partner(self, one: Phrase, start: int, end: int) -> int:
        """Index of the bullet that says most of `one` in a passage."""
        first = max(0, bisect_right(self.starts, start) - 1)
        last = max(first, bisect_right(self.starts, max(start, end - 1)) - 1)
        best = max(
            range(first, last + 1),
            key=lambda index: (LCSseq.similarity(one.tokens, self.phrases[index].tokens), -index),
        )
        return self.places[best]

    def find(self, one: Phrase) -> Cover | None:
        """Correct where the whole text says the bullet word for word."""
        whole = self.index.get(one.joined)
        if whole is not None:
            return Cover("correct", self.places[whole])
        at = f" {self.joined} ".find(f" {one.joined} ")
        return Cover("correct", self.partner(one, at, at + len(one.joined))) if at >= 0 else None

    def cover(self, one: Phrase, raw: str) -> Cover:
        """How far this text says a bullet that it does not say word for word."""
        share, at, window = self._best_bullet(one)
        if share < CORRECT_SHARE:
            share, at, window = max((share, at, window), self._best_window(one), key=lambda found: found[0])
        if share < CORRECT_SHARE:
            share, at, window = max((share, at, window), self._wider(one, at), key=lambda found: found[0])
        if share < CORRECT_SHARE and len(self.phrases) > 1:
            pieced, pieces = self._pieces(one)
            if pieced > share:
                share, window = pieced, pieces
        spelling = share >= _LEAST_FOR_SPELLING or not (one.joined.isascii() and self.joined.isascii())
        if share < CORRECT_SHARE and spelling and (other := self._same_but_spelling(one, raw)) is not None:
            return other
        return self._judge(one, share, at, window)

    def _judge(self, one: Phrase, share: float, at: int, window: list[str]) -> Cover:
        if share < NEAR_SHARE:
            return Cover("none", None, self._cut(one))
        partner = self.partner(one, at, at + len(one.joined))
        has = Counter(numbers_in(" ".join(window)))
        lost = Counter(one.numbers) - has
        if lost:
            own = Counter(one.numbers)
            gained = list((has - own).elements())
            missing = list(lost.elements())
            note = number_note(gained, missing) if self.of_answer else number_note(missing, gained)
            return Cover("wrong", partner, self._cut(one) or note)
        changed = sorted(one.terms.difference(window), key=lambda term: (term not in _negations(), term))
        if changed and (share >= CORRECT_SHARE or changed[0] in _negations()):
            return Cover("wrong", partner, f"{changed[0]} {'added' if self.of_answer else 'lost'}")
        if share >= CORRECT_SHARE:
            return Cover("correct", partner)
        size = len(one.tokens)
        same = round(share * size)
        words = f"{size - same} of {size} words added" if self.of_answer else f"{same} of {size} words"
        return Cover("near", partner, self._cut(one) or words)

    def _best_bullet(self, one: Phrase) -> tuple[float, int, list[str]]:
        """The one bullet that says most: share of the tokens there, offset, its tokens."""
        shares = [LCSseq.similarity(one.tokens, other.tokens) for other in self.phrases]
        best = max(range(len(shares)), key=shares.__getitem__)
        return shares[best] / max(1, len(one.tokens)), self.starts[best], list(self.phrases[best].tokens)

    def _best_window(self, one: Phrase) -> tuple[float, int, list[str]]:
        """The passage most like the bullet: share of its tokens there, offset, tokens of the passage."""
        if len(self.joined) <= len(one.joined):
            return self._share(one, 0, len(self.joined))
        aligned = partial_ratio_alignment(one.joined, self.joined)
        return self._share(one, aligned.dest_start, aligned.dest_end) if aligned else (0.0, 0, [])

    def _wider(self, one: Phrase, at: int) -> tuple[float, int, list[str]]:
        """The same passage with a fifth more at both ends: words may have been put in."""
        room = len(one.joined) // 5 + 8
        share, start, window = self._share(one, max(0, at - room), at + len(one.joined) + room)
        return share, max(start, at), window

    def _share(self, one: Phrase, start: int, end: int) -> tuple[float, int, list[str]]:
        while start > 0 and self.joined[start - 1] != " ":
            start -= 1
        while end < len(self.joined) and self.joined[end] != " ":
            end += 1
        window = self.joined[start:end].split()
        return LCSseq.similarity(one.tokens, window) / max(1, len(one.tokens)), start, window

    def _pieces(self, one: Phrase) -> tuple[float, list[str]]:
        """Share of the bullet that other bullets say piece by piece, in any order (a split bullet, reordered)."""
        covered = 0
        said: list[str] = []
        for other in self.phrases:
            if len(other.tokens) >= len(one.tokens):
                continue
            common = LCSseq.similarity(other.tokens, one.tokens)
            if common >= CORRECT_SHARE * len(other.tokens) and _stands_together(other, one):
                covered += common
                said.extend(other.tokens)
        return min(1.0, covered / max(1, len(one.tokens))), said

    def _same_but_spelling(self, one: Phrase, raw: str) -> Cover | None:
        """Correct after all, where only spaces, hyphens or accents differ."""
        squeezed = squeeze(raw)
        if len(squeezed) >= 6:
            at = (
                "".join(one.joined for one in self.phrases)
                .replace(" ", "")
                .replace("/", "")
                .replace("'", "")
                .find(squeezed)
            )
            whole = Counter(number for other in self.phrases for number in other.numbers)
            if at >= 0 and not Counter(one.numbers) - whole:
                return Cover("correct", None, "spacing")
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


def _stands_together(piece: Phrase, whole: Phrase) -> bool:
    """Whether a piece is one passage of the whole, not words picked from all over it."""
    return len(piece.tokens) < 3 or f" {piece.joined} " in f" {whole.joined} " or _near_passage(piece, whole)


def _near_passage(piece: Phrase, whole: Phrase) -> bool:
    return partial_ratio(piece.joined, whole.joined) >= 90


_CUT = re.compile(r"cut after (\d+) of (\d+) words")


def is_cut(note: str) -> bool:
    """Whether a note says that a bullet was cut."""
    return _CUT.search(note) is not None
