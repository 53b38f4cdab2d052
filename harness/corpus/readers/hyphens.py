"""Hyphens at line ends: the rest of the word moves up, and the hyphen goes where only the line break put it there.

A hyphen that is printed in any case (tax-exempt, an address) stays; one that hyphenation made (manage-ment) goes. The
text itself decides where the word stands in it a second time, else a dictionary: both halves of a compound are words,
the halves of a hyphenated word are not, or the whole is one.
"""

from __future__ import annotations

import re
from functools import lru_cache

_JOINT = re.compile(
    r"(?<=\w)(?:([-\xad\x02])[ \t]*\n[ \t]*|(\x02))"  # a hyphen at a line's end, or a mark of one inside of a line
    r"([^\W_](?:[\w'’./@-]{0,60}[\w'’])?[.,;:)!?]{0,3})(?:[ \t]+|\n|\Z)"
)
_LOOK_BACK = 80
_LONG = 70
"""Letters without a space that only an address has."""
_ADDRESS = re.compile(r"@|://|www\.|\w\.\w+/|\.(?:com|org|net|io|dev|edu|co|de|fr|uk|eu)\b", re.IGNORECASE)
_WORD = re.compile(r"[\w'’]+")
_VOCABULARY = re.compile(r"[\w'’]+(?:-[\w'’]+)*")
_SAMPLE = 300
_SPOKEN = 0.5
_SHORT = 3
_LEAST_WORD = 4
_STRONG = frozenset("cross end full long mid multi non off on part real self short well".split())  # noqa: SIM905
"""Before a word these are a compound even where a dictionary has it in one piece too (full-time, fulltime)."""
_KEEPS_HYPHEN = _STRONG | frozenset(
    """
    all anti back bi co cutting data decision down e ever ex extra fast first five four front half hands high host
    in inter large low market mission near new one open out over peer point post pre pro problem quasi re result
    risk role second semi seven single six small state sub super team ten third three time top trans two ultra
    under up user vice wide work world
    """.split()  # noqa: SIM905 - a table of words
)
"""First parts of compounds, for texts in languages without a dictionary here."""


def join_line_ends(text: str) -> str:
    """`text` with the words in one piece that a hyphen splits at a line's end, the line break behind them."""
    return _JOINT.sub(_Joiner(text), text)


class _Joiner:
    """Decides hyphen by hyphen; what it needs to know of the whole text is found out when first asked for."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._words: frozenset[str] | None = None
        self._spoken: str | None = None

    def __call__(self, match: re.Match[str]) -> str:
        mark, right = match.group(1) or match.group(2), match.group(3)
        before = self._text[max(0, match.start() - _LOOK_BACK) : match.start()].split()
        left = before[-1].lstrip("([{\"'“‘„«") if before else ""
        if not left or left.isdecimal():
            return match.group()
        keep = mark != "\xad" and self._keeps(left, right)
        return f"{'-' if keep else ''}{right}\n"

    def _keeps(self, left: str, right: str) -> bool:
        if len(left) >= _LONG or _ADDRESS.search(left) or _ADDRESS.search(right):
            return True
        head, tail = left.rsplit("-", 1)[-1], _WORD.findall(right)[0]
        shouted = len(head) > 1 and head.isupper()
        if not tail[0].islower() and not (shouted and tail.isupper()):
            return True
        if tail.islower() and (shouted or any(char.isdigit() for char in head)):
            return True
        head, tail = head.lower(), tail.lower()
        if f"{head}{tail}" in self._vocabulary():
            return False
        if f"{head}-{tail}" in self._vocabulary():
            return True
        language = self._language()
        if not language:
            return head in _KEEPS_HYPHEN or ("-" in left and len(head) <= _SHORT)
        return _is_compound(head, tail, language, inner="-" in left)

    def _vocabulary(self) -> frozenset[str]:
        """The words that stand in the text in one piece, hyphens at line ends not counted as one."""
        if self._words is None:
            self._words = frozenset(_VOCABULARY.findall(self._text.lower()))
        return self._words

    def _language(self) -> str:
        """The language whose dictionary knows most of the words; "" for any but those whose compounds have hyphens."""
        if self._spoken is None:
            sample = [word for word in _WORD.findall(self._text) if word.isalpha()][:_SAMPLE]
            known = {language: sum(_known(word, language) for word in sample) for language in ("en", "fr")}
            best = max(known, key=lambda language: known[language])
            self._spoken = best if known[best] > _SPOKEN * len(sample) else ""
        return self._spoken


def _is_compound(head: str, tail: str, language: str, *, inner: bool) -> bool:
    """Whether head-tail is two words and not one; `inner` where the head is a part of a compound itself."""
    both = _known(head, language) and _known(tail, language)
    if _known(head + tail, language):
        return both and head in _STRONG and len(tail) >= _LEAST_WORD
    if both:
        return True
    unknown_first = not inner and len(head) > _LEAST_WORD and len(tail) >= _LEAST_WORD and _known(tail, language)
    return unknown_first and not any(_known(head + tail, other) for other in ("en", "fr", "de"))


@lru_cache(maxsize=20_000)
def _known(word: str, language: str) -> bool:
    from simplemma import is_known

    return is_known(word.lower(), lang=language)
