"""A caller as one record uses it: counted, watched, and answered from what this run has paid for already."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from harness.models.caller import recording_missing
from harness.models.client import PATHS
from harness.models.types import Attempt, Call, Caller
from harness.replay.health import Health, is_shut_out, is_turned_away
from harness.replay.journal import StoppedError
from harness.replay.progress import Tally
from harness.replay.types import RecordKey

_OVER = frozenset({"answered", "refused", "incomplete"})


class MissingRecordingError(Exception):
    """A call of an arm that may only be replayed has no recording; the text says what comes nearest."""


class Earlier:
    """Calls that an earlier session of this run made for the same record, each handed out once.

    Only calls that the model answered (refusals and cut-off answers too): what failed cost nothing and is tried
    again. A pipeline that makes the same call twice made it twice before.
    """

    def __init__(self, attempts: Iterable[Attempt] = ()) -> None:
        self._calls: dict[tuple[str, int], deque[list[Attempt]]] = defaultdict(deque)
        for attempt in attempts:
            same = self._calls[attempt.call_key, attempt.draw]
            if attempt.number == 1 or not same:
                same.append([])
            same[-1].append(attempt)

    def take(self, call: Call) -> tuple[Attempt, ...]:
        """The attempts of a call that was answered before; () where there is none left."""
        same = self._calls.get((call.key, call.draw))
        while same:
            attempts = same.popleft()
            if attempts[-1].outcome in _OVER:
                return tuple(attempts)
        return ()


@dataclass(frozen=True, slots=True)
class Watch:
    """What the records of a replay share: the counts, whether the model's servers answer at all, whether the run is
    ending, and whom to tell that something changed."""

    tally: Tally
    health: Health
    halted: Callable[[], bool]
    changed: Callable[[], None]


@dataclass(slots=True)
class WatchedCaller:
    """Wraps an arm's caller for one record. attempts: all that the record used; sent: those of this session.
    shut_out: a call met a refused key, a used-up quota, no connection, or a server that turned it away."""

    inner: Caller
    origin: str
    key: RecordKey
    earlier: Earlier
    watch: Watch
    attempts: list[Attempt] = field(default_factory=list)
    sent: list[Attempt] = field(default_factory=list)
    shut_out: bool = False

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        """Raises StoppedError while the run is ending, MissingRecordingError, and ProviderUnavailableError where
        nothing gets through any more."""
        known = self.earlier.take(call)
        if known:
            self.watch.tally.reused += 1
            self.attempts.extend(known)
            return known
        if self.watch.halted():
            raise StoppedError
        with self.watch.tally.flying(self.key):
            self.watch.changed()
            attempts = await self.inner(call)
        if recording_missing(attempts):
            raise MissingRecordingError(attempts[-1].detail)
        self.take_in(attempts, PATHS[call.wire])
        return attempts

    def take_in(self, attempts: tuple[Attempt, ...], path: str = "") -> None:
        """Count a call that ended; path: where it went. Raises ProviderUnavailableError where nothing gets through
        any more."""
        self.watch.tally.calls += 1
        self.watch.tally.retries += max(0, len(attempts) - 1)
        self.attempts.extend(attempts)
        sent = [attempt for attempt in attempts if attempt.source in ("live", "simulated")]
        self.watch.tally.sent += bool(sent)
        self.sent.extend(sent)
        self.watch.changed()
        if attempts:
            last = attempts[-1]
            self.shut_out = self.shut_out or is_shut_out(last) or is_turned_away(last)
            self.watch.health.note(self.origin, self.key, last, path)
