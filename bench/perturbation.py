"""The scorer's perturbation bench: invented goldens, disturbed in known ways, judged by outcomes.

A harmless disturbance may produce no near, wrong, missing, invented or duplicate value. A harmful one must produce
exactly the values it touched, each of an expected kind. Every kind says what it expects before anything is scored.
"""

from __future__ import annotations

import copy
import random
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import bench.corpus_exchanged
import bench.corpus_harmless
import bench.harmful_entries
import bench.harmful_values
import bench.harmless  # noqa: F401  (they register their kinds)
from bench.corpus_kinds import CORPUS_KINDS
from bench.corpus_people import people as people_of_corpus
from bench.disturb import ERRORS, KINDS, Cv, Extra, Kind, Touched, map_texts
from bench.invented import Invented, invent
from harness.scoring.score import score
from harness.scoring.types import Score


@dataclass(slots=True)
class Tally:
    """What was seen of one kind (or pair of kinds)."""

    cases: int = 0
    false_alarms: int = 0
    misses: int = 0
    mislabels: int = 0
    examples: list[str] = field(default_factory=list)
    f1: list[float] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.false_alarms or self.misses or self.mislabels)


@dataclass(frozen=True, slots=True)
class BenchReport:
    """All tallies by name, and the area under the curve of strict F1 between harmful and harmless."""

    tallies: dict[str, Tally]
    auc: float | None
    harmful: frozenset[str]

    @property
    def problems(self) -> dict[str, Tally]:
        return {name: tally for name, tally in self.tallies.items() if not tally.clean}


def disturbed(invented: Invented, kinds: Iterable[Kind], rng: random.Random) -> tuple[Cv, Touched] | None:
    """An answer disturbed by all of `kinds`, and what to expect of it; None where they do not apply together."""
    answer = copy.deepcopy(invented.cv)
    whole = Touched()
    for kind in sorted(kinds, key=lambda kind: kind.stage):
        touched = kind.disturb(invented.cv, answer, rng)
        if touched is None:
            return None
        if whole.golden.keys() & touched.golden.keys() or whole.answer.keys() & touched.answer.keys():
            return None
        if whole.entries() & touched.entries():
            return None
        whole.claims |= touched.claims
        whole.golden |= touched.golden
        whole.answer |= touched.answer
        whole.lost |= touched.lost
        whole.moved |= touched.moved
        whole.hallucinated |= touched.hallucinated
        whole.same_f1 = whole.same_f1 or touched.same_f1
    texts = _texts(answer)
    if any(plain(text) not in texts for _, text in whole.answer):
        return None  # a later disturbance divided the very text that an earlier one put in
    given = _texts(invented.cv)
    whole.hallucinated = {now for text in whole.hallucinated for now in _as_it_stands(text, texts, given)}
    return answer, whole


def _texts(cv: Cv) -> set[str]:
    """Every text of a CV, and every line of it."""
    found: set[str] = set()
    map_texts(cv, lambda text: found.update(map(plain, (text, *text.split("\n")))) or text, skip=())
    return found


def _as_it_stands(text: str, texts: set[str], given: set[str]) -> set[str]:
    """A made-up text as the answer has it after all: itself, one that it was joined into, or those of its parts that
    are none of what the golden has."""
    if plain(text) in texts:
        return {text}
    joined = {other for other in texts if plain(text) in other}
    if joined:
        return joined
    return {part for part in texts if part in plain(text) and not any(part in one for one in given)}


def judge(found: Score, expected: Touched, tally: Tally, label: str) -> None:
    """Compare outcomes with what was expected, into `tally`."""
    tally.cases += 1
    seen_golden: set[str] = set()
    seen_answer: set[Extra] = set()

    def note(problem: str) -> None:
        if len(tally.examples) < 6:
            tally.examples.append(f"{label}: {problem}")

    for outcome in found.outcomes:
        if outcome.kind not in ERRORS:
            continue
        if outcome.golden_path is not None:
            kinds = expected.golden.get(outcome.golden_path)
            seen_golden.add(outcome.golden_path)
        else:
            extra = (outcome.field, plain(outcome.answer))
            kinds = next(
                (kinds for (where, text), kinds in expected.answer.items() if (where, plain(text)) == extra), None
            )
            seen_answer.add(extra)
        where = (
            f"{outcome.golden_path} / {outcome.answer_path}: {outcome.kind} ({outcome.note}) "
            f"{outcome.golden!r} / {outcome.answer!r}"
        )
        if kinds is None:
            tally.false_alarms += 1
            note(f"false alarm at {where}")
        elif outcome.kind not in kinds:
            tally.mislabels += 1
            note(f"mislabel, {sorted(kinds)} expected, at {where}")
        elif outcome.golden_path in expected.moved and "misplaced" not in outcome.note:
            tally.mislabels += 1
            note(f"not noted as misplaced: {where}")
    for path in expected.golden.keys() - seen_golden:
        tally.misses += 1
        note(f"missed {path}")
    for extra in {(where, plain(text)) for where, text in expected.answer} - seen_answer:
        tally.misses += 1
        note(f"missed {extra}")
    if set(found.lost_entries) != expected.lost:
        tally.mislabels += 1
        note(f"lost entries {found.lost_entries}, expected {sorted(expected.lost)}")
    hallucinated = {plain(outcome.answer) for outcome in found.hallucinations}
    for text in expected.hallucinated:
        if plain(text) not in hallucinated:
            tally.misses += 1
            note(f"not seen as a hallucination: {text}")


def plain(value: Any) -> str:
    return " ".join(str(value).replace("•", " ").replace("\u200b", "").split()).rstrip(".").casefold()


def run(
    seeds: Iterable[int] = range(12),
    *,
    pairs: int = 400,
    corpus_repeats: int = 2,
    sizes: tuple[tuple[int, int], ...] = ((1, 2), (3, 3), (5, 4), (30, 4)),
) -> BenchReport:
    """Every kind on invented CVs of several sizes, those of the corpus on its people (`corpus_repeats` times each),
    then `pairs` random pairs of kinds at once."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    harmless_f1: list[float] = []
    harmful_f1: list[float] = []
    people = [invent(seed, roles=sizes[seed % len(sizes)][0], bullets=sizes[seed % len(sizes)][1]) for seed in seeds]

    def one(name: str, kinds: tuple[Kind, ...], number: int, rng: random.Random) -> None:
        made = disturbed(people[number], kinds, rng)
        if made is None:
            return
        answer, expected = made
        found = score(answer, people[number].cv, people[number].text)
        judge(found, expected, tallies[name], f"CV {number}")
        assert found.f1 is not None
        tallies[name].f1.append(found.f1)
        if any(kind.harmful for kind in kinds):
            if not expected.same_f1:
                harmful_f1.append(found.f1)
        else:
            harmless_f1.append(found.f1)

    for kind in KINDS.values():
        for number in range(len(people)):
            one(kind.name, (kind,), number, random.Random(f"{kind.name}:{number}"))
    for person in people_of_corpus():
        for corpus_kind in CORPUS_KINDS.values():
            for repeat in range(corpus_repeats):
                case = corpus_kind.make(person, random.Random(f"{corpus_kind.name}:{person.document}:{repeat}"))
                if case is None:
                    continue
                found = score(case.answer, case.golden, case.text)
                judge(found, case.expected, tallies[corpus_kind.name], person.document)
                assert found.f1 is not None
                tallies[corpus_kind.name].f1.append(found.f1)
                (harmful_f1 if corpus_kind.harmful else harmless_f1).append(found.f1)
    names = sorted(KINDS)
    rng = random.Random("pairs")
    for _ in range(pairs):
        first, second = (KINDS[name] for name in rng.sample(names, 2))
        number = rng.randrange(len(people))
        both = "two at once, harmful" if first.harmful or second.harmful else "two at once, harmless"
        before = sum((tally.false_alarms + tally.misses + tally.mislabels) for tally in (tallies[both],))
        one(both, (first, second), number, rng)
        tally = tallies[both]
        if tally.false_alarms + tally.misses + tally.mislabels > before and tally.examples:
            tally.examples[-1] = f"[{first.name} + {second.name}] {tally.examples[-1]}"
    return BenchReport(
        dict(tallies),
        _auc(harmless_f1, harmful_f1),
        frozenset(name for name, kind in {**KINDS, **CORPUS_KINDS}.items() if kind.harmful),
    )


def _auc(harmless: list[float], harmful: list[float]) -> float | None:
    """Chance that a harmless answer scores higher than a harmful one; ties count half."""
    if not harmless or not harmful:
        return None
    ranked = sorted(harmful)
    won = sum(bisect_left(ranked, f1) + (bisect_right(ranked, f1) - bisect_left(ranked, f1)) / 2 for f1 in harmless)
    return won / (len(harmless) * len(ranked))


def table(report: BenchReport) -> str:
    """The report as text, one line a kind."""
    lines = [f"{'kind':58} {'harm':>5} {'cases':>6} {'alarms':>7} {'misses':>7} {'labels':>7} {'mean F1':>8}"]
    for name, tally in report.tallies.items():
        harm = "yes" if name in report.harmful or name.endswith(", harmful") else "no"
        mean = sum(tally.f1) / len(tally.f1) if tally.f1 else float("nan")
        lines.append(
            f"{name[:58]:58} {harm:>5} {tally.cases:>6} {tally.false_alarms:>7} {tally.misses:>7} "
            f"{tally.mislabels:>7} {mean:>8.4f}"
        )
    total = [
        sum(getattr(tally, name) for tally in report.tallies.values())
        for name in ("cases", "false_alarms", "misses", "mislabels")
    ]
    lines.append(f"{'all':58} {'':>5} {total[0]:>6} {total[1]:>7} {total[2]:>7} {total[3]:>7}")
    lines.append(f"separation of harmful from harmless by strict F1 (AUC): {report.auc:.4f}")
    for name, tally in report.problems.items():
        lines += [f"  {name}: {example}" for example in tally.examples]
    return "\n".join(lines)


def main() -> int:
    """Print the bench's report; 1 where anything was not as expected."""
    report = run(pairs=4000)
    print(table(report))
    return 1 if report.problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
