"""Where statements stand in a text: word by word, in order, whatever the lines and spaces."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice

from harness.values.differences import Change, changes, denial
from harness.values.scan import places_of
from harness.values.statements import glue, meanings, statement_tokens, text_tokens, token_spans

_RUN = 3
"""Words in a row that a passage is looked for by."""
_TRIES = 3
_MOST_PLACES = 200
"""Places of one run of words that are looked at: a text that says the same more often has nothing to place it by."""
_ROOM = 6
_BREAK_ROOM = 60
"""Words of a page's foot, or of another column, that may stand inside a statement."""
_LONGEST_GAP = 4
"""More words than these between two runs of a statement's are another one's (a page's foot, a column)."""
_DEPTH = 6


_LEAST_WRAPPED = 40
"""A shorter line, in characters, ends what it says: a "no" at its end is not the next line's."""
_BESIDE = 30
_LAST_WORDS = re.compile(r"[^.,;:!?()|•·*\n]*\w[^\S\n]*\n?[^\S\n]*$")
_NEXT_WORD = re.compile(r"[^\S\n]+([^\W\d_]+)(?=\s*(?:[.,;:!?()|•·*\n]|$))")


def is_denied(given: str, start: int, end: int) -> bool:
    """Whether a text turns round what stands in it from `start` to `end`: "never" right before it, "nicht" right after
    it, in the same sentence."""
    line = given.rfind("\n", 0, start)
    before = _LAST_WORDS.search(given, max(0, start - _BESIDE), start)
    if before and "\n" in before[0] and line - (given.rfind("\n", 0, line) + 1) < _LEAST_WRAPPED:
        before = None
    after = _NEXT_WORD.match(given, end)
    return bool(denial(statement_tokens(before[0]) if before else (), (after[1].casefold(),) if after else ()))


class Passages:
    """The words of one folded text (see `folding.fold_text`)."""

    def __init__(self, folded: str) -> None:
        self._folded = folded
        self._tokens = text_tokens(folded)
        self._joined = f" {' '.join(self._tokens)} "

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the text."""
        return frozenset(self._tokens)

    @cached_property
    def _spans(self) -> list[tuple[int, int]]:
        return list(token_spans(self._folded))

    def says(self, words: Sequence[str]) -> bool:
        """Whether the text has these words one after the other."""
        return f" {' '.join(words)} " in self._joined

    def find(self, value: str) -> tuple[int, int] | None:
        """Where a statement stands, from its first to its last word (offsets into the folded text): all its words in
        order, in any spelling, with nothing between them that turns it round. None where it does not."""
        found = self._locate(statement_tokens(value), 0)
        if found is None:
            return None
        return self._spans[found[0]][0], self._spans[found[1] - 1][1]

    def _locate(self, wanted: tuple[str, ...], depth: int) -> tuple[int, int] | None:
        if len(wanted) < _RUN or depth > _DEPTH:
            return self._exactly(wanted)
        for start in self._starts(wanted):
            low = max(0, start - _ROOM)
            region = self._tokens[low : start + len(wanted) + _BREAK_ROOM]
            matched, found, (first, last) = changes(wanted, region)
            if 2 * matched < len(wanted) and depth == 0 and len(found) > 2:
                continue
            if all(self._said(change, depth, region) for change in found):
                return low + first, low + last
        return None

    def _exactly(self, wanted: tuple[str, ...]) -> tuple[int, int] | None:
        start = next(self._places_of(wanted), None) if wanted else None
        return None if start is None else (start, start + len(wanted))

    def _places_of(self, run: Sequence[str]) -> Iterator[int]:
        """Indices of the words at which these stand one after the other."""
        needle = f" {' '.join(run)} "
        seen = count = 0
        for at in places_of(self._joined, needle):
            count += self._joined.count(" ", seen, at)
            seen = at
            yield count

    def _starts(self, wanted: tuple[str, ...]) -> list[int]:
        """The likeliest places of a statement's first word."""
        votes: Counter[int] = Counter()
        for at, run in enumerate(zip(wanted, wanted[1:], wanted[2:], strict=False)):
            for place in islice(self._places_of(run), _MOST_PLACES):
                votes[place - at] += 1
        return [start for start, _ in votes.most_common(_TRIES)]

    def _said(self, change: Change, depth: int, region: Sequence[str]) -> bool:
        if change.weight in ("none", "spelling"):
            return True
        if change.weight == "content" and change.lost and all(word in region or word in glue() for word in change.lost):
            return True  # in another order, and nothing is turned round by it
        if not change.lost:
            if any(len(side) < _RUN and any(map(meanings, side)) for side in (change.before, change.after)):
                return False  # a "never" that belongs to the sentence before
            if len(change.gained) <= _LONGEST_GAP:
                return change.weight != "turned"
            return min(len(change.before), len(change.after)) >= _RUN
        # A statement that was joined from two: its other part stands elsewhere.
        return change.at_end and len(change.lost) >= _RUN and self._locate(change.lost, depth + 1) is not None
