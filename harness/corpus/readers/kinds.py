"""Which kind of file this is, told by its bytes and never by its name."""

from __future__ import annotations

import codecs
import io
import zipfile
from typing import Literal, TypeAlias

from harness.corpus.readers.base import BROKEN_FILE_ERRORS, Limits, UnreadableError

Kind: TypeAlias = Literal["pdf", "docx", "doc", "rtf", "txt"]

MEDIA_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "rtf": "application/rtf",
    "txt": "text/plain",
}

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_FOREIGN = (
    (b"\x89PNG\r\n\x1a\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF87a", "a GIF image"),
    (b"GIF89a", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a bitmap image"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"%!PS", "a PostScript file"),
    (b"ID3", "an audio file"),
    (b"SQLite format 3\x00", "a database"),
)
_DAMAGED: tuple[type[Exception], ...] = (zipfile.BadZipFile, *BROKEN_FILE_ERRORS)
_ADVICE = "save it as PDF, DOCX or plain text"


def kind_of(data: bytes, limits: Limits) -> Kind:
    """The kind of file that `data` is. Raises UnreadableError for empty, foreign and over-sized archives."""
    if not data:
        raise UnreadableError("corrupt", "the file is empty (0 bytes)")
    if b"%PDF-" in data[:1024] and not data.startswith((b"PK\x03\x04", _OLE)):
        return "pdf"
    if data.startswith(_OLE):
        return _compound_file(data)
    if data.startswith(b"PK\x03\x04"):
        return _archive(data, limits)
    if data.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        raise UnreadableError("unsupported", f"an archive without files or in several parts; {_ADVICE}")
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(_BOMS):
        return "txt"
    head = data[:4096]
    for mark, name in _FOREIGN:
        if data.startswith(mark) and not (len(mark) < 4 and _is_plain(head)):
            raise UnreadableError("unsupported", f"{name}, not a document; {_ADVICE}")
    if data.startswith(b"RIFF") and data[8:12] in (b"WEBP", b"WAVE", b"AVI "):
        raise UnreadableError("unsupported", f"an image or a recording, not a document; {_ADVICE}")
    if data[4:8] == b"ftyp":
        raise UnreadableError("unsupported", f"an image or a film, not a document; {_ADVICE}")
    start = head.lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise UnreadableError("unsupported", f"a web page (HTML), not a document; {_ADVICE}")
    if start.startswith((b"<?xml", b"<svg")):
        raise UnreadableError("unsupported", f"an XML file, not a document; {_ADVICE}")
    return "txt"


def _is_plain(head: bytes) -> bool:
    """Whether the beginning of a file is text, so that a line starting with `BM` or `MZ` is not an image."""
    return not any(byte < 9 or 13 < byte < 27 for byte in head)


def _compound_file(data: bytes) -> Kind:
    if _utf16("EncryptedPackage") in data:
        raise UnreadableError("encrypted", "a document protected by a password; save it without one")
    if _utf16("WordDocument") in data:
        return "doc"
    raise UnreadableError("unsupported", f"an Office file that is no Word document; {_ADVICE}")


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _archive(data: bytes, limits: Limits) -> Kind:
    """A ZIP archive: a Word document within the limits, or an error that says what else it is."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            check_archive(members, limits)
            names = {member.filename for member in members}
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in names else b""
            mimetype = archive.read("mimetype")[:100] if "mimetype" in names else b""
    except _DAMAGED as error:
        raise UnreadableError("corrupt", f"a damaged archive ({type(error).__name__}); save the file again") from error
    if b"wordprocessingml" in types or b"ms-word.document" in types or "word/document.xml" in names:
        return "docx"
    if b"opendocument" in mimetype:
        raise UnreadableError("unsupported", f"an OpenDocument file; {_ADVICE}")
    if b"spreadsheetml" in types or b"presentationml" in types:
        raise UnreadableError("unsupported", f"a spreadsheet or a presentation, not a document; {_ADVICE}")
    raise UnreadableError("unsupported", f"a ZIP archive, not a document; {_ADVICE}")


def check_archive(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuse bombs by the archive's own directory; reading a member never yields more than it declares there.

    Raises UnreadableError: too_large for bombs, encrypted for members under a password, corrupt for members
    whose names point out of the archive.
    """
    if len(members) > limits.zip_entries:
        raise UnreadableError("too_large", f"the archive has {len(members)} entries (limit {limits.zip_entries})")
    xml = 0
    for member in members:
        if member.flag_bits & 0x1:
            raise UnreadableError("encrypted", "the archive is protected by a password; save it without one")
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or parts[0].endswith(":"):
            raise UnreadableError("corrupt", "the archive has entries that point out of it")
        packed = max(member.compress_size, 1)
        if member.file_size > 100_000 and member.file_size / packed > limits.member_ratio:
            raise UnreadableError(
                "too_large",
                f"an entry of the archive unpacks to {member.file_size / packed:.0f} times its size "
                f"(limit {limits.member_ratio})",
            )
        if member.filename.lower().endswith((".xml", ".rels")):
            xml += member.file_size
    if xml > limits.xml_bytes:
        raise UnreadableError("too_large", f"the document's XML has {xml:,} bytes (limit {limits.xml_bytes:,})")
