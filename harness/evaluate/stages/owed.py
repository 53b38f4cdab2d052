"""What earlier runs have paid for and a crash kept from being recorded."""

from __future__ import annotations

from harness.base.project import Project
from harness.evaluate.stages.listener import Listener
from harness.models.recordings import RecordingStore
from harness.replay.recorded import derive


def record_owed(project: Project, recordings: RecordingStore, listener: Listener) -> None:
    """Record it, and say so: each command that asks or shows begins with it."""
    for path in derive(project, recordings):
        listener.note(f"recorded what an earlier run had paid for: {path}")
