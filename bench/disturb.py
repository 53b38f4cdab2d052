"""What a disturbance of an answer is, and what it expects of the scorer: written down with each kind."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Cv = dict[str, Any]
Kinds = frozenset[str]
Extra = tuple[str, str]
"""What only the answer has: field path and text."""

ERRORS = frozenset({"near", "wrong", "missing", "invented", "duplicate"})
LOST = frozenset({"missing"})
BAD = frozenset({"wrong"})
CLOSE = frozenset({"near"})
CLOSE_OR_BAD = frozenset({"near", "wrong"})
MADE_UP = frozenset({"invented"})
MOVED = frozenset({"wrong"})
AGAIN = frozenset({"duplicate"})
GONE_OR_CLOSE = frozenset({"missing", "near", "wrong"})


@dataclass(slots=True)
class Touched:
    """What a disturbance expects: golden paths and answer-only values with the kinds that are right for them;
    lost: golden entries that must be reported as lost; moved: golden paths that must be noted as misplaced."""

    golden: dict[str, Kinds] = field(default_factory=dict)
    answer: dict[Extra, Kinds] = field(default_factory=dict)
    optional: set[Extra] = field(default_factory=set)
    lost: set[str] = field(default_factory=set)
    moved: set[str] = field(default_factory=set)
    hallucinated: set[str] = field(default_factory=set)
    same_f1: bool = False
    claims: set[str] = field(default_factory=set)

    def entries(self) -> set[str]:
        """Golden entries that are disturbed: two harms to one entry are not combined, they may hide one another."""
        return self.claims | {path.split(".")[0] for path in self.golden if "[" in path.split(".")[0]}


Disturb = Callable[[Cv, Cv, random.Random], "Touched | None"]
"""(golden, answer to change in place, randomness) → what to expect; None where it does not apply to this CV."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to disturb an answer. stage: respell (first), harm, reorder (last): so that two can be combined."""

    name: str
    expects: str
    harmful: bool
    stage: int
    disturb: Disturb


KINDS: dict[str, Kind] = {}


def kind_of(name: str, expects: str, *, harmful: bool, stage: int) -> Callable[[Disturb], Disturb]:
    def register(disturb: Disturb) -> Disturb:
        KINDS[name] = Kind(name, expects, harmful, stage, disturb)
        return disturb

    return register


def respelling(name: str) -> Callable[[Disturb], Disturb]:
    return kind_of(name, "no error", harmful=False, stage=0)


def reordering(name: str) -> Callable[[Disturb], Disturb]:
    return kind_of(name, "no error", harmful=False, stage=2)


def harming(name: str, expects: str) -> Callable[[Disturb], Disturb]:
    return kind_of(name, expects, harmful=True, stage=1)


def map_texts(node: Any, change: Callable[[str], str], *, skip: Iterable[str] = ("id",)) -> Any:
    if isinstance(node, dict):
        return {key: child if key in skip else map_texts(child, change, skip=skip) for key, child in node.items()}
    if isinstance(node, list):
        return [map_texts(child, change, skip=skip) for child in node]
    return change(node) if isinstance(node, str) else node


def entries_of(cv: Cv) -> Iterator[tuple[str, int, dict[str, Any]]]:
    for section in ("work_experience", "education", "projects", "certifications", "languages", "training"):
        for index, entry in enumerate(cv[section]):
            yield section, index, entry


def find_entry(answer: Cv, section: str, golden_entry: Mapping[str, Any]) -> dict[str, Any] | None:
    return next((entry for entry in answer[section] if entry.get("id") == golden_entry["id"]), None)


def same_role(
    golden: Cv, answer: Cv, rng: random.Random, *, bullets: int = 0
) -> tuple[int, dict[str, Any], dict[str, Any]] | None:
    """A role of both sides whose answer still is what the golden says (but for its spelling)."""
    order = list(range(len(golden["work_experience"])))
    rng.shuffle(order)
    for index in order:
        role = golden["work_experience"][index]
        found = find_entry(answer, "work_experience", role)
        if (
            found
            and isinstance(found["description"], list)
            and len(found["description"]) == len(role["description"]) >= bullets
        ):
            return index, role, found
    return None


def leaf_paths(path: str, entry: Mapping[str, Any]) -> Iterator[str]:
    for name, value in entry.items():
        if name == "id" or not value:
            continue
        if isinstance(value, list):
            yield from (f"{path}.{name}[{index}]" for index in range(len(value)))
        else:
            yield f"{path}.{name}"


def leaf_values(section: str, entry: Mapping[str, Any]) -> Iterator[Extra]:
    for name, value in entry.items():
        if name in ("id", "type") or not value:
            continue
        if isinstance(value, list):
            yield from ((f"{section}[].{name}[]", one) for one in value)
        else:
            yield f"{section}[].{name}", value
