"""The service's way to the model: the harness's one client and retry owner, with a journal that counts."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from harness.base.clock import Clock
from harness.models.answers import QUOTA
from harness.models.caller import Terms, Timer, build_caller
from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint, Timeouts
from harness.models.latency import path_ms
from harness.models.limiter import Limiter
from harness.models.prices import cost
from harness.models.rates import Rates
from harness.models.retry import RetryPolicy
from harness.models.types import Attempt, Call, Caller, Usage
from harness.service.metrics import Metrics
from harness.service.settings import ServiceSettings
from harness.service.telemetry import Telemetry

Side: TypeAlias = Literal["legacy", "assistant", "shadow"]

_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class StoppableRetry(RetryPolicy):
    """The retry policy, which gives up where `stopped` says so: after a rollback nothing is sent again."""

    stopped: Callable[[], bool] = field(default=lambda: False)

    def wait_s(self, attempt: Attempt) -> float | None:
        # Named explicitly: a slotted dataclass is a new class, which `super()` without arguments does not know.
        return None if self.stopped() else RetryPolicy.wait_s(self, attempt)


class AssistantStoppedError(Exception):
    """The assistant was switched off while a request waited for its turn: it was not sent."""


@dataclass(frozen=True, slots=True)
class CountingJournal:
    """Durable is what the tasks keep; here every attempt is counted and shown as a span. stopped: asked in the moment
    before a request is sent, however long it had waited for a place."""

    side: Side
    metrics: Metrics
    telemetry: Telemetry
    stopped: Callable[[], bool] = lambda: False

    async def intend(self, call: Call, reserved: Decimal = Decimal(0)) -> str:
        """Raises AssistantStoppedError."""
        del call, reserved  # one id a request is all that is needed here
        if self.stopped():
            raise AssistantStoppedError
        self.metrics.sent.labels(self.side).inc()
        return uuid.uuid4().hex

    async def commit(self, attempt: Attempt, spent: Decimal = Decimal(0)) -> None:
        del spent  # no budget is kept here
        self.metrics.model_requests.labels(self.side, attempt.outcome).inc()
        if attempt.usage is not None:
            self.metrics.tokens.labels(self.side, "input").inc(attempt.usage.input_tokens)
            self.metrics.tokens.labels(self.side, "output").inc(attempt.usage.output_tokens)
            dollars = price(attempt.snapshot, (attempt,))
            if dollars is not None:
                self.metrics.dollars.labels(self.side).inc(float(dollars))
        self.telemetry.attempt(self.side, attempt)


class Models:
    """Callers for the three sides, over two clients: what runs beside the users' requests has its own connections and
    places, and of the account's limits a minute only what users leave, so that it takes nothing from them. Each process
    keeps to its part of these limits."""

    def __init__(
        self,
        endpoint: Endpoint,
        settings: ServiceSettings,
        *,
        metrics: Metrics,
        telemetry: Telemetry,
        stopped: Callable[[], bool],
        clock: Clock,
    ) -> None:
        attempts = settings.model_attempts
        timeouts = Timeouts(read=120.0, total=180.0)
        self.wire = endpoint.wire
        self._users = ModelClient(endpoint, timeouts=timeouts, clock=clock).open()
        self._beside = ModelClient(endpoint, timeouts=timeouts, clock=clock).open()

        def places(most: int) -> Limiter:
            return Limiter(min(most, endpoint.concurrency or most), clock=clock)

        users, beside = places(settings.model_requests), places(settings.shadow.at_once)
        self._rates = Rates(*(_part(a_minute, settings.workers) for a_minute in (
            endpoint.requests_per_minute, endpoint.tokens_per_minute
        )), longest_hold_s=_PATIENCE_S, clock=clock)  # fmt: skip

        def caller(side: Side, client: ModelClient, limiter: Limiter, retry: RetryPolicy) -> Caller:
            journal = CountingJournal(side, metrics, telemetry, *(() if side == "legacy" else (stopped,)))
            return build_caller(
                origin=endpoint.origin,
                policy="call",
                journal=journal,
                client=client,
                terms=Terms(limiter, retry, rates=self._rates, last=side == "shadow"),
                timer=Timer(clock=clock),
            )

        stoppable = StoppableRetry(attempts=attempts, patience=_PATIENCE_S, stopped=stopped)
        self.legacy = caller("legacy", self._users, users, RetryPolicy(attempts=attempts, patience=_PATIENCE_S))
        # A limiter of its own: legacy, which must always be able to answer, never waits behind a stalled assistant.
        self.assistant = caller("assistant", self._users, places(settings.model_requests), stoppable)
        self.shadow = caller("shadow", self._beside, beside, stoppable)

    async def room(self, text: str, most: int) -> None:
        """Wait until the shadow may ask about a text, for an answer of at most so many tokens: until no user's call
        waits, and they leave room for it."""
        await self._rates.room(max(len(text) // 4, most))

    async def aclose(self) -> None:
        await self._users.aclose()
        await self._beside.aclose()


def _part(limit: int | None, processes: int) -> int | None:
    return max(1, limit // processes) if limit is not None else None


@dataclass(frozen=True, slots=True)
class Spent:
    """What some attempts came to. cost: dollars, None where a model is unpriced or nobody said how many tokens."""

    model_ms: float | None
    calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None


def spent(attempts: tuple[Attempt, ...], model: str) -> Spent:
    """Time, tokens and dollars of attempts made one after the other."""
    usage = sum((attempt.usage for attempt in attempts if attempt.usage is not None), Usage())
    dollars = price(model, attempts)
    return Spent(
        model_ms=path_ms(attempts),
        calls=len({attempt.call_key for attempt in attempts}),
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cost=None if dollars is None else float(dollars),
    )


def price(model: str, attempts: tuple[Attempt, ...]) -> Decimal | None:
    """Dollars; None where it is not known. An attempt without usage that was refused or never arrived is free."""
    total = Decimal(0)
    for attempt in attempts:
        if attempt.usage is None:
            if attempt.outcome != "failed" or attempt.error in ("timeout", QUOTA):
                return None
            continue
        dollars = cost(model, attempt.usage, attempt.started.date())
        if dollars is None:
            return None
        total += dollars
    return total


def wall_ms(attempts: tuple[Attempt, ...]) -> float:
    """Milliseconds that really passed in calls: model, our queue before it, waits between. For our own overhead."""
    return sum((a.total_ms or 0.0) + a.queue_ms + a.retry_wait_ms for a in attempts)


def dump_attempts(attempts: tuple[Attempt, ...]) -> str:
    """Attempts as text, without the raw bodies (the model's text is kept)."""
    return json.dumps([asdict(a) | {"body": None, "started": a.started.isoformat()} for a in attempts])


def load_attempts(text: str) -> tuple[Attempt, ...]:
    """Inverse of `dump_attempts`."""
    lines: list[dict[str, Any]] = json.loads(text)
    return tuple(
        Attempt(
            **line
            | {
                "started": datetime.fromisoformat(line["started"]),
                "usage": None if line["usage"] is None else Usage(**line["usage"]),
            }
        )
        for line in lines
    )
