"""A folder of CV files as documents: no manifest, no goldens, no split (`--cvs DIR`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from harness.base.errors import UsageError
from harness.corpus.readers.base import Limits, UnreadableError
from harness.corpus.readers.file import load
from harness.corpus.readers.kinds import MEDIA_TYPES, Kind, kind_of
from harness.corpus.types import Document

_UNKNOWN = "application/octet-stream"
_ID_DIGITS = 12


def documents_from_folder(
    folder: Path, limits: Limits | None = None, refuse: Callable[[str, str], None] | None = None
) -> tuple[Document, ...]:
    """One document for each different file below `folder`, in the order of their paths.

    Ids come from the contents, never from file names, which often are people's names. Hidden files are left out;
    files that are no CVs stay in, so that the run counts them as unread. Raises UsageError for a folder that is not
    there or holds no file, and for a file that leads out of it or cannot be opened; with `refuse` that is told such a
    file and why, and the others are taken.
    """
    limits = limits or Limits()
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", hint="name a folder of CV files with --cvs DIR")
    found: dict[str, Document] = {}
    inside, any_file = folder.resolve(), False
    for path in _files(inside):
        any_file = True
        try:
            _stays(path, inside)
            digest, kind = _look(path, limits)
        except UsageError as error:
            if refuse is None:
                raise
            refuse(str(path.relative_to(inside)), error.message.removeprefix(f"{path} "))
            continue
        identifier = f"cv-{digest[:_ID_DIGITS]}"
        if identifier not in found:
            found[identifier] = Document(
                id=identifier,
                path=str(path),
                media_type=MEDIA_TYPES[kind] if kind else _UNKNOWN,
                sha256=digest,
                persona=identifier,
                split="none",
                tags={"media": kind or "unknown"},
            )
    if not any_file:
        raise UsageError(f"{folder} has no files in it", hint="put CVs there as PDF, DOCX, DOC or TXT")
    return tuple(found.values())


def count_files(folder: Path) -> int:
    """Files below `folder` that `documents_from_folder` looks at."""
    return sum(1 for _ in _files(folder.resolve()))


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and path.is_file():
            yield path


def _stays(path: Path, inside: Path) -> None:
    """Raises UsageError for a file that is not in the resolved folder `inside` but a link to somewhere else."""
    if not path.resolve().is_relative_to(inside):
        raise UsageError(
            f"{path} leads out of {inside}", hint="copy the file there, or leave it out: links may lead anywhere"
        )


def _look(path: Path, limits: Limits) -> tuple[str, Kind | None]:
    """The file's SHA-256 and its kind, None for what no reader takes. Raises UsageError where it cannot be opened."""
    try:
        data = load(path, limits)
    except UnreadableError:
        return _digest(path), None
    digest = hashlib.sha256(data).hexdigest()
    try:
        return digest, kind_of(data, limits)
    except UnreadableError:
        return digest, None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path} cannot be opened: {error.strerror}") from error
