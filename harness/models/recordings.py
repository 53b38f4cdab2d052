"""Stored responses by origin, call key and draw: committed packs, and what this machine has recorded.

Append-only: a recorded draw is never replaced, and a recording of one origin never stands in for another's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from harness.base.canonical import digest, sha256
from harness.base.errors import InvalidFileError, UsageError
from harness.base.files import as_in_git, private_folder, write_whole
from harness.models.calls import MESSAGE
from harness.models.packs import PACKED, SUFFIX, Entry, Pack, answered, pack_as, pack_of_lines, pack_paths, read_pack
from harness.models.spool import Spool, Waiting, shares
from harness.models.types import Attempt, Call, Recording

if TYPE_CHECKING:
    from harness.base.project import Project

_Located: TypeAlias = tuple[Pack, Entry]

FURTHER = 500
"""Draws from here on are not a run's own: two further ones of rare harm for each first draw that a run may have."""
BLAME = 2 * FURTHER
"""Draws from here on are those of blame (first draws over 249 would reach them with their further ones)."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a call has no recording. nearest: key of the recording that comes closest, None where there is none.
    differs: which parts are not the same as there ("instructions", "input", "draw" …), or "origin"."""

    nearest: str | None
    differs: tuple[str, ...]
    message: str


@dataclass(slots=True)
class _Index:
    """What is recorded of one origin. located: by key and draw, the one to answer with; committed: whether the
    model answered, of those that are in committed packs."""

    packs: dict[Path, Pack]
    located: dict[tuple[str, int], _Located]
    committed: dict[tuple[str, int], bool]
    draws: dict[str, list[int]]
    parts: _Parts | None = None


@dataclass(frozen=True, slots=True)
class _Parts:
    """Recordings by their input, and one of each combination of all else: enough to find the nearest."""

    by_input: Mapping[str, list[tuple[str, Mapping[str, str]]]]
    representatives: list[tuple[str, Mapping[str, str]]]


def origin_slug(origin: str) -> str:
    """A folder name for an origin; different origins never share one."""
    slug = re.sub(r"[^A-Za-z0-9.+@_-]+", "-", origin).strip("-.")
    return slug if slug == origin and len(slug) <= 80 else f"{slug[:60]}-{sha256(origin)[:8]}"


def record(origin: str, call: Call, attempts: tuple[Attempt, ...]) -> Recording:
    """The recording of a call that is over: of its attempts, in order."""
    last = attempts[-1]
    return Recording(
        origin=origin,
        key=call.key,
        parts=call.parts,
        draw=call.draw,
        attempts=attempts,
        recorded=last.started.date(),
        snapshot=last.snapshot,
    )


class RecordingStore:
    """Recordings in folders: `committed` packs, and `local` ones that are not shared. Either may not exist."""

    def __init__(self, committed: Path, local: Path | None = None) -> None:
        self._committed = committed
        self._local = local
        self._indexes: dict[str, _Index] = {}
        self._unread: dict[str, list[Path]] = defaultdict(list)
        """Packs written here that nobody has asked for since."""

    @classmethod
    def of(cls, project: Project) -> RecordingStore:
        return cls(project.recordings, project.local_recordings)

    def lookup(self, origin: str, key: str, draw: int, *, failed: bool = True) -> Recording | None:
        """The recording of a call at a draw, its attempts with source "recorded"; None where there is none.

        Of several, one in which the model answered, and of those the one in the first pack by folder and name.
        failed: take one that finally failed, too.
        """
        found = self._index(origin).located.get((key, draw))
        if found is None or not (failed or found[1].answered):
            return None
        return found[0].recording(found[1])

    def check(self, origin: str) -> None:
        """Read every pack of the origin now. Raises InvalidFileError naming the first that is no sound pack."""
        self._index(origin)

    def draws(self, origin: str, key: str) -> tuple[int, ...]:
        """Which draws of a call are recorded, in order."""
        return tuple(sorted(self._index(origin).draws.get(key, ())))

    def next_draw(self, origin: str) -> int:
        """The first draw that no recording of the origin has reached: 0 where nothing is recorded."""
        return 1 + max((draw for _, draw in self._index(origin).located if draw < FURTHER), default=-1)

    def draws_with(self, origin: str, parts: Mapping[str, str]) -> Mapping[int, int]:
        """How many calls with these parts (digests by name) are recorded at each of a run's own draws: in committed
        packs, and only where those have none, on this machine. So everybody is told the same."""
        index = self._index(origin)
        known = self._indexed_parts(origin)
        keys = {key for same in known.by_input.values() for key, theirs in same if parts.items() <= theirs.items()}
        there = [at for at in index.located if at[0] in keys and at[1] < FURTHER]
        return Counter(draw for _, draw in [at for at in there if at in index.committed] or there)

    def count(self, origin: str) -> int:
        """How many recordings of the origin there are."""
        return len(self._index(origin).located)

    def origins(self) -> tuple[str, ...]:
        """Every origin that something is recorded of."""
        folders = {path.parent: path for root in self._roots() for path in pack_paths(root)}
        return tuple(sorted({read_pack(path).origin for path in folders.values()}))

    def missing(self, origin: str, call: Call) -> Missing:
        """The nearest recording of a call that has none, and what differs there."""
        index = self._index(origin)
        draws = self.draws(origin, call.key)
        if draws:
            shown = ", ".join(map(str, draws))
            return Missing(call.key, ("draw",), f"draw {call.draw} is not recorded, only {shown}")
        if not index.located:
            try:
                others = [other for other in self.origins() if self._index(other).draws.get(call.key)]
            except InvalidFileError:  # of no use to this origin, be it sound or not
                others = []
            if others:
                return Missing(call.key, ("origin",), f"recorded from {others[0]}, not from {origin}")
            return Missing(None, ("origin",), f"nothing is recorded from {origin}")
        parts = index.parts = index.parts or _parts(index)
        wanted = call.parts
        candidates = parts.by_input.get(wanted.get("input", ""), []) + parts.representatives
        nearest, theirs = min(candidates, key=lambda item: (len(_differing(wanted, item[1])), item[0]))
        differs = _differing(wanted, theirs)
        named = " and ".join(differs)
        return Missing(nearest, differs, f"the nearest recording {nearest[:12]} has other {named}")

    def add(self, recordings: Iterable[Recording], *, name: str = "", local: bool = False) -> tuple[Path, ...]:
        """Write what is not recorded yet into new packs, one for each origin and, where they are committed, for each
        prompt of each assistant; the paths written.

        What is recorded locally only is written again where committed packs are asked for. A call that finally
        failed is added unless that draw is there already, an answered one unless it is there answered.
        name: of the file, without suffix; by default a digest of the prompt (model, instructions, parameters and
        format: what a change of the assistant changes), the day, and a digest of the content.
        Raises UsageError where a pack of that name is there with other content: packs are append-only.
        """
        fresh: dict[str, dict[tuple[str, int], Waiting]] = defaultdict(dict)
        with Spool(partial(self._folder, local)) as spool:
            for recording in recordings:
                at = (recording.key, recording.draw)
                new = answered(recording)
                there = self._answered(recording.origin, at, local)
                earlier = fresh[recording.origin].get(at)
                if (there is None or (new and not there)) and (earlier is None or (new and not earlier.answered)):
                    fresh[recording.origin][at] = spool.put(recording, "" if local or name else version_of(recording))
            return tuple(
                self._write(origin, share, spool, name, local)
                for origin, chosen in fresh.items()
                for alike in _by_version(chosen.values())
                for share in shares(alike)
            )

    def promote(self, origin: str, calls: Iterable[tuple[str, int]], *, name: str = "") -> tuple[Path, ...]:
        """Commit the local recordings of these calls (key and draw); those committed already are left alone."""
        found = (self.lookup(origin, key, draw) for key, draw in calls)
        return self.add((recording for recording in found if recording is not None), name=name)

    def keys_of_input(self, text: str) -> frozenset[str]:
        """Keys of all recorded calls, of any origin, whose input was `text`."""
        return self.keys_of_digest(sha256(text.encode("utf-8", "replace")))

    def keys_of_digest(self, digest: str) -> frozenset[str]:
        """The same, where of the input no more than its SHA-256 is known."""
        return frozenset(
            key for origin in self.origins() for key, _ in self._indexed_parts(origin).by_input.get(digest, [])
        )

    def remove(self, keys: Iterable[str]) -> int:
        """Delete every recording of these calls, of any origin, everywhere; how many there were.

        For forgetting a person: the one operation that rewrites packs. An emptied pack is deleted.
        """
        gone = frozenset(keys)
        removed = 0
        for path in self._paths():
            pack = read_pack(path)
            kept = [entry for entry in pack.entries if entry.key not in gone]
            if len(kept) == len(pack.entries):
                continue
            removed += len(pack.entries) - len(kept)
            if kept:
                data = pack_as(path, pack.origin, [pack.recording(entry) for entry in kept])
                write_whole(path, data, private=not path.is_relative_to(self._committed))
            else:
                path.unlink()
        self._indexes.clear()
        self._unread.clear()
        return removed

    def _roots(self) -> tuple[Path, ...]:
        return (self._committed,) if self._local is None else (self._committed, self._local)

    def _paths(self, origin: str | None = None) -> list[Path]:
        found = [path for root in self._roots() for path in pack_paths(root)]
        return found if origin is None else [path for path in found if path.parent.name == origin_slug(origin)]

    def _index(self, origin: str) -> _Index:
        if origin not in self._indexes:
            index = _Index({}, {}, {}, defaultdict(list))
            for path in self._paths(origin):
                self._include(index, _pack_of(origin, path))
            self._indexes[origin] = index
        for path in self._unread.pop(origin, ()):
            self._include(self._indexes[origin], _pack_of(origin, path))
        return self._indexes[origin]

    def _include(self, index: _Index, pack: Pack) -> None:
        if pack.path in index.packs:
            return
        index.packs[pack.path] = pack
        index.parts = None
        committed = pack.path.is_relative_to(self._committed)
        for entry in pack.entries:
            at = (entry.key, entry.draw)
            there = index.located.get(at)
            if there is None:
                index.draws[entry.key].append(entry.draw)
            if there is None or (entry.answered and not there[1].answered):
                index.located[at] = (pack, entry)
            if committed:
                index.committed[at] = entry.answered or index.committed.get(at, False)

    def _answered(self, origin: str, at: tuple[str, int], local: bool) -> bool | None:
        """Whether the model answered in the recording that is there; None where none is."""
        index = self._index(origin)
        if not local:
            return index.committed.get(at)
        there = index.located.get(at)
        return None if there is None else there[1].answered

    def _indexed_parts(self, origin: str) -> _Parts:
        index = self._index(origin)
        index.parts = index.parts or _parts(index)
        return index.parts

    def _write(self, origin: str, share: list[Waiting], spool: Spool, name: str, local: bool) -> Path:
        suffix = PACKED if local else SUFFIX
        share = sorted(share, key=lambda each: (each.key, each.draw))
        data = pack_of_lines(origin, len(share), lambda: spool.lines(share), packed=local)
        if not name:
            day = max(each.recorded for each in share).isoformat()
            name = f"{day}-{sha256(data)[:12]}" if local else f"{share[0].version}-{day}-{sha256(data)[:12]}"
        path = self._folder(local) / origin_slug(origin) / f"{name}{suffix}"
        if path.exists() and path.read_bytes() != data:
            raise UsageError(
                f"{path} is there already with other recordings", hint="packs are append-only; choose another name"
            )
        with nullcontext() if local else as_in_git(path):
            write_whole(path, data, private=local)
        self._unread[origin].append(path)
        return path

    def _folder(self, local: bool) -> Path:
        """Where packs are written, made where it is not there yet."""
        if local:
            if self._local is None:
                raise UsageError("there is no local folder for recordings")
            return private_folder(self._local)
        with as_in_git(self._committed):
            self._committed.mkdir(parents=True, exist_ok=True)
        return self._committed


def recorded_attempts(recording: Recording) -> tuple[Attempt, ...]:
    """The recording's attempts as a run uses them: source "recorded", no time in our own queue."""
    return tuple(replace(attempt, source="recorded", queue_ms=0.0) for attempt in recording.attempts)


def version_of(recording: Recording) -> str:
    """A short digest of all that a call sends but for the document: the prompt of one version of an arm."""
    parts = {name: value for name, value in recording.parts.items() if name not in _OF_THE_DOCUMENT}
    return digest(parts)[:12]


def _by_version(waiting: Iterable[Waiting]) -> list[list[Waiting]]:
    found: dict[str, list[Waiting]] = defaultdict(list)
    for each in waiting:
        found[each.version].append(each)
    return list(found.values())


def _pack_of(origin: str, path: Path) -> Pack:
    pack = read_pack(path)
    if pack.origin != origin:
        raise InvalidFileError(
            path, "line 1", f"recorded from {pack.origin}, but it lies among those of {origin}", hint="move it back"
        )
    return pack


def _parts(index: _Index) -> _Parts:
    by_input: dict[str, list[tuple[str, Mapping[str, str]]]] = defaultdict(list)
    combinations: dict[tuple[tuple[str, str], ...], tuple[str, Mapping[str, str]]] = {}
    seen: set[str] = set()
    for (key, _), (pack, entry) in index.located.items():
        if key in seen:
            continue
        seen.add(key)
        parts = pack.recording(entry).parts
        by_input[parts.get("input", "")].append((key, parts))
        rest = tuple(sorted((name, value) for name, value in parts.items() if name not in _OF_THE_DOCUMENT))
        combinations.setdefault(rest, (key, parts))
    return _Parts(by_input, list(combinations.values()))


_OF_THE_DOCUMENT = frozenset({"input", "role", MESSAGE})


def _differing(ours: Mapping[str, str], theirs: Mapping[str, str]) -> tuple[str, ...]:
    """Names of the parts that differ; a whole message only where nothing in it was named as differing."""
    names = [name for name in sorted({*ours, *theirs}) if ours.get(name) != theirs.get(name)]
    named = [name for name in names if name != MESSAGE]
    return tuple(named or names)
