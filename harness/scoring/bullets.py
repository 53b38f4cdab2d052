"""Bullets by coverage: is what the golden says said in the answer's bullets of that entry, and the other way round?

So splitting, joining and reordering bullets inside one entry cost nothing, a cut one costs recall, an invented one
precision. Each is then read word by word: a model copies, so a word that differs is information, however like the rest
is. Another word makes a bullet nearly right at best; a number, unit, currency, direction, negation, seniority, quantity
or a name that the CV lacks makes it wrong. Where the CV's text has the differing word at that place, it is right.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeAlias

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import partial_ratio_alignment

from harness.scoring.witness import NO_WITNESS, Witness
from harness.values.differences import BREAK, Change, changes, denial, heaviest, told
from harness.values.normalise import unaccented
from harness.values.statements import glue, is_unspaced, statement_tokens

NEAR_SHARE = 0.6
"""Least share of a bullet's own words, in order, in the other side's text."""
_TURNED_SHARE = 0.5
"""The same where what differs turns the bullet round: of "Reduced costs" and "Increased costs" half is the same."""
_LEAST_RUN = 3
"""Fewer words in a row are no piece of a bullet, unless they are the whole of another one."""
_LEAST_MOVED, _LEAST_MOVED_UNSPACED = 3, 6
_MOST_TOLD = 3
_MOST_TIED = 3

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
    side: Sequence[str],
    other: Sequence[str],
    *,
    of_answer: bool = False,
    witness: Witness = NO_WITNESS,
    said: Collection[int] = (),
) -> list[Cover]:
    """Each bullet of `side` against all bullets of `other`. of_answer: `side` is the answer's, so that notes speak
    of what was added, not of what was lost. witness: the CV's text, which decides what is the answer's error. said:
    indices of `other` that are right already: of two that are alike, the one that is not is meant."""
    if not other:
        return [Cover("none")] * len(side)
    verbatim = {text: at for at, text in reversed(list(enumerate(other)))}
    left = [raw for raw in side if raw not in verbatim]
    if not left:
        return [Cover("correct", verbatim[raw]) for raw in side]
    whole = _Text([phrase(one) for one in other], range(len(other)), of_answer, witness, said)
    rest = _Unspoken(whole, [phrase(raw) for raw in side])
    covers: list[Cover] = []
    for raw in side:
        at = verbatim.get(raw)
        if at is not None:
            covers.append(Cover("correct", at))
        else:
            one = phrase(raw)
            covers.append(whole.find(one) or rest.cover(one))
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

    __slots__ = ("index", "joined", "of_answer", "phrases", "places", "said", "witness")

    def __init__(
        self,
        phrases: Sequence[Phrase],
        places: Sequence[int],
        of_answer: bool,
        witness: Witness,
        said: Collection[int],
    ) -> None:
        """places: the index of each phrase among all of its side; said: those that are right already."""
        self.said = said
        self.of_answer = of_answer
        self.witness = witness
        self.places = places
        self.phrases = phrases
        self.index = {one.joined: at for at, one in reversed(list(enumerate(phrases)))}
        self.joined = _joined(phrases)

    def only(self, places: Sequence[int]) -> _Text:
        """Some of the bullets, by their place among these."""
        if len(places) == len(self.phrases):
            return self
        return _Text([self.phrases[at] for at in places], places, self.of_answer, self.witness, self.said)

    def find(self, one: Phrase) -> Cover | None:
        """Correct where a bullet says this one word for word."""
        whole = self.index.get(one.joined)
        if whole is not None:
            return Cover("correct", self.places[whole])
        held = self._held(one.tokens)
        if held is None:
            return self._unaccented(one)
        at, turned = held
        if turned:
            return Cover("wrong", self.places[at], f"{told(turned)} {'lost' if self.of_answer else 'added'}")
        return Cover("correct", self.places[at])

    def _unaccented(self, one: Phrase) -> Cover | None:
        """Correct where a bullet says this one word for word, without accents on the one side or on both."""
        if one.joined.isascii() and self.joined.isascii():
            return None
        plain = statement_tokens(unaccented(one.raw))
        same = (at for at, other in enumerate(self.phrases) if statement_tokens(unaccented(other.raw)) == plain)
        at = next(same, None)
        return None if at is None else Cover("correct", self.places[at], "accent-only")

    def _held(self, words: tuple[str, ...]) -> tuple[int, tuple[str, ...]] | None:
        """The bullet that has words in a row, one where they are not turned round if there is any, and what turns them
        round there; None where no bullet has them."""
        joined = f" {' '.join(words)} "
        if joined not in self.joined:
            return None
        held = ((at, f" {other.joined} ") for at, other in enumerate(self.phrases))
        return min(
            ((at, self._denied(words, *other.split(joined, 1))) for at, other in held if joined in other),
            key=lambda found: bool(found[1]),
        )

    def _denied(self, words: tuple[str, ...], before: str, after: str) -> tuple[str, ...]:
        """What stands right before or after words and turns them round; () where the CV's text has it there, too."""
        first = before.split()
        turned = denial(first, after.split())
        return () if turned and first and self.witness.says((*first[-2:], *words[:3])) else turned

    def cover(self, one: Phrase) -> Cover:
        """How far these bullets say one that none of them says word for word."""
        best = min((self._settled(one, said) for said in self._candidates(one)), key=self._order)
        return self._judge(one, best)

    def _candidates(self, one: Phrase) -> Iterator[_Said]:
        """The bullet that says most, and, where it does not say all, what several say piece by piece."""
        best = self._best_bullets(one)
        said = self._read(one, *best[0])
        yield said
        if said.cost[0]:
            yield from (self._read(one, *other) for other in best[1:])
        if said.cost[0] and len(self.phrases) > 1 and (pieces := self._pieces(one)) is not None:
            yield self._read(one, *pieces)

    def _order(self, said: _Said) -> tuple[int, int, bool, bool, float, int]:
        """Of bullets that say as much, one that is not right already is meant, and rather the one with another number
        than the one with another matter."""
        known = self.places[said.at] in self.said
        return (*said.cost, known, heaviest(said.found) != "turned", -said.share, said.at)

    def _read(self, one: Phrase, at: int, words: Sequence[str]) -> _Said:
        _, found, _ = changes(one.tokens, words)
        return _Said(0.0, at, tuple(self._resolved(one, at, found)))

    def _belongs_elsewhere(self, change: Change, here: int, there: int) -> bool:
        """Whether a clause did not move but changed places: another one stands where it was, and it follows other words
        in another bullet ("… for the yard", "… at the gate")."""
        if here == there or not any(word not in glue() for word in change.gained):
            return False
        before, _, _ = f" {self.phrases[there].joined} ".partition(f" {' '.join(change.lost)} ")
        return any(word not in glue() for word in before.split())

    def _resolved(self, one: Phrase, said_at: int, found: Sequence[Change]) -> Iterator[Change]:
        """Changes without what only moved: a clause of the bullet that stands in another place. said_at: which
        bullet was read."""
        for change in found:
            if change.weight == "none" or not self._may_have_moved(one, change):
                yield change
                continue
            held = self._held(change.lost)
            if held is not None and self._belongs_elsewhere(change, said_at, held[0]):
                yield change
                continue
            if held is not None:
                beside = held[1] or denial(change.gained, ())
                if beside:
                    yield Change(
                        (), beside, (), change.lost[:3] if held[1] else change.after, "turned", "", change.at_end
                    )
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
        ends = any(change.at_end and not change.after and not change.gained for change in best.found)
        note = (ends and self._cut(one)) or self._note(one, best)
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

    def _best_bullets(self, one: Phrase) -> list[tuple[int, Sequence[str]]]:
        """The bullets that say most, and the words in them that do. In a much longer one only the passage most like
        it counts, with a fifth more at both ends: words picked from all over a paragraph are no statement."""
        passages = [self._passage(one, other) for other in self.phrases]
        shares = [LCSseq.similarity(one.tokens, words) for words in passages]
        most = max(shares)
        best: list[tuple[int, Sequence[str]]] = [(at, passages[at]) for at, share in enumerate(shares) if share == most]
        best.sort(key=lambda found: self.phrases[found[0]].joined, reverse=True)
        best.sort(key=lambda found: self.places[found[0]] in self.said)
        return best[: _MOST_TIED if most else 1]

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


class _Unspoken:
    """A side's bullets without those that are spoken for: a bullet that says what another one of `side` says, or a part
    of it, word for word (a bullet that was split), does not make this one nearly right by the words they share."""

    __slots__ = ("_free", "_parts", "_text", "_whole")

    def __init__(self, text: _Text, side: Sequence[Phrase]) -> None:
        own = {one.joined for one in side}
        said = _joined(side)
        self._text = text
        self._free: list[int] = []
        self._parts: list[int] = []
        for at, one in enumerate(text.phrases):
            if one.joined not in own:
                (self._parts if f" {one.joined} " in said else self._free).append(at)
        self._whole = text.only(self._free)

    def cover(self, one: Phrase) -> Cover:
        """How far the bullets that are free, and those that are a part of this one, say it."""
        parts = [at for at in self._parts if f" {self._text.phrases[at].joined} " in f" {one.joined} "]
        if not (parts or self._free):
            return Cover("none")
        return (self._text.only(sorted((*self._free, *parts))) if parts else self._whole).cover(one)


def _size(words: Sequence[str]) -> int:
    """How many of these words say something."""
    return sum(word not in glue() for word in words)


_CUT = re.compile(r"cut after (\d+) of (\d+) words")


def is_cut(note: str) -> bool:
    """Whether a note says that a bullet was cut."""
    return _CUT.search(note) is not None
