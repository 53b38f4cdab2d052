"""Pages whose fonts name and map their glyphs as a test says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from harness.corpus.hostile_pdf import assemble, one_page, show, stream
from harness.corpus.text import extract_inline
from harness.corpus.types import Extraction

LINES = (
    "Ada Example",
    "ada.example@example.com | 555 0142 907",
    "Clerk, Bracken Foods, Mar 2012 - Aug 2015",
    "A full-time, on-site role with 38 colleagues in four halls of the northern region.",
    "Field engineer, Example Works Ltd, 2016 - 2021",
    "Planned the rota for three sites and kept every promise about dates.",
    "BSc Physics, Example University, 2008 - 2011",
)
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
HELVETICA = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica %s >>"


def read(tmp_path: Path, font: bytes, *, content: bytes = b"", to_unicode: bytes = b"") -> Extraction:
    objects = one_page(content or show(LINES), o5=font, o6=stream(to_unicode))
    path = tmp_path / "cv.pdf"
    path.write_bytes(assemble(objects))
    return extract_inline(path)


def characters(mapped: Mapping[int, str]) -> bytes:
    """A map to Unicode of printable ASCII as it is, but for `mapped`."""
    said = {code: chr(code) for code in range(0x20, 0x7F)} | dict(mapped)
    rows = [b"<%02X> <%s>" % (code, char.encode("utf-16-be").hex().encode()) for code, char in said.items()]
    return b"".join(
        [
            b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n",
            b"1 begincodespacerange <00> <FF> endcodespacerange\n",
            b"%d beginbfchar\n%s\nendbfchar\n" % (len(rows), b"\n".join(rows)),
            b"endcmap end end",
        ]
    )


def words_of(found: Extraction) -> list[str]:
    return found.text.split("\n\n")[0].splitlines()


MAPPED = HELVETICA % b"/Encoding /WinAnsiEncoding /ToUnicode 6 0 R"
