"""One normal form of printed text, so that spelling that carries no information never counts as a difference.

Kept apart on purpose: `+ # . / &` inside words (C, C++, C#, .NET are four things), digits, and word order.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from harness.values.piles import without_piled_marks

_QUOTES = dict.fromkeys(map(ord, "‘’‚‛′ʼ`´＇׳"), "'") | dict.fromkeys(map(ord, "“”„‟″«»‹›＂״"), '"')
_ARABIC = {ord(sign): plain for sign, plain in zip("٪٫٬", "%.,", strict=True)}
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")
# Soft hyphen, zero-width and bidirectional controls, BOM, Arabic tatweel, word joiner, variation selectors.
_DROPPED: dict[int, str] = dict.fromkeys(
    [
        *(0xAD, 0x34F, 0x61C, 0x640, 0xFEFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x206A),
        *range(0xFE00, 0xFE10),
    ],
    "",
)
_ZEROES = (0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xE50, 0xED0)
_DIGITS = {zero + value: str(value) for zero in _ZEROES for value in range(10)}
# Bullet glyphs become a space: they separate, and say nothing. Private-use icons (fonts of PDF files) too.
_GLYPHS = dict.fromkeys(map(ord, "•‣⁃∙◦●○■□▪▫▶►▸◆◇❖➢➤✓✔✗★☆·・･∗⦁⦿"), " ")
_PRIVATE = dict.fromkeys(range(0xF000, 0xF100), " ")
_CONTROLS = dict.fromkeys([*range(9), *range(14, 28), 0x7F], "")
_PLAIN: Final = _QUOTES | _ARABIC | _DASHES | _DROPPED | _DIGITS | _GLYPHS | _PRIVATE | _CONTROLS
_EDGES: Final = " \t\r\n.,;:!?-_*'\"()[]{}<>|/\\=~^"
_LEFT_EDGES: Final = _EDGES.replace(".", "")
# What the short way through `normalise` cannot take: numbers with separators, "40 %", line ends, control characters.
_SPECIAL = re.compile(r"\d[,.']\d{3}|\d\s+%|-[ \t]*\r?\n|[\x00-\x08\x0e-\x1b\x7f`]")
_ODD_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f`]")

# A hyphen at the end of a line, before a small letter: the word goes on (PDF text).
_LINE_HYPHEN = re.compile(r"(?<=[^\W\d_])-[ \t]*\r?\n[ \t]*(?=[^\W\d_])")
_THOUSANDS = re.compile(
    r"(?<![\d.,])([1-9]\d{0,2})((?:,\d{3})+|(?:\.\d{3})+|(?:'\d{3})+|(?:[\u00a0\u202f\u2009]\d{3})+)(?![\d]|[.,]\d)"
)
_PERCENT = re.compile(r"(?<=\d)\s+(?=%)")

_MARKS = (
    "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u0e31-\u0e3a\u0e47-\u0e4e"
)
_W = rf"(?:[^\W_]|[{_MARKS}])"
_WORD = re.compile(
    rf"(?:(?<![\w)\]])\.(?=[^\W\d_]))?{_W}+(?:[./&']{_W}+|(?<=\d),(?=\d){_W}+|(?<=\d)\^-?(?=\d){_W}+|[+#]+)*%?"
)
_ASCII_WORD = re.compile(
    r"(?:(?<![\w)\]])\.(?=[a-z]))?[a-z0-9]+(?:[./&'][a-z0-9]+|(?<=\d),(?=\d)[a-z0-9]+|(?<=\d)\^-?(?=\d)[a-z0-9]+|[+#]+)*%?"
)
# Scripts written without spaces: every character is a token of its own.
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:\^-?\d+)?")
# AT & T, H & M, R & D: initials, not two names.
_SHORT_PAIR = re.compile(r"(?<![\w&])([^\W\d_]{1,2}) & ([^\W\d_]{1,2})(?![\w&])")
_FOLDED_MARK = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]")
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t",
        "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ؤ": "و", "ئ": "ي",
    }
)  # fmt: skip
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})


_RAISED = re.compile("(?<=[0-9])([⁺⁻]?[⁰¹²³⁴-⁹]+)|([¼-¾⅐-⅞])")


_LONG = 200
"""Characters from which on a text is folded by kinds of characters, of which it has at most so many:"""
_MOST_KINDS = 100
_IOTA_BELOW = "\u0345"
"""The only mark that becomes a letter, and therefore moves."""
_RAISED_SIGNS = "⁰¹²³⁴⁵⁶⁷⁸⁹¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
"""One of which every power and fraction has; looked for one by one, which is faster than one pattern."""


def has_powers(text: str) -> bool:
    """Whether a text has raised digits or fractions, which fold to several characters."""
    return not text.isascii() and any(map(text.__contains__, _RAISED_SIGNS)) and _RAISED.search(text) is not None


def _power(found: re.Match[str]) -> str:
    if found[1]:
        return "^" + unicodedata.normalize("NFKC", found[1]).replace("\u2212", "-").removeprefix("+")
    fraction = unicodedata.normalize("NFKC", found[2]).replace("\u2044", "/")
    return f" {fraction}" if found.start() and found.string[found.start() - 1].isdigit() else fraction


def fold(text: str) -> str:
    """NFKC, plain quotes and dashes, ASCII digits, no invisible characters, casefolded. White space is left as is. A
    power stays one: 10⁶ is 10^6, never 106, and 3½ is 3 1/2."""
    if text.isascii():
        return (text.translate(_PLAIN) if _ODD_CONTROL.search(text) else text).lower()
    text = without_piled_marks(text)
    return _folded_by_kinds(text) or _folded_whole(text)


def _folded_by_kinds(text: str) -> str:
    """The short way for a long text: each kind of character that is not ASCII folded once. Nothing where that may not
    be the same, because characters beside each other fold as one: what comes out is then not in normal form."""
    if len(text) < _LONG or has_powers(text) or _ODD_CONTROL.search(text) or _IOTA_BELOW in text:
        return ""
    kinds = [each for each in set(text) if each > "\x7f"]
    if len(kinds) > _MOST_KINDS:
        return ""
    for each in kinds:
        text = text.replace(each, _fold_character(each))
    text = text.casefold()
    return text if unicodedata.is_normalized("NFKC", text) else ""


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    return _folded_whole(character)


def _folded_whole(text: str) -> str:
    text = _RAISED.sub(_power, text)
    for _ in range(4):
        folded = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN).casefold()
        if folded == text or folded.isascii():
            return folded
        text = folded
    return text


@lru_cache(maxsize=16384)
def normalise(text: str) -> str:
    """The normal form of one value: folded, line-end hyphens joined, numbers in one spelling ("1,000" is "1000",
    "40 %" is "40%"), white space collapsed, punctuation and bullet glyphs gone at both ends.

    Idempotent.
    """
    if "\n" in text:
        text = join_line_hyphens(text)
    # What stood inside may come to stand at an edge or beside another character: go on until nothing changes.
    for _ in range(8):
        if _is_plain(text):
            return _stripped(" ".join(text.lower().split()))
        folded = " ".join(fold(_THOUSANDS.sub(_joined, text)).split())
        result = _stripped(_PERCENT.sub("", folded))
        if result == text:
            break
        text = result
    return text


def _is_plain(text: str) -> bool:
    """Whether the short way does: what it gives cannot change any more."""
    return text.isascii() and not _SPECIAL.search(text)


def _stripped(text: str) -> str:
    """Without punctuation at both ends; the dot of ".net" stays."""
    text = text.rstrip(_EDGES).lstrip(_LEFT_EDGES)
    while text.startswith(".") and not text[1:2].isalpha():
        text = text[1:].lstrip(_LEFT_EDGES)
    return text


def _joined(found: re.Match[str]) -> str:
    return found[1] + re.sub(r"\D", "", found[2])


def join_line_hyphens(text: str) -> str:
    """Text with words joined again that were broken at the end of a line ("manage-\\nment")."""

    def join(found: re.Match[str]) -> str:
        following = text[found.end()]
        return "" if following == following.lower() else "-"

    return _LINE_HYPHEN.sub(join, text) if "\n" in text else text


def join_initials(folded: str) -> str:
    """A folded text with initials joined around `&` ("r & d" as "r&d"), every other character still in its place."""
    if " & " not in folded:
        return folded
    return _SHORT_PAIR.sub(lambda found: f"{found[1]}&{found[2]}".ljust(len(found[0])), folded)


@lru_cache(maxsize=16384)
def words(text: str) -> tuple[str, ...]:
    """Words of a value's normal form; a run of a script without spaces is one word."""
    folded = join_initials(normalise(text))
    return tuple((_ASCII_WORD if folded.isascii() else _WORD).findall(folded))


@lru_cache(maxsize=16384)
def tokens(text: str) -> tuple[str, ...]:
    """Words, with scripts that write no spaces (Han, kana, Thai) split into characters."""
    found = words(text)
    if all(map(str.isascii, found)):
        return found
    return tuple(token for word in found for token in _split_unspaced(word))


def _split_unspaced(word: str) -> list[str]:
    pieces: list[str] = []
    start = 0
    for found in _UNSPACED.finditer(word):
        if found.start() > start:
            pieces.append(word[start : found.start()])
        pieces.append(found[0])
        start = found.end()
    if start < len(word):
        pieces.append(word[start:])
    return pieces


@lru_cache(maxsize=16384)
def squeeze(text: str) -> str:
    """Words without anything between them: equal where only spaces, hyphens or slashes differ."""
    return "".join(words(text)).replace("/", "").replace("'", "")


@lru_cache(maxsize=8192)
def unaccented(text: str) -> str:
    """Normal form without accents, vowel points and letter variants ("Łódź" → "lodz")."""
    folded = normalise(text)
    if folded.isascii():
        return folded
    return normalise(_FOLDED_MARK.sub("", unicodedata.normalize("NFD", folded.translate(_LETTERS))))


@lru_cache(maxsize=8192)
def transliterated(text: str) -> str:
    """Like `unaccented`, with umlauts written out ("Müller" → "mueller")."""
    folded = normalise(text)
    return folded if folded.isascii() else unaccented(folded.translate(_UMLAUTS))


def same_but_accents(one: str, other: str) -> bool:
    """Whether two values differ in accents only (also with umlauts written out)."""
    if unaccented(one) == unaccented(other):
        return True
    return transliterated(one) == transliterated(other) or bool(
        {unaccented(one), transliterated(one)} & {unaccented(other), transliterated(other)}
    )


def numbers(text: str) -> tuple[str, ...]:
    """Numbers in a value, sorted: two texts about the same quantities have the same ones."""
    return tuple(sorted(_NUMBER.findall(normalise(text))))
