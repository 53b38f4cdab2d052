"""Whether an answer gives one value of a golden, wherever in its field it stands: the rest of both is left aside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from harness.base.types import Json
from harness.contract.schema import empty_cv
from harness.scoring.layout import ENTRIES
from harness.scoring.score import score

_SAME = "Same Entry"
"""Names the entry on both sides, so that a value is compared and no entry is looked for."""


def says(answer: Json, field: str, value: Json, text: str) -> bool:
    """Whether a leaf of `answer` at the field path is right for `value`, as the scorer judges it."""
    golden = _alone(field, value)
    return any(_right(_alone(field, given), golden, field, text) for given in _given(answer, field))


def _given(answer: Json, field: str) -> Iterator[Json]:
    """Every value of a field path in an answer; the items of an entry's list together, since bullets may be split."""
    section, _, leaf = field.partition(".")
    if not isinstance(answer, Mapping):
        return
    found = answer.get(section.removesuffix("[]"))
    if not leaf:
        yield from found if isinstance(found, list) else ()
    elif not section.endswith("[]"):
        if isinstance(found, Mapping):
            yield found.get(leaf)
    else:
        for entry in found if isinstance(found, list) else ():
            if isinstance(entry, Mapping):
                yield entry.get(leaf.removesuffix("[]"))


def _alone(field: str, value: Json) -> dict[str, Any]:
    """A contract object with this value and nothing else but the name of its entry."""
    cv: dict[str, Any] = dict(empty_cv())
    section, _, leaf = field.partition(".")
    name = section.removesuffix("[]")
    if not leaf:
        cv[name] = [value]
    elif not section.endswith("[]"):
        cv[name] = {**cv[name], leaf: value}
    else:
        many = leaf.endswith("[]") and not isinstance(value, list)
        entry = {leaf.removesuffix("[]"): [value] if many else value}
        main = next(entries.scalars[0].path for entries in ENTRIES if entries.name == name)
        named = re.split(r"\.", main)[-1]
        cv[name] = [{named: _SAME, **entry} if named not in entry else entry]
    return cv


def _right(answer: Json, golden: Json, field: str, text: str) -> bool:
    found = [o for o in score(answer, golden, text).outcomes if o.field == field and o.golden_path is not None]
    return bool(found) and all(outcome.kind == "correct" for outcome in found)
