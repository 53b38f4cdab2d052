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
    shown = subprocess.run(
        ["git", "-C", str(project.root), "show", f"{revision}:./{where}"], capture_output=True, text=True, check=False
    )
    if shown.returncode != 0:
        raise UsageError(
            f"the baseline of {revision} cannot be read: {shown.stderr.strip().splitlines()[-1:] or 'git failed'}",
            hint="fetch that revision first (in a workflow: fetch-depth: 0)",
        )
    theirs = json.loads(shown.stdout).get("wire")
    ours = load_accepted(project, origin)
    if ours is None or ours[0].wire != theirs:
        raise UsageError(
            f"the baseline here is not the one of {revision}: "
            f"{ours[0].wire[:12] if ours else 'none'} instead of {str(theirs)[:12]}",
            hint=f"merge {revision}, and accept after the merge",
        )
