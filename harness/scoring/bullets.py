"""Bullets by coverage: is what the golden says said in the answer's bullets of that entry, and the other way round?

So splitting, joining and reordering bullets inside one entry cost nothing, a cut one costs recall, an invented one
precision. Each is then read word by word: a model copies, so a word that differs is information, however like the rest
is. Another word makes a bullet nearly right at best; a number, unit, currency, direction, negation, seniority, quantity
or a name that the CV lacks makes it wrong. Where the CV's text has the differing word at that place, it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import partial_ratio_alignment

from harness.scoring.witness import NO_WITNESS, Witness
from harness.values.differences import BREAK, Change, changes, heaviest
from harness.values.statements import glue, is_negation, is_unspaced, statement_tokens

NEAR_SHARE = 0.6
"""Least share of a bullet's own words, in order, in the other side's text."""
_TURNED_SHARE = 0.5
"""The same where what differs turns the bullet round: of "Reduced costs" and "Increased costs" half is the same."""
_LEAST_RUN = 3
"""Fewer words in a row are no piece of a bullet, unless they are the whole of another one."""
_LEAST_MOVED, _LEAST_MOVED_UNSPACED = 3, 6
_MOST_TOLD = 3

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
    raw: str


@lru_cache(maxsize=8192)
def phrase(text: str) -> Phrase:
    """The words of a bullet in one spelling."""
    found = statement_tokens(text)
    return Phrase(found, " ".join(found), text)


def cover(
    side: Sequence[str], other: Sequence[str], *, of_answer: bool = False, witness: Witness = NO_WITNESS
) -> list[Cover]:
    """Each bullet of `side` against all bullets of `other`. of_answer: `side` is the answer's, so that notes speak
    of what was added, not of what was lost. witness: the CV's text, which decides what is the answer's error."""
    if not other:
        return [Cover("none")] * len(side)
    verbatim = {text: at for at, text in reversed(list(enumerate(other)))}
    left = [raw for raw in side if raw not in verbatim]
    if not left:
        return [Cover("correct", verbatim[raw]) for raw in side]
    whole = _Text([phrase(one) for one in other], range(len(other)), of_answer, witness)
    # A bullet that says what another one of this side says word for word is spoken for: sharing a few words with it
    # does not make this one nearly right.
    own = {phrase(raw).joined for raw in side}
    free = [at for at, one in enumerate(whole.phrases) if one.joined not in own]
    rest = whole if len(free) == len(other) else _Text([whole.phrases[at] for at in free], free, of_answer, witness)
    covers: list[Cover] = []
    for raw in side:
        at = verbatim.get(raw)
        if at is not None:
            covers.append(Cover("correct", at))
        else:
            one = phrase(raw)
            covers.append(whole.find(one) or (rest.cover(one) if free else Cover("none")))
    return covers


def times_said(text: str, side: Sequence[str]) -> int:
    """How often the bullets of a side, read as one text, say a bullet word for word."""
    return _joined([phrase(one) for one in side]).count(f" {phrase(text).joined} ")


@lru_cache(maxsize=2048)
def _runs(found: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """Every three neighbouring tokens, and where they stand first."""
    runs: dict[tuple[str, ...], int] = {}
    for at, run in enumerate(zip(found, found[1:], found[2:], strict=False)):
        runs.setdefault(run, at)
    return runs


def _joined(phrases: Sequence[Phrase]) -> str:
    """All bullets with a mark between them that no token is."""
    return f" {' | '.join(one.joined for one in phrases)} "


@dataclass(frozen=True, slots=True)
class _Said:
    """What the other side says of a bullet. share: of its words; at: in which bullet (mostly); found: what differs."""

    share: float
    at: int
    found: tuple[Change, ...]

    @property
    def cost(self) -> tuple[int, int]:
        """For choosing the best: how many words differ, and in how many places."""
        real = [change for change in self.found if change.weight != "none"]
        return sum(max(len(change.lost), len(change.gained)) for change in real), len(real)


class _Text:
    """Bullets of one side. Which bullet stands beside which never matters: their order is not the content."""

    __slots__ = ("index", "joined", "of_answer", "phrases", "places", "witness")

    def __init__(self, phrases: Sequence[Phrase], places: Sequence[int], of_answer: bool, witness: Witness) -> None:
        """places: the index of each phrase among all of its side."""
        self.of_answer = of_answer
        self.witness = witness
        self.places = places
        self.phrases = phrases
        self.index = {one.joined: at for at, one in reversed(list(enumerate(phrases)))}
        self.joined = _joined(phrases)

    def find(self, one: Phrase) -> Cover | None:
        """Correct where a bullet says this one word for word."""
        whole = self.index.get(one.joined)
        if whole is None and f" {one.joined} " in self.joined:
            holding = [at for at, other in enumerate(self.phrases) if f" {one.joined} " in f" {other.joined} "]
            whole = next((at for at in holding if not self._turned_beside(one, self.phrases[at])), None)
            if whole is None:
                turned = self._turned_beside(one, self.phrases[holding[0]])
                return Cover("wrong", self.places[holding[0]], f"{turned} {'lost' if self.of_answer else 'added'}")
        return None if whole is None else Cover("correct", self.places[whole])

    def _turned_beside(self, one: Phrase, other: Phrase) -> str:
        """A negation right before or after a bullet that stands in another one; "" where there is none, or where the
        CV's text has it there as well."""
        before, _, after = f" {other.joined} ".partition(f" {one.joined} ")
        first, last = before.split()[-2:], after.split()
        turned = next((word for word in first[-1:] if is_negation(word)), "")
        if not turned and len(first) == 2 and is_negation(first[0]) and first[1] in ("to", "zu", "de", "di", "à"):
            turned = first[0]
        if not turned and len(last) == 1 and is_negation(last[0]):
            turned = last[0]
        return "" if turned and self.witness.says((*first, *one.tokens[:3])) and first else turned

    def cover(self, one: Phrase) -> Cover:
        """How far these bullets say one that none of them says word for word."""
        best = min((self._settled(one, said) for said in self._candidates(one)), key=self._order)
        return self._judge(one, best)

    def _candidates(self, one: Phrase) -> Iterator[_Said]:
        """The bullet that says most, and, where it does not say all, what several say piece by piece."""
        at, words = self._best_bullet(one)
        said = self._read(one, at, words)
        yield said
        if said.cost[0] and len(self.phrases) > 1 and (pieces := self._pieces(one)) is not None:
            yield self._read(one, *pieces)

    def _order(self, said: _Said) -> tuple[int, int, float, int]:
        return (*said.cost, -said.share, said.at)

    def _read(self, one: Phrase, at: int, words: Sequence[str]) -> _Said:
        _, found, _ = changes(one.tokens, words)
        return _Said(0.0, at, tuple(self._resolved(one, found)))

    def _resolved(self, one: Phrase, found: Sequence[Change]) -> Iterator[Change]:
        """Changes without what only moved: a clause of the bullet that stands in another place."""
        for change in found:
            if change.weight == "none" or not self._may_have_moved(one, change):
                yield change
                continue
            joined = f" {' '.join(change.lost)} "
            if joined in self.joined:
                continue
            again = min(
                (changes(change.lost, other.tokens) for other in self.phrases), key=lambda read: -read[0], default=None
            )
            if again is not None and again[0] >= NEAR_SHARE * len(change.lost) and again[0] > _LEAST_RUN:
                yield from again[1]
            else:
                yield change

    def _may_have_moved(self, one: Phrase, change: Change) -> bool:
        unspaced = any(map(is_unspaced, change.lost))
        least = _LEAST_MOVED_UNSPACED if unspaced else _LEAST_MOVED
        return len(change.lost) >= (least if change.at_end else 2 * least) and len(change.lost) < len(one.tokens)

    def _settled(self, one: Phrase, said: _Said) -> _Said:
        """What differs, after the CV's text was heard."""
        found = []
        for change in said.found:
            raw = (one if self.of_answer else self.phrases[said.at]).raw
            weight = self.witness.weigh(change, raw, own_is_answer=self.of_answer)
            found.append(change if weight == change.weight else replace(change, weight=weight))
        lost = sum(_size(change.lost) for change in found if change.weight != "none")
        return _Said(1 - lost / max(1, _size(one.tokens)), said.at, tuple(found))

    def _judge(self, one: Phrase, best: _Said) -> Cover:
        worst = heaviest(best.found)
        replaced = all(change.gained for change in best.found if change.weight == "turned")
        least = _TURNED_SHARE if worst == "turned" and replaced else NEAR_SHARE
        if best.share < least or (worst != "none" and best.share == 0):
            return Cover("none", None, self._cut(one))
        partner = self.places[best.at]
        if worst == "none":
            return Cover("correct", partner, next((change.spelt for change in best.found if change.spelt), ""))
        note = self._cut(one) or self._note(one, best)
        return Cover("wrong" if worst == "turned" else "near", partner, note)

    def _note(self, one: Phrase, best: _Said) -> str:
        """Which word became which, the weightiest first."""
        real = sorted(
            (change for change in best.found if change.weight != "none"), key=lambda change: change.weight != "turned"
        )
        if real[0].weight != "turned" and sum(len(change.lost) for change in real) > 2 * _MOST_TOLD:
            size = len(one.tokens)
            same = round(best.share * size)
            return f"{size - same} of {size} words added" if self.of_answer else f"{same} of {size} words"
        return ", ".join(change.words(turned=self.of_answer) for change in real[:_MOST_TOLD])

    def _best_bullet(self, one: Phrase) -> tuple[int, Sequence[str]]:
        """The one bullet that says most, and the words in it that do. In a much longer one only the passage most like
        it counts, with a fifth more at both ends: words picked from all over a paragraph are no statement."""
        said = ((self._passage(one, other), at) for at, other in enumerate(self.phrases))
        words, at = max(
            said, key=lambda found: (LCSseq.similarity(one.tokens, found[0]), self.phrases[found[1]].joined)
        )
        return at, words

    @staticmethod
    def _passage(one: Phrase, other: Phrase) -> tuple[str, ...]:
        if len(other.tokens) <= 2 * len(one.tokens) + 4:
            return other.tokens
        aligned = partial_ratio_alignment(one.joined, other.joined)
        room = len(one.joined) // 5 + 8
        start, end = (aligned.dest_start - room, aligned.dest_end + room) if aligned else (0, 0)
        first = other.joined.count(" ", 0, max(0, start))
        return other.tokens[first : other.joined.count(" ", 0, max(0, end)) + 1]

    def _pieces(self, one: Phrase) -> tuple[int, tuple[str, ...]] | None:
        """Bullets that say parts of this one, in the order of the parts: a bullet that was split, or cut up
        differently. With the index of the one that says most of it."""
        runs = list(zip(one.tokens, one.tokens[1:], one.tokens[2:], strict=False))
        parts: list[tuple[int, int, str, int]] = []
        for at, other in enumerate(self.phrases):
            theirs = _runs(other.tokens)
            said = [place for place, run in enumerate(runs) if run in theirs]
            if not said and len(other.tokens) < _LEAST_RUN and f" {other.joined} " in f" {one.joined} ":
                start = f" {one.joined} ".index(f" {other.joined} ")
                said = [one.joined.count(" ", 0, start)]
            if said:
                parts.append((said[0], -len(said), other.joined, at))
        if len(parts) < 2:
            return None
        parts.sort()
        words: list[str] = []
        for *_, at in parts:
            words += [BREAK, *self.phrases[at].tokens] if words else self.phrases[at].tokens
        return min(parts, key=lambda part: part[1:3])[3], tuple(words)

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


def _size(words: Sequence[str]) -> int:
    """How many of these words say something."""
    return sum(word not in glue() for word in words)


_CUT = re.compile(r"cut after (\d+) of (\d+) words")


def is_cut(note: str) -> bool:
    """Whether a note says that a bullet was cut."""
    return _CUT.search(note) is not None
