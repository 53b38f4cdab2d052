"""Whether the baseline that a run compares with is the one that a branch has accepted."""

from __future__ import annotations

import json
import subprocess

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.review.acceptance import load_accepted, slot


def require_baseline(project: Project, revision: str, origin: str) -> None:
    """Raise UsageError unless the accepted wire hash here is the one at `revision` ("origin/main").

    Without this, a branch could accept its own candidate and then compare it with itself.
    """
    where = f"reports/baseline/{slot(origin)}/accepted.json"
    if revision.startswith("-"):
        raise UsageError(f"{revision} is no revision", hint="name a branch or commit, such as origin/main")
    try:
        shown = subprocess.run(
            ["git", "-C", str(project.root), "show", f"{revision}:./{where}"],
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}", hint="install git") from error
    if shown.returncode != 0:
        said = (shown.stderr.strip().splitlines() or ["git failed"])[-1]
        raise UsageError(
            f"the baseline of {revision} cannot be read: {said}",
            hint="fetch that revision first (in a workflow: fetch-depth: 0)",
        )
    theirs = _wire(shown.stdout)
    if not theirs:
        raise UsageError(f"{where} of {revision} names no wire hash", hint=f"mend it on {revision}")
    ours = load_accepted(project, origin)
    if ours is None or ours[0].wire != theirs:
        raise UsageError(
            f"the baseline here is not the one of {revision}: "
            f"{ours[0].wire[:12] if ours else 'none'} instead of {theirs[:12]}",
            hint=f"merge {revision}, and accept after the merge",
        )


def _wire(text: str) -> str:
    """The wire hash that an accepted.json names; "" where it names none."""
    try:
        record = json.loads(text)
    except ValueError:
        return ""
    wire = record.get("wire") if isinstance(record, dict) else None
    return wire if isinstance(wire, str) else ""
