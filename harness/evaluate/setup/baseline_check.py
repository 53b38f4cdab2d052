"""Whether the baseline that a run compares with is the one that a branch has accepted."""

from __future__ import annotations

import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from harness.assistants.bundle import load_bundle
from harness.base.errors import HarnessError, UsageError
from harness.base.project import Project
from harness.review.acceptance import load_accepted, slot

_FETCH_SECONDS = 60


def require_baseline(project: Project, revision: str, origin: str, assistants: Sequence[str] = ()) -> None:
    """Raise UsageError unless the accepted wire hash here is the one at `revision` ("origin/main").

    Without this, a branch could accept its own candidate and then compare it with itself. What a branch may accept is
    what `revision` holds already under one of the names `assistants`: that has been through its own gates. A branch
    of a remote that a shallow checkout lacks is fetched.
    """
    where = f"reports/baseline/{slot(origin)}/accepted.json"
    if revision.startswith("-"):
        raise UsageError(f"{revision} is no revision", hint="name a branch or commit, such as origin/main")
    if _git(project, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").returncode != 0:
        _fetch(project, revision)
    shown = _git(project, "show", f"{revision}:./{where}")
    theirs = _wire(shown.stdout)
    if shown.returncode == 0 and not theirs:
        raise UsageError(f"{where} of {revision} names no wire hash", hint=f"mend it on {revision}")
    found = load_accepted(project, origin)
    ours = found[0].wire if found else ""
    if ours and (ours == theirs or any(_wire_at(project, revision, name) == ours for name in assistants)):
        return
    if shown.returncode != 0:
        said = (shown.stderr.decode(errors="replace").strip().splitlines() or ["git failed"])[-1]
        raise UsageError(
            f"the baseline of {revision} cannot be read: {said}",
            hint="fetch that revision first (in a workflow: fetch-depth: 0)",
        )
    raise UsageError(
        f"the baseline here is not the one of {revision}: {ours[:12] or 'none'} instead of {theirs[:12]}",
        hint=f"merge {revision}; the candidate is accepted once {revision} holds it",
    )


def _git(project: Project, *arguments: str, seconds: float | None = None) -> subprocess.CompletedProcess[bytes]:
    """What git says in the project's folder. Raises UsageError where it cannot be run."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(
            ["git", "-C", str(project.root), *arguments],
            capture_output=True,
            check=False,
            timeout=seconds,
            env=environment,
        )
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}", hint="install git") from error
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"git {arguments[0]} took longer than {seconds:.0f} s", hint="fetch that revision first"
        ) from error


def _fetch(project: Project, revision: str) -> None:
    """Bring REMOTE/BRANCH into a shallow checkout; nothing where `revision` is no such name, or nothing is missing."""
    remote, _, branch = revision.partition("/")
    known = _git(project, "remote").stdout.decode(errors="replace").split()
    shallow = _git(project, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
    if branch and remote in known and shallow:
        to = f"+refs/heads/{branch}:refs/remotes/{remote}/{branch}"
        _git(project, "fetch", "--quiet", "--no-tags", "--depth=1", remote, to, seconds=_FETCH_SECONDS)


def _wire_at(project: Project, revision: str, name: str) -> str:
    """The wire hash of the project's bundle `name` as `revision` has it; "" where it has none that loads."""
    if name != Path(name).name:
        return ""
    folder = (project.assistants / name).relative_to(project.root).as_posix()
    archive = _git(project, "archive", "--format=tar", revision, f"./{folder}")
    if archive.returncode != 0:
        return ""
    with tempfile.TemporaryDirectory(prefix="cv-harness-") as there:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            for each in files:  # files alone, and those of git's tree lie below it
                held = files.extractfile(each) if each.isfile() else None
                if held is not None:
                    place = Path(there) / each.name
                    place.parent.mkdir(parents=True, exist_ok=True)
                    place.write_bytes(held.read())
        try:
            return load_bundle(Path(there) / folder).wire
        except HarnessError:
            return ""


def _wire(text: bytes) -> str:
    """The wire hash that an accepted.json names; "" where it names none."""
    try:
        record = json.loads(text)
    except ValueError:
        return ""
    wire = record.get("wire") if isinstance(record, dict) else None
    return wire if isinstance(wire, str) else ""
