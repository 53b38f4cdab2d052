"""Users' corrections: one field of one CV, right or wrong, with the right value."""

from __future__ import annotations

import json
import uuid
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from harness.base.types import Json
from harness.service.problems import Problem
from harness.service.store import Store, TaskGoneError
from harness.service.tables import Feedback

_LONGEST = 20_000
"""Characters of a list's texts together: more than any field of a CV has."""
_MOST = 1_000
"""Corrections of one CV: more than a person makes, so that nobody fills the database with them."""

_Text = Annotated[str, Field(max_length=5000)]


class Correction(BaseModel):
    """One field. path: a JSON pointer into the sections (`/work_experience/0/company`). value: the right one, only
    with `wrong`; null or left out: the user does not say."""

    model_config = ConfigDict(extra="forbid")

    path: Annotated[
        str, Field(pattern=r"^(/[^/\x00-\x1f]{1,100}){1,5}$", max_length=300, examples=["/work_experience/0/company"])
    ]
    verdict: Literal["right", "wrong"]
    value: _Text | Annotated[list[_Text], Field(max_length=200)] | None = None


def at(cv: Json, path: str) -> Json:
    """What stands at a JSON pointer. Raises Problem where nothing does."""
    node: Any = cv
    for step in path.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(node, dict) and step in node:
            node = node[step]
        elif isinstance(node, list) and step.isascii() and step.isdigit() and int(step) < len(node):
            node = node[int(step)]
        else:
            raise Problem("invalid_request", "There is no field at this path in this CV.")
    return node


def check_correction(cv: Json, correction: Correction) -> None:
    """Raises Problem where the correction does not fit the CV it is about."""
    there = at(cv, correction.path)
    if isinstance(there, dict) or (isinstance(there, list) and any(isinstance(each, dict) for each in there)):
        raise Problem("invalid_request", "A correction is about one field, not about a whole section.")
    if correction.verdict == "right" and correction.value is not None:
        raise Problem("invalid_request", "A field that is right has no other value.")
    if correction.value is not None and isinstance(correction.value, list) != isinstance(there, list):
        raise Problem("invalid_request", "The value must be of the same kind as the field: a text, or a list of texts.")
    if isinstance(correction.value, list) and sum(map(len, correction.value)) > _LONGEST:
        raise Problem("invalid_request", f"The texts of the list have more than {_LONGEST:,} characters together.")


def keep_correction(store: Store, task_id: str, correction: Correction) -> str:
    """The id of the kept correction. Raises TaskGoneError, and Problem where the CV has more than a person corrects."""
    row = Feedback(
        id=uuid.uuid4().hex,
        task_id=task_id,
        path=correction.path,
        verdict=correction.verdict,
        # ASCII: half a surrogate pair and a zero byte are JSON, but no database text.
        value=None if correction.value is None else json.dumps(correction.value),
        created_at=store.clock.now(),
    )
    try:
        with store.session() as session:
            kept = select(func.count()).select_from(Feedback).where(Feedback.task_id == task_id)
            if (session.scalar(kept) or 0) >= _MOST:
                raise Problem("invalid_request", f"This CV has {_MOST:,} corrections already.")
            session.add(row)
    except IntegrityError:
        raise TaskGoneError(task_id) from None
    return row.id
