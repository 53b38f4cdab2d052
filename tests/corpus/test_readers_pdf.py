"""PDF: links and form values join the text, the gate calls the second reader, pictures go to OCR or are named."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from harness.corpus.hostile_pdf import CV_LINES, assemble, one_page, plain_pdf, show, stream
from harness.corpus.text import Limits, extract_inline
from harness.corpus.types import Extraction

COMPANY = "Northgate Storage Ltd"
FULL_PAGE = b"q 595 0 0 842 0 0 cm /I Do Q\n"
PICTURE = stream(
    b"\x80" * 4, b"/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8"
)


def read(tmp_path: Path, data: bytes, limits: Limits | None = None) -> Extraction:
    path = tmp_path / "cv.pdf"
    path.write_bytes(data)
    return extract_inline(path, limits)


def annotated(*annotations: bytes) -> bytes:
    objects = one_page(show())
    numbers = range(10, 10 + len(annotations))
    objects.update(zip(numbers, annotations, strict=True))
    objects[3] = objects[3][:-2] + b"/Annots [%s] >>" % b" ".join(b"%d 0 R" % number for number in numbers)
    return assemble(objects)


def link(target: bytes) -> bytes:
    return b"<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (%s) >> >>" % target


def two_pages(first: bytes, second: bytes) -> bytes:
    objects = one_page(first, page=b"/XObject << /I 8 0 R >>", o8=PICTURE)
    objects[2] = b"<< /Type /Pages /Kids [3 0 R 6 0 R] /Count 2 >>"
    objects[6] = objects[3].replace(b"4 0 R", b"7 0 R")
    objects[7] = stream(second)
    return assemble(objects)


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def test_link_targets_follow_the_text(tmp_path: Path) -> None:
    found = read(
        tmp_path, annotated(link(b"https://www.linkedin.com/in/robin"), link(b"mailto:robin.sample@example.com"))
    )
    assert found.outcome == "ok"
    assert found.text.splitlines()[-2:] == ["", "https://www.linkedin.com/in/robin"]
    assert found.text.count("robin.sample@example.com") == 1


def test_form_values_are_text_and_hidden_fields_are_not(tmp_path: Path) -> None:
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (x) /V (%s) /F %d /Rect [0 0 9 9] >>"
    found = read(tmp_path, annotated(field % (b"Dispatch Manager", 4), field % (b"Secret Value", 2)))
    assert "Dispatch Manager" in found.text
    assert "Secret Value" not in found.text


def test_damaged_links_do_not_cost_the_text(tmp_path: Path) -> None:
    found = read(tmp_path, annotated(b"(no annotation)"))
    assert COMPANY in found.text
    assert any("links of page 1" in warning for warning in found.warnings)


def test_words_joined_by_the_first_reader_are_read_by_the_second(tmp_path: Path) -> None:
    """Each word placed by itself, without a space character, closer than pypdf's idea of a space."""
    font = (
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 122 "
        b"/Widths [%s] >>" % b" ".join([b"900"] + [b"556"] * 90)
    )
    content, y = [], 800
    for line in CV_LINES * 2:
        words = line.split()
        tj = b" -300 ".join(b"(%s)" % word.encode("cp1252") for word in words)
        content.append(b"BT /F1 10 Tf 1 0 0 1 40 %d Tm [%s] TJ ET" % (y, tj))
        y -= 14
    objects = one_page(b"\n".join(content))
    objects[5] = font
    found = read(tmp_path, assemble(objects))
    assert found.readable
    assert COMPANY in found.text
    assert "pypdfium2" in found.reader
    assert "joined" in found.reader


def test_a_picture_without_ocr_is_named(tmp_path: Path, bare_path: Path) -> None:
    found = read(tmp_path, two_pages(FULL_PAGE, b""))
    assert (found.outcome, found.text) == ("no_text_layer", "")
    assert "install tesseract" in found.warnings[0]


def test_one_picture_among_pages_is_named(tmp_path: Path, bare_path: Path) -> None:
    found = read(tmp_path, two_pages(show(), FULL_PAGE))
    assert found.outcome == "ok_with_warnings"
    assert COMPANY in found.text
    assert any("images: page 2" in warning for warning in found.warnings)


def test_ocr_reads_the_pictures_only(tmp_path: Path, bare_path: Path) -> None:
    program(
        bare_path, "tesseract", 'case "$1" in --version) echo "tesseract 9.9";; *) echo "words of the picture";; esac'
    )
    found = read(tmp_path, two_pages(show(), FULL_PAGE))
    assert found.outcome == "ok_with_warnings"
    assert found.text.endswith("words of the picture")
    assert COMPANY in found.text
    assert found.reader.endswith("tesseract 9.9 eng")
    assert "read by OCR: page 2" in found.warnings


@pytest.mark.parametrize(
    ("script", "limits", "outcome"),
    [
        ('case "$1" in --version) echo "tesseract 9.9";; *) exit 1;; esac', Limits(), "no_text_layer"),
        ('case "$1" in --version) echo "tesseract 9.9";; *) exec sleep 60;; esac', Limits(seconds=0.5), "timeout"),
        ('case "$1" in --version) echo "tesseract 9.9";; *) echo "";; esac', Limits(), "no_text_layer"),
        ("echo tesseract 9.9", Limits(ocr_pages=1), "too_large"),
    ],
)
def test_ocr_that_fails_is_a_typed_outcome(
    tmp_path: Path, bare_path: Path, script: str, limits: Limits, outcome: str
) -> None:
    program(bare_path, "tesseract", script)
    (bare_path / "sleep").symlink_to("/bin/sleep")
    found = read(tmp_path, two_pages(FULL_PAGE, FULL_PAGE), limits)
    assert (found.outcome, found.text) == (outcome, "")


def test_old_word_files_need_a_converter(tmp_path: Path, bare_path: Path) -> None:
    found = read(tmp_path, b"{\\rtf1 Robin Sample}")
    assert found.outcome == "unsupported"
    assert "install catdoc or LibreOffice" in found.warnings[0]
    program(
        bare_path,
        "catdoc",
        'case "$1" in -V) echo "Catdoc Version 0.95";; *) echo "R HYPERLINK \\"https://example.com/r\\" page";; esac',
    )
    found = read(tmp_path, b"{\\rtf1 Robin Sample}")
    assert found.text == "R  page\n\nhttps://example.com/r"
    assert found.reader.endswith("catdoc 0.95")


def test_a_scan_with_its_own_text_layer_is_not_flagged_as_hidden(tmp_path: Path) -> None:
    layer = show(before=b"3 Tr ")
    found = read(tmp_path, assemble(one_page(FULL_PAGE + layer, page=b"/XObject << /I 6 0 R >>", o6=PICTURE)))
    assert found.outcome == "ok"
    assert COMPANY in found.text


def test_pages_are_counted(tmp_path: Path) -> None:
    assert read(tmp_path, plain_pdf()).pages == 1
    assert read(tmp_path, two_pages(show(), show())).pages == 2


@pytest.mark.parametrize(("top", "warned"), [(830, False), (870, True)])
def test_a_page_s_box_may_stand_above_it(tmp_path: Path, top: int, warned: bool) -> None:
    """XeLaTeX, groff and fpdf2 write it once for all pages: the name on top of A4 is on the page."""
    objects = one_page(show(top=700) + show(("Anna-Lena Quill",), top=top))
    box = b"/MediaBox [0 0 595 842] "
    objects[3] = objects[3].replace(box, b"")
    objects[2] = objects[2].replace(b"/Kids", box + b"/Kids")
    found = read(tmp_path, assemble(objects))
    assert any("outside the page" in warning for warning in found.warnings) is warned
