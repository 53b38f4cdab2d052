"""Recordings, derived from run stores: the store is the truth, and what it has paid for is found by every later run.

A process may die between an answer and its recording. So each command that asks or shows first derives what earlier
runs still owe; a run says in its store how far its answers are recorded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path

from harness.base.errors import HarnessError
from harness.base.project import Project
from harness.models.recordings import RecordingStore, record
from harness.models.types import Call, Recording
from harness.replay.damage import DamagedStoreError
from harness.replay.health import may_pass
from harness.replay.lock import being_written
from harness.replay.runs import run_folders
from harness.replay.store import RunStore
from harness.replay.types import Manifest


def derive(project: Project, recordings: RecordingStore, *, everything: bool = False) -> tuple[Path, ...]:
    """Record what the project's runs have paid for and not recorded yet (everything: whether or not they say that it
    was recorded, where recordings were lost); the packs written. A run that is being
    written, or cannot be read, is passed over. Raises what writing a pack raises."""
    written: list[Path] = []
    for folder in run_folders(project):
        if being_written(folder):
            continue
        try:
            with RunStore.open(folder) as store:
                owes = everything or store.owes_recordings()
        except HarnessError:
            continue  # damaged, or of a newer version: `cv-harness runs` shows it as such
        if owes:
            with contextlib.suppress(DamagedStoreError), RunStore.open(folder, write=True) as store:
                written += keep(store, recordings)
    return tuple(written)


def keep(store: RunStore, recordings: RecordingStore) -> tuple[Path, ...]:
    """Record what this run has paid for, as its manifest says; the packs written."""
    manifest = store.manifest()
    upto = store.newest_attempt()
    what = _of(manifest)
    origins = {arm.id: arm.origin for arm in manifest.arms}
    arms = filter(None, store.arms_with_calls() if what else ())  # an answer to no record is nobody's recording
    written = recordings.add(
        chain.from_iterable(
            recordings_of(store, origins.get(name) or manifest.settings.origin, [name])
            for name in arms
            if what != "references" or not name.startswith("candidate")
        ),
        local=what != "committed",
    )
    store.set_recorded(upto)
    return written


def recordings_of(store: RunStore, origin: str, arms: Collection[str]) -> Iterator[Recording]:
    """The calls that a run really sent for these arms, as recordings. A refused key is no answer that anybody else
    should meet."""
    for arm in arms:
        for stored in store.calls(arm):
            if not may_pass(stored.attempts[-1]):
                call = Call(stored.parts, stored.draw, stored.call_key, stored.wire, {})
                yield record(origin, call, stored.attempts)


def _of(manifest: Manifest) -> str:
    """What of a run is recorded; "" for nothing. Runs of older versions do not say: where their calls cost money, all
    of them."""
    said = manifest.settings
    if said.origin in ("", "declared"):
        return ""
    if said.probes and said.origin.startswith("simulator@"):
        return ""  # thousands of answers to changed CVs, which cost nothing to make again
    simulated = said.origin.startswith("simulator@") and not said.fresh
    return said.recorded or ("references" if simulated else "every arm")
