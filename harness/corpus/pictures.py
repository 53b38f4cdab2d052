"""Pictures of a PDF's pages, for a person who looks at one CV: made in a child process, because a file may be hostile.

`python -m harness.corpus.pictures FILE…` prints a JSON list beside each file: its first pages as base64 JPEG, grey.
What cannot be drawn has none; nobody is told why, since the text beside it is what was judged.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from harness.corpus.readers.base import Limits

PAGES = 2
WIDTH = 820
"""Pixels: enough to read a page of A4 by."""
QUALITY = 38
SECONDS = 15.0


def page_images(files: Mapping[str, Path], *, most_bytes: int) -> dict[str, tuple[str, ...]]:
    """Data URIs of the first pages of each file, by its name, in order until `most_bytes` of them are used up.

    Nothing at all where the child died of a file or took too long.
    """
    if not files:
        return {}
    try:
        made = subprocess.run(
            [sys.executable, "-m", __name__, *map(str, files.values())],
            capture_output=True, timeout=SECONDS, check=True,
        )  # fmt: skip
        drawn = json.loads(made.stdout)
    except (OSError, subprocess.SubprocessError, ValueError):
        return {}
    found: dict[str, tuple[str, ...]] = {}
    left = most_bytes
    for name, pages in zip(files, drawn, strict=True):
        size = sum(map(len, pages))
        if pages and size <= left:
            found[name] = tuple(f"data:image/jpeg;base64,{page}" for page in pages)
            left -= size
    return found


def _drawn(path: str) -> list[str]:
    import pypdfium2

    pages = []
    try:
        document = pypdfium2.PdfDocument(path)
        for number in range(min(PAGES, len(document))):
            page = document[number]
            scale = min(WIDTH / max(page.get_width(), 1.0), 4.0)
            if page.get_height() * scale > 4 * WIDTH:  # no page of paper is that tall
                break
            out = io.BytesIO()
            picture = page.render(scale=scale, grayscale=True).to_pil().convert("L")
            picture.save(out, "JPEG", quality=QUALITY, optimize=True)
            pages.append(base64.b64encode(out.getvalue()).decode("ascii"))
    except (pypdfium2.PdfiumError, OSError, ValueError, MemoryError):
        return pages
    return pages


def _limited() -> None:
    """No more memory than a reader may have; macOS knows the limit and does not keep it."""
    if sys.platform == "darwin":
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = Limits().memory_bytes
    resource.setrlimit(resource.RLIMIT_AS, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    _limited()
    print(json.dumps([_drawn(path) for path in sys.argv[1:]]))
