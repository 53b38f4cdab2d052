"""`cv-harness watch`: every save of a bundle is replayed, with all that can be kept warm between two saves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import HarnessError
from harness.base.project import Project
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.setup.provider import Provider, open_provider
from harness.evaluate.stages.listener import Listener
from harness.models.recordings import RecordingStore
from harness.reports.watched import lines

POLL_S = 0.15
"""How often the bundle's files are looked at."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What one save came to: lines to show, and the seconds from seeing it to knowing. page: the report; error: why
    there is none."""

    lines: tuple[str, ...]
    seconds: float
    page: Path | None = None
    error: HarnessError | None = None


def saves(
    project: Project,
    plan: Plan,
    folder: Path,
    listener: Listener,
    *,
    wait: Callable[[float], None] = time.sleep,
) -> Iterator[Saved]:
    """What each save of the bundle in `folder` came to, the first at once; a save that cannot be replayed is one too.

    The simulator, the readers and everything imported stay for the next one.
    """
    with open_provider(project, plan, RecordingStore.of(project)) as provider:
        seen: object = None
        while True:
            now = _stamp(folder)
            if now == seen:
                wait(POLL_S)
                continue
            seen = now
            yield _replayed(project, plan, provider, listener)


def _replayed(project: Project, plan: Plan, provider: Provider, listener: Listener) -> Saved:
    start = time.perf_counter()
    try:
        evaluation = evaluate(project, plan, listener=listener, provider=provider)
    except HarnessError as error:
        return Saved((), time.perf_counter() - start, error=error)
    page = evaluation.pages[evaluation.verdict.candidate]
    summary = json.loads((page.parent / "summary.json").read_text(encoding="utf-8"))
    told = tuple(lines(evaluation.verdict, summary))
    return Saved(told, time.perf_counter() - start, page)


def _stamp(folder: Path) -> object:
    """Changes when a file of the bundle is saved. An editor may put a new file in a saved one's place."""
    found = []
    for path in sorted(folder.iterdir()):
        try:
            status = path.stat()
        except FileNotFoundError:
            continue  # it went between the two looks; the next one tells
        found.append((path.name, status.st_mtime_ns, status.st_size, status.st_ino))
    return found
