"""The first reading of a PDF: pypdf's text of each page, link targets, form values, and what went wrong."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from harness.corpus.readers.base import BROKEN_FILE_ERRORS, Limits, UnreadableError, one_line
from harness.corpus.readers.pdf_fonts import with_unicode
from harness.corpus.readers.pdf_operations import Operation, operations
from harness.corpus.readers.pdf_order import Lines
from harness.corpus.readers.pdf_private import font_says
from harness.corpus.readers.pdf_text import Fonts, page_text

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

_CONFIGURATION: dict[str, Any] = {
    "zlib_maximum_output_length": 30_000_000,
    "stream_parsing_work_maximum_count": 600_000,
    "page_tree_maximum_entries": 10_000,
    "disable_legacy_handling": True,
}
_ANNOTATIONS = 1_000


@dataclass(slots=True)
class Layer:
    """A text layer as pypdf reads it: one text a page, and what hangs on the pages.

    `mended` is the file with maps to Unicode for fonts that name their glyphs unusually, where there are any.
    """

    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    mended: bytes | None = None


def read_layer(data: bytes, limits: Limits) -> tuple[Layer | None, str]:
    """pypdf's reading, or None and why not. Raises UnreadableError where no other reader should try."""
    from pypdf import Configuration, PdfReader, apply_configuration
    from pypdf.errors import DependencyError, LimitReachedError

    _quiet()
    try:
        with apply_configuration(Configuration(**_CONFIGURATION)):
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableError("encrypted", "the PDF is protected by a password; save it without one")
            mended = with_unicode(reader)
            if mended is not None:
                reader = PdfReader(io.BytesIO(mended))
            layer = _read_pages(reader, limits)
            layer.mended = mended
            return layer, ""
    except LimitReachedError as error:
        if _is_bomb(error):
            raise UnreadableError("too_large", f"the PDF unpacks to more than is read ({one_line(error)})") from error
        return None, one_line(error)
    except DependencyError:
        return None, ""  # a cipher that pypdf needs another package for; the second reader knows it
    except damaged() as error:
        return None, one_line(error)


def _is_bomb(error: Exception) -> bool:
    """Whether pypdf's limit is about bytes to unpack. Other limits (loops, heavy drawings) the second reader takes."""
    return any(word in str(error) for word in ("decompress", "decoding", "output bytes", "rray-based stream", "buffer"))


def _read_pages(reader: PdfReader, limits: Limits) -> Layer:
    from pypdf.errors import LimitReachedError

    count = len(reader.pages)
    if count > limits.pages:
        raise UnreadableError("too_large", f"the PDF has {count} pages (limit {limits.pages})")
    layer, fonts = Layer(), Fonts()
    size = 0
    for at, page in enumerate(reader.pages):
        try:
            found, lines = _with_operations(page, reader), Lines()
            text = page_text(page, found, fonts, lines) if found is not None else None
            if text is None:
                lines = Lines()
                text = page.extract_text(visitor_text=lines)
            # Byte 7F of a PDF's Latin codes draws a bullet; pypdf reads a control character, which cleaning drops.
            text = lines.ordered(text).replace("\x7f", "•")
        except LimitReachedError as error:
            if _is_bomb(error):
                raise
            text, layer.broken[at] = "", one_line(error)
        except damaged() as error:
            text, layer.broken[at] = "", one_line(error)
        layer.texts.append(text)
        size += len(text)
        if size > limits.characters:
            raise UnreadableError("too_large", f"the text has more than {limits.characters:,} characters")
        try:
            _read_annotations(page, layer, limits)
        except damaged():
            layer.warnings.append(f"the links of page {at + 1} are damaged")
    if layer.broken:
        reason = next(iter(layer.broken.values()))
        layer.warnings.append(f"taken from the second reader: {pages_named(layer.broken)} ({reason})")
    _look_for_attachments(reader, layer)
    return layer


def _with_operations(page: PageObject, reader: PdfReader) -> list[Operation] | None:
    """Give the page's content its operations, where they are plain: pypdf then need not parse it byte by byte."""
    from pypdf.generic import ContentStream, NameObject

    try:
        content = ContentStream(page["/Contents"], reader, "bytes")
    except damaged():
        return None  # pypdf comes upon the same, where it needs the content at all
    data = content.get_data()
    if len(data) >= _CONFIGURATION["stream_parsing_work_maximum_count"] or (found := operations(data)) is None:
        return None
    content.operations = found
    page[NameObject("/Contents")] = content
    return found


def _read_annotations(page: PageObject, layer: Layer, limits: Limits) -> None:
    annotations = page.get("/Annots")
    if annotations is None:
        return
    for entry in list(annotations.get_object())[:_ANNOTATIONS]:
        annotation = entry.get_object()
        kind = annotation.get("/Subtype")
        if kind == "/Link":
            action = annotation.get("/A")
            target = action.get_object().get("/URI") if action is not None else None
            if target is not None and len(layer.links) < 10 * limits.links:
                layer.links.append(_as_text(target.get_object()))
        elif kind == "/Widget":
            parent = annotation.get("/Parent")
            holder = parent.get_object() if parent is not None else annotation
            value = annotation.get("/V", holder.get("/V"))
            hidden = int(annotation.get("/F", 0)) & 0x2
            if value is not None and not hidden and annotation.get("/FT", holder.get("/FT")) in ("/Tx", "/Ch"):
                value = value.get_object()
                layer.values.extend(map(_as_text, value if isinstance(value, list) else [value]))
        elif kind == "/FreeText":
            if not int(annotation.get("/F", 0)) & 0x2 and (typed := annotation.get("/Contents")) is not None:
                layer.values.append(_as_text(typed.get_object()))
        elif kind == "/FileAttachment":
            layer.warnings.append("a file is attached to the PDF; it was not read")


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _look_for_attachments(reader: PdfReader, layer: Layer) -> None:
    try:
        names = reader.root_object.get("/Names")
        if names is not None and names.get_object().get("/EmbeddedFiles") is not None:
            layer.warnings.append("a file is attached to the PDF; it was not read")
    except damaged():
        layer.warnings.append("the PDF's catalogue is damaged")


def damaged() -> tuple[type[Exception], ...]:
    """What pypdf raises on damaged files, its own errors and others."""
    from pypdf.errors import PyPdfError

    return (PyPdfError, *BROKEN_FILE_ERRORS)


def pypdf_name() -> str:
    import pypdf

    return f"pypdf {pypdf.__version__}"


def pages_named(indices: Iterable[int]) -> str:
    return f"page {', '.join(str(at + 1) for at in indices)}"


def _quiet() -> None:
    """pypdf tells the log about every irregularity; the outcome says what matters of it."""
    logger = logging.getLogger("pypdf")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
        logger.propagate = False


def fonts_say(data: bytes) -> dict[str, str]:
    """What the file's fonts say of private characters (see `pdf_private.font_says`); nothing where pypdf fails."""
    from pypdf import Configuration, PdfReader, apply_configuration

    try:
        with apply_configuration(Configuration(**_CONFIGURATION)):
            return font_says(PdfReader(io.BytesIO(data)))
    except damaged():
        return {}
