"""Tokens, cost and time."""

from __future__ import annotations

from harness.gates.constants import TIME_SOURCES
from harness.gates.definition import Definition, Question, Said
from harness.gates.harm import Harm
from harness.gates.rules import p95_budget, p95_ratio, ratio
from harness.gates.ruling import Ruling
from harness.gates.words import cvs

# Whether the migration saves tokens, money and time is a promise, judged in the claims ledger. Deciding each edit by
# it would hold every edit for what the accepted assistant does already.
_A_CLAIM = {"legacy": {"level": "advisory", "threshold": 1.0}}


def _tokens(ask: Question) -> Ruling:
    return ratio(ask, ask.pair.tokens)


def _cost(ask: Question) -> Ruling:
    return ratio(ask, ask.pair.cost)


def _latency(ask: Question) -> Ruling:
    return ratio(ask, ask.pair.latency, paired=True)


def _ratio(ask: Question, ruling: Ruling) -> Said:
    delta = ruling.delta
    bounds = f" [{delta.lower:.2f}, {delta.upper:.2f}]" if delta.lower is not None and delta.upper is not None else ""
    return Said(
        f"{ask.gate.label}: {delta.value:.2f} × the {ask.pair.against}'s{bounds},"
        f" at most {ruling.threshold:.2f} allowed, {cvs(delta.n)}"
    )


def _budget(ask: Question, ruling: Ruling) -> Said:
    value = ruling.candidate.value or 0.0
    return Said(
        f"{ask.gate.label}: 95 % of answers within {value / 1000:.1f} s, {ruling.threshold / 1000:.1f} s allowed,"
        f" {ruling.affected} of {ruling.candidate.n} CVs over it"
    )


GATES = (
    Definition(
        name="tokens",
        label="tokens",
        metric="billed tokens",
        default=1.10,
        meaning="largest ratio of totals, retries included",
        place=300,
        figure="ratio of totals, retries included",
        passes="upper bound ≤ 1.10 (legacy 1.00, advisory: a claim)",
        fails="estimate over it and lower bound > 1",
        judge=_tokens,
        say=_ratio,
        scope="tokens",
        high=100,
        unit="ratio",
        overrides=_A_CLAIM,
        at_margin=lambda _n, rule: Harm(f"tokens × {rule.threshold:.2f}", tokens=rule.threshold),
        seeded=(Harm("+30 % tokens", tokens=1.3, cost=1.3),),
    ),
    Definition(
        name="cost",
        label="cost",
        metric="US dollars",
        default=1.10,
        meaning="largest ratio of totals",
        place=310,
        figure="ratio of totals",
        passes="as `tokens`",
        fails="as `tokens`",
        judge=_cost,
        say=_ratio,
        scope="cost",
        high=100,
        unit="ratio",
        overrides=_A_CLAIM,
        at_margin=lambda _n, rule: Harm(f"cost × {rule.threshold:.2f}", cost=rule.threshold),
    ),
    Definition(
        name="latency_p50",
        label="latency p50",
        metric="milliseconds a CV",
        default=1.20,
        meaning="largest paired ratio",
        place=320,
        figure="paired ratio",
        passes="upper bound ≤ 1.20",
        fails="as `tokens`",
        judge=_latency,
        say=_ratio,
        scope="latency",
        high=100,
        unit="ratio",
        level="advisory",
        in_release="deciding",
        sources=TIME_SOURCES,
        overrides=_A_CLAIM,
        at_margin=lambda _n, rule: Harm(f"latency × {rule.threshold:.2f}", latency=rule.threshold, profile="release"),
        seeded=(Harm("+35 % latency", latency=1.35, profile="release"),),
    ),
    Definition(
        name="latency_p95",
        label="latency p95",
        metric="95th percentile of milliseconds",
        default=1.25,
        meaning="largest ratio",
        place=330,
        figure="ratio of 95th percentiles, from 59 people on",
        passes="upper bound ≤ 1.25",
        fails="as `tokens`",
        judge=p95_ratio,
        say=_ratio,
        scope="latency",
        high=100,
        unit="ratio",
        level="advisory",
        in_release="deciding",
        sources=TIME_SOURCES,
        overrides=_A_CLAIM,
    ),
    Definition(
        name="latency_budget",
        label="latency budget",
        metric="95th percentile of milliseconds",
        default=30_000,
        meaning="milliseconds under which 95 % of answers must come",
        place=340,
        figure="95th percentile under a fixed time, one answer a person",
        passes="exact test at .05",
        fails="exact test the other way",
        judge=p95_budget,
        say=_budget,
        scope="latency",
        high=3_600_000,
        unit="budget",
        level="advisory",
        in_release="deciding",
        sources=TIME_SOURCES,
        against=frozenset({"baseline"}),
    ),
)
