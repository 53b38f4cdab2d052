"""CVs that lie elsewhere: below an address that fsspec knows (`s3://bucket/cvs`), or listed in a Parquet file.

They are read where they are needed, and never kept on a disk here but as the text cache keeps texts. Credentials are
those that the storage's own library finds in the environment: an address that holds any is refused.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from harness.base.errors import InvalidFileError, UsageError
from harness.corpus.readers.base import Limits, UnreadableError
from harness.corpus.readers.kinds import MEDIA_TYPES, Kind, kind_of
from harness.corpus.types import Document

COLUMNS = ("path", "sha256", "id", "persona", "media_type")
"""Of a Parquet file. Only `path` has to be there: an address, or a path from the file's own folder."""
_STORAGES = frozenset({"s3", "gs", "gcs", "abfs", "abfss", "az", "hdfs", "memory"})
"""Of what else than its own folder a list may name files: a list that somebody sent must not lead to this machine's
other files, nor to servers that only this machine reaches."""
_UNKNOWN = "application/octet-stream"
_AT_ONCE = 16
"""Files that are read at a time to be known by their contents."""
_ID_DIGITS = 12
_PASSWORD = re.compile(r"//[^/@\s]*@")


def is_remote(named: str) -> bool:
    """Whether a name is an address or a list, and no folder of this machine."""
    return "://" in named or named.endswith(".parquet")


def documents_at(named: str, limits: Limits | None = None) -> tuple[tuple[Document, ...], Mapping[str, str]]:
    """The documents of an address or a list, one for each different file, and the address of each by its id.

    Raises UsageError where there is nothing, InvalidFileError for a list that is none, naming its row.
    """
    limits = limits or Limits()
    refuse_secrets(named)
    if not named.endswith(".parquet"):
        rows: Iterator[dict[str, Any]] = ({"path": address} for address in _below(named))
    else:
        rows = iter(_listed(named))
    found: dict[str, Document] = {}
    places: dict[str, str] = {}
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="look") as threads:
        for document, address in threads.map(lambda row: _document(row, limits), rows):
            same = found.setdefault(document.id, document)
            if same.sha256 != document.sha256:
                raise InvalidFileError(Path(named), document.id, "two files have this id", hint="give each its own")
            places.setdefault(document.id, address)
    if not found:
        raise UsageError(f"{named} has no files in it", hint="put CVs there as PDF, DOCX, DOC or TXT")
    return tuple(found.values()), places


def load_at(address: str, limits: Limits | None = None) -> bytes:
    """A file's bytes, its size checked first. Raises UnreadableError for one that is too large, UsageError where it
    cannot be had."""
    limits = limits or Limits()
    filesystem, path = _opened(address)
    try:
        size = filesystem.size(path)
        if size is not None and size > limits.file_bytes:
            raise UnreadableError("too_large", f"the file has {size:,} bytes (limit {limits.file_bytes:,})")
        with filesystem.open(path, "rb") as file:
            data = bytes(file.read(limits.file_bytes + 1))
    except UnreadableError:
        raise
    except Exception as error:  # each storage has its own
        raise _refused(address, "read", error) from error
    if len(data) > limits.file_bytes:
        raise UnreadableError("too_large", f"the file has more than {limits.file_bytes:,} bytes")
    return data


def refuse_secrets(address: str) -> None:
    """An address names documents in stores and reports. Raises UsageError where it holds what may be a secret."""
    try:
        parts = urlsplit(address)
        holds = parts.password is not None or (parts.username is not None and "@" in parts.netloc) or parts.query
    except ValueError:
        raise UsageError(f"{address[:200]} is no address") from None
    if holds:
        raise UsageError(
            "the address holds credentials or a query, which would end up in reports",
            hint="leave them to the environment of the storage's own library",
        )


def _document(row: Mapping[str, Any], limits: Limits) -> tuple[Document, str]:
    """A row as a document: by its contents where it does not say more."""
    address = row["path"]
    digest, media_type, kind = row.get("sha256"), row.get("media_type"), None
    if digest is None:
        try:
            data = load_at(address, limits)
        except UnreadableError:
            digest = hashlib.sha256(address.encode()).hexdigest()  # counts as unread, by its address
        else:
            digest = hashlib.sha256(data).hexdigest()
            kind = _kind(data, limits)
            media_type = media_type or (MEDIA_TYPES[kind] if kind else None)
    name = row.get("id") or f"cv-{digest[:_ID_DIGITS]}"
    persona = row.get("persona") or name
    tags = {"media": kind or "unknown"} if row.get("sha256") is None else {}
    return Document(name, address, media_type or _UNKNOWN, digest, persona, "none", tags=tags), address


def _kind(data: bytes, limits: Limits) -> Kind | None:
    try:
        return kind_of(data, limits)
    except UnreadableError:
        return None


def _below(address: str) -> Iterator[str]:
    """Addresses of the files below one, in the order of their paths; hidden ones are left out."""
    filesystem, path = _opened(address)
    try:
        found = sorted(filesystem.find(path))
    except Exception as error:  # each storage has its own
        raise _refused(address, "listed", error) from error
    top = path.rstrip("/")
    for each in found:
        inside = each.removeprefix(top).strip("/")
        if each.endswith("/"):
            continue  # no file: what a storage without folders shows an empty one by
        if not any(part.startswith(".") for part in inside.split("/")):
            _stays(filesystem, each, top)
            yield filesystem.unstrip_protocol(each)


def _refused(address: str, what: str, error: Exception) -> UsageError:
    """What a storage's own library said, in which an address of a server may hold a password."""
    said = _PASSWORD.sub("//…@", str(error))[:200]
    return UsageError(
        f"{address} cannot be {what}: {type(error).__name__}: {said}",
        hint="is the address right, does its server answer, and does the environment hold the credentials that its "
        "library looks for (s3: AWS_ACCESS_KEY_ID …, AWS_ENDPOINT_URL where the server is not Amazon's)?",
    )


def _stays(filesystem: Any, path: str, top: str) -> None:
    """Raises UsageError for a file of this machine that is a link to somewhere else."""
    if "file" in filesystem.protocol and not Path(path).resolve().is_relative_to(Path(top).resolve()):
        raise UsageError(f"{path} leads out of {top}", hint="copy the file there: links may lead anywhere")


def _listed(named: str) -> list[dict[str, Any]]:
    """The rows of a Parquet file, checked."""
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise UsageError("Parquet needs pyarrow", hint="python -m pip install 'cv-harness[parquet]'") from None
    filesystem, path = _opened(named if "://" in named else Path(named).resolve().as_uri())
    file = Path(named)
    try:
        with filesystem.open(path, "rb") as opened:
            table = parquet.read_table(opened)
    except Exception as error:  # each storage has its own, and so has pyarrow
        raise InvalidFileError(file, "", f"cannot be read as Parquet: {str(error)[:200]}") from error
    if "path" not in table.column_names:
        raise InvalidFileError(file, "", "it has no column `path`", hint=f"columns are: {', '.join(COLUMNS)}")
    rows = table.select([name for name in COLUMNS if name in table.column_names]).to_pylist()
    base = filesystem.unstrip_protocol(path).rpartition("/")[0]
    return [_checked(row, f"row {number}", file, base) for number, row in enumerate(rows)]


def _checked(row: dict[str, Any], place: str, file: Path, base: str) -> dict[str, Any]:
    if not isinstance(row["path"], str) or not row["path"]:
        raise InvalidFileError(file, f"{place}.path", "no path", hint="an address, or a path from the file's folder")
    wrong = next((name for name, value in row.items() if value is not None and not isinstance(value, str)), None)
    if wrong is not None:
        raise InvalidFileError(file, f"{place}.{wrong}", "not text")
    digest, name = row.get("sha256"), row.get("id")
    if digest is not None and not (len(digest) == 64 and set(digest) <= set("0123456789abcdef")):
        raise InvalidFileError(file, f"{place}.sha256", "no SHA-256", hint="64 hexadecimal digits, or leave it empty")
    if name is not None and not all(letter.isalnum() or letter in "-_." for letter in name):
        raise InvalidFileError(file, f"{place}.id", "letters, digits, `-`, `_` and `.` alone")
    path = row["path"]
    if "://" in path:
        kind = path.partition("://")[0]
        if kind not in _STORAGES and not path.startswith(f"{base}/"):
            raise InvalidFileError(
                file, f"{place}.path", f"a list may name files of its own folder and of {', '.join(sorted(_STORAGES))}"
            )
        parts = path.partition("://")[2].split("/")
        if ".." in parts:
            raise InvalidFileError(file, f"{place}.path", "it leads out of its folder")
    else:
        parts = path.split("/")
        if path.startswith("/") or ".." in parts or "\\" in path:
            raise InvalidFileError(file, f"{place}.path", "it leads out of the file's folder", hint="give an address")
        path = f"{base}/{path}"
    if path.startswith("file://"):
        _stays(*_opened(path), _opened(base)[1])
    refuse_secrets(path)
    return row | {"path": path}


def _opened(address: str) -> tuple[Any, str]:
    """The filesystem of an address, and the path in it."""
    try:
        import fsspec
    except ImportError:
        raise UsageError(
            f"{address} needs fsspec", hint="python -m pip install 'cv-harness[remote]' (and s3fs for s3://, …)"
        ) from None
    if "::" in address:
        raise UsageError(f"{address}: chained addresses are not followed")
    try:
        filesystem, path = fsspec.core.url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{address} cannot be opened: {error}") from error
    return filesystem, str(path)
