"""Plain types shared by all rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

# A JSON value. `Any` inside: mypy cannot narrow a recursive alias usefully, and every reader checks shapes itself.
Json: TypeAlias = Any
JsonObject: TypeAlias = Mapping[str, Any]

Source: TypeAlias = Literal["live", "recorded", "simulated", "declared"]
"""How a figure was obtained. `recorded` answers keep the origin they were recorded from."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer. Four kinds that are never mixed:

    provider: the model or its API failed; harness: we failed; unparseable: an answer came that is no JSON
    object; extraction: the document's text could not be read.
    """

    kind: Literal["provider", "harness", "unparseable", "extraction"]
    code: str
    detail: str = ""
