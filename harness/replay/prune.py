"""Removing old runs, and broken ones, without losing what was paid for."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from harness.base.project import Project
from harness.models.recordings import RecordingStore
from harness.replay.lock import being_written
from harness.replay.recorded import derive
from harness.replay.runs import is_named_like_a_run, run_info
from harness.replay.store import UNFINISHED


@dataclass(frozen=True, slots=True)
class Pruned:
    """removed, kept: ids of runs; kept are those that only a newer version can read, so that nobody knows what they
    still owe. recorded: packs with what removed runs had paid for and not recorded yet."""

    removed: tuple[str, ...]
    kept: tuple[str, ...]
    recorded: tuple[Path, ...]


def prune(project: Project, *, keep: int) -> Pruned:
    """Remove the oldest runs, so that `keep` stay, and those that are damaged. What is being written stays, and so
    does every folder that is not named like a run.

    What the runs have paid for and not recorded is recorded first: nothing is removed before that is on the disk.
    """
    if not project.runs.is_dir():
        return Pruned((), (), ())
    recorded = derive(project, RecordingStore.of(project))
    named = (folder for folder in project.runs.iterdir() if is_named_like_a_run(folder))
    removed, kept = [], []
    for place, folder in enumerate(sorted(named, key=lambda folder: folder.name, reverse=True)):
        if being_written(folder):
            continue
        info = run_info(folder, whole=True)
        if place >= keep and info.manifest is None and not info.damaged:
            kept.append(folder)
        elif place >= keep or info.damaged:
            removed.append(folder)
    for folder in (*removed, *project.runs.glob(f"{UNFINISHED}*")):
        shutil.rmtree(folder)
    return Pruned(tuple(folder.name for folder in removed), tuple(folder.name for folder in kept), recorded)
