"""How many people's answers changed, whichever way: nothing is worse by that, but a team may want to know its limit."""

from __future__ import annotations

import numpy as np

from harness.gates.definition import Definition, Question, Said
from harness.gates.pairs import Pair
from harness.gates.ruling import Ruling, nothing
from harness.gates.statistics import Bools, binomial_upper
from harness.gates.types import Estimate, Status
from harness.gates.words import percent

_NAMED = 3
"""CVs that the sentence names of each side."""


def _moved(ask: Question) -> tuple[Bools, Bools, int]:
    """Who got worse and who got better by more than one assistant's own noise, and of how many people that is known."""
    one, two, both = ask.pair.f1.means()
    line = max(ask.config.sd_floor, ask.config.drop_sds * (ask.scale or 0.0))
    differences = np.where(both, one - two, 0.0)
    return differences < -line, differences > line, int(both.sum())


def _judge(ask: Question) -> Ruling:
    """FAIL: the rate is over the limit for certain (its lower bound is); INCONCLUSIVE: it is over it, perhaps by
    chance."""
    worse, better, n = _moved(ask)
    if not n:
        return nothing(ask.name, ask.rule, ask.pair, "nobody has an answer and a golden in both arms")
    if ask.rule.threshold >= 1:
        return nothing(ask.name, ask.rule, ask.pair, f"{_story(ask)}; no limit is set")
    many, confidence = int(worse.sum() + better.sum()), ask.levels.confidence
    lower, upper = 1.0 - binomial_upper(n - many, n, confidence), binomial_upper(many, n, confidence)
    source = ask.pair.source
    sides = [
        Estimate(int(side.sum()) / n, None, None, n, n, "people who moved", source=source) for side in (worse, better)
    ]
    status: Status = "PASS"
    if many / n > ask.rule.threshold:
        status = "FAIL" if lower > ask.rule.threshold else "INCONCLUSIVE"
    rate = Estimate(many / n, lower, upper, n, n, "Clopper–Pearson", source=source)
    return Ruling(ask.name, ask.rule, status, sides[1], sides[0], rate, ask.rule.threshold, affected=many)


def _say(ask: Question, ruling: Ruling) -> Said:
    worse, better, _ = _moved(ask)
    bounds = f"{percent(ruling.delta.value)} [{percent(ruling.delta.lower)}, {percent(ruling.delta.upper)}]"
    text = f"{ask.gate.label}: {_story(ask)} · {bounds}, limit {percent(ruling.threshold)}"
    return Said(text, (), _documents(ask.pair, worse) + _documents(ask.pair, better))


def _story(ask: Question) -> str:
    worse, better, n = _moved(ask)
    beyond = "" if ask.scale is None else " beyond noise"
    sides = f"{_side(ask.pair, worse)} worse, {_side(ask.pair, better)} better"
    return f"answers to {int(worse.sum() + better.sum())} of {n} people moved{beyond}: {sides}"


def _side(pair: Pair, rows: Bools) -> str:
    names = _documents(pair, rows)
    more = ", …" if len(names) > _NAMED else ""
    return f"{int(rows.sum())} ({', '.join(names[:_NAMED])}{more})" if names else "0"


def _documents(pair: Pair, rows: Bools) -> tuple[str, ...]:
    return tuple(name for row in np.flatnonzero(rows) for name in pair.documents.get(pair.personas[int(row)], ()))


GATES = (
    Definition(
        name="churn",
        label="churn",
        metric="CVs whose F1 moved, either way",
        default=1.0,
        meaning="share of people whose answers may change, better or worse; 1 lets all",
        place=175,
        figure="people whose F1 moved by more than 4 robust standard deviations of the noise floor, better or worse",
        passes="rate ≤ the limit (as shipped there is none)",
        fails="lower bound of the rate > the limit",
        judge=_judge,
        say=_say,
        against=frozenset({"baseline"}),
        severity=7,
        supports=False,
    ),
)
