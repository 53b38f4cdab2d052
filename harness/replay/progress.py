"""How far a replay is, and what it came to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal

from harness.base.clock import Clock
from harness.models.flight import FLIGHT, Flight
from harness.models.types import Usage
from harness.replay.types import RecordKey


@dataclass(frozen=True, slots=True)
class Progress:
    """A glance at a running replay, for whoever renders it.

    documents_done: all of a document's records are there. calls: finished in this session; reused: answered from
    what an earlier session of this run had paid for; in_flight: calls under way, without those that wait for leave to
    be sent. usage, cost: what was really sent in this session (simulated
    calls at the price they would have); unpriced: records of it without a price. eta_s: None until it can be said.
    slowest: of the calls under way the one that has been so longest (slowest_s), and what it is doing; "" for none.
    """

    documents: int
    documents_done: int
    records: int
    records_done: int
    calls: int
    reused: int
    in_flight: int
    retries: int
    failures: int
    usage: Usage
    cost: Decimal
    unpriced: int
    elapsed_s: float
    eta_s: float | None
    slowest: str = ""
    slowest_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MissingRecording:
    """A record that could not be made, because its arm may only be replayed and a call has no recording."""

    key: RecordKey
    detail: str


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """What a session of a run came to. written: records of this session; kept: those that were there before.

    failures: how many of the written ones, by kind of failure. calls: answered, whoever did; sent: those that a model
    was asked. complete: every record of the run is there now.
    missing: records without recordings, for which nothing was written; not those that the run does without.
    unknown_calls: calls of this run of which nobody knows whether they were billed. ended: why it ended early, where
    that is about money; to_ask_again: records that are failures today and may be answers tomorrow.
    """

    written: int
    kept: int
    failures: Mapping[str, int]
    calls: int
    sent: int
    reused: int
    retries: int
    usage: Usage
    cost: Decimal
    unpriced: int
    unknown_calls: int
    seconds: float
    complete: bool
    interrupted: bool
    missing: tuple[MissingRecording, ...] = ()
    ended: str = ""
    to_ask_again: int = 0


@dataclass(slots=True)
class Tally:
    """The running counts behind both."""

    documents: int
    records: int
    kept: int
    clock: Clock
    started_ms: float
    left: dict[str, int] = field(default_factory=dict)  # records still to come, by document; gone when it has all
    written: int = 0
    left_out: int = 0
    calls: int = 0
    sent: int = 0
    reused: int = 0
    flights: dict[int, Flight] = field(default_factory=dict)  # calls under way, the longest first
    retries: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    cost: Decimal = Decimal(0)
    unpriced: int = 0

    @contextmanager
    def flying(self, key: RecordKey) -> Iterator[None]:
        """Count the call that the block makes as under way, and hear what it is doing."""
        flight = Flight(f"{key.document_id} {key.arm} draw {key.draw}", self.clock.monotonic_ms())
        before = FLIGHT.set(flight)
        self.flights[id(flight)] = flight
        try:
            yield
        finally:
            del self.flights[id(flight)]
            FLIGHT.reset(before)

    def record_done(self, document_id: str, failure: str) -> None:
        """Count a record that is durable now; failure: its kind, "" for an answer."""
        self.written += 1
        self._over(document_id)
        if failure:
            self.failures[failure] = self.failures.get(failure, 0) + 1

    def record_left_out(self, document_id: str) -> None:
        """Count a record that the run does without."""
        self.left_out += 1
        self._over(document_id)

    def _over(self, document_id: str) -> None:
        self.left[document_id] -= 1
        if not self.left[document_id]:
            del self.left[document_id]

    def progress(self, now_ms: float) -> Progress:
        elapsed = (now_ms - self.started_ms) / 1000.0
        done = self.kept + self.written + self.left_out
        slowest = next(iter(self.flights.values()), None)
        return Progress(
            documents=self.documents,
            documents_done=self.documents - len(self.left),
            records=self.records,
            records_done=done,
            calls=self.calls,
            reused=self.reused,
            in_flight=sum(not flight.queued for flight in self.flights.values()),
            retries=self.retries,
            failures=sum(self.failures.values()),
            usage=self.usage,
            cost=self.cost,
            unpriced=self.unpriced,
            elapsed_s=elapsed,
            eta_s=elapsed / self.written * (self.records - done) if self.written else None,
            slowest=f"{slowest.name} {slowest.doing}" if slowest is not None else "",
            slowest_s=(now_ms - slowest.began_ms) / 1000.0 if slowest is not None else 0.0,
        )
