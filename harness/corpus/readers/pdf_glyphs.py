"""The second reading of a PDF's text layer: pdfium's glyphs one by one, each judged by what it draws.

pdfium finds the lines; what a font's tables say of a glyph is taken with care: a space stays a space whatever
characters it is mapped to, a soft hyphen that is drawn is a hyphen, an icon that carries a name does not run into
the value beside it, a small digit set above the line is a superscript, and glyphs without a character of their own
are kept apart from those that have one, so that they can be read otherwise or counted as lost.
"""

from __future__ import annotations

import ctypes
import re
import statistics
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from harness.corpus.readers.pdf_choice import UNNAMED
from harness.corpus.readers.pdf_order import Line, in_order
from harness.corpus.readers.pdf_private import UNTOLD

_HYPHEN, _NEW_LINE, _SPACE = 2, 10, 32
_HYPHEN_IN_TEXT = 0xFFFE
_SOFT_HYPHEN = 0xAD
_NO_CHARACTER = frozenset({0, 0x200B, 0x2060, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF})
_NOTHING = "\u200b"
_PLACE = "\U000ffffe"
"""Where a blank glyph stands in a line, until the page is read and it is known whether it draws something."""
_BROADER = 1.7
"""A font's space has one width; blank glyphs that are so much broader are looked at on the page."""
_BLANK = " \t\r\n\v\f\x1c\x1d\x1e\x1f\x85\xa0\u1680\u180e\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007" + (
    "\u2008\u2009\u200a\u200b\u200c\u200d\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
_ICON_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*$")
_LIGATURES = frozenset(
    {"ffi", "ffl", "fft", "ffb", "ffh", "ffj", "ffk", "fff", "tti", "ttf", "tft", "ttt", "fti", "sch"}
)
_UNIT = re.compile(r"(?<![^\W\d_])([a-z]{1,2})$")
_UNITS = frozenset({"m", "cm", "mm", "km", "ft", "in", "dm", "yd"})
_ICON_FONT = re.compile("awesome|icon|symbol|dingbat|wingding|webding|entypo|glyphicon|feather", re.IGNORECASE)
_PICTURE_FONT = re.compile("awesome|dingbat|wingding|webding|entypo|glyphicon|feather", re.IGNORECASE)
_SYMBOL_AREA = 0xF000
"""Where fonts of symbols keep what they draw for a plain character."""
_FIRST_SIGN, _MOST_SIGNS = 0xF0000, 60_000
_SMALLER = 0.86
_RAISED_AT_MOST = 0.6
_RAISED, _RAISED_CLEARLY = 0.12, 0.25
_SAME_LINE = 0.05
_WORD_SPACE = 0.15
_TURNED = 0.01
_SPACED_LETTERS = 6
_WORD_GAP = 1.6

_ADOBE = {0xF700 + at: chr(at) for at in range(0x30, 0x3A)}
_ADOBE.update({0xF700 + at: chr(at - 0x20) for at in range(0x61, 0x7B)})
_ADOBE.update({0xF724: "$", 0xF726: "&", 0xF721: "!", 0xF73F: "?", 0xF6DC: "1", 0xF6E2: "$", 0xF6E5: "-"})
_ADOBE.update({0xF001: "fi", 0xF002: "fl"})
"""Adobe's corporate-use area: old-style digits and small capitals, which every glyph list maps there."""


@lru_cache(4096)
def _is_blank(text: str) -> bool:
    return not text.strip(_BLANK)


@lru_cache(512)
def _is_of_pictures(font: bytes) -> bool:
    return _PICTURE_FONT.search(font.decode("utf-8", "replace")) is not None


class Blank(NamedTuple):
    """A glyph whose text is blank: its index and its box on the page, in points. `usual` where it says some space."""

    at: int
    left: float
    bottom: float
    right: float
    top: float
    usual: bool

    @property
    def breadth(self) -> float:
        return (self.right - self.left) / max(self.top - self.bottom, 0.01)


@dataclass(slots=True)
class PageGlyphs:
    """A page's lines as its glyphs draw them; `odd` counts what a reader that trusts the fonts gets wrong."""

    lines: list[Line] = field(default_factory=list)
    odd: Counter[str] = field(default_factory=Counter)
    turned: bool = False
    blanks: list[Blank] = field(default_factory=list)

    @property
    def text(self) -> str:
        return in_order(self.lines, turned=self.turned)

    def suspects(self) -> list[int]:
        """The blanks that may draw something: those whose character says nothing, and those broader than a space."""
        space = statistics.median([blank.breadth for blank in self.blanks if blank.usual] or [0.0])
        return [at for at, blank in enumerate(self.blanks) if not blank.usual or blank.breadth > _BROADER * space]

    def settle(self, drawn: Collection[int]) -> None:
        """Put into the lines what the blanks are: `UNTOLD` for those that draw something, else what they say."""
        at = -1

        def told(_: re.Match[str]) -> str:
            nonlocal at
            at += 1
            if at in drawn:
                self.odd["blanks that are drawn"] += 1
                return UNTOLD
            return " " if self.blanks[at].usual else ""

        plain = not drawn and all(blank.usual for blank in self.blanks)
        for line in self.lines:
            line.text = line.text.replace(_PLACE, " ") if plain else re.sub(_PLACE, told, line.text)
        self.blanks.clear()


class Signs:
    """A file's glyphs without a character: each gets one of its own from the private area, the same at each place.

    `icons` are the private characters that are set in a font of icons.
    """

    def __init__(self) -> None:
        self._given: dict[tuple[str, int], str] = {}
        self.icons: set[str] = set()

    def sign(self, font: str, code: int) -> str:
        found = self._given.setdefault((font, code), chr(_FIRST_SIGN + min(len(self._given), _MOST_SIGNS)))
        if _ICON_FONT.search(font):
            self.icons.add(found)
        return found

    def private(self, font: str, char: str) -> str:
        if _ICON_FONT.search(font):
            self.icons.add(char)
        return char


def read_glyphs(raw: Any, layer: Any, signs: Signs) -> PageGlyphs:
    """The lines of a pdfium text page (`FPDF_TEXTPAGE`), broken where pdfium breaks them."""
    return _Glyphs(raw, layer, signs).read()


@dataclass(slots=True)
class _Glyph:
    """A glyph: its first and last index, place and characters; `parted` where a space that pdfium made up follows."""

    at: int = -1
    end: int = -1
    x: float = 0.0
    y: float = 0.0
    text: str = ""
    blank: bool = True
    parted: bool = False
    written: bool = True


def _quick(function: Any) -> Callable[..., int]:
    """A function of pdfium's that is called for every glyph, without the look at its arguments that costs more than the
    function: numbers are passed as C's int, all else has to be a pointer already."""
    found: Callable[..., int] = ctypes.PYFUNCTYPE(ctypes.c_int)(ctypes.cast(function, ctypes.c_void_p).value or 0)
    return found


class _Glyphs:
    def __init__(self, raw: Any, layer: Any, signs: Signs) -> None:
        self._raw, self._layer, self._signs = raw, layer, signs
        self._handle = ctypes.cast(layer, ctypes.c_void_p)
        self._origin, self._loose = _quick(raw.FPDFText_GetCharOrigin), _quick(raw.FPDFText_GetLooseCharBox)
        self._is_made_up = _quick(raw.FPDFText_IsGenerated)
        self._is_unmapped, self._font_info = _quick(raw.FPDFText_HasUnicodeMapError), _quick(raw.FPDFText_GetFontInfo)
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._box = raw.FS_RECTF()
        self._name = ctypes.create_string_buffer(128)
        self._to_x, self._to_y, self._to_box = ctypes.byref(self._x), ctypes.byref(self._y), ctypes.byref(self._box)
        self._to_name, self._name_size = ctypes.byref(self._name), ctypes.c_ulong(len(self._name))
        self._page = PageGlyphs()
        self._line: list[str] = []
        self._spaces = _Spaces()
        self._start: tuple[int, float, float] | None = None
        self._last = _Glyph()
        self._broken = False

    def read(self) -> PageGlyphs:
        raw, layer, glyph = self._raw, self._layer, self._glyph
        for at, code in enumerate(self._codes()):
            if code > _SPACE:
                glyph(at, code)
            elif self._is_made_up(self._handle, at):  # which are spaces and ends of lines alone
                self._made_up(code)
            elif code == _HYPHEN and raw.FPDFText_IsHyphen(layer, at):
                self._write()
                self._line.append("-")
                self._end_line()
            else:
                glyph(at, code)
        self._end_line()
        return self._page

    def _codes(self) -> list[int]:
        """The characters' codes as pdfium has them: at once, where its text has one for each."""
        raw, layer, code_at = self._raw, self._layer, self._raw.FPDFText_GetUnicode
        count = max(raw.FPDFText_CountChars(layer), 0)
        text = (ctypes.c_ushort * (count + 1))()
        if raw.FPDFText_GetText(layer, 0, count, text) == count + 1:
            codes = text[:count]
            if not any(0xD800 <= code < 0xE000 for code in codes):
                return [code_at(layer, at) if code == _HYPHEN_IN_TEXT else code for at, code in enumerate(codes)]
        return [code_at(layer, at) for at in range(count)]

    def _made_up(self, code: int) -> None:
        """A space or a line break that pdfium puts between glyphs."""
        if code == _NEW_LINE:
            self._write()
            self._broken = True
        elif code == _SPACE:
            self._write()
            self._spaces.made_up[len(self._line)] = 0.0
            self._line.append(" ")
            self._last.parted = True

    def _glyph(self, at: int, code: int) -> None:
        handle = self._handle
        self._origin(handle, at, self._to_x, self._to_y)
        x, y = self._x.value, self._y.value
        if self._broken and not self._goes_on(at, x, y):
            self._end_line()
        last = self._last
        if _SPACE < code < 0x7F and not last.blank and not self._is_unmapped(handle, at):  # as most are
            text, blank = chr(code), False
        else:
            text = self._character(at, code)
            blank = _is_blank(text)
        if x == last.x and y == last.y and not last.written and last.text:
            last.text, last.end = last.text + text, at  # one glyph that stands for several characters
            last.blank = _is_blank(last.text)
            return
        if not last.written:
            if last.blank or len(last.text) > 1:
                self._write()
            else:
                self._line.append(last.text)
        if not last.blank and not blank:
            self._measure(last, x)
        if text.isdecimal() and last.text[-1:].isalnum() and not last.parted and self._is_raised(last, at, y):
            self._line.append("^")
            self._page.odd["superscripts"] += 1
        if self._start is None and text.strip():
            self._start = at, x, y
        last.at = last.end = at
        last.x, last.y, last.text, last.blank, last.parted, last.written = x, y, text, blank, False, False

    def _goes_on(self, at: int, x: float, y: float) -> bool:
        """Whether a glyph behind a line break of pdfium's stands on the line all the same: raised, or behind such."""
        self._broken = False
        start, last = self._start, self._last
        if start is None or last.at < 0 or x < last.x:
            return False
        first, _, base = start
        height = self._size(first)[1]
        self._size(last.end)
        if abs(x - self._box.right) > height:
            return False
        if abs(y - base) <= _SAME_LINE * height:
            return abs(last.y - base) <= height
        small = self._size(at)[1] <= _SMALLER * self._size(last.at)[1]
        return small and abs(last.y - base) <= _SAME_LINE * height and abs(y - base) <= _RAISED_AT_MOST * height

    def _measure(self, before: _Glyph, x: float) -> None:
        """Take down the gap before a glyph that begins at `x`, and part the two where it is as wide as a space that is
        not there."""
        box = self._box
        self._loose(self._handle, before.end, self._to_box)
        gap = x - box.right
        self._spaces.pairs.append(gap)
        if before.parted:
            self._spaces.made_up[len(self._line) - 1] = gap
        elif gap > 0.0 and gap > _WORD_SPACE * abs(box.top - box.bottom):
            self._spaces.missing[len(self._line)] = gap
            self._line.append(" ")

    def _character(self, at: int, code: int) -> str:
        if code in _NO_CHARACTER:
            return _NOTHING
        if self._is_unmapped(self._handle, at):
            self._page.odd[UNNAMED] += 1
            return self._signs.sign(self._font(at), code)
        if 0x20 < code < 0x7F:
            # The first one of a word, where an icon or a list mark stands?
            if self._last.blank and _is_of_pictures(self._name_of(at)):
                self._page.odd["icons as letters"] += 1
                return chr(_SYMBOL_AREA + code)
            return chr(code)
        if code == _SOFT_HYPHEN:
            self._page.odd["soft hyphens"] += 1
            return "-" if self._size(at)[0] else ""
        if code in _ADOBE:
            self._page.odd["old-style characters"] += 1
            return _ADOBE[code]
        if 0xE000 <= code <= 0xF8FF:
            return self._signs.private(self._font(at), chr(code))
        return chr(code) if code < 0xD800 or 0xE000 <= code < 0x110000 else "\ufffd"

    def _write(self) -> None:
        """Put the glyph before into the line."""
        last = self._last
        if last.written:
            return
        last.written = True
        text = last.text
        if last.blank and text:
            usual = text.strip(_NOTHING) != ""
            if usual and text not in (" ", "\u00a0", "\u3000"):
                self._page.odd["odd spaces"] += 1
            self._size(last.at)
            box = self._box
            self._page.blanks.append(Blank(last.at, box.left, box.bottom, box.right, box.top, usual))
            text = _PLACE
        elif len(text) > 2 and _ICON_NAME.match(text) and text not in _LIGATURES:
            self._page.odd["icons with names"] += 1
            text = f" {text} "
        self._line.append(text)

    def _is_raised(self, before: _Glyph, at: int, y: float) -> bool:
        """Whether a digit stands higher than the character before it: a little and in a smaller size, or clearly."""
        usual, height = self._size(before.at)[1], self._size(at)[1]
        least = _RAISED if height <= _SMALLER * usual else _RAISED_CLEARLY
        if not least * usual < y - before.y <= _RAISED_AT_MOST * usual:
            return False
        unit = _UNIT.search("".join(self._line[-3:]))
        return not unit or unit.group(1) not in _UNITS

    def _font(self, at: int) -> str:
        return self._name_of(at).decode("utf-8", "replace")

    def _name_of(self, at: int) -> bytes:
        return self._name.value if self._font_info(self._handle, at, self._to_name, self._name_size, None) else b""

    def _size(self, at: int) -> tuple[float, float]:
        """Width and height in points of a glyph's line box, whose height goes with the font size."""
        box = self._box
        if not self._loose(self._handle, at, self._to_box):
            return 0.0, 0.0
        return abs(box.right - box.left), abs(box.top - box.bottom)

    def _end_line(self) -> None:
        self._write()
        start = self._start
        line = Line(self._spaces.closed_up(self._line))
        if start is not None:
            first, line.x, line.y = start
            line.size = self._size(first)[1]
            self._page.turned = self._page.turned or abs(self._raw.FPDFText_GetCharAngle(self._layer, first)) > _TURNED
        self._page.lines.append(line)
        self._line, self._spaces, self._start = [], _Spaces(), None
        self._last = _Glyph()
        self._broken = False


@dataclass(slots=True)
class _Spaces:
    """The spaces of a line that are no glyphs, by their place in it, with the gap that stands for each in points.

    `made_up` are pdfium's, `missing` those that it did not see; `pairs` are the gaps of all neighbouring glyphs.
    """

    made_up: dict[int, float] = field(default_factory=dict)
    missing: dict[int, float] = field(default_factory=dict)
    pairs: list[float] = field(default_factory=list)

    def closed_up(self, line: list[str]) -> str:
        """The line's text, letters that are set apart closed up: a space only where the gap is wide for this line."""
        text = "".join(line)
        tokens = text.replace(_PLACE, " ").split(" ")
        single = sum([1 for token in tokens if len(token) == 1])
        loose = dict(self.missing)
        if single >= _SPACED_LETTERS and single >= 0.7 * len(tokens):
            loose |= self.made_up
        if not loose:
            return text
        usual = statistics.median(self.pairs) if self.pairs else 0.0
        dropped = {at for at, gap in loose.items() if gap < _WORD_GAP * usual}
        return "".join([part for at, part in enumerate(line) if at not in dropped])
