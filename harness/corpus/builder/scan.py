"""Scans: pages as images, a little crooked and noisy, in a PDF without (or partly without) a text layer."""

from __future__ import annotations

import io
from typing import Any

from harness.corpus.builder import render_reportlab
from harness.corpus.builder.page import Page
from harness.corpus.builder.style import Style

_DPI = 200
_SEED = 20260115


def scanned(page: Page, style: Style) -> bytes:
    """The page as `style.producer` asks: "scan" crooked and grey, "image" straight and clean, "mixed" with its first
    page as text and the rest scanned. The same bytes for the same page."""
    original = render_reportlab.pdf(page, style)
    images = [_worn(image, number, rough=style.producer != "image") for number, image in enumerate(_pages(original))]
    if style.producer != "mixed":
        return _images_pdf(images)
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    writer.add_page(PdfReader(io.BytesIO(original)).pages[0])
    for one in PdfReader(io.BytesIO(_images_pdf(images[1:]))).pages:
        writer.add_page(one)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _pages(pdf: bytes) -> list[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [document[number].render(scale=_DPI / 72).to_pil().convert("L") for number in range(len(document))]
    finally:
        document.close()


def _worn(image: Any, number: int, *, rough: bool) -> Any:
    import numpy
    from PIL import Image

    if not rough:
        return image
    turned = image.rotate(0.35 if number % 2 == 0 else -0.25, resample=Image.Resampling.BICUBIC, fillcolor=255)
    random = numpy.random.default_rng(_SEED + number)
    pixels = numpy.asarray(turned, dtype=numpy.float32) * 0.96 + 6
    noisy = pixels + random.normal(0, 3.0, pixels.shape)
    return Image.fromarray(numpy.clip(noisy, 0, 255).astype(numpy.uint8))


def _images_pdf(images: list[Any]) -> bytes:
    """A PDF with one JPEG a page, A4."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    size = (595.28, 841.89)
    canvas = Canvas(out, pagesize=size, invariant=1)
    for image in images:
        packed = io.BytesIO()
        image.save(packed, "JPEG", quality=48)
        packed.seek(0)
        canvas.drawImage(ImageReader(packed), 0, 0, *size)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
