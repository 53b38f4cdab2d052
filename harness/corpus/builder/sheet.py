"""A contact sheet: thumbnails of all CVs, to see with one's own eyes that they look like CVs. Not committed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.base.project import Project
from harness.corpus.manifest import document_path, load_manifest
from harness.corpus.types import Document

_COLUMNS, _ROWS, _WIDTH, _HEIGHT = 4, 2, 620, 877


def contact_sheet(project: Project, folder: Path, *, only: Iterable[str] = (), pages: int = 1) -> tuple[Path, ...]:
    """PNG sheets of the first `pages` pages of each document, eight to a sheet. Returns their paths.

    Word files are shown as LibreOffice renders them, and are left out where it is not installed; text files are
    left out.
    """
    from PIL import Image, ImageDraw

    wanted = set(only)
    documents = [one for one in load_manifest(project) if not wanted or one.id in wanted]
    folder.mkdir(parents=True, exist_ok=True)
    tiles: list[tuple[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="cv-sheet-") as scratch:
        for path, document in _as_pdf(project, documents, Path(scratch)):
            tiles += [(document.id, tile) for tile in _tiles(path, pages)]
    sheets = []
    size = _COLUMNS * _ROWS
    for start in range(0, len(tiles), size):
        sheet = Image.new("RGB", (_COLUMNS * _WIDTH, _ROWS * _HEIGHT), "#888888")
        draw = ImageDraw.Draw(sheet)
        for number, (name, tile) in enumerate(tiles[start : start + size]):
            x, y = number % _COLUMNS * _WIDTH, number // _COLUMNS * _HEIGHT
            sheet.paste(tile, (x + 4, y + 4))
            draw.text((x + 8, y + 6), name, fill="red")
        sheets.append(folder / f"sheet-{start // size + 1:02d}.png")
        sheet.save(sheets[-1])
    return tuple(sheets)


def _as_pdf(project: Project, documents: list[Document], scratch: Path) -> list[tuple[Path, Document]]:
    office = shutil.which("soffice")
    words = [one for one in documents if one.path.endswith((".docx", ".doc"))]
    if office and words:
        command = [office, "--headless", f"-env:UserInstallation=file://{scratch}/profile", "--convert-to", "pdf"]
        command += ["--outdir", str(scratch), *(str(document_path(project, one)) for one in words)]
        subprocess.run(command, capture_output=True, check=True, timeout=600)
    found = []
    for one in documents:
        path = document_path(project, one) if one.path.endswith(".pdf") else scratch / f"{one.id}.pdf"
        if path.is_file():
            found.append((path, one))
    return found


def _tiles(path: Path, pages: int) -> list[Any]:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        tiles = []
        for number in range(min(pages, len(document))):
            image = document[number].render(scale=1.1).to_pil().convert("RGB")
            image.thumbnail((_WIDTH - 8, _HEIGHT - 8))
            tiles.append(image)
        return tiles
    finally:
        document.close()
