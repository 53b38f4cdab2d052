"""PDF by reportlab: a page as flowables in frames."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from harness.base.errors import HarnessError
from harness.corpus.builder.page import Block, Entry, Items, Line, Page, Para, Section, split_sides
from harness.corpus.builder.style import GLYPHS, THEMES, Style

_MM = 72 / 25.4
_WIDTH, _HEIGHT = 210 * _MM, 297 * _MM
_MARGIN = 18 * _MM
_INNER = _WIDTH - 2 * _MARGIN
_GUTTER = 14
_NARROW = 0.3 * _INNER
_WIDE = _INNER - _NARROW - _GUTTER
_ROOT = Path("/usr/share/fonts/truetype")
_FILES = {
    "Liberation Serif": ("liberation/LiberationSerif", "-Regular", "-Bold", "-Italic"),
    "Liberation Sans": ("liberation/LiberationSans", "-Regular", "-Bold", "-Italic"),
    "Carlito": ("crosextra/Carlito", "-Regular", "-Bold", "-Italic"),
    "Caladea": ("crosextra/Caladea", "-Regular", "-Bold", "-Italic"),
    "Lato": ("lato/Lato", "-Regular", "-Bold", "-Italic"),
    "Open Sans": ("open-sans/OpenSans", "-Regular", "-Bold", "-Italic"),
    "DejaVu Sans": ("dejavu/DejaVuSans", "", "-Bold", ""),
}


@cache
def _register(family: str) -> str:
    """Make a font family known to reportlab; returns the name to use. Debian's font packages must be installed."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    stem, *kinds = _FILES[family]
    names = [family + suffix for suffix in ("", "-B", "-I")]
    for name, kind in zip(names, kinds, strict=True):
        path = _ROOT / f"{stem}{kind}.ttf"
        if not path.is_file():
            raise HarnessError(
                f"font file {path} is missing", hint="install the Debian font packages of docs/corpus.md"
            )
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily(family, normal=names[0], bold=names[1], italic=names[2], boldItalic=names[1])
    return family


class Writer:
    """Turns blocks into flowables in one style."""

    def __init__(self, page: Page, style: Style) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.enums import TA_CENTER
        from reportlab.lib.styles import ParagraphStyle

        theme = THEMES[style.theme]
        self.page, self.style, self.theme = page, style, theme
        self.accent = HexColor(f"#{theme.accent}")
        body, title = _register(theme.body), _register(theme.title)
        size = theme.size
        align = {"alignment": TA_CENTER} if theme.centred and style.layout == "one-column" else {}
        self.body = ParagraphStyle("body", fontName=body, fontSize=size, leading=size * 1.3, spaceAfter=1.5)
        self.contact = ParagraphStyle("contact", parent=self.body, fontSize=size * 0.94, **align)
        self.when = ParagraphStyle("when", parent=self.body, alignment=2)
        self.bullet = ParagraphStyle("bullet", parent=self.body, leftIndent=11, bulletIndent=1)
        self.glyph = ParagraphStyle("glyph", parent=self.body, leftIndent=10, firstLineIndent=-9)
        self.head = ParagraphStyle(
            "head",
            fontName=title + "-B",
            fontSize=size * 1.2,
            leading=size * 1.5,
            textColor=self.accent,
            spaceBefore=7,
            spaceAfter=3,
            keepWithNext=1,
        )
        self.name = ParagraphStyle(
            "name", fontName=title + "-B", fontSize=size * 2, leading=size * 2.5, textColor=self.accent, **align
        )

    def para(self, text: str, style: Any = None, **more: Any) -> Any:
        from reportlab.platypus import Paragraph

        return Paragraph(text, style or self.body, **more)

    def top(self, *, contact: bool) -> list[Any]:
        found = [self.para(escape(self.page.name), self.name)]
        if self.page.headline:
            found.append(self.para(f"<i>{escape(self.page.headline)}</i>", self.contact))
        if contact and not self.page.contact_in_header:
            found += [self.para(_line(line), self.contact) for line in self.page.contact]
        return found

    def sections(self, sections: tuple[Section, ...], width: float) -> list[Any]:
        from reportlab.platypus import HRFlowable

        found: list[Any] = []
        for section in sections:
            found.append(self.para(escape(section.title), self.head))
            if self.theme.rule:
                found.append(HRFlowable(width="100%", thickness=0.6, color=self.accent, spaceAfter=3))
            found += self.blocks(section.blocks, width)
        return found

    def blocks(self, blocks: tuple[Block, ...], width: float) -> list[Any]:
        if self.style.layout == "table-grid" and any(isinstance(block, Entry) for block in blocks):
            return [self.grid(blocks, width)]
        return [flowable for block in blocks for flowable in self.block(block, width)]

    def block(self, block: Block, width: float) -> list[Any]:
        from reportlab.platypus import Spacer

        match block:
            case Para(line):
                return [self.para(_line(line))]
            case Items(texts):
                return self.bullets(texts)
            case Entry():
                found = []
                if block.when and block.when_first:
                    found.append(self.para(f"<b>{escape(block.when)}</b>"))
                for number, line in enumerate(block.head):
                    shown = self.para(_line(line))
                    if number == 0 and block.when and not block.when_first:
                        shown = self.row([shown, self.para(escape(block.when), self.when)], width)
                    found.append(shown)
                return [*found, *self.inside(block), Spacer(1, 4)]

    def row(self, cells: list[Any], width: float) -> Any:
        from reportlab.platypus import Table

        plain: list[tuple[Any, ...]] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
        plain += [(f"{side}PADDING", (0, 0), (-1, -1), 0) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
        return Table([cells], colWidths=[width * 0.68, width * 0.32], style=plain)

    def inside(self, entry: Entry) -> list[Any]:
        prose = [self.para(escape(entry.prose))] if entry.prose else []
        return [*prose, *self.bullets(entry.bullets), *(self.para(_line(line)) for line in entry.tail)]

    def bullets(self, texts: tuple[str, ...]) -> list[Any]:
        if self.style.bullets == "native":
            return [self.para(escape(text), self.bullet, bulletText="•") for text in texts]
        glyph = GLYPHS[self.style.bullets]
        if not glyph:
            return [self.para(escape(text)) for text in texts]
        mark = f'<font name="{_register("DejaVu Sans")}">{glyph}</font>'  # not every font has the glyph
        return [self.para(f"{mark} {escape(text)}", self.glyph) for text in texts]

    def grid(self, blocks: tuple[Block, ...], width: float) -> Any:
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import Table

        rows = []
        for block in blocks:
            if isinstance(block, Entry):
                head = [self.para(_line(line)) for line in block.head]
                rows.append([self.para(escape(block.when)), [*head, *self.inside(block)]])
        style = [("GRID", (0, 0), (-1, -1), 0.5, HexColor("#999999")), ("VALIGN", (0, 0), (-1, -1), "TOP")]
        return Table(rows, colWidths=[width * 0.22, width * 0.78], style=style)


@dataclass(frozen=True, slots=True)
class Laid:
    """What stands on the sheets, in points. story: flowables in order; first, later: the frames that they run through,
    of the first sheet and of the others."""

    story: list[Any]
    first: list[Any]
    later: list[Any]


def pdf(page: Page, style: Style) -> bytes:
    """The page as PDF, the same bytes for the same page."""
    from reportlab.platypus import BaseDocTemplate, PageTemplate

    def decorate(canvas: Any, _document: Any) -> None:
        canvas.setFont(_register(THEMES[style.theme].body), 8.5)
        if page.contact_in_header:
            for number, line in enumerate(page.contact):
                text = "".join(span.text for span in line)
                canvas.drawCentredString(_WIDTH / 2, _HEIGHT - 12 * _MM - number * 11, text)
        if page.footer:
            canvas.drawCentredString(_WIDTH / 2, 9 * _MM, page.footer)

    laid = _laid(page, style)
    buffer = io.BytesIO()
    document = BaseDocTemplate(buffer, pagesize=(_WIDTH, _HEIGHT), title="CV", author="", invariant=1)
    document.addPageTemplates(
        [
            PageTemplate("first", laid.first, onPage=decorate),
            PageTemplate("later", laid.later, onPage=decorate),
        ]
    )
    document.build(laid.story)
    return buffer.getvalue()


def _laid(page: Page, style: Style) -> Laid:
    writer = Writer(page, style)
    if style.layout.startswith("sidebar"):
        return _sidebar(writer)
    if style.layout == "text-boxes":
        return _boxes(writer)
    frames = [_frame(page, "all", _MARGIN, _INNER)]
    if style.layout == "label-column":
        return Laid(_label_column(writer), frames, frames)
    return Laid([*writer.top(contact=True), *writer.sections(page.sections, _INNER)], frames, frames)


def _top(page: Page) -> float:
    """Where the text begins, from the upper edge."""
    return 24 * _MM if page.contact_in_header else 17 * _MM


def _frame(page: Page, name: str, x: float, width: float, banner: float = 0.0) -> Any:
    """A frame that stands on the lower margin and reaches up to the text's beginning, or to a banner of that height."""
    from reportlab.platypus import Frame

    height = _HEIGHT - _top(page) - 17 * _MM - banner
    return Frame(x, 17 * _MM, width, height, 0, 0, 0, 0, id=name)


def _sidebar(writer: Writer) -> Laid:
    """Contact data and side sections in a slim frame of the first sheet; name and main sections in the broad one."""
    from reportlab.platypus import FrameBreak, NextPageTemplate

    page, left = writer.page, writer.style.layout == "sidebar-left"
    side, main = split_sides(page)
    slim_at, broad_at = (_MARGIN, _MARGIN + _NARROW + _GUTTER) if left else (_MARGIN + _WIDE + _GUTTER, _MARGIN)
    aside: list[Any] = []
    if not page.contact_in_header:
        aside.append(writer.para(escape(page.contact_title), writer.head))
        aside += [writer.para(_line(line), writer.contact) for line in page.contact]
    aside += writer.sections(side, _NARROW)
    own = [*writer.top(contact=False), *writer.sections(main, _WIDE)]
    return Laid(
        [NextPageTemplate("later"), *aside, FrameBreak(), *own],
        [_frame(page, "side", slim_at, _NARROW), _frame(page, "main", broad_at, _WIDE)],
        [_frame(page, "rest", broad_at, _WIDE)],
    )


def _boxes(writer: Writer) -> Laid:
    """The name in a banner across the first sheet, side sections in boxes at the right, main sections beside them."""
    from reportlab.platypus import Frame, FrameBreak, NextPageTemplate, Spacer, Table

    page = writer.page
    side, main = split_sides(page)
    banner = 30 * _MM
    box = [("BOX", (0, 0), (-1, -1), 0.8, writer.accent)]
    aside: list[Any] = []
    for section in side:
        aside.append(Table([[writer.sections((section,), _NARROW - 12)]], colWidths=[_NARROW], style=box))
        aside.append(Spacer(1, 8))
    named = [*writer.top(contact=True), FrameBreak()]
    return Laid(
        [NextPageTemplate("later"), *named, *aside, FrameBreak(), *writer.sections(main, _WIDE)],
        [
            Frame(_MARGIN, _HEIGHT - _top(page) - banner, _INNER, banner, 0, 0, 0, 0, id="banner"),
            _frame(page, "side", _MARGIN + _WIDE + _GUTTER, _NARROW, banner),
            _frame(page, "main", _MARGIN, _WIDE, banner),
        ],
        [_frame(page, "rest", _MARGIN, _WIDE)],
    )


def _label_column(writer: Writer) -> list[Any]:
    """A table: each section's title beside what it holds."""
    from reportlab.platypus import Spacer, Table

    plain = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    rows = []
    for section in writer.page.sections:
        flowables = writer.blocks(section.blocks, _INNER * 0.75 - 6)
        title: list[Any] = [writer.para(escape(section.title), writer.head)]
        for flowable in flowables:
            rows.append([title, [flowable]])
            title = []
    table = Table(rows, colWidths=[_INNER * 0.25, _INNER * 0.75], style=[*plain, ("TOPPADDING", (0, 0), (-1, -1), 0)])
    return [*writer.top(contact=True), Spacer(1, 8), table]


def _line(line: Line) -> str:
    parts = []
    for span in line:
        text = escape(span.text)
        if span.bold:
            text = f"<b>{text}</b>"
        if span.italic:
            text = f"<i>{text}</i>"
        if span.href:
            text = f'<a href="{escape(span.href)}" color="#1155aa">{text}</a>'
        parts.append(text)
    return "".join(parts)
