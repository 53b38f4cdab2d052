"""Calls to a model, what came back, and who keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, Protocol, TypeAlias

from harness.base.types import Json, Source

Wire: TypeAlias = Literal["responses", "chat"]

Policy: TypeAlias = Literal["call", "record_first", "replay_only", "as_recorded"]
"""call: always ask the model; record_first: a recording where there is one, else ask; replay_only: a recording,
or the call fails with error "recording_missing"; as_recorded: the same, and a run is complete without the records
that it could not make so (the frozen answers of a model that is gone)."""

ASKING: frozenset[Policy] = frozenset({"call", "record_first"})
"""Policies under which a model may be asked."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens billed. `input` includes cached and cache-write tokens, `output` includes reasoning tokens."""

    input_tokens: int = 0
    cached_tokens: int = 0
    cache_write_tokens: int = 0
    output_tokens: int = 0
    reasoning_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.cached_tokens + other.cached_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
            self.output_tokens + other.output_tokens,
            self.reasoning_tokens + other.reasoning_tokens,
        )

    @property
    def total(self) -> int:
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """All that the requests of an assistant have in common: one object for all of them, so that what is reckoned of it
    is reckoned once. body: with an empty text. parts: digests of its components. place: the member of the body that
    holds the text, by itself or (before is not None) as the user's message after those.
    """

    wire: Wire
    body: Mapping[str, Json]
    parts: Mapping[str, str]
    place: str
    before: tuple[Json, ...] | None = None

    def filled(self, text: str) -> dict[str, Json]:
        """The body of the request about `text`."""
        given = text if self.before is None else [*self.before, {"role": "user", "content": text}]
        return {**self.body, self.place: given}


@dataclass(frozen=True, slots=True)
class Call:
    """One model request. `parts` are digests of its components (model, instructions, input, parameters,
    format …), so that a missing recording can say which one differs; `key` is the digest of all of them.
    Neither holds the draw or anything volatile (cache key, headers). frame, text: what `body` was filled from, where
    it was; whoever changes the body leaves them out."""

    parts: Mapping[str, str]
    draw: int
    key: str
    wire: Wire
    body: Mapping[str, Json]
    frame: Frame | None = field(default=None, compare=False, repr=False)
    text: str = field(default="", compare=False, repr=False)


AttemptOutcome: TypeAlias = Literal["answered", "refused", "incomplete", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A call, really sent once. Durations in milliseconds.

    model_ms: the provider's own processing time (on the simulator: virtual). slept_ms: how much of total_ms the
    simulator slept to play that time. body: the response as received. text: the model's answer in it, if any.
    error: the code of a failure ("rate_limit_exceeded", "timeout", …), "" when answered.
    snapshot: the model name that the response carries. detail: one sentence about a failure for a person.
    headers: the response headers worth keeping (rate limits, processing time …); never a credential.
    """

    id: str
    call_key: str
    number: int
    started: datetime
    queue_ms: float
    retry_wait_ms: float
    headers_ms: float | None
    total_ms: float | None
    model_ms: float | None
    status: int | None
    usage: Usage | None
    request_id: str | None
    source: Source
    outcome: AttemptOutcome
    body: bytes | None
    slept_ms: float = 0.0
    error: str = ""
    text: str | None = None
    snapshot: str = ""
    draw: int = 0
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """The stored response to a call of an origin, with its original latency, usage and headers."""

    origin: str
    key: str
    parts: Mapping[str, str]
    draw: int
    attempts: tuple[Attempt, ...]  # all attempts of the call, the last one answered (or finally failed)
    recorded: date
    snapshot: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


class Journal(Protocol):
    """Where attempts are made durable: an intent before the send, the attempt before its result is used.

    reserved, spent: US dollars that the attempt may cost at most, and that it did cost, where a budget is kept."""

    async def intend(self, call: Call, reserved: Decimal = ...) -> str: ...

    async def commit(self, attempt: Attempt, spent: Decimal = ...) -> None: ...


class Caller(Protocol):
    """Makes a call: limiter, retry, recordings and journal are behind it. Returns *all* attempts of the call in
    order; the last one carries the outcome. Never raises for what a provider does."""

    async def __call__(self, call: Call) -> tuple[Attempt, ...]: ...
