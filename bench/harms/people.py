"""The people whose answers are made: every document of theirs, with its golden."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias, cast

from harness.base.project import Project
from harness.corpus.goldens import load_golden
from harness.corpus.manifest import load_manifest

Cv: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """One document: an original, or a twin of it."""

    document: str
    person: str
    twin: bool
    tags: Mapping[str, str]
    cv: Cv


@lru_cache(maxsize=4)
def everybody(project: Project) -> tuple[Subject, ...]:
    """All documents of the corpus in manifest order, those of the gate split first."""
    documents = sorted(load_manifest(project, verify=False), key=lambda each: each.split != "gate")
    goldens = {each.id: load_golden(project.goldens / f"{each.id}.json") for each in documents}
    return tuple(
        Subject(each.id, each.persona, each.twin_of is not None, each.tags, cast(Cv, goldens[each.id].cv))
        for each in documents
    )


def choose(project: Project, people: int, seed: int) -> tuple[Subject, ...]:
    """The documents, twins too, of so many people. Up to as many as the gate split has (60) they are drawn from it by
    the seed; above, the whole split is there and the rest is drawn from the others. Raises ValueError above 100."""
    subjects = everybody(project)
    persons = list(dict.fromkeys(each.person for each in subjects))
    if not 1 <= people <= len(persons):
        raise ValueError(f"{people} people: the corpus has 1 to {len(persons)}")
    gate, others = persons[:60], persons[60:]
    rng = random.Random(f"people/{seed}")
    chosen = set(rng.sample(gate, people)) if people < len(gate) else {*gate, *rng.sample(others, people - len(gate))}
    return tuple(each for each in subjects if each.person in chosen)
