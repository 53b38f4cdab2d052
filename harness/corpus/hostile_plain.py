"""Hostile plain text, and files of other kinds under a CV's name."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable, Mapping

from harness.corpus.hostile_pdf import CV_LINES, INJECTION

CV = "\n".join(CV_LINES) + "\n"


def _reversed_runs() -> str:
    return CV + "".join(f"\u202e{line[::-1]}\u202c\n" for line in CV_LINES[:4])


def _zero_width() -> str:
    return "\u200b".join(CV)


def _tags() -> str:
    return CV + "".join(chr(0xE0000 + ord(char)) for char in INJECTION) + "\n"


def _homoglyphs() -> str:
    return CV.replace("o", "\u043e").replace("e", "\u0435")


def _escapes() -> str:
    return CV + "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m\x08\x08\n"


def _broken_utf8() -> bytes:
    good = CV.replace("Leeds", "Málaga, Köln, Łódź, Århus").encode()
    return good.replace(b"Certificate", b"Certificat\xc3")


def _compound(name: str, content: bytes) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
    return head + name.encode("utf-16-le").ljust(512, b"\0") + content


def _noise(size: int) -> bytes:
    return random.Random(11).randbytes(size)


PLAIN_FILES: Mapping[str, Callable[[], bytes]] = {
    "txt-empty.txt": lambda: b"",
    "txt-blank.txt": lambda: b" \n\t\r\n" * 50,
    "txt-one-word.txt": lambda: b"Robin\n",
    "txt-nuls.txt": lambda: CV.replace("Leeds", "Le\0eds").replace("2013", "20\x0013").encode(),
    "txt-only-nuls.txt": lambda: b"\0" * 4_000,
    "txt-noise.txt": lambda: _noise(4_000),
    "txt-noise-named-pdf.pdf": lambda: _noise(4_000),
    "txt-bidi-overrides.txt": lambda: _reversed_runs().encode(),
    "txt-zero-width.txt": lambda: _zero_width().encode(),
    "txt-tag-characters.txt": lambda: _tags().encode(),
    "txt-homoglyphs.txt": lambda: _homoglyphs().encode(),
    "txt-escape-sequences.txt": lambda: _escapes().encode(),
    "txt-broken-utf-8.txt": _broken_utf8,
    "txt-surrogates.txt": lambda: (CV + "Ł\ud83d\udc4dŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁŁ\n").encode("utf-8", "surrogatepass"),
    "txt-utf-16-no-mark.txt": lambda: CV.encode("utf-16-le"),
    "txt-utf-16-odd.txt": lambda: CV.encode("utf-16") + b"\n",
    "txt-utf-32.txt": lambda: CV.encode("utf-32"),
    "txt-false-mark.txt": lambda: b"\xff\xfe" + _noise(3_000),
    "txt-replacement-characters.txt": lambda: (CV.replace("e", "\ufffd").replace("a", "\ufffd")).encode(),
    "txt-carriage-returns.txt": lambda: CV.replace("\n", "\r").encode(),
    "txt-named-pdf.pdf": lambda: CV.encode(),
    "txt-named-docx.docx": lambda: CV.encode(),
    "txt-visible-injection.txt": lambda: f"{CV}{INJECTION}\n".encode(),
    "png-named-pdf.pdf": lambda: b"\x89PNG\r\n\x1a\n" + _noise(400),
    "jpeg-named-docx.docx": lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF" + _noise(400),
    "gif-named-txt.txt": lambda: b"GIF89a" + _noise(400),
    "tiff-named-pdf.pdf": lambda: b"II*\x00" + _noise(400),
    "program-named-pdf.pdf": lambda: b"MZ\x90\x00\x03\x00" + _noise(400),
    "elf-named-doc.doc": lambda: b"\x7fELF" + _noise(400),
    "gzip-named-docx.docx": lambda: gzip.compress(CV.encode(), mtime=0),
    "rar-named-docx.docx": lambda: b"Rar!\x1a\x07\x00" + _noise(400),
    "html-named-doc.doc": lambda: f"<html><body><p>{CV}</p><script>alert(1)</script></body></html>".encode(),
    "xml-named-docx.docx": lambda: f'<?xml version="1.0"?><cv>{CV.replace("&", "and")}</cv>'.encode(),
    "svg-named-pdf.pdf": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "postscript-named-pdf.pdf": lambda: b"%!PS-Adobe-3.0\n(file) (w) file closefile\n",
    "xls-named-doc.doc": lambda: _compound("Workbook", _noise(2_000)),
    "doc-noise.doc": lambda: _compound("WordDocument", _noise(6_000)),
    "doc-cut.doc": lambda: _compound("WordDocument", b"")[:600],
    "rtf-deep-groups.rtf": lambda: b"{\\rtf1 " + b"{" * 50_000 + b"x" + b"}" * 50_000 + b"}",
    "rtf-cut.rtf": lambda: b"{\\rtf1\\ansi{\\fonttbl",
}

LARGE_PLAIN_FILES: Mapping[str, Callable[[], bytes]] = {
    "txt-5-megabyte-line.txt": lambda: b"x" * (5 << 20),
    "txt-11-megabytes.txt": lambda: CV.encode() * 30_000,
    "txt-100000-accents.txt": lambda: (CV + "e" + "\u0301\u0323" * 50_000).encode(),
    "txt-190000-letters-one-word.txt": lambda: (CV + "a-" * 95_000).encode(),
}
