"""Fonts that name their glyphs in ways that readers do not know: given the map to Unicode that they lack.

Adobe's rule for names (`two.lnum` is 2, `f_f_i` is ffi, `uni0032.tf` is 2) is one that pypdf and pdfium each follow in
half: pypdf prints the names, pdfium loses the letters of ligatures. So a font with such names gets a `/ToUnicode`
before either reads it. So do TeX's bitmap fonts, which only number their glyphs: their ligatures would be lost
without a word.
"""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator
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
    names = dict(_differences(encoding["/Differences"].get_object()))
    if font.get("/Subtype") == "/Type3" and all(name == f"/a{code}" for code, name in names.items()):
        return _bitmaps_of_tex(names.keys())
    found = {code: text for code, name in names.items() if (text := glyph_text(name.lstrip("/")))}
    return found if any(names[code] not in adobe_glyphs for code in found) else {}


def _differences(entries: Iterable[Any]) -> Iterator[tuple[int, str]]:
    """Code and name of every glyph that an encoding names."""
    code = 0
    for entry in entries:
        if not isinstance(entry, str):
            code = int(entry)
            continue
        if entry != "/.notdef":
            yield code, str(entry)
        code += 1


def _bitmaps_of_tex(codes: Collection[int]) -> dict[int, str]:
    """What the codes of TeX's bitmap fonts stand for, which have numbers for names: a text font's ligatures, dashes and
    accented letters, and the marks of lists; empty where all are ASCII."""
    if sum(0x61 <= code <= 0x7A for code in codes) < _LEAST_LETTERS:
        return {code: _MARKS[code] for code in codes if code in _MARKS} if len(codes) <= len(_MARKS) else {}
    if any(0x0B <= code <= 0x0F for code in codes):
        special = _OLD_TEXT
    elif any(code in _CORK and code not in _OLD_TEXT for code in codes):
        special = _CORK
    else:
        return {}
    return {code: special.get(code, chr(code)) for code in codes if code in special or 0x20 < code < 0x7F}


_LEAST_LETTERS = 5
_LIGATURES = ("ff", "fi", "fl", "ffi", "ffl")
_OLD_TEXT = dict(enumerate(_LIGATURES, 0x0B)) | {0x5C: "“", 0x7B: "–", 0x7C: "—"}
"""TeX's first encoding of text (OT1), where it is not ASCII."""
_CORK = (
    dict(enumerate("“”„«»–—", 0x10))
    | dict(enumerate(_LIGATURES, 0x1B))
    | dict(enumerate("ĂĄĆČĎĚĘĞĹĽŁŃŇŊŐŔŘŚŠŞŤŢŰŮŸŹŽŻĲİđ§ăąćčďěęğĺľłńňŋőŕřśšşťţűůÿźžżĳ¡¿£", 0x80))
    | dict(enumerate("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖŒØÙÚÛÜÝÞẞàáâãäåæçèéêëìíîïðñòóôõöœøùúûüýþß", 0xC0))
)
"""The encoding of European letters (T1), where it is not ASCII."""
_MARKS = {0x00: "-", 0x03: "*", 0x0D: "◦", 0x0F: "•", 0x88: "•"}
"""Marks of lists in fonts of signs."""


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
