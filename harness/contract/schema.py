"""The contract's JSON Schema, and what is derived from it: field paths and the strict variant for the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from harness.base.canonical import digest
from harness.base.errors import HarnessError
from harness.base.types import Json

# Keywords that OpenAI's structured outputs do not accept, or that mean nothing on the wire. Descriptions too: a
# rule that also stood here would go on working after its sentence was deleted from the instructions.
_NOT_ON_THE_WIRE = frozenset({"$schema", "$id", "title", "description", "minLength"})


@cache
def contract_schema() -> Json:
    """The contract (JSON Schema 2020-12). Treat it as read-only.

    In a source tree it is `goldens/cv.schema.json` itself; an installed wheel carries a copy of that file.
    """
    source = Path(__file__).resolve().parents[2] / "goldens" / "cv.schema.json"
    if source.is_file():
        return json.loads(source.read_text(encoding="utf-8"))
    packaged = resources.files("harness.contract") / "cv.schema.json"
    if packaged.is_file():
        return json.loads(packaged.read_text(encoding="utf-8"))
    raise HarnessError("the contract cv.schema.json is missing", hint="reinstall cv-harness")


@cache
def contract_digest() -> str:
    """Hex SHA-256 of the contract's canonical form."""
    return digest(contract_schema())


@cache
def strict_schema() -> Json:
    """The contract as OpenAI's strict `json_schema` accepts it: same objects, minus keywords outside the subset.

    The only instances it admits beyond the contract are those with an empty `id`.
    """
    return _without(contract_schema(), _NOT_ON_THE_WIRE)


def _without(node: Any, keywords: frozenset[str], *, names: bool = False) -> Any:
    """`node` without the schema keywords; under `properties` (names=True) keys are field names and all stay."""
    if isinstance(node, dict):
        return {
            key: _without(value, keywords, names=key == "properties" and not names)
            for key, value in node.items()
            if names or key not in keywords
        }
    if isinstance(node, list):
        return [_without(item, keywords) for item in node]
    return node


def _leaves(node: Json, path: str) -> Iterator[str]:
    if node["type"] == "object":
        for name, child in node["properties"].items():
            yield from _leaves(child, f"{path}.{name}" if path else name)
    elif node["type"] == "array":
        yield from _leaves(node["items"], f"{path}[]")
    else:
        yield path


SECTIONS: tuple[str, ...] = tuple(contract_schema()["properties"])
LEAVES: tuple[str, ...] = tuple(_leaves(contract_schema(), ""))
"""Field paths of every scalar, in the contract's order: `personal_info.name`, `work_experience[].description[]`."""

DATE_FIELDS: dict[str, tuple[str, ...]] = {
    "work_experience": ("start_date", "end_date"),
    "education": ("start_date", "end_date"),
    "projects": ("date",),
    "certifications": ("year", "expiry"),
    "training": ("date",),
}
"""Fields that hold a date, by section."""


def empty_cv() -> Json:
    """A contract object that says nothing: every section there, all empty."""
    return {
        name: dict.fromkeys(child["properties"], "") if child["type"] == "object" else []
        for name, child in contract_schema()["properties"].items()
    }
