"""The product's own reader: what the service in use makes of a file, to show what extraction alone costs.

DOCX by its paragraphs only (no tables, headers or text boxes), PDF by plain text, no cleaning.
"""

from __future__ import annotations

import io

from harness.corpus.readers.base import BROKEN_FILE_ERRORS, Limits, RawText, UnreadableError, one_line, package
from harness.corpus.readers.kinds import Kind
from harness.corpus.readers.plain import decode


def read_product(kind: Kind, data: bytes, limits: Limits) -> RawText:
    """The text as the product's parser gives it. Raises UnreadableError with the same outcomes as the common reader."""
    if kind == "pdf":
        raw = _pdf(data, limits)
    elif kind == "docx":
        raw = _docx(data)
    elif kind == "txt":
        text, encoding, warnings = decode(data)
        raw = RawText(text=text, reader=f"text {encoding}", warnings=warnings)
    else:
        raise UnreadableError("unsupported", "the product's reader takes PDF, DOCX and plain text")
    if len(raw.text) > limits.characters:
        raise UnreadableError("too_large", f"the text has {len(raw.text):,} characters (limit {limits.characters:,})")
    return raw


def _pdf(data: bytes, limits: Limits) -> RawText:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, LimitReachedError, PyPdfError

    damaged: tuple[type[Exception], ...] = (PyPdfError, *BROKEN_FILE_ERRORS)
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableError("encrypted", "the PDF is protected by a password; save it without one")
        if len(reader.pages) > limits.pages:
            raise UnreadableError("too_large", f"the PDF has {len(reader.pages)} pages (limit {limits.pages})")
        text = "\n".join(page.extract_text() for page in reader.pages)
    except LimitReachedError as error:
        raise UnreadableError("too_large", one_line(error)) from error
    except DependencyError as error:
        raise UnreadableError("encrypted", one_line(error)) from error
    except damaged as error:
        raise UnreadableError("corrupt", one_line(error)) from error
    return RawText(text=text, reader=package("pypdf"), pages=len(reader.pages))


def _docx(data: bytes) -> RawText:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError
    from lxml.etree import LxmlError

    damaged: tuple[type[Exception], ...] = (PackageNotFoundError, LxmlError, *BROKEN_FILE_ERRORS)
    try:
        text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs)
    except damaged as error:
        raise UnreadableError("corrupt", one_line(error)) from error
    return RawText(text=text, reader=package("python-docx"))
