"""The list of all CVs of a run that is too large for its page: one row a CV, written as the rows are made."""

from __future__ import annotations

import csv
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.reports.export import guarded
from harness.reports.summary_types import Document

FILE = "cvs.csv"
"""Beside the page."""
_OF_A_CV = ("document", "persona", "split", "class", "broken", "fixed", "both_wrong")
_OF_AN_ARM = ("f1", "draws", "failed", "valid", "hallucinations", "lost_entries", "latency_ms", "tokens", "failure")


class Listing:
    """UTF-8 with CRLF, cells that no spreadsheet runs. A context manager; the file takes its name at the end."""

    def __init__(self, path: Path, arms: tuple[str, ...]) -> None:
        self._path = path
        self._arms = arms
        self._beside = path.with_name(f".{path.name}.new")
        self._file = self._beside.open("w", encoding="utf-8", errors="replace", newline="")
        self._rows = csv.writer(self._file)
        self._rows.writerow([*_OF_A_CV, *(f"{arm} {figure}" for arm in arms for figure in _OF_AN_ARM)])

    def add(self, row: Document) -> None:
        """One more CV."""
        given = dict(row)
        arms = (dict(row["arms"].get(arm, {})) for arm in self._arms)
        cells = [*(given[name] for name in _OF_A_CV), *(of.get(figure) for of in arms for figure in _OF_AN_ARM)]
        self._rows.writerow([guarded(cell) for cell in cells])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if kind is None:
            self._beside.replace(self._path)
        else:
            self._beside.unlink()
