"""A PDF's content taken at once: the same operations that pypdf finds, or none; and both readings side by side."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from harness.corpus.hostile import make
from harness.corpus.hostile_pdf import PDF_FILES, form_tree, plain_pdf
from harness.corpus.readers import pdf_beside, pool
from harness.corpus.readers.pdf_beside import Beside
from harness.corpus.readers.pdf_operations import operations
from harness.corpus.readers.read import extract_bytes
from harness.corpus.text import Extractor, Limits

CORPUS = Path(__file__).parents[2] / "fixtures/corpus"
LAYERED = [
    CORPUS / each["path"]
    for each in json.loads((CORPUS / "manifest.json").read_text())["documents"]
    if each["tags"]["media"] == "pdf"
]
SLOW = {"image.pdf", "image", "tree.pdf", "font.pdf"}
"""Pictures to be recognised, and what takes its whole time limit."""
HEEDED = frozenset(b"BT ET q Q cm Tz Tc Tw TL Tf Td TD Tm T* Tj TJ ' \" Do".split())


def contents(path: Path) -> list[bytes]:
    reader = PdfReader(path)
    return [ContentStream(page["/Contents"], reader, "bytes").get_data() for page in reader.pages]


def by_pypdf(data: bytes) -> list[Any]:
    """What pypdf's own parser makes of a content."""
    content = ContentStream(None, None, "bytes")
    content.set_data(data)
    return plain(content.operations)


def plain(found: Iterable[tuple[Any, bytes]]) -> list[Any]:
    def value(each: object) -> object:
        if isinstance(each, list):
            return [value(inner) for inner in each]
        return float(each) if isinstance(each, int | float) else bytes(each) if isinstance(each, bytes) else str(each)

    return [(value(operands), operator) for operands, operator in found if operator in HEEDED]


@pytest.mark.parametrize("path", LAYERED[::8], ids=lambda path: path.name)
def test_the_corpus_pages_have_the_operations_that_pypdf_finds(path: Path) -> None:
    for data in contents(path):
        found = operations(data)
        assert found is not None
        assert plain(found) == by_pypdf(data)


@pytest.mark.parametrize(
    "data",
    [
        rb"BT /F1 9 Tf (a \(b\) \\ \101\7 c) Tj [(x) -120 <4142> 3.5 (y(z)w)]TJ 1 0 0 1 .5 -.25 Tm ET",
        b"/P <</MCID 0/Lang (en)/A [/Top]>> BDC q 1 0 0 1 0 0 cm Q EMC BT <414> Tj T* 3 4 TD 1 2 (s) \" (t) ' ET",
        b"0.5 g 0 0 10 10 re f\n\x00/X1 Do 1 1 1 RG 12 TL",
        b"BT\r\n/F-1.a+b 10 Tf\tET",
        b"",
    ],
)
def test_plain_contents_are_taken_at_once(data: bytes) -> None:
    found = operations(data)
    assert found is not None
    assert plain(found) == by_pypdf(data)


@pytest.mark.parametrize(
    "data",
    [
        b"BI /W 1 /H 1 ID x EI BT ET", b"(a\\\nb) Tj", b"(a\\9) Tj", rb"(\777) Tj", b"/F#41 9 Tf", b"1..2 0 Td",
        b"% said\n(x) Tj", b"((a(b))) Tj", b"<41 42> Tj", b"<4g> Tj", b"(never ends", b"[(a) null] TJ", b"1 0 R 3 Td",
        b"12345678901234567890 0 Td", b"<<", b"/P <</MCID>> BDC", b"/P <</A 1>> q", b"1,2 0 Td", b"Tj\x00ET", b"} q",
        b"-",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_pypdf(data: bytes) -> None:
    assert operations(data) is None


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.long)])
def test_broken_contents_are_taken_as_pypdf_takes_them_or_not_at_all(seed: int) -> None:
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    chance = random.Random(seed)
    bits = rb"< > ( ) [ ] / \ \9 \777 << >> % - . 1 1. ' BI null #41 { } R 1_0_R + , Tj TJ e5 /a <</A_1>> .. - stream"
    pieces = [bit.replace(b"_", b" ") for bit in bits.split()] + [
        b" ",
        b"\n",
        b"\x00",
        b"\x0b",
        b"\xe9",
        b"\r\n",
        b"\\\n",
    ]
    whole = [data for path in LAYERED[::7] for data in contents(path)]
    taken = 0
    for _ in range(1_500 if seed == 1 else 20_000):
        data = chance.choice(whole)
        begin = chance.randrange(max(1, len(data) - 400))
        lines = bytearray(b"\n".join(data[begin : begin + chance.randrange(60, 400)].split(b"\n")[1:-1]))
        for _ in range(chance.randrange(4)):
            at = chance.randrange(len(lines) + 1)
            lines[at : at + chance.randrange(3)] = chance.choice(pieces)
        found = operations(bytes(lines))
        if found is not None:
            taken += 1
            assert plain(found) == by_pypdf(bytes(lines)), bytes(lines)
    assert taken > 300


@pytest.mark.parametrize(
    "data",
    [b"(" * 300_000, b"[" * 300_000, b"<<" * 150_000, b"(a)" * 100_000, b"[(a)" + b"1 " * 150_000, b"<</A " * 60_000,
     b"<<" + b"/A [1 1] " * 30_000, b"[" + b"(a(b)" * 60_000, b"1 " * 150_000, b"(\\" * 150_000, b"/a" * 150_000],
    ids=lambda data: repr(data[:9]),
)  # fmt: skip
def test_hostile_contents_take_no_longer_than_their_length(data: bytes) -> None:
    begin = time.process_time()
    operations(data)
    assert time.process_time() - begin < 3.0


@pytest.mark.parametrize("path", LAYERED[::24], ids=lambda path: path.name)
def test_two_processes_read_what_one_reads(path: Path) -> None:
    data = path.read_bytes()
    with Beside() as beside:
        assert extract_bytes(data, Limits(), beside=beside) == extract_bytes(data, Limits())


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(name for name in PDF_FILES if not SLOW & set(name.split("-"))))
def test_two_processes_read_of_a_hostile_file_what_one_reads(name: str) -> None:
    data = make(name)
    with Beside() as beside:
        one, two = extract_bytes(data, Limits()), extract_bytes(data, Limits(), beside=beside)
        assert extract_bytes(plain_pdf(), Limits(), beside=beside) == extract_bytes(plain_pdf(), Limits())
    assert (two.outcome, two.text, two.pages, two.reader) == (one.outcome, one.text, one.pages, one.reader)


def test_a_second_process_that_dies_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_beside, "_serve", lambda *_: os._exit(3))
    with Beside() as beside:
        assert extract_bytes(plain_pdf(), Limits(), beside=beside) == extract_bytes(plain_pdf(), Limits())


def test_a_second_process_that_dies_in_a_file_is_followed_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    real, alone = pdf_beside._seen, extract_bytes(plain_pdf(), Limits())

    def dies_on_the_second_file(data: bytes, limits: Limits) -> object:
        return os._exit(3) if data.endswith(b"\n% second") else real(data, limits)

    monkeypatch.setattr(pdf_beside, "_seen", dies_on_the_second_file)
    with Beside() as beside:
        for more in (b"", b"\n% second", b"", b"\n% second"):
            assert extract_bytes(plain_pdf() + more, Limits(), beside=beside) == alone


def test_one_second_process_reads_many_files_and_one_that_has_grown_is_replaced(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def who_reads(count: int) -> list[int]:
        found = []
        with Beside() as beside:
            for _ in range(count):
                with beside.reading(plain_pdf(), Limits()):
                    found.append(beside._pid)
                    seen = beside.found()
                    assert seen is not None
                    assert seen.pages[0].text
        return found

    assert len(set(who_reads(4))) == 1
    # It ends of itself after a file: whether it is gone when it gets the next one or before, the file is read again.
    monkeypatch.setattr(pdf_beside, "_RETIRE_AFTER_BYTES", 0)
    alone = extract_bytes(plain_pdf(), Limits())
    with Beside() as beside:
        for _ in range(3):
            assert extract_bytes(plain_pdf(), Limits(), beside=beside) == alone


def test_what_is_not_waited_for_is_no_answer_to_the_next_file() -> None:
    with Beside() as beside:
        with beside.reading(LAYERED[0].read_bytes(), Limits()):
            pass
        assert extract_bytes(plain_pdf(), Limits(), beside=beside) == extract_bytes(plain_pdf(), Limits())


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere its own time limit ends it")
def test_the_second_process_ends_with_a_reader_that_is_killed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    endless, started, seen = tmp_path / "endless.pdf", [], 0
    endless.write_bytes(form_tree(60))
    real = pool.subprocess.Popen

    class Watched(real):  # type: ignore[misc, valid-type]
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, **more)
            started.append(self.pid)

    def in_group() -> list[int]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
                found += [int(stat.parent.name)] if int(group) == started[0] and state != "Z" else []
        return found

    monkeypatch.setattr(pool.subprocess, "Popen", Watched)
    limits = Limits(seconds=600)
    with Extractor(cache=None, workers=1, beside=True, limits=limits) as extractor, ThreadPoolExecutor(1) as threads:
        reading = threads.submit(extractor.extract, endless)
        for _ in range(20_000):
            seen = len(in_group()) if started else 0
            if seen == 2:
                break
            threading.Event().wait(0.01)
        assert seen == 2
        os.kill(started[0], signal.SIGSEGV)
        assert reading.result().outcome == "corrupt"
        for _ in range(20_000):
            if not in_group():
                break
            threading.Event().wait(0.01)
        assert in_group() == []


@pytest.mark.long
def test_warmed_up_children_read_side_by_side_and_leave_no_process(tmp_path: Path) -> None:
    path = tmp_path / "cv.pdf"
    path.write_bytes(plain_pdf())
    with Extractor(cache=None, workers=2, beside=True) as extractor:
        extractor.warm_up(plain_pdf())
        assert extractor.extract(path).outcome == "ok"
    endless = tmp_path / "endless.pdf"
    endless.write_bytes(form_tree(60))
    with Extractor(cache=None, workers=1, beside=True, limits=Limits(seconds=0.5)) as extractor:
        assert extractor.extract(endless).outcome == "timeout"
        assert extractor.extract(path).outcome in ("ok", "timeout")
