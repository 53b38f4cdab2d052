"""Files that somebody wrote or was sent: no pipe, no device, no bomb, and no mistake without its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.base.errors import InvalidFileError
from harness.base.given import content, json_value, text, up_to


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "digits"),
        (b"{", "line 1, column 2: bad JSON"),
        (b"\xff\xfe", "byte 0: not UTF-8"),
        (b"", "line 1, column 1: bad JSON"),
    ],
)
def test_bad_json_is_named_with_its_place(tmp_path: Path, data: bytes, words: str) -> None:
    path = tmp_path / "given.json"
    path.write_bytes(data)
    with pytest.raises(InvalidFileError, match=words) as raised:
        json_value(path)
    assert str(path) in str(raised.value)
    assert len(str(raised.value)) < 400


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    path = tmp_path / "given.json"
    path.write_bytes(b'\xef\xbb\xbf{"a": [1]}')
    assert json_value(path) == {"a": [1]}
    assert text(path) == '{"a": [1]}'


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_what_may_never_end_is_not_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises((InvalidFileError, IsADirectoryError)):
            content(path)
    link = tmp_path / "link.json"
    link.symlink_to("/dev/zero")
    with pytest.raises(InvalidFileError, match="not a file"):
        json_value(link)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="no files here that are larger than they say")
def test_a_file_that_is_larger_than_it_says_is_read_whole() -> None:
    path = Path("/proc/self/environ")
    said, whole = path.stat().st_size, path.read_bytes()
    assert said < len(whole)
    assert content(path) == whole
    with path.open("rb") as file:
        assert up_to(file, 5) == whole[:5]


def test_a_file_has_a_largest_size(tmp_path: Path) -> None:
    path = tmp_path / "big"
    path.write_bytes(b"x" * 1_001)
    with pytest.raises(InvalidFileError, match="more than 1,000 bytes"):
        content(path, most=1_000)
    assert len(content(path, most=1_001)) == 1_001
