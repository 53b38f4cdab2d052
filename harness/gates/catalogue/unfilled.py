"""Fields that nobody gets any more, as if no CV had them: one cause, however few people have the field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil

import numpy as np

from harness.gates import statistics as st
from harness.gates.definition import Definition, Question, Said
from harness.gates.pairs import FieldPart, Pair
from harness.gates.parts import Weighed, worst_first
from harness.gates.ruling import Ruling, nothing
from harness.gates.statistics import row_means
from harness.gates.types import Estimate, Status
from harness.gates.words import percent

_SHOWN = 3


def _judge(ask: Question) -> Ruling:
    """FAIL: `threshold` people had the field in most draws of the other arm, and nobody has it in any of the
    candidate's. INCONCLUSIVE: two had."""
    pair = ask.pair
    parts = pair.fields()
    if not parts:
        return nothing(ask.name, ask.rule, pair, "no compared CV has a field of a golden")
    gone = worst_first(_gone(parts, ask.rule.threshold))
    n = len(parts)
    worst = gone[0] if gone else None
    status: Status = worst.status if worst else "PASS"
    lost = sum(one.status == status for one in gone)
    method = "fields of a golden that no answer fills any more"
    return Ruling(
        ask.name,
        ask.rule,
        status,
        Estimate(0.0, None, None, n, pair.n, method, source=pair.source),
        Estimate(lost / n, None, None, n, pair.n, method, source=pair.source),
        Estimate(lost / n, None, None, n, pair.n, method, source=pair.source),
        ask.rule.threshold,
        ceil(pair.n * (ask.rule.threshold / worst.worse - 1)) if worst and status == "INCONCLUSIVE" else None,
        affected=worst.worse if worst else 0,
        parts=gone,
    )


def _gone(parts: Mapping[str, FieldPart], enough: float) -> Iterator[Weighed]:
    """Fields that at least two people had and nobody has; worse: how many had it."""
    for name, part in parts.items():
        mine, theirs = part.filled.candidate, part.filled.other
        if np.isnan(mine).all() or np.nansum(mine) > 0:
            continue
        had = row_means(theirs) > 0.5
        before = int(had.sum())
        if before > 1:
            status: Status = "FAIL" if before >= enough else "INCONCLUSIVE"
            rows = tuple(int(row) for row in part.rows[had])
            n = len(part.rows)
            yield Weighed(name, status, "filled", rows, n, n, -before / n, None, None, (0.0, before / n), before, 0)


def _say(ask: Question, ruling: Ruling) -> Said:
    label, pair = ask.gate.label, ask.pair
    if not ruling.parts:
        return Said(f"{label}: none of {ruling.delta.n} that somebody's golden has{_rare(pair)}")
    worst = ruling.parts[0]
    also = [one.name for one in ruling.parts if one.status == ruling.status][1 : 1 + _SHOWN]
    where = f"in 0 of {worst.having} CVs that have it ({pair.against}: in {worst.worse})"
    head = f"{worst.name}: never filled any more, {where}"
    documents = tuple(name for row in worst.rows for name in pair.documents.get(pair.personas[row], ()))
    more = f", and with it {', '.join(also)}" if also else ""
    names = tuple(one.name for one in ruling.parts if one.status == ruling.status)
    return Said(f"{head} · {label}{more}", names, documents)


def _rare(pair: Pair) -> str:
    """What cannot be excluded of a field that very few have."""
    few = [(len(part.rows), name) for name, part in pair.fields().items() if len(part.rows) < 3]
    if not few:
        return ""
    n, name = min(few)
    bound = percent(st.binomial_upper(0, n))
    return f"; too few have {len(few)} of them to tell ({name}: {n}, so that up to {bound} lost is not excluded)"


GATES = (
    Definition(
        name="unfilled",
        label="fields never filled any more",
        metric="fields that no answer has any more",
        default=3,
        meaning="people who had the field from whom on it holds",
        place=65,
        figure="fields of a golden that the other arm fills and the candidate never does, in any answer to any CV",
        passes="none that two people had",
        fails="one that 3 people had (2: waits)",
        judge=_judge,
        say=_say,
        against=frozenset({"baseline"}),
        severity=1,
        by_size=True,
        unit="number",
        high=1000,
        supports=False,
    ),
)
