"""Letters that fonts draw in two pieces, or map to a letter that stands for two."""

from __future__ import annotations

import re
import unicodedata

_MARKS = {"¨": "\u0308", "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "˜": "\u0303", "¸": "\u0327", "˚": "\u030a",
          "ˇ": "\u030c", "˝": "\u030b", "˘": "\u0306", "˙": "\u0307", "˛": "\u0328"}  # fmt: skip
_ACCENT = re.compile(r"([¨´ˆ˜¸˚ˇ˝˘˙˛]|(?<=[^\W\d_])`) ?([A-Za-zıȷ])")
_POSSESSIVE = re.compile(r"´s\b")
_DOTLESS = {"ı": "i", "ȷ": "j"}
_PAIRS = {"Ɵ": "ti", "Ʃ": "tt"}
"""What Calibri's ligatures are mapped to by programs that know no better."""
_PAIR = re.compile("[ƟƩ](?=[a-z])|(?<=[a-z])[ƟƩ]")


def whole_letters(text: str) -> str:
    """`text` with accents on the letters behind them, where TeX draws them, and the pairs of letters taken apart."""
    if text.isascii():
        return text
    text = _PAIR.sub(lambda found: _PAIRS[found.group()], text)
    return _ACCENT.sub(_composed, text)


def stray_accents(text: str) -> int:
    """How many accents stand alone."""
    return sum(text.count(mark) for mark in _MARKS if mark != "`")


def _composed(found: re.Match[str]) -> str:
    accent, letter = found.groups()
    if _POSSESSIVE.match(found.string, found.start()):
        return found.group()
    whole = unicodedata.normalize("NFC", _DOTLESS.get(letter, letter) + _MARKS[accent])
    return whole if len(whole) == 1 else found.group()
