"""Time, passed in so that tests decide what it is: UTC for stamps, monotonic for durations."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime: ...
    def monotonic_ms(self) -> float: ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    def now(self) -> datetime:
        """The present instant, UTC."""
        return datetime.now(UTC)

    def monotonic_ms(self) -> float:
        """Milliseconds on a clock that never goes back; only differences mean anything."""
        return time.perf_counter() * 1000.0
