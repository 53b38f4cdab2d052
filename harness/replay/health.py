"""Whether the model's server answers at all: a refused key or a dead address must not become a thousand failures."""

from __future__ import annotations

from dataclasses import dataclass, field

from harness.base.errors import ProviderUnavailableError
from harness.models.answers import QUOTA
from harness.models.types import Attempt


def is_shut_out(attempt: Attempt) -> bool:
    """Whether the failure is the account's or the address's, so that every other call would meet it too. A
    recorded one was that of another day."""
    if attempt.outcome != "failed" or attempt.source == "recorded":
        return False
    return attempt.error in ("connection", "unreachable", QUOTA) or attempt.status in (401, 403)


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
