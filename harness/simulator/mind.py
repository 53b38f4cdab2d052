"""The simulated model: from a question to its answer."""

from __future__ import annotations

import json

from harness.base.types import Json
from harness.simulator.question import Question


def think(question: Question, seed: int) -> str:
    """The whole answer, before any token limit cuts it."""
    return json.dumps(_empty(question.schema or {"type": "object"}), ensure_ascii=False)


def _empty(schema: Json) -> Json:
    kind = schema.get("type")
    if kind == "object":
        return {key: _empty(value) for key, value in schema.get("properties", {}).items()}
    return [] if kind == "array" else ""
