"""Cleaning of extracted text: what a reader of the printed page would see, line breaks kept.

The same for every file type, so that a CV gives the same characters whatever file it came in.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

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
_MOST_MARKS = 16  # one less than the run that _LONG_RUN looks for
_LONG_RUN = re.compile("[^\x00-\u02ff]{17,}")
_SPACED_LINE = re.compile(r"^(?:[^\W\d_] {1,3}){5,}[^\W\d_]$", re.MULTILINE)
_GAP = re.compile(r" {2,}")
_BLANKS = " \t\u3000"
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_JOINT = re.compile(
    r"(?<=\w)(?:([-\xad\x02])[ \t]*\n[ \t]*|(\x02))"  # a hyphen at a line's end, or PDFium's mark of one
    r"([^\W_](?:[\w'’./@-]{0,60}[\w'’])?[.,;:)!?]{0,3})(?:[ \t]+|\n|\Z)"
)
_LOOK_BACK = 80
_ADDRESS = re.compile(r"@|/|www\.|\.(?:com|org|net|io|dev)\b")
_WORD = re.compile(r"[\w'’-]+")
_SOFT_RUN = re.compile("([\xad\x02])[\xad\x02]+")
_LOOSE_SOFT = re.compile("[\xad\x02](?=[\u0300-\u036f])")
_SOFT = re.compile("[\xad\x02]")
_MIXED_SCRIPTS = re.compile(r"[A-Za-z][\u0400-\u04ff\u0370-\u03ff]|[\u0400-\u04ff\u0370-\u03ff][A-Za-z]")
_SUSPICIOUS = re.compile("[\u0370-\u04ff\u115f-\u1160\u180e\u200b-\u206f\u3164\ufeff\U000e0000-\U000e007f]")
_KEEPS_HYPHEN = frozenset(
    """
    all anti back bi co cross cutting data decision down e end ever ex extra fast first five four front
    full half hands high host in inter large long low market mid mission multi near new non off on one
    open out over part peer point post pre pro problem quasi re real result risk role second self semi
    seven short single six small state sub super team ten third three time top trans two ultra under up
    user vice well wide work world
    """.split()  # noqa: SIM905 - a table of words
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    text: str
    warnings: tuple[str, ...]


def clean(raw: str) -> Cleaned:
    """`raw` as plain NFKC text with `\\n` line ends, and warnings about what a person would not have seen.

    Removes controls, zero-width and direction characters, soft hyphens and icons of private fonts (list marks
    among them become bullets); joins words that a hyphen splits at a line's end and lines of six or more spaced
    letters; trims lines and keeps at most one blank line. Idempotent.
    """
    warnings = _warnings(raw)
    text = raw.replace("\r\n", "\n").translate(_LINE_ENDS)
    text = _SURROGATES.sub("\ufffd", text)
    text = _DROPPED.sub("", text)
    text = _PRIVATE.sub(lambda match: _ICON_BULLETS.get(ord(match.group()), " "), text)
    text = _SPACES.sub(" ", _LOOSE_SOFT.sub("", _SOFT_RUN.sub(r"\1", text)))
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _LONG_RUN.sub(_without_piled_marks, text))
    text = _trimmed(text)
    for _ in range(_MOST_JOINS):
        if "-\n" not in text and "\x02" not in text and "\xad" not in text:
            break
        before, text = text, _trimmed(_join_words(text))
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


def _without_piled_marks(run: re.Match[str]) -> str:
    """At most `_MOST_MARKS` combining marks in a row: composing takes quadratic time in them."""
    kept: list[str] = []
    marks = 0
    for char in run.group():
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks <= _MOST_MARKS:
            kept.append(char)
    return "".join(kept)


def _join_words(text: str) -> str:
    """End-of-line hyphens: the rest of the word moves up, the line break behind it.

    A soft hyphen always goes. A printed one stays where the right part starts with a capital or a digit, where
    the hyphenated word stands elsewhere in the text, and behind common first parts of compounds (`full-time`),
    unless the joined word stands elsewhere.
    """
    lowered = text.lower()

    def join(match: re.Match[str]) -> str:
        mark, right = match.group(1) or match.group(2), match.group(3)
        before = lowered[max(0, match.start() - _LOOK_BACK) : match.start()].split()
        left = before[-1].lstrip("([{\"'“‘„«") if before else ""
        if not left or left.isdecimal():
            return match.group()
        head, tail = left.rsplit("-", 1)[-1], _WORD.findall(right.lower())[0]
        if mark == "\xad":
            keep = False
        elif _ADDRESS.search(left) or not right[0].islower():
            keep = True
        elif f"{head}{tail}" in lowered:
            keep = False
        else:
            keep = "-" in left or head in _KEEPS_HYPHEN or f"{head}-{tail}" in lowered
        return f"{'-' if keep else ''}{right}\n"

    return _SOFT.sub("", _JOINT.sub(join, text))


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
