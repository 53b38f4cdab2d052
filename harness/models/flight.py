"""What a call is doing right now, for whoever waits and sees nothing end."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Flight:
    """One call under way. name: of what it is for; began_ms: by a monotonic clock; doing: in a few words; queued: it
    waits for leave to be sent."""

    name: str
    began_ms: float
    doing: str = "starting"
    queued: bool = False


FLIGHT: ContextVar[Flight | None] = ContextVar("FLIGHT", default=None)
"""The flight of the call that the running task makes, where somebody watches."""


def doing(text: str, *, queued: bool = False) -> None:
    """Say what the call of this task does now. queued: nothing of it is sent."""
    flight = FLIGHT.get()
    if flight is not None:
        flight.doing, flight.queued = text, queued
