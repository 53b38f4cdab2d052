"""What is known about models: when they are shut down, and which parameters they refuse. Data, not a promise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from harness.assistants._toml import load_toml

_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


class KnownModel(BaseModel):
    """One entry of `models.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    shutdown: date | None = None
    replacement: str = ""
    temperature: Literal["any", "without_reasoning", "never"] = "any"
    efforts: tuple[str, ...] = ()
    default_effort: str = ""
    max_output_tokens: int | None = None


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    checked: date
    models: Mapping[str, KnownModel]


def known_model(name: str) -> KnownModel | None:
    """What is known about a model or its dated snapshot; None where nothing is."""
    models = _table().models
    return models.get(name) or models.get(_SNAPSHOT.sub("", name))


@cache
def _table() -> _Table:
    return load_toml(Path(__file__).with_name("models.toml"), _Table)
