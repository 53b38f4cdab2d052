"""One file's way from bytes to an extraction: type, limits, reader, and what is done with every text."""

from __future__ import annotations

from harness.base.canonical import sha256
from harness.corpus.readers.base import BROKEN_FILE_ERRORS, Limits, RawText, UnreadableError, one_line
from harness.corpus.readers.doc import read_doc
from harness.corpus.readers.docx import read_docx
from harness.corpus.readers.file import PRODUCT_VERSION, VERSIONS, Reader, failed
from harness.corpus.readers.finish import finished
from harness.corpus.readers.kinds import kind_of
from harness.corpus.readers.pdf import read_pdf
from harness.corpus.readers.pdf_beside import Beside
from harness.corpus.readers.plain import read_plain
from harness.corpus.types import Extraction


def extract_bytes(
    data: bytes, limits: Limits, *, reader: Reader = "common", beside: Beside | None = None
) -> Extraction:
    """The text in a file's bytes, read in this process. Never raises for what the bytes are.

    beside: who makes a PDF's second reading at the same time, in another process.
    """
    label = VERSIONS[reader]
    try:
        kind = kind_of(data, limits)
        if reader == "product":
            from harness.corpus.readers.product import read_product

            return _product(read_product(kind, data, limits))
        raw = read_pdf(data, limits, beside=beside) if beside and kind == "pdf" else _READERS[kind](data, limits)
        return finished(kind, raw, limits)
    except UnreadableError as error:
        return failed(error.outcome, error.reason, label)
    except MemoryError:
        return failed("too_large", f"reading it needs more than {limits.memory_bytes // 1024**2:,} MB of memory", label)
    except BROKEN_FILE_ERRORS as error:
        return failed("corrupt", f"the file is damaged ({one_line(error)})", label)


def _product(raw: RawText) -> Extraction:
    """The product hands on what its parser gives, uncleaned; a text without a letter is a typed failure here."""
    label = f"{PRODUCT_VERSION} {raw.reader}"
    text = raw.text.encode("utf-8", "replace").decode("utf-8")
    if not text.strip():
        return failed("no_text_layer", "the product's reader finds no text in it", label, raw.pages)
    return Extraction(
        outcome="ok_with_warnings" if raw.warnings else "ok",
        text=text,
        text_sha256=sha256(text),
        reader=label,
        warnings=raw.warnings,
        pages=raw.pages,
    )


def _read_pdf(data: bytes, limits: Limits) -> RawText:
    return read_pdf(data, limits)


def _read_docx(data: bytes, limits: Limits) -> RawText:
    return read_docx(data, limits)


def _read_doc(data: bytes, limits: Limits) -> RawText:
    return read_doc(data, limits)


def _read_plain(data: bytes, limits: Limits) -> RawText:
    return read_plain(data, limits)


_READERS = {"pdf": _read_pdf, "docx": _read_docx, "doc": _read_doc, "rtf": _read_doc, "txt": _read_plain}
