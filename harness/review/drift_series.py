"""The looks of one drift series, one line each in `reports/baseline/SLOT/drift.jsonl`: append-only, and without a value
of any CV. A series is of one acceptance and one scorer; a new one of either begins a new series in the same file."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from harness.base import given
from harness.base.canonical import digest
from harness.base.errors import InvalidFileError
from harness.base.files import as_in_git, write_whole
from harness.base.project import Project
from harness.gates.drift import MEASURES
from harness.review.acceptance import Accepted, slot

if TYPE_CHECKING:
    from pydantic import TypeAdapter

VERSION = 1
_HINT = "restore it from version control, or delete that line"


@dataclass(frozen=True, slots=True)
class Drawn:
    """One answer in figures. quality: strict F1, None without a golden; length: characters of the answer as JSON, None
    where it was none; likeness: share of values in common with the first recorded draw, None where either has none."""

    quality: float | None
    length: float | None
    likeness: float | None

    def of(self, measure: str) -> float | None:
        return {"quality": self.quality, "length": self.length, "likeness": self.likeness}[measure]


@dataclass(frozen=True, slots=True)
class OfCv:
    """What a look has of one CV. golden: digest of what it was scored against. recorded: the draws of the acceptance
    (likeness counts from the second); now: the fresh ones."""

    golden: str
    recorded: tuple[Drawn, ...]
    now: tuple[Drawn, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One look. at: UTC, ISO 8601. draws: the first fresh one, and how many. snapshots: model names of the recorded
    answers and of the fresh ones. failed: fresh draws without an answer from the provider, which count for nothing.
    ranks: by measure, of fresh answers among the earlier ones of their CV."""

    version: int
    series: str
    at: str
    run_id: str
    origin: str
    model: str
    draws: tuple[int, int]
    snapshots: tuple[tuple[str, ...], tuple[str, ...]]
    failed: int
    cvs: Mapping[str, OfCv]
    ranks: Mapping[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class Series:
    """The looks of the series in force, oldest first, and what they are about. before: looks of series that ended."""

    accepted: Accepted
    looks: tuple[Look, ...]
    before: int
    path: str


def series_of(accepted: Accepted, scorer: str) -> str:
    """The id of the series of an acceptance: figures of another scorer do not compare."""
    return digest([accepted.sha256, scorer])[:16]


def path_of(project: Project, origin: str) -> Path:
    return project.baseline / slot(origin) / "drift.jsonl"


def read_looks(project: Project, origin: str) -> tuple[Look, ...]:
    """Every look at an origin, of all its series, oldest first; of one that stands there twice (as merged) the one with
    fewer CVs, since others were forgotten. Raises InvalidFileError at a line that is none."""
    path = path_of(project, origin)
    if not path.is_file():
        return ()
    looks = [_look(path, number, line) for number, line in enumerate(given.text(path).splitlines(), 1) if line]
    once = {look.run_id: look for look in sorted(looks, key=lambda look: -len(look.cvs))}
    return tuple(sorted(once.values(), key=lambda look: (look.at, look.run_id)))


def append(project: Project, look: Look) -> Path:
    """Keep a look, after all that are there."""
    path = path_of(project, look.origin)
    there = given.text(path) if path.is_file() else ""
    with as_in_git(path):
        write_whole(path, there + _line(look))
    return path


def _line(look: Look) -> str:
    return json.dumps(asdict(look), allow_nan=False, separators=(",", ":"), sort_keys=True) + "\n"


def forget_cvs(project: Project, ids: Collection[str]) -> None:
    """Drop what the looks have of these documents; ranks stay, which are nobody's."""
    for path in project.baseline.glob("*/drift.jsonl"):
        looks = [_look(path, number, line) for number, line in enumerate(given.text(path).splitlines(), 1) if line]
        kept = [replace(look, cvs={name: of for name, of in look.cvs.items() if name not in ids}) for look in looks]
        if kept != looks:
            write_whole(path, "".join(map(_line, kept)))


def earlier(looks: Sequence[Look], document_id: str, golden: str, measure: str) -> list[float] | None:
    """What a fresh answer of a CV is ranked among: the recorded draws as the first look had them, then every fresh one
    since. None where the golden is another by now, so that the figures do not compare. [] before the first look."""
    found: list[float] = []
    for look in looks:
        of_cv = look.cvs.get(document_id)
        if of_cv is None:
            continue
        if measure == "quality" and of_cv.golden != golden:
            return None
        drawn = of_cv.now if found else (*of_cv.recorded, *of_cv.now)
        found += [value for each in drawn if (value := each.of(measure)) is not None]
    return found


def _look(path: Path, number: int, line: str) -> Look:
    from pydantic import ValidationError

    try:
        look = _checker().validate_json(line)
    except (ValidationError, RecursionError) as error:
        said = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "nested too deeply"
        raise InvalidFileError(path, f"line {number}", f"no look at drift: {said}", hint=_HINT) from None
    if look.version != VERSION:
        raise InvalidFileError(
            path, f"line {number}", f"version {look.version}, this harness reads {VERSION}", hint="update cv-harness"
        )
    if wrong := set(look.ranks) - set(MEASURES):
        raise InvalidFileError(path, f"line {number}", f"ranks of {sorted(wrong)[0]!r}, no measure", hint=_HINT)
    if any(not 0 <= each <= 1 for ranks in look.ranks.values() for each in ranks):
        raise InvalidFileError(path, f"line {number}", "a rank outside of 0 to 1", hint=_HINT)
    return look


@cache
def _checker() -> TypeAdapter[Look]:
    from pydantic import TypeAdapter

    return TypeAdapter(Look)
