"""What the readers find of the corpus, and what they cost beside the bare libraries, all in one run.

    python -m bench.reading [--rounds 3] [--only quality|speed] [--worst 10]

Recall and words intact are explained in `harness.corpus.recall`. Of the times the best of the rounds is shown; the
ratios are what counts, because in them the machine's speed cancels out.
"""

from __future__ import annotations

import argparse
import io
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from harness.base.project import Project
from harness.corpus.manifest import load_manifest
from harness.corpus.readers.cache import TextCache
from harness.corpus.recall import recall
from harness.corpus.text import Extractor, extract_inline
from harness.corpus.types import Document

SCANS = frozenset({"scan", "image", "mixed"})


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--only", choices=("quality", "speed"))
    options.add_argument("--worst", type=int, default=10)
    given = options.parse_args()
    project = Project.find()
    documents = load_manifest(project)
    if given.only != "speed":
        show_quality(project, documents, given.worst)
    if given.only != "quality":
        show_speed(project, documents, given.rounds)


def show_quality(project: Project, documents: tuple[Document, ...], worst: int) -> None:
    """Recall and words intact by medium, and the worst files."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * 6)
    missed: list[tuple[float, str, tuple[str, ...]]] = []
    with Extractor(cache=None) as extractor:
        paths = [project.corpus / document.path for document in documents]
        for document, read in zip(documents, extractor.extract_many(paths), strict=True):
            golden = json.loads((project.goldens / f"{document.id}.json").read_text(encoding="utf-8"))
            counted = recall(golden["cv"], read.text)
            medium = document.tags.get("media", "?")
            for group in (medium, "scanned" if medium in SCANS else "text layer"):
                numbers = (1, read.readable, counted.found, counted.values, counted.intact or 0, counted.words or 0)
                sums[group] = [total + number for total, number in zip(sums[group], numbers, strict=True)]
            name = f"{document.id} ({read.outcome}, {read.reader})"
            missed.append((counted.found / max(counted.values, 1), name, counted.missing))
    for group, (files, readable, found, values, intact, words) in sorted(sums.items()):
        print(
            f"{group:<11} files {files:>3}, read {readable:>3}, "
            f"recall {share(found, values)}, words intact {share(intact, words)}"
        )
    for rate, name, missing in sorted(missed)[:worst]:
        if missing:
            print(f"  {rate:.3f} {name}: {[value[:70] for value in missing[:4]]}")


def share(part: int, whole: int) -> str:
    return f"{part / whole:.4f} (n = {whole})" if whole else "n = 0"


def show_speed(project: Project, documents: tuple[Document, ...], rounds: int) -> None:
    paths = [project.corpus / document.path for document in documents]
    layered = [
        path
        for document, path in zip(documents, paths, strict=True)
        if path.suffix in (".pdf", ".docx", ".txt") and document.tags.get("media") not in SCANS
    ]
    pdfs = [path for path in layered if path.suffix == ".pdf"]
    docx = [path for path in layered if path.suffix == ".docx"]
    for read in (bare_pypdf, bare_docx):
        read(next(iter(pdfs if read is bare_pypdf else docx)))
    for path in (*pdfs[:1], *docx[:1]):
        extract_inline(path)
    bare_pdf_s, our_pdf_s = side_by_side(rounds, bare_pypdf, extract_inline, pdfs)
    bare_docx_s, our_docx_s = side_by_side(rounds, bare_docx, extract_inline, docx)
    for name, peer, count, bare, ours in (
        ("PDF", "pypdf", len(pdfs), bare_pdf_s, our_pdf_s),
        ("DOCX", "python-docx", len(docx), bare_docx_s, our_docx_s),
    ):
        print(f"{name} (n = {count}): bare {peer} {bare:.3f} s, ours {ours:.3f} s, ratio {ours / bare:.2f}")

    def cold() -> None:
        with Extractor(cache=None, workers=2) as extractor:
            list(extractor.extract_many(layered))

    def bare() -> None:
        for path in layered:
            (bare_pypdf if path.suffix == ".pdf" else bare_docx if path.suffix == ".docx" else Path.read_bytes)(path)

    cold_s, bare_s = min(timed(cold) for _ in range(rounds)), min(timed(bare) for _ in range(rounds))
    print(
        f"cold, children started (n = {len(layered)}): {cold_s:.3f} s, bare libraries in one process {bare_s:.3f} s, "
    )
    print(f"    ratio {cold_s / bare_s:.2f}")
    with tempfile.TemporaryDirectory() as folder, Extractor(cache=TextCache(Path(folder)), workers=2) as extractor:
        filled = timed(lambda: list(extractor.extract_many(layered)))
        cached_s = min(timed(lambda: list(extractor.extract_many(layered))) for _ in range(rounds))
    print(f"from the cache (n = {len(layered)}): {cached_s:.4f} s, {filled / cached_s:.0f} times faster than reading")


def side_by_side(
    rounds: int, first: Callable[[Path], object], second: Callable[[Path], object], paths: list[Path]
) -> tuple[float, float]:
    """CPU seconds for all paths with each reader: per file the best of the rounds, taken in turns."""
    totals = [0.0, 0.0]
    for path in paths:
        taken: tuple[list[float], list[float]] = ([], [])
        for _ in range(rounds):
            for read, times in zip((first, second), taken, strict=True):
                start = time.process_time()
                read(path)
                times.append(time.process_time() - start)
        totals = [total + min(times) for total, times in zip(totals, taken, strict=True)]
    return totals[0], totals[1]


def bare_pypdf(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)


def bare_docx(path: Path) -> str:
    from docx import Document as Word

    return "\n".join(paragraph.text for paragraph in Word(str(path)).paragraphs)


def timed(task: Callable[[], object]) -> float:
    """Wall seconds of one run."""
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
