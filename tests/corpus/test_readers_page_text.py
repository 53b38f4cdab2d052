"""A page's text from its operations: to the character, and piece by piece, what pypdf extracts."""

from __future__ import annotations

import json
import logging
import random
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader
from pypdf.generic import ContentStream, NameObject

from harness.corpus.readers.pdf_operations import Operation, operations
from harness.corpus.readers.pdf_text import Fonts, page_text

FIXTURES = Path(__file__).parents[2] / "fixtures"
LAYERED = [
    FIXTURES / "corpus" / each["path"]
    for each in json.loads((FIXTURES / "corpus/manifest.json").read_text())["documents"]
    if each["tags"]["media"] == "pdf"
]
RIGHT_TO_LEFT = FIXTURES / "corpus/cvs/c12.pdf"


class Pieces(list[Any]):
    """A visitor that takes down the pieces of text with their places and sizes."""

    def __call__(self, text: str, cm: Any, tm: Any, _font: Any, size: float) -> None:
        if text:
            self.append((text, *map(float, cm), *map(float, tm), float(size)))


def pages(path: Path) -> list[tuple[PageObject, bytes]]:
    reader = PdfReader(path)
    return [(page, ContentStream(page["/Contents"], reader, "bytes").get_data()) for page in reader.pages]


def with_content(page: PageObject, data: bytes) -> list[Operation] | None:
    """The operations of a content that is put into the page."""
    content, found = ContentStream(None, None, "bytes"), operations(data)
    content.set_data(data)
    if found is not None:
        content.operations = found
    page[NameObject("/Contents")] = content
    return found


def both(page: PageObject, found: list[Operation]) -> tuple[tuple[str | None, Pieces], tuple[str, Pieces]]:
    ours, theirs = Pieces(), Pieces()
    return (page_text(page, found, Fonts(), ours), ours), (page.extract_text(visitor_text=theirs), theirs)


@pytest.mark.parametrize("path", [*LAYERED[::8], RIGHT_TO_LEFT], ids=lambda path: path.name)
def test_the_corpus_pages_have_the_text_that_pypdf_extracts(path: Path) -> None:
    for page, data in pages(path):
        found = with_content(page, data)
        assert found is not None
        one, two = both(page, found)
        assert one == two
        assert one[0]


MORE = [
    b"1 0 0 -1 0 800 cm", b"0 1 -1 0 100 100 Tm", b"T*", b"12 TL", b"-0.5 Tc", b"3 Tc", b"80 Tz", b"q", b"Q", b"BT",
    b"ET", b"(x) '", b"1 2 (ab c) \"", b"10 -14 TD", b"[(A) -400 (B) 300 (C) -1000 ( d)] TJ", b"1 0 0 1 50 700 Tm",
    b"5 -3 Td", b"[] TJ", b"(   ) Tj", b"-10 0 0 -10 300 300 Tm", b"0 0 Td", b"() Tj", b"5 Tw", b"0 0 0 0 0 0 cm",
    b".0000001 0 0 .0000001 0 0 cm", b"0 0 0 0 9 9 Tm", b"(\\n) Tj", b"[-500 (a) -90 (b) 9000 (c)] TJ",
]  # fmt: skip
SIZES = [b"0", b"-9", b"7.5", b"11", b"40"]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_changed_contents_have_the_text_that_pypdf_extracts_or_none(seed: int) -> None:
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    chance = random.Random(seed)
    files = [pages(path)[0] for path in [*LAYERED[:: 16 if seed == 1 else 4], RIGHT_TO_LEFT]]
    taken = 0
    for _ in range(50 if seed == 1 else 600):
        page, data = chance.choice(files)
        lines = data.splitlines()
        at = chance.randrange(len(lines))
        lines = [line for line in lines[:at] if line.endswith(b"Tf")][-1:] + lines[at : at + chance.randrange(5, 120)]
        fonts = [name.encode() for name in page["/Resources"]["/Font"]]
        for _ in range(chance.randrange(1, 12)):
            shown = b"%s %s Tf" % (chance.choice(fonts), chance.choice(SIZES))
            lines.insert(chance.randrange(len(lines) + 1), chance.choice([shown, *MORE]))
        found = with_content(page, b"\n".join(lines))
        if found is None:
            continue
        one, two = both(page, found)
        if one[0] is not None:
            taken += 1
            assert one == two, b"\n".join(lines)
    assert taken > 20


@pytest.mark.parametrize(
    "data",
    [b"BT /Nowhere 9 Tf (a) Tj ET", b"BT (a) Tj ET", b"1 0 0 1 cm", b"BT 1 Td ET", b"BT (a) (b) Tj ET", b"/Nowhere Do",
     b"BT [(a)] [(b)] TJ ET", b"BT (a) Tc ET", b"BT 1 2 \" ET", b"BT <> Tf ET"],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_pypdf(data: bytes) -> None:
    page = pages(LAYERED[0])[0][0]
    found = with_content(page, data)
    assert found is not None
    assert page_text(page, found, Fonts(), Pieces()) is None


def test_a_pypdf_whose_insides_lie_elsewhere_reads_the_page_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    page, data = pages(LAYERED[0])[0]
    found = with_content(page, data)
    assert found is not None
    assert page_text(page, found, Fonts(), Pieces())
    monkeypatch.setitem(sys.modules, "pypdf.generic._font", None)
    assert page_text(page, found, Fonts(), Pieces()) is None
