"""Extractions kept from one run to the next, by the file's hash and everything that decides its text.

A cached text is a CV's text: it lies in the user's cache folder, readable by the user only, and `forget` removes it.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness.base.canonical import digest, sha256
from harness.corpus.readers.base import Limits, package
from harness.corpus.types import Extraction
from harness.values import piles

_PACKAGES = ("pypdf", "pypdfium2", "python-docx", "lxml", "charset-normalizer", "simplemma", "fonttools")
_OPTIONAL = ("rapidocr", "onnxruntime")
_PROGRAMS = ("tesseract", "catdoc", "soffice", "libreoffice")


def variant(reader: str, limits: Limits) -> str:
    """A short digest of what, beside the file, decides its text: reader, limits, packages, installed programs."""
    programs: dict[str, Any] = {}
    for name in _PROGRAMS:
        found = shutil.which(name)
        programs[name] = [found, os.stat(found).st_mtime_ns] if found else None
    return digest(
        {
            "reader": reader,
            "limits": asdict(limits),
            "packages": [package(name) for name in _PACKAGES],
            "optional": [package(name) if find_spec(name) else None for name in _OPTIONAL],
            "programs": programs,
            "code": _code(),
        }
    )[:16]


@cache
def _code() -> str:
    """A digest of the code that decides a text, so that a change to it never meets texts of before."""
    return digest([sha256(path.read_bytes()) for path in code_files()])


def code_files() -> list[Path]:
    """The readers' own modules, and what they have of other rooms that changes a text."""
    return [*sorted(Path(__file__).parent.glob("*.py")), Path(piles.__file__)]


class TextCache:
    """One JSON file an extraction. Writes are atomic; an entry that is damaged counts as absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.problem = ""

    def get(self, file_sha256: str, variant: str) -> Extraction | None:
        try:
            stored = json.loads(self._path(file_sha256, variant).read_bytes())
            found = _from_json(stored)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return found if sha256(found.text) == found.text_sha256 else None

    def put(self, file_sha256: str, variant: str, extraction: Extraction) -> None:
        """Store it. Where the folder cannot be written, `problem` says so and the run goes on uncached."""
        path = self._path(file_sha256, variant)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
            with os.fdopen(handle, "w", encoding="ascii") as file:
                json.dump(asdict(extraction), file)
            os.replace(name, path)
        except OSError as error:
            self.problem = f"texts are not cached in {self._folder}: {error.strerror}"

    def forget(self, file_sha256: str) -> int:
        """Remove every cached text of a file; returns how many there were."""
        found = list(self._path(file_sha256, "").parent.glob(f"{file_sha256}-*.json"))
        for path in found:
            path.unlink(missing_ok=True)
        return len(found)

    def _path(self, file_sha256: str, variant: str) -> Path:
        return self._folder / file_sha256[:2] / f"{file_sha256}-{variant}.json"


def to_json(extraction: Extraction) -> bytes:
    return json.dumps(asdict(extraction)).encode("ascii")


def from_json(data: bytes) -> Extraction:
    """Raises ValueError, KeyError or TypeError for anything but `to_json`'s output."""
    return _from_json(json.loads(data))


def _from_json(stored: Mapping[str, Any]) -> Extraction:
    return Extraction(
        outcome=stored["outcome"],
        text=stored["text"],
        text_sha256=stored["text_sha256"],
        reader=stored["reader"],
        warnings=tuple(stored["warnings"]),
        pages=stored["pages"],
        raw=stored["raw"],
    )
