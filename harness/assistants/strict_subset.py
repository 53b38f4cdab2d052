"""What OpenAI's strict structured outputs accept of JSON Schema, and where a schema leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from harness.base.types import Json

MOST_PROPERTIES = 5_000
DEEPEST = 10
MOST_ENUM_VALUES = 1_000
MOST_NAME_CHARACTERS = 120_000

_REFUSED = frozenset(
    {
        "allOf", "oneOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas",
        "patternProperties", "unevaluatedProperties", "propertyNames", "minProperties", "maxProperties",
        "unevaluatedItems", "contains", "minContains", "maxContains", "uniqueItems", "prefixItems",
    }
)  # fmt: skip
_KNOWN = frozenset(
    {
        "type", "properties", "required", "additionalProperties", "items", "enum", "const", "anyOf", "description",
        "title", "default", "$ref", "$defs", "definitions", "$schema", "$id", "$comment", "pattern", "format",
        "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum", "minItems", "maxItems",
        "minLength", "maxLength",
    }
)  # fmt: skip


def outside_subset(schema: Json) -> tuple[tuple[str, str], ...]:
    """Each place (JSON pointer) where `schema` is outside the subset, with the reason; empty where it is inside."""
    if not isinstance(schema, dict):
        return (("", "a schema is an object"),)
    found: list[tuple[str, str]] = []
    if "anyOf" in schema:
        found.append(("", "the root may not be an `anyOf`"))
    if schema.get("type") != "object":
        found.append(("", 'the root must be of type "object"'))
    tally = _Tally()
    found.extend(_walk(schema, "", 1, tally))
    for name, counted, most in (
        ("properties", tally.properties, MOST_PROPERTIES),
        ("enum values", tally.enum_values, MOST_ENUM_VALUES),
        ("characters in names and enum values", tally.characters, MOST_NAME_CHARACTERS),
    ):
        if counted > most:
            found.append(("", f"{counted} {name}, at most {most} are accepted"))
    return tuple(found)


class _Tally:
    __slots__ = ("characters", "enum_values", "properties")

    def __init__(self) -> None:
        self.properties = self.enum_values = self.characters = 0


def _walk(node: Mapping[str, Any], at: str, depth: int, tally: _Tally) -> Iterator[tuple[str, str]]:
    if depth > DEEPEST:
        yield at, f"nested deeper than {DEEPEST} levels"
        return
    for keyword in node:
        if keyword in _REFUSED:
            yield f"{at}/{keyword}", f"the keyword `{keyword}` is not accepted"
        elif keyword not in _KNOWN:
            yield f"{at}/{keyword}", f"unknown keyword `{keyword}`"
    if not {"type", "anyOf", "$ref", "enum", "const"} & node.keys():
        yield at, "no `type`: every value must have one"
    values = node.get("enum")
    if isinstance(values, list):
        tally.enum_values += len(values)
        tally.characters += sum(len(value) for value in values if isinstance(value, str))
    yield from _object(node, at, depth, tally)
    items = node.get("items")
    if isinstance(items, dict):
        yield from _walk(items, f"{at}/items", depth, tally)
    elif _is(node, "array"):
        yield at, "an array without `items`"
    options = node.get("anyOf")
    for number, option in enumerate(options if isinstance(options, list) else []):
        if isinstance(option, dict):
            yield from _walk(option, f"{at}/anyOf/{number}", depth, tally)
    for where in ("$defs", "definitions"):
        inner = node.get(where)
        for name, definition in (inner if isinstance(inner, dict) else {}).items():
            tally.characters += len(name)
            if isinstance(definition, dict):
                yield from _walk(definition, f"{at}/{where}/{_escaped(name)}", depth, tally)


def _object(node: Mapping[str, Any], at: str, depth: int, tally: _Tally) -> Iterator[tuple[str, str]]:
    properties = node.get("properties")
    if not isinstance(properties, dict):
        if _is(node, "object"):
            yield at, "an object without `properties`"
        return
    if node.get("additionalProperties") is not False:
        yield at, "`additionalProperties` must be false"
    required = node.get("required")
    listed = set(required) if isinstance(required, list) else set()
    if missing := [name for name in properties if name not in listed]:
        yield at, "not in `required`: " + ", ".join(missing)
    if unknown := sorted(str(name) for name in listed if name not in properties):
        yield at, "required, but no property: " + ", ".join(unknown)
    for name, child in properties.items():
        tally.properties += 1
        tally.characters += len(name)
        if isinstance(child, dict):
            yield from _walk(child, f"{at}/properties/{_escaped(name)}", depth + 1, tally)
        else:
            yield f"{at}/properties/{_escaped(name)}", "a property's schema is an object"


def _is(node: Mapping[str, Any], kind: str) -> bool:
    named = node.get("type")
    return named == kind or (isinstance(named, list) and kind in named)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
