"""What structured outputs accept of JSON Schema, with the refusals that the API words for the rest."""

from __future__ import annotations

from harness.base.types import Json
from harness.simulator.apierror import bad

MAX_PROPERTIES, MAX_DEPTH = 5000, 10
FORBIDDEN = (
    "allOf",
    "not",
    "dependentRequired",
    "dependentSchemas",
    "if",
    "then",
    "else",
    "oneOf",
    "patternProperties",
)
KNOWN = {
    "$schema", "$id", "$defs", "$ref", "definitions", "title", "description", "type", "properties", "required", "items",
    "additionalProperties", "anyOf", "enum", "const", "pattern", "format", "multipleOf", "maximum", "exclusiveMaximum",
    "minimum", "exclusiveMinimum", "minItems", "maxItems", "minLength", "maxLength", "default", "examples",
}  # fmt: skip


def check_strict(schema: Json, name: str, param: str, code: str | None) -> None:
    """Raise the API's 400 where `schema` leaves the strict subset: the root an object, every object closed and
    all of its properties required, no composition but anyOf, at most 5,000 properties, 10 levels."""

    def refuse(problem: str, context: tuple[str, ...] = ()) -> None:
        place = "(" + ", ".join(repr(part) for part in context) + ("," if len(context) == 1 else "") + ")"
        raise bad(f"Invalid schema for response_format '{name}': In context={place}, {problem}", param, code)

    def walk(node: Json, context: tuple[str, ...], depth: int) -> int:
        if not isinstance(node, dict):
            refuse("schema must be an object.", context)
        if depth > MAX_DEPTH:
            refuse(f"schema nesting is deeper than {MAX_DEPTH} levels.", context)
        for keyword in FORBIDDEN:
            if keyword in node:
                refuse(f"'{keyword}' is not permitted.", context)
        for keyword in node:
            if keyword not in KNOWN:
                refuse(f"'{keyword}' is not permitted.", context)
        count = 0
        kinds = node.get("type", [])
        if node.get("type") is None and not any(k in node for k in ("$ref", "anyOf", "enum", "const")):
            refuse("schema must have a 'type' key.", context)
        if "object" in (kinds if isinstance(kinds, list) else [kinds]) or "properties" in node:
            properties = node.get("properties", {})
            if node.get("additionalProperties") is not False:
                refuse("'additionalProperties' is required to be supplied and to be false.", context)
            missing = [key for key in properties if key not in node.get("required", [])]
            if missing:
                refuse(
                    "'required' is required to be supplied and to be an array including every key in properties. "
                    f"Missing '{missing[0]}'.",
                    context,
                )
            extra = [key for key in node.get("required", []) if key not in properties]
            if extra:
                refuse(f"'required' has an extra key '{extra[0]}' that is not in properties.", context)
            for key, inner in properties.items():
                count += 1 + walk(inner, (*context, "properties", key), depth + 1)
        if "array" in (kinds if isinstance(kinds, list) else [kinds]):
            if "items" not in node:
                refuse("array schema missing items.", context)
            count += walk(node["items"], (*context, "items"), depth + 1)
        for index, inner in enumerate(node.get("anyOf", [])):
            count += walk(inner, (*context, "anyOf", str(index)), depth)
        for key, inner in node.get("$defs", {}).items():
            count += walk(inner, (*context, "$defs", key), 1)
        return count

    if not isinstance(schema, dict) or schema.get("type") != "object":
        found = schema.get("type") if isinstance(schema, dict) else None
        raise bad(
            f"Invalid schema for response_format '{name}': schema must be a JSON Schema of 'type: \"object\"', "
            f"got 'type: \"{found}\"'.",
            param,
            code,
        )
    if walk(schema, (), 1) > MAX_PROPERTIES:
        refuse(f"schema has more than {MAX_PROPERTIES} properties.")
