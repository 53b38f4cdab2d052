"""Looking for a person's values in every file of a folder, also where they are packed: the proof behind `forget`.

Opened are: gzip, ZIP (DOCX), SQLite with compressed cells (run stores), and the compressed data inside dashboard
pages. A PDF is recognised by its hash only.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import json
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

from harness.base.canonical import sha256
from harness.base.visible import visible

_LEFT_ALONE = frozenset({".git", ".venv", "node_modules"})
_PAGE_DATA = re.compile(rb"H4sI[A-Za-z0-9+/]{16,}={0,2}")
_DEFLATED = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
"""How zlib data begins."""
_MOST_CELL = 2**16
_SQLITE = b"SQLite format 3\0"
_MOST_BYTES = 512 * 2**20


def writings(values: Iterable[str]) -> tuple[bytes, ...]:
    """The bytes that each value may be written as: plain, as JSON, in HTML, with what is not seen written out."""
    found: set[bytes] = set()
    for value in values:
        plain = {value, html.escape(value), json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1]}
        found |= {writing.encode("utf-8", "replace") for each in plain for writing in (each, visible(each))}
    return tuple(sorted(found))


def places(folder: Path, values: tuple[bytes, ...], hashes: frozenset[str] = frozenset()) -> Iterator[Path]:
    """Every file below `folder` that holds one of `values`, or whose sha256 is one of `hashes`."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or _LEFT_ALONE & set(path.relative_to(folder).parts):
            continue
        data = path.read_bytes()
        if sha256(data) in hashes or any(value in layer for layer in _layers(path, data) for value in values):
            yield path


def _layers(path: Path, data: bytes) -> Iterator[bytes]:
    """The file as it is, and what is packed in it. What cannot be unpacked is looked at as it is."""
    yield data
    if data.startswith(b"\x1f\x8b"):
        yield from _gunzipped(data)
    elif data.startswith(_SQLITE):
        yield from _cells(path)
    elif data.startswith(b"PK\x03\x04"):
        yield from _members(data)
    elif path.suffix == ".html":
        for found in _PAGE_DATA.finditer(data):
            try:
                packed = base64.b64decode(found[0], validate=True)
            except binascii.Error:
                continue  # not what it looked like
            yield from _gunzipped(packed)


def _gunzipped(data: bytes) -> Iterator[bytes]:
    try:
        with gzip.open(io.BytesIO(data)) as packed:
            yield packed.read(_MOST_BYTES)
    except (OSError, EOFError, zlib.error):
        return  # damaged, or no gzip at all: nobody reads a value out of it


def _free_pages(path: Path) -> Iterator[bytes]:
    """What a SQLite file and its write-ahead log keep of rows that are gone: compressed cells in free pages."""
    for file in (path, path.with_name(f"{path.name}-wal")):
        data = file.read_bytes() if file.is_file() else b""
        for found in _DEFLATED.finditer(data):
            engine = zlib.decompressobj()
            try:
                yield engine.decompress(data[found.start() : found.start() + _MOST_CELL], _MOST_BYTES)
            except zlib.error:
                continue  # two bytes that only look like a beginning


def _cells(path: Path) -> Iterator[bytes]:
    """Every text and blob of a SQLite file, compressed ones inflated, and what is left of deleted ones."""
    yield from _free_pages(path)
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
        try:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            for table in tables:
                quoted = table.replace('"', '""')
                for row in database.execute(f'SELECT * FROM "{quoted}"'):
                    for cell in row:
                        if isinstance(cell, str):
                            yield cell.encode("utf-8", "replace")
                        elif isinstance(cell, bytes):
                            yield _inflated(cell)
        except sqlite3.DatabaseError:
            return  # no database after all


def _inflated(cell: bytes) -> bytes:
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return cell


def _members(data: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                with archive.open(info) as member:
                    yield member.read(_MOST_BYTES)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, zlib.error):
        return  # damaged or locked
