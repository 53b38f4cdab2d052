"""Tables about running: latency, tokens and cost, contract violations, errors."""

from __future__ import annotations

import math
import re
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from harness.contract.types import Rung, Violation
from harness.corpus.text import remedy
from harness.gates.statistics import from_log
from harness.gates.types import Case
from harness.models.types import Usage
from harness.pipelines.types import Phase
from harness.replay.types import RecordKey
from harness.reports.prepare import Attempts, Prepared, mean, rounded
from harness.reports.summary_types import (
    Cost,
    CostArm,
    CostArmTokens,
    Errors,
    ErrorsRow,
    ErrorsUnread,
    Latency,
    LatencyArm,
    LatencyArmPhase,
    LatencyArmPolled,
    LatencyPair,
    LatencyPairHistogram,
    Schema,
    SchemaRow,
    SchemaRowExample,
    SchemaRung,
)

ECDF_POINTS = 201
POLL_MS = 2000.0
EXAMPLES = 3
ANSWERED = "answered"


def latency(ready: Prepared) -> Latency:
    """Critical-path latency per arm (milliseconds): quantiles, ECDF points, where the time went; paired ratios."""
    arms: dict[str, LatencyArm] = {}
    for arm in ready.arms:
        took = _Took.of(ready.main[arm])
        values = sorted(took.ms)
        n = len(values)
        arms[arm] = {
            "n": n,
            "documents": len(took.documents),
            "not_measured": len(ready.main[arm]) - n,
            "sources": dict(took.sources),
            "mean": rounded(mean(values), 1),
            "p50": rounded(quantile(values, 0.5), 1),
            "p90": rounded(quantile(values, 0.9), 1) if n >= 10 else None,
            "p95": rounded(quantile(values, 0.95), 1) if n >= 20 else None,
            "p99": rounded(quantile(values, 0.99), 1) if n >= 100 else None,
            "min": rounded(values[0], 1) if values else None,
            "max": rounded(values[-1], 1) if values else None,
            "retry_ms": rounded(mean(took.retry_ms), 1),
            "queue_ms": rounded(mean(took.queue_ms), 1),
            "calls": rounded(mean(took.calls), 2),
            "phases": _phases(took),
            "polled": _polled(took),
            "ecdf": _ecdf(values),
        }
    pairs = [_ratios(ready, old) for old in (ready.baseline, ready.legacy) if old]
    return {
        "arms": arms,
        "pairs": [p for p in pairs if p is not None],
        "definition": "critical path: attempts and retry waits, passes summed; limiter queue excluded",
    }


@dataclass(frozen=True, slots=True)
class _Took:
    """An arm's records with a measured time, as far as times are told of. phases: by name, milliseconds and calls of
    all; waits: with the rest of a background phase rounded up to when the page asks."""

    ms: array[float] = field(default_factory=lambda: array("d"))
    retry_ms: array[float] = field(default_factory=lambda: array("d"))
    queue_ms: array[float] = field(default_factory=lambda: array("d"))
    calls: array[float] = field(default_factory=lambda: array("d"))
    waits: array[float] = field(default_factory=lambda: array("d"))
    documents: set[str] = field(default_factory=set)
    sources: Counter[str] = field(default_factory=Counter)
    phases: dict[str, list[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, cases: Iterable[Case]) -> _Took:
        took = cls()
        for case in cases:
            record = case.record
            if record.latency_ms is not None:
                took.ms.append(record.latency_ms)
                took.retry_ms.append(record.retry_ms)
                took.queue_ms.append(record.queue_ms)
                took.calls.append(record.calls)
                took.documents.add(case.document.id)
                took.sources[record.source] += 1
                took._take(record.phases, record.latency_ms)
        return took

    def _take(self, phases: Sequence[Phase], ms: float) -> None:
        for phase in phases:
            row = self.phases.setdefault(re.sub(r"\[\d+\]$", "", phase.name), [0.0, 0.0])
            row[0] += phase.ms or 0.0
            row[1] += phase.calls
        background = [phase.ms or 0.0 for phase in phases if phase.name.startswith("pass2")]
        if background:
            rest = sum(background)
            self.waits.append(ms - rest + math.ceil(rest / POLL_MS) * POLL_MS)


def quantile(values: list[float], share: float) -> float | None:
    """Linear interpolation between order statistics (Hyndman and Fan's type 7); None of nothing."""
    if not values:
        return None
    place = share * (len(values) - 1)
    low = math.floor(place)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (place - low)


def _ecdf(values: list[float]) -> list[list[float]]:
    """At most 201 points (ms, share of records that took no longer)."""
    n = len(values)
    if not n:
        return []
    ranks = (
        range(1, n + 1)
        if n <= ECDF_POINTS
        else (round(1 + i * (n - 1) / (ECDF_POINTS - 1)) for i in range(ECDF_POINTS))
    )
    return [[round(values[rank - 1], 1), round(rank / n, 4)] for rank in ranks]


def _phases(took: _Took) -> list[LatencyArmPhase]:
    """Mean milliseconds and calls a CV by phase; numbered phases (`pass2[3]`) are one."""
    n = len(took.ms)
    return [
        {"phase": name, "ms": round(ms / n, 1), "calls": round(calls / n, 2)}
        for name, (ms, calls) in took.phases.items()
    ]


def _polled(took: _Took) -> LatencyArmPolled | None:
    """What the page's polling adds: it asks every two seconds after the first pass, so the rest is rounded up.

    None for arms without a background phase.
    """
    waits = sorted(took.waits)
    if not waits:
        return None
    return {
        "n": len(waits),
        "p50": rounded(quantile(waits, 0.5), 1),
        "p95": rounded(quantile(waits, 0.95), 1) if len(waits) >= 20 else None,
        "interval_ms": POLL_MS,
    }


def _ratios(ready: Prepared, old: str) -> LatencyPair | None:
    """Candidate ÷ other, per CV (geometric mean over draws on each side)."""
    ratios = []
    for name in ready.main_documents:
        per_arm = ready.by_document[name]
        new_log, old_log = _log_mean(per_arm.get(ready.candidate, [])), _log_mean(per_arm.get(old, []))
        if new_log is not None and old_log is not None:
            ratios.append(from_log(new_log - old_log))
    if not ratios:
        return None
    ratios.sort()
    return {
        "against": old,
        "n": len(ratios),
        "p05": rounded(quantile(ratios, 0.05), 4),
        "p50": rounded(quantile(ratios, 0.5), 4),
        "p95": rounded(quantile(ratios, 0.95), 4),
        "geometric_mean": rounded(math.exp(sum(map(math.log, ratios)) / len(ratios)), 4),
        "faster": sum(1 for r in ratios if r < 1),
        "histogram": _histogram(ratios),
    }


def _log_mean(cases: Iterable[Case]) -> float | None:
    return mean(math.log(c.record.latency_ms) for c in cases if c.record.latency_ms)


def _histogram(ratios: list[float]) -> LatencyPairHistogram:
    """Counts over equal bins of the logarithm, more bins for more CVs; edges are ratios."""
    bins = max(8, min(30, round(1.6 * math.sqrt(len(ratios)))))
    low, high = math.log(ratios[0]), math.log(ratios[-1])
    if high - low < 1e-9:
        low, high = low - 0.01, high + 0.01
    counts = [0] * bins
    for ratio in ratios:
        counts[min(int((math.log(ratio) - low) / (high - low) * bins), bins - 1)] += 1
    return {
        "edges": [round(math.exp(low + (high - low) * i / bins), 4) for i in range(bins + 1)],
        "counts": [float(c) for c in counts],
    }


def cost(ready: Prepared, monthly_cvs: int, attempts: Attempts | None) -> Cost:
    """Tokens a CV by kind and US dollars per 1,000 CVs and a month, per arm. Retries are in every figure."""
    arms: dict[str, CostArm] = {}
    for arm in ready.arms:
        priced: list[Decimal] = []
        used: list[_Used] = []
        for case in ready.main[arm]:
            if case.record.cost is not None:
                priced.append(case.record.cost)
            if case.record.usage_known:
                used.append(_Used(case.record.key, case.record.usage, case.record.calls, case.record.attempts))
        n = len(used)
        unpriced = len(ready.main[arm]) - len(priced)
        per_cv = float(sum(priced)) / len(priced) if priced and not unpriced else None
        arms[arm] = {
            "n": n,
            "documents": len({each.key.document_id for each in used}),
            "unknown_usage": len(ready.main[arm]) - n,
            "tokens": _tokens(used) if n else None,
            "retry_tokens": _retry_tokens(used, attempts) if n and attempts is not None else None,
            "calls": rounded(mean(float(each.calls) for each in used), 2),
            "attempts": rounded(mean(float(each.attempts) for each in used), 2),
            "unpriced": unpriced,
            "per_cv": rounded(per_cv, 8),
            "per_1000": rounded(per_cv * 1000, 4) if per_cv is not None else None,
            "monthly": rounded(per_cv * monthly_cvs, 2) if per_cv is not None and monthly_cvs else None,
        }
    return {"arms": arms, "monthly_cvs": monthly_cvs, "prices": ready.manifest.prices, "currency": "USD"}


@dataclass(frozen=True, slots=True)
class _Used:
    """A record whose tokens are known, as far as cost is told of."""

    key: RecordKey
    usage: Usage
    calls: int
    attempts: int


def _tokens(used: Sequence[_Used]) -> CostArmTokens:
    n = len(used)
    usages = [each.usage for each in used]
    cached = sum(u.cached_tokens for u in usages)
    reasoning = sum(u.reasoning_tokens for u in usages)
    return {
        "input": round((sum(u.input_tokens for u in usages) - cached) / n, 1),
        "cached": round(cached / n, 1),
        "output": round((sum(u.output_tokens for u in usages) - reasoning) / n, 1),
        "reasoning": round(reasoning / n, 1),
        "total": round(sum(u.total for u in usages) / n, 1),
    }


def _retry_tokens(used: Sequence[_Used], attempts: Attempts) -> float:
    """Tokens a CV of attempts that brought no answer, where the run store knows the attempts."""
    spent = 0
    for each in used:
        if each.attempts > each.calls:
            found = attempts(each.key)
            spent += sum(a.usage.total for a in found if a.outcome != ANSWERED and a.usage is not None)
    return round(spent / len(used), 1)


def schema(ready: Prepared) -> Schema:
    """Contract violations by (stage, JSON pointer with `*` for indices, rule), and the rungs reached."""
    groups: dict[tuple[str, str, str], _Broken] = {}
    rungs: dict[str, SchemaRung] = {}
    for arm in ready.arms:
        raw: Counter[str] = Counter()
        final: Counter[str] = Counter()
        repairs: Counter[str] = Counter()
        for case in ready.by_arm[arm]:
            for number, (rung, mended, broken) in enumerate(case.record.rungs()):
                raw[Rung(rung).name] += 1
                repairs.update(mended)
                _collect(groups, f"raw answer {number + 1}" if number < 2 else "raw answer 3+", arm, case, broken)
            if case.score is not None:
                contract = case.score.contract
                final[Rung(contract.rung).name] += 1
                _collect(groups, "final object", arm, case, contract.violations)
                _collect(groups, "date form", arm, case, contract.date_problems)
                _collect(groups, "ids", arm, case, contract.id_problems)
                _collect(groups, "placeholders", arm, case, contract.placeholders)
                _collect(groups, "form", arm, case, contract.form)
        rungs[arm] = {
            "raw": {rung.name: raw.get(rung.name, 0) for rung in Rung},
            "final": {rung.name: final.get(rung.name, 0) for rung in Rung},
            "repairs": dict(repairs),
            "raw_n": sum(raw.values()),
            "n": sum(final.values()),
        }
    rows: list[SchemaRow] = [
        {
            "stage": stage,
            "pointer": pointer,
            "rule": rule,
            "arms": {
                arm: {"records": count, "documents": len(found.documents[arm])} for arm, count in found.records.items()
            },
            "examples": found.examples,
        }
        for (stage, pointer, rule), found in groups.items()
    ]
    rows.sort(
        key=lambda r: (
            -groups[r["stage"], r["pointer"], r["rule"]].records[ready.candidate],
            r["stage"],
            r["pointer"],
            r["rule"],
        )
    )
    return {"rungs": rungs, "rows": rows[:200], "total": len(rows)}


@dataclass(slots=True)
class _Broken:
    """Where one rule is broken at one place: records and documents by arm, and the first examples."""

    records: Counter[str] = field(default_factory=Counter)
    documents: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    examples: list[SchemaRowExample] = field(default_factory=list)


def _collect(
    groups: dict[tuple[str, str, str], _Broken], stage: str, arm: str, case: Case, found: Iterable[Violation]
) -> None:
    seen = set()
    for violation in found:
        key = (stage, re.sub(r"/\d+(?=/|$)", "/*", violation.pointer), violation.rule)
        broken = groups.setdefault(key, _Broken())
        broken.documents[arm].add(case.document.id)
        if key not in seen:
            broken.records[arm] += 1
            seen.add(key)
        if len(broken.examples) < EXAMPLES and not any(
            e["document"] == case.document.id and e["arm"] == arm for e in broken.examples
        ):
            broken.examples.append(
                {"document": case.document.id, "arm": arm, "pointer": violation.pointer, "message": violation.message}
            )


def _kinds(ready: Prepared) -> Iterator[tuple[str, str]]:
    """Outcome and media type of each document that was not read."""
    for name, hashes in ready.manifest.documents.items():
        if hashes.outcome not in ("ok", "ok_with_warnings") and name in ready.documents:
            yield hashes.outcome, ready.documents[name].media_type


def errors(ready: Prepared) -> Errors:
    """Answers that failed, by kind and code; task states; documents whose text could not be read."""
    rows: dict[tuple[str, str], ErrorsRow] = {}
    states: dict[str, dict[str, int]] = {}
    notes: Counter[str] = Counter()
    for arm in ready.arms:
        seen: Counter[str] = Counter()
        notes[arm] = 0
        for case in ready.by_arm[arm]:
            seen[case.record.state] += 1
            notes[arm] += bool(case.record.notes)
            answer = case.record.failure
            if answer is None:
                continue
            row = rows.setdefault(
                (answer.kind, answer.code), {"kind": answer.kind, "code": answer.code, "arms": {}, "examples": []}
            )
            row["arms"][arm] = row["arms"].get(arm, 0) + 1
            known = {(e["document"], e["arm"]) for e in row["examples"]}
            if len(known) < EXAMPLES and (case.document.id, arm) not in known:
                row["examples"].append(
                    {"document": case.document.id, "arm": arm, "draw": case.record.draw, "detail": answer.detail}
                )
        states[arm] = dict(seen)
    unread: list[ErrorsUnread] = [
        {"document": name, "outcome": hashes.outcome, "reader": hashes.reader}
        for name, hashes in ready.manifest.documents.items()
        if hashes.outcome not in ("ok", "ok_with_warnings")
    ]
    return {
        "rows": sorted(rows.values(), key=lambda row: -sum(row["arms"].values())),
        "states": states,
        "records": {arm: len(ready.by_arm[arm]) for arm in ready.arms},
        "with_notes": dict(notes),
        "unread": unread,
        "remedy": remedy(_kinds(ready)),
        "unread_n": len(ready.manifest.documents),
    }
