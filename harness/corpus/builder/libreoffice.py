"""Conversions by LibreOffice: DOCX to PDF, to DOC, and to a DOCX as it writes them itself."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from harness.base.errors import HarnessError
from harness.corpus.builder.archive import fixed_zip

_SECONDS = 120
_FILTERS = {"pdf": "pdf:writer_pdf_Export", "doc": "doc:MS Word 97", "docx": "docx:MS Word 2007 XML"}


def convert(data: bytes, target: str) -> bytes:
    """The DOCX `data` as "pdf", "doc" or "docx". Raises HarnessError where LibreOffice is missing or fails."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise HarnessError(
            "LibreOffice is not installed", hint="install it (Debian: libreoffice-writer-nogui), or build other CVs"
        )
    with tempfile.TemporaryDirectory(prefix="cv-build-") as name:
        folder = Path(name)
        source = folder / "in.docx"
        source.write_bytes(data)
        command = [
            program,
            "--headless",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to",
            _FILTERS[target],
            "--outdir",
            f"{folder}/out",
            str(source),
        ]
        done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)
        result = folder / "out" / f"in.{target}"
        if done.returncode or not result.is_file():
            raise HarnessError(f"LibreOffice made no {target}: {done.stderr.decode(errors='replace')[-300:].strip()}")
        made = result.read_bytes()
    if target == "pdf":
        return _dateless(made)
    return fixed_zip(made) if target == "docx" else made


def with_links(pdf: bytes, links: Mapping[str, str]) -> bytes:
    """The PDF with a link annotation over the first place of each text in `links` (text to target).

    LibreOffice without its screen parts drops hyperlinks when it exports; with them it writes these annotations.
    """
    import pypdfium2
    from pypdf import PdfWriter
    from pypdf.annotations import Link

    writer = PdfWriter(clone_from=io.BytesIO(pdf))
    writer.add_metadata({"/Producer": "LibreOffice 7.4"})
    document = pypdfium2.PdfDocument(pdf)
    try:
        for text, target in links.items():
            for number in range(len(document)):
                page = document[number].get_textpage()
                place = page.search(text, match_case=True).get_next()
                if place is None:
                    continue
                start, count = place
                boxes = [page.get_charbox(index) for index in range(start, start + count)]
                left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
                right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
                writer.add_annotation(number, Link(rect=(left, bottom, right, top), url=target))
                break
    finally:
        document.close()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _dateless(pdf: bytes) -> bytes:
    """The PDF with fixed dates, ids and checksum of the same lengths, so that offsets hold."""
    pdf = re.sub(rb"\(D:\d{14}", b"(D:20260115090000", pdf)
    pdf = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", b"2026-01-15T09:00:00", pdf)
    return re.sub(rb"[0-9A-F]{32}(?=>|\s)", b"0" * 32, pdf)
