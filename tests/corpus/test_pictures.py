"""Pictures of pages: made in a child that may die, within a number of bytes, of files that may be hostile."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from harness.corpus.pictures import page_images

ROOT = Path(__file__).resolve().parents[2]


def test_pages_are_drawn_until_the_bytes_are_used_up_and_a_bad_file_has_none(tmp_path: Path) -> None:
    bad = tmp_path / "bad.pdf"
    bad.write_bytes(b"%PDF-1.7\nnothing of the kind")
    good = ROOT / "fixtures" / "corpus" / "cvs" / "a12.pdf"
    found = page_images({"bad": bad, "a": good, "gone": tmp_path / "gone.pdf", "b": good}, most_bytes=700_000)
    assert set(found) == {"a", "b"}
    assert all(base64.b64decode(page.partition(",")[2])[:2] == b"\xff\xd8" for page in found["a"])
    size = sum(len(page) for page in found["a"])
    assert set(page_images({"a": good, "b": good}, most_bytes=size + 10)) == {"a"}
    assert page_images({}, most_bytes=10) == {}


@pytest.mark.long
def test_a_hostile_pdf_ends_nobody_but_the_child(tmp_path: Path) -> None:
    files = sorted((ROOT / "fixtures" / "hostile").glob("*.pdf"))[:12]
    assert files
    found = page_images({path.name: path for path in files}, most_bytes=5_000_000)
    assert set(found) <= {path.name for path in files}
