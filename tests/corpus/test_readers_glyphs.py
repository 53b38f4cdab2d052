"""Text layers that lie about their glyphs: each kind is read right, read otherwise, or its loss is named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from glyph_pages import HELVETICA, LINES, MAPPED, NAMES, characters, read, words_of

from harness.corpus.hostile_pdf import assemble, one_page, show, stream
from harness.corpus.readers.pdf_bidi import righted
from harness.corpus.text import extract_inline


@pytest.mark.parametrize("name", ["{}.lnum", "{}.tf", "{}.oldstyle", "{}oldstyle", "{}.tosf.ss01", "{}.pnum"])
def test_glyph_names_with_endings_are_digits(tmp_path: Path, name: str) -> None:
    names = " ".join(f"/{name.format(digit)}" for digit in NAMES).encode()
    font = HELVETICA % (b"/Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [48 %s] >>" % names)
    assert words_of(read(tmp_path, font)) == list(LINES)


def test_glyph_names_of_ligatures_keep_their_letters(tmp_path: Path) -> None:
    names = b"/f_i /f_f_i /T_h.alt /f_f"
    encoding = b"<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [128 %s] >>" % names
    content = show(LINES).replace(b"offi", b"o\\201").replace(b"fi", b"\\200")
    content = content.replace(b"Field", b"\\202e of\\200ce sta\\203")
    found = read(tmp_path, HELVETICA % (b"/Encoding %s" % encoding), content=content)
    assert "The office staff engineer, Example Works Ltd, 2016 - 2021" in words_of(found)


def test_glyph_names_of_raised_figures_are_powers(tmp_path: Path) -> None:
    encoding = b"<< /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [128 /six.sups /two.superior] >>"
    content = show((*LINES, "Processed 10\x80 records".encode("latin-1").decode("cp1252", "replace")))
    content = content.replace(b"\x80", b"\\200")
    found = read(tmp_path, HELVETICA % (b"/Encoding %s" % encoding), content=content)
    assert words_of(found)[-1] == "Processed 10^6 records"


def test_unicode_glyph_names_are_digits(tmp_path: Path) -> None:
    names = " ".join(f"/uni003{digit}.lf" for digit in range(10)).encode()
    font = HELVETICA % (b"/Encoding << /Type /Encoding /BaseEncoding /WinAnsiEncoding /Differences [48 %s] >>" % names)
    assert words_of(read(tmp_path, font)) == list(LINES)


@pytest.mark.parametrize("space", ["\t\r \u00a0", "\r", "\n", "\u2028", "\u3000", "\u00a0\u00a0", "\u200a", "\u000b"])
def test_a_space_is_a_space_whatever_it_is_mapped_to(tmp_path: Path, space: str) -> None:
    found = read(tmp_path, MAPPED, to_unicode=characters({0x20: space}))
    assert [" ".join(line.split()) for line in words_of(found)] == list(LINES)


@pytest.mark.parametrize("hyphen", ["\u00ad", "\u2010", "\u2011"])
def test_a_hyphen_that_is_drawn_is_a_hyphen(tmp_path: Path, hyphen: str) -> None:
    assert words_of(read(tmp_path, MAPPED, to_unicode=characters({0x2D: hyphen}))) == list(LINES)


def test_private_digits_are_read_by_the_encoding(tmp_path: Path) -> None:
    found = read(tmp_path, MAPPED, to_unicode=characters({0x30 + at: chr(0xE130 + at) for at in range(10)}))
    assert words_of(found) == list(LINES)
    assert any("10 by the font's encoding" in warning for warning in found.warnings)


def at(x: float, y: float, text: str, size: float = 11) -> bytes:
    return b"BT /F1 %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET\n" % (size, x, y, text.encode("cp1252"))


WIDTH = {" ": 278, "-": 333, ",": 278, ".": 278, "@": 1015, "|": 260, "i": 222, "l": 222, "j": 222, "t": 278, "f": 278}
WIDTHS = HELVETICA % (
    b"/Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 126 /Widths [%s]"
    % b" ".join(b"%d" % WIDTH.get(chr(code), 556) for code in range(32, 127))
)


def wide(text: str, size: float) -> float:
    return sum(WIDTH.get(char, 556) for char in text) * size / 1000


@pytest.mark.parametrize("pieces", ["words", "glyphs"])
def test_pieces_of_a_line_stay_on_it(tmp_path: Path, pieces: str) -> None:
    content = b""
    for row, line in enumerate(LINES):
        x = 60.0
        for piece in line.split(" ") if pieces == "words" else line:
            if piece.strip():
                content += at(x, 780 - 15 * row, piece)
            x += wide(piece + (" " if pieces == "words" else ""), 11)
    assert words_of(read(tmp_path, WIDTHS, content=content)) == list(LINES)


def test_letters_set_apart_are_words(tmp_path: Path) -> None:
    content, x = b"", 60.0
    for letter in "ADA EXAMPLE":
        if letter != " ":
            content += at(x, 800, letter, 22)
        x += 28 if letter != " " else 20
    found = read(tmp_path, WIDTHS, content=content + show(LINES[1:]))
    assert words_of(found) == ["ADA EXAMPLE", *LINES[1:]]


def test_a_raised_digit_is_a_power(tmp_path: Path) -> None:
    content = show(LINES) + at(60, 500, "Processed 10") + at(60 + wide("Processed 10", 11), 504, "6", 7)
    content += at(60 + wide("Processed 10", 11) + wide("6", 7), 500, " records on 40 m")
    x = 60 + wide("Processed 10 records on 40 m", 11) + wide("6", 7)
    content += at(x, 504, "2", 7)
    assert words_of(read(tmp_path, WIDTHS, content=content))[-1] == "Processed 10^6 records on 40 m2"


def test_icons_with_names_do_not_run_into_values(tmp_path: Path) -> None:
    mapped = characters({0x7E: "envelope", 0x60: "phone-alt"})
    content = show((*LINES[:1], "~ada.example@example.com `555 0142 907", *LINES[2:]))
    found = read(tmp_path, MAPPED, content=content, to_unicode=mapped)
    assert {"ada.example@example.com", "555"} <= set(found.text.split())


def test_bold_by_printing_twice_is_read_once(tmp_path: Path) -> None:
    twice = b"".join(at(60 + more, 780 - 15 * row, line) for row, line in enumerate(LINES) for more in (0, 0.3))
    found = read(tmp_path, WIDTHS, content=twice)
    assert words_of(found) == list(LINES)


def test_single_icons_are_blank_and_without_a_warning(tmp_path: Path) -> None:
    content = show((*LINES[:1], "~ ada.example@example.com", "` 555 0142 907", *LINES[2:]))
    found = read(tmp_path, MAPPED, content=content, to_unicode=characters({0x7E: "\uf0e0", 0x60: "\uf095"}))
    assert found.outcome == "ok"
    assert "\ufffd" not in found.text


@pytest.mark.parametrize(
    "base",
    [b"/Type1 /BaseFont /ZapfDingbats", b"/TrueType /BaseFont /ABCDEF+Wingdings-Regular /Encoding /WinAnsiEncoding"],
)
def test_icons_of_picture_fonts_do_not_run_into_values(tmp_path: Path, base: bytes) -> None:
    icon = b"/F2 11 Tf (\\%03o) Tj /F1 11 Tf (%s ) Tj "
    values = icon % (0x2A, b"ada.example@example.com") + icon % (0x28, b"555 0142 907")
    objects = one_page(b"BT 60 800 Td " + values + b"ET\n" + show(LINES[2:]), o5=WIDTHS)
    objects[3] = objects[3].replace(b"/F1 5 0 R", b"/F1 5 0 R /F2 7 0 R")
    objects[7] = b"<< /Type /Font /Subtype %s >>" % base
    path = tmp_path / "cv.pdf"
    path.write_bytes(assemble(objects))
    found = extract_inline(path).text.split()
    assert {"ada.example@example.com", "555"} <= set(found)


def test_named_digits_within_forms_are_read(tmp_path: Path) -> None:
    names = b" ".join(b"/%s.lnum" % name.encode() for name in NAMES)
    box = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << %s >>"
    inner = stream(show(LINES).replace(b"/F1", b"/F9"), box % b"/Font << /F9 9 0 R >>")
    objects = one_page(b"/X1 Do\n", page=b"/XObject << /X1 7 0 R >>", o8=inner)
    objects[7] = stream(b"/X2 Do\n", box % b"/XObject << /X2 8 0 R >>")
    objects[9] = HELVETICA % (b"/Encoding << /BaseEncoding /WinAnsiEncoding /Differences [48 %s] >>" % names)
    path = tmp_path / "cv.pdf"
    path.write_bytes(assemble(objects))
    assert words_of(extract_inline(path)) == list(LINES)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"[(2)-60(0)120(1)-90(6)-80( - )40(2)-60(0)-60(2)-60(1)] TJ", "2016 - 2021"),
        (b"4 Tc (SKILLS AND TOOLS) Tj 0 Tc", "SKILLS AND TOOLS"),
        (b"4 Tc (WORK) Tj 0 Tc", "WORK"),
        (b"50 Tz (Clerk, Mar 2012) Tj 100 Tz", "Clerk, Mar 2012"),
        (b"(Joined ) Tj /Span << /ActualText (2016) >> BDC (xxxx) Tj EMC ( and left) Tj", "Joined 2016 and left"),
    ],
)
def test_spacing_and_marked_content(tmp_path: Path, content: bytes, line: str) -> None:
    page = b"BT /F1 11 Tf 60 800 Td " + content + b" ET\n" + show(LINES, top=700)
    assert words_of(read(tmp_path, WIDTHS, content=page)) == [line, *LINES]


def test_small_capitals_by_two_sizes_are_words(tmp_path: Path) -> None:
    content, x = show(LINES, top=700), 60.0
    for text, size in (("E", 14), ("XPERIENCE", 10), (" S", 14), ("INCE 2016", 10)):
        content += at(x, 780, text, size)
        x += wide(text, size)
    assert "EXPERIENCE SINCE 2016" in words_of(read(tmp_path, WIDTHS, content=content))


@pytest.mark.parametrize(
    ("printed", "text"),
    [
        ("M\u00a8uller, Jos\u00b4e, Fran\u00b8 cois", "Müller, José, François"),
        ("the director\u00b4s team, don\u00b4t", "the director's team, don't"),
    ],
)
def test_accents_drawn_by_themselves_go_onto_their_letters(tmp_path: Path, printed: str, text: str) -> None:
    found = words_of(read(tmp_path, WIDTHS, content=show((printed, *LINES))))
    assert found[0] == text


def test_letters_that_stand_for_two_are_taken_apart(tmp_path: Path) -> None:
    content = show(("Na~onal produc~on, commi`ee", *LINES))
    found = read(tmp_path, MAPPED, content=content, to_unicode=characters({0x7E: "\u019f", 0x60: "\u01a9"}))
    assert words_of(found)[0] == "National production, committee"


@pytest.mark.parametrize(
    "annotation",
    [
        b"<< /Type /Annot /Subtype /FreeText /Rect [60 500 300 540] /Contents (Forklift licence 2019) >>",
        b"<< /Type /Annot /Subtype /Widget /FT /Ch /T (x) /V [(Forklift licence 2019)] /Rect [0 0 9 9] >>",
    ],
)
def test_what_is_typed_onto_a_page_is_read(tmp_path: Path, annotation: bytes) -> None:
    objects = one_page(show(LINES), o10=annotation)
    objects[3] = objects[3][:-2] + b"/Annots [10 0 R] >>"
    path = tmp_path / "cv.pdf"
    path.write_bytes(assemble(objects))
    assert words_of(extract_inline(path)) == [*LINES, "Forklift licence 2019"]


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"(Processed 10) Tj 4 Ts /F1 7 Tf (6) Tj 0 Ts /F1 11 Tf ( rows) Tj", ["Processed 10^6 rows"]),
        (b"(Processed 10) Tj 4 Ts (6) Tj 0 Ts ( rows) Tj", ["Processed 10^6 rows"]),
        (b"[(Clerk, Bracken Foods)-18000(2012 - 2015)] TJ", ["Clerk, Bracken Foods 2012 - 2015"]),
        (b"/F1 14 Tf (20) Tj /F1 9 Tf (16) Tj /F1 11 Tf ( and on) Tj", ["2016 and on"]),
    ],
)
def test_raised_and_moved_text(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    page = b"BT /F1 11 Tf 60 800 Td " + content + b" ET\n" + show(LINES, top=700)
    assert words_of(read(tmp_path, WIDTHS, content=page)) == [*lines, *LINES]


def test_turned_text_beside_the_page_does_not_break_its_lines(tmp_path: Path) -> None:
    turned = b"q 0 1 -1 0 40 200 cm BT /F1 11 Tf 0 0 Td (Curriculum 2021 Vitae) Tj ET Q\n"
    found = words_of(read(tmp_path, WIDTHS, content=show(LINES) + turned))
    assert sorted(found) == sorted([*LINES, "Curriculum 2021 Vitae"])


def test_the_bullet_at_byte_7f_of_latin_codes_is_read(tmp_path: Path) -> None:
    content = show(LINES).replace(b"(", b"(\\177 ")
    found = words_of(read(tmp_path, HELVETICA % b"/Encoding /WinAnsiEncoding", content=content))
    assert found == [f"• {line}" for line in LINES]


def bitmaps(codes: Sequence[int]) -> bytes:
    """A font as TeX makes them of bitmaps: glyphs are boxes, and their names numbers."""
    names = b" ".join(b"%d /a%d" % (code, code) for code in codes)
    drawn = b" ".join(b"/a%d 6 0 R" % code for code in codes)
    widths = b" ".join(b"55" if code in codes else b"0" for code in range(256))
    return (
        b"<< /Type /Font /Subtype /Type3 /FontMatrix [.01 0 0 .01 0 0] /FontBBox [0 0 60 70] /FirstChar 0 "
        b"/LastChar 255 /Widths [%s] /Encoding << /Type /Encoding /Differences [%s] >> /CharProcs << %s >> "
        b"/Resources << >> >>" % (widths, names, drawn)
    )


@pytest.mark.parametrize(
    ("codes", "octal"),
    [(range(0x1B, 0x20), (b"\\036", b"\\034", b"\\033")), (range(11, 16), (b"\\016", b"\\014", b"\\013"))],
)
def test_ligatures_of_bitmap_fonts_keep_their_letters(tmp_path: Path, codes: range, octal: tuple[bytes, ...]) -> None:
    # TeX has no glyph for a space: it moves.
    content = re.sub(
        rb"\(([^()]*)\) Tj",
        lambda found: b"[(%s)] TJ" % found[1].replace(b" ", b") -350 ("),
        show((*LINES, "Led 18 staff at the office of Northfield")),
    )
    for letters, code in zip((b"ffi", b"fi", b"ff"), octal, strict=True):
        content = content.replace(letters, code)
    font = bitmaps([*codes, *range(0x21, 0x7F)])
    objects = one_page(content, o5=font, o6=stream(b"55 0 0 0 50 70 d1 0 0 45 60 re f"))
    path = tmp_path / "cv.pdf"
    path.write_bytes(assemble(objects))
    assert extract_inline(path).text.split("\n\n")[0].splitlines()[-1] == "Led 18 staff at the office of Northfield"


def test_a_page_written_from_right_to_left_keeps_its_words_and_numbers() -> None:
    first = "آدا ﻛﻮﻳﻞ\n199 5550 2 20+\n ﻣﻮﻇﻔﺎ18 إدارة"
    assert righted("آدا ليوك\n199 5550 2 20+\nإدارة 18 افظوم", first) == "آدا كويل\n+20 2 5550 199\nإدارة 18 موظفا"
    hebrew = "ניהול 18 עובדים ו1,250- משטחים, ב20%-.\n2019 - 2021\n12 + 5"
    assert righted(hebrew, hebrew) == "ניהול 18 עובדים ו-1,250 משטחים, ב-20%.\n2019 - 2021\n12 + 5"
