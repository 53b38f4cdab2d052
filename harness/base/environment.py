"""What the environment says about where we run."""

from __future__ import annotations

from collections.abc import Mapping


def in_ci(environment: Mapping[str, str]) -> bool:
    """Whether this is a CI job: `CI` is set to anything but "", "0", "false" or "no"."""
    return environment.get("CI", "").strip().casefold() not in ("", "0", "false", "no")
