"""What is done with the text of every kind of file: limits, cleaning, links, outcome."""

from __future__ import annotations

from collections.abc import Callable

from harness.base.canonical import sha256
from harness.corpus.readers.base import Limits, RawText
from harness.corpus.readers.clean import clean
from harness.corpus.readers.file import READER_VERSION, failed
from harness.corpus.readers.gate import quality
from harness.corpus.readers.hyphens import join_line_ends
from harness.corpus.readers.kinds import Kind
from harness.corpus.readers.links import with_links
from harness.corpus.types import Extraction

_SHORT = 100
_BLANKS = 10
"""How many times the limit of characters a text may have before cleaning takes out what is blank."""


def finished(kind: Kind, raw: RawText, limits: Limits, *, join: Callable[[str], str] = join_line_ends) -> Extraction:
    """What a reader delivered, cleaned and judged. join: see `clean`."""
    label = f"{READER_VERSION} {raw.reader}"
    if len(raw.text) > _BLANKS * limits.characters:
        return failed("too_large", _too_long(raw.text, limits), label, raw.pages)
    cleaned = clean(raw.text, join)
    if len(cleaned.text) > limits.characters:
        return failed("too_large", _too_long(cleaned.text, limits), label, raw.pages)
    if not cleaned.text:
        return failed("no_text_layer", f"the {kind.upper()} file has no text in it", label, raw.pages)
    if kind != "pdf" and quality(raw.text).fault == "garbled":  # a PDF's reader judges its own, marks and all
        return failed("garbled", "the text is mostly unreadable characters; save the file again", label, raw.pages)
    warnings = [*raw.warnings, *cleaned.warnings]
    if len(cleaned.text) < _SHORT:
        warnings.append(f"very little text: {len(cleaned.text)} characters")
    text = with_links(cleaned.text, raw.links, limits.links)
    return Extraction(
        outcome="ok_with_warnings" if warnings else "ok",
        text=text,
        text_sha256=sha256(text),
        reader=label,
        warnings=tuple(dict.fromkeys(warnings)),
        pages=raw.pages,
        raw="" if raw.text == text else raw.text,
    )


def _too_long(text: str, limits: Limits) -> str:
    return f"the text has {len(text):,} characters (limit {limits.characters:,})"
