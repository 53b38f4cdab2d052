"""The manifest: which documents a project has, with their hashes, splits and tags.

`fixtures/corpus/manifest.json` is `{"version": 1, "documents": [...]}`. It is checked whenever it is read: a file
that changed without its manifest would change every later figure in silence.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, get_args

from harness.base.canonical import pretty, sha256
from harness.base.errors import InvalidFileError
from harness.base.files import as_in_git, write_whole
from harness.base.given import json_value
from harness.base.project import Project
from harness.corpus.types import Document, Split

VERSION = 1
SPLITS: tuple[str, ...] = get_args(Split)
_SPLIT: Mapping[str, Split] = {name: name for name in get_args(Split)}
"""So that all documents share one text."""

_MOST_BYTES = 2**30
"""Of a corpus of two million CVs."""
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_REQUIRED = ("id", "path", "media_type", "sha256", "persona", "split")
_OPTIONAL = ("twin_of", "tags")


def load_manifest(project: Project, *, verify: bool = True) -> tuple[Document, ...]:
    """The documents of `project`, in the manifest's order.

    `verify` also reads every file and compares its hash. Raises InvalidFileError, which names the file, the place
    in it and the fix, for bad JSON, unknown or missing keys, duplicate ids, an unsafe path, a twin of nothing or
    of another person, a missing file, or a changed one.
    """
    path = project.manifest
    documents = tuple(_document(path, place, entry) for place, entry in _entries(path))
    _unique(path, documents)
    _twins(path, documents)
    if verify:
        for document in documents:
            verify_file(project, document)
    return documents


def write_manifest(project: Project, documents: Iterable[Document]) -> None:
    """Write the manifest, documents sorted by id, so that a rebuilt corpus gives a small diff."""
    entries = [_as_entry(document) for document in sorted(documents, key=lambda document: document.id)]
    with as_in_git(project.manifest):
        write_whole(project.manifest, pretty({"version": VERSION, "documents": entries}))


def document_path(project: Project, document: Document) -> Path:
    """Where the document's file is: below the corpus folder, or the absolute path it was brought with."""
    return project.corpus / document.path


def verify_file(project: Project, document: Document) -> None:
    """Raises InvalidFileError if the document's file is missing or is not the one the manifest was written for."""
    path = document_path(project, document)
    place = f"document {document.id}"
    if not path.is_file():
        raise InvalidFileError(
            project.manifest,
            place,
            f"its file {document.path} is missing",
            hint="restore the file, or take the document out of the manifest",
        )
    if sha256(path.read_bytes()) != document.sha256:
        raise InvalidFileError(
            project.manifest,
            place,
            f"its file {document.path} changed (the hash differs)",
            hint="restore the file; if the change is meant, check the golden and write the new sha256",
        )


def _entries(path: Path) -> list[tuple[str, dict[str, Any]]]:
    try:
        data = json_value(path, most=_MOST_BYTES)
    except FileNotFoundError:
        raise InvalidFileError(path, "", "no such file", hint="is this a cv-harness project?") from None
    if not isinstance(data, dict) or not isinstance(data.get("documents"), list):
        raise InvalidFileError(path, "", "not a manifest", hint='write {"version": 1, "documents": [...]}')
    if data.get("version") != VERSION:
        raise InvalidFileError(
            path, "version", f"{data.get('version')!r} is not {VERSION}", hint="this harness reads version 1"
        )
    found = []
    for number, entry in enumerate(data["documents"]):
        place = f"documents[{number}]"
        if not isinstance(entry, dict):
            raise InvalidFileError(path, place, "not an object", hint=f"give it {', '.join(_REQUIRED)}")
        found.append((place, entry))
    return found


def _document(path: Path, place: str, entry: dict[str, Any]) -> Document:
    if isinstance(entry.get("id"), str):
        place = f"{place} (id {entry['id']!r})"
    for key in _REQUIRED:
        if not isinstance(entry.get(key), str) or not entry[key]:
            raise InvalidFileError(path, place, f"{key!r} is missing or not a text", hint=f"add {key!r}")
    for key in entry:
        if key not in _REQUIRED + _OPTIONAL:
            raise InvalidFileError(
                path, place, f"unknown key {key!r}", hint=f"known: {', '.join(_REQUIRED + _OPTIONAL)}"
            )
    if not _ID.fullmatch(entry["id"]):
        raise InvalidFileError(
            path, place, "an id names files, so it may hold only letters, digits and . _ -", hint="rename it"
        )
    if entry["split"] not in SPLITS:
        raise InvalidFileError(
            path, place, f"split {entry['split']!r} is none of {', '.join(SPLITS)}", hint="correct the split"
        )
    inside = PurePosixPath(entry["path"])
    if inside.is_absolute() or ".." in inside.parts or "\\" in entry["path"]:
        raise InvalidFileError(
            path, place, f"path {entry['path']!r} leaves the corpus folder", hint="give it relative to the manifest"
        )
    tags = entry.get("tags", {})
    if not isinstance(tags, dict) or not all(isinstance(value, str) for value in tags.values()):
        raise InvalidFileError(path, place, "tags must be an object of texts", hint='for example {"language": "en"}')
    twin_of = entry.get("twin_of")
    if twin_of is not None and not isinstance(twin_of, str):
        raise InvalidFileError(path, place, "'twin_of' is not a text", hint="name the other document's id")
    return Document(
        id=entry["id"],
        path=entry["path"],
        media_type=sys.intern(entry["media_type"]),
        sha256=entry["sha256"],
        persona=entry["id"] if entry["persona"] == entry["id"] else entry["persona"],
        split=_SPLIT[entry["split"]],
        twin_of=twin_of,
        tags=_tags(tuple(tags.items())),
    )


@lru_cache(maxsize=4096)
def _tags(items: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Many CVs have the same tags, and share them."""
    return MappingProxyType(dict(items))


def _unique(path: Path, documents: tuple[Document, ...]) -> None:
    seen: dict[str, int] = {}
    for number, document in enumerate(documents):
        if document.id in seen:
            raise InvalidFileError(
                path,
                f"documents[{number}]",
                f"id {document.id!r} is taken already by documents[{seen[document.id]}]",
                hint="give one of the two another id",
            )
        seen[document.id] = number


def _twins(path: Path, documents: tuple[Document, ...]) -> None:
    known = {document.id: document for document in documents}
    for number, document in enumerate(documents):
        if document.twin_of is None:
            continue
        place = f"documents[{number}] (id {document.id!r})"
        other = known.get(document.twin_of)
        if other is None:
            raise InvalidFileError(
                path, place, f"twin of {document.twin_of!r}, which is not there", hint="name a document of this file"
            )
        if (other.persona, other.split) != (document.persona, document.split):
            raise InvalidFileError(
                path,
                place,
                f"persona and split differ from those of its twin {other.id!r}",
                hint="twins are one person in one split",
            )


def _as_entry(document: Document) -> dict[str, Any]:
    entry: dict[str, Any] = {key: getattr(document, key) for key in _REQUIRED}
    if document.twin_of is not None:
        entry["twin_of"] = document.twin_of
    entry["tags"] = dict(sorted(document.tags.items()))
    return entry
