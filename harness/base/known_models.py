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
    """One entry of `models.toml`. efforts: () of a model that does not reason, None where it is not known."""

    shutdown: date | None = None
    replacement: str = ""
    temperature: Literal["any", "without_reasoning", "never", "unknown"] = "any"
    efforts: tuple[str, ...] | None = ()
    default_effort: str = ""
    max_output_tokens: int | None = None

    @property
    def unknown(self) -> tuple[str, ...]:
        """What is not known of it, in words."""
        parts = {
            "which reasoning efforts it accepts": self.efforts is None,
            "whether it takes a temperature": self.temperature == "unknown",
            "how long its answers can be": self.max_output_tokens is None,
        }
        return tuple(part for part, missing in parts.items() if missing)


def known_model(name: str) -> KnownModel | None:
    """What is known about a model, its dated snapshot or its family; None where nothing is."""
    models, plain = _models(), _SNAPSHOT.sub("", name)
    family = (each for each in models if each.endswith("*") and plain.startswith(each[:-1]) and len(plain) >= len(each))
    return models.get(name) or models.get(plain) or next((models[each] for each in family), None)


def is_known_by_name(name: str) -> bool:
    """Whether the table has this very name, or it is a dated snapshot of one that it has."""
    return name in _models() or _SNAPSHOT.sub("", name) in _models()


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
        efforts = entry.get("efforts", ())
        found[name] = KnownModel(**{**entry, "efforts": None if efforts == "unknown" else tuple(efforts)})
    return found


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
