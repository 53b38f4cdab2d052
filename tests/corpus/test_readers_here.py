"""Short plain texts are read in the process that asks, exactly as a child would, and nothing else is."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from harness.corpus.readers.base import Limits
from harness.corpus.readers.here import MOST_BYTES, read_here
from harness.corpus.readers.pool import Pool
from harness.corpus.readers.read import extract_bytes
from harness.corpus.text import Extractor

CV = "Anna Müller\nanna@example.org\n\nSkills: Python, C++\t– 10⁶ rows\r\n" * 4


def _zipped() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", CV)
    return packed.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        CV,
        "short",
        " \n\u3000\n",
        "P R O F I L E\n" + CV,
        "soft\u200b\u200b\u200b \ue000 \u202eturned",
        "\ufdfa" * 21_000,
        "(cid:1)" * 100,
        "a" + "\u0300" * 99,
        "well-known and re-used, at the end-",
        "\x1b[1mbold",
    ],
)
def test_a_short_text_is_read_as_a_child_reads_it(text: str) -> None:
    data = text.encode()
    found = read_here(data, Limits())
    assert found is not None
    assert found == extract_bytes(data, Limits())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"%PDF-1.7\n" + CV.encode(),
        b"{\\rtf1 " + CV.encode(),
        b"<html><body>" + CV.encode(),
        b"RIFF1234WEBP" + CV.encode(),
        _zipped(),
        CV.encode("utf-16"),
        CV.encode("utf-8-sig"),
        CV.encode("cp1252", "replace"),
        CV.encode() + b"\0",
        CV.encode() + b"\x07",
        b"manage-\nment " + CV.encode(),
        "manage\u2010\u2028ment".encode() + CV.encode(),
        "manage\xadment".encode() + CV.encode(),
        b"a" * (MOST_BYTES + 1),
    ],
)
def test_whatever_has_to_be_parsed_or_looked_up_is_left_to_a_child(data: bytes) -> None:
    assert read_here(data, Limits()) is None


def test_a_text_longer_than_the_limit_is_left_to_a_child() -> None:
    assert read_here(b"words " * 100, Limits(characters=500)) is None


def test_no_child_is_asked_for_a_short_text_and_one_is_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(Pool, "extract", lambda self, data, *_: asked.append(data) or extract_bytes(data, Limits()))
    with Extractor(cache=None) as common, Extractor(cache=None, reader="product") as product:
        assert common.extract_data(CV.encode()).readable
        assert asked == []
        assert common.extract_data(CV.encode("utf-16")).readable
        assert product.extract_data(CV.encode()).readable
    assert asked == [CV.encode("utf-16"), CV.encode()]


@pytest.mark.parametrize(
    "piece",
    [
        "a ",
        "a   ",
        "  \t",
        "\n",
        "aа",
        "\ufdfa",
        "a.",
        "(cid:",
        "☀a",
        "1½",
        "m⁶",
        "a´",
        "a−",
        "\u0344",
        "/g1",
        "a-b ",
        "\u0f73",
    ],
)
def test_the_longest_text_takes_a_fraction_of_a_second_whatever_it_is_made_of(piece: str) -> None:
    """Some 10 ms; what takes quadratic time takes minutes."""
    data = (piece * MOST_BYTES).encode()[: MOST_BYTES - 3].decode("utf-8", "ignore").encode() + b"!"
    begin = time.process_time()
    read_here(data, Limits())
    assert time.process_time() - begin < 0.5
