"""What the migration promised, and what the figures say: KEPT, BROKEN or NOT SHOWN.

Each claim is a figure with an interval and a bar: KEPT where the whole interval is at the bar or better, BROKEN
where all of it is worse. Times come twice: as the pipelines take them, and as a user waits for them.
An arm without answers is not fast, frugal, valid or consistent: figures are of CVs that both arms answered, what failed
tries took is added to the answers, and nothing is KEPT by a candidate that leaves too many CVs unanswered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from math import ceil

import numpy as np

from harness.gates import statistics as st
from harness.gates.config import GateConfig
from harness.gates.evidence import Evidence, by_persona, values_of
from harness.gates.noise import leaf_flips
from harness.gates.observation import UNREAD, Observation, Seen
from harness.gates.pairs import Values
from harness.gates.promises import (
    CONSISTENT,
    CONTRACT,
    QUALITY,
    RELIABLE,
    SIMPLER,
    SPEED,
    SPEED_P95,
    THROUGHPUT,
    TOKENS,
    WAIT,
    WAIT_P95,
    Promise,
)
from harness.gates.statistics import Floats, Interval, row_means
from harness.gates.types import Case, Claim, ClaimVerdict
from harness.replay.types import Record


def claims_of(evidence: Evidence, candidate: str, config: GateConfig, *, recorded: str = "") -> tuple[Claim, ...]:
    """The ledger against legacy; empty where the run has no legacy arm (live, or frozen as a reference). recorded: when
    its answers were made, said in each claim once legacy is retired."""
    if "legacy" not in evidence.cases or candidate not in evidence.cases:
        return ()
    ledger = _Ledger(evidence, candidate, config, recorded if config.legacy == "retired" else "")
    return (
        *ledger.times(),
        ledger.ratio(TOKENS, lambda seen: seen.tokens),
        ledger.quality(),
        ledger.contract(),
        ledger.consistent(),
        ledger.ratio(SIMPLER, lambda seen: seen.calls, note=_requests(evidence, candidate)),
        ledger.reliable(),
    )


def wait_ms(record: Record, config: GateConfig) -> float | None:
    """Milliseconds until the page shows the CV: upload, then for two-pass answers pass 1 inside the upload request
    and pass 2 rounded up to the poll that sees it (polls start one interval after the upload is answered). A visit to
    a running service took what it took."""
    took = record.latency_ms
    if took is None or any(phase.name.startswith("upload") for phase in record.phases):
        return took
    later = [phase for phase in record.phases if phase.name.startswith("pass2")]
    if not any(phase.name == "pass1" for phase in record.phases):
        return config.upload_ms + took
    background = sum(phase.ms or 0.0 for phase in later)
    polls = max(1, ceil(background / config.poll_ms)) if config.poll_ms else 0
    return config.upload_ms + (took - background) + (polls * config.poll_ms if polls else background)


class _Ledger:
    """The two arms side by side on the CVs that both could read, and each claim from them.

    mine, theirs: everything asked about them, failures too; answers: of both, those that are usable.
    """

    def __init__(self, evidence: Evidence, candidate: str, config: GateConfig, dated: str) -> None:
        from harness.gates.pairing import asked_of_both

        self.only = only = asked_of_both(evidence, "legacy", "legacy")
        self.evidence, self.candidate, self.config = evidence, candidate, config
        self.all_mine = _read(evidence.observations(candidate, only=only)[0])
        theirs = _read(evidence.observations("legacy", only=only)[0])
        both = sorted(self.all_mine.keys() & theirs.keys())
        self.mine, self.theirs = ({name: seen[name] for name in both} for seen in (self.all_mine, theirs))
        self.answers = (_answered(self.mine), _answered(self.theirs))
        self.personas = by_persona(both, evidence.documents)
        self.unanswered = {
            arm: sum(1 for documents in self.personas.values() if not answers.keys() & set(documents))
            for arm, answers in zip((candidate, "legacy"), self.answers, strict=True)
        }
        self.source = evidence.source(candidate)
        self.note = "; ".join(part for part in (_models(evidence, candidate), dated) if part)

    def values(self, figure: Callable[[Observation], float | None]) -> Values:
        """A figure of the answers."""
        return values_of(self.personas, *self.answers, figure)

    def per_answer(self, figure: Callable[[Observation], float | None]) -> Values:
        """A figure's sum over all of a person's draws, failed ones too, by answer: one column."""
        return Values(*(_per_answer(self.personas, seen, figure) for seen in (self.mine, self.theirs)))

    def claim(self, promise: Promise, found: Interval | None, note: str = "", *, shown: bool = True) -> Claim:
        """What is said of a promise; never KEPT where the candidate leaves more CVs unanswered than may ship."""
        missing, of = self.unanswered[self.candidate], len(self.personas)
        few = missing <= self.config.unanswered * of
        low = "" if few else f"{missing} of {of} CVs have no answer of {self.candidate}"
        said = "; ".join(part for part in (note, low, self.note) if part)
        if found is None:
            said = said or "not measured"
        return _claim(promise, found, self.source, _verdict(promise, found, shown, few), said, of, self.unanswered)

    def times(self) -> tuple[Claim, ...]:
        accepted = self.source in self.config.rule("latency_p50").sources
        note = "" if accepted else f"{self.source} times say nothing about the real model"
        took = self.values(lambda seen: seen.latency_ms)
        waits = self._waits()
        seen = "upload time is not measured and left out" if not self.config.upload_ms else ""
        if self._visited:
            seen = f"measured at a running service, {self.evidence.manifest.concurrency} users at a time"
        found = [
            self.claim(SPEED, _less(self._paired(took)), note, shown=accepted),
            self.claim(SPEED_P95, _less(self._p95(took)), note, shown=accepted),
            self.claim(WAIT, _less(self._paired(waits)), note or seen, shown=accepted),
            self.claim(WAIT_P95, _less(self._p95(waits)), note or seen, shown=accepted),
        ]
        held = self.per_answer(lambda seen: seen.latency_ms)
        ratio = self._totals(held)
        flipped = ratio and replace(ratio, value=1 / ratio.value, lower=1 / ratio.upper, upper=1 / ratio.lower)
        load = "; ".join(part for part in (self._load(held), note) if part)
        found.append(self.claim(THROUGHPUT, flipped, load, shown=accepted))
        return tuple(found)

    @property
    def _visited(self) -> bool:
        arm = self.evidence.arms.get(self.candidate)
        return arm is not None and arm.pipeline == "http"

    def _load(self, held: Values) -> str:
        """CVs an hour of both arms at the run's load."""
        places = self.evidence.manifest.concurrency
        one, two, both = held.means()
        if not both.any():
            return ""
        mine, theirs = (places * 3_600_000 / float(side[both].mean()) for side in (one, two))
        return f"with {places} CVs at a time: {mine:,.0f} an hour against {theirs:,.0f}"

    def _waits(self) -> Values:
        def figure(arm: str) -> Mapping[tuple[str, int], float | None]:
            cases = self.evidence.cases.get(arm, ())
            return {(case.record.document_id, case.record.draw): wait_ms(case.record, self.config) for case in cases}

        return Values(
            *(
                _filled(self.personas, seen, figure(arm))
                for arm, seen in zip((self.candidate, "legacy"), self.answers, strict=True)
            )
        )

    def _paired(self, values: Values) -> Interval | None:
        one, two, both = values.means()
        return st.log_ratio(one[both], two[both], confidence=self.config.confidence) if both.sum() > 1 else None

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

    def ratio(self, promise: Promise, figure: Callable[[Observation], float | None], *, note: str = "") -> Claim:
        return self.claim(promise, _less(self._totals(self.per_answer(figure))), note or self._cached(promise))

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
        found = st.paired_mean(
            (one - two)[both],
            confidence=self.config.confidence,
            floor=self.config.sd_floor,
            resamples=self.config.resamples,
            seed=self.config.seed,
        )
        return found.within(-1, 1)

    def quality(self) -> Claim:
        """A failed answer of the candidate is worth 0; one of legacy earns the candidate nothing."""
        margin = self.config.rule("accuracy", "legacy").threshold
        values = values_of(self.personas, self.mine, self.answers[1], lambda seen: seen.f1)
        found = self._mean(row_means(values.candidate), row_means(values.other))
        promise = replace(QUALITY, bar=-margin, definition=f"{QUALITY.definition}; kept from −{margin:.3g} on")
        return self.claim(promise, found)

    def contract(self) -> Claim:
        """Of all CVs that the candidate's pipeline could read, whatever legacy did with them."""
        people = by_persona(self.all_mine, self.evidence.documents)
        shares = [_share(_valid, documents, self.all_mine) for documents in people.values()]
        none = sum(_share(_usable, documents, self.all_mine) == 0 for documents in people.values())
        n, valid = len(shares), sum(share > 0.5 for share in shares)
        found = None
        if n:
            lower = 1 - st.binomial_upper(n - valid, n, self.config.confidence)
            upper = st.binomial_upper(valid, n, self.config.confidence)
            found = Interval(valid / n, lower, upper, n, float("nan"), "exact binomial")
        verdict = _verdict(CONTRACT, found, True, True)
        said = self.note or ("" if found else "not measured")
        return _claim(CONTRACT, found, self.source, verdict, said, n, {self.candidate: none})

    def consistent(self) -> Claim:
        """A draw that failed has none of the values that another draw has right."""
        flips = [leaf_flips(self.evidence.cases.get(arm, ()), self.only) for arm in (self.candidate, "legacy")]
        both = sorted(flips[0].keys() & flips[1].keys())
        if len(both) < 2:
            return self.claim(CONSISTENT, None, "needs each CV asked twice of each arm, and an answer among them")
        one, two = (np.array([found[name] for name in both]) for found in flips)
        return self.claim(CONSISTENT, self._mean(two, one))

    def reliable(self) -> Claim:
        values = values_of(self.personas, self.mine, self.theirs, lambda seen: float(bool(seen.failure)))
        return self.claim(RELIABLE, self._mean(row_means(values.other), row_means(values.candidate)))


def _verdict(promise: Promise, found: Interval | None, shown: bool, answered: bool) -> ClaimVerdict:
    """shown: whether figures of this source say anything; answered: whether the candidate answered enough CVs."""
    if found is None or not shown:
        return "NOT SHOWN"
    if found.lower >= promise.bar and answered:
        return "KEPT"
    return "BROKEN" if found.upper < promise.bar else "NOT SHOWN"


def _only(keep: Callable[[Observation], bool], seen: Seen) -> Seen:
    """What there is of such observations; documents without any left out."""
    kept = {name: {draw: one for draw, one in draws.items() if keep(one)} for name, draws in seen.items()}
    return {name: draws for name, draws in kept.items() if draws}


def _usable(seen: Observation) -> bool:
    return not seen.failure


_read = partial(_only, lambda one: not one.failure.startswith(UNREAD))
_answered = partial(_only, _usable)


def _valid(seen: Observation) -> bool:
    return not seen.failure and not seen.bad.get("contract")


def _share(of: Callable[[Observation], bool], documents: tuple[str, ...], seen: Seen) -> float:
    """Share of a person's observations of which it is true."""
    every = [of(one) for name in documents for one in seen[name].values()]
    return sum(every) / len(every)


def _per_answer(
    personas: Mapping[str, tuple[str, ...]], seen: Seen, figure: Callable[[Observation], float | None]
) -> Floats:
    """A figure's sum over a person's draws by answer, nan without an answer that has one. A failed try of which it is
    not known adds nothing."""
    table = np.full((len(personas), 1), np.nan)
    for row, documents in enumerate(personas.values()):
        draws = [(one, figure(one)) for name in documents for one in seen[name].values()]
        known = [(one, value) for one, value in draws if value is not None]
        answers = sum(1 for one, value in known if not one.failure and value > 0)
        if answers:
            table[row, 0] = sum(value for _, value in known) / answers
    return table


def _filled(
    personas: Mapping[str, tuple[str, ...]], seen: Seen, figures: Mapping[tuple[str, int], float | None]
) -> Floats:
    draws = sorted({draw for found in seen.values() for draw in found})
    table = np.full((len(personas), max(1, len(draws))), np.nan)
    for row, documents in enumerate(personas.values()):
        for column, draw in enumerate(draws):
            answers = (name for name in documents if draw in seen.get(name, {}))
            there = [value for name in answers if (value := figures.get((name, draw))) is not None]
            if there:
                table[row, column] = sum(there) / len(there)
    return table


def _less(found: Interval | None) -> Interval | None:
    """A ratio as the share saved: .4 of the other's is .6 less."""
    if found is None:
        return None
    return replace(found, value=1 - found.value, lower=1 - found.upper, upper=1 - found.lower)


def _claim(
    promise: Promise,
    found: Interval | None,
    source: str,
    verdict: ClaimVerdict,
    note: str,
    of: int,
    unanswered: Mapping[str, int],
) -> Claim:
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
        of,
        dict(unanswered),
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

    def calls(cases: Iterable[Case]) -> float:
        counted = [case.record.calls for case in cases if case.record.calls]
        return sum(counted) / len(counted) if counted else 0.0

    mine, theirs = calls(evidence.cases[candidate]), calls(evidence.cases["legacy"])
    return f"{mine:.1f} calls a CV against {theirs:.1f}; a client sends one request in place of upload, polls and load"
