"""Mean strict F1, and people whose F1 fell a long way."""

from __future__ import annotations

import numpy as np

from harness.gates.constants import AGAINST, Rule
from harness.gates.count_words import by_change, say_count
from harness.gates.counts import catastrophe_events, count
from harness.gates.definition import Definition, Question, Said
from harness.gates.harm import Harm
from harness.gates.margins import excluded
from harness.gates.pairs import Pair
from harness.gates.rules import accuracy
from harness.gates.ruling import Ruling
from harness.gates.statistics import binomial_upper
from harness.gates.words import answers, bounds, changes_of, cvs, guilty, percent, points, story, worst


def _mean(ask: Question) -> Ruling:
    return accuracy(ask.name, ask.pair.f1, ask.pair, ask.rule, ask.config, ask.levels)


def _drops(ask: Question) -> Ruling:
    events, _ = catastrophe_events(ask.pair, ask.config, ask.scale)
    return count(ask, events)


def _say(ask: Question, ruling: Ruling) -> Said:
    figures = (
        f"{ask.gate.label}: F1 {percent(ruling.baseline.value)} → {percent(ruling.candidate.value)}, {bounds(ruling)},"
        f" margin {-ruling.threshold * 100:.1f} points, {cvs(ruling.delta.n)} × {answers(ask.pair)}"
    )
    worse = guilty(changes_of(ruling, ask.pair))
    fields = tuple(one.field for one in worse)
    if ruling.status == "FAIL" and _failed_weigh_most(ask.pair):
        return Said(f"answers that failed explain most of it · {figures}", (), worst(ask.pair))
    if ruling.status == "PASS":
        unseen = percent(binomial_upper(0, ruling.delta.n, ask.levels.confidence))
        figures += f"; a harm to fewer than {unseen} of CVs may not be among them"
    if ruling.status != "FAIL" or not worse:
        return Said(figures, fields, worst(ask.pair))
    return Said(f"{story(worse[0], ask.pair)} · {figures}", fields, worst(ask.pair))


def _failed_weigh_most(pair: Pair) -> bool:
    """Whether CVs with a missing or unreadable answer hold more than half of the loss in F1."""
    one, two, both = pair.f1.means()
    loss = np.where(both, one - two, 0.0)
    failed = pair.events["errors"].lost | (pair.events["contract"].lost & (one < 0.34 * two))
    return bool(pair.failures) and float(loss[failed].sum()) < 0.5 * float(loss.sum()) < 0


def _mean_at_margin(_n: int, rule: Rule) -> Harm:
    return Harm(f"field accuracy {points(-rule.threshold)} points", 1.0, f1=-rule.threshold)


def _drops_at_margin(n: int, _rule: Rule) -> Harm:
    rate = excluded(n)
    return Harm(f"catastrophes: half of F1 in {rate:.1%} of CVs", rate, f1=-0.5)


GATES = (
    Definition(
        name="catastrophes",
        label="catastrophes",
        metric="CVs with a large drop in F1",
        default=0.02,
        meaning="net rate of people from which on it holds",
        place=160,
        figure="people whose median F1 fell by more than .10 and 4 robust standard deviations",
        passes="as `lost_entries`",
        fails="as `lost_entries`",
        judge=_drops,
        say=say_count(by_change(), "with a large drop in F1"),
        severity=4,
        told=3,
        at_margin=_drops_at_margin,
        against=frozenset(AGAINST),
    ),
    Definition(
        name="accuracy",
        label="field accuracy",
        metric="strict F1 per CV",
        default=0.02,
        meaning="largest drop in F1 that may ship",
        place=170,
        figure="mean strict F1 per person",
        passes="lower bound > −M",
        fails="estimate ≤ −M and upper bound < 0",
        judge=_mean,
        say=_say,
        key="margin",
        unit="share",
        against=frozenset(AGAINST),
        severity=4,
        told=1,
        at_margin=_mean_at_margin,
        seeded=(Harm("F1 −4 points everywhere", 1.0, f1=-0.04),),
    ),
)
