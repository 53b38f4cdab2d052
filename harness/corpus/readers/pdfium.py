"""PDFium's view of a PDF: its text, what covers the pages, what of the text a person would not see, and pictures.

Works on the raw bindings for the page objects, because the wrapped ones cost ten times as much.
"""

from __future__ import annotations

import ctypes
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from harness.corpus.readers.base import one_line
from harness.corpus.readers.pdf_glyphs import PageGlyphs, Signs, read_glyphs
from harness.corpus.types import TextOutcome

_TEXT, _PATH, _IMAGE, _SHADING, _FORM = 1, 2, 3, 4, 5
_INVISIBLE_MODES = (3, 7)
_WHITE = 250
_TINY_POINTS = 2.0
_FORM_DEPTH = 8
_OBJECTS = 50_000
_LEAST_LETTERS = 5
_LINKS = 1_000
_PASSWORD_ERRORS = (4, 5)
_LOOK_SCALE = 1.5
_INK = 60
"""Difference of grey, of 255, from which on something is drawn."""

_Box = tuple[float, float, float, float]
_Matrix = tuple[float, float, float, float, float, float]


@dataclass(slots=True)
class _PageView:
    """What lies on a page. Shares are of the page's area; `hidden` counts letters by why they are not seen."""

    image_share: float = 0.0
    objects: int = 0
    hidden: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Seen:
    """All that pdfium saw of a file, which another process may hand on: the pages' glyphs and what lies on them by
    their index, and the private characters that are set in a font of icons."""

    pages: list[PageGlyphs]
    views: dict[int, _PageView]
    icons: frozenset[str]


class PdfiumFile:
    """An open PDF, or one that could not be opened: then `count` is 0 and `refusal` and `problem` say why."""

    def __init__(self, data: bytes) -> None:
        import pypdfium2
        import pypdfium2.raw as raw

        self.refusal: TextOutcome | None = None
        self.problem = ""
        self.count = 0
        self._views: dict[int, _PageView] = {}
        self._signs = Signs()
        self._pages: list[PageGlyphs] | None = None
        self._document: Any = None
        # Where pdfium refuses a file without pages it gives no reason: that of the last one it refused stands. Refusing
        # nothing at all first keeps that file from being told as protected because the one before it was.
        raw.FPDF_LoadMemDocument64(b"", 0, None)
        try:
            self._document = pypdfium2.PdfDocument(data)
            self.count = len(self._document)
        except pypdfium2.PdfiumError as error:
            encrypted = error.err_code in _PASSWORD_ERRORS
            self.refusal = "encrypted" if encrypted else "corrupt"
            self.problem = "the PDF is protected by a password; save it without one" if encrypted else one_line(error)

    def __enter__(self) -> PdfiumFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._document is not None:
            self._document.close()

    def glyphs(self, most: int) -> list[PageGlyphs]:
        """The pages' lines, read until `most` characters are reached; a page that cannot be loaded has none."""
        import pypdfium2
        import pypdfium2.raw as raw

        if self._pages is not None:
            return self._pages
        found: list[PageGlyphs] = []
        size = 0
        for at in range(self.count):
            read = PageGlyphs()
            if size <= most:
                try:
                    page = self._document[at]
                    layer = page.get_textpage()
                    read = read_glyphs(raw, layer.raw, self._signs)
                    suspects = read.suspects()
                    read.settle(self._drawn(page, layer.raw, read, suspects) if suspects else ())
                    layer.close()
                    self._views[at] = _look(page)  # while it is loaded, which costs as much as its glyphs
                    page.close()
                except pypdfium2.PdfiumError:
                    read = PageGlyphs()
            size += sum(len(line.text) for line in read.lines)
            found.append(read)
        return found

    def seen(self, most: int) -> Seen:
        """What `glyphs` finds, and all that goes with it, for another process to `take`."""
        return Seen(self.glyphs(most), self._views, self.icons)

    def take(self, seen: Seen) -> None:
        """Go by what another process saw in this file."""
        self._pages, self._views = seen.pages, dict(seen.views)
        self._signs.icons.update(seen.icons)

    def _drawn(self, page: Any, layer: Any, read: PageGlyphs, suspects: list[int]) -> set[int]:
        """Which of the blank glyphs draw something: whether the page's picture changes within their boxes."""
        import numpy
        import pypdfium2.raw as raw

        bitmap = page.render(scale=_LOOK_SCALE, grayscale=True)
        picture = bitmap.to_numpy()[:, :, 0] if bitmap.to_numpy().ndim == 3 else bitmap.to_numpy()
        rows, columns = picture.shape
        across, down = ctypes.c_int(), ctypes.c_int()

        def place(x: float, y: float) -> tuple[int, int]:
            raw.FPDF_PageToDevice(page.raw, 0, 0, columns, rows, 0, x, y, across, down)
            return across.value, down.value

        found = set()
        for at in suspects:
            blank = read.blanks[at]
            if raw.FPDFText_GetCharAngle(layer, blank.at):
                continue  # the boxes of turned text are not to be relied on
            width, height = blank.right - blank.left, blank.top - blank.bottom
            ends = (
                place(blank.left + 0.15 * width, blank.bottom + 0.3 * height),
                place(blank.right - 0.15 * width, blank.top - 0.2 * height),
            )
            (left, right), (top, bottom) = (sorted(pair) for pair in zip(*ends, strict=True))
            inside = picture[max(top, 0) : bottom + 1, max(left, 0) : right + 1]
            if inside.size and int(numpy.ptp(inside)) > _INK:
                found.add(at)
        bitmap.close()
        return found

    @property
    def icons(self) -> frozenset[str]:
        """The private characters that `glyphs` found set in a font of icons."""
        return frozenset(self._signs.icons)

    def links(self) -> list[str]:
        """The targets of the pages' link annotations, in order."""
        import pypdfium2
        import pypdfium2.raw as raw

        found: list[str] = []
        link = raw.FPDF_LINK()
        for at in range(self.count):
            try:
                page = self._document[at]
            except pypdfium2.PdfiumError:
                continue
            place = ctypes.c_int(0)
            while raw.FPDFLink_Enumerate(page.raw, place, link) and len(found) < _LINKS:
                action = raw.FPDFLink_GetAction(link)
                size = raw.FPDFAction_GetURIPath(self._document.raw, action, None, 0) if action else 0
                if size > 1:
                    buffer = ctypes.create_string_buffer(size)
                    raw.FPDFAction_GetURIPath(self._document.raw, action, buffer, size)
                    found.append(buffer.value.decode("utf-8", "replace"))
            page.close()
        return found

    def image_share(self, at: int) -> float:
        """How much of the page images cover, 0 to 1 (overlaps counted twice, capped)."""
        return self._view(at).image_share

    def marks(self, at: int) -> bool:
        """Whether anything at all is drawn on the page."""
        return self._view(at).objects > 0

    def hidden(self, pages: Iterable[int]) -> list[str]:
        """One warning for each way in which text of these pages is not seen."""
        total: Counter[str] = Counter()
        for at in pages:
            total.update(self._view(at).hidden)
        return [f"{what} ({count} letters)" for what, count in total.items() if count >= _LEAST_LETTERS]

    def picture(self, at: int, dpi: int, megapixels: float) -> bytes:
        """The page drawn in grey as a PGM image, at `dpi` or less so that it stays under `megapixels`."""
        page = self._document[at]
        width, height = page.get_size()
        scale = dpi / 72
        pixels = width * height * scale * scale
        if pixels > megapixels * 1e6:
            scale *= (megapixels * 1e6 / pixels) ** 0.5
        bitmap = page.render(scale=scale, grayscale=True, no_smoothtext=False)
        columns, rows, stride = bitmap.width, bitmap.height, bitmap.stride
        memory = bytes(bitmap.buffer)
        if stride != columns:
            memory = b"".join(memory[row * stride : row * stride + columns] for row in range(rows))
        bitmap.close()
        page.close()
        return b"P5\n%d %d\n255\n" % (columns, rows) + memory

    def _view(self, at: int) -> _PageView:
        import pypdfium2

        if at not in self._views:
            try:
                page = self._document[at]
            except pypdfium2.PdfiumError:
                self._views[at] = _PageView()
            else:
                self._views[at] = _look(page)
                page.close()
        return self._views[at]


def _look(page: Any) -> _PageView:
    import pypdfium2.raw as raw

    view = _PageView()
    width, height = page.get_size()
    left, bottom, right, top = page.get_bbox()  # also where the page has its box from the pages above it
    looker = _Looker(raw, page.raw, view, (left, bottom, right, top))
    looker.walk()
    looker.close()
    view.image_share = min(1.0, view.image_share / max(width * height, 1.0))
    if view.image_share >= 0.5:
        view.hidden.pop("invisible text", None)  # the text layer of a scan
    return view


class _Looker:
    """One walk over a page's objects, bottom to top, as they are painted."""

    def __init__(self, raw: Any, page: Any, view: _PageView, box: _Box) -> None:
        self._raw, self._page, self._view, self._box = raw, page, view, box
        self._backgrounds: list[_Box] = []
        self._layer: Any = None
        self._floats = [ctypes.c_float() for _ in range(4)]
        self._colours = [ctypes.c_uint() for _ in range(4)]
        self._size = ctypes.c_float()
        self._matrix = raw.FS_MATRIX()

    def walk(self) -> None:
        raw, page = self._raw, self._page
        for index in range(min(raw.FPDFPage_CountObjects(page), _OBJECTS)):
            self._object(raw.FPDFPage_GetObject(page, index), None, 0)

    def close(self) -> None:
        if self._layer is not None:
            self._raw.FPDFText_ClosePage(self._layer)

    def _object(self, item: Any, outer: _Matrix | None, depth: int) -> None:
        raw = self._raw
        self._view.objects += 1
        if self._view.objects > _OBJECTS:
            return
        kind = raw.FPDFPageObj_GetType(item)
        if kind == _TEXT:
            self._text(item, outer)
        elif kind == _PATH:
            self._path(item, outer)
        elif kind in (_IMAGE, _SHADING):
            box = self._bounds(item, outer)
            self._backgrounds.append(box)
            if kind == _IMAGE:
                left, bottom, right, top = box
                self._view.image_share += max(0.0, right - left) * max(0.0, top - bottom)
        elif kind == _FORM and depth < _FORM_DEPTH:
            inner = _times(self._own_matrix(item), outer)
            for index in range(raw.FPDFFormObj_CountObjects(item)):
                self._object(raw.FPDFFormObj_GetObject(item, index), inner, depth + 1)

    def _text(self, item: Any, outer: _Matrix | None) -> None:
        raw = self._raw
        raw.FPDFTextObj_GetFontSize(item, self._size)
        matrix = _times(self._own_matrix(item), outer)
        height = abs(self._size.value) * (matrix[2] ** 2 + matrix[3] ** 2) ** 0.5
        why = ""
        if raw.FPDFTextObj_GetTextRenderMode(item) in _INVISIBLE_MODES:
            why = "invisible text"
        else:
            red, green, blue, alpha = self._fill(item)
            if alpha < 10:
                why = "transparent text"
            elif min(red, green, blue) >= _WHITE and not self._on_background(item, outer):
                why = "white text on a white page"
        if not why and self._is_outside(item, matrix, outer):
            why = "text outside the page"
        if not why and height <= _TINY_POINTS:
            box = self._bounds(item, outer)
            if box[3] - box[1] <= _TINY_POINTS:
                why = f"text of {_TINY_POINTS:g} points or less"
        if why:
            self._view.hidden[why] += self._letters(item)

    def _path(self, item: Any, outer: _Matrix | None) -> None:
        raw = self._raw
        mode, stroke = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, mode, stroke)
        if mode.value == 0:
            return
        red, green, blue, alpha = self._fill(item)
        if alpha >= 10 and min(red, green, blue) < _WHITE:
            self._backgrounds.append(self._bounds(item, outer))

    def _on_background(self, item: Any, outer: _Matrix | None) -> bool:
        left, bottom, right, top = self._bounds(item, outer)
        across, up = (left + right) / 2, (bottom + top) / 2
        return any(box[0] <= across <= box[2] and box[1] <= up <= box[3] for box in self._backgrounds)

    def _is_outside(self, item: Any, matrix: _Matrix, outer: _Matrix | None) -> bool:
        page_left, page_bottom, page_right, page_top = self._box
        if page_left <= matrix[4] <= page_right and page_bottom <= matrix[5] <= page_top:
            return False  # it begins on the page
        left, bottom, right, top = self._bounds(item, outer)
        return right < page_left or left > page_right or top < page_bottom or bottom > page_top

    def _letters(self, item: Any) -> int:
        raw = self._raw
        if self._layer is None:
            self._layer = raw.FPDFText_LoadPage(self._page)
        size = raw.FPDFTextObj_GetText(item, self._layer, None, 0)
        if size <= 2:
            return 0
        buffer = (ctypes.c_ushort * (size // 2))()
        raw.FPDFTextObj_GetText(item, self._layer, buffer, size)
        return sum(1 for char in bytes(buffer).decode("utf-16-le", "replace") if char.isalnum())

    def _fill(self, item: Any) -> tuple[int, int, int, int]:
        red, green, blue, alpha = self._colours
        if not self._raw.FPDFPageObj_GetFillColor(item, red, green, blue, alpha):
            return 0, 0, 0, 255
        return red.value, green.value, blue.value, alpha.value

    def _own_matrix(self, item: Any) -> _Matrix:
        found = self._matrix
        if not self._raw.FPDFPageObj_GetMatrix(item, found):
            return 1.0, 0.0, 0.0, 1.0, 0.0, 0.0
        return found.a, found.b, found.c, found.d, found.e, found.f

    def _bounds(self, item: Any, outer: _Matrix | None) -> _Box:
        left, bottom, right, top = self._floats
        if not self._raw.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return 0.0, 0.0, 0.0, 0.0
        box = (left.value, bottom.value, right.value, top.value)
        if outer is None:
            return box
        a, b, c, d, e, f = outer
        across = [a * x + c * y + e for x in (box[0], box[2]) for y in (box[1], box[3])]
        up = [b * x + d * y + f for x in (box[0], box[2]) for y in (box[1], box[3])]
        return min(across), min(up), max(across), max(up)


def _times(inner: _Matrix, outer: _Matrix | None) -> _Matrix:
    """The matrix that applies `inner` first and `outer` after it."""
    if outer is None:
        return inner
    a, b, c, d, e, f = inner
    g, h, i, j, k, m = outer
    return a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m
