"""Text that a DOCX draws instead of writing it: DrawingML bodies, WordArt, SmartArt, charts, formulas, fields."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_OOXML = "http://schemas.openxmlformats.org"
A = f"{{{_OOXML}/drawingml/2006/main}}"
M = f"{{{_OOXML}/officeDocument/2006/math}}"
_C = f"{{{_OOXML}/drawingml/2006/chart}}"
_DGM = f"{{{_OOXML}/drawingml/2006/diagram}}"
_R = f"{{{_OOXML}/officeDocument/2006/relationships}}"
_W = f"{{{_OOXML}/wordprocessingml/2006/main}}"
_TEXT_PATH = "{urn:schemas-microsoft-com:vml}textpath"
_PARAGRAPH = f"{A}p"
_BY_PART = frozenset({f"{_DGM}relIds", f"{_C}chart"})
DRAWN = _BY_PART | {_PARAGRAPH, _TEXT_PATH}
"""The elements of a drawing that are text, or lead to a part with its text."""

_NODES = (None, "node", "asst", "doc")
_MOST_NODES = 5_000
_LINK = re.compile(
    r"""\bHYPERLINK(?:\s+\\[a-z](?:\s+["“„][^"”“]*["”“])?)*\s+(?:["“„]([^"”“]+)["”“]|([^\s\\"“„]\S*))""", re.IGNORECASE
)
_BETWEEN = {f"{M}sup": "^", f"{M}den": "/", f"{M}sub": "_"}


def drawn_lines(element: _Element) -> list[str]:
    """The lines of one of `DRAWN` that holds its text itself."""
    if element.tag == _TEXT_PATH:
        return [element.get("string", "").strip()]
    return _drawn_paragraph(element).split("\n") if element.tag == _PARAGRAPH else []


def part_id(element: _Element) -> str:
    """The relationship to the part that holds the text of one of `DRAWN`, "" where there is none."""
    return element.get(f"{_R}dm") or element.get(f"{_R}id") or "" if element.tag in _BY_PART else ""


def _drawn_paragraph(paragraph: _Element) -> str:
    signs = {f"{A}br": "\n", f"{A}tab": "\t"}
    parts = [signs.get(element.tag, element.text or "") for element in paragraph.iter(f"{A}t", *signs)]
    return "".join(parts).strip()


def part_lines(root: _Element) -> list[str]:
    """The text of a diagram's data, in the order of its tree, or of a chart: titles, series and categories once."""
    if root.tag == f"{_DGM}dataModel":
        return _diagram_lines(root)
    found = [line for paragraph in root.iter(f"{A}p") for line in _drawn_paragraph(paragraph).split("\n")]
    for cache in root.iter(f"{_C}strCache"):
        found.extend(value.text or "" for value in cache.iter(f"{_C}v"))
    return list(dict.fromkeys(found))


def _diagram_lines(root: _Element) -> list[str]:
    points = {point.get("modelId", ""): point for point in root.iter(f"{_DGM}pt")}
    below: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in root.iter(f"{_DGM}cxn"):
        order = link.get("srcOrd", "0")
        if link.get("type") in (None, "parOf"):
            below[link.get("srcId", "")].append((int(order) if order.isdecimal() else 0, link.get("destId", "")))
    tops = [name for name, point in points.items() if point.get("type") == "doc"]
    ordered: dict[str, None] = {}
    waiting = [*points][::-1][:_MOST_NODES] + tops[::-1]
    while waiting:
        name = waiting.pop()
        if name in ordered:
            continue
        ordered[name] = None
        waiting.extend(child for _, child in sorted(below[name], reverse=True))
    return [
        line
        for name in ordered
        if name in points and points[name].get("type") in _NODES
        for paragraph in points[name].iter(f"{A}p")
        for line in _drawn_paragraph(paragraph).split("\n")
    ]


def formula_text(element: _Element) -> str:
    """A formula in one line: powers behind `^`, fractions with `/`."""
    parts: list[str] = []
    for child in element:
        text: str = child.text or "" if child.tag == f"{M}t" else formula_text(child)
        if text and parts and child.tag in _BETWEEN:
            text = _BETWEEN[child.tag] + text
        parts.append(text)
    return "".join(parts)


class Fields:
    """The fields that are open at a place of the text, innermost last: their codes come in pieces, over many runs."""

    def __init__(self) -> None:
        self._codes: list[list[str]] = []
        self._chosen: list[str] = []
        self._shown: list[bool] = []

    @property
    def in_code(self) -> bool:
        """Whether what is written here is a part of the code of a field around another one, which is not printed."""
        return any(not shown for shown in self._shown[:-1])

    def begin(self, mark: _Element) -> None:
        self._codes.append([])
        self._shown.append(False)
        self._chosen.append(_chosen_entry(mark))

    def add(self, code: str) -> None:
        if self._codes:
            self._codes[-1].append(code)

    def code(self) -> str:
        """The innermost field's code as far as it was read; read once."""
        if not self._codes:
            return ""
        code, self._codes[-1] = "".join(self._codes[-1]), []
        return code

    def separate(self) -> str:
        """The end of the innermost field's code, which is returned; its result follows."""
        if self._shown:
            self._shown[-1] = True
        return self.code()

    def end(self) -> tuple[str, str]:
        """Close the innermost field: its code where it had no result, and the entry chosen in a drop-down list."""
        code = self.code()
        if self._codes:
            self._codes.pop()
            self._shown.pop()
            return code, self._chosen.pop()
        return code, ""


def link_target(code: str) -> str:
    """The address in a field's code, "" for a field that is no link."""
    found = _LINK.search(code)
    return str(found.group(1) or found.group(2) or "").strip() if found else ""


def _chosen_entry(mark: _Element) -> str:
    choices = mark.find(f"{_W}ffData/{_W}ddList")
    if choices is None:
        return ""
    entries = [str(entry.get(f"{_W}val", "")) for entry in choices.iterchildren(f"{_W}listEntry")]
    for name in ("result", "default"):
        chosen = choices.find(f"{_W}{name}")
        at: str = chosen.get(f"{_W}val", "") if chosen is not None else ""
        if at.isdecimal() and int(at) < len(entries):
            return entries[int(at)]
    return entries[0] if entries else ""
