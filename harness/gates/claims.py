"""What the migration promised, and what the figures say: KEPT, BROKEN or NOT SHOWN.

Each claim is a figure with an interval and a bar: KEPT where the whole interval is at the bar or better, BROKEN
where all of it is worse. Times come twice: as the pipelines take them, and as a user waits for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from harness.gates import statistics as st
from harness.gates.config import GateConfig
from harness.gates.evidence import Evidence, by_persona, values_of
from harness.gates.noise import leaf_flips
from harness.gates.observation import Observation, Seen
from harness.gates.pairs import Values
from harness.gates.statistics import Floats, Interval, row_means
from harness.gates.types import Case, Claim, ClaimVerdict
from harness.replay.types import Record


@dataclass(frozen=True, slots=True)
class Promise:
    """A claim before it is measured. bar: the value from which on it is kept; higher is better."""

    name: str
    promise: str
    definition: str
    bar: float


SPEED = Promise(
    "speed_p50",
    "50–70 % faster",
    "1 − candidate / legacy, time a pipeline takes, geometric mean of the CVs' paired ratios",
    0.5,
)
SPEED_P95 = Promise(
    "speed_p95", "50–70 % faster", "1 − candidate / legacy, 95th percentile of the time a pipeline takes", 0.5
)
WAIT = Promise(
    "wait_p50",
    "50–70 % faster for the user",
    "1 − candidate / legacy, time a user waits: upload, pass 1 inside the upload request, pass 2 seen by polling",
    0.5,
)
WAIT_P95 = Promise(
    "wait_p95", "50–70 % faster for the user", "1 − candidate / legacy, 95th percentile of the time a user waits", 0.5
)
TOKENS = Promise("tokens", "30–40 % fewer tokens", "1 − candidate / legacy, all billed tokens, retries included", 0.3)
QUALITY = Promise(
    "quality", "quality matches or beats", "difference of strict F1 on the field paths that both are asked for", 0.0
)
CONTRACT = Promise(
    "contract", "contract compatible", "share of CVs whose object is valid in most draws; kept from 95 % on", 0.95
)
CONSISTENT = Promise(
    "consistent",
    "more consistent",
    "share of values, of those that both are asked for, that change between draws: legacy − candidate",
    0.0,
)
SIMPLER = Promise("simpler", "simpler", "1 − candidate / legacy, model calls a CV; kept from 1 % on", 0.01)
RELIABLE = Promise(
    "reliable",
    "as reliable",
    "share of answers that failed, each of which a service would fall back from: legacy − candidate; kept from −2"
    " points on",
    -0.02,
)
THROUGHPUT = Promise(
    "throughput", "more CVs an hour", "legacy / candidate, mean time a CV holds one of a fixed number of places", 1.0
)


def claims_of(evidence: Evidence, candidate: str, config: GateConfig, *, recorded: str = "") -> tuple[Claim, ...]:
    """The ledger against legacy; empty where the run has no legacy arm (live, or frozen as a reference). recorded: when
    its answers were made, said in each claim once legacy is retired."""
    if "legacy" not in evidence.cases or candidate not in evidence.cases:
        return ()
    ledger = _Ledger(evidence, candidate, config, recorded if config.legacy == "retired" else "")
    return (
        *ledger.times(),
        ledger.ratio(TOKENS, lambda seen: seen.tokens, less=True),
        ledger.quality(),
        ledger.contract(),
        ledger.consistent(),
        ledger.ratio(SIMPLER, lambda seen: seen.calls or None, less=True, note=_requests(evidence, candidate)),
        ledger.reliable(),
    )


def wait_ms(record: Record, config: GateConfig) -> float | None:
    """Milliseconds until the page shows the CV: upload, then for two-pass answers pass 1 inside the upload request
    and pass 2 rounded up to the poll that sees it (polls start one interval after the upload is answered)."""
    if record.latency_ms is None:
        return None
    later = [phase for phase in record.phases if phase.name.startswith("pass2")]
    if not any(phase.name == "pass1" for phase in record.phases):
        return config.upload_ms + record.latency_ms
    background = sum(phase.ms or 0.0 for phase in later)
    polls = max(1, ceil(background / config.poll_ms)) if config.poll_ms else 0
    return config.upload_ms + (record.latency_ms - background) + (polls * config.poll_ms if polls else background)


class _Ledger:
    """The two arms side by side, and each claim from them."""

    def __init__(self, evidence: Evidence, candidate: str, config: GateConfig, dated: str) -> None:
        from harness.gates.pairing import asked_of_both

        self.only = only = asked_of_both(evidence, "legacy", "legacy")
        self.evidence, self.candidate, self.config = evidence, candidate, config
        self.mine, _ = evidence.observations(candidate, only=only)
        self.theirs, _ = evidence.observations("legacy", only=only)
        both = sorted(self.mine.keys() & self.theirs.keys())
        self.personas = by_persona(both, evidence.documents)
        self.source = evidence.source(candidate)
        self.note = "; ".join(part for part in (_models(evidence, candidate), dated) if part)

    def values(self, figure: Callable[[Observation], float | None]) -> Values:
        return values_of(self.personas, self.mine, self.theirs, figure)

    def claim(self, promise: Promise, found: Interval | None, note: str = "", *, shown: bool = True) -> Claim:
        said = "; ".join(part for part in (note, self.note) if part)
        if found is None:
            return _claim(promise, None, self.source, "NOT SHOWN", said or "not measured")
        verdict: ClaimVerdict = "NOT SHOWN"
        if shown and found.lower >= promise.bar:
            verdict = "KEPT"
        elif shown and found.upper < promise.bar:
            verdict = "BROKEN"
        return _claim(promise, found, self.source, verdict, said)

    def times(self) -> tuple[Claim, ...]:
        accepted = self.source in self.config.rule("latency_p50").sources
        note = "" if accepted else f"{self.source} times say nothing about the real model"
        took = self.values(lambda seen: seen.latency_ms)
        waits = self._waits()
        seen = "upload time is not measured and left out" if not self.config.upload_ms else ""
        found = [
            self.claim(SPEED, _less(self._paired(took)), note, shown=accepted),
            self.claim(SPEED_P95, _less(self._p95(took)), note, shown=accepted),
            self.claim(WAIT, _less(self._paired(waits)), note or seen, shown=accepted),
            self.claim(WAIT_P95, _less(self._p95(waits)), note or seen, shown=accepted),
        ]
        ratio = self._totals(took)
        flipped = ratio and replace(ratio, value=1 / ratio.value, lower=1 / ratio.upper, upper=1 / ratio.lower)
        load = "; ".join(part for part in (self._load(took), note) if part)
        found.append(self.claim(THROUGHPUT, flipped, load, shown=accepted))
        return tuple(found)

    def _load(self, took: Values) -> str:
        """CVs an hour of both arms at the run's load."""
        places = self.evidence.manifest.concurrency
        means = [np.nanmean(side) if not np.isnan(side).all() else 0.0 for side in (took.candidate, took.other)]
        if min(means, default=0.0) <= 0:
            return ""
        mine, theirs = (places * 3_600_000 / mean for mean in means)
        return f"with {places} CVs at a time: {mine:,.0f} an hour against {theirs:,.0f}"

    def _waits(self) -> Values:
        def figure(arm: str) -> Mapping[tuple[str, int], float | None]:
            cases = self.evidence.cases.get(arm, ())
            return {(case.record.document_id, case.record.draw): wait_ms(case.record, self.config) for case in cases}

        return Values(
            *(
                _filled(self.personas, seen, figure(arm))
                for arm, seen in ((self.candidate, self.mine), ("legacy", self.theirs))
            )
        )

    def _paired(self, values: Values) -> Interval | None:
        one, two, both = values.means()
        if both.sum() < 2 or min(one[both].min(), two[both].min()) <= 0:
            return None
        return st.log_ratio(one[both], two[both], confidence=self.config.confidence)

    def _totals(self, values: Values) -> Interval | None:
        one, two, both = values.means()
        if both.sum() < 2 or one[both].sum() <= 0 or two[both].sum() <= 0:
            return None
        return st.ratio_of_totals(one[both], two[both], confidence=self.config.confidence)

    def _p95(self, values: Values) -> Interval | None:
        _, _, both = values.means()
        if both.sum() < 2:
            return None
        one, two = values.candidate[both], values.other[both]
        return st.quantile_ratio(one, two, confidence=self.config.confidence, resamples=999, seed=self.config.seed)

    def ratio(
        self, promise: Promise, figure: Callable[[Observation], float | None], *, less: bool, note: str = ""
    ) -> Claim:
        found = self._totals(self.values(figure))
        return self.claim(promise, _less(found) if less else found, note or self._cached(promise))

    def _cached(self, promise: Promise) -> str:
        if promise is not TOKENS:
            return ""
        shares = []
        for arm in (self.candidate, "legacy"):
            used = [case.record.usage for case in self.evidence.cases.get(arm, ())]
            total = sum(usage.input_tokens for usage in used)
            shares.append(f"{arm} {sum(usage.cached_tokens for usage in used) / total:.0%}" if total else f"{arm} none")
        return f"cached input tokens, included: {', '.join(shares)}"

    def _mean(self, one: Floats, two: Floats) -> Interval | None:
        both = ~(np.isnan(one) | np.isnan(two))
        if both.sum() < 2:
            return None
        return st.paired_mean(
            (one - two)[both],
            confidence=self.config.confidence,
            floor=self.config.sd_floor,
            resamples=self.config.resamples,
            seed=self.config.seed,
        )

    def quality(self) -> Claim:
        margin = self.config.rule("accuracy", "legacy").threshold
        values = self.values(lambda seen: seen.f1)
        found = self._mean(row_means(values.candidate), row_means(values.other))
        promise = replace(QUALITY, bar=-margin, definition=f"{QUALITY.definition}; kept from −{margin:.3g} on")
        return self.claim(promise, found)

    def contract(self) -> Claim:
        broken = row_means(self.values(lambda seen: float(bool(seen.bad.get("contract")))).candidate)
        judged = broken[~np.isnan(broken)]
        n, bad = len(judged), int((judged > 0.5).sum())
        if n == 0:
            return self.claim(CONTRACT, None)
        lower = 1 - st.binomial_upper(bad, n, self.config.confidence)
        upper = st.binomial_upper(n - bad, n, self.config.confidence)
        return self.claim(CONTRACT, Interval((n - bad) / n, lower, upper, n, float("nan"), "exact binomial"))

    def consistent(self) -> Claim:
        flips = [leaf_flips(self.evidence.cases.get(arm, ()), self.only) for arm in (self.candidate, "legacy")]
        both = sorted(flips[0].keys() & flips[1].keys())
        if len(both) < 2:
            return self.claim(CONSISTENT, None, "needs two draws of each arm")
        one, two = (np.array([found[name] for name in both]) for found in flips)
        return self.claim(CONSISTENT, self._mean(two, one))

    def reliable(self) -> Claim:
        values = self.values(lambda seen: float(bool(seen.failure)))
        return self.claim(RELIABLE, self._mean(row_means(values.other), row_means(values.candidate)))


def _filled(
    personas: Mapping[str, tuple[str, ...]], seen: Seen, figures: Mapping[tuple[str, int], float | None]
) -> Floats:
    draws = sorted({draw for found in seen.values() for draw in found})
    table = np.full((len(personas), max(1, len(draws))), np.nan)
    for row, documents in enumerate(personas.values()):
        for column, draw in enumerate(draws):
            there = [value for name in documents if (value := figures.get((name, draw))) is not None]
            if there:
                table[row, column] = sum(there) / len(there)
    return table


def _less(found: Interval | None) -> Interval | None:
    """A ratio as the share saved: .4 of the other's is .6 less."""
    if found is None:
        return None
    return replace(found, value=1 - found.value, lower=1 - found.upper, upper=1 - found.lower)


def _claim(promise: Promise, found: Interval | None, source: str, verdict: ClaimVerdict, note: str) -> Claim:
    return Claim(
        promise.name,
        promise.promise,
        promise.definition,
        found.value if found else None,
        found.lower if found else None,
        found.upper if found else None,
        found.n if found else 0,
        source,
        verdict,
        note,
    )


def _models(evidence: Evidence, candidate: str) -> str:
    one, two = evidence.arms.get(candidate), evidence.arms.get("legacy")
    if one is None or two is None:
        return ""
    family = (
        one.model == two.model or two.model.startswith(f"{one.model}-20") or one.model.startswith(f"{two.model}-20")
    )
    return "same model" if family else f"model changed too: {two.model} → {one.model}"


def _requests(evidence: Evidence, candidate: str) -> str:
    """What a client sends: legacy an upload, polls and a load; the assistant one request."""

    def calls(cases: tuple[Case, ...]) -> float:
        counted = [case.record.calls for case in cases if case.record.calls]
        return sum(counted) / len(counted) if counted else 0.0

    mine, theirs = calls(evidence.cases[candidate]), calls(evidence.cases["legacy"])
    return f"{mine:.1f} calls a CV against {theirs:.1f}; a client sends one request in place of upload, polls and load"
