"""Which of two readings of a text layer to believe: compared on what matters in a CV.

Digits, e-mail signs and letters must not be lost, the words of a line must stay on it, words neither joined nor
split. On files that both readers read well they agree to the digit, so any difference is a reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from harness.corpus.readers.pdf_letters import stray_accents

_GLYPH_NAME = re.compile(r"/(?:uni[0-9A-F]{4,}|[A-Za-z]{1,20}\d{0,5})(?:[._][A-Za-z0-9]+)*")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]{2}")
_MARKS = re.compile(r"[@\d]")
_MOST_GLYPH_NAMES = 3
_ABSENT_LETTERS = 0.01
_LONE_LINES = 3
_LONE_SHARE = 0.05
_FEW_WORDS, _FEW_SHARE = 4, 0.005
UNNAMED = "signs without a character"
"""What pdfium finds odd in fonts that pypdf reads well, so that it counts only where the readings differ."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text has that counts: `marks` are digits and e-mail signs, `lone` the lines of one word in letters."""

    marks: Counter[str]
    letters: int
    words: Counter[str]
    lines: int
    lone: int
    names: int
    stray: int


def measure(text: str) -> Measure:
    """Counts of a text after NFKC, accents that stand alone before it."""
    stray = stray_accents(text)
    text = unicodedata.normalize("NFKC", text)
    lines = [line for line in text.split("\n") if line.strip()]
    return Measure(
        marks=Counter(_MARKS.findall(text)),
        letters=sum(map(str.isalpha, text)),
        words=Counter(text.split()),
        lines=len(lines),
        lone=sum(1 for line in lines if line.strip().isalpha()),
        names=len(_GLYPH_NAME.findall(text)),
        stray=stray,
    )


def why_second(one: Measure, two: Measure, odd: Mapping[str, int], *, turned: bool = False) -> str:
    """Why the second of two readings is to be taken, in a word or two; "" where the first one is right.

    `odd` counts what the second reader saw in the fonts that the first takes at its word. Of words and lines the second
    is no judge where text is `turned` or accents stand alone in it.
    """
    if one.names - two.names >= _MOST_GLYPH_NAMES:
        return "glyph names"
    apart = _differing(one, two)
    for what, count in odd.items():
        if count and (apart or what != UNNAMED):
            return what
    if sum((two.marks - one.marks).values()) > sum((one.marks - two.marks).values()):
        return "digits lost"
    if two.letters - one.letters > _ABSENT_LETTERS * two.letters:
        return "letters lost"
    if _is_doubled(one, two):
        return "printed twice"
    if turned or two.stray > one.stray:
        return ""
    if one.lone - two.lone > max(_LONE_LINES, _LONE_SHARE * two.lines):
        return "lines broken"
    if apart > max(_FEW_WORDS, _FEW_SHARE * two.words.total()):
        return "words joined" if one.words.total() < two.words.total() else "words split"
    return ""


def _differing(one: Measure, two: Measure) -> int:
    """How many words are in one reading and not in the other: of letters, digits, or several private signs."""
    apart = (one.words - two.words) + (two.words - one.words)
    return sum(count for word, count in apart.items() if any(map(str.isalnum, word)) or _PRIVATE.search(word))


def lost_marks(one: Measure, two: Measure) -> int:
    """How many digits and e-mail signs stand in the reading that was left (`two`) and not in the one taken."""
    return 0 if two.names or _is_doubled(two, one) else sum((two.marks - one.marks).values())


def _is_doubled(one: Measure, two: Measure) -> bool:
    """Whether all that one reading has beyond the other is words that the other has once: bold by printing twice."""
    more = one.words - two.words
    return (
        one.letters > two.letters
        and bool(more)
        and all(word in two.words or (word[: len(word) // 2] * 2 == word) for word in more)
        and not two.words - one.words - Counter(dict.fromkeys(two.words, 10))
    )
