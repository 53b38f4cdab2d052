"""DOCX: a walk over the document in the order of its content, nothing printed left out and nothing unprinted in.

Tables, nested tables, headers, footers, text boxes, content controls, smart tags, tracked insertions and
footnotes are read; deleted and hidden text is not. White and tiny text is read and flagged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.corpus.readers.base import Limits, RawText
from harness.corpus.readers.docx_graphics import (
    A,
    Fields,
    M,
    drawn_lines,
    formula_text,
    link_target,
    part_id,
    part_lines,
)
from harness.corpus.readers.docx_package import Part, WordFile, oddities, open_word
from harness.corpus.readers.docx_styles import PLAIN, Look, Styles, W, is_shading, paragraph_look, run_look
from harness.corpus.readers.docx_tree import ALTERNATE, WRAPPERS, alternative, children, drawn, outermost, symbol

if TYPE_CHECKING:
    from lxml.etree import _Element

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_P, _R_RUN, _TBL, _TR, _TC, _T = f"{W}p", f"{W}r", f"{W}tbl", f"{W}tr", f"{W}tc", f"{W}t"
_RPR, _PPR, _VAL = f"{W}rPr", f"{W}pPr", f"{W}val"
_SDT, _SDT_CONTENT, _TEXT_BOX = f"{W}sdt", f"{W}sdtContent", f"{W}txbxContent"
_FORMULAS = frozenset({f"{M}oMath", f"{M}oMathPara"})
_UNPRINTED = frozenset(
    f"{W}{name}"
    for name in (
        *("del", "moveFrom", "pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sectPr"),
        *("sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "rt", "rubyPr", "ffData"),
    )
)
"""What holds no printed text; any other element that is not known here is walked through."""
_GRAPHICS = frozenset(f"{W}{name}" for name in ("drawing", "pict", "object"))
_SIGNS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
    f"{W}softHyphen": "\xad",
}
_BULLETS = tuple("•◦▪‣●○■□–—-*·➢✓►»\uf0b7\uf0a7")
_UNIT = re.compile(r"(?<![^\W\d_])(?:m|cm|mm|km|dm|ft|in|yd)$")
_TINY_HALF_POINTS = 4
_LEAST_LETTERS = 5


def read_docx(data: bytes, limits: Limits) -> RawText:
    """The text of a DOCX in order of content: headers, body, footnotes, footers. Raises UnreadableError (corrupt)."""
    import docx

    document = open_word(data)
    warnings = oddities(document.names)
    walk = _Walk(document)
    lines = walk.document()
    for what, count in walk.flagged.items():
        if count >= _LEAST_LETTERS:
            warnings.append(f"{what} ({count} letters)")
    return RawText(
        text="\n".join(lines),
        reader=f"python-docx {docx.__version__}",
        links=tuple(walk.links[: 10 * limits.links]),
        warnings=tuple(warnings),
    )


class _Walk:
    """The walk through one document; `part` is the one being read, whose relationships resolve its links."""

    def __init__(self, document: WordFile) -> None:
        self._document = document
        self._part = document.main
        self._styles = Styles(document)
        self.links: list[str] = []
        self.flagged: Counter[str] = Counter()
        self._filled_shapes: bool | None = None
        self._initial: list[str] | None = None
        """The lines whose last one is a drop cap."""
        self._fields = Fields()

    def document(self) -> list[str]:
        main = self._document.main
        body = main.root.find(f"{W}body")
        if body is None:
            body = main.root
        shaded = main.root.find(f"{W}background") is not None
        content = self._blocks(body, shaded)
        heads, feet = self._margins(body)
        notes = [
            line
            for kind in ("footnotes", "endnotes")
            for part in self._document.parts(kind)
            for line in self._notes(part)
        ]
        return [*heads, *content, *notes, *feet]

    def _margins(self, body: _Element) -> tuple[list[str], list[str]]:
        """Headers and footers that are printed, each text once."""
        found: dict[str, list[str]] = {f"{W}headerReference": [], f"{W}footerReference": []}
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for section in body.iter(f"{W}sectPr"):
            first = section.find(f"{W}titlePg")
            has_first = first is not None and first.get(_VAL) not in ("0", "false", "off")
            references = [child for child in section if child.tag in found]
            references.sort(key=lambda child: child.get(f"{W}type") != "first")
            for reference in references:
                kind = reference.get(f"{W}type", "default")
                part = self._document.part(reference.get(f"{_R}id", ""))
                if part is None or kind == "even" or (kind == "first" and not has_first):
                    continue
                lines = self._other_part(part, part.root)
                key = (reference.tag, tuple(line for line in lines if line.strip()))
                if key[1] and key not in seen:
                    seen.add(key)
                    found[reference.tag].extend(lines)
        return found[f"{W}headerReference"], found[f"{W}footerReference"]

    def _notes(self, part: Part) -> Iterator[str]:
        for note in part.root:
            if note.get(f"{W}type") is None:
                yield from self._other_part(part, note)

    def _other_part(self, part: Part, root: _Element) -> list[str]:
        outer, self._part = self._part, part
        lines = self._blocks(root, shaded=False)
        self._part = outer
        return lines

    def _blocks(self, container: _Element, shaded: bool) -> list[str]:
        lines: list[str] = []
        for child in container:
            tag = child.tag
            if tag == _P:
                self._paragraph(child, shaded, lines)
            elif tag == _TBL:
                self._table(child, shaded, lines)
            elif tag == _SDT:
                for content in child.iterchildren(_SDT_CONTENT):
                    lines.extend(self._blocks(content, shaded))
            elif tag in WRAPPERS:
                lines.extend(self._blocks(child, shaded))
            elif tag == ALTERNATE:
                lines.extend(self._blocks(alternative(child), shaded))
            elif tag == f"{W}altChunk":
                self.flagged["a part in another format is embedded and was not read"] += _LEAST_LETTERS
            elif tag == _R_RUN or tag in _FORMULAS:
                self._paragraph_of(child, shaded, lines)
            elif tag not in _UNPRINTED and isinstance(tag, str):
                lines.extend(self._blocks(child, shaded))
        return lines

    def _paragraph_of(self, element: _Element, shaded: bool, lines: list[str]) -> None:
        """A run or formula that stands between paragraphs, as one of its own."""
        parts: list[str] = []
        boxes: list[str] = []
        if element.tag == _R_RUN:
            self._run(element, PLAIN, shaded, parts, boxes)
        else:
            parts.append(formula_text(element))
        lines.extend(["".join(parts), *boxes] if parts else boxes)

    def _table(self, table: _Element, shaded: bool, lines: list[str]) -> None:
        style = table.find(f"{W}tblPr/{W}tblStyle")
        if style is not None and self._styles.look(style.get(_VAL, "")).shaded:
            shaded = True
        for row in children(table, _TR):
            if row.find(f"{W}trPr/{W}del") is not None:
                continue
            cells = [cell for cell in (self._cell(each, shaded) for each in children(row, _TC)) if cell]
            if all(len(cell) == 1 for cell in cells):
                if cells:
                    lines.append("\t".join(cell[0] for cell in cells))
            else:
                for cell in cells:
                    lines.extend(cell)

    def _cell(self, cell: _Element, shaded: bool) -> list[str]:
        """The lines of a cell without blank ones at its ends; none for one merged into the cell above."""
        merged = cell.find(f"{W}tcPr/{W}vMerge")
        if merged is not None and merged.get(_VAL) != "restart":
            return []
        shading = cell.find(f"{W}tcPr/{W}shd")
        lines = self._blocks(cell, is_shading(shading) if shading is not None else shaded)
        while lines and not lines[-1].strip():
            lines.pop()
        while lines and not lines[0].strip():
            lines.pop(0)
        return lines

    def _paragraph(self, paragraph: _Element, shaded: bool, lines: list[str]) -> None:
        properties = paragraph.find(_PPR)
        base = PLAIN
        name = self._styles.default
        if properties is not None:
            style = properties.find(f"{W}pStyle")
            if style is not None:
                name = style.get(_VAL, name)
        if name:
            base = self._styles.look(name)
        if properties is not None:
            base = paragraph_look(properties, Look()).over(base)
        parts: list[str] = []
        boxes: list[str] = []
        self._inline(paragraph, base, shaded or bool(base.shaded), parts, boxes)
        text = "".join(parts)
        if (
            base.numbering is not None
            and text.strip()
            and not text.lstrip().startswith(_BULLETS)
            and self._styles.is_bullet(base.numbering)
        ):
            text = f"• {text}"
        if self._initial is lines and text:
            lines[-1] += text  # its first letter, large in a frame of its own, is the line before
        elif text or not boxes:
            lines.append(text)
        frame = properties.find(f"{W}framePr") if properties is not None else None
        self._initial = lines if frame is not None and frame.get(f"{W}dropCap", "none") != "none" else None
        lines.extend(boxes)

    def _inline(self, element: _Element, base: Look, shaded: bool, parts: list[str], boxes: list[str]) -> None:
        for child in element:
            tag = child.tag
            if tag == _R_RUN:
                self._run(child, base, shaded, parts, boxes)
            elif tag == f"{W}hyperlink":
                self._follow(child)
                self._inline(child, base, shaded, parts, boxes)
            elif tag in WRAPPERS:
                if tag == f"{W}fldSimple":
                    self._link(child.get(f"{W}instr", ""))
                self._inline(child, base, shaded, parts, boxes)
            elif tag == _SDT:
                for content in child.iterchildren(_SDT_CONTENT):
                    self._inline(content, base, shaded, parts, boxes)
            elif tag == ALTERNATE:
                self._inline(alternative(child), base, shaded, parts, boxes)
            elif tag in _GRAPHICS:
                self._graphic(child, shaded, boxes)
            elif tag in _FORMULAS:
                parts.append(formula_text(child))
            elif tag not in _UNPRINTED and isinstance(tag, str):
                self._inline(child, base, shaded, parts, boxes)

    def _run(self, run: _Element, base: Look, shaded: bool, parts: list[str], boxes: list[str]) -> None:
        look = base
        before = len(parts)
        for child in run:
            tag = child.tag
            if tag == _T:
                if child.text and not self._fields.in_code:
                    parts.append(child.text)
            elif tag == _RPR:
                look = run_look(child)
                style = child.find(f"{W}rStyle")
                if style is not None:
                    look = look.over(self._styles.look(style.get(_VAL, "")))
                look = look.over(base)
            elif tag in _SIGNS:
                parts.append(_SIGNS[tag])
            elif tag == f"{W}sym":
                parts.append(symbol(child.get(f"{W}char", ""), child.get(f"{W}font", "")))
            elif tag == f"{W}instrText":
                self._fields.add(child.text or "")
            elif tag == f"{W}fldChar":
                self._field(child, parts)
            elif tag in _GRAPHICS:
                self._graphic(child, shaded, boxes)
            elif tag == ALTERNATE:
                self._graphic(alternative(child), shaded, boxes)
            elif tag == f"{W}ruby":
                self._inline(child, look, shaded, parts, boxes)
        if look.raised and len(parts) > before:
            _set_apart(parts, before)
        if look.hidden or look.white or (look.size is not None and look.size <= _TINY_HALF_POINTS):
            self._judge(look, shaded or bool(look.shaded), parts, before)

    def _judge(self, look: Look, shaded: bool, parts: list[str], before: int) -> None:
        """Take hidden text of a run back out; flag white and tiny text."""
        letters = sum(1 for part in parts[before:] for char in part if char.isalnum())
        if look.hidden:
            del parts[before:]
            self.flagged["hidden text left out"] += letters
        elif look.white and not shaded:
            self.flagged["white text on a white page"] += letters
        elif look.size is not None and look.size <= _TINY_HALF_POINTS:
            self.flagged["text of 2 points or less"] += letters

    def _graphic(self, graphic: _Element, shaded: bool, boxes: list[str]) -> None:
        for link in graphic.iter(f"{A}hlinkClick"):
            self._follow(link)
        for box in outermost(graphic, _TEXT_BOX):
            boxes.extend(self._blocks(box, shaded or self._has_filled_shapes()))
        for element in drawn(graphic):
            boxes.extend(line for line in drawn_lines(element) if line)
            if name := part_id(element):
                boxes.extend(self._drawn_elsewhere(name))

    def _drawn_elsewhere(self, name: str) -> list[str]:
        part = self._document.part(name, self._part)
        if part is None:
            self.flagged["a drawing whose text is missing from the file"] += _LEAST_LETTERS
            return []
        return [line for line in part_lines(part.root) if line]

    def _has_filled_shapes(self) -> bool:
        """Whether any shape is filled: then white text in a text box may well stand on it."""
        if self._filled_shapes is None:
            root = self._document.main.root
            self._filled_shapes = any(
                next(root.iter(tag), None) is not None
                for tag in (f"{A}solidFill", f"{A}gradFill", f"{A}blip", "{urn:schemas-microsoft-com:vml}fill")
            )
        return self._filled_shapes

    def _follow(self, link: _Element) -> None:
        target = self._part.targets.get(link.get(f"{_R}id", ""))
        if target:
            self.links.append(target)

    def _field(self, mark: _Element, parts: list[str]) -> None:
        """A field's begin, the end of its code, or its end."""
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.begin(mark)
        elif kind == "separate":
            self._link(self._fields.separate())
        elif kind == "end":
            code, chosen = self._fields.end()
            self._link(code)
            parts.append(chosen)

    def _link(self, code: str) -> None:
        if target := link_target(code):
            self.links.append(target)


def _set_apart(parts: list[str], before: int) -> None:
    """Mark a raised number as a power, so that it does not run into the digits or the word before it."""
    ahead = "".join(parts[max(0, before - 2) : before])
    if parts[before][:1].isdecimal() and ahead[-1:].isalnum() and not _UNIT.search(ahead):
        parts[before] = f"^{parts[before]}"
