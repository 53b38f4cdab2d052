"""A whole text folded like a value (see `normalise.fold`), with a map back to the offsets of the text as given."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from unicodedata import combining

from harness.values.normalise import fold, has_powers, join_line_hyphens

_SPACE = str.maketrans("\t\n\r\x0b\x0c", "     ")
_NOT_SPACE = re.compile(r"\S+")
_GAP = re.compile(r"\s\s+")
_LINE_HYPHEN = re.compile(r"-[ \t]*\r?\n")
_UNUSUAL = re.compile(r"[^\t-\r\x1c-~]")
"""Control characters, which fold to nothing, and all that is not ASCII."""
_GROUP = re.compile(r"[,.']\d{3}")
_THOUSANDS = re.compile(r"(?<![\d.,])[1-9]\d{0,2}(?:(?:,\d{3})+|(?:\.\d{3})+|(?:'\d{3})+)(?!\d|[.,]\d)")
_fold_character = lru_cache(maxsize=4096)(fold)
_IRREGULAR = re.compile(
    r"(?<=\d)\s+(?=%)"
    r"|(?<=[^\W\d_])-[ \t]*\r?\n[ \t]*(?=[^\W\d_])"
    r"|\s*[!-~]?[^\x00-\x7f]+\s*"
    r"|\s{2,}"
    r"|(?<![\d.,])[1-9]\d{0,2}(?:(?:,\d{3})+|(?:\.\d{3})+|(?:'\d{3})+)(?!\d|[.,]\d)"
    r"|[\x00-\x08\x0e-\x1b\x7f`]+"
)


@dataclass(frozen=True, slots=True)
class Map:
    """Where each stretch that is 1:1 begins: here in the folded text, there in the text as given."""

    here: list[int]
    there: list[int]


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, white space collapsed; the map back is made only when something was found."""

    text: str
    make_map: Callable[[], Map]


def fold_text(given: str) -> Folded:
    """`given`, folded."""
    return _folded_by_words(given) or _folded_by_characters(given)


def _folded_by_words(given: str) -> Folded | None:
    """The short way, for texts whose characters fold one to one; None where some do not."""
    if ("-" in given and _LINE_HYPHEN.search(given)) or has_powers(given):
        return None
    plain = given
    for character in set(_UNUSUAL.findall(given)):
        folded = _fold_character(character)
        if len(folded) != 1 or combining(character):
            return None
        if folded != character:
            plain = plain.replace(character, folded)  # a few kinds of characters: faster than a table
    plain = plain.lower()
    if len(plain) != len(given):
        return None
    pieces = plain.split()
    moved = bool(_GROUP.search(plain))
    if moved:
        pieces = [_THOUSANDS.sub(_digits_only, piece) if _GROUP.search(piece) else piece for piece in pieces]
    text = " ".join(pieces)
    joined: list[int] = []
    if " %" in text:
        joined = [at for at, piece in enumerate(pieces) if piece[0] == "%" and at and pieces[at - 1][-1].isdigit()]
        for at in reversed(joined):
            pieces[at - 1 : at + 1] = [pieces[at - 1] + pieces[at]]
        text = " ".join(pieces)

    def make_map() -> Map:
        if text and not moved and not joined:
            return _map_of_gaps(plain)
        there = [found.start() for found in _NOT_SPACE.finditer(plain)]
        for at in reversed(joined):
            del there[at]
        here = list(accumulate((len(piece) + 1 for piece in pieces), initial=0))
        return Map(here[: len(pieces)] or [0], there or [0])

    return Folded(text, make_map)


def _map_of_gaps(plain: str) -> Map:
    """The map where nothing but white space collapses: a stretch begins only after a gap of several characters."""
    lost = len(plain) - len(plain.lstrip())
    here, there = [0], [lost]
    for found in _GAP.finditer(plain, lost):
        start, end = found.span()
        lost += end - start - 1
        here.append(end - lost)
        there.append(end)
    return Map(here, there)


def _digits_only(found: re.Match[str]) -> str:
    return re.sub(r"\D", "", found[0])


def _folded_by_characters(given: str) -> Folded:
    pieces: list[str] = []
    here, there = [0], [0]
    size = last = 0
    ends_in_space = True
    for found in _IRREGULAR.finditer(given):
        start, end = found.span()
        if start > last:
            plain = given[last:start].translate(_SPACE).lower()
            pieces.append(plain)
            size += len(plain)
            ends_in_space = plain[-1] == " "
        piece = _piece(given, found)
        if ends_in_space and piece[:1] == " ":
            piece = piece[1:]
        if piece:
            if piece.strip() and len(piece) != end - start:
                lead = len(found[0]) - len(found[0].lstrip())
                here.append(size + (piece[0] == " "))
                there.append(start + lead)
            pieces.append(piece)
            size += len(piece)
            ends_in_space = piece[-1] == " "
        here.append(size)
        there.append(end)
        last = end
    pieces.append(given[last:].translate(_SPACE).lower())
    found_map = Map(here, there)
    return Folded("".join(pieces), lambda: found_map)


def _piece(given: str, found: re.Match[str]) -> str:
    raw = found[0]
    if raw[0] == "-" and raw[1:].isspace():
        following = given[found.end() : found.end() + 1]
        return "" if following == following.lower() else "-"
    if raw.isspace():
        return "" if given[found.end() : found.end() + 1] == "%" and given[found.start() - 1].isdigit() else " "
    if raw[0].isdigit() and raw.isascii():
        return re.sub(r"\D", "", raw)
    folded = fold(join_line_hyphens(raw))
    core = " ".join(folded.split())
    if not core:
        return " " if folded else ""
    return (" " if folded[0].isspace() else "") + core + (" " if folded[-1].isspace() else "")
