"""Text from files through the public face: outcomes, children, cache, and that nothing ends a run."""

from __future__ import annotations

import io
import json
import os
import re
import resource
import sys
import threading
import time
from pathlib import Path

import pytest
from docx import Document as Word

from harness.base.canonical import sha256
from harness.base.errors import HarnessError
from harness.corpus.hostile import make
from harness.corpus.hostile_pdf import CV_LINES, form_tree, plain_pdf
from harness.corpus.readers.cache import TextCache, code_files
from harness.corpus.text import READER_VERSION, Extractor, Limits, describe, extract_inline
from harness.corpus.types import Extraction

COMPANY = "Northgate Storage Ltd"


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "cv.pdf"
    path.write_bytes(plain_pdf())
    return path


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that nobody has read before he is made to stop, however fast his machine is."""
    path = tmp_path / "endless.pdf"
    path.write_bytes(form_tree(60))
    return path


def word(path: Path, *paragraphs: str) -> Path:
    document = Word()
    for text in paragraphs:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def test_an_extraction_says_how_it_was_made(pdf: Path) -> None:
    read = extract_inline(pdf)
    assert read.outcome == "ok"
    assert read.text.splitlines() == list(CV_LINES)
    assert read.text_sha256 == sha256(read.text)
    assert read.reader.startswith(f"{READER_VERSION} pypdf ")
    assert read.pages == 1


def test_children_read_the_same_text_as_this_process(pdf: Path, tmp_path: Path) -> None:
    docx = word(tmp_path / "cv.docx", *CV_LINES)
    txt = tmp_path / "cv.txt"
    txt.write_text("\n".join(CV_LINES), encoding="utf-16")
    with Extractor(cache=None, workers=2) as extractor:
        read = list(extractor.extract_many([pdf, docx, txt, pdf]))
    assert read == [extract_inline(path) for path in (pdf, docx, txt, pdf)]
    assert len({each.text for each in read}) == 1


def test_answers_come_in_the_order_asked_for(tmp_path: Path) -> None:
    paths = []
    for at in range(12):
        path = tmp_path / f"{11 - at}.txt"
        path.write_text(f"CV number {at}\n" * 20, encoding="utf-8")
        paths.append(path)
    with Extractor(cache=None, workers=2) as extractor:
        assert [each.text.split()[2] for each in extractor.extract_many(paths)] == [str(at) for at in range(12)]


def test_a_file_past_its_time_is_a_timeout_and_the_next_one_is_read(endless: Path, pdf: Path) -> None:
    with Extractor(cache=None, workers=1, limits=Limits(seconds=0.4)) as extractor:
        assert extractor.extract(endless).outcome == "timeout"
    with Extractor(cache=None, workers=1) as extractor:
        assert extractor.extract(pdf).outcome == "ok"


def test_a_child_out_of_memory_is_too_large_and_the_next_one_is_read(tmp_path: Path, pdf: Path) -> None:
    with Extractor(cache=None, workers=1, limits=Limits(memory_bytes=90 * 1024 * 1024)) as extractor:
        big = tmp_path / "big.docx"
        big.write_bytes(make("docx-400000-empty-paragraphs.docx"))
        read = extractor.extract(big)
    assert read.outcome == "too_large"
    assert "memory" in read.warnings[0]


def test_a_killed_child_is_a_typed_outcome(pdf: Path, monkeypatch: pytest.MonkeyPatch, endless: Path) -> None:
    started: list[int] = []

    import harness.corpus.readers.pool as pool

    real = pool.subprocess.Popen

    class Watched(real):  # type: ignore[misc, valid-type]
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, **more)
            started.append(self.pid)
            threading.Timer(0.3, os.kill, (self.pid, 11)).start()

    with Extractor(cache=None, workers=1, limits=Limits(seconds=600)) as extractor:
        monkeypatch.setattr(pool.subprocess, "Popen", Watched)
        read = extractor.extract(endless)
        monkeypatch.setattr(pool.subprocess, "Popen", real)
        assert extractor.extract(pdf).outcome == "ok"
    assert started
    assert (read.outcome, read.text) == ("corrupt", "")
    assert "SIGSEGV" in read.warnings[0]


def test_closing_ends_what_is_at_work(endless: Path) -> None:
    extractor = Extractor(cache=None, workers=1, limits=Limits(seconds=600))
    closing = threading.Timer(0.5, extractor.close)
    closing.start()
    start = time.monotonic()
    with pytest.raises(HarnessError, match="stopped"):
        extractor.extract(endless)
    closing.join()
    assert time.monotonic() - start < 60, "it was not waited for the file's time to be over"


def test_children_inherit_no_secret(monkeypatch: pytest.MonkeyPatch, pdf: Path) -> None:
    seen: list[dict[str, str]] = []
    import harness.corpus.readers.pool as pool

    real = pool.subprocess.Popen

    def watched(*args: object, **more: object) -> object:
        seen.append(more["env"])  # type: ignore[arg-type]
        return real(*args, **more)  # type: ignore[call-overload]

    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setattr(pool.subprocess, "Popen", watched)
    with Extractor(cache=None, workers=1) as extractor:
        extractor.extract(pdf)
    assert seen
    assert "sk-secret" not in json.dumps(seen)


def test_a_child_of_a_large_process_reads_file_after_file(monkeypatch: pytest.MonkeyPatch, pdf: Path) -> None:
    """What its parent has used is not held against it: only a child that is too large itself is ended."""
    import harness.corpus.readers.pool as pool

    started: list[int] = []
    real = pool.subprocess.Popen

    def watched(*args: object, **more: object) -> object:
        process = real(*args, **more)  # type: ignore[call-overload]
        started.append(process.pid)
        return process

    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    monkeypatch.setattr(pool.subprocess, "Popen", watched)
    monkeypatch.setattr(pool, "_RETIRE_AT_BYTES", ours)
    with Extractor(cache=None, workers=1) as extractor:
        assert [extractor.extract(pdf).outcome for _ in range(3)] == ["ok"] * 3
        assert len(started) == 1
        monkeypatch.setattr(pool, "_RETIRE_AT_BYTES", 1)
        assert [extractor.extract(pdf).outcome for _ in range(3)] == ["ok"] * 3
    assert len(started) == 3


def test_what_is_no_file_is_unsupported_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    (tmp_path / "loop.pdf").symlink_to(tmp_path / "loop.pdf")
    with Extractor(cache=None) as extractor:
        for name in (".", "pipe.pdf", "loop.pdf", "missing.pdf"):
            assert extractor.extract(tmp_path / name).outcome == "unsupported"


def test_the_cache_answers_without_a_child(pdf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = TextCache(tmp_path / "cache")
    with Extractor(cache=cache, workers=1) as extractor:
        first = extractor.extract(pdf)
    import harness.corpus.readers.pool as pool

    def refused(*args: object, **more: object) -> object:
        raise AssertionError("a child was started")

    monkeypatch.setattr(pool.subprocess, "Popen", refused)
    moved = pdf.rename(tmp_path / "another name.docx")
    with Extractor(cache=cache) as extractor:
        assert extractor.extract(moved) == first


def test_cached_texts_are_private_and_can_be_forgotten(pdf: Path, tmp_path: Path) -> None:
    cache = TextCache(tmp_path / "cache")
    with Extractor(cache=cache, workers=1) as extractor:
        extractor.extract(pdf)
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert [path.stat().st_mode & 0o077 for path in files] == [0]
    assert "cv" not in files[0].name.replace(sha256(pdf.read_bytes()), "")
    assert cache.forget(sha256(pdf.read_bytes())) == 1
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"outcome": "ok"}'])
def test_a_damaged_cache_entry_is_read_again(pdf: Path, tmp_path: Path, damage: bytes) -> None:
    cache = TextCache(tmp_path / "cache")
    with Extractor(cache=cache, workers=1) as extractor:
        first = extractor.extract(pdf)
        entry = next(path for path in (tmp_path / "cache").rglob("*.json"))
        entry.write_bytes(damage)
        assert extractor.extract(pdf) == first
        assert json.loads(entry.read_bytes())["text"] == first.text


def test_a_cached_text_that_was_tampered_with_is_not_used(pdf: Path, tmp_path: Path) -> None:
    cache = TextCache(tmp_path / "cache")
    with Extractor(cache=cache, workers=1) as extractor:
        first = extractor.extract(pdf)
        entry = next(path for path in (tmp_path / "cache").rglob("*.json"))
        entry.write_bytes(entry.read_bytes().replace(b"Robin Sample", b"Someone Else"))
        assert extractor.extract(pdf) == first


def test_a_cache_that_cannot_be_written_does_not_stop_the_run(pdf: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    cache = TextCache(tmp_path / "file" / "cache")
    with Extractor(cache=cache, workers=1) as extractor:
        assert extractor.extract(pdf).outcome == "ok"
        assert "not cached" in extractor.cache_problem


def test_code_that_decides_a_text_decides_which_cached_one_is_used() -> None:
    files = code_files()
    imported = {
        name for path in files for name in re.findall(r"^ *from (harness\.[\w.]+) import", path.read_text(), re.M)
    }
    of_others = {name for name in imported if not name.startswith(("harness.base.", "harness.corpus.readers"))}
    of_others -= {"harness.corpus.types"}
    assert of_others == {"harness.values", "harness.values.piles"}  # the first by the cache itself
    assert {path.name for path in files if path.parent.name != "readers"} == {"piles.py"}


def test_limits_and_readers_do_not_share_cached_texts(pdf: Path, tmp_path: Path) -> None:
    cache = TextCache(tmp_path / "cache")
    with Extractor(cache=cache, workers=1) as extractor:
        assert extractor.extract(pdf).outcome == "ok"
    with Extractor(cache=cache, workers=1, limits=Limits(characters=100)) as extractor:
        assert extractor.extract(pdf).outcome == "too_large"
    with Extractor(cache=cache, workers=1, reader="product") as extractor:
        assert extractor.extract(pdf).reader.startswith("product/")


def test_the_products_reader_loses_what_is_in_tables(tmp_path: Path) -> None:
    document = Word()
    document.add_paragraph("Robin Sample")
    document.add_table(1, 1).rows[0].cells[0].text = COMPANY
    document.save(str(tmp_path / "cv.docx"))
    assert COMPANY in extract_inline(tmp_path / "cv.docx").text
    product = extract_inline(tmp_path / "cv.docx", reader="product")
    assert product.text.strip() == "Robin Sample"
    assert COMPANY not in product.text


def test_describe_is_json_with_everything_a_person_asks_for(pdf: Path) -> None:
    described = json.loads(json.dumps(describe(extract_inline(pdf))))
    assert described["outcome"] == "ok"
    assert described["characters"] == len(described["text"])
    assert set(described) == {"outcome", "reader", "pages", "characters", "text_sha256", "warnings", "text"}


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(file_bytes=100), "bytes"),
        (Limits(pages=0), "pages"),
        (Limits(characters=50), "characters"),
    ],
)
def test_limits_refuse_and_say_which(pdf: Path, limits: Limits, why: str) -> None:
    read = extract_inline(pdf, limits)
    assert (read.outcome, read.text) == ("too_large", "")
    assert why in read.warnings[0]


def test_failed_extractions_keep_no_text() -> None:
    read = extract_inline(Path("/nonexistent/cv.pdf"))
    assert isinstance(read, Extraction)
    assert (read.text, read.readable) == ("", False)
    assert read.text_sha256 == sha256("")


def test_a_word_file_of_the_library_is_read_in_order(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    document = Word()
    document.add_heading("Experience")
    document.add_paragraph("First duty", style="List Bullet")
    table = document.add_table(1, 2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "2019", COMPANY
    document.add_paragraph("Education")
    document.sections[0].header.paragraphs[0].text = "robin@example.com"
    document.sections[0].footer.paragraphs[0].text = "page footer"
    document.save(buffer)
    (tmp_path / "cv.docx").write_bytes(buffer.getvalue())
    assert extract_inline(tmp_path / "cv.docx").text.splitlines() == [
        "robin@example.com",
        "Experience",
        "• First duty",
        f"2019\t{COMPANY}",
        "Education",
        "page footer",
    ]
