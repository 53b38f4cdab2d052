"""Goldens of very many documents, checked by a second process while this one reads the answers that name them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import Future, ProcessPoolExecutor

from harness.base.errors import HarnessError
from harness.base.helping import begin, told
from harness.base.project import Project
from harness.corpus.goldens import Goldens

_TOGETHER = 500
"""Documents that are handed over at a time."""


class GoldensAhead:
    """A context manager. The process begins once more documents were named than `Goldens` holds: fewer are checked
    before it could help. What is wrong with a golden is said by whoever takes it in."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._helps = (os.cpu_count() or 1) > 1
        self._many = 0
        self._named: list[str] = []
        self._asked: list[tuple[list[str], Future[list[str | None]]]] = []
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> GoldensAhead:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def name(self, document_id: str) -> None:
        """Have the golden of a document checked that was not named before."""
        self._many += 1
        if not self._helps or self._many <= Goldens.HELD:
            return
        self._named.append(document_id)
        if len(self._named) == _TOGETHER:
            if self._pool is None:
                spawn = multiprocessing.get_context("spawn")
                self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=begin)
            with _nothing_lost():
                self._asked.append((self._named, self._pool.submit(checked, self._project, self._named)))
            self._named = []

    def hashes(self) -> dict[str, str]:
        """SHA-256 of those goldens that were found to be reviewed and right, by document. What the process has not
        come to yet is checked here, from the other end."""
        found: dict[str, str | None] = {}
        while self._asked and self._asked[-1][1].cancel():
            names, _ = self._asked.pop()
            found.update(zip(names, checked(self._project, names), strict=True))
        with _nothing_lost():
            for names, future in self._asked:
                found.update(zip(names, future.result(), strict=True))
        return {name: sha256 for name, sha256 in found.items() if sha256 is not None}


def _nothing_lost() -> contextlib.AbstractContextManager[None]:
    return told("nothing was begun: start it again")


def checked(project: Project, names: Sequence[str]) -> list[str | None]:
    """SHA-256 of each document's golden; None where there is none, or it is not reviewed or not right."""
    goldens = Goldens(project)
    for name in names:
        try:
            goldens.take_in(name)
        except (HarnessError, OSError):
            continue  # whoever takes it in says so
    return [goldens.hashes.get(name) for name in names]
