"""Ways through a DOCX's element tree: wrappers seen through, of alternatives one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.corpus.readers.docx_graphics import DRAWN
from harness.corpus.readers.docx_styles import W

if TYPE_CHECKING:
    from lxml.etree import _Element

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
ALTERNATE, _CHOICE, _FALLBACK = f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback"
_T, _SDT, _SDT_CONTENT, _TEXT_BOX = f"{W}t", f"{W}sdt", f"{W}sdtContent", f"{W}txbxContent"
WRAPPERS = frozenset(
    f"{W}{name}" for name in ("ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo", "rubyBase", "ruby")
)


def children(element: _Element, wanted: str) -> Iterator[_Element]:
    """Rows of a table or cells of a row, also those inside content controls and tracked insertions."""
    for child in element:
        tag = child.tag
        if tag == wanted:
            yield child
        elif tag == _SDT:
            for content in child.iterchildren(_SDT_CONTENT):
                yield from children(content, wanted)
        elif tag in WRAPPERS:
            yield from children(child, wanted)


def alternative(element: _Element) -> _Element:
    """The variant to read of an `mc:AlternateContent`: the first with text, else with a drawing, else the first."""
    variants = [child for child in element if child.tag in (_CHOICE, _FALLBACK)]
    for wanted in ((_T,), DRAWN):
        for variant in variants:
            if next(variant.iter(*wanted), None) is not None:
                return variant
    return variants[0] if variants else element


def outermost(element: _Element, wanted: str) -> Iterator[_Element]:
    """The elements `wanted` below this one that are not inside another; of alternatives, one."""
    for child in element:
        if child.tag == wanted:
            yield child
        elif child.tag == ALTERNATE:
            yield from outermost(alternative(child), wanted)
        else:
            yield from outermost(child, wanted)


def drawn(element: _Element) -> Iterator[_Element]:
    """The elements below this one that draw text themselves, in order; of alternatives, one."""
    for child in element:
        if child.tag == ALTERNATE:
            yield from drawn(alternative(child))
        elif child.tag in DRAWN:
            yield child
        elif child.tag != _TEXT_BOX:
            yield from drawn(child)


def symbol(code: str, font: str) -> str:
    """The character of a `w:sym`. In the font Symbol the plain digits and signs have their own places."""
    try:
        char = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    if font.casefold() == "symbol" and "\uf020" <= char <= "\uf03f":
        return chr(ord(char) - 0xF000)
    return char
