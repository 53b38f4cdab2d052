"""Opening a DOCX: the main part, what it refers to, its styles and numbering, as python-docx's element tree.

The archive is opened here and not by `docx.Document`, which parses every part of it and refuses files that Word
reads: macro-enabled and strict variants, references into nothing.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.corpus.readers.base import BROKEN_FILE_ERRORS, UnreadableError, one_line

if TYPE_CHECKING:
    from lxml.etree import _Element

_USUAL = b"http://schemas.openxmlformats.org/"
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/main", _USUAL + b"wordprocessingml/2006/main"),
    (b"http://purl.oclc.org/ooxml/officeDocument/", _USUAL + b"officeDocument/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", _USUAL + b"drawingml/2006/"),
)
_OUT_OF_MEMORY = 2
"""libxml2's error code XML_ERR_NO_MEMORY, which lxml raises as a syntax error."""
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Part:
    """One XML part: its root, and by relationship id the external targets and the names of further parts."""

    root: _Element
    targets: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, str] = field(default_factory=dict)


class WordFile:
    """An opened document. Parts are parsed when asked for: a CV needs five of the twenty that Word writes.

    Raises UnreadableError (corrupt) without a main part, and what zipfile and lxml raise on damaged archives.
    """

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self.names = frozenset(self._archive.namelist())
        self._parts: dict[str, Part] = {}
        self._main = self._find_main()
        self._relations = self._relations_of(self._main)
        self.main = self._load(self._main)

    def raw_parts(self, kind: str) -> Iterator[bytes]:
        """The bytes of the main part's parts of a kind, for what is searched and not walked."""
        for reltype, name, external in self._relations.values():
            if not external and reltype.endswith(f"/{kind}") and name in self.names:
                xml = self._archive.read(name)
                yield xml if xml.find(b"<w:", 0, 4_000) >= 0 else _usual_prefix(xml)

    def _part(self, name: str) -> Part:
        if name not in self._parts:
            self._parts[name] = self._load(name)
        return self._parts[name]

    def part(self, relationship: str, source: Part | None = None) -> Part | None:
        """The part that a relationship of `source` (the main part) leads to; None where it leads into nothing."""
        name = (source or self.main).members.get(relationship, "")
        return self._part(name) if name in self.names else None

    def parts(self, kind: str) -> Iterator[Part]:
        """The main part's parts of a kind, which is the last word of a relationship's type."""
        for reltype, name, external in self._relations.values():
            if not external and reltype.endswith(f"/{kind}") and name in self.names:
                yield self._part(name)

    def _find_main(self) -> str:
        for reltype, name, external in self._relations_of("").values():
            if reltype.endswith("/officeDocument") and not external and name in self.names:
                return name
        if "word/document.xml" in self.names:
            return "word/document.xml"
        raise UnreadableError("corrupt", "the DOCX file has no main document in it; save it again")

    def _relations_of(self, name: str) -> dict[str, tuple[str, str, bool]]:
        """By id: type, full name (or external target), whether external."""
        folder, base = posixpath.split(name)
        listing = posixpath.join(folder, "_rels", f"{base}.rels")
        if listing not in self.names:
            return {}
        found = {}
        for each in parse(self._archive.read(listing)).iter(_RELATIONSHIP):
            target, external = each.get("Target", ""), each.get("TargetMode") == "External"
            if not external:
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            found[each.get("Id", "")] = (each.get("Type", ""), target, external)
        return found

    def _load(self, name: str) -> Part:
        relations = self._relations if name == self._main else self._relations_of(name)
        targets = {key: target for key, (_, target, external) in relations.items() if external}
        members = {key: target for key, (_, target, external) in relations.items() if not external}
        return Part(parse(self._archive.read(name)), targets, members)


def parse(xml: bytes) -> _Element:
    """XML by python-docx's parser, which resolves no entities; strict OOXML is brought to the usual namespaces.

    Raises MemoryError beside what lxml raises.
    """
    from docx.oxml import parse_xml
    from lxml.etree import XMLSyntaxError

    if b"purl.oclc.org/ooxml" in xml:
        for strict, usual in _STRICT:
            xml = xml.replace(strict, usual)
    try:
        return parse_xml(xml)
    except XMLSyntaxError as error:
        if error.code == _OUT_OF_MEMORY:
            raise MemoryError from error
        raise


def _usual_prefix(xml: bytes) -> bytes:
    """The same XML in UTF-8 with the usual namespace prefixes, for a producer with ways of its own."""
    from docx.oxml.ns import nsmap
    from lxml import etree

    root = parse(xml)
    usual = etree.Element(root.tag, root.attrib, nsmap={"w": nsmap["w"]})
    usual.extend(root)
    written: bytes = etree.tostring(usual)
    return written


def open_word(data: bytes) -> WordFile:
    """The opened document. Raises UnreadableError (corrupt)."""
    from lxml.etree import LxmlError

    damaged: tuple[type[Exception], ...] = (LxmlError, zipfile.BadZipFile, *BROKEN_FILE_ERRORS)
    try:
        return WordFile(data)
    except damaged as error:
        raise UnreadableError("corrupt", f"the DOCX file is damaged ({one_line(error)})") from error


def oddities(names: Iterable[str]) -> list[str]:
    """Warnings about members that are not text: macros and embedded files."""
    found = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        found.append("the document has macros; they were not run")
    if any(name.startswith(("word/embeddings/", "word/activeX/")) for name in names):
        found.append("a file is embedded in the document; it was not read")
    return found
