"""The circuit breaker before the assistant: after too many failures nobody asks it for a while, then one does.

Own code, because the libraries there are count failures in a row instead of a share, let everybody through when
half open, or take no clock.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.base.clock import Clock

BreakerState: TypeAlias = Literal["closed", "open", "half_open"]


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to ask the assistant once. probe: the answer decides whether the breaker closes."""

    probe: bool


class Breaker:
    """failures: of the last `window` answers, that open it. open_s: seconds until a probe may go. Of one process."""

    def __init__(self, window: int, failures: int, open_s: float, clock: Clock) -> None:
        self._recent: deque[bool] = deque(maxlen=window)
        self._failures = failures
        self._open_ms = open_s * 1000.0
        self._clock = clock
        self._opened: float | None = None
        self._probing = False

    @property
    def state(self) -> BreakerState:
        if self._opened is None:
            return "closed"
        return "half_open" if self._clock.monotonic_ms() - self._opened >= self._open_ms else "open"

    def enter(self) -> Permit | None:
        """Leave to ask the assistant now, None where there is none. `note` or `abandon` must follow."""
        match self.state:
            case "closed":
                return Permit(probe=False)
            case "half_open" if not self._probing:
                self._probing = True
                return Permit(probe=True)
            case _:
                return None

    def note(self, permit: Permit, *, ok: bool) -> None:
        """How a permitted request ended."""
        if permit.probe:
            self._probing = False
            self._opened = None if ok else self._clock.monotonic_ms()
            self._recent.clear()
        elif self._opened is None:
            self._recent.append(ok)
            if self._recent.count(False) >= self._failures:
                self._opened = self._clock.monotonic_ms()

    def abandon(self, permit: Permit) -> None:
        """A permitted request was broken off by its caller: it counts for nothing, and another may probe."""
        if permit.probe:
            self._probing = False
