"""All relations, and the probes that they make of one CV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.probes.content import CONTENT
from harness.probes.form import FORM
from harness.probes.places import Places
from harness.probes.twins import TWINS
from harness.probes.types import CONTROL, Cv, Probe, Relation

RELATIONS: Mapping[str, Relation] = {relation.name: relation for relation in (*FORM, *CONTENT, *TWINS)}
"""By name, in the order in which they are shown."""

FAMILIES = ("form", "content", "twin")


@dataclass(frozen=True, slots=True)
class Made:
    """The probes of one CV, by relation; left_out: relations that could not be applied to it for certain."""

    probes: tuple[tuple[Relation, Probe], ...]
    left_out: tuple[str, ...]


def chosen(names: Sequence[str]) -> tuple[Relation, ...]:
    """The relations of these names (families are names too; none means all), the control always among them. Raises
    UsageError for an unknown one."""
    wanted = set(names) or {*FAMILIES}
    unknown = sorted(wanted - {*RELATIONS, *FAMILIES})
    if unknown:
        raise UsageError(
            f"--relation {unknown[0]}: no such relation", hint=f"{', '.join(FAMILIES)}, or of {', '.join(RELATIONS)}"
        )
    return tuple(one for one in RELATIONS.values() if one.name == CONTROL or {one.name, one.family} & wanted)


def most_probes(relations: Sequence[Relation]) -> int:
    """How many probes one CV has at most."""
    return sum(max(1, len(relation.variants)) for relation in relations)


def probes_of(text: str, guide: Cv, relations: Sequence[Relation], seed: int, golden: Cv | None = None) -> Made:
    """The probes of a CV. guide: an answer to it that says what stands where; golden: what is right, where that is
    known. The same text, guide, golden and seed give the same probes. A change that left the text as it was is no
    probe."""
    if not text.strip():
        return Made((), tuple(relation.name for relation in relations))  # of nothing, nothing can be said
    places = Places(text, guide, golden)
    found: list[tuple[Relation, Probe]] = []
    left_out = []
    for relation in relations:
        rng = Random(f"{seed}:{relation.name}:{sha256(text)}")
        made = [probe for probe in relation.make(places, rng) if probe.text != text]
        if made:
            found += [(relation, probe) for probe in made]
        else:
            left_out.append(relation.name)
    return Made(tuple(found), tuple(left_out))
