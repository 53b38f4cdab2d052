"""Fonts that name their glyphs in ways that readers do not know: given the map to Unicode that they lack.

Adobe's rule for names (`two.lnum` is 2, `f_f_i` is ffi, `uni0032.tf` is 2) is one that pypdf and pdfium each follow in
half: pypdf prints the names, pdfium loses the letters of ligatures. So a font with such names gets a `/ToUnicode`
before either reads it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypdf import PdfReader

_FONTS = 200
_FORM_DEPTH = 4
_RAISED_ENDINGS = frozenset({"sups", "superior", "sup", "numr", "ordn"})
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_PER_BLOCK = 90


def fonts_of(reader: PdfReader) -> Iterator[Any]:
    """The font dictionaries of a file's pages and of the forms drawn on them, each once."""
    seen: set[int] = set()
    for page in reader.pages:
        yield from _fonts_in(page.get("/Resources"), seen, 0)


def _fonts_in(resources: Any, seen: set[int], depth: int) -> Iterator[Any]:
    if resources is None or depth > _FORM_DEPTH or len(seen) > _FONTS:
        return
    resources = resources.get_object()
    for kind in ("/Font", "/XObject"):
        entries = resources.get(kind)
        for reference in list(entries.get_object().values()) if entries is not None else ():
            found = reference.get_object()
            if id(found) in seen or len(seen) > _FONTS:
                continue
            if kind == "/Font":
                seen.add(id(found))
                yield found
            elif found.get("/Subtype") == "/Form":
                seen.add(id(found))
                yield from _fonts_in(found.get("/Resources"), seen, depth + 1)


def with_unicode(reader: PdfReader) -> bytes | None:
    """The file again, with maps to Unicode where glyph names need one; None where no font does."""
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, StreamObject

    mended = False
    for font in fonts_of(reader):
        said = _names_read(font)
        if said:
            table = StreamObject()
            table.set_data(_to_unicode(said))
            font[NameObject("/ToUnicode")] = table
            mended = True
    if not mended:
        return None
    written = io.BytesIO()
    PdfWriter(clone_from=reader).write(written)
    return written.getvalue()


def _names_read(font: Any) -> dict[int, str]:
    """By code what the names in a font's encoding stand for; empty where it has a map or only names that all know."""
    from pypdf._codecs.adobe_glyphs import adobe_glyphs

    encoding = font.get("/Encoding")
    encoding = encoding.get_object() if encoding is not None else None
    if "/ToUnicode" in font or not isinstance(encoding, dict) or "/Differences" not in encoding:
        return {}
    found: dict[int, str] = {}
    unusual = False
    code = 0
    for entry in encoding["/Differences"].get_object():
        if not isinstance(entry, str):
            code = int(entry)
            continue
        name = str(entry)
        text = glyph_text(name.lstrip("/"))
        if text:
            found[code] = text
            unusual = unusual or name not in adobe_glyphs
        code += 1
    return found if unusual else {}


def glyph_text(name: str) -> str:
    """The characters that a glyph's name stands for by Adobe's rule, figures set above the line as such; "" if none."""
    from fontTools.agl import toUnicode

    text = str(toUnicode(name))
    ending = name.rpartition(".")[2] if "." in name else ""
    return text.translate(_RAISED) if ending in _RAISED_ENDINGS else text


def _to_unicode(said: dict[int, str]) -> bytes:
    rows = [f"<{code & 0xFF:02X}> <{text.encode('utf-16-be').hex()}>" for code, text in sorted(said.items())]
    blocks = [rows[at : at + _PER_BLOCK] for at in range(0, len(rows), _PER_BLOCK)]
    body = "".join(f"{len(block)} beginbfchar\n{chr(10).join(block)}\nendbfchar\n" for block in blocks)
    head = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
    return f"{head}1 begincodespacerange <00> <FF> endcodespacerange\n{body}endcmap end end\n".encode("ascii")
