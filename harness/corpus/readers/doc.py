"""Old Word files (.doc) and RTF: read by catdoc or LibreOffice where one is installed, else a clear refusal."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from harness.corpus.readers.base import Limits, RawText, UnreadableError

_LINK = re.compile(r'\bHYPERLINK\s+"([^"\n]*)"')
_FIELD = re.compile(r'\bHYPERLINK\s+(?:\\\w\s+)?"[^"\n]*"(?:\s*\\\w(?:\s+"[^"\n]*")?)*')
"""catdoc prints a link's field code before its words."""
_NUMBER = re.compile(r"(?<!\d)\d++(?:\.\d++)+")
_HINT = "install catdoc or LibreOffice, or save it as DOCX or PDF"


def read_doc(data: bytes, limits: Limits) -> RawText:
    """The text of a .doc or .rtf file. Raises UnreadableError: unsupported without a converter, corrupt, timeout."""
    with tempfile.TemporaryDirectory(prefix="cv-harness-") as folder:
        is_rtf = data.startswith(b"{\\rtf")
        source = Path(folder) / ("cv.rtf" if is_rtf else "cv.doc")
        source.write_bytes(data)
        if program := shutil.which("catdoc"):
            text = _run([program, "-w", "-d", "utf-8", str(source)], folder, limits.seconds).decode("utf-8", "replace")
            return RawText(
                text=_FIELD.sub("", text),
                reader=f"catdoc {_version([program, '-V'], limits)}",
                links=tuple(found for found in _LINK.findall(text) if found),
            )
        if program := shutil.which("soffice") or shutil.which("libreoffice"):
            return _by_libreoffice(program, source, limits)
    raise UnreadableError("unsupported", f"{'an RTF' if is_rtf else 'an old Word (.doc)'} file; {_HINT}")


def _by_libreoffice(program: str, source: Path, limits: Limits) -> RawText:
    folder = str(source.parent)
    _run(
        [
            program,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--norestore",
            "--convert-to",
            "txt:Text (encoded):UTF8",
            "--outdir",
            folder,
            str(source),
        ],
        folder,
        limits.seconds,
    )
    written = source.with_suffix(".txt")
    if not written.is_file():
        raise UnreadableError("corrupt", "LibreOffice cannot read the file; save it as DOCX or PDF")
    version = _version([program, "--version", f"-env:UserInstallation=file://{folder}/profile"], limits)
    return RawText(text=written.read_text("utf-8-sig", "replace"), reader=f"LibreOffice {version}")


def _version(command: list[str], limits: Limits) -> str:
    """The first number that a program gives as its version."""
    found = _NUMBER.search(_run(command, "/", limits.seconds).decode("utf-8", "replace"))
    return found.group() if found else "of unknown version"


def _run(command: list[str], folder: str, seconds: float) -> bytes:
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
            cwd=folder,
            env={**os.environ, "HOME": folder},
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableError("timeout", "the converter was not done within the time limit") from error
    if done.returncode != 0:
        raise UnreadableError("corrupt", "the converter cannot read the file; save it as DOCX or PDF")
    return done.stdout
