"""OCR: by tesseract where it is installed, through a child process, else by the `ocr` extra's rapidocr."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.corpus.readers import ocr_rapid
from harness.corpus.readers.base import Limits, UnreadableError, one_line

if TYPE_CHECKING:
    from harness.corpus.readers.pdfium import PdfiumFile

DPI = 300
HINT = "install tesseract or the ocr extra (make ocr) to read scans"


@dataclass(frozen=True, slots=True)
class OcrReading:
    """Texts by page index, or the `problem` that kept OCR from running."""

    texts: dict[int, str] = field(default_factory=dict)
    reader: str = ""
    problem: str = ""


def has_ocr() -> bool:
    """Whether pictures can be read on this machine."""
    return shutil.which("tesseract") is not None or ocr_rapid.is_installed()


def ocr_pages(file: PdfiumFile, pages: Sequence[int], limits: Limits) -> OcrReading:
    """The words on these pages' pictures.

    Raises UnreadableError: too_large for more pages than the limit, timeout where the time is up before the last
    page: half a CV would look like a whole one.
    """
    program = shutil.which("tesseract")
    if program is None and not ocr_rapid.is_installed():
        return OcrReading(problem=HINT)
    if len(pages) > limits.ocr_pages:
        raise UnreadableError("too_large", f"{len(pages)} scanned pages (limit {limits.ocr_pages})")
    deadline = time.monotonic() + limits.seconds
    return _by_tesseract(program, file, pages, limits, deadline) if program else _by_rapidocr(file, pages, limits)


def _by_rapidocr(file: PdfiumFile, pages: Sequence[int], limits: Limits) -> OcrReading:
    """In this process, which its parent ends when the time is up."""
    try:
        texts = {at: ocr_rapid.page_text(file, at, limits.ocr_megapixels) for at in pages}
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        return OcrReading(problem=f"rapidocr failed ({one_line(error)})")
    return OcrReading(texts=texts, reader=ocr_rapid.name())


def _by_tesseract(program: str, file: PdfiumFile, pages: Sequence[int], limits: Limits, deadline: float) -> OcrReading:
    version = _output([program, "--version"], b"", deadline).split()
    name = " ".join(version[:2]) if len(version) > 1 else "tesseract"
    command = [program, "stdin", "stdout", "--psm", "3", "--dpi", str(DPI), "-l", limits.ocr_languages]
    texts: dict[int, str] = {}
    for at in pages:
        try:
            texts[at] = _output(command, file.picture(at, DPI, limits.ocr_megapixels), deadline)
        except subprocess.CalledProcessError as error:
            reason = error.stderr.decode("utf-8", "replace").strip().splitlines()
            return OcrReading(problem=f"tesseract failed ({reason[-1][:120] if reason else error.returncode})")
    return OcrReading(texts=texts, reader=f"{name} {limits.ocr_languages}")


def _output(command: list[str], given: bytes, deadline: float) -> str:
    left = deadline - time.monotonic()
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            check=True,
            timeout=max(left, 0.01),
            env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("timeout", "OCR was not done within the time limit") from error
    return done.stdout.decode("utf-8", "replace")
