"""One page, one producer, one file."""

from __future__ import annotations

from harness.base.errors import HarnessError
from harness.corpus.builder import (
    libreoffice,
    render_docx,
    render_html,
    render_reportlab,
    render_text,
    render_typst,
    scan,
)
from harness.corpus.builder.page import Page
from harness.corpus.builder.style import Style


def render(page: Page, style: Style) -> bytes:
    """The file that the style's producer makes of the page. Raises HarnessError where it is not installed."""
    try:
        return _render(page, style)
    except ImportError as error:
        raise HarnessError(
            f"{style.producer} cannot run: {error.name or error} is missing",
            hint="install cv-harness again, from where it came, with its `build` extra",
        ) from error


def _render(page: Page, style: Style) -> bytes:
    match style.producer:
        case "weasyprint":
            return render_html.pdf(page, style)
        case "typst":
            return render_typst.pdf(page, style)
        case "reportlab":
            return render_reportlab.pdf(page, style)
        case "python-docx":
            return render_docx.docx(page, style)
        case "libreoffice" | "libreoffice-docx" | "doc":
            target = {"libreoffice": "pdf", "libreoffice-docx": "docx", "doc": "doc"}[style.producer]
            made = libreoffice.convert(render_docx.docx(page, style), target)
            links = {span.text: span.href for line in page.contact for span in line if span.href}
            return libreoffice.with_links(made, links) if target == "pdf" and links else made
        case "scan" | "image" | "mixed":
            return scan.scanned(page, style)
        case "text" | "text-utf16" | "text-latin1":
            text = render_text.text(page, style)
            if style.producer == "text-utf16":
                return b"\xff\xfe" + text.encode("utf-16-le")
            return text.encode("utf-8" if style.producer == "text" else "cp1252")
    raise ValueError(f"unknown producer {style.producer!r}")
