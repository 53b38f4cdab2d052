"""Accepted assistants: which bundle is the baseline, since when, on what evidence, by whom and why.

One folder per kind of origin under `reports/baseline/`, so that a simulated acceptance can never stand in for a
real one: `accepted.json` (the record), `bundle/` (what was accepted), `anchor.json` + `anchor/` (the first of the
series), `history.jsonl` (one line per acceptance, append-only).
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.assistants.bundle import load_bundle, save_bundle
from harness.assistants.types import AssistantBundle
from harness.base import given
from harness.base.canonical import digest, pretty
from harness.base.environment import in_ci
from harness.base.errors import InvalidFileError, UsageError
from harness.base.files import as_in_git, write_whole
from harness.base.project import Project
from harness.base.types import Json

if TYPE_CHECKING:
    from pydantic import TypeAdapter

SCHEMA_VERSION = 1
_ADDED = frozenset({"first_draw", "debts", "elsewhere", "snapshots"})
"""Keys that older records of this version lack."""

_LATER = frozenset({"debts", "elsewhere", "snapshots"})
_RESTORE = "restore it from version control; accepted assistants change only through `cv-harness accept`"


@dataclass(frozen=True, slots=True)
class Accepted:
    """One acceptance. `origin` is where the recorded answers come from; `draws` how many there are of each, counted
    from `first_draw`. legacy_recorded: the day on which legacy's answers of the run were made, or the first and the
    last (`2026-11-22/2026-11-25`); "" where it had none.

    verdict_sha256: digest of the verdict.json it stands on. override: the verdict was not SHIP and a person
    accepted all the same. accepted: when, UTC, ISO 8601. commit: what the run was made at, with "+changes" where
    tracked files differed from it; "" outside version control. debts: by gate, documents in which the accepted
    assistant has lost something since the first of the series, within what each edit was allowed. elsewhere: of legacy
    and the anchor, first draw and number of those on which they are recorded, where they are others than the
    assistant's. snapshots: the models that answered, as they name themselves; () where an older record does not say.
    """

    schema_version: int
    name: str
    version: str
    wire: str
    model: str
    origin: str
    run_id: str
    verdict: str
    verdict_sha256: str
    override: bool
    by: str
    reason: str
    accepted: str
    commit: str
    look: int
    draws: int
    legacy_wire: str
    legacy_recorded: str
    contract: str
    scorer: str
    noise_floor: Mapping[str, Json] = field(default_factory=dict)
    summary: Mapping[str, Json] = field(default_factory=dict)
    first_draw: int = 0
    debts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    elsewhere: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    snapshots: tuple[str, ...] = ()

    @property
    def sha256(self) -> str:
        """What a service or a later run can be checked against; of a record without debts, and what else came later,
        as before there were any."""
        return digest({name: value for name, value in asdict(self).items() if name not in _LATER or value})


def slot(origin: str) -> str:
    """The folder of an origin: "simulator" for every simulator version and seed, "openai", or a safe name."""
    if origin.startswith("simulator@"):
        return "simulator"
    return re.sub(r"[^a-z0-9.-]+", "-", origin.casefold()).strip("-.") or "other"


def load_accepted(project: Project, origin: str, which: str = "accepted") -> tuple[Accepted, AssistantBundle] | None:
    """The accepted assistant (or, with which="anchor", the first of the series; with "before", the last one on another
    model) for an origin; None if none yet.

    Raises InvalidFileError where the record is broken or its bundle is not the one it names.
    """
    folder = project.baseline / slot(origin)
    path = folder / f"{which}.json"
    if not path.is_file():
        return None
    accepted = _read(path)
    bundle_dir = folder / ("bundle" if which == "accepted" else which)
    if _aside(bundle_dir).is_dir() and not _names(accepted, bundle_dir):
        bundle_dir = _aside(bundle_dir)  # a replacement was cut off: what was accepted stands
    bundle = load_bundle(bundle_dir)
    for name, wanted, there in (
        ("wire", accepted.wire, bundle.wire),
        ("version", accepted.version, bundle.version),
    ):
        if wanted != there:
            raise InvalidFileError(
                path, name, f"names {wanted[:12]}, but {bundle_dir.name}/ hashes to {there[:12]}", hint=_RESTORE
            )
    return accepted, bundle


def _read(path: Path) -> Accepted:
    try:
        text = given.text(path)
    except OSError as error:
        raise InvalidFileError(path, "", f"unreadable: {error}", hint=_RESTORE) from error
    return _record(path, "", text)


def _record(path: Path, line: str, text: str) -> Accepted:
    """The record in `text`, checked: keys, types, version. `line` is its place in `path`, "" for the whole file."""
    from pydantic import ValidationError

    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(path, line, f"no valid JSON: {error}", hint=_RESTORE) from error
    if not isinstance(data, dict):
        raise InvalidFileError(path, line, "expected an object", hint=_RESTORE)
    where = f"{line} " if line else ""
    if data.get("schema_version") != SCHEMA_VERSION:
        said = f"{data.get('schema_version')!r}, this harness reads {SCHEMA_VERSION}"
        raise InvalidFileError(path, f"{where}schema_version", said, hint="update cv-harness, or restore the file")
    known = {spec.name for spec in fields(Accepted)}
    if odd := sorted((set(data) ^ known) - _ADDED):
        problem = "unknown key" if odd[0] in data else "missing key"
        raise InvalidFileError(path, where + odd[0], problem, hint=_RESTORE)
    try:
        return _checker().validate_json(text, strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = where + ".".join(map(str, first["loc"]))
        raise InvalidFileError(path, place, first["msg"], hint=_RESTORE) from error


@cache
def _checker() -> TypeAdapter[Accepted]:
    from pydantic import TypeAdapter

    return TypeAdapter(Accepted)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A run whose candidate somebody wants to accept.

    splits: those that the run replayed; none for a folder of CVs or declared answers. unmade: records of the run that
    it ended without. compared: wire of the accepted assistant when the run began, None where there was none.
    """

    verdict: str
    origin: str
    splits: tuple[str, ...]
    partial: bool
    complete: bool
    unmade: int
    compared: str | None


def refuse(run: Proposal, existing: Accepted | None, *, override: bool, environment: Mapping[str, str]) -> None:
    """Raise UsageError where a run must not become the baseline in place of `existing`; the message says what would do.

    override: of the verdict, and of what the candidate was compared with; of nothing else.
    """
    if in_ci(environment):
        raise UsageError(
            "an assistant is accepted by a person, never in CI", hint="run `cv-harness accept` on your own machine"
        )
    if not run.complete:
        raise UsageError("this run did not finish", hint="finish it with `cv-harness run --resume`")
    if "gate" not in run.splits:
        raise UsageError(
            "this run did not replay the gate split, which later runs compare on",
            hint="accept a plain `cv-harness run`",
        )
    if run.partial:
        raise UsageError("this run replayed only part of its split", hint="run the whole split, then accept that run")
    if run.unmade:
        raise UsageError(
            f"this run ended early: {run.unmade} of its records were not made, and later runs would miss them",
            hint="run the whole split once, without --sequential, then accept that run",
        )
    if existing and existing.origin != run.origin and not (_simulated(existing.origin) and _simulated(run.origin)):
        raise UsageError(
            f"a run on {run.origin} cannot replace a baseline made on {existing.origin}",
            hint="each origin has its own baseline",
        )
    if existing and run.compared != existing.wire and not override:
        raise UsageError(
            f"the baseline was replaced after this run began: it was compared with "
            f"{run.compared[:12] if run.compared else 'none'}, and {existing.wire[:12]} is accepted by now",
            hint="run it again beside today's baseline, then accept that run",
        )
    if run.verdict != "SHIP" and not override:
        raise UsageError(
            f"the verdict is {run.verdict}, not SHIP",
            hint="mend the candidate, or accept with --override: it stays on record with your name and reason",
        )


def _simulated(origin: str) -> bool:
    return slot(origin) == "simulator"


def write_accepted(
    project: Project, accepted: Accepted, bundle: AssistantBundle, left: tuple[Accepted, AssistantBundle] | None = None
) -> Path:
    """Make `accepted` the baseline of its origin; the first of a series becomes the anchor too. left: what it takes
    the place of, where that was on another model: it stays as a dated reference.

    Each part is written beside and renamed into place, the record last. What a crash between the parts leaves is
    what was accepted before, in its old place or aside.
    """
    folder = project.baseline / slot(accepted.origin)
    with as_in_git(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "anchor.json").is_file():
            _place(folder, "anchor", "anchor", accepted, bundle)
        if left is not None:
            _place(folder, "before", "before", *left)
        _place(folder, "accepted", "bundle", accepted, bundle)
        with (folder / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(json.dumps(asdict(accepted), ensure_ascii=False, allow_nan=False) + "\n")
    return folder / "accepted.json"


def set_anchor(project: Project, origin: str) -> Accepted:
    """Start a new series: the accepted assistant becomes the anchor. Raises UsageError where there is none."""
    found = load_accepted(project, origin)
    if found is None:
        raise UsageError(f"nothing is accepted for {slot(origin)} yet", hint="`cv-harness accept` first")
    with as_in_git(project.baseline):
        _place(project.baseline / slot(origin), "anchor", "anchor", *found)
    return found[0]


def _place(folder: Path, name: str, bundle_name: str, accepted: Accepted, bundle: AssistantBundle) -> None:
    home, fresh = folder / bundle_name, folder / f".{bundle_name}.new"
    aside, record = _aside(home), folder / f"{name}.json"
    shutil.rmtree(fresh, ignore_errors=True)
    if aside.is_dir():  # an earlier replacement was cut off
        if not record.is_file() or _names(_read(record), home):
            shutil.rmtree(aside)
        else:
            shutil.rmtree(home, ignore_errors=True)
            os.replace(aside, home)
    save_bundle(bundle, fresh)
    if home.is_dir():
        os.replace(home, aside)
    os.replace(fresh, home)
    write_whole(record, pretty(asdict(accepted)))
    shutil.rmtree(aside, ignore_errors=True)


def _aside(bundle_dir: Path) -> Path:
    """Where a bundle is while another one takes its place, until its record has changed too."""
    return bundle_dir.with_name(f".{bundle_dir.name}.old")


def _names(accepted: Accepted, bundle_dir: Path) -> bool:
    """Whether the record names this bundle."""
    try:
        bundle = load_bundle(bundle_dir)
    except InvalidFileError:
        return False
    return (accepted.wire, accepted.version) == (bundle.wire, bundle.version)


def history(project: Project, origin: str) -> tuple[Mapping[str, Any], ...]:
    """All acceptances of an origin, oldest first. Raises InvalidFileError at a broken line."""
    path = project.baseline / slot(origin) / "history.jsonl"
    if not path.is_file():
        return ()
    lines = path.read_text(encoding="utf-8").splitlines()
    return tuple(asdict(_record(path, f"line {number}", line)) for number, line in enumerate(lines, 1))


def all_accepted(project: Project) -> dict[str, Accepted]:
    """The accepted record of every kind of origin, by its folder."""
    if not project.baseline.is_dir():
        return {}
    return {path.parent.name: _read(path) for path in sorted(project.baseline.glob("*/accepted.json"))}


def accepted_bundle(project: Project, origin: str) -> AssistantBundle:
    """The accepted bundle for an origin (or its folder's name). Raises UsageError where nothing is accepted yet."""
    found = load_accepted(project, origin)
    if found is None:
        raise UsageError(
            f"nothing is accepted for {slot(origin)} yet", hint="`cv-harness run`, look at it, then `cv-harness accept`"
        )
    return found[1]
