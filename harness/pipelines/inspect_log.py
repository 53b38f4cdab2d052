"""Inspect's `.eval` archives: ZIP files with members packed by Zstandard, which `zipfile` learns in Python 3.14."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from pathlib import Path
from typing import Any

from harness.base.errors import InvalidFileError

_MOST_BYTES = 512 * 2**20
_ZSTANDARD = 93
"""Zstandard's number among the ways to pack a member (APPNOTE 6.3.8, 4.4.5)."""
_LOCAL_HEADER = 30


def inspect_log(path: Path) -> dict[str, Any]:
    """The log in an archive as its JSON form has it: `eval` and `samples`. Raises InvalidFileError."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise InvalidFileError(path, "", f"more than {_MOST_BYTES >> 20} MB unpacked")
            entries = {entry.filename: entry for entry in archive.infolist()}
            head = next((name for name in ("header.json", "_journal/start.json") if name in entries), None)
            header = json.loads(_member(archive, entries[head])) if head else {}
            samples = [
                json.loads(_member(archive, entries[name])) for name in sorted(entries) if name.startswith("samples/")
            ]
    except (zipfile.BadZipFile, NotImplementedError, ValueError, RecursionError, OSError) as error:
        raise InvalidFileError(
            path,
            "",
            f"no log of Inspect that can be read here ({type(error).__name__})",
            hint="`inspect log convert --to json --output-dir DIR FILE` makes one",
        ) from None
    return {"eval": header.get("eval") if isinstance(header, dict) else None, "samples": samples}


def _member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """What is packed in a member, never more than it says. Raises BadZipFile where it is not what it says."""
    if entry.compress_type != _ZSTANDARD or entry.flag_bits & 1:
        return archive.read(entry)
    import zstandard

    file = archive.fp
    assert file is not None
    file.seek(entry.header_offset)
    start = file.read(_LOCAL_HEADER)
    if len(start) < _LOCAL_HEADER or not start.startswith(b"PK\x03\x04"):
        raise zipfile.BadZipFile(entry.filename)
    file.seek(int.from_bytes(start[26:28], "little") + int.from_bytes(start[28:30], "little"), io.SEEK_CUR)
    packed = file.read(entry.compress_size)
    try:
        with zstandard.ZstdDecompressor().stream_reader(packed, read_across_frames=True) as reader:
            data = reader.read(entry.file_size + 1)
    except zstandard.ZstdError as error:
        raise zipfile.BadZipFile(f"{entry.filename}: {error}") from error
    if len(data) != entry.file_size or zlib.crc32(data) != entry.CRC:
        raise zipfile.BadZipFile(entry.filename)
    return data
