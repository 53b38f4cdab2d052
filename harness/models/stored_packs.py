"""The packs of recordings as files: what is in each, which is damaged, which local one is not needed any more; and
what version control does with them: two branches' packs joined, older packed ones as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.base.errors import InvalidFileError
from harness.base.files import write_whole
from harness.base.project import Project
from harness.models.packs import PACKED, SUFFIX, Pack, answered, pack_as, pack_paths, read_pack
from harness.models.recordings import version_of
from harness.models.types import Recording

ATTRIBUTES = """\
# Recorded answers, joined by `cv-harness recordings merge-driver` (--install once in each clone), never by lines;
# their bytes are checked, so no line ends are changed. Lists that only grow keep the lines of both sides.
fixtures/recordings/** -text merge=cv-harness diff=cv-harness linguist-generated
reports/baseline/**/*.jsonl merge=union
"""
"""What a project's .gitattributes says of its packs."""


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
        for path in pack_paths(root):
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


def joined(path: Path, base: Path, ours: Path, theirs: Path) -> tuple[bytes, int]:
    """The pack at `path` with the recordings of both sides of a merge, and how many stood on both with different
    content: there ours stay, unless only theirs was answered. What either side has removed since `base` (a person was
    forgotten) stays removed. Raises InvalidFileError where a side is no sound pack or of another origin."""
    was = _recordings(base)[1] if base.is_file() and base.stat().st_size else {}
    (origin, mine), (their_origin, others) = _recordings(ours), _recordings(theirs)
    if their_origin != origin:
        raise InvalidFileError(theirs, "line 1", f"recorded from {their_origin}, not from {origin}")
    gone = {at for at in was if at not in mine or at not in others}
    kept, differ = dict(mine), 0
    for at, recording in others.items():
        if at in kept and kept[at] != recording:
            differ += 1
            if answered(kept[at]) or not answered(recording):
                continue
        kept[at] = recording
    return pack_as(path, origin, [recording for at, recording in kept.items() if at not in gone]), differ


def as_text(project: Project) -> Iterator[tuple[Path, tuple[Path, ...]]]:
    """Each committed pack that is packed by gzip, with the text ones that stand in its place when this returns it. What
    is in both is in the text first: a crash between loses nothing."""
    for path in pack_paths(project.recordings):
        if path.name.endswith(PACKED):
            pack = read_pack(path)
            groups: dict[str, list[Recording]] = {}
            for entry in pack.entries:
                recording = pack.recording(entry)
                groups.setdefault(version_of(recording), []).append(recording)
            written = []
            for version, recordings in groups.items():
                target = path.with_name(f"{version}-{path.name.removesuffix(PACKED)}{SUFFIX}")
                write_whole(target, pack_as(target, pack.origin, recordings))
                written.append(target)
            path.unlink()
            yield path, tuple(written)


def shown(path: Path) -> Iterator[str]:
    """A pack for a person, one line an answer: draw, outcome, model, tokens out, and the answer itself."""
    pack = read_pack(path)
    yield f"{pack.origin}: {len(pack.entries)} recordings"
    for entry in pack.entries:
        recording = pack.recording(entry)
        last = recording.attempts[-1]
        tokens = f"{last.usage.output_tokens} tokens" if last.usage is not None else "tokens unknown"
        said = " ".join((last.text or last.detail or last.error).split())
        tries = f" (attempt {len(recording.attempts)})" if len(recording.attempts) > 1 else ""
        yield f"{entry.key[:12]} draw {entry.draw} {last.outcome}{tries} {recording.snapshot} {tokens}: {said}"


def _recordings(path: Path) -> tuple[str, dict[tuple[str, int], Recording]]:
    pack = read_pack(path)
    return pack.origin, {(entry.key, entry.draw): pack.recording(entry) for entry in pack.entries}


def _packs(root: Path) -> Iterator[Pack]:
    for path in pack_paths(root):
        yield read_pack(path)
