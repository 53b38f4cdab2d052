"""Text from a CV file: the one public face of the readers.

`extract_inline` reads in this process; `Extractor` reads in killable child processes (short plain texts in this one,
see `readers.here`) behind a cache and is what runs use. Both always answer with a typed outcome: never a bare empty
text, never an exception for a bad file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Literal

from harness.base.canonical import sha256
from harness.base.project import cache_dir
from harness.base.types import JsonObject
from harness.corpus.readers.base import Limits, UnreadableError
from harness.corpus.readers.cache import TextCache, variant
from harness.corpus.readers.file import READER_VERSION, VERSIONS, Reader, failed, load
from harness.corpus.readers.kinds import MEDIA_TYPES
from harness.corpus.readers.ocr import has_ocr
from harness.corpus.readers.pool import Pool
from harness.corpus.types import Extraction

__all__ = [
    "READER_VERSION", "Extractor", "Limits", "Reader", "describe", "extract_inline", "remedy", "text_cache",
]  # fmt: skip

OLD_WORD = frozenset({MEDIA_TYPES["doc"], MEDIA_TYPES["rtf"]})
_MOST_CHILDREN = 8
_KEPT = frozenset({"ok", "ok_with_warnings", "no_text_layer", "garbled"})
"""Outcomes worth a cache entry. The others are found quickly, or may have to do with the machine's state."""


def extract_inline(path: Path, limits: Limits | None = None, *, reader: Reader = "common") -> Extraction:
    """The text of the file at `path`, read in this process: quick to start, but a bomb takes the process with it."""
    from harness.corpus.readers.read import extract_bytes

    limits = limits or Limits()
    try:
        return extract_bytes(load(path, limits), limits, reader=reader)
    except UnreadableError as error:
        return failed(error.outcome, error.reason, VERSIONS[reader])


class Extractor:
    """Reads files in warm child processes, remembers their texts, survives every file.

    A context manager; children start with the first file that is not in the cache. `cache=None` reads always.
    Safe to use from several threads. `workers` defaults to the number of CPUs, at most 8.
    beside: a PDF's two readings at the same time: each file is read sooner, and many files a little later.
    """

    def __init__(
        self,
        *,
        reader: Reader = "common",
        limits: Limits | None = None,
        workers: int | None = None,
        cache: TextCache | Literal["default"] | None = "default",
        beside: bool = False,
    ) -> None:
        self._reader: Reader = reader
        self._limits = limits or Limits()
        self._workers = workers or min(os.cpu_count() or 1, _MOST_CHILDREN)
        self._pool = Pool(self._workers, beside=beside)
        self._cache = text_cache() if cache == "default" else cache
        self._variant = variant(VERSIONS[reader], self._limits) if self._cache is not None else ""

    def __enter__(self) -> Extractor:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm_up(self, *files: bytes) -> None:
        """Start every child now and let it read these files, so that no later one waits for what reading imports."""
        self._pool.warm_up(files, self._limits, self._reader)

    def close(self) -> None:
        """End the children, also those at work."""
        self._pool.close()

    def extract(self, path: Path) -> Extraction:
        """The text of one file, with its outcome. Blocks for at most the time limit and a child's start.

        Raises HarnessError where another thread closes the extractor meanwhile.
        """
        try:
            data = load(path, self._limits)
        except UnreadableError as error:
            return failed(error.outcome, error.reason, VERSIONS[self._reader])
        return self.extract_data(data)

    def extract_data(self, data: bytes) -> Extraction:
        """As `extract`, of a file's bytes; at most `file_bytes` of them."""
        if len(data) > self._limits.file_bytes:
            reason = f"the file has {len(data):,} bytes (limit {self._limits.file_bytes:,})"
            return failed("too_large", reason, VERSIONS[self._reader])
        file_sha256 = sha256(data)
        if self._cache is not None:
            known = self._cache.get(file_sha256, self._variant)
            if known is not None:
                return known
        extraction = self._here(data) or self._pool.extract(data, self._limits, self._reader)
        if self._cache is not None and extraction.outcome in _KEPT:
            self._cache.put(file_sha256, self._variant, extraction)
        return extraction

    def _here(self, data: bytes) -> Extraction | None:
        """The text of what needs no child; None for what does."""
        from harness.corpus.readers.here import read_here

        return read_here(data, self._limits) if self._reader == "common" else None

    def extract_many(self, paths: Iterable[Path]) -> Iterator[Extraction]:
        """The texts of many files in the order given, as they become ready."""
        threads = ThreadPoolExecutor(max_workers=self._workers, thread_name_prefix="read")
        try:
            yield from threads.map(self.extract, paths)
        except GeneratorExit:
            raise
        except BaseException:
            self.close()  # so that the threads need not wait for files at work
            raise
        finally:
            threads.shutdown(cancel_futures=True)

    @property
    def cache_problem(self) -> str:
        """Why texts are not cached, as a line for a person; "" while they are."""
        return self._cache.problem if self._cache is not None else ""


def remedy(unread: Iterable[tuple[str, str]]) -> str:
    """What this machine lacks to read files of these outcomes and media types, with the command; "" for nothing."""
    found = {(outcome, media_type) for outcome, media_type in unread}
    lacking = []
    if any(outcome == "no_text_layer" for outcome, _ in found) and not has_ocr():
        lacking.append("scans are read after: make ocr (or with tesseract installed)")
    if any(outcome == "unsupported" and media_type in OLD_WORD for outcome, media_type in found):
        lacking.append(".doc and .rtf files are read with catdoc installed: apt install catdoc")
    return "; ".join(lacking)


def text_cache() -> TextCache:
    """The cache of this user."""
    return TextCache(cache_dir() / "text")


def describe(extraction: Extraction) -> JsonObject:
    """An extraction as the JSON that `cv-harness text --json` shows."""
    return {
        "outcome": extraction.outcome,
        "reader": extraction.reader,
        "pages": extraction.pages,
        "characters": len(extraction.text),
        "text_sha256": extraction.text_sha256,
        "warnings": list(extraction.warnings),
        "text": extraction.text,
    }
