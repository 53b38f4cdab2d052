"""What all probes of a run come to: how often each relation holds, per field, with bounds over people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.gates.probed import Probed
from harness.gates.simultaneous import LEAST, max_t
from harness.gates.statistics import Floats, binomial_upper, paired_mean
from harness.probes.catalogue import RELATIONS
from harness.probes.gaps import MEASURES, by_group, gaps
from harness.probes.judge import Judged
from harness.probes.types import CONTROL
from harness.scoring.types import Counts


@dataclass(frozen=True, slots=True)
class Share:
    """A mean over people with one-sided 95 % bounds; None where it has none. n: people."""

    value: float | None
    lower: float | None
    upper: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Held:
    """How one arm kept one relation. holds: share of probes whose answer is just what it must be; f1: of the answer
    beside what it must be; beside_control: that F1 less the same where nothing was changed, bounds for all relations at
    once. fields: F1 by field path with its leaves. probes: answers judged."""

    relation: str
    probes: int
    holds: Share
    f1: Share
    beside_control: Share
    fields: Mapping[str, tuple[float, int]]


def by_relation(judged: Sequence[Judged], people: Sequence[str], *, holds: bool = False) -> Floats:
    """Person × relation: mean F1 (or share that holds) over a person's probes; nan for none."""
    columns = {name: place for place, name in enumerate(RELATIONS)}
    rows = {name: place for place, name in enumerate(people)}
    sums, counts = np.zeros((len(people), len(columns))), np.zeros((len(people), len(columns)))
    for one in judged:
        at = rows[one.persona], columns[one.relation]
        sums[at] += float(one.holds) if holds else one.f1
        counts[at] += 1
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def beside_control(table: Floats) -> Floats:
    """Every relation's F1 less the control's of the same person; the control's own column is nan."""
    control = list(RELATIONS).index(CONTROL)
    found = table - table[:, [control]]
    found[:, control] = np.nan
    return np.asarray(found)


def held(judged: Sequence[Judged], *, seed: int = 0) -> tuple[Held, ...]:
    """Every relation that one arm was probed with."""
    people = tuple(sorted({one.persona for one in judged}))
    f1s, kept = by_relation(judged, people), by_relation(judged, people, holds=True)
    bounds = max_t(beside_control(f1s), confidence=0.95, seed=seed)
    found = []
    for place, name in enumerate(RELATIONS):
        of = [one for one in judged if one.relation == name]
        if not of:
            continue
        low, high = float(bounds.lower[place]), float(bounds.upper[place])
        known = not np.isnan(low)
        beside = Share(
            float(bounds.means[place]) if bounds.n[place] else None, low if known else None, high if known else None,
            int(bounds.n[place]),
        )  # fmt: skip
        found.append(
            Held(name, len(of), proportion(kept[:, place]), share(f1s[:, place]), beside, fields_of(of)),
        )
    return tuple(found)


def share(values: Floats) -> Share:
    """Mean of people's figures; bounds, clipped to [0, 1], from LEAST people on."""
    there = values[~np.isnan(values)]
    if len(there) < LEAST:
        return Share(float(there.mean()) if len(there) else None, None, None, len(there))
    made = paired_mean(there)
    return Share(made.value, max(0.0, made.lower), min(1.0, made.upper), made.n)


def proportion(values: Floats) -> Share:
    """Mean of people's shares, each from 0 to 1, with the bounds of Clopper and Pearson for as many people: eight who
    are all alike leave much open. A person's share between 0 and 1 counts as that part of a success; such values vary
    less than those of 0 and 1, for which the bounds are made."""
    there = values[~np.isnan(values)]
    n, good = len(there), float(there.sum())
    if not n:
        return Share(None, None, None, 0)
    return Share(good / n, 1 - binomial_upper(n - good, n), binomial_upper(good, n), n)


def fields_of(judged: Sequence[Judged]) -> dict[str, tuple[float, int]]:
    """F1 by field path over all leaves, and how many leaves the expected answers have there."""
    totals: dict[str, Counts] = {}
    for one in judged:
        for field, counts in one.counts.items():
            totals[field] = totals.get(field, Counts()) + counts
    return {field: (counts.f1, counts.golden) for field, counts in sorted(totals.items())}


def probed(judged: Sequence[Judged]) -> Probed:
    """The evidence of the gates, of all arms."""
    people = tuple(sorted({one.persona for one in judged}))
    arms = sorted({one.arm for one in judged})
    of = {arm: [one for one in judged if one.arm == arm] for arm in arms}
    seen = {one.relation for one in judged}
    relations = [name for name in RELATIONS if name in seen and name != CONTROL]
    columns = [list(RELATIONS).index(name) for name in relations]
    axes = [name for name in relations if RELATIONS[name].variants]
    groups = [(axis, measure, group) for axis in axes for measure in MEASURES for group in RELATIONS[axis].variants]
    return Probed(
        people,
        tuple(relations),
        {arm: beside_control(by_relation(of[arm], people))[:, columns] for arm in arms},
        tuple(f"{axis} · {group} · {measure}" for axis, measure, group in groups),
        {
            arm: np.hstack([gaps(by_group(of[arm], axis, measure, people)) for axis in axes for measure in MEASURES])
            if axes
            else np.zeros((len(people), 0))
            for arm in arms
        },
        tuple(MEASURES[measure] for _, measure, _ in groups),
    )
