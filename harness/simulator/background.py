"""Responses made in the background: asked for now, looked for later, readable for ten minutes after they are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harness.base.types import Json
from harness.simulator.apierror import ApiError, bad

READABLE_S = 600.0
WINDOWS = ("soonest", "2h", "8h")
_LOOKS = 2
"""So often a response is found under way before it is over."""


@dataclass(slots=True)
class Background:
    """clock: Unix time in seconds."""

    clock: Callable[[], float]
    _made: dict[str, tuple[float, dict[str, Any]]] = field(default_factory=dict)
    _looks: dict[str, int] = field(default_factory=dict)

    def begin(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The response that says that one is queued."""
        now = self.clock()
        for name in [name for name, (made, _) in self._made.items() if now - made > READABLE_S]:
            del self._made[name], self._looks[name]
        self._made[payload["id"]] = now, {**payload, "background": True}
        self._looks[payload["id"]] = 0
        return _under_way(self._made[payload["id"]][1], "queued")

    def look(self, name: str) -> dict[str, Any]:
        """The response as it stands. Raises ApiError where it is not kept, or not any more."""
        made, payload = self._made.get(name, (0.0, {}))
        if not payload or self.clock() - made > READABLE_S:
            raise ApiError(404, f"Response with id '{name[:80]}' not found.", param="response_id")
        self._looks[name] += 1
        return payload if self._looks[name] > _LOOKS else _under_way(payload, "in_progress")


def wanted(body: dict[str, Json]) -> bool:
    """Whether a request is for the background. Raises ApiError for options that do not go together."""
    options = body.get("background_options")
    if options is not None:
        window = options.get("completion_window", "soonest") if isinstance(options, dict) else None
        if window not in WINDOWS:
            raise bad("Invalid value: 'background_options.completion_window'.", "background_options", "invalid_value")
        if window != "soonest" and (not body.get("background") or body.get("service_tier") not in _STANDARD):
            raise bad(f"The window '{window}' needs 'background' and standard processing.", "background_options")
    return bool(body.get("background"))


def tier_served(asked: Json) -> str:
    """The tier that a response names for what was asked for. Raises ApiError."""
    if asked not in (*_STANDARD, "flex", "priority", "fast"):
        raise bad(f"Invalid value: '{str(asked)[:40]}'.", "service_tier", "invalid_value")
    return {"flex": "flex", "priority": "priority", "fast": "priority"}.get(str(asked), "default")


_STANDARD = (None, "auto", "default")


def _under_way(payload: dict[str, Any], status: str) -> dict[str, Any]:
    return {**payload, "status": status, "output": [], "usage": None, "completed_at": None, "incomplete_details": None}
