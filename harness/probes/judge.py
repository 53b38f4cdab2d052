"""One probe's answer beside the arm's own answer to the unchanged CV, changed as it must be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.base.types import Failure, Json
from harness.corpus.types import Golden, Provenance
from harness.probes.types import Probe, Relation
from harness.scoring.comparators import compare
from harness.scoring.layout import COMPARATORS
from harness.scoring.reading import read_cv
from harness.scoring.score import score
from harness.scoring.types import Counts, FieldOutcome
from harness.values.normalise import normalise

WRONG = ("near", "wrong", "missing", "invented", "duplicate")


@dataclass(frozen=True, slots=True)
class Judged:
    """What came of one probe with one arm and draw.

    f1: strict, of the answer beside what it must be. counts: by field path. differences: outcomes that are not right.
    lost: roles and studies that are gone; hallucinated: values that the changed text does not have; contract: the
    answer is valid; named: whether it has the name that it must have, None where it need not have one. planted: by
    field path, (values put in, of these found there).
    failed: there is no answer; then nothing of it is right.
    """

    document: str
    persona: str
    arm: str
    draw: int
    relation: str
    family: str
    variant: str
    f1: float
    counts: Mapping[str, Counts]
    differences: tuple[FieldOutcome, ...]
    lost: int
    hallucinated: int
    contract: bool
    named: bool | None
    planted: Mapping[str, tuple[int, int]]
    failed: bool

    @property
    def holds(self) -> bool:
        """The answer is just what it must be, in the form that the contract asks for."""
        return not self.failed and self.contract and not self.differences


@dataclass(frozen=True, slots=True)
class Asked:
    """Which probe of whom was asked of whom."""

    document: str
    persona: str
    arm: str
    draw: int
    relation: Relation
    probe: Probe


def judge(asked: Asked, first: Json | Failure, answer: Json | Failure) -> Judged | None:
    """first: the arm's own answer to the unchanged CV; answer: to the changed one. None where nothing can be said: the
    first answer is none, or has not what was changed."""
    if isinstance(first, Failure) or not isinstance(first, dict):
        return None
    probe = asked.probe
    expected = probe.change.of(first)
    if expected is None:
        return None
    golden = Golden(asked.document, expected.cv, _MADE, expected.accept)
    made = score(answer, golden, probe.text)
    name = "personal_info.name"
    named = None
    if name in made.counts and made.counts[name].golden:
        named = made.counts[name].correct > 0
    return Judged(
        asked.document,
        asked.persona,
        asked.arm,
        asked.draw,
        asked.relation.name,
        asked.relation.family,
        probe.variant,
        made.f1 or 0.0,
        made.counts,
        tuple(one for one in made.outcomes if one.kind in WRONG),
        len(made.lost_entries),
        len(made.hallucinations),
        made.contract.valid,
        named,
        _planted(probe, answer),
        made.failed,
    )


_MADE = Provenance("answer:probe", "")


def _planted(probe: Probe, answer: Json | Failure) -> dict[str, tuple[int, int]]:
    """Of the values that were put in, how many the answer has in their field. The CV says them, whatever the arm first
    read: this is accuracy itself, on the few values whose truth is known."""
    given: dict[str, list[str]] = {}
    read = read_cv({} if isinstance(answer, Failure) else answer)
    for name, value in read.personal.scalars.items():
        given.setdefault(f"personal_info.{name}", []).append(value.text)
    for section, found in read.sections.items():
        for entry in found:
            for name, one in entry.scalars.items():
                given.setdefault(f"{section}[].{name}", []).append(one.text)
            for name, values in entry.lists.items():
                given.setdefault(f"{section}[].{name}[]", []).extend(one.text for one in values)
    given["skills[]"] = [one.text for one in read.skills]
    counted: dict[str, tuple[int, int]] = {}
    for field, put_in in probe.planted:
        put, found_there = counted.get(field, (0, 0))
        there = any(_same(field, put_in, one) for one in given.get(field, ()))
        counted[field] = (put + 1, found_there + there)
    return counted


def _same(field: str, put_in: str, value: str) -> bool:
    """As the scorer sees it: a date in another form is the same date."""
    comparator = COMPARATORS.get(field)
    if comparator is None:
        return normalise(put_in) == normalise(value)
    return compare(comparator, put_in, value).kind == "correct"
