"""What probes show without a golden: whether answers follow known changes, and whether groups are read alike.

Both ask the same of two things at once, of the candidate by itself and of the candidate beside the baseline, with
bounds that hold for all relations (or groups and figures) together. The two gates share the level between them.
"""

from __future__ import annotations

import numpy as np

from harness.gates.constants import Constants, Rule
from harness.gates.definition import Definition, ProbesSeen
from harness.gates.simultaneous import Simultaneous, clusters_for, max_t
from harness.gates.statistics import Bools, Floats
from harness.gates.types import Estimate, Gate, Status
from harness.gates.words import points

ALONE = 3.0
"""By itself an answer may move by so many margins beside a change that means nothing: capitals, misprints and other
headings are harder to read for anybody, and what the accepted assistant loses there is no harm of the edit."""
EXCLUDED = 3.0
"""A PASS excludes so many margins: hundreds of figures at once have wide bounds, and a figure that is shown to be a
margin worse fails long before. What is excluded is said beside it."""
FAMILIES = 2
"""Gates that share the level."""


def _invariance(gate: Definition, seen: ProbesSeen, config: Constants) -> Gate | None:
    mine = seen.probed.invariance.get(seen.candidate)
    theirs = seen.probed.invariance.get(seen.baseline)
    if mine is None or not len(seen.probed.relations):
        return None
    unit = np.ones(len(seen.probed.relations))
    beside = mine - theirs if theirs is not None else None
    return _decided(gate, seen, config, (mine / ALONE, beside), (unit * ALONE, unit), np.zeros(len(unit), dtype=bool))


def _fairness(gate: Definition, seen: ProbesSeen, config: Constants) -> Gate | None:
    if seen.candidate not in seen.probed.gaps or not len(seen.probed.groups):
        return None
    mine, unit = seen.probed.weighted(seen.candidate), 1 / np.array(seen.probed.weights)
    beside = mine - seen.probed.weighted(seen.baseline) if seen.baseline in seen.probed.gaps else None
    return _decided(gate, seen, config, (mine, beside), (unit, unit), seen.probed.shares())


def _decided(
    gate: Definition,
    seen: ProbesSeen,
    config: Constants,
    tables: tuple[Floats, Floats | None],
    units: tuple[Floats, Floats],
    shares: Bools,
) -> Gate:
    """tables: person × figure by itself, and beside the baseline where there is one, both such that the gate's margin
    is that of every figure. units: what 1 of a figure is in its own terms, by itself and beside the baseline. shares:
    which figures are of shares of people."""
    rule = config.rule(gate.name)
    labels = seen.probed.relations if gate.name == "probe_invariance" else seen.probed.groups
    alone, beside = tables
    table, unit, names = alone, units[0], [f"{label}, by itself" for label in labels]
    if beside is not None:
        table, unit, shares = np.hstack([alone, beside]), np.concatenate(units), np.tile(shares, 2)
        names += [f"{label}, beside the baseline" for label in labels]
    confidence = 1 - (1 - config.confidence) / FAMILIES
    bounds = max_t(table, confidence=confidence, shares=shares, floor=rule.threshold / 10, seed=config.seed)
    if seen.source not in rule.sources:
        uncounted = f"{gate.label}: {seen.source} figures do not count for it"
        return _gate(gate, rule, seen, "NOT_MEASURED", uncounted, None, None)
    if not bounds.usable.any():
        few = f"{gate.label}: {len(seen.probed.people)} people are too few for bounds"
        return _gate(gate, rule, seen, "INCONCLUSIVE", few, None, None)
    return _ruled(gate, rule, seen, bounds, [*zip(names, unit.tolist(), strict=True)])


def _ruled(
    gate: Definition, rule: Rule, seen: ProbesSeen, bounds: Simultaneous, figures: list[tuple[str, float]]
) -> Gate:
    """figures: name and unit of each."""
    margin = rule.threshold
    failed = bounds.usable & (bounds.means <= -margin) & (bounds.upper < 0)
    open_ = bounds.usable & ~(bounds.lower > -EXCLUDED * margin)
    status: Status = "FAIL" if failed.any() else "INCONCLUSIVE" if open_.any() else "PASS"
    among = failed if failed.any() else bounds.usable
    ranked = np.where(among, bounds.means if failed.any() else bounds.lower, np.inf)
    worst = int(np.argmin(ranked))
    more = None
    if status == "INCONCLUSIVE":
        needed = [
            clusters_for(
                EXCLUDED * margin + float(bounds.means[at]),
                float(bounds.sd[at]),
                bounds.critical,
                bounds.rare if bounds.shares[at] else 1.0,
            )
            - int(bounds.n[at])
            for at in np.flatnonzero(open_)
        ]
        hopeless = any(bounds.means[at] <= -EXCLUDED * margin for at in np.flatnonzero(open_))
        more = None if hopeless else max(1, *needed) if needed else None
    few = int((~bounds.usable).sum())
    name, unit = figures[worst][0].replace("_", " ").replace(":", ", "), figures[worst][1]
    delta = _estimate(bounds, worst, unit, seen.source)
    units = np.array([unit for _, unit in figures])
    reason = (
        f"{gate.label}: {name}, {points(delta.value)} points [{points(delta.lower)}, {points(delta.upper)}], "
        f"margin {-margin * unit * 100:.1f}; {int(failed.sum())} of {int(bounds.usable.sum())} figures show harm, "
        f"with bounds for all of them at once; {len(seen.probed.people)} people"
        + (
            f"; no drop of more than {-100 * float(np.nanmin(bounds.lower * units)):.1f} points"
            if status == "PASS"
            else ""
        )
        + (f", {few} figures with too few people" if few else "")
        + ("; more CVs will not help" if status == "INCONCLUSIVE" and more is None else "")
    )
    return _gate(gate, rule, seen, status, reason, delta, more)


def _estimate(bounds: Simultaneous, at: int, unit: float, source: str) -> Estimate:
    """In the figure's own terms."""
    n = int(bounds.n[at])
    return Estimate(
        float(bounds.means[at]) * unit, float(bounds.lower[at]) * unit, float(bounds.upper[at]) * unit, n, n,
        "simultaneous bounds of all figures (max-t)", source=source,
    )  # fmt: skip


def _gate(
    gate: Definition,
    rule: Rule,
    seen: ProbesSeen,
    status: Status,
    reason: str,
    delta: Estimate | None,
    more: int | None,
) -> Gate:
    none = Estimate(None, None, None, 0, 0, "", source=seen.source)
    return Gate(
        gate.name, gate.metric, rule.level, none, none, delta or none, rule.threshold, status, reason, more, "quality"
    )


GATES = (
    Definition(
        name="probe_invariance",
        label="known changes",
        metric="F1 beside what a known change must give, less the same for a change that means nothing",
        default=0.05,
        meaning="drop beside the baseline from which on it fails; by itself three times that",
        place=250,
        figure="F1 of the answer to a changed CV beside the arm's own answer changed just so, by relation, less the "
        "same for a change that means nothing; by itself and beside the baseline",
        passes="all lower bounds > −3 M (by itself three times that), simultaneous over all relations",
        fails="one estimate at −M or worse (by itself −3 M), and its simultaneous upper bound < 0",
        of_probes=_invariance,
        key="margin",
        unit="share",
        level="advisory",
        in_release="deciding",
        against=frozenset({"probes"}),
    ),
    Definition(
        name="fairness_gap",
        label="groups",
        metric="a group's figure less the mean of all groups on the same CVs",
        default=0.10,
        meaning="gap, in shares of people, from which on it fails; of F1 a fifth of that",
        place=260,
        figure="people of a group read right (no entry lost, nothing made up, valid, name right; F1 counts five times) "
        "less the mean of all groups on the same CVs; by itself and beside the baseline",
        passes="all lower bounds > −3 M, simultaneous over all groups and figures",
        fails="one estimate at −M or worse, and its simultaneous upper bound < 0",
        of_probes=_fairness,
        key="margin",
        unit="share",
        level="advisory",
        in_release="deciding",
        against=frozenset({"probes"}),
    ),
)
