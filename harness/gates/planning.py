"""How many CVs and draws a decision needs, and what they cost; and the size of one effect, for blame."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt

import numpy as np

from harness.base.errors import UsageError
from harness.gates import statistics as st
from harness.gates.config import GateConfig
from harness.gates.types import Case, Estimate
from harness.scoring.metrics import f1_on


@dataclass(frozen=True, slots=True)
class Planned:
    """One way to reach a margin. answers: model answers of one arm; cost: in US dollars, None where unpriced.
    excluded: rate of net critical losses that one net loss among `cvs` still allows (95 %)."""

    draws: int
    cvs: int
    answers: int
    cost: Decimal | None
    excluded: float


def plan(
    margin: float,
    *,
    draw_sd: float = 0.04,
    persona_sd: float = 0.0,
    draws: Collection[int] = (1, 3, 5),
    power: float = 0.8,
    cost_per_answer: Decimal | None = None,
    config: GateConfig | None = None,
) -> tuple[Planned, ...]:
    """CVs needed for an unchanged assistant to pass the accuracy gate with `power`, for each number of draws.

    draw_sd: of one draw's F1 around its CV's mean (the noise floor's `draw_sd`); persona_sd: of true differences
    between CVs, which no number of draws removes. Raises UsageError for a margin that is not over 0.
    """
    if margin <= 0:
        raise UsageError(
            f"a margin of {margin:g} cannot be planned for", hint="give one over 0, for example --margin .02"
        )
    config = config or GateConfig()
    found = []
    for k in sorted(draws):
        spread = max(sqrt(persona_sd**2 + 2 * draw_sd**2 / k), config.sd_floor)
        cvs = max(st.clusters_needed(margin, spread, confidence=config.confidence, power=power), config.ship_personas)
        answers = cvs * k
        cost = cost_per_answer * answers if cost_per_answer is not None else None
        found.append(Planned(k, cvs, answers, cost, st.binomial_upper(1, cvs)))
    return tuple(found)


def effect(
    cases_with: Iterable[Case],
    cases_without: Iterable[Case],
    paths: Collection[str] | None = None,
    config: GateConfig | None = None,
) -> Estimate:
    """What taking something out does to F1 on `paths` (all where None): without − with, paired by persona, 95 %
    interval. n: answers compared; clusters: personas. Value None where no persona is in both."""
    config = config or GateConfig()
    one, two = _means(cases_with, paths), _means(cases_without, paths)
    both = sorted(one.keys() & two.keys())
    n = sum(one[name][1] + two[name][1] for name in both)
    differences = np.array([two[name][0] - one[name][0] for name in both])
    if len(both) < 2:
        value = float(differences[0]) if both else None
        return Estimate(value, None, None, n, len(both), "too few people for an interval")
    found = st.paired_mean(
        differences, confidence=0.975, floor=config.sd_floor, resamples=config.resamples, seed=config.seed
    ).within(-1, 1)
    return Estimate(found.value, found.lower, found.upper, n, found.n, f"{found.method}; 95 % interval")


def _means(cases: Iterable[Case], paths: Collection[str] | None) -> dict[str, tuple[float, int]]:
    found: dict[str, list[float]] = defaultdict(list)
    for case in cases:
        if case.score is None or case.document.twin_of is not None:
            continue
        value = f1_on(case.score, paths)
        if value is not None:
            found[case.document.persona or case.document.id].append(value)
    return {name: (sum(values) / len(values), len(values)) for name, values in found.items()}
