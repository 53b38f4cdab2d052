"""Changing goldens: only here, only by a person, always with a reason that stays in the provenance."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeAlias

from harness.base.environment import in_ci
from harness.base.errors import UsageError
from harness.base.project import Project
from harness.base.types import Json
from harness.contract.check import check
from harness.corpus.goldens import golden_path, load_golden, value_at, write_golden
from harness.corpus.types import Golden, Provenance

Action: TypeAlias = Literal["accept", "alternative", "ambiguous", "keep"]
_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_LIST_ITEM = re.compile(r"(.*)\[(\d+)\]")


def change(golden: Golden, path: str, action: Action, value: Json, *, reason: str, by: str, at: datetime) -> Golden:
    """`golden` with one decision taken at `path`.

    accept: the answer's value becomes the golden's (None empties it, or takes a list's item out); alternative: it is
    also right; ambiguous: the path stays out of critical gates; keep: nothing but the note that a person looked.
    Raises UsageError without a reason or a name, for a path that leads nowhere, for an alternative that is nothing,
    or where the change would break the contract.
    """
    if not reason.strip() or not by.strip():
        raise UsageError("a golden changes only with a reason and a name", hint="give both")
    try:
        value_at(golden.cv, path)
    except KeyError:
        raise UsageError(f"{path} is no place in this golden") from None
    cv, accept, ambiguous = golden.cv, dict(golden.accept), golden.ambiguous
    match action:
        case "accept":
            cv = _with(cv, path, value)
            accept.pop(path, None)
            if removes(path, value):
                accept = {now: values for place, values in accept.items() if (now := moved(place, path)) is not None}
                ambiguous = frozenset(now for place in ambiguous if (now := moved(place, path)) is not None)
        case "alternative":
            if value is None:
                raise UsageError("no answer has a value here, so there is no alternative to add")
            if value not in accept.get(path, ()):
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


def removes(path: str, value: Json) -> bool:
    """Whether accepting `value` at `path` takes an item out of a list, so that later items move up."""
    return value is None and path.endswith("]")


def moved(path: str, removed: str) -> str | None:
    """Where `path` leads once the list item `removed` is gone; None where it was in that item."""
    item = _LIST_ITEM.fullmatch(removed)
    if item is None or path == removed or path.startswith(f"{removed}."):
        return None if item else path
    within = re.match(rf"{re.escape(item[1])}\[(\d+)\](.*)", path)
    if within is None or int(within[1]) < int(item[2]):
        return path
    return f"{item[1]}[{int(within[1]) - 1}]{within[2]}"


def _with(cv: Json, path: str, value: Json) -> Json:
    """A copy of `cv` with `value` at `path`, which is there; a list item set to None is taken out."""
    copied = copy.deepcopy(cv)
    steps: list[str | int] = [name if name else int(index) for name, index in _STEP.findall(path)]
    node = copied
    for step in steps[:-1]:
        node = node[step]
    if removes(path, value):
        del node[steps[-1]]
    else:
        node[steps[-1]] = "" if value is None else value
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
    broken = (*contract.violations, *contract.date_problems, *contract.id_problems)
    if broken:
        raise UsageError(
            f"the answer breaks the contract at {broken[0].pointer or '/'}: {broken[0].message}",
            hint="start from another arm, or from another run",
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


def refuse_in_ci(environment: Mapping[str, str]) -> None:
    """Raise UsageError in CI: a golden that a machine may change is no golden."""
    if in_ci(environment):
        raise UsageError("goldens are never changed in CI", hint="review them on your own machine and commit")


def reload(project: Project, document_id: str) -> Golden:
    """The golden as it is on disk now."""
    return load_golden(golden_path(project, document_id))
