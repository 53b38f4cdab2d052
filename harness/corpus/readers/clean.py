"""Cleaning of extracted text: what a reader of the printed page would see, line breaks kept.

The same for every file type, so that a CV gives the same characters whatever file it came in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from harness.corpus.readers.hyphens import join_line_ends
from harness.values.piles import without_piled_marks

_ICON_BULLETS = {0xF0B7: "•", 0xF0A7: "•", 0xF0D8: "•", 0xF076: "•", 0xF0FC: "✓", 0xF0E0: "→", 0xF02D: "-"}
_LINE_ENDS = str.maketrans(
    {
        "\r": "\n",
        "\v": "\n",
        "\f": "\n",
        "\x85": "\n",
        "\u2028": "\n",
        "\u2029": "\n",
        "\ufffe": "\x02",
        "\u2010": "-",
        "\u2011": "-",
    }
)
_DROPPED = re.compile(
    "[\x00-\x01\x03-\x08\x0e-\x1f\x7f-\x9f"  # controls
    "\u200b-\u200f\u061c\u2060-\u2065\ufeff\u180e\u115f\u1160\u3164\uffa0"  # zero width, direction marks, fillers
    "\u202a-\u202e\u2066-\u206f"  # direction overrides and isolates, deprecated formats
    "\U000e0000-\U000e0fff"  # tags
    "\ufe00-\ufe0f\ufdd0-\ufdef]+"
)
_OVERRIDES = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ZERO_WIDTH = re.compile("[\u200b\u2060-\u2064\u180e\ufeff\u115f\u1160\u3164]")
_MOST_JOINS = 5
"""A word broken over several lines is joined from its beginning, one break a time."""
_MANY_ZERO_WIDTH = 3
_TAGS = re.compile("[\U000e0020-\U000e007f]")
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACED_LINE = re.compile(r"^(?:[^\W\d_] {1,3}){5,}[^\W\d_]$", re.MULTILINE)
_GAP = re.compile(r" {2,}")
_BLANKS = " \t\u3000"
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_SOFT_RUN = re.compile("([\xad\x02])[\xad\x02]+")
_LOOSE_SOFT = re.compile("[\xad\x02](?=[\u0300-\u036f])")
_SOFT = re.compile("[\xad\x02]")
_MIXED_SCRIPTS = re.compile(r"[A-Za-z][\u0400-\u04ff\u0370-\u03ff]|[\u0400-\u04ff\u0370-\u03ff][A-Za-z]")
_SUSPICIOUS = re.compile("[\u0370-\u04ff\u115f-\u1160\u180e\u200b-\u206f\u3164\ufeff\U000e0000-\U000e007f]")
_RAISED = re.compile(r"(?<=[\w)\]])[⁺⁻]?[⁰¹²³⁴-⁹]+")
_UNIT = re.compile(r"(?<![^\W\d_])(?:m|cm|mm|km|dm|ft|in|yd)$")
_FRACTION = re.compile(r"(?<=\d)(?=[¼½¾⅐-⅞↉])")
_ICONS = "[\u2300-\u23ff\u2600-\u26ff\u2700-\u27bf\U0001f000-\U0001faff]"
_AGAINST_ICON = re.compile(f"(?<={_ICONS})(?=[\\w+(])|(?<=\\w)(?={_ICONS})")
"""Between an icon and the value that it stands at, an envelope and an address, which are printed apart."""
_ACUTE = re.compile("(?<=[^\\W\\d_])´(?=[^\\W\\d_])")
"""An accent for an apostrophe, which NFKC would part from its word."""
_MINUS = re.compile("(?<=[^\\W\\d_])\u2212(?=[^\\W\\d_])")
"""A minus between letters is a hyphen by another name."""
_UNUSUAL = re.compile(f"{_ICONS}|[´\u2212⁺⁻⁰¹²³⁴-⁹¼½¾⅐-⅞↉]")
"""One of which each of the patterns before needs to find anything."""
_KEPT_SIGNS = re.compile("[^™℠①-⑳⓪]+")
"""Signs that NFKC would turn into letters or digits of the word beside them."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    text: str
    warnings: tuple[str, ...]


def clean(raw: str, join: Callable[[str], str] = join_line_ends) -> Cleaned:
    """`raw` as plain NFKC text with `\\n` line ends, and warnings about what a person would not have seen.

    Removes controls, zero-width and direction characters, soft hyphens and icons of private fonts (list marks
    among them become bullets); joins words that a hyphen splits at a line's end and lines of six or more spaced
    letters; trims lines and keeps at most one blank line. Idempotent. join: joins those words, asked only where a
    hyphen stands at a line's end.
    """
    warnings = _warnings(raw)
    text = raw.replace("\r\n", "\n")
    kinds = "".join(set(text))  # most texts have none of what most patterns look for
    if kinds.translate(_LINE_ENDS) != kinds:
        text = text.translate(_LINE_ENDS)
        kinds = "".join(set(text))
    if _SURROGATES.search(kinds):
        text = _SURROGATES.sub("\ufffd", text)
    if _DROPPED.search(kinds):
        text = _DROPPED.sub("", text)
    if _PRIVATE.search(kinds):
        text = _PRIVATE.sub(lambda match: _ICON_BULLETS.get(ord(match.group()), " "), text)
    if _SOFT.search(kinds):
        text = _LOOSE_SOFT.sub("", _SOFT_RUN.sub(r"\1", text))
    if _SPACES.search(kinds):
        text = _SPACES.sub(" ", text)
    if not text.isascii():
        text = _normalised(without_piled_marks(text))
    text = _trimmed(text)
    for _ in range(_MOST_JOINS):
        if "-\n" not in text and "\x02" not in text and "\xad" not in text:
            break
        before, text = text, _trimmed(_SOFT.sub("", join(text)))
        if text == before:
            break
    text = _SPACED_LINE.sub(_closed_up, text)
    text = _BLANK_LINES.sub("\n\n", _trimmed(text))
    return Cleaned(text.strip(" \t\u3000\n"), warnings)


def _trimmed(text: str) -> str:
    """Lines without blanks at their ends. No regular expression: on a long run of blanks one takes quadratic time."""
    return "\n".join([line.rstrip(_BLANKS) for line in text.split("\n")])


def _closed_up(line: re.Match[str]) -> str:
    """`P R O F I L E` as the word that is printed; wider gaps part words."""
    words = [word.replace(" ", "") for word in _GAP.split(line.group())]
    return ("" if all(len(word) == 1 for word in words) else " ").join(words)


def _normalised(text: str) -> str:
    """NFKC that keeps apart what is printed apart: 10⁶ is not 106 but 10^6, 1½ not 11/2 but 1 1/2."""
    if _UNUSUAL.search("".join(set(text))):
        text = _AGAINST_ICON.sub(" ", text)
        text = _MINUS.sub("-", _ACUTE.sub("'", text))
        text = _FRACTION.sub(" ", _RAISED.sub(_raised, text))
    return _KEPT_SIGNS.sub(lambda run: unicodedata.normalize("NFKC", run.group()), text).replace("\u2044", "/")


def _raised(power: re.Match[str]) -> str:
    before = power.string[max(0, power.start() - 3) : power.start()]
    return power.group() if _UNIT.search(before) else f"^{power.group()}"


def _warnings(raw: str) -> tuple[str, ...]:
    if raw.isascii() or not _SUSPICIOUS.search(raw):
        return ()
    found = []
    if count := len(_OVERRIDES.findall(raw)):
        found.append(f"{count} direction overrides removed")
    if (count := len(_ZERO_WIDTH.findall(raw.lstrip("\ufeff")))) >= _MANY_ZERO_WIDTH:
        found.append(f"{count} zero-width characters removed")
    if count := len(_TAGS.findall(raw)):
        found.append(f"{count} invisible tag characters removed")
    if count := len(_MIXED_SCRIPTS.findall(raw)):
        found.append(f"letters of two alphabets within one word ({count} places)")
    return tuple(found)
