"""The packs of recordings as files: what is in each, which is damaged, which local one is not needed any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import InvalidFileError
from harness.base.project import Project
from harness.models.packs import SUFFIX, Pack, read_pack


@dataclass(frozen=True, slots=True)
class StoredPack:
    """committed: shared by version control, else of this machine alone. problem: why it cannot be read, "" where it
    can; then days are the first and the last on which its answers were made."""

    path: Path
    committed: bool
    size: int
    origin: str = ""
    recordings: int = 0
    answered: int = 0
    days: tuple[str, str] = ("", "")
    problem: str = ""


def stored_packs(project: Project) -> Iterator[StoredPack]:
    """Every pack of the project, committed ones first; each recording in it is read."""
    for root, committed in ((project.recordings, True), (project.local_recordings, False)):
        for path in sorted(root.glob(f"*/*{SUFFIX}")) if root.is_dir() else ():
            size = path.stat().st_size
            try:
                pack = read_pack(path)
                days = sorted(pack.recording(entry).recorded.isoformat() for entry in pack.entries)
            except InvalidFileError as error:
                yield StoredPack(path, committed, size, problem=str(error))
                continue
            answered = sum(entry.answered for entry in pack.entries)
            span = (days[0], days[-1]) if days else ("", "")
            yield StoredPack(path, committed, size, pack.origin, len(pack.entries), answered, span)


def needless(project: Project) -> Iterator[Path]:
    """Local packs of which every recording is committed, too, as well answered. Raises InvalidFileError for a damaged
    one: nothing is removed beside it."""
    committed: dict[tuple[str, str, int], bool] = {}
    for pack in _packs(project.recordings):
        for entry in pack.entries:
            at = (pack.origin, entry.key, entry.draw)
            committed[at] = entry.answered or committed.get(at, False)
    for pack in _packs(project.local_recordings):
        found = [(committed.get((pack.origin, entry.key, entry.draw)), entry.answered) for entry in pack.entries]
        if all(there is not None and there >= answered for there, answered in found):
            yield pack.path


def _packs(root: Path) -> Iterator[Pack]:
    for path in sorted(root.glob(f"*/*{SUFFIX}")) if root.is_dir() else ():
        yield read_pack(path)
