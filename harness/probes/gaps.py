"""How groups of twins fare beside one another: figures by group, and the largest gap with bounds for all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from harness.gates.simultaneous import Simultaneous, clusters_for, max_t
from harness.gates.statistics import Floats, row_means
from harness.probes.catalogue import RELATIONS
from harness.probes.judge import Judged

MEASURES: Mapping[str, float] = {"f1": 5.0, "entries": 1.0, "grounded": 1.0, "contract": 1.0, "name": 1.0}
"""Figures of a group, each with how many margins a gap of 1 is worth. f1; share of people without a lost entry, without
a value that the CV has not, with a valid answer, with their name read right."""
FOUR_FIFTHS = 0.8
SETTLES = 0.05
"""A gap of this size in a share of people is what `more_cvs` asks how many CVs would show."""


def is_share(measure: str) -> bool:
    """Whether a person's answer is right or not in it: all but F1."""
    return measure != "f1"


def figure(judged: Judged, measure: str) -> float:
    """One answer's figure; nan where it has none."""
    if measure == "f1":
        return judged.f1
    if measure == "name":
        return float("nan") if judged.named is None else float(judged.named)
    good = {"entries": not judged.lost, "grounded": not judged.hallucinated, "contract": judged.contract}
    return float(good[measure] and not judged.failed)


def people_of(judged: Sequence[Judged]) -> tuple[str, ...]:
    return tuple(sorted({one.persona for one in judged}))


def by_group(judged: Sequence[Judged], axis: str, measure: str, people: Sequence[str]) -> Floats:
    """Person × group of an axis: a person's mean over documents and draws; nan for none."""
    groups = {name: place for place, name in enumerate(RELATIONS[axis].variants)}
    rows = {name: place for place, name in enumerate(people)}
    sums, counts = np.zeros((len(people), len(groups))), np.zeros((len(people), len(groups)))
    for one in judged:
        value = figure(one, measure) if one.relation == axis and one.variant in groups else float("nan")
        if not np.isnan(value):
            sums[rows[one.persona], groups[one.variant]] += value
            counts[rows[one.persona], groups[one.variant]] += 1
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def gaps(table: Floats) -> Floats:
    """Each group's figure less the mean over the person's groups. A person without all groups says nothing."""
    whole = np.where(np.isnan(table).any(axis=1, keepdims=True), np.nan, table)
    return np.asarray(whole - row_means(whole)[:, None])


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One group's figure. value: mean over people, n of them. gap: to the mean of all groups, with bounds for all
    groups and figures of the axis at once. ratio: to the best group (four fifths: under .8)."""

    group: str
    measure: str
    value: float
    n: int
    gap: float
    lower: float
    upper: float
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Axis:
    """All groups of one kind of twins with one arm. worst: the figure whose gap is the furthest below 0, in margins, of
    those whose upper bound lies below 0 too where there are any (shown), else of all. more_cvs: so many more would show
    a gap of 5 points there with a chance of .8, 0 where there are enough already."""

    name: str
    told: str
    figures: tuple[GroupFigure, ...]
    worst: GroupFigure | None
    shown: bool
    more_cvs: int
    critical: float


def axis_of(judged: Sequence[Judged], name: str, *, confidence: float = 0.95, seed: int = 0) -> Axis | None:
    """None where the axis was not probed."""
    of = [one for one in judged if one.relation == name]
    if not of:
        return None
    people = people_of(of)
    tables = {measure: by_group(of, name, measure, people) for measure in MEASURES}
    shares = np.repeat([is_share(measure) for measure in tables], len(RELATIONS[name].variants))
    together = np.hstack([gaps(table) for table in tables.values()])
    bounds = max_t(together, confidence=confidence, shares=shares, seed=seed)
    figures = tuple(_figures(name, tables, bounds))
    known = [one for one in figures if not np.isnan(one.lower)]
    below = [one for one in known if one.upper < 0]
    worst = min(below or known, key=lambda one: one.gap * MEASURES[one.measure], default=None)
    more = 0
    if worst is not None:
        place = figures.index(worst)
        needed = clusters_for(
            SETTLES / MEASURES[worst.measure],
            max(float(bounds.sd[place]), 0.01),
            bounds.critical,
            bounds.rare if bounds.shares[place] else 1.0,
        )
        more = max(0, needed - worst.n)
    return Axis(name, RELATIONS[name].told, figures, worst, bool(below), more, bounds.critical)


def _figures(name: str, tables: Mapping[str, Floats], bounds: Simultaneous) -> list[GroupFigure]:
    groups = RELATIONS[name].variants
    found = []
    for row, (measure, table) in enumerate(tables.items()):
        whole = ~np.isnan(table).any(axis=1)
        means = table[whole].mean(axis=0) if whole.any() else np.full(len(groups), np.nan)
        best = float(np.nanmax(means)) if whole.any() else 0.0
        for column, group in enumerate(groups):
            place = row * len(groups) + column
            value = float(means[column])
            ratio = value / best if best > 0 else None
            found.append(
                GroupFigure(
                    group, measure, value, int(whole.sum()), float(bounds.means[place]), float(bounds.lower[place]),
                    float(bounds.upper[place]), ratio,
                )
            )  # fmt: skip
    return found
