"""A page's text as pypdf places it, from its operations: the same to the character in a third of the time.

pypdf works out anew at every piece of text where the pen stands, how broad each letter is and what each code means.
Here a piece is looked up, and the pen is looked at where it has moved. What is not plain (a form, a font that is not
there, operands that an operator does not take) is None, and pypdf takes the page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.corpus.readers.pdf_operations import Operation

if TYPE_CHECKING:
    from pypdf import PageObject
    from pypdf.generic._font import Font

_Matrix: TypeAlias = tuple[float, float, float, float, float, float]
_Visitor: TypeAlias = Callable[[str, Sequence[float], Sequence[float], Any, float], None]
_Piece: TypeAlias = tuple[str | None, int, float]
"""The characters that a code shows (None: from right to left among them), the length of the code, its breadth."""

_IDENTITY: _Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_NO_SPACE_WIDTH = 200.0
"""What pypdf takes for the breadth of a space where the font does not say it."""
_FLAT = 1e-6


class _NotPlainError(Exception):
    """pypdf has to look itself."""


class _Known:
    """A font as pypdf knows it, and by code and character what it was found to show."""

    def __init__(self, font: Font) -> None:
        self.font = font
        self.pieces: dict[bytes, _Piece] = {}
        self._breadths: dict[str, float] = {}

    def piece(self, code: bytes) -> _Piece:
        """What a code shows that was not met before."""
        from pypdf._text_extraction import RTL_CHARACTER_PATTERN

        font, breadths, breadth = self.font, self._breadths, 0.0
        said = self.characters(code)
        for char in code.decode("latin-1") if not isinstance(font.encoding, str) else said:
            if char not in breadths:
                breadths[char] = font.space_width if char == font.space_char else font.get_text_width(char)
            breadth += breadths[char]
        text = "".join([font.character_map.get(char, char) for char in said])
        piece = self.pieces[code] = None if RTL_CHARACTER_PATTERN.search(text) else text, len(said), breadth
        return piece

    def characters(self, code: bytes) -> str:
        """A code by the font's encoding; its map to characters comes after that."""
        encoding = self.font.encoding
        if not isinstance(encoding, str):
            return "".join([encoding.get(byte, chr(byte)) for byte in code])
        try:
            return code.decode(encoding, "surrogatepass")
        except UnicodeDecodeError:
            return code.decode(encoding, "replace")


class Fonts:
    """The fonts of a file's pages, each made once."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, _Known]] = {}

    def of(self, page: PageObject) -> dict[str, _Known]:
        """A page's fonts by name. Raises what pypdf raises for a broken one."""
        resources = _dictionary(page.get_inherited("/Resources"))
        entries = resources.get("/Font")
        found = {}
        for name in _dictionary(entries) if entries is not None else ():
            try:
                made = self._font(entries.get_object()[name].get_object())
            except (AttributeError, TypeError):
                continue
            found[name] = made
        return found

    def _font(self, entry: Any) -> _Known:
        from pypdf.generic._font import Font

        if id(entry) not in self._made:
            font = Font.from_font_resource(entry)
            if font.character_widths.get(font.space_char, 0) == 0:
                font.space_width = _NO_SPACE_WIDTH
            self._made[id(entry)] = entry, _Known(font)
        return self._made[id(entry)][1]


def page_text(page: PageObject, operations: Sequence[Operation], fonts: Fonts, visitor: _Visitor) -> str | None:
    """What `page.extract_text(visitor_text=visitor)` gives; None where pypdf has to do it, with a new visitor."""
    try:
        return _Text(page, fonts.of(page), visitor).read(operations)
    except (_NotPlainError, ImportError):  # a pypdf whose insides lie elsewhere reads the page by itself
        return None


def _dictionary(value: Any) -> Any:
    from pypdf.generic import DictionaryObject

    found = value.get_object() if value is not None else None
    if not isinstance(found, DictionaryObject):
        raise _NotPlainError
    return found


class _Text:
    """The state of pypdf's extraction: `_cm`, `_tm` the matrices, `_text` what has no line yet, `_memo` where it began,
    `_breadth` how far the text went since the pen was placed, in thousandths, `_stands` whether the pen is known to be
    where it was looked at, so that what is shown now goes on in its line."""

    def __init__(self, page: PageObject, fonts: dict[str, _Known], visitor: _Visitor) -> None:
        self._page, self._fonts, self._visitor = page, fonts, visitor
        self._cm = self._tm = _IDENTITY
        self._memo = _IDENTITY, _IDENTITY
        self._stack: list[tuple[Any, ...]] = []
        self._font: _Known | None = None
        self._size, self._spacing, self._leading = 12.0, 0.0, 0.0
        self._space, self._space_before = 500.0, math.inf
        self._breadth, self._height = 0.0, 0.0
        self._text, self._output, self._end = "", [""], ""
        self._leftward = False
        self._stands = False
        self._m, self._across, self._up = _IDENTITY, 1.0, 1.0
        self._span: tuple[int, float, float] | None = None

    def read(self, operations: Sequence[Operation]) -> str:
        """Raises _NotPlainError, and what pypdf raises for the page."""
        do = {
            b"BT": self._begin, b"ET": self._flush, b"q": self._save, b"Q": self._restore, b"cm": self._transform,
            b"Tc": self._set_spacing, b"TL": self._set_leading, b"Tf": self._set_font, b"Td": self._move,
            b"TD": self._move_leading, b"Tm": self._set_matrix, b"T*": self._next_line, b"Tj": self._show_one,
            b"TJ": self._show_all, b"'": self._next_shown, b'"': self._next_spaced, b"Do": self._draw,
        }  # fmt: skip
        for operands, operator in operations:
            if operator in do:
                do[operator](operands)
        self._put()
        return "".join(self._output)

    def _put(self) -> None:
        """Write what has no line yet."""
        if self._text:
            self._output.append(self._text)
            self._end = self._text[-1]
            self._visitor(self._text, *self._memo, None, self._size)
            self._text = ""

    def _flush(self, _: list[Any]) -> None:
        self._put()
        self._memo = self._cm, self._tm

    def _begin(self, operands: list[Any]) -> None:
        self._tm, self._stands = _IDENTITY, False
        self._flush(operands)

    def _save(self, _: list[Any]) -> None:
        self._stack.append((self._cm, self._font, self._size, self._spacing, self._leading))

    def _restore(self, _: list[Any]) -> None:
        self._stands = False
        if self._stack:
            self._cm, self._font, self._size, self._spacing, self._leading = self._stack.pop()
        else:
            self._cm = _IDENTITY

    def _transform(self, operands: list[Any]) -> None:
        self._put()
        self._cm, self._stands = _product(_numbers(operands, 6), self._cm), False
        self._memo = self._cm, self._tm

    def _set_spacing(self, operands: list[Any]) -> None:
        (self._spacing,) = _numbers(operands, 1)

    def _set_leading(self, operands: list[Any]) -> None:
        (self._leading,) = _numbers(operands, 1)

    def _set_font(self, operands: list[Any]) -> None:
        if len(operands) != 2 or operands[0] not in self._fonts:
            raise _NotPlainError
        if self._text:
            self._space_before = self._size * self._space
        self._put()
        self._memo = self._cm, self._tm
        self._font, self._stands = self._fonts[operands[0]], False
        self._space = self._font.font.space_width / 2
        (self._size,) = _numbers(operands[1:], 1)

    def _move(self, operands: list[Any]) -> None:
        x, y = _numbers(operands, 2)
        a, b, c, d, e, f = self._tm
        self._tm = a, b, c, d, e + (x * a + y * c), f + (x * b + y * d)
        self._placed()

    def _move_leading(self, operands: list[Any]) -> None:
        self._leading = -_numbers(operands, 2)[1]
        self._move(operands)

    def _set_matrix(self, operands: list[Any]) -> None:
        a, b, c, d, e, f = _numbers(operands, 6)
        self._tm = a, b, c, d, e, f
        self._placed()

    def _next_line(self, _: list[Any]) -> None:
        a, b, c, d, e, f = self._tm
        self._tm = a, b, c, d, e - self._leading * c, f - self._leading * d
        self._placed()

    def _placed(self) -> None:
        """The pen was placed anew."""
        breadth, self._breadth = self._breadth / 1000, 0.0
        self._look(breadth)

    def _next_shown(self, operands: list[Any]) -> None:
        self._next_line(operands)
        self._show_one(operands)

    def _next_spaced(self, operands: list[Any]) -> None:
        if len(operands) != 3:
            raise _NotPlainError
        _numbers(operands[:1], 1)
        (self._spacing,) = _numbers(operands[1:2], 1)
        self._next_shown(operands[2:])

    def _show_one(self, operands: list[Any]) -> None:
        if len(operands) != 1 or type(operands[0]) is not bytes:
            raise _NotPlainError
        self._show(operands[0])

    def _show_all(self, operands: list[Any]) -> None:
        if len(operands) != 1 or not isinstance(operands[0], list):
            raise _NotPlainError
        show, least = self._show, self._space * 0.95
        for item in operands[0]:
            if type(item) is bytes:
                show(item)
            else:
                breadth = self._breadth - item * self._size
                if -item >= least and (self._text or self._end) and (self._text or self._end)[-1] not in " \n":
                    self._text += " "
                    self._shown()
                self._breadth = breadth

    def _show(self, code: bytes) -> None:
        font = self._font
        if font is None:
            raise _NotPlainError
        added, length, breadth = font.pieces.get(code) or font.piece(code)
        size = self._size
        self._breadth += breadth * size + 1000 * self._spacing * length
        if added and self._stands and not self._leftward and added[-1] != "\n":  # as most is
            self._text += added
            self._space_before, self._height = math.inf, size
            return
        if added is None or self._leftward:
            self._turn(font, code)
        else:
            self._text += added
        self._shown()

    def _turn(self, known: _Known, code: bytes) -> None:
        """Show what is written from right to left, or among such."""
        from pypdf._text_extraction import get_display_str

        cm, tm, said = [*self._cm], [*self._tm], known.characters(code)
        self._text, self._leftward, done = get_display_str(
            self._text, cm, tm, None, known.font, said, self._size, self._leftward, self._visitor
        )
        if done:
            self._output.append(done)
            self._end = done[-1]

    def _shown(self) -> None:
        """Something was shown: where the pen stands is looked at, if it is not known."""
        self._space_before, self._height = math.inf, self._size
        if not self._stands or self._text[-1:] in ("", "\n"):
            self._look(0.0)

    def _look(self, breadth: float) -> None:
        """Where the pen stands: a new line, behind a space, or where the text goes on that is `breadth` wide."""
        m, before, size, empty = _product(self._tm, self._cm), self._m, self._size, not self._text
        if m[4] - m[4] or m[5] - m[5]:
            raise _NotPlainError  # no number
        across, up = math.sqrt(m[0] ** 2 + m[1] ** 2), math.sqrt(m[2] ** 2 + m[3] ** 2)
        upright = m[3] > _FLAT or m[3] < -_FLAT
        axis = 5 if upright else 4
        place, height, width = m[axis], m[axis] - before[axis], m[9 - axis] - before[9 - axis]
        span = self._span if self._span is not None and self._span[0] == axis else None
        if span is None:
            distance = abs(height)
        else:
            distance = 0.0 if span[1] <= place <= span[2] else min(abs(place - span[1]), abs(place - span[2]))
        last = self._text[-1:] or self._end
        threshold = 0.8 * min(self._height * self._up, size * up)
        if distance > threshold:
            if last not in ("", "\n"):
                self._text += "\n"
                self._put()
            self._span = axis, place, place
        else:
            space = min(size * self._space, self._space_before) / 1000
            if (abs(height) > threshold or width >= (space + breadth) * self._across) and last not in ("", " "):
                self._text += " "
            if last in ("", "\n") or span is None:
                self._span = axis, place, place
            else:
                self._span = axis, min(span[1], place), max(span[2], place)
        self._m, self._across, self._up = m, across, up
        self._stands = size > 0 and size * self._space / 1000 * across > 0
        if empty or not self._text:
            self._memo = self._cm, self._tm

    def _draw(self, operands: list[Any]) -> None:
        """A picture ends the line; a form is pypdf's to read."""
        pictures = self._page.get_inherited("/Resources").get_object().get("/XObject")
        if len(operands) != 1 or operands[0] not in _dictionary(pictures):
            raise _NotPlainError
        if _dictionary(pictures.get_object()[operands[0]]).get("/Subtype") != "/Image":
            raise _NotPlainError
        self._put()
        if self._end not in ("", "\n"):
            self._text = "\n"
            self._put()
        self._memo = self._cm, self._tm


def _numbers(operands: Sequence[Any], count: int) -> Sequence[float]:
    if len(operands) != count or any(type(each) is not float for each in operands):
        raise _NotPlainError
    return operands


def _product(m: Sequence[float], n: Sequence[float]) -> _Matrix:
    """The matrix that applies `m` first and `n` after it."""
    return (
        m[0] * n[0] + m[1] * n[2],
        m[0] * n[1] + m[1] * n[3],
        m[2] * n[0] + m[3] * n[2],
        m[2] * n[1] + m[3] * n[3],
        m[4] * n[0] + m[5] * n[2] + n[4],
        m[4] * n[1] + m[5] * n[3] + n[5],
    )
