"""The formula of latency, written once.

A live attempt took its total time. An attempt at the simulator took the virtual time of its model plus our own
overhead, which is what is left of the total when the time slept to play the model is taken out; so scaling the
simulator's clock does not scale the overhead. Time in our own queue is never part of it.
"""

from __future__ import annotations

from collections.abc import Iterable

from harness.models.types import Attempt


def attempt_ms(attempt: Attempt) -> float | None:
    """Milliseconds one attempt took; None where they were not measured."""
    if attempt.total_ms is None:
        return None
    if not virtual(attempt):
        return attempt.total_ms
    if attempt.model_ms is None:
        # A fault before the model began: no virtual time, our overhead only.
        return max(0.0, attempt.total_ms - attempt.slept_ms)
    return attempt.model_ms + max(0.0, attempt.total_ms - attempt.slept_ms)


def path_ms(attempts: Iterable[Attempt]) -> float | None:
    """Milliseconds that attempts made one after the other took, with the waits before retries.

    None where there are none, or where one of them was not measured.
    """
    total: float | None = None
    for attempt in attempts:
        took = attempt_ms(attempt)
        if took is None:
            return None
        total = (total or 0.0) + took + attempt.retry_wait_ms
    return total


def virtual(attempt: Attempt) -> bool:
    """Whether the attempt's time was played by the simulator, now or when it was recorded."""
    return attempt.source == "simulated" or "x-sim-slept-ms" in attempt.headers
