"""Changing goldens: only here, only by a person, always with a reason that stays in the provenance."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeAlias

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Json
from harness.contract.check import check
from harness.corpus.goldens import golden_path, load_golden, write_golden
from harness.corpus.types import Golden, Provenance

Action: TypeAlias = Literal["accept", "alternative", "ambiguous", "keep"]
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def change(golden: Golden, path: str, action: Action, value: Json, *, reason: str, by: str, at: datetime) -> Golden:
    """`golden` with one decision taken at `path`.

    accept: the answer's value becomes the golden's (None empties it); alternative: it is also right; ambiguous:
    the path stays out of critical gates; keep: nothing but the note that a person looked.
    Raises UsageError without a reason or a name, or where the change would break the contract.
    """
    if not reason.strip() or not by.strip():
        raise UsageError("a golden changes only with a reason and a name", hint="give both")
    cv, accept, ambiguous = golden.cv, dict(golden.accept), golden.ambiguous
    match action:
        case "accept":
            cv = _with(cv, path, value)
            accept.pop(path, None)
        case "alternative":
            accept[path] = (*accept.get(path, ()), value)
        case "ambiguous":
            ambiguous = ambiguous | {path}
        case "keep":
            pass
    if not check(cv).valid:
        raise UsageError(f"with this value at {path} the golden would break the contract", hint="edit the file instead")
    line = {"at": at.isoformat(timespec="seconds"), "by": by, "path": path, "action": action, "reason": reason}
    provenance = replace(golden.provenance, history=(*golden.provenance.history, line))
    return replace(golden, cv=cv, accept=accept, ambiguous=ambiguous, provenance=provenance)


def _with(cv: Json, path: str, value: Json) -> Json:
    """A copy of `cv` with `value` at `path`; a list item set to None is taken out."""
    copied = copy.deepcopy(cv)
    steps: list[str | int] = [name if name else int(index) for name, index in _STEP.findall(path)]
    node = copied
    try:
        for step in steps[:-1]:
            node = node[step]
        if value is None and isinstance(steps[-1], int):
            del node[steps[-1]]
        else:
            node[steps[-1]] = "" if value is None else value
    except (KeyError, IndexError, TypeError):
        raise UsageError(f"{path} is no place in this golden") from None
    return copied


def start(project: Project, document_id: str, answer: Json, *, arm: str, at: datetime) -> Golden:
    """A golden for a new document, begun from an arm's answer: unreviewed, so that it does not gate yet.

    Raises UsageError where there is a golden already, or where the answer breaks the contract.
    """
    path = golden_path(project, document_id)
    if path.exists():
        raise UsageError(
            f"{document_id} has a golden already: {path}", hint="change it with `cv-harness golden review`"
        )
    contract = check(answer)
    if not contract.valid:
        broken = contract.violations[0]
        raise UsageError(
            f"the answer breaks the contract at {broken.pointer or '/'}: {broken.message}",
            hint="start from another arm or draw",
        )
    golden = Golden(document_id, answer, Provenance(f"answer:{arm}", at.date().isoformat()), reviewed=False)
    write_golden(project, golden)
    return golden


def finish(golden: Golden, *, by: str, at: datetime) -> Golden:
    """`golden` as reviewed by a person: from now on it gates."""
    line = {
        "at": at.isoformat(timespec="seconds"),
        "by": by,
        "path": "",
        "action": "reviewed",
        "reason": "walked through",
    }
    provenance = replace(golden.provenance, by=by, history=(*golden.provenance.history, line))
    return replace(golden, provenance=provenance, reviewed=True)


def refuse_in_ci(environment: dict[str, str]) -> None:
    """Raise UsageError in CI: a golden that a machine may change is no golden."""
    if environment.get("CI", "").casefold() in ("1", "true", "yes"):
        raise UsageError("goldens are never changed in CI", hint="review them on your own machine and commit")


def reload(project: Project, document_id: str) -> Golden:
    """The golden as it is on disk now."""
    return load_golden(golden_path(project, document_id))
