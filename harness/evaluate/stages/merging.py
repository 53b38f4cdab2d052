"""The shards of a run, taken in again: as each ends, or by the next session where one was killed."""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from pathlib import Path

from harness.base.errors import UsageError
from harness.corpus.goldens import hashes_of
from harness.evaluate.setup.inputs import Inputs, scorer_of, scorer_with
from harness.evaluate.stages.listener import Listener
from harness.replay.lock import being_written
from harness.replay.shards import FOLDER, absorb, shards_of
from harness.replay.store import RunStore

_LET_GO_S = 60.0
"""Seconds within which a process that died must have let go of its shard."""


def absorb_shard(run: RunStore, folder: Path, inputs: Inputs) -> None:
    """Merge a shard with those of its scores that are today's."""
    with RunStore.open(folder) as shard:
        names = shard.manifest().documents.keys()
    theirs = scorer_with({name: sha256 for name, sha256 in hashes_of(inputs.goldens).items() if name in names})
    opened_when_free(folder).close()
    absorb(run, folder, {theirs: scorer_of(inputs.goldens)})


def opened_when_free(folder: Path) -> RunStore:
    """A shard's store, for writing. A process that died may hold it for a moment more. Raises UsageError after that."""
    end = time.monotonic() + _LET_GO_S
    while True:
        try:
            return RunStore.open(folder, write=True)
        except UsageError:
            if time.monotonic() > end or not being_written(folder):
                raise
            time.sleep(0.2)


def absorb_left(run: RunStore, inputs: Inputs, listener: Listener) -> None:
    """Merge what a session that was killed has left in shards, whichever engine goes on. Raises UsageError where a
    worker of it still runs."""
    left = list(shards_of(run.folder))
    if left:
        listener.stage(f"merging {len(left)} shards that an earlier session left")
    for folder in left:
        absorb_shard(run, folder, inputs)
    with suppress(FileNotFoundError):
        shutil.rmtree(run.folder / FOLDER)
