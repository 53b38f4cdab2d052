"""Checks of single request parameters, with the refusals that the API words for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.simulator.apierror import bad
from harness.simulator.catalogue import Model

KINDS: Mapping[type, str] = {
    str: "a string", list: "an array", dict: "an object", bool: "a boolean", int: "an integer", float: "a decimal",
    type(None): "null",
}  # fmt: skip


def kind_of(value: object) -> str:
    return KINDS.get(type(value), "a value")


def of_type(name: str, value: object, kind: type, *, optional: bool = False) -> None:
    if value is None and optional:
        return
    fits = isinstance(value, kind) and not (kind in (int, float) and isinstance(value, bool))
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        fits = True
    if not fits:
        raise bad(
            f"Invalid type for '{name}': expected {KINDS[kind]}, but got {kind_of(value)} instead.",
            name,
            "invalid_type",
        )


def in_range(name: str, value: float | None, low: float, high: float) -> None:
    if value is None:
        return
    of_type(name, value, float)
    if value < low:
        raise bad(
            f"Invalid '{name}': decimal below minimum value. Expected a value >= {low:g}, but got {value} instead.",
            name,
            "decimal_below_min_value",
        )
    if value > high:
        raise bad(
            f"Invalid '{name}': decimal above maximum value. Expected a value <= {high:g}, but got {value} instead.",
            name,
            "decimal_above_max_value",
        )


def token_limit(body: Mapping[str, Any], name: str, model: Model) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    of_type(name, value, int)
    if value < 1:
        raise bad(
            f"Invalid '{name}': integer below minimum value. Expected a value >= 1, but got {value} instead.",
            name,
            "integer_below_min_value",
        )
    if value > model.max_output:
        raise bad(
            f"{name} is too large: {value}. This model supports at most {model.max_output} completion tokens, "
            f"whereas you provided {value}.",
            name,
            "invalid_value",
        )
    return int(value)
