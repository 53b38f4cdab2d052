"""What pdfium turns the wrong way round on pages that are written from right to left."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = "\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_WORD = re.compile(f"[{_LETTERS}]{{2,}}")
# A number of several groups, with the sign that it begins with last: a telephone number as it stands on paper.
_TURNED_NUMBER = re.compile(r"(?<![\w+])((?:\(?\d[\d()./-]{0,16}[ \t]{1,8}){1,6}\d{1,4})\+(?!\w)")
_LEAST_DIGITS = 7
# "in 20%" and the like: a letter, a hyphen and a number, of which the hyphen came last.
_LATE_HYPHEN = re.compile(r"(?<=[\u05d0-\u05ea])(\d[\d.,:/]*%?)-(?=[\s.,;:)]|$)", re.MULTILINE)


def righted(text: str, beside: str) -> str:
    """pdfium's reading of such a page; beside: pypdf's, which keeps the letters of a word in order, but not the words.

    Words that only the other reading has the right way round are turned (a font's presentation forms), numbers whose
    `+` stands last, and hyphens between a letter and its number.
    """
    words = _WORD.findall(beside)
    known = {unicodedata.normalize("NFKC", word) for word in words}
    turned = {unicodedata.normalize("NFKC", word[::-1]): unicodedata.normalize("NFKC", word) for word in words}
    turned |= {word[::-1]: word for word in known}

    def turn(found: re.Match[str]) -> str:
        word = unicodedata.normalize("NFKC", found[0])
        return found[0] if word in known else turned.get(word, found[0])

    text = _WORD.sub(turn, text)
    return _LATE_HYPHEN.sub(r"-\1", _TURNED_NUMBER.sub(_number, text))


def _number(found: re.Match[str]) -> str:
    groups = found[1].split()
    if sum(map(str.isdigit, found[1])) < _LEAST_DIGITS:
        return found[0]
    return "+" + " ".join(reversed(groups))
