"""Slices: people of one language, layout, length, producer …, who get worse where the mean over all hides it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from harness.gates import statistics as st
from harness.gates.constants import Constants
from harness.gates.definition import Definition, Question, Said
from harness.gates.pairs import Pair, Values
from harness.gates.parts import (
    SMALLEST,
    Moved,
    Weighed,
    bounds_of,
    concentrated,
    dealt_at_most,
    most_extreme,
    worst_first,
)
from harness.gates.paths import GROUP_LABELS
from harness.gates.ruling import Ruling, nothing
from harness.gates.statistics import Bools
from harness.gates.types import Estimate, Status
from harness.gates.words import percent, points

PATTERN = 3
"""People of a slice who got worse in every draw."""
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found of a slice. lost, gained: people with critical values lost or won, where those decide."""

    status: Status = "PASS"
    kind: str = "f1"
    p: float = 1.0
    noise: float = 1.0
    lost: int | None = None
    gained: int | None = None


def _judge(ask: Question) -> Ruling:
    """FAIL: a slice is worse by the margin, over all fields or in a group of them, in three people in every draw, by
    more than people drawn at random would show in any slice and two runs of one assistant in this one; or it has most
    of the critical losses."""
    pair, config = ask.pair, ask.config
    if not pair.slices().rows:
        return nothing(ask.name, ask.rule, pair, f"no tag that {SMALLEST} people share")
    weighed = worst_first((*_by_figure(pair, ask.rule.threshold, config), *_by_critical(pair, config)))
    if not weighed:
        return nothing(ask.name, ask.rule, pair, "no slice with enough answers")
    worst = weighed[0]
    said = "paired t within the slice; tested by max-t over all slices"
    return Ruling(
        ask.name,
        ask.rule,
        worst.status,
        Estimate(worst.means[1], None, None, worst.n, worst.n, "mean F1 of the slice", source=pair.source),
        Estimate(worst.means[0], None, None, worst.n, worst.n, "mean F1 of the slice", source=pair.source),
        Estimate(worst.value, worst.lower, worst.upper, worst.n, worst.n, said, source=pair.source),
        -ask.rule.threshold,
        pair.n if worst.status == "INCONCLUSIVE" else None,
        affected=worst.worse,
        parts=weighed,
    )


def _by_figure(pair: Pair, margin: float, config: Constants) -> Iterator[Weighed]:
    """F1 over all fields and of each group of them, in each slice; told are those in doubt, and all of F1."""
    figures = {"f1": pair.f1, **pair.groups}
    moved = {kind: Moved.of(values) for kind, values in figures.items()}
    slices = pair.slices().rows
    members = np.array(list(slices.values()))
    suspects: dict[tuple[int, int], Bools] = {}
    for place, of in enumerate(moved.values()):
        for row, rows in enumerate(members):
            inside = rows & ~np.isnan(of.shift)
            worse, better = int((of.worse & inside).sum()), int((of.better & inside).sum())
            lasting = worse >= PATTERN and st.surprise(worse, better) <= config.surprise
            if lasting and int(inside.sum()) >= SMALLEST and float(of.shift[inside].mean()) <= -margin:
                suspects[place, row] = inside
    shifts = np.array([np.nan_to_num(of.shift) for of in moved.values()])
    chances = most_extreme(shifts, members, seed=config.seed) if suspects else None
    for place, (kind, values) in enumerate(figures.items()):
        for row, (name, rows) in enumerate(slices.items()):
            found = _Found(kind=kind)
            people = suspects.get((place, row))
            if chances is not None and people is not None:
                noise = members.shape[0] * dealt_at_most(values.candidate[people], values.other[people])
                p = float(chances[place, row])
                found = _Found(_status(max(p, noise), config), kind, p, noise)
            if found.status != "PASS" or (
                kind == "f1" and int((rows & ~np.isnan(moved[kind].shift)).sum()) >= SMALLEST
            ):
                yield _weighed(values, name, rows, moved[kind], found, config)


def _by_critical(pair: Pair, config: Constants) -> Iterator[Weighed]:
    """Slices that hold more of the people who lost a critical value than chance would put there."""
    events = pair.events["critical"]
    lost, gained = events.confirmed_lost, events.confirmed_gained
    slices = pair.slices().rows
    judged = events.judged
    for name, rows in slices.items():
        here, back = int((lost & rows).sum()), int((gained & rows).sum())
        if here - back < PATTERN:
            continue
        p = len(slices) * concentrated(here, int((rows & judged).sum()), int(lost.sum()), int(judged.sum()))
        status = _status(p, config)
        if status != "PASS":
            found = _Found(status, "critical", p, 1.0, here, back)
            yield _weighed(pair.f1, name, rows, Moved.of(pair.f1), found, config)


def _status(level: float, config: Constants) -> Status:
    return "FAIL" if level <= config.parts else "INCONCLUSIVE" if level <= config.parts_doubt else "PASS"


def _weighed(
    values: Values,
    name: str,
    rows: Bools,
    moved: Moved,
    found: _Found,
    config: Constants,
) -> Weighed:
    """The slice's figures, with what was found."""
    shift = np.where(rows, moved.shift, np.nan)
    one, two, both = values.means()
    inside = rows & both
    order = np.argsort(np.where(np.isnan(shift), 0.0, shift), kind="stable")
    lower, upper = bounds_of(shift, config)
    return Weighed(
        name=name,
        status=found.status,
        kind=found.kind,
        rows=tuple(int(row) for row in order if shift[row] < 0),
        having=int(rows.sum()),
        n=int(inside.sum()),
        value=float(shift[inside].mean()),
        lower=lower,
        upper=upper,
        means=(float(one[inside].mean()), float(two[inside].mean())),
        worse=int((rows & moved.worse).sum()) if found.lost is None else found.lost,
        better=int((rows & moved.better).sum()) if found.gained is None else found.gained,
        p=min(1.0, found.p),
        noise=min(1.0, found.noise),
    )


def _say(ask: Question, ruling: Ruling) -> Said:
    label, pair, worst = ask.gate.label, ask.pair, ruling.parts[0]
    few = _too_few(pair)
    number = len(pair.slices().rows)
    group = f" in {GROUP_LABELS[worst.kind]}" if worst.kind in GROUP_LABELS else ""
    within = f"{points(worst.value)} points{_range(worst)} of F1{group} in its {worst.n} CVs"
    if ruling.status == "PASS":
        return Said(f"{label}: none of {number} got worse beyond chance; most, {worst.name}: {within}{few}")
    documents = tuple(name for row in worst.rows for name in pair.documents.get(pair.personas[row], ()))
    harmed = [one for one in ruling.parts if one.status == ruling.status]
    also = list(dict.fromkeys(one.name for one in harmed if one.name != worst.name))
    more = f"; also {', '.join(also[:_SHOWN])}{', …' if len(also) > _SHOWN else ''}" if also else ""
    chance = f"; by chance in {percent(worst.p)} of cases at most, over {number} slices"
    if worst.kind == "critical":
        head = (
            f"{worst.name}: a name, e-mail, phone, employer, title or date is lost in {worst.worse} of its"
            f" {worst.having} CVs ({worst.better} the other way)"
        )
        return Said(f"{head} · {label}: {within}{chance}{more}", (), documents)
    figures = f"{label}: worse in every answer in {worst.worse}, better in {worst.better}{chance}{more}"
    return Said(f"{worst.name}: {within}, {_elsewhere(worst, pair)} · {figures}", (), documents)


def _elsewhere(worst: Weighed, pair: Pair) -> str:
    """The mean difference of everybody else."""
    one, two, both = (pair.groups.get(worst.kind) or pair.f1).means()
    rest = both & ~pair.slices().rows[worst.name]
    return (
        f"{points(float((one - two)[rest].mean()))} in the {int(rest.sum())} others" if rest.any() else "all there are"
    )


def _range(one: Weighed) -> str:
    return "" if one.lower is None or one.upper is None else f" [{points(one.lower)}, {points(one.upper)}]"


def _too_few(pair: Pair) -> str:
    """Slices that nothing can be said of."""
    few = pair.slices().few
    if not few:
        return ""
    named = ", ".join(f"{name} ({many})" for name, many in list(few.items())[:_SHOWN])
    return f"; {len(few)} have fewer than {SMALLEST} people and are judged together alone: {named}" + (
        ", …" if len(few) > _SHOWN else ""
    )


GATES = (
    Definition(
        name="slices",
        label="slices",
        metric="F1 in the worst slice",
        default=0.03,
        meaning="smallest drop in F1 in one slice that can fail",
        place=107,
        figure="F1 of 5 people or more who share a tag (language, layout, media, length, …, a team's own); and of those"
        " who are answered well",
        passes="never counts towards SHIP; waits where a slice is in doubt",
        fails=(
            "drop ≥ M, 3 people worse in every answer, beyond chance (max-t over all slices, .005) and noise; or"
            " critical losses of 3 people, more of them than chance puts there"
        ),
        judge=_judge,
        say=_say,
        key="margin",
        unit="share",
        against=frozenset({"baseline"}),
        severity=3,
        supports=False,
    ),
)
