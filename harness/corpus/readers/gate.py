"""The gate behind a PDF's text layer: is this text, or what a broken font table makes of it?

Thresholds were measured on public sample CVs: each fires on the broken ones and on none of the sound ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal["empty", "garbled", "joined", "letter-spaced"]

EMPTY_BELOW = 100
JOINED_LETTERS = 25
JOINED_SHARE = 0.01
SINGLE_SHARE = 0.25
GARBLED_SHARE = 0.02
ICON_SHARE = 0.2

_LETTERS = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"@|://|www\.|\w\.\w+/|\.(?:com|org|net|io|dev)\b", re.IGNORECASE)
_GARBAGE = re.compile(r"[\ufffd\x00\x01\x03-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]|\(cid:\d+\)|/g\d{1,5}\b")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_TURNED = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe]")
_UNSPACED_SCRIPT = "\u0e00"  # Thai, and everything from the CJK blocks on, is written without spaces


@dataclass(frozen=True, slots=True)
class Quality:
    """How a text fares: its first fault if any, and a badness to choose between two faulty readings (0 = sound)."""

    fault: Fault | None
    badness: float


def quality(text: str) -> Quality:
    """Judge a page text. Shares are of tokens split at white space; addresses never count as joined words."""
    tokens = text.split()
    printed = sum(map(len, tokens))
    if printed < EMPTY_BELOW:
        return Quality("empty", 1000.0 - printed)
    garbage = sum(map(len, _GARBAGE.findall(text))) / printed
    icons = 0.0 if text.isascii() else len(_PRIVATE.findall(text)) / printed
    if garbage > GARBLED_SHARE or icons > ICON_SHARE:
        return Quality("garbled", 100.0 + garbage + icons)
    joined = sum([1 for token in tokens if len(token) > JOINED_LETTERS and _is_joined(token)]) / len(tokens)
    if joined > JOINED_SHARE:
        return Quality("joined", 10.0 + joined)
    single = sum([1 for token in tokens if len(token) == 1 and token.isalpha() and token < _UNSPACED_SCRIPT])
    if single / len(tokens) > SINGLE_SHARE:
        return Quality("letter-spaced", 10.0 + single / len(tokens))
    return Quality(None, 0.0)


def is_right_to_left(text: str) -> bool:
    """Whether a good part of the letters is Hebrew or Arabic."""
    turned = 0 if text.isascii() else len(_TURNED.findall(text))
    return turned > 0 and turned * 5 > sum(1 for char in text if char.isalpha())


def _is_joined(token: str) -> bool:
    if _ADDRESS.search(token):
        return False
    letters = sum(len(run) for run in _LETTERS.findall(token))
    return letters > JOINED_LETTERS and max(token) < "\u2e80" and not any("\u0e00" <= char < "\u0f00" for char in token)
