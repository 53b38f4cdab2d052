"""The runs of a project: list them, and find one."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import HarnessError, UsageError
from harness.base.project import Project
from harness.replay.damage import DamagedStoreError
from harness.replay.lock import being_written
from harness.replay.manifest import RUN_ID
from harness.replay.shards import shards_of
from harness.replay.store import FILE, RunStore
from harness.replay.types import Manifest

_ASIDE = frozenset({"blame", "aa"})
"""What the selection says of runs that explain another one, or prepare it."""
_LONGEST_PATH = 1_000
"""What is longer is no path, and systems say so in their own words."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """A run on the disk. manifest: None where it cannot be read, then `problem` says why.

    records: how many there are, of `expected`; what was asked again is in neither, and no more is
    expected of an arm that goes as far as it is recorded. live: a process is writing it now.
    replayed: documents with a record; fewer than the manifest's where a run ended early. damaged: no version of the
    harness can read it.
    """

    run_id: str
    folder: Path
    manifest: Manifest | None
    records: int
    expected: int
    live: bool
    problem: str = ""
    replayed: frozenset[str] = frozenset()
    damaged: bool = False

    @property
    def status(self) -> str:
        """complete, running, interrupted (also where its process died without saying so), or unreadable."""
        if self.manifest is None:
            return "unreadable"
        if self.live:
            return "running"
        return "interrupted" if self.manifest.status == "running" else self.manifest.status

    def readable(self) -> Manifest:
        """The manifest. Raises UsageError where it cannot be read."""
        if self.manifest is None:
            raise UsageError(f"run {self.run_id} cannot be read: {self.problem}")
        return self.manifest


def verdict_folder(folder: Path, candidate: str) -> Path:
    """Where a candidate's verdict and pages are: the first one's in the run's folder, others' in one of their own."""
    return folder if candidate == "candidate" else folder / candidate.replace(":", "-")


def runs(project: Project) -> tuple[RunInfo, ...]:
    """All runs, newest first."""
    return tuple(map(run_info, run_folders(project)))


def run_folders(project: Project) -> list[Path]:
    """Where runs are, newest first."""
    if not project.runs.is_dir():
        return []
    folders = [
        folder
        for folder in project.runs.iterdir()
        if (not folder.name.startswith(".") and (folder / FILE).is_file() and not folder.is_symlink())
        or is_named_like_a_run(folder)
    ]
    return sorted(folders, key=lambda folder: folder.name, reverse=True)


def run_info(folder: Path, *, whole: bool = False) -> RunInfo:
    """What is known of the run in `folder`, read-only. whole: all of it is read (70 ms for 10 MB), so that a run of
    which anything is broken is unreadable."""
    live = being_written(folder)
    try:
        with RunStore.open(folder) as store:
            manifest = store.manifest()
            arms = {arm.id for arm in manifest.arms}
            done = [key for key in store.done() if key.arm in arms]
            for content in (store.extractions(), store.records(), store.calls(), store.logs()) if whole else ():
                deque(content, maxlen=0)
    except HarnessError as error:
        damaged = isinstance(error, DamagedStoreError) or not (folder / FILE).is_file()
        return RunInfo(folder.name, folder, None, 0, 0, live, error.message, damaged=damaged)
    made = Counter(key.arm for key in done)
    expected = sum(
        made[arm.id] if arm.policy == "as_recorded" else len(manifest.documents) * len(arm.draws)
        for arm in manifest.arms
    )
    replayed = frozenset(key.document_id for key in done)
    return RunInfo(folder.name, folder, manifest, len(done), expected, live, replayed=replayed)


def latest(project: Project) -> RunInfo | None:
    """The newest run that can be read, all of it; None where there is none. Runs that were made to explain another one,
    or to prepare it, are passed over."""
    return next((run for run in _newest_first(project) if run.manifest is not None), None)


def passed_over(project: Project) -> tuple[RunInfo, ...]:
    """Broken runs that are newer than the one that `latest` gives."""
    return tuple(itertools.takewhile(lambda run: run.manifest is None, _newest_first(project)))


def _newest_first(project: Project) -> Iterator[RunInfo]:
    for folder in run_folders(project):
        run = run_info(folder, whole=True)
        if run.manifest is None or not _ASIDE & run.manifest.selection.keys():
            yield run


def discard_unbegun(folder: Path) -> bool:
    """Remove a run for which nothing was sent or written, because it was refused at once; whether it was removed."""
    with RunStore.open(folder) as store:
        begun = bool(store.done() or store.unknown_calls()) or next(store.calls(), None) is not None
    begun = begun or any(shards_of(folder))
    if not begun:
        shutil.rmtree(folder)
    return not begun


def find_run(project: Project, name: str | None = None) -> RunInfo:
    """The run of that id, or whose id alone begins with `name`, or a run's folder; without a name the newest.

    Raises UsageError where there is none, or more than one.
    """
    if name is None:
        newest = latest(project)
        if newest is None:
            raise UsageError(f"no runs in {project.runs}", hint="make one with `cv-harness run`")
        return newest
    folder = Path(name)
    if len(name) < _LONGEST_PATH and (folder / FILE).is_file():
        return run_info(folder, whole=True)
    matching = [folder for folder in run_folders(project) if folder.name.startswith(name)]
    exact = [folder for folder in matching if folder.name == name]
    if len(exact or matching) == 1:
        return run_info((exact or matching)[0], whole=True)
    if not matching:
        raise UsageError(f"no run {name[:80]!r} in {project.runs}", hint="`cv-harness runs` lists them")
    raise UsageError(
        f"{name!r} could be {', '.join(folder.name for folder in matching[:5])}", hint="give more of the id"
    )


def is_named_like_a_run(folder: Path) -> bool:
    """Whether `folder` is a run's by its name, and no link to somewhere else."""
    return bool(RUN_ID.fullmatch(folder.name)) and folder.is_dir() and not folder.is_symlink()
