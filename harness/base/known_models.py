"""What is known about models: when they are shut down, and which parameters they refuse. Data, not a promise.

One table for all that ask: lint, estimates and the budget, and the simulator, which serves them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

TABLE = Path(__file__).with_name("models.toml")
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True, slots=True)
class KnownModel:
    """One entry of `models.toml`."""

    shutdown: date | None = None
    replacement: str = ""
    temperature: Literal["any", "without_reasoning", "never"] = "any"
    efforts: tuple[str, ...] = ()
    default_effort: str = ""
    max_output_tokens: int | None = None


def known_model(name: str) -> KnownModel | None:
    """What is known about a model or its dated snapshot; None where nothing is."""
    models = _models()
    return models.get(name) or models.get(_SNAPSHOT.sub("", name))


def checked() -> date:
    """The day on which the table was held against OpenAI's pages."""
    day = _table()["checked"]
    assert isinstance(day, date)
    return day


@cache
def _models() -> Mapping[str, KnownModel]:
    """Raises TypeError for a key that no model has."""
    found = {}
    for name, entry in _table()["models"].items():
        found[name] = KnownModel(**{**entry, "efforts": tuple(entry.get("efforts", ()))})
    return found


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
