"""Glyphs without a public character: icons, or letters and digits whose font says nothing of what they are.

An icon stands alone. Signs that stand side by side or inside of words are text: what they are is told by the font's
own encoding, else by reading the page's picture and putting it beside the text layer, sign by sign. What stays
unknown is marked and counted, never blanked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.corpus.readers.pdf_fonts import fonts_of

if TYPE_CHECKING:
    from pypdf import PdfReader

UNKNOWN = "\ufffd"
UNTOLD = "\U000ffffd"
"""A glyph that draws something and says nothing: the same for all of them, so that each is told by its place."""
_SIGN = "[\ue000-\uf8ff\U000f0000-\U0010fffd]"
_UNTOLD_RUN = re.compile(f"{UNTOLD}{{2,}}")
_RUN = re.compile(f"{_SIGN}{{2,}}")
_INSIDE = re.compile(rf"(?<=[^\W_]){_SIGN}(?=[^\W_])")
_ONE = re.compile(_SIGN)
_SHIFTED = re.compile("[\uf021-\uf07e]")
_SHIFTED_SHARE = 0.2
_LEAST_SIGNS = 4
"""Fewer different signs side by side are the stars or dots of a rating."""
_LEAST_UNTOLD = 4
_LEAST_AGREEMENT = 0.6
_BOXES = re.compile("[□▯]{2,}")
_LONGEST = 3


@dataclass(frozen=True, slots=True)
class Resolved:
    """The pages' texts with signs read where they could be; `missing` counts those that could not, by page."""

    texts: list[str]
    by_font: int = 0
    by_picture: int = 0
    missing: Mapping[int, int] | None = None


def unshifted(texts: Sequence[str]) -> list[str]:
    """The texts of a font that keeps plain characters in the private area (U+F041 for A), moved back.

    Only where that is a good part of the text: single characters there are the signs of symbol fonts.
    """
    printed = sum(len(text) - text.count(" ") - text.count("\n") for text in texts)
    shifted = sum(len(_SHIFTED.findall(text)) for text in texts)
    if shifted <= _SHIFTED_SHARE * max(printed, 1):
        return list(texts)
    return [_SHIFTED.sub(lambda sign: chr(ord(sign.group()) - 0xF000), text) for text in texts]


def textual_signs(texts: Iterable[str], icons: frozenset[str]) -> frozenset[str]:
    """The signs that must be letters or digits, by where they stand; `icons` are known to be none."""
    side_by_side: set[str] = set()
    inside: set[str] = set()
    for text in texts:
        if text.isascii():
            continue
        for run in _RUN.findall(text):
            side_by_side.update(run)
        inside.update(_INSIDE.findall(text))
    side_by_side -= icons
    textual = inside - icons | (side_by_side if len(side_by_side) >= _LEAST_SIGNS else set())
    untold = sum(len(run) for text in texts for run in _UNTOLD_RUN.findall(text))
    return frozenset(textual | ({UNTOLD} if untold >= _LEAST_UNTOLD else set()))


def boxes_untold(texts: Sequence[str]) -> list[str]:
    """The texts with boxes side by side, which fonts draw for what they lack, as glyphs that say nothing."""
    return [_BOXES.sub(lambda run: UNTOLD * len(run.group()), text) for text in texts]


def resolve(
    texts: Sequence[str],
    signs: frozenset[str],
    font_says: Mapping[str, str],
    pictures: Callable[[list[int]], Mapping[int, str]],
) -> Resolved:
    """Read `signs` in the pages' texts: by what the fonts say, else by the pages' pictures, else mark them.

    `pictures` gives the OCR texts of the pages asked for, none where there is no OCR.
    """
    known = {sign: font_says[sign] for sign in signs if sign in font_says}
    open_signs = signs - known.keys()
    affected = [at for at, text in enumerate(texts) if any(sign in text for sign in open_signs)]
    seen: dict[str, str] = {}
    filled = list(texts)
    by_place = 0
    if affected:
        shown = pictures(affected)
        seen = _voted([(texts[at], text) for at, text in shown.items()], open_signs - {UNTOLD})
        if UNTOLD in open_signs:
            filled = [_by_place(text, shown.get(at, "")) for at, text in enumerate(texts)]
            by_place = sum(text.count(UNTOLD) for text in texts) - sum(text.count(UNTOLD) for text in filled)
    told = {**known, **seen}
    missing: dict[int, int] = {}
    result = []
    for at, text in enumerate(filled):
        lost = sum(text.count(sign) for sign in signs - told.keys())
        if lost:
            missing[at] = lost
        result.append(_ONE.sub(lambda found: _told(found.group(), told, signs), text))
    return Resolved(result, len(known), len(seen) + by_place, missing)


def _told(sign: str, told: Mapping[str, str], signs: frozenset[str]) -> str:
    return told.get(sign, UNKNOWN if sign in signs else sign)


def _by_place(layer: str, picture: str) -> str:
    """`layer` with each glyph that says nothing as the picture shows it, where the two can be put side by side."""
    from rapidfuzz.distance import Levenshtein

    places = [at for at, char in enumerate(layer) if not char.isspace()]
    one = "".join(layer[at] for at in places)
    two = unicodedata.normalize("NFKC", "".join(picture.split()))
    result = list(layer)
    for part in Levenshtein.opcodes(one, two):
        if part.tag == "replace" and part.src_end - part.src_start == part.dest_end - part.dest_start:
            for at, char in zip(range(part.src_start, part.src_end), two[part.dest_start :], strict=False):
                if one[at] == UNTOLD and _is_told(char):
                    result[places[at]] = char
    return "".join(result)


def _is_told(text: str) -> bool:
    return text.isalnum() or (text.isascii() and text.isprintable())


def _voted(pairs: Sequence[tuple[str, str]], signs: frozenset[str]) -> dict[str, str]:
    """What each sign is by the pictures: the texts are put side by side, and every place where one stands votes."""
    from rapidfuzz.distance import Levenshtein

    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for layer, picture in pairs:
        one = "".join(layer.split())
        two = unicodedata.normalize("NFKC", "".join(picture.split()))
        for part in Levenshtein.opcodes(one, two):
            ours, theirs = one[part.src_start : part.src_end], two[part.dest_start : part.dest_end]
            if part.tag != "replace":
                continue
            if len(ours) == len(theirs):
                for sign, char in zip(ours, theirs, strict=True):
                    if sign in signs:
                        votes[sign][char] += 1
            elif len(ours) == 1 and ours in signs and len(theirs) <= _LONGEST:
                votes[ours][theirs] += 1
    found = {}
    for sign, counted in votes.items():
        best, count = counted.most_common(1)[0]
        if count >= _LEAST_AGREEMENT * counted.total() and _is_told(best):
            found[sign] = best
    return found


def font_says(reader: PdfReader) -> dict[str, str]:
    """Private characters that a font's encoding names: the map to characters is broken, the encoding is not.

    Believed of fonts only in which both agree on the other characters. Fonts that differ on a sign cancel it out.
    """
    from pypdf.generic._font import Font

    found: dict[str, str] = {}
    unsure: set[str] = set()
    for entry in fonts_of(reader):
        font = Font.from_font_resource(entry)
        said = [(raw, char) for raw, char in font.character_map.items() if isinstance(raw, str)]
        private = [(raw, char) for raw, char in said if _ONE.fullmatch(char) and raw.isascii() and raw.isprintable()]
        if not private or sum(1 for raw, char in said if raw == char and raw.isascii()) < len(private):
            continue
        for raw, char in private:
            if found.setdefault(char, raw) != raw:
                unsure.add(char)
    return {char: raw for char, raw in found.items() if char not in unsure}
