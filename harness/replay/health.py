"""Whether the model's server answers at all: a refused key or a dead address must not become a thousand failures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harness.base.errors import ProviderUnavailableError
from harness.models.answers import QUOTA
from harness.models.retry import retryable
from harness.models.types import Attempt
from harness.replay.types import Arm, RecordKey

if TYPE_CHECKING:
    from harness.replay.store import RunStore


def is_shut_out(attempt: Attempt) -> bool:
    """Whether the failure is the account's or the address's, so that every other call would meet it too. A
    recorded one was that of another day."""
    if attempt.outcome != "failed" or attempt.source == "recorded":
        return False
    return attempt.error in ("connection", "unreachable", QUOTA) or attempt.status in (401, 403)


def may_pass(attempt: Attempt) -> bool:
    """Whether the failure is no word about the call, so that a resumed run asks again: the key was refused, the
    account was empty, or nothing could be sent."""
    return is_shut_out(attempt) and attempt.error != "connection"


def to_ask_again(store: RunStore, arms: Sequence[Arm]) -> frozenset[RecordKey]:
    """Records that are failures today and may be answers tomorrow: those that `may_pass`, and all of an arm that was
    asked and never got an answer, because its server was down or turned everything away."""
    done = store.done()
    found = set()
    for arm in arms:
        records = {key: failure for key, failure in done.items() if key.arm == arm.id}
        failed = {key: store.attempts_of(key)[-1:] for key, failure in records.items() if failure == "provider"}
        found |= {key for key, last in failed.items() if any(map(may_pass, last))}
        if len(failed) == len(records) and all(_was_down(attempt) for last in failed.values() for attempt in last):
            found |= failed.keys()
    return frozenset(found)


def _was_down(attempt: Attempt) -> bool:
    return attempt.source != "recorded" and (is_shut_out(attempt) or retryable(attempt))


@dataclass(slots=True)
class Health:
    """Calls in a row, by origin, that were shut out. `limit` of them end the run."""

    limit: int
    _in_a_row: dict[str, int] = field(default_factory=dict)
    _ever_answered: set[str] = field(default_factory=set)
    _last: dict[str, Attempt] = field(default_factory=dict)

    def note(self, origin: str, last: Attempt) -> None:
        """Take in how a call ended. Raises ProviderUnavailableError at the limit."""
        if not is_shut_out(last):
            self._in_a_row.pop(origin, None)
            self._ever_answered.add(origin)
            return
        self._last[origin] = last
        self._in_a_row[origin] = self._in_a_row.get(origin, 0) + 1
        if self._in_a_row[origin] >= self.limit:
            raise self._unavailable(origin)

    def suspected(self, origin: str) -> bool:
        """Whether the newest call of this origin was shut out."""
        return origin in self._in_a_row

    def check_end(self) -> None:
        """At the end of a short run: raises ProviderUnavailableError for an origin that never let a call in."""
        for origin in self._in_a_row:
            if origin not in self._ever_answered:
                raise self._unavailable(origin)

    def _unavailable(self, origin: str) -> ProviderUnavailableError:
        last, times = self._last[origin], self._in_a_row[origin]
        calls = "a call" if times == 1 else f"{times} calls in a row"
        because = last.detail or last.error
        if last.error == QUOTA:
            hint = "top up the account or raise its limit, then continue with --resume"
        elif last.status in (401, 403):
            hint = "check the API key and what it may use, then continue with --resume"
        else:
            hint = "check the address and the network, then continue with --resume"
        return ProviderUnavailableError(f"{calls} to {origin} did not get through: {because}", hint=hint)
