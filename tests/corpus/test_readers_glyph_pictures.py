"""Glyphs whose codes say nothing: read by their picture or place, or marked, counted and warned of."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from glyph_pages import HELVETICA, LINES, MAPPED, NAMES, characters, read, words_of

from harness.corpus.hostile_pdf import assemble, one_page, show, stream
from harness.corpus.text import extract_inline
from harness.corpus.types import Extraction


def tesseract(folder: Path, page: Path) -> None:
    """A program of that name that sees the same page whatever it is shown."""
    program = folder / "tesseract"
    script = f'case "$1" in --version) echo "tesseract 9.9";; *) exec /bin/cat "{page}";; esac'
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def private_digits(tmp_path: Path) -> Extraction:
    """Digits at codes without meaning (0xC0 on) that the font maps to private characters."""
    turned = bytes(0xC0 + byte - 0x30 if 0x30 <= byte <= 0x39 else byte for byte in range(256))
    printed = [b"(%s) Tj T*\n" % line.encode().translate(turned) for line in LINES]
    content = b"".join([b"BT /F1 11 Tf 15 TL 60 780 Td ", *printed, b"ET\n"])
    names = b" ".join(b"/%s" % name.encode() for name in NAMES)
    font = HELVETICA % (
        b"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [192 %s] >> /ToUnicode 6 0 R" % names
    )
    return read(
        tmp_path, font, content=content, to_unicode=characters({0xC0 + at: chr(0xE200 + at) for at in range(10)})
    )


def test_private_digits_are_read_by_the_picture(tmp_path: Path, bare_path: Path) -> None:
    page = "\n".join(LINES).replace("colleagues", "co1leagues")
    (tmp_path / "page.txt").write_text(page, encoding="utf-8")
    tesseract(bare_path, tmp_path / "page.txt")
    found = private_digits(tmp_path)
    assert words_of(found) == list(LINES)
    assert "tesseract" in found.reader
    assert any("10 by OCR" in warning for warning in found.warnings)


def test_digits_that_nothing_tells_are_marked_and_counted(tmp_path: Path, bare_path: Path) -> None:
    found = private_digits(tmp_path)
    assert found.outcome == "ok_with_warnings"
    assert "Mar \ufffd\ufffd\ufffd\ufffd - Aug" in found.text
    assert any("36 letters or digits have no readable character" in warning for warning in found.warnings)
    assert any("page 1" in warning for warning in found.warnings)


@pytest.mark.parametrize("said", [" ", "\ufffd", "\0", "\u200b", "\u25a1"])
def test_digits_that_are_drawn_and_say_nothing_are_never_lost_in_silence(
    tmp_path: Path, bare_path: Path, said: str
) -> None:
    found = read(tmp_path, MAPPED, to_unicode=characters({0x30 + at: said for at in range(10)}))
    assert found.outcome == "ok_with_warnings"
    assert any("digit" in warning for warning in found.warnings)


def test_signs_that_say_nothing_are_read_by_their_place_on_the_picture(tmp_path: Path, bare_path: Path) -> None:
    (tmp_path / "page.txt").write_text("\n".join(LINES), encoding="utf-8")
    tesseract(bare_path, tmp_path / "page.txt")
    found = read(tmp_path, MAPPED, to_unicode=characters({0x30 + at: "\ufffd" for at in range(10)}))
    assert words_of(found) == list(LINES)


@pytest.mark.parametrize(("code", "said"), [(0x40, "\uf040"), (0x2D, "\uf02d"), (0x40, "\ue100")])
def test_signs_of_addresses_and_compounds_are_read_by_the_encoding(tmp_path: Path, code: int, said: str) -> None:
    assert words_of(read(tmp_path, MAPPED, to_unicode=characters({code: said}))) == list(LINES)


@pytest.mark.parametrize("name", ["g{}", "cid{:05d}", "index{}", "{}.fitted"])
def test_names_without_a_meaning_are_warned_of(tmp_path: Path, bare_path: Path, name: str) -> None:
    names = " ".join(f"/{name.format(at + 17)}" for at in range(10)).encode()
    font = HELVETICA % (b"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [48 %s] >>" % names)
    found = read(tmp_path, font)
    assert any("have no readable character" in warning for warning in found.warnings) or found.outcome == "garbled"


def test_digits_of_a_font_of_drawings_are_warned_of(tmp_path: Path, bare_path: Path) -> None:
    names, procs = b" ".join(b"/a%d" % at for at in range(10)), b" ".join(b"/a%d 8 0 R" % at for at in range(10))
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 10 10] /FontMatrix [0.1 0 0 0.1 0 0] /FirstChar 48 "
        b"/LastChar 57 /Widths [%s] /Encoding << /Differences [48 %s] >> /CharProcs << %s >> /Resources << >> >>"
        % (b" ".join([b"6"] * 10), names, procs)
    )
    years = b"BT /F1 11 Tf 60 780 Td (Clerk ) Tj /F2 11 Tf (2012) Tj /F1 11 Tf ( - ) Tj /F2 11 Tf (2015) Tj ET\n"
    objects = one_page(years + show(LINES, top=700), o7=font, o8=stream(b"6 0 0 0 5 7 d1 0 0 5 7 re f"))
    objects[3] = objects[3].replace(b"/F1 5 0 R", b"/F1 5 0 R /F2 7 0 R")
    path = tmp_path / "cv.pdf"
    path.write_bytes(assemble(objects))
    found = extract_inline(path)
    assert any("8 letters or digits have no readable character" in warning for warning in found.warnings)
