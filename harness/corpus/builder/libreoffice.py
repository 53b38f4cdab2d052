"""Conversions by LibreOffice: DOCX to PDF, to DOC, and to a DOCX as it writes them itself."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
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


def _dateless(pdf: bytes) -> bytes:
    """The PDF with fixed dates, ids and checksum of the same lengths, so that offsets hold."""
    pdf = re.sub(rb"\(D:\d{14}", b"(D:20260115090000", pdf)
    pdf = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", b"2026-01-15T09:00:00", pdf)
    return re.sub(rb"[0-9A-F]{32}(?=>|\s)", b"0" * 32, pdf)
