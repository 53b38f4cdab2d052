"""PDF: the text layer by pypdf, judged by the gate; pdfium where it fires; OCR where there is no text layer.

pypdf loses fewest values of all readers measured, but joins words on some files and misplaces punctuation in
right-to-left scripts; pdfium reads those well. What
a person would not see (white, tiny, invisible text) is flagged from pdfium's view of the page and stays in the
text, because hiding it would hide the attempt as well.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from harness.corpus.readers.base import BROKEN_FILE_ERRORS, Limits, RawText, UnreadableError, one_line, package
from harness.corpus.readers.gate import EMPTY_BELOW, Quality, is_right_to_left, quality
from harness.corpus.readers.ocr import ocr_pages
from harness.corpus.readers.pdf_order import Lines

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

    from harness.corpus.readers.pdfium import PdfiumFile

_CONFIGURATION: dict[str, Any] = {
    "zlib_maximum_output_length": 30_000_000,
    "stream_parsing_work_maximum_count": 600_000,
    "page_tree_maximum_entries": 10_000,
    "disable_legacy_handling": True,
}
_ANNOTATIONS = 1_000
_SCANNED_SHARE = 0.5
_NO_WORDS = 20
_CATALOGUE = re.compile(rb"(\d{1,9}) 0 obj\s*<<[^>]{0,200}/Type\s*/Catalog\b")
_NOTHING = Quality("empty", 2000.0)


@dataclass(slots=True)
class _Layer:
    """A text layer as pypdf reads it: one text a page, and what hangs on the pages."""

    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)


def read_pdf(data: bytes, limits: Limits) -> RawText:
    """The text of a PDF. Raises UnreadableError: encrypted, corrupt, too_large, garbled, no_text_layer."""
    try:
        return _read(data, limits)
    except UnreadableError as error:
        mended = _with_trailer(data) if error.outcome == "corrupt" else None
        if mended is None:
            raise
    raw = _read(mended, limits)
    return replace(raw, warnings=("the PDF is cut off; text may be missing", *raw.warnings))


def _with_trailer(data: bytes) -> bytes | None:
    """A file that is cut off before its cross-reference table, with a trailer that names its catalogue."""
    catalogue = _CATALOGUE.search(data)
    if catalogue is None or b"startxref" in data:
        return None
    root = catalogue.group(1)
    return data + b"\nendobj\ntrailer\n<< /Root %s 0 R >>\nstartxref\n0\n%%%%EOF\n" % root


def _read(data: bytes, limits: Limits) -> RawText:
    from harness.corpus.readers.pdfium import PdfiumFile

    layer, problem = _read_layer(data, limits)
    judged = quality("\n".join(layer.texts)) if layer is not None else _NOTHING
    with PdfiumFile(data) as file:
        if file.count == 0:
            if layer is None or judged.fault == "empty":
                reason = problem or file.problem or "it has no pages"
                raise UnreadableError(file.refusal or "corrupt", f"the PDF cannot be read: {reason}")
            return _result(layer, layer.texts, [_pypdf()], [*layer.warnings, file.problem])
        if file.count > limits.pages:
            raise UnreadableError("too_large", f"the PDF has {file.count} pages (limit {limits.pages})")
        return _with_view(layer, judged, problem, file, limits)


def _with_view(layer: _Layer | None, judged: Quality, problem: str, file: PdfiumFile, limits: Limits) -> RawText:
    """Both readers' views put together: which text, which pages need OCR, what to warn of."""
    used = [_pypdf()]
    warnings: list[str] = []
    if layer is None:
        layer = _Layer(links=file.links())
        if problem:
            warnings.append(f"the PDF is damaged; read by the second reader ({problem})")
    texts = layer.texts
    if len(texts) != file.count:
        judged = _NOTHING
    turned = judged.fault is None and is_right_to_left("".join(texts))
    if judged.fault is not None or layer.broken or turned:
        other = file.texts(limits.characters)
        rival = quality("\n".join(other))
        if rival.badness < judged.badness or (turned and rival.fault is None):
            why = "right to left" if turned else judged.fault
            texts, used = other, [f"{package('pypdfium2')} (gate: {why})"]
            judged = rival
        elif layer.broken:
            texts = [other[at] if at in layer.broken else text for at, text in enumerate(texts)]
            used.append(package("pypdfium2"))
    if problem and not "".join(texts).strip() and not any(map(file.marks, range(file.count))):
        raise UnreadableError("corrupt", f"the PDF cannot be read: {problem}")
    if sum(map(len, texts)) > limits.characters:
        raise UnreadableError("too_large", f"the text has more than {limits.characters:,} characters")
    pictures = _pages_without_text(texts, judged, file)
    if pictures:
        texts, more, note = _read_pictures(texts, pictures, judged, file, limits)
        used = [*(used if any(len(text.strip()) >= _NO_WORDS for text in layer.texts) else []), *more]
        warnings.extend(note)
        judged = quality("\n".join(texts))
    if judged.fault == "garbled":
        raise UnreadableError("garbled", "the text layer is unreadable characters, and OCR could not replace it")
    if judged.fault in ("joined", "letter-spaced"):
        warnings.append(f"words are {judged.fault} in the text layer")
    warnings.extend(file.hidden(range(file.count)))
    return _result(layer, texts, used, [*layer.warnings, *warnings])


def _result(layer: _Layer, texts: Sequence[str], used: Sequence[str], warnings: Sequence[str]) -> RawText:
    body = "\n\n".join(text.strip("\n") for text in texts)
    values = [value for value in dict.fromkeys(layer.values) if value not in body]
    return RawText(
        text="\n".join([body, *values]) if values else body,
        reader=" + ".join(used),
        links=tuple(layer.links),
        warnings=tuple(warning for warning in warnings if warning),
        pages=len(texts),
    )


def _pages_without_text(texts: Sequence[str], judged: Quality, file: PdfiumFile) -> list[int]:
    """The pages whose words are a picture: of a file without usable text all, else those covered by an image."""
    if judged.fault in ("empty", "garbled"):
        return [at for at in range(file.count) if file.marks(at)]
    return [
        at
        for at, text in enumerate(texts)
        if len(text.strip()) < EMPTY_BELOW and file.image_share(at) >= _SCANNED_SHARE
    ]


def _read_pictures(
    texts: Sequence[str], pages: Sequence[int], judged: Quality, file: PdfiumFile, limits: Limits
) -> tuple[list[str], list[str], list[str]]:
    """The pages' texts with OCR in place of the pictures, the reader's name, and warnings."""
    words = "".join(texts).strip()
    pictured = any(file.image_share(at) >= _SCANNED_SHARE for at in pages)
    reading = ocr_pages(file, pages, limits)
    if reading.problem:
        if judged.fault == "garbled":
            raise UnreadableError("garbled", f"the text layer is unreadable characters; {reading.problem}")
        if judged.fault == "empty" and (not words or pictured):
            raise UnreadableError("no_text_layer", f"the PDF has no text layer; {reading.problem}")
        if pictured:
            return list(texts), [], [f"not read because they are images: {_pages(pages)}; {reading.problem}"]
        return list(texts), [], []
    merged = list(texts)
    for at, text in reading.texts.items():
        if len(text.strip()) > len(merged[at].strip()) or judged.fault == "garbled":
            merged[at] = text
    if quality("\n".join(merged)).fault == "empty" and len(words) < _NO_WORDS:
        raise UnreadableError("no_text_layer", "the PDF has no text layer, and OCR found no words to speak of")
    return merged, [reading.reader], [f"read by OCR: {_pages(reading.texts)}"]


def _pages(indices: Iterable[int]) -> str:
    return f"page {', '.join(str(at + 1) for at in indices)}"


def _read_layer(data: bytes, limits: Limits) -> tuple[_Layer | None, str]:
    """pypdf's reading, or None and why not. Raises UnreadableError where no other reader should try."""
    from pypdf import Configuration, PdfReader, apply_configuration
    from pypdf.errors import DependencyError, LimitReachedError

    _quiet()
    try:
        with apply_configuration(Configuration(**_CONFIGURATION)):
            reader = PdfReader(io.BytesIO(data))
            if reader.is_encrypted and not reader.decrypt(""):
                raise UnreadableError("encrypted", "the PDF is protected by a password; save it without one")
            return _read_pages(reader, limits), ""
    except LimitReachedError as error:
        if _is_bomb(error):
            raise UnreadableError("too_large", f"the PDF unpacks to more than is read ({one_line(error)})") from error
        return None, one_line(error)
    except DependencyError:
        return None, ""  # a cipher that pypdf needs another package for; the second reader knows it
    except _damaged() as error:
        return None, one_line(error)


def _is_bomb(error: Exception) -> bool:
    """Whether pypdf's limit is about bytes to unpack. Other limits (loops, heavy drawings) the second reader takes."""
    return any(word in str(error) for word in ("decompress", "decoding", "output bytes", "rray-based stream", "buffer"))


def _read_pages(reader: PdfReader, limits: Limits) -> _Layer:
    from pypdf.errors import LimitReachedError

    count = len(reader.pages)
    if count > limits.pages:
        raise UnreadableError("too_large", f"the PDF has {count} pages (limit {limits.pages})")
    layer = _Layer()
    size = 0
    for at, page in enumerate(reader.pages):
        try:
            lines = Lines()
            text = lines.ordered(page.extract_text(visitor_text=lines))
        except LimitReachedError as error:
            if _is_bomb(error):
                raise
            text, layer.broken[at] = "", one_line(error)
        except _damaged() as error:
            text, layer.broken[at] = "", one_line(error)
        layer.texts.append(text)
        size += len(text)
        if size > limits.characters:
            raise UnreadableError("too_large", f"the text has more than {limits.characters:,} characters")
        try:
            _read_annotations(page, layer, limits)
        except _damaged():
            layer.warnings.append(f"the links of page {at + 1} are damaged")
    if layer.broken:
        reason = next(iter(layer.broken.values()))
        layer.warnings.append(f"taken from the second reader: {_pages(layer.broken)} ({reason})")
    _look_for_attachments(reader, layer)
    return layer


def _read_annotations(page: PageObject, layer: _Layer, limits: Limits) -> None:
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
            if value is not None and not hidden and annotation.get("/FT", holder.get("/FT")) == "/Tx":
                layer.values.append(_as_text(value.get_object()))
        elif kind == "/FileAttachment":
            layer.warnings.append("a file is attached to the PDF; it was not read")


def _as_text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _look_for_attachments(reader: PdfReader, layer: _Layer) -> None:
    try:
        names = reader.root_object.get("/Names")
        if names is not None and names.get_object().get("/EmbeddedFiles") is not None:
            layer.warnings.append("a file is attached to the PDF; it was not read")
    except _damaged():
        layer.warnings.append("the PDF's catalogue is damaged")


def _damaged() -> tuple[type[Exception], ...]:
    """What pypdf raises on damaged files, its own errors and others."""
    from pypdf.errors import PyPdfError

    return (PyPdfError, *BROKEN_FILE_ERRORS)


def _pypdf() -> str:
    import pypdf

    return f"pypdf {pypdf.__version__}"


def _quiet() -> None:
    """pypdf tells the log about every irregularity; the outcome says what matters of it."""
    logger = logging.getLogger("pypdf")
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
