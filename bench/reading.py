"""What the readers find of the corpus, and what they cost beside the bare libraries, all in one run.

    python bench/reading.py [--rounds 3] [--only quality|speed] [--worst 10]

Recall: share of printed golden values (dates apart, which goldens hold in contract form) whose characters stand in
the text in one piece, white space and case left aside. Words intact: share of their words that are words of the
text. Times are the best of the rounds; ratios are what counts, because the machine's speed cancels out.
"""

from __future__ import annotations

import argparse
import io
import json
import re
import tempfile
import time
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from harness.base.project import Project
from harness.corpus.manifest import load_manifest
from harness.corpus.readers.cache import TextCache
from harness.corpus.text import Extractor, extract_inline
from harness.corpus.types import Document, Extraction

NOT_PRINTED = ("id", "start_date", "end_date", "date", "year", "expiry")
SCANS = ("scan", "image", "mixed")


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


def printed_values(value: Any, key: str = "") -> Iterator[str]:
    """The strings of a golden that stand in the file as they are."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in NOT_PRINTED:
                yield from printed_values(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from printed_values(inner, key)
    elif isinstance(value, str) and value.strip():
        yield value


def squeezed(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\s\u00ad]+", "", re.sub(r"[‐‑–—]", "-", text))


def found(text: str, value: str) -> bool:
    haystack, needle = squeezed(text), squeezed(value)
    return needle in haystack or re.sub(r"^(https?://)?(www\.)?", "", needle).rstrip("/") in haystack


def words(text: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold())


def show_quality(project: Project, documents: tuple[Document, ...], worst: int) -> None:
    values: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    intact: dict[str, list[bool]] = defaultdict(list)
    outcomes: dict[str, list[Extraction]] = defaultdict(list)
    missed: list[tuple[float, str, list[str]]] = []
    paths = [project.corpus / document.path for document in documents]
    with Extractor(cache=None) as extractor:
        for document, read in zip(documents, extractor.extract_many(paths), strict=True):
            golden = json.loads((project.goldens / f"{document.id}.json").read_text(encoding="utf-8"))
            medium = document.tags.get("media", "?")
            outcomes[medium].append(read)
            present = [(value, found(read.text, value)) for value in printed_values(golden["cv"])]
            values[medium] += present
            known = set(words(read.text))
            if not any(char > "\u2e80" for char in read.text):
                intact[medium] += [word in known for value, _ in present for word in words(value)]
            lost = [value for value, there in present if not there]
            missed.append(
                (1 - len(lost) / max(len(present), 1), f"{document.id} ({read.outcome}, {read.reader})", lost)
            )
    for medium in sorted(values):
        print(
            f"{medium:<12} files {len(outcomes[medium]):>3}  read {sum(e.readable for e in outcomes[medium]):>3}  "
            f"recall {share([there for _, there in values[medium]])}  words intact {share(intact[medium])}"
        )
    layered = [there for medium, each in values.items() if not medium.startswith(SCANS) for _, there in each]
    print(f"text-layer files together: recall {share(layered)}")
    for rate, name, lost in sorted(missed)[:worst]:
        if lost:
            print(f"  {rate:.3f} {name}: {[value[:70] for value in lost[:4]]}")


def share(hits: list[bool]) -> str:
    return f"{sum(hits) / len(hits):.4f} (n = {len(hits)})" if hits else "n = 0"


def show_speed(project: Project, documents: tuple[Document, ...], rounds: int) -> None:
    paths = [project.corpus / document.path for document in documents]
    layered = [
        path
        for document, path in zip(documents, paths, strict=True)
        if path.suffix in (".pdf", ".docx", ".txt") and not document.tags.get("media", "").startswith(SCANS)
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
