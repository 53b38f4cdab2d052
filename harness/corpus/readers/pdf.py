"""PDF: the text layer read twice, by pypdf and by pdfium's glyphs; OCR where there is none or where it says nothing.

pypdf loses fewest values of all readers measured, but takes the fonts at their word, joins words on some files,
breaks lines on others and misplaces punctuation in right-to-left scripts. The two readings are compared on what
matters (see `pdf_choice`), and glyphs whose font does not say what they are go to the page's picture. What
a person would not see (white, tiny, invisible text) is flagged from pdfium's view of the page and stays in the
text, because hiding it would hide the attempt as well.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from harness.corpus.readers.base import Limits, RawText, UnreadableError, package
from harness.corpus.readers.gate import EMPTY_BELOW, Quality, is_right_to_left, quality
from harness.corpus.readers.ocr import ocr_pages
from harness.corpus.readers.pdf_beside import Beside
from harness.corpus.readers.pdf_bidi import righted
from harness.corpus.readers.pdf_choice import lost_marks, measure, why_second
from harness.corpus.readers.pdf_layer import Layer, fonts_say, pages_named, pypdf_name, read_layer
from harness.corpus.readers.pdf_letters import whole_letters
from harness.corpus.readers.pdf_private import UNKNOWN, boxes_untold, resolve, textual_signs, unshifted
from harness.corpus.readers.pdfium import PdfiumFile

_SCANNED_SHARE = 0.5
_NO_WORDS = 20
_WITHOUT_DIGITS = 200
"""Letters of a text without any digit above which its digits are looked for on the page: no CV is without a year."""
_DIGITS_SEEN = 4
_CATALOGUE = re.compile(rb"(\d{1,9}) 0 obj\s*<<[^>]{0,200}/Type\s*/Catalog\b")
_NOTHING = Quality("empty", 2000.0)


@dataclass(slots=True)
class _Reading:
    """What is known of a file's text on the way: the pages' texts, who read them, how they fare, what to warn of."""

    texts: list[str]
    judged: Quality
    used: list[str]
    warnings: list[str] = field(default_factory=list)


def read_pdf(data: bytes, limits: Limits, *, beside: Beside | None = None) -> RawText:
    """The text of a PDF. Raises UnreadableError: encrypted, corrupt, too_large, garbled, no_text_layer.

    beside: who makes the second reading at the same time, in another process.
    """
    try:
        if beside is None:
            return _read(data, limits)
        with beside.reading(data, limits):
            return _read(data, limits, beside)
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


def _read(data: bytes, limits: Limits, beside: Beside | None = None) -> RawText:
    layer, problem = read_layer(data, limits)
    judged = quality("\n".join(layer.texts)) if layer is not None else _NOTHING
    if layer is not None and layer.mended is not None:
        data = layer.mended
    with PdfiumFile(data) as file:
        if file.count == 0:
            if layer is None or judged.fault == "empty":
                reason = problem or file.problem or "it has no pages"
                raise UnreadableError(file.refusal or "corrupt", f"the PDF cannot be read: {reason}")
            reading = _Reading(layer.texts, judged, [pypdf_name()], [*layer.warnings, file.problem])
            return _result(layer, reading)
        if beside is not None and (layer is None or layer.mended is None) and (known := beside.found()) is not None:
            file.take(known)
        if file.count > limits.pages:
            raise UnreadableError("too_large", f"the PDF has {file.count} pages (limit {limits.pages})")
        if layer is None:
            layer = Layer(links=file.links())
            if problem:
                layer.warnings.append(f"the PDF is damaged; read by the second reader ({problem})")
        reading = _chosen(layer, judged, file, limits)
        if problem and not "".join(reading.texts).strip() and not any(map(file.marks, range(file.count))):
            raise UnreadableError("corrupt", f"the PDF cannot be read: {problem}")
        if sum(map(len, reading.texts)) > limits.characters:
            raise UnreadableError("too_large", f"the text has more than {limits.characters:,} characters")
        _complete(layer, reading, data, file, limits)
        return _result(layer, reading)


def _chosen(layer: Layer, judged: Quality, file: PdfiumFile, limits: Limits) -> _Reading:
    """The better of the two readings of the text layer."""
    pages = file.glyphs(limits.characters)
    texts, others = _plain(layer.texts), _plain([page.text for page in pages])
    judged = quality("\n".join(texts)) if texts != layer.texts else judged
    if len(texts) != file.count:
        judged = _NOTHING
    rival = quality("\n".join(others))
    measured, why = cache(measure), ""
    if judged.fault is not None:
        why = judged.fault if rival.badness < judged.badness else ""
    elif rival.fault is None:
        odd = sum((page.odd for page in pages), Counter[str]())
        turned = any(page.turned for page in pages)
        one, two = measured("\n".join(texts)), measured("\n".join(others))
        why = "right to left" if is_right_to_left("".join(texts)) else why_second(one, two, odd, turned=turned)
    if why == "right to left" and len(texts) == len(others):
        others = list(map(righted, others, texts))
    if why:
        left, reading = texts, _Reading(others, rival, [f"{package('pypdfium2')} (gate: {why})"])
    else:
        left, reading = others, _Reading(texts, judged, [pypdf_name()])
        if layer.broken:
            reading.texts = [others[at] if at in layer.broken else text for at, text in enumerate(texts)]
            reading.used.append(package("pypdfium2"))
    if reading.judged.fault is None and not layer.broken:
        lost = lost_marks(measured("\n".join(reading.texts)), measured("\n".join(left)))
        if lost:
            reading.warnings.append(f"{lost} digits or e-mail signs are in one reading of the text layer only")
    return reading


def _plain(texts: Sequence[str]) -> list[str]:
    return [whole_letters(text) for text in unshifted(texts)]


def _complete(layer: Layer, reading: _Reading, data: bytes, file: PdfiumFile, limits: Limits) -> None:
    """What the text layer does not say, from the pages' pictures; and what a person should know."""
    pictures = _pages_without_text(reading, file)
    if pictures:
        _read_pictures(reading, pictures, file, limits)
        if not any(len(text.strip()) >= _NO_WORDS for text in layer.texts):
            reading.used = reading.used[1:] or reading.used
        reading.judged = quality("\n".join(reading.texts))
    if reading.judged.fault == "garbled":
        raise UnreadableError("garbled", "the text layer is unreadable characters, and OCR could not replace it")
    if not pictures:
        _read_signs(reading, data, file, limits)
        _look_for_digits(reading, file, limits)
    if reading.judged.fault in ("joined", "letter-spaced"):
        reading.warnings.append(f"words are {reading.judged.fault} in the text layer")
    reading.warnings = [*layer.warnings, *reading.warnings, *file.hidden(range(file.count))]


def _result(layer: Layer, reading: _Reading) -> RawText:
    body = "\n\n".join(text.strip("\n") for text in reading.texts)
    values = [value for value in dict.fromkeys(layer.values) if value not in body]
    return RawText(
        text="\n".join([body, *values]) if values else body,
        reader=" + ".join(reading.used),
        links=tuple(layer.links),
        warnings=tuple(warning for warning in reading.warnings if warning),
        pages=len(reading.texts),
    )


def _pages_without_text(reading: _Reading, file: PdfiumFile) -> list[int]:
    """The pages whose words are a picture: of a file without usable text all, else those covered by an image."""
    if reading.judged.fault in ("empty", "garbled"):
        return [at for at in range(file.count) if file.marks(at)]
    return [
        at
        for at, text in enumerate(reading.texts)
        if len(text.strip()) < EMPTY_BELOW and file.image_share(at) >= _SCANNED_SHARE
    ]


def _read_pictures(reading: _Reading, pages: Sequence[int], file: PdfiumFile, limits: Limits) -> None:
    """Put OCR in place of the pictures. Raises UnreadableError where nothing readable is left without it."""
    fault = reading.judged.fault
    words = "".join(reading.texts).strip()
    pictured = any(file.image_share(at) >= _SCANNED_SHARE for at in pages)
    seen = ocr_pages(file, pages, limits)
    if seen.problem:
        if fault == "garbled":
            raise UnreadableError("garbled", f"the text layer is unreadable characters; {seen.problem}")
        if fault == "empty" and (not words or pictured):
            raise UnreadableError("no_text_layer", f"the PDF has no text layer; {seen.problem}")
        if pictured:
            reading.warnings.append(f"not read because they are images: {pages_named(pages)}; {seen.problem}")
        return
    for at, text in seen.texts.items():
        if len(text.strip()) > len(reading.texts[at].strip()) or fault == "garbled":
            reading.texts[at] = text
    if quality("\n".join(reading.texts)).fault == "empty" and len(words) < _NO_WORDS:
        raise UnreadableError("no_text_layer", "the PDF has no text layer, and OCR found no words to speak of")
    reading.used.append(seen.reader)
    reading.warnings.append(f"read by OCR: {pages_named(seen.texts)}")


def _read_signs(reading: _Reading, data: bytes, file: PdfiumFile, limits: Limits) -> None:
    """Letters and digits that the fonts map to nothing public: from the encoding, the picture, or marked."""
    reading.texts = boxes_untold(reading.texts)
    signs = textual_signs(reading.texts, file.icons)
    if not signs:
        return
    problems: list[str] = []

    def pictures(pages: list[int]) -> Mapping[int, str]:
        seen = ocr_pages(file, pages, limits)
        if seen.problem:
            problems.append(seen.problem)
        else:
            reading.used.append(seen.reader)
        return seen.texts

    found = resolve(reading.texts, signs, fonts_say(data), pictures)
    reading.texts = found.texts
    if found.by_font or found.by_picture:
        how = " and ".join(
            f"{count} by {means}"
            for count, means in ((found.by_font, "the font's encoding"), (found.by_picture, "OCR"))
            if count
        )
        reading.warnings.append(f"signs that the text layer does not name were told: {how}")
    if found.missing:
        where = pages_named(found.missing)
        hint = f"; {problems[0]}" if problems else ""
        reading.warnings.append(
            f"{sum(found.missing.values())} letters or digits have no readable character "
            f"and are marked {UNKNOWN}: {where}{hint}"
        )


def _look_for_digits(reading: _Reading, file: PdfiumFile, limits: Limits) -> None:
    """A long text without a single digit: its digits may be drawn otherwise, so the picture is asked."""
    text = "".join(reading.texts)
    if any(char.isdecimal() for char in text) or sum(map(str.isalpha, text)) < _WITHOUT_DIGITS:
        return
    seen = ocr_pages(file, [at for at in range(file.count) if file.marks(at)], limits)
    if seen.problem:
        reading.warnings.append(
            f"the text layer has no digit; whether the page shows some is not known: {seen.problem}"
        )
        return
    if sum(char.isdecimal() for char in "".join(seen.texts.values())) < _DIGITS_SEEN:
        return
    reading.texts = [seen.texts.get(at, text) for at, text in enumerate(reading.texts)]
    reading.used = [seen.reader]
    reading.warnings.append(f"the text layer lacks the digits that are drawn; read by OCR: {pages_named(seen.texts)}")
