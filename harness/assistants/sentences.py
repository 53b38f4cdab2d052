"""Instructions as sentences: what a prompt engineer edits, and what a changed answer is traced to.

A text is cut into segments that give the text back when joined, so that single edits can be applied or taken out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

_BLOCK = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)]|#{1,6})[ \t]|[ \t]*\||[ \t]*$")
"""A line that begins something new: list item, heading, table row, or nothing at all."""
_FENCE = re.compile(r"[ \t]*(```|~~~)")
_HEADING = re.compile(r"[ \t]*#{1,6}[ \t]")
_MARKER = re.compile(r"\A[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+")
_END = re.compile(r"(?<![.!?])[.!?]++[\"'”’)\]`*_]*\s+(?=[\"'“‘(\[`*_]*[A-ZÀ-Þ0-9])")
_ABBREVIATION = re.compile(
    r"(?:\b(?i:e\.g|i\.e|cf|vs|etc|approx|incl|excl|resp|no|nos|fig|dept|dr|mr|mrs|ms|st|inc|ltd|co)"
    r"|(?:\A|\s)[A-Z])\.\Z"
)


@dataclass(frozen=True, slots=True)
class Hunk:
    """One edit between two texts: the segments that it replaces, and by what. Either may be empty."""

    before: str
    after: str


def sentences(text: str) -> tuple[str, ...]:
    """The sentences and list items of a Markdown text, each on one line without its list marker. Headings are
    no sentences."""
    return tuple(
        " ".join(_MARKER.sub("", segment, count=1).split())
        for segment in segments(text)
        if segment.strip() and not _HEADING.match(segment)
    )


def segments(text: str) -> tuple[str, ...]:
    """The text cut behind each sentence, list item and heading; joined again, it is the text."""
    found: list[str] = []
    for block in _blocks(text):
        start = 0
        if not _FENCE.match(block) and not _HEADING.match(block):
            for end in _END.finditer(block):
                if _ABBREVIATION.search(block[start : end.start() + 1]):
                    continue
                found.append(block[start : end.end()])
                start = end.end()
        found.append(block[start:])
    return tuple(segment for segment in found if segment)


def hunks(before: str, after: str) -> tuple[Hunk, ...]:
    """The edits that make `after` of `before`, in their order in the text. White space alone is no edit."""
    return tuple(hunk for _, hunk in _aligned(before, after) if hunk is not None)


def with_hunks(before: str, after: str, chosen: Collection[int]) -> str:
    """`before` with only the chosen hunks applied (by their place in `hunks(before, after)`): with all of them it
    is `after`, with none of them `before`."""
    aligned = _aligned(before, after)
    edits = set(range(sum(hunk is not None for _, hunk in aligned)))
    if not edits & set(chosen):
        return before
    if edits <= set(chosen):
        return after
    pieces: list[str] = []
    number = 0
    for same, hunk in aligned:
        if hunk is None:
            pieces.append(same)
        else:
            pieces.append(hunk.after if number in chosen else hunk.before)
            number += 1
    return "".join(pieces)


def _aligned(before: str, after: str) -> list[tuple[str, Hunk | None]]:
    ours, theirs = segments(before), segments(after)
    matcher = difflib.SequenceMatcher(
        None, [text.strip() for text in ours], [text.strip() for text in theirs], autojunk=False
    )
    found: list[tuple[str, Hunk | None]] = []
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found.append(("".join(ours[a:b]), None))
        else:
            found.extend(("", hunk) for hunk in _apart(ours[a:b], theirs[c:d]))
    return found


_MOST_APART = 8
"""More neighbouring segments than this, deleted or added, are one edit: a part of the text, and no sentences."""


def _apart(before: Sequence[str], after: Sequence[str]) -> Iterable[Hunk]:
    """Neighbouring segments that were deleted, added, or each replaced, as an edit each."""
    most = max(len(before), len(after))
    alike = len(before) == len(after) or not before or not after
    bare = any(not segment.strip() for segment in (*before, *after))
    if not alike or bare or most > _MOST_APART:
        return [Hunk("".join(before), "".join(after))]
    return [Hunk(one, two) for one, two in zip_longest(before, after, fillvalue="")]


def _blocks(text: str) -> list[str]:
    """Paragraphs, list items with their continuation lines, headings, fenced blocks; blank lines stay with what
    they follow."""
    found: list[str] = []
    fenced = fresh = False
    for line in text.splitlines(keepends=True):
        fence = bool(_FENCE.match(line))
        bare = line.rstrip("\r\n")
        starts = fresh or bool(_BLOCK.match(bare))
        blank = not bare.strip()
        if fenced and found:
            found[-1] += line
            fenced = not fence
            fresh = not fenced
            continue
        if fence:
            found.append(line)
            fenced = True
            continue
        if blank and found:
            found[-1] += line
            fresh = True
            continue
        if starts or not found:
            found.append(line)
        else:
            found[-1] += line
        fresh = bool(_HEADING.match(bare))
    return found
