"""From what a pipeline brought back to the record that is kept: latency, tokens, cost, source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from harness.base.types import Source
from harness.models.batch import NOT_RUN
from harness.models.prices import cost, price_factor
from harness.models.types import Attempt, Usage
from harness.pipelines.types import PipelineResult
from harness.replay.types import Arm, Record, RecordKey


def build_record(key: RecordKey, arm: Arm, result: PipelineResult, *, text_sha256: str | None, on: date) -> Record:
    """The record of `result`. on: the day whose prices count, one for all arms of a run."""
    attempts = result.attempts
    measured = [phase.ms for phase in result.phases if phase.ms is not None]
    whole = bool(result.phases) and len(measured) == len(result.phases)
    return Record(
        document_id=key.document_id,
        arm=key.arm,
        draw=key.draw,
        answer=result.answer,
        state=result.state,
        readings=result.readings,
        phases=result.phases,
        notes=result.notes,
        text_sha256=text_sha256,
        latency_ms=sum(measured) if whole else None,
        queue_ms=sum(attempt.queue_ms for attempt in attempts),
        retry_ms=sum(attempt.retry_wait_ms for attempt in attempts),
        source=source_of(arm, attempts),
        usage=sum((attempt.usage for attempt in attempts if attempt.usage is not None), Usage()),
        usage_known=all(_usage_is_known(attempt) for attempt in attempts),
        cost=total_cost(arm, attempts, on),
        calls=sum(phase.calls for phase in result.phases),
        attempts=len(attempts),
        attempt_ids=tuple(attempt.id for attempt in attempts),
        snapshot=",".join(dict.fromkeys(attempt.snapshot for attempt in attempts if attempt.snapshot)),
    )


def source_of(arm: Arm, attempts: Sequence[Attempt]) -> Source:
    """Where the figures come from. One recorded attempt makes the whole recorded: its latency is another day's."""
    sources = {attempt.source for attempt in attempts}
    for source in ("recorded", "simulated", "live", "declared"):
        if source in sources:
            return source
    if arm.origin == "declared":
        return "declared"
    return "simulated" if arm.origin.startswith("simulator") else "live"


def total_cost(arm: Arm, attempts: Sequence[Attempt], on: date) -> Decimal | None:
    """US dollars of all attempts; None where one that was answered has no price or no token count.

    Priced as the model that the response names, else as the one that was asked for, in the tier that served it. What a
    failed attempt may have cost is not known; `usage_known` says whether there is such a one.
    """
    total = Decimal(0)
    for attempt in attempts:
        if attempt.usage is None:
            if attempt.outcome in ("failed", "unknown"):
                continue
            return None
        price = cost(attempt.snapshot or arm.model, attempt.usage, on)
        if price is None and attempt.snapshot:
            price = cost(arm.model, attempt.usage, on)
        factor = price_factor(attempt)
        if price is None or factor is None:
            return None
        total += price * factor
    return total


def _usage_is_known(attempt: Attempt) -> bool:
    """A request that a server refused was not billed, nor a line of a batch that was not run; one that broke off may
    have been."""
    if attempt.usage is not None or attempt.error in NOT_RUN:
        return True
    return attempt.outcome == "failed" and attempt.status is not None and attempt.status >= 300
