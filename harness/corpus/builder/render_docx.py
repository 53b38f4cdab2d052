"""DOCX by python-docx, with tables, headers and text boxes where the layout asks for them."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from harness.corpus.builder.archive import fixed_zip
from harness.corpus.builder.page import Block, Entry, Items, Line, Page, Para, Section, split_sides
from harness.corpus.builder.style import GLYPHS, THEMES, Style, Theme
from harness.corpus.builder.textbox import add_box

_STAMP = datetime(2026, 1, 15, 9, 0, 0)
_WIDTH_CM = 17.4


class Writer:
    """Writes into one container after another (the body, a cell, a text box)."""

    def __init__(self, document: Any, style: Style) -> None:
        self.document = document
        self.style = style
        self.theme: Theme = THEMES[style.theme]

    def paragraph(self, box: Any, line: Line = (), *, size: float = 0, colour: str = "", after: float = 2) -> Any:
        from docx.shared import Pt, RGBColor

        first = box.paragraphs[0] if getattr(box, "fresh", False) else None
        found = first if first is not None else box.add_paragraph()
        if first is not None:
            box.fresh = False
        found.paragraph_format.space_after = Pt(after)
        found.paragraph_format.space_before = Pt(0)
        for span in line:
            if span.href:
                _link(found, span.text, span.href, size)
                continue
            run = found.add_run(span.text)
            run.bold, run.italic = span.bold or None, span.italic or None
            if size:
                run.font.size = Pt(size)
            if colour:
                run.font.color.rgb = RGBColor.from_string(colour)
        return found

    def heading(self, box: Any, title: str) -> None:
        from docx.shared import Pt

        found = self.paragraph(box)
        found.style = self.document.styles["Heading 2"]
        found.add_run(title)
        found.paragraph_format.space_before = Pt(8)
        found.paragraph_format.space_after = Pt(3)
        if isinstance(box, _Cell):
            found.paragraph_format.keep_with_next = False

    def bullets(self, box: Any, texts: tuple[str, ...]) -> None:
        from docx.shared import Pt

        for one in texts:
            if self.style.bullets == "native":
                found = self.paragraph(box)
                found.style = self.document.styles["List Bullet"]
                found.add_run(one)
            else:
                glyph = GLYPHS[self.style.bullets]
                found = self.paragraph(box)
                found.add_run(f"{glyph}\t{one}" if glyph else one)
                if glyph:
                    found.paragraph_format.left_indent = Pt(12)
                    found.paragraph_format.first_line_indent = Pt(-12)
                    found.paragraph_format.tab_stops.add_tab_stop(Pt(12))
            found.paragraph_format.space_after = Pt(1.5)

    def entry(self, box: Any, entry: Entry, width_cm: float, *, dates: bool = True) -> None:
        from docx.enum.text import WD_TAB_ALIGNMENT
        from docx.shared import Cm

        if dates and entry.when and entry.when_first:
            self.paragraph(box).add_run(entry.when).bold = True
        for number, line in enumerate(entry.head):
            found = self.paragraph(box, line)
            found.paragraph_format.keep_with_next = not isinstance(box, _Cell)
            if dates and number == 0 and entry.when and not entry.when_first:
                found.paragraph_format.tab_stops.add_tab_stop(Cm(width_cm), WD_TAB_ALIGNMENT.RIGHT)
                found.add_run("\t" + entry.when)
        if entry.prose:
            self.paragraph(box).add_run(entry.prose)
        self.bullets(box, entry.bullets)
        for line in entry.tail:
            self.paragraph(box, line)

    def block(self, box: Any, block: Block, width_cm: float) -> None:
        match block:
            case Para(line):
                self.paragraph(box, line)
            case Items(texts):
                self.bullets(box, texts)
            case Entry():
                self.entry(box, block, width_cm)

    def sections(self, box: Any, sections: tuple[Section, ...], width_cm: float) -> None:
        for section in sections:
            self.heading(box, section.title)
            if self.style.layout == "table-grid" and any(isinstance(block, Entry) for block in section.blocks):
                self.grid(box, section, width_cm)
            else:
                for block in section.blocks:
                    self.block(box, block, width_cm)

    def grid(self, box: Any, section: Section, width_cm: float) -> None:
        entries = [block for block in section.blocks if isinstance(block, Entry)]
        table = self.table(box, len(entries), (0.22 * width_cm, 0.78 * width_cm), grid=True)
        for row, entry in zip(table.rows, entries, strict=True):
            self.paragraph(_fresh(row.cells[0])).add_run(entry.when)
            self.entry(_fresh(row.cells[1]), entry, 0.78 * width_cm, dates=False)

    def table(self, box: Any, rows: int, widths_cm: tuple[float, ...], *, grid: bool = False) -> Any:
        from docx.shared import Cm

        table = box.add_table(rows=rows, cols=len(widths_cm))
        if grid:
            table.style = self.document.styles["Table Grid"]
        table.autofit = False
        for column, width in zip(table.columns, widths_cm, strict=True):
            column.width = Cm(width)
        for row in table.rows:
            for cell, width in zip(row.cells, widths_cm, strict=True):
                cell.width = Cm(width)
        return table

    def name(self, box: Any, page: Page, colour: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        found = self.paragraph(box)
        found.style = self.document.styles["Title"]
        found.add_run(page.name)
        shown = [found]
        if page.headline:
            shown.append(self.paragraph(box))
            shown[-1].add_run(page.headline).italic = True
        if not page.contact_in_header:
            if self.style.layout.startswith("sidebar"):
                return
            shown += [self.paragraph(box, line, colour=colour) for line in page.contact]
        if self.theme.centred and self.style.layout == "one-column":
            for one in shown:
                one.alignment = WD_ALIGN_PARAGRAPH.CENTER


class _Cell:
    """A table cell whose empty first paragraph is used before others are added."""

    def __init__(self, cell: Any) -> None:
        self.cell = cell
        self.fresh = True

    @property
    def paragraphs(self) -> Any:
        return self.cell.paragraphs

    def add_paragraph(self) -> Any:
        return self.cell.add_paragraph()

    def add_table(self, rows: int, cols: int) -> Any:
        return self.cell.add_table(rows=rows, cols=cols)


def _fresh(cell: Any) -> _Cell:
    return _Cell(cell)


def docx(page: Page, style: Style, *, hidden: str = "", white: str = "", subject: str = "") -> bytes:
    """The page as DOCX, the same bytes for the same page. `hidden` is a vanished paragraph, `white` a white one,
    `subject` goes into the metadata (all for adversarial twins)."""
    from docx import Document

    document = Document()
    _prepare(document, style, subject)
    writer = Writer(document, style)
    _margins(document, page)
    match style.layout:
        case "sidebar-left" | "sidebar-right":
            _sidebar(writer, page)
        case "label-column":
            _label_column(writer, page)
        case "text-boxes":
            _text_boxes(writer, page)
        case _:
            writer.name(document, page, "")
            writer.sections(document, page.sections, _WIDTH_CM)
    _add_tricks(document, hidden, white)
    buffer = io.BytesIO()
    document.save(buffer)
    return fixed_zip(buffer.getvalue())


def _margins(document: Any, page: Page) -> None:
    """What stands above and below the text of every sheet: contact data where the page has them there, its footer."""
    if page.contact_in_header:
        header = document.sections[0].header
        header.is_linked_to_previous = False
        for number, line in enumerate(page.contact):
            found = header.paragraphs[0] if number == 0 else header.add_paragraph()
            for span in line:
                if span.href:
                    _link(found, span.text, span.href)
                else:
                    found.add_run(span.text)
    if page.footer:
        document.sections[0].footer.paragraphs[0].add_run(page.footer)


def _sidebar(writer: Writer, page: Page) -> None:
    """A table of one row: contact data and side sections in the slim cell, name and main sections in the broad one."""
    side, main = split_sides(page)
    narrow, wide = 0.32 * _WIDTH_CM, 0.68 * _WIDTH_CM
    left = writer.style.layout.endswith("left")
    table = writer.table(writer.document, 1, (narrow, wide) if left else (wide, narrow))
    cells = [_fresh(cell) for cell in table.rows[0].cells]
    slim, broad = cells if left else reversed(cells)
    if not page.contact_in_header:
        writer.heading(slim, page.contact_title)
        for line in page.contact:
            longest = max(len(span.text) for span in line)
            writer.paragraph(slim, line, size=min(writer.theme.size, 255 / longest))
    writer.sections(slim, side, narrow - 0.4)
    writer.name(broad, page, "")
    writer.sections(broad, main, wide - 0.4)


def _label_column(writer: Writer, page: Page) -> None:
    """A table with a row for each section: its title beside what it holds."""
    document = writer.document
    writer.name(document, page, "")
    table = writer.table(document, len(page.sections), (0.25 * _WIDTH_CM, 0.75 * _WIDTH_CM))
    for row, section in zip(table.rows, page.sections, strict=True):
        writer.heading(_fresh(row.cells[0]), section.title)
        cell = _fresh(row.cells[1])
        for block in section.blocks:
            writer.block(cell, block, 0.75 * _WIDTH_CM - 0.4)


def _text_boxes(writer: Writer, page: Page) -> None:
    """The name in a box across the top, each side section in a box at the right, main sections beside the boxes."""
    from docx.shared import Cm

    document = writer.document
    side, main = split_sides(page)
    anchor = document.add_paragraph().add_run()
    height = 1.9 + 0.5 * bool(page.headline) + (0 if page.contact_in_header else 0.5 * len(page.contact))
    top = add_box(anchor, 1, width_cm=_WIDTH_CM, height_cm=height, x_cm=0, y_cm=0, fill=True)
    writer.name(top, page, "")
    below = height + 0.4
    for number, section in enumerate(side, 2):
        height = 1.3 + 0.6 * (len(section.title) > 18) + 0.62 * sum(_height(block) for block in section.blocks)
        box = add_box(anchor, number, width_cm=5.4, height_cm=height, x_cm=_WIDTH_CM - 5.4, y_cm=below)
        writer.sections(box, (section,), 5.0)
        below += height + 0.4
    start = len(document.paragraphs)
    writer.sections(document, main, _WIDTH_CM - 6.2)
    for found in document.paragraphs[start:]:
        found.paragraph_format.right_indent = Cm(6.0)


def _height(block: Block) -> int:
    """Lines that a block takes in a narrow box, roughly."""
    match block:
        case Para(line):
            return 1 + sum(len(span.text) for span in line) // 26
        case Items(texts):
            return sum(1 + len(one) // 24 for one in texts)
    return 4


def _prepare(document: Any, style: Style, subject: str) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    theme = THEMES[style.theme]
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "", "CV", ""
    properties.subject = subject
    properties.created = properties.modified = _STAMP
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(1.8)
    section.top_margin = section.bottom_margin = Cm(1.8)
    for name, font, size in (
        ("Normal", theme.body, theme.size),
        ("List Bullet", theme.body, theme.size),
        ("Heading 2", theme.title, theme.size * 1.2),
        ("Title", theme.title, theme.size * 2.0),
    ):
        found = document.styles[name]
        found.font.name, found.font.size = font, Pt(size)
        fonts = found.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
            fonts.set(qn(kind), font)
        for kind in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            if fonts.get(qn(kind)) is not None:
                del fonts.attrib[qn(kind)]
        if name in ("Heading 2", "Title"):
            found.font.color.rgb = RGBColor.from_string(theme.accent)
    border = document.styles["Title"].element.find(".//" + qn("w:pBdr"))
    if border is not None and not theme.rule:
        border.getparent().remove(border)


def _link(paragraph: Any, shown: str, target: str, size: float = 0) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    run = paragraph.add_run(shown)
    run.font.underline = True
    if size:
        run.font.size = Pt(size)
    paragraph._p.remove(run._r)
    link.append(run._r)
    paragraph._p.append(link)


def _add_tricks(document: Any, hidden: str, white: str) -> None:
    from docx.shared import Pt, RGBColor

    if hidden:
        document.add_paragraph().add_run(hidden).font.hidden = True
    if white:
        run = document.add_paragraph().add_run(white)
        run.font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF)
        run.font.size = Pt(4)
