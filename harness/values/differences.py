"""What differs between two statements, and how much it matters.

A copying reader copies: what differs in content is information, however like the rest is. Only a difference of
spelling (hyphens, spaces, accents, articles) is none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeAlias

from rapidfuzz.distance import OSA, LCSseq

from harness.values.amounts import (
    POWERS,
    counted,
    numbered,
    of_class,
    other_number,
    other_symbol,
    other_version,
    same_amount,
)
from harness.values.normalise import same_but_accents
from harness.values.statements import (
    Meaning,
    glue,
    is_negation,
    is_unspaced,
    meanings,
    opposed,
    terms,
    unspaced_meanings,
)

BREAK = "\n"
"""Stands between the tokens of two statements that are compared as one."""
_CONTEXT = 3
_CLAUSE = 3
Weight: TypeAlias = Literal["none", "spelling", "content", "turned"]
"""none: the same in another spelling; spelling: another form of a word; content: other words; turned: a number, unit,
currency, direction, negation, seniority or quantity, or a technique, is touched."""
_RANK: dict[Weight, int] = {"none": 0, "spelling": 1, "content": 2, "turned": 3}

_OPPOSITE = (
    "un", "in", "im", "il", "ir", "dis", "non", "de", "mis", "a", "anti", "under", "over", "sub", "hyper", "hypo",
    "macro", "micro", "inter", "intra", "pre", "post", "out", "up", "down", "ex", "ent", "miss", "nicht", "nie", "des",
    "mal", "über", "unter", "sur", "sous", "extra", "pro", "contra", "auf", "ab", "ein", "aus", "be", "re", "s", "an",
    "zu", "vor", "nach",
)  # fmt: skip
"""Beginnings of words that turn them round or into another one (symmetric, asymmetric; import, export)."""
_LEAST_BARE = 4


@dataclass(frozen=True, slots=True)
class Change:
    """One place where two statements differ. lost: words that only the one has; gained: what the other has there;
    before, after: words that both have beside it (up to three); at_end: whether it begins or ends the one."""

    lost: tuple[str, ...]
    gained: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]
    weight: Weight
    spelt: Literal["", "spacing", "accent-only"] = ""
    at_end: bool = False

    def words(self, *, turned: bool) -> str:
        """What became what. turned: the one is the newer side."""
        ours, theirs = (self.gained, self.lost) if turned else (self.lost, self.gained)
        one, other = told(ours), told(theirs)
        number = "number " if all(word[0].isdigit() for word in (*one.split(), *other.split())) else ""
        if one and other:
            return f"{number}{one} → {other}"
        return f"{number}{one} lost" if one else f"{number}{other} added"


def told(words: Sequence[str]) -> str:
    """Words as they are told to a reader: without those that say nothing, where others are there."""
    kept = [word for word in words if word not in glue()] or words
    return ("" if any(map(is_unspaced, kept)) else " ").join(kept)


def changes(own: Sequence[str], other: Sequence[str]) -> tuple[int, list[Change], tuple[int, int]]:
    """How many words of `own` stand in `other` in order, what differs, and from where to where in `other` they stand.

    What `other` has before and after is another statement's; what it has between its statements (`BREAK`), too.
    """
    blocks, matched, span = _blocks(own, other)
    found = []
    bounds = [0, *(block[0][1] for block in blocks)], [*(block[0][0] for block in blocks[1:]), len(own)]
    for ((start, end), (first, last)), lowest, highest in zip(blocks, *bounds, strict=False):
        lost = tuple(own[start:end])
        gained = _beside(tuple(other[first:last]), len(lost), leading=start == 0, trailing=end == len(own), lost=lost)
        if not lost and not gained:
            continue
        before = tuple(own[max(lowest, start - _CONTEXT) : start])
        after = tuple(own[end : min(highest, end + _CONTEXT)])
        weight, spelt = weigh(lost, gained, before, after)
        found.append(Change(lost, gained, before, after, weight, spelt, start == 0 or end == len(own)))
    return matched, found, span


Span: TypeAlias = tuple[int, int]


def _blocks(own: Sequence[str], other: Sequence[str]) -> tuple[list[tuple[Span, Span]], int, Span]:
    """Stretches of both sides that differ, how many words are the same, and where they begin and end in `other`."""
    blocks: list[tuple[Span, Span]] = []
    matched = 0
    at = there = 0
    first_match = last_match = -1
    for one in LCSseq.opcodes(own, other):
        if one.tag != "equal":
            continue
        start, end, first, last = one.src_start, one.src_end, one.dest_start, one.dest_end
        if start > at or first > there:
            blocks.append(((at, start), (there, first)))
        matched += end - start
        at, there = end, last
        first_match = first if first_match < 0 else first_match
        last_match = last
    if at < len(own) or there < len(other):
        blocks.append(((at, len(own)), (there, len(other))))
    return blocks, matched, (max(first_match, 0), max(last_match, 0))


def _beside(
    gained: tuple[str, ...], size: int, *, leading: bool, trailing: bool, lost: tuple[str, ...]
) -> tuple[str, ...]:
    """Of what the other side has at a place, what stands for what was lost there."""
    if BREAK in gained:
        first = gained.index(BREAK)
        last = len(gained) - 1 - gained[::-1].index(BREAK)
        left, right = gained[:first], gained[last + 1 :]
    elif leading or trailing:
        left = right = gained
    else:
        return gained
    if not size:
        if BREAK in gained and not (leading or trailing) and _says(left) and _says(right):
            return left + right  # the head of one statement and the tail of another: what stood between is neither's
        return denial(() if trailing else right, () if leading else left)
    if BREAK in gained:
        from_left = not leading and len(left) >= len(right)
        gained = left if from_left else right
        leading = leading or not (from_left or trailing)
    wanted = _joined(lost)
    for start, end in _nearest(len(gained), leading, trailing):
        if _joined(gained[start:end]) == wanted:
            return gained[start:end]
    room = size + 1
    return gained[-room:] if leading else gained[:room]


def denial(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Words right before a statement, or all that follows it, that turn it round; () where there are none."""
    if _denies(before[-1:]):
        return tuple(before[-1:])
    if len(before) > 1 and before[-1] in _TO and _denies(before[-2:-1]):
        return tuple(before[-2:])
    return tuple(after) if len(after) == 1 and _denies(after) else _unspaced_denial(before, after)


def _says(words: Sequence[str]) -> bool:
    return any(word not in glue() for word in words)


_TO = ("to", "zu", "de", "di", "à")


def _denies(words: Sequence[str]) -> bool:
    return any(is_negation(word) and word not in glue() for word in words)


def _unspaced_denial(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The same in a script without spaces: what Chinese puts before a verb (未, 没有), Japanese after it (せず)."""
    found = _BEFORE_VERB.search("".join(before[-2:])) if before and is_unspaced(before[-1]) else None
    if found:
        return tuple(found[0])
    rest = "".join(after)
    return tuple(after) if _AFTER_VERB.fullmatch(rest) else ()


_BEFORE_VERB = re.compile(r"(?:[不未没沒无無勿]|[没沒][有能])$")
_AFTER_VERB = re.compile(r"(?:し|でき|せ|ら?れ)?(?:ず|ない|なかった|ません(?:でした)?)")


def _nearest(size: int, leading: bool, trailing: bool) -> Iterable[Span]:
    if leading and trailing:
        return ((start, end) for start in range(min(size, 40)) for end in range(start + 1, min(size, 40) + 1))
    return (
        ((size - length, size) for length in range(1, size + 1))
        if leading
        else ((0, end) for end in range(1, size + 1))
    )


def _joined(words: Sequence[str]) -> str:
    return "".join(words).replace("&", "").replace(".", "").replace("'", "").replace(BREAK, "")


@lru_cache(maxsize=8192)
def weigh(
    lost: tuple[str, ...], gained: tuple[str, ...], before: tuple[str, ...] = (), after: tuple[str, ...] = ()
) -> tuple[Weight, Literal["", "spacing", "accent-only"]]:
    """How much a difference matters, and in what it differs where only in spelling."""
    if lost and gained and not other_number(lost, gained):
        if _joined(lost) == _joined(gained) and not _negated(lost, gained):
            return "none", "spacing"
        if not numbered((*lost, *gained)) and same_but_accents(" ".join(lost), " ".join(gained)):
            return "none", "accent-only"
    if same_amount(lost, gained, before, after):
        return "none", "spacing"
    one = tuple(word for word in lost if word not in glue())
    other = tuple(word for word in gained if word not in glue())
    if not one and not other:
        return "none", ""
    turned = _turned(one, other, before, after)
    if _joined(one) == _joined(other) and not other_number(one, other) and not _negated(one, other):
        return "none", "spacing"
    if turned:
        return "turned", ""
    if len(one) == len(other) and all(a == b or _same_word(a, b) for a, b in zip(one, other, strict=True)):
        return "spelling", ""
    return "content", ""


def _negated(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return of_class(one, "negation") != of_class(other, "negation")


def _turned(one: tuple[str, ...], other: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]) -> bool:
    ours, theirs = _meanings(one, before), _meanings(other, before)
    if not (one and other) and len(one or other) >= _CLAUSE and not (before and after):
        # A clause that was cut off or added at an end: only hard facts in it change what the rest says.
        ours, theirs = ([_hard(found) for found in side if _hard(found)] for side in (ours, theirs))
    if _unanswered(ours, theirs) or _unanswered(theirs, ours) or other_version(one, other, before):
        return True
    if before and counted(before) and len(one) == len(other) == 1 and other_symbol(one[0], other[0], before, after):
        return True
    if len(one) == len(other) and any(_opposite(a, b) for a, b in zip(one, other, strict=True)):
        return True
    technique = terms()
    if any(word in technique for word in one) and any(word in technique for word in other):
        return True
    return any(map(is_unspaced, (*one, *other))) and _unspaced(one, before, after) != _unspaced(other, before, after)


def _hard(found: frozenset[Meaning]) -> frozenset[Meaning]:
    return frozenset(one for one in found if one[0] in ("number", "negation", "currency", "magnitude"))


def _meanings(words: tuple[str, ...], before: tuple[str, ...]) -> list[frozenset[Meaning]]:
    found = []
    after_number = bool(before) and counted(before)
    for word in words:
        meant = meanings(word, after_number)
        if meant:
            found.append(meant)
        after_number = word[:1].isdigit() or (after_number and word in POWERS)
    return found


def _unanswered(ours: list[frozenset[Meaning]], theirs: list[frozenset[Meaning]]) -> bool:
    """Whether something that a meaning turns on has no word of the same group on the other side."""
    left = list(theirs)
    for meant in ours:
        same = next((at for at, other in enumerate(left) if meant & other), None)
        if same is None:
            return True
        del left[same]
    return False


def _unspaced(words: tuple[str, ...], before: tuple[str, ...], after: tuple[str, ...]) -> list[Meaning]:
    """What a meaning turns on in characters of a script without spaces, with those beside them."""
    run = "".join((*before[-2:], *words, *after[:2]))
    found: list[Meaning] = []
    for spelling, meaning in unspaced_meanings():
        count = run.count(spelling)
        if count:
            found += [meaning] * count
            run = run.replace(spelling, " ")
    return sorted(found)


def _opposite(one: str, other: str) -> bool:
    """Whether two words differ in a beginning that turns a word round (symmetric, asymmetric; macro…, micro…)."""
    if frozenset((one, other)) in opposed():
        return True
    short, long = sorted((one, other), key=len)
    if len(short) >= _LEAST_BARE and long.endswith(short) and long[: -len(short)] in _OPPOSITE:
        return True
    tail = 0
    while tail < len(short) and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    return tail >= _LEAST_BARE and any(
        one.startswith(first) and other.startswith(second) and one[len(first) :] == other[len(second) :]
        for first in _OPPOSITE
        for second in _OPPOSITE
        if first != second
    )


def _same_word(one: str, other: str) -> bool:
    """Whether two words are forms of one word, or one of them is misspelt."""
    if is_unspaced(one) or is_unspaced(other) or not (one[0].isalpha() and other[0].isalpha()):
        return False
    short, long = sorted((one, other), key=len)
    common = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    if common >= 4 and len(long) - common <= 3 and len(short) - common <= 3:
        return True
    return len(short) >= 5 and OSA.normalized_similarity(one, other) >= 0.8


def heaviest(found: Iterable[Change]) -> Weight:
    """The greatest weight among changes."""
    return max((change.weight for change in found), key=_RANK.__getitem__, default="none")


Says: TypeAlias = Callable[[tuple[str, ...]], bool]
"""Whether a text has these words one after the other."""


def settled_by(says: Says, change: Change, *, own_is_answer: bool) -> Weight:
    """The weight of a change, with the CV's text as the judge: what it has at that place, and the golden lacks, is no
    error of the answer; what both have there is more than the golden says, but not made up."""
    if change.weight == "none" or len(change.before) + len(change.after) < 2:
        return change.weight
    mine, theirs = (
        (*change.before, *words, *change.after)
        for words in ((change.lost, change.gained) if own_is_answer else (change.gained, change.lost))
    )
    if not says(mine):
        return change.weight
    if not says(theirs):
        return "none"
    only_more = not (change.gained if own_is_answer else change.lost)
    return "content" if only_more and change.weight == "turned" else change.weight
