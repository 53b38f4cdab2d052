"""Opening a DOCX: the main part, what it refers to, its styles and numbering.

python-docx opens it where it can. Files that it refuses but Word reads (macro-enabled and strict variants,
references into nothing) are opened from the archive itself.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from harness.corpus.readers.base import BROKEN_FILE_ERRORS, UnreadableError, one_line, package

if TYPE_CHECKING:
    from lxml.etree import _Element

_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
)  # fmt: skip
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_CUSTOM_PARSER_FLAGS: dict[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}


@dataclass(frozen=True, slots=True)
class Part:
    """One XML part: its root, the external targets of its relationships, and its parts by relationship id."""

    root: _Element
    targets: Mapping[str, str] = field(default_factory=dict)


class WordFile(Protocol):
    """What the walk needs of an opened document. `kind` is the last word of a relationship's type."""

    reader: str
    main: Part

    def part(self, relationship: str) -> Part | None: ...

    def parts(self, kind: str) -> Iterator[Part]: ...


def open_word(data: bytes) -> WordFile:
    """The opened document. Raises UnreadableError (corrupt) where neither way leads to a main part."""
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    refused = (PackageNotFoundError, LxmlError, zipfile.BadZipFile, *BROKEN_FILE_ERRORS)
    try:
        return _OpenedByPythonDocx(data)
    except refused:
        try:
            return _OpenedFromArchive(data)
        except refused as error:
            raise UnreadableError("corrupt", f"the DOCX file is damaged ({one_line(error)})") from error


class _OpenedByPythonDocx:
    def __init__(self, data: bytes) -> None:
        from docx import Document

        self.reader = package("python-docx")
        self._part = Document(io.BytesIO(data)).part
        self.main = self._as_part(self._part)

    def part(self, relationship: str) -> Part | None:
        found = self._part.rels.get(relationship)
        return None if found is None or found.is_external else self._as_part(found.target_part)

    def parts(self, kind: str) -> Iterator[Part]:
        for found in self._part.rels.values():
            if not found.is_external and found.reltype.endswith(f"/{kind}"):
                yield self._as_part(found.target_part)

    @staticmethod
    def _as_part(part: Any) -> Part:
        targets = {key: each.target_ref for key, each in part.rels.items() if each.is_external}
        root = part.element if hasattr(part, "element") else _parse(part.blob)
        return Part(root, targets)


class _OpenedFromArchive:
    def __init__(self, data: bytes) -> None:
        from lxml import etree

        self.reader = f"lxml {etree.__version__}"
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = set(self._archive.namelist())
        self._main = self._find_main()
        self._relations = self._relations_of(self._main)
        self.main = self._load(self._main)

    def part(self, relationship: str) -> Part | None:
        found = self._relations.get(relationship)
        if found is None or found[2] or found[1] not in self._names:
            return None
        return self._load(found[1])

    def parts(self, kind: str) -> Iterator[Part]:
        for reltype, name, external in self._relations.values():
            if not external and reltype.endswith(f"/{kind}") and name in self._names:
                yield self._load(name)

    def _find_main(self) -> str:
        for reltype, name, external in self._relations_of("").values():
            if reltype.endswith("/officeDocument") and not external and name in self._names:
                return name
        if "word/document.xml" in self._names:
            return "word/document.xml"
        raise UnreadableError("corrupt", "the DOCX file has no main document in it; save it again")

    def _relations_of(self, name: str) -> dict[str, tuple[str, str, bool]]:
        """By id: type, full name (or external target), whether external."""
        folder, base = posixpath.split(name)
        listing = posixpath.join(folder, "_rels", f"{base}.rels")
        if listing not in self._names:
            return {}
        found = {}
        for each in _parse(self._archive.read(listing)).iter(_RELATIONSHIP):
            target, external = each.get("Target", ""), each.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[each.get("Id", "")] = (each.get("Type", ""), target, external)
        return found

    def _load(self, name: str) -> Part:
        relations = self._relations if name == self._main else self._relations_of(name)
        targets = {key: target for key, (_, target, external) in relations.items() if external}
        return Part(_parse(self._archive.read(name)), targets)


def _parse(xml: bytes) -> _Element:
    """XML without entities and network; strict OOXML is brought to the usual namespaces."""
    from lxml import etree

    if b"purl.oclc.org/ooxml" in xml:
        for strict, usual in _STRICT:
            xml = xml.replace(strict, usual)
    return etree.fromstring(xml, etree.XMLParser(**_CUSTOM_PARSER_FLAGS))


def oddities(data: bytes) -> list[str]:
    """Warnings about members that are not text: macros and embedded files."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    found = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        found.append("the document has macros; they were not run")
    if any(re.match(r"word/(embeddings|activeX)/", name) for name in names):
        found.append("a file is embedded in the document; it was not read")
    return found
