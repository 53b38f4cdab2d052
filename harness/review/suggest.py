"""Candidate edits of an assistant's instructions, and what each of them did.

An edit is suggested where the people of a split get better under it by more than the draws' own noise, all edits that
were tried counted; what was only tried is said, too.
"""

from __future__ import annotations

import difflib
import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.base.errors import UsageError
from harness.base.types import Json
from harness.gates.statistics import Interval, paired_mean
from harness.gates.types import Case

LONGEST = 600
"""Characters of a proposed sentence: more is no edit of a sentence."""
LEVEL = 0.05
"""Chance that any bound of all edits tried together misses, at most."""
MOVED = 0.005
"""F1 by which a person counts as better or worse."""
EXAMPLES = 3
How: TypeAlias = Literal["wrong", "missing", "invented", "duplicate"]
_HEADING = re.compile(r"#{1,6}[ \t]+(?P<title>.+?)[ \t]*\Z")


@dataclass(frozen=True, slots=True)
class Proposal:
    """One edit of the instructions. under: the heading of the section that an addition goes into, "" for the end;
    before: the sentence that is replaced or deleted; after: the new one. why: for whom, in words."""

    action: Literal["add", "replace", "delete"]
    after: str
    before: str = ""
    under: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """What a field loses: documents in which most draws have it wrong, by how; n: documents that were looked at.

    examples: (document, golden, answer), the values as JSON: hostile text, and personal data.
    """

    field: str
    documents: tuple[str, ...]
    how: How
    n: int
    examples: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What an edit does to people's F1: mean difference with bounds that hold for all edits tried together. better,
    worse: people whose F1 moved; fields: the differences of those that moved most."""

    f1: Interval
    better: int
    worse: int
    fields: Mapping[str, float]

    @property
    def shown(self) -> bool:
        return self.f1.lower > 0


def applied(instructions: str, proposal: Proposal) -> str:
    """The instructions with the edit. Raises UsageError where it does not fit: what it replaces is not there once."""
    new = " ".join(proposal.after.split())
    if len(new) > LONGEST or (not new and proposal.action != "delete"):
        raise UsageError(f"an edit of {len(new)} characters is none of a sentence")
    if proposal.action == "add":
        return _added(instructions, proposal.under, new)
    if not proposal.before.strip() or instructions.count(proposal.before) != 1:
        raise UsageError("what the edit replaces does not stand in the instructions exactly once")
    if proposal.action == "replace":
        return instructions.replace(proposal.before, new)
    head, tail = instructions.split(proposal.before)
    return head.rstrip(" \t") + (tail[1:] if tail.startswith("\n") else tail.lstrip(" \t"))


def _added(instructions: str, under: str, sentence: str) -> str:
    lines = instructions.splitlines()
    end = len(lines)
    if under:
        titles = [(place, match["title"]) for place, line in enumerate(lines) if (match := _HEADING.match(line))]
        place = next((place for place, title in titles if title.casefold() == under.casefold()), None)
        if place is None:
            raise UsageError(f"the instructions have no heading «{under}»")
        end = next((other for other, _ in titles if other > place), len(lines))
    while end > 0 and not lines[end - 1].strip():
        end -= 1
    return "\n".join([*lines[:end], sentence, *lines[end:]]) + "\n"


def heading_of(instructions: str, sentence: str) -> str:
    """The heading that a sentence stands under, "" for none."""
    before = instructions.partition(sentence)[0].splitlines()
    return next((match["title"] for line in reversed(before) if (match := _HEADING.match(line))), "")


def difference(before: str, after: str) -> tuple[str, ...]:
    """The lines that differ, with "- " and "+ " before them."""
    found = difflib.ndiff(before.strip().splitlines(), after.strip().splitlines())
    return tuple(line for line in found if line.startswith(("- ", "+ ")) and line[2:].strip())


def losses(cases: Sequence[Case], arm: str) -> tuple[Lost, ...]:
    """What the arm's answers lose in most draws of a document, by field, most documents first. Twins stay out."""
    draws: dict[str, int] = defaultdict(int)
    times: dict[tuple[str, How], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    shown: dict[tuple[str, How], dict[tuple[str, str, str], None]] = defaultdict(dict)
    for case in cases:
        if case.record.arm != arm or case.score is None or case.document.twin_of is not None:
            continue
        name = case.document.id
        draws[name] += 1
        lost: set[tuple[str, How]] = set()
        for each in case.score.outcomes:
            if each.kind == "wrong" or each.kind == "missing" or each.kind == "invented" or each.kind == "duplicate":
                lost.add((each.field, each.kind))
                shown[each.field, each.kind].setdefault((name, _json(each.golden), _json(each.answer)))
        for key in lost:
            times[key][name] += 1
    often = {
        key: tuple(name for name, count in names.items() if 2 * count > draws[name]) for key, names in times.items()
    }
    found = []
    for field in dict.fromkeys(field for field, _ in often):
        ways = {how: documents for (name, how), documents in often.items() if name == field and documents}
        if ways:
            how = max(ways, key=lambda each: len(ways[each]))
            documents = tuple(dict.fromkeys(name for names in ways.values() for name in names))
            examples = tuple(row for row in shown[field, how] if row[0] in ways[how])[:EXAMPLES]
            found.append(Lost(field, documents, how, len(draws), examples))
    return tuple(sorted(found, key=lambda lost: -len(lost.documents)))


def _json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def effect(
    mine: Mapping[str, float],
    theirs: Mapping[str, float],
    fields: Mapping[str, tuple[Mapping[str, float], Mapping[str, float]]],
    *,
    tried: int,
) -> Effect | None:
    """What an edit did: F1 by person with it and without, the same by field; None for fewer than two people."""
    import numpy as np

    people = sorted(set(mine) & set(theirs))
    if len(people) < 2:
        return None
    differences = np.array([mine[person] - theirs[person] for person in people])
    moved = {}
    for field, (with_it, without) in fields.items():
        both = sorted(set(with_it) & set(without))
        change = sum(with_it[person] - without[person] for person in both) / len(both) if both else 0.0
        if abs(change) > MOVED:
            moved[field] = change
    return Effect(
        paired_mean(differences, confidence=1 - LEVEL / max(tried, 1)).within(-1.0, 1.0),
        int((differences > MOVED).sum()),
        int((differences < -MOVED).sum()),
        dict(sorted(moved.items(), key=lambda item: -abs(item[1]))[:EXAMPLES]),
    )
