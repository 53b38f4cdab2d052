"""What a DOCX says of how its text looks, as far as it decides what a person sees: hidden, white, tiny, list marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harness.corpus.readers.docx_package import WordFile, parse

if TYPE_CHECKING:
    from lxml.etree import _Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VAL = f"{W}val"
_OFF = frozenset({"0", "false", "off"})
_INHERITANCE = 12


@dataclass(slots=True)
class Look:
    """Properties of a run or a style; None where it says nothing. `size` is in half-points."""

    hidden: bool | None = None
    white: bool | None = None
    size: int | None = None
    shaded: bool | None = None
    numbering: tuple[str, str] | None = None
    raised: bool | None = None

    def over(self, below: Look) -> Look:
        """This look where it says something, else the one below it."""
        return Look(
            below.hidden if self.hidden is None else self.hidden,
            below.white if self.white is None else self.white,
            below.size if self.size is None else self.size,
            below.shaded if self.shaded is None else self.shaded,
            below.numbering if self.numbering is None else self.numbering,
            below.raised if self.raised is None else self.raised,
        )


PLAIN = Look()

_SHEET = re.compile(rb"<w:styles\b[^>]*>")
_STYLE = re.compile(rb'<w:style\b[^<>]{0,500}\bw:styleId="([^"<>]*)"[^<>]*>')
_DEFAULT = re.compile(rb'\bw:default="(?:1|true|on)"')


def run_look(properties: _Element) -> Look:
    """The look that a `w:rPr` gives, its character style left aside."""
    look = Look()
    for child in properties:
        tag = child.tag
        if tag == f"{W}vanish":
            look.hidden = child.get(_VAL) not in _OFF
        elif tag == f"{W}color":
            look.white = is_white(child.get(_VAL))
        elif tag == f"{W}sz":
            size = child.get(_VAL, "")
            look.size = int(size) if size.isdecimal() and len(size) < 6 else None
        elif tag == f"{W}shd":
            look.shaded = is_shading(child)
        elif tag == f"{W}vertAlign":
            look.raised = child.get(_VAL) == "superscript"
        elif tag == f"{W}position":
            look.raised = child.get(_VAL, "").isdecimal() and child.get(_VAL) != "0"
        elif tag == f"{W}highlight":
            look.shaded = child.get(_VAL) not in ("none", "white", None)
    return look


def paragraph_look(properties: _Element, look: Look) -> Look:
    """`look` with what a `w:pPr` adds: shading and numbering (list id, level)."""
    for child in properties:
        if child.tag == f"{W}shd":
            look.shaded = is_shading(child)
        elif child.tag == f"{W}numPr":
            number, level = child.find(f"{W}numId"), child.find(f"{W}ilvl")
            look.numbering = (
                number.get(_VAL, "0") if number is not None else "",
                level.get(_VAL, "0") if level is not None else "0",
            )
    return look


def is_white(colour: str | None) -> bool | None:
    """Whether RRGGBB is white or nearly; None for `auto` and nothing."""
    if colour is None or len(colour) != 6:
        return None
    return all(part.upper() >= "FA" for part in (colour[0:2], colour[2:4], colour[4:6]))


def is_shading(element: _Element) -> bool:
    """Whether a `w:shd` paints a background that is not white."""
    fill = element.get(f"{W}fill")
    pattern = element.get(_VAL)
    return (fill not in (None, "auto") and not is_white(fill)) or pattern not in (None, "clear", "nil")


class Styles:
    """The document's styles, looks resolved along `basedOn` when asked for."""

    def __init__(self, document: WordFile) -> None:
        self._document = document
        self._resolved: dict[str, Look] = {}
        self._bullets: dict[tuple[str, str], bool] = {}
        self._sheet = next(document.raw_parts("styles"), b"")
        head = _SHEET.search(self._sheet)
        self._head = head.group() if head else b""
        self._places: dict[str, int] = {}
        self.default = ""
        for style in _STYLE.finditer(self._sheet):
            name = style.group(1).decode("utf-8", "replace")
            self._places[name] = style.start()
            if b'w:type="paragraph"' in style.group() and _DEFAULT.search(style.group()):
                self.default = name

    def _element(self, name: str) -> _Element | None:
        """The style of this name. Style sheets are often ten times the CV, so only what is used is parsed."""
        start = self._places.get(name)
        end = self._sheet.find(b"</w:style>", start) if start is not None else -1
        if end < 0:
            return None
        return parse(self._head + self._sheet[start:end] + b"</w:style></w:styles>")[0]

    def look(self, name: str) -> Look:
        """The look of a style with what it is based on; of an unknown one, nothing."""
        found = self._resolved.get(name)
        if found is None:
            found = self._resolved[name] = self._resolve(name, 0)
        return found

    def _resolve(self, name: str, depth: int) -> Look:
        style = self._element(name) if depth <= _INHERITANCE else None
        if style is None:
            return PLAIN
        run, paragraph = style.find(f"{W}rPr"), style.find(f"{W}pPr")
        look = run_look(run) if run is not None else Look()
        if paragraph is not None:
            look = paragraph_look(paragraph, look)
        if style.get(f"{W}type") == "table" and next(style.iter(f"{W}shd"), None) is not None:
            look.shaded = any(is_shading(each) for each in style.iter(f"{W}shd"))
        based = style.find(f"{W}basedOn")
        return look if based is None else look.over(self._resolve(based.get(_VAL, ""), depth + 1))

    def is_bullet(self, numbering: tuple[str, str]) -> bool:
        """Whether list `numbering` (id, level) puts a bullet before its paragraphs."""
        if numbering not in self._bullets:
            self._bullets[numbering] = self._find_bullet(*numbering)
        return self._bullets[numbering]

    def _find_bullet(self, number: str, level: str) -> bool:
        part = next(self._document.parts("numbering"), None)
        if part is None or number in ("", "0"):
            return False
        abstract = None
        for each in part.root.iterchildren(f"{W}num"):
            if each.get(f"{W}numId") == number:
                link = each.find(f"{W}abstractNumId")
                abstract = link.get(_VAL) if link is not None else None
        for each in part.root.iterchildren(f"{W}abstractNum"):
            if each.get(f"{W}abstractNumId") == abstract:
                for step in each.iterchildren(f"{W}lvl"):
                    if step.get(f"{W}ilvl") == level:
                        kind = step.find(f"{W}numFmt")
                        return kind is not None and kind.get(_VAL) == "bullet"
        return False
