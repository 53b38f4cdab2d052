"""A final object against the contract: schema, then date formats, then ids; placeholders are noted. Beside the CV's
text, also how it is written (see `form`).

The schema is checked by a small compiled checker (microseconds); only where it says no are the details looked for, in
the words of `jsonschema`, which is asked itself where a schema has keywords that the checker does not know. That all
three agree is proved by a property test.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from harness.base.types import Json
from harness.contract.form import form_problems
from harness.contract.schema import DATE_FIELDS, contract_schema
from harness.contract.types import Contract, Rung, Violation
from harness.values.placeholders import LONGEST, is_placeholder

_DATE = re.compile(r"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) )?(?:19|20)\d\d|")
_MAX_VIOLATIONS = 50


def check(value: Json) -> Contract:
    """How far up the validity ladder a final object gets. Never raises, whatever the value."""
    if not isinstance(value, dict):
        return Contract(Rung.BYTES, (Violation("", "type", f"expected object, got {type_name(value)}"),))
    placeholders = _placeholders(value)
    if not checker_of_contract()(value):
        return Contract(Rung.JSON, violations(value, contract_schema()), placeholders=placeholders)
    dates, ids = tuple(_date_problems(value)), tuple(_id_problems(value))
    rung = Rung.SCHEMA if dates or ids else Rung.STRICT
    return Contract(rung, (), dates, ids, placeholders)


def beside_text(contract: Contract, value: Json, text: str | None, golden: Json = None) -> Contract:
    """The contract with the rung of form, which needs the CV's text; as it is where there is none, or no valid object.

    golden: what is right as it stands there.
    """
    if not text or not contract.valid:
        return contract
    found = form_problems(value, text, golden)
    return replace(
        contract, rung=Rung.FORM if contract.rung == Rung.STRICT and not found else contract.rung, form=found
    )


def violations(value: Json, schema: Json) -> tuple[Violation, ...]:
    """Every rule of `schema` that `value` breaks (the first 50, in order of place). No CV values in the texts. schema:
    treated as read-only; those that are asked for again should be the same object."""
    holds = _checker_of(_Same(schema))
    if holds is not None and holds(value):
        return ()
    broken = by_jsonschema(value, schema) if holds is None else _broken(value, schema, ())
    found = sorted(broken, key=lambda violation: (violation.pointer, violation.rule, violation.message))
    return tuple(found[:_MAX_VIOLATIONS])


def _broken(value: Json, schema: Json, path: tuple[str | int, ...]) -> Iterator[Violation]:
    """Every rule that is broken, of a schema that the compiled checker knows: as `jsonschema` says it, which takes
    longer to load than a thousand answers to check."""
    kind = type_name(value)
    if kind != schema["type"]:
        yield Violation(pointer(path), "type", f"expected {schema['type']}, got {kind}")
    elif isinstance(value, str):
        if len(value) < schema.get("minLength", 0):
            yield Violation(pointer(path), "minLength", "empty")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _broken(item, schema["items"], (*path, index))
    else:
        fields = schema.get("properties", {})
        missing = [key for key in schema.get("required", ()) if key not in value]
        for _ in missing:  # one error each
            yield Violation(pointer(path), "required", f"missing: {', '.join(missing)}")
        extra = [_short(key) for key in value if key not in fields]
        if extra and schema.get("additionalProperties", True) is False:
            yield Violation(pointer(path), "additionalProperties", f"not in the contract: {', '.join(extra)}")
        for name in fields.keys() & value.keys():
            yield from _broken(value[name], fields[name], (*path, name))


def by_jsonschema(value: Json, schema: Json) -> Iterator[Violation]:
    """The same of any schema, in no order."""
    from jsonschema import Draft202012Validator

    for error in Draft202012Validator(schema).iter_errors(_shallow(value)):
        yield Violation(pointer(error.absolute_path), str(error.validator), _message(error))


def _shallow(value: Json, levels: int = 8) -> Json:
    """`value` without what lies deeper than any schema here looks, and without integers that Python will not print:
    jsonschema puts whole instances into its messages."""
    if isinstance(value, dict):
        return {key: _shallow(child, levels - 1) for key, child in value.items()} if levels else {}
    if isinstance(value, list):
        return [_shallow(child, levels - 1) for child in value] if levels else []
    return 0 if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**100 else value


def pointer(path: Any) -> str:
    """A JSON pointer (RFC 6901) from the steps of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def type_name(value: Json) -> str:
    """The JSON name of a value's type."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list() | tuple():
            return "array"
        case dict():
            return "object"
        case _:
            return type(value).__name__


def _message(error: Any) -> str:
    match error.validator:
        case "type":
            return f"expected {error.validator_value}, got {type_name(error.instance)}"
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            return f"missing: {', '.join(missing)}"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = [_short(key) for key in error.instance if key not in known]
            return f"not in the contract: {', '.join(extra)}"
        case "minLength":
            return "empty"
        case rule:
            return f"breaks {rule}"


def _short(key: object) -> str:
    text = str(key)
    return text if len(text) <= 40 else text[:39] + "…"


Checker = Callable[[Any], bool]


@cache
def checker_of_contract() -> Checker:
    """The contract's schema as one fast predicate."""
    return compile_checker(contract_schema())


class _Same:
    """A schema that is equal to itself alone: to compare it, or to write it as JSON, would take as long as to check."""

    __slots__ = ("schema",)

    def __init__(self, schema: Json) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.schema is other.schema

    def __hash__(self) -> int:
        return id(self.schema)


@lru_cache(maxsize=32)
def _checker_of(same: _Same) -> Checker | None:
    """A schema as one fast predicate; None where a keyword has none."""
    try:
        return compile_checker(same.schema)
    except (ValueError, LookupError):
        return None


def compile_checker(schema: Json) -> Checker:
    """A predicate that says whether a value is valid against `schema`, for the keywords that the contract and the
    pass schemas use: type, properties, required, additionalProperties (false), items, minLength.

    Raises ValueError for any other validating keyword, so that none is silently ignored.
    """
    known = {"$schema", "$id", "title", "description", "type", "properties", "required"}
    unknown = set(schema) - known - {"additionalProperties", "items", "minLength"}
    if unknown:
        raise ValueError(f"keyword not supported by the compiled checker: {sorted(unknown)}")
    match schema["type"]:
        case "string":
            least = schema.get("minLength", 0)
            return lambda value: isinstance(value, str) and len(value) >= least
        case "array":
            item = compile_checker(schema["items"])
            return lambda value: isinstance(value, list) and all(map(item, value))
        case "object":
            return _object_checker(schema)
        case other:
            raise ValueError(f"type not supported by the compiled checker: {other}")


def _object_checker(schema: Json) -> Checker:
    fields = {name: compile_checker(child) for name, child in schema.get("properties", {}).items()}
    required = frozenset(schema.get("required", ()))
    closed = schema.get("additionalProperties", True) is False
    texts = {
        name
        for name, child in schema.get("properties", {}).items()
        if child["type"] == "string" and not child.get("minLength")
    }

    def holds(value: Any) -> bool:
        if not isinstance(value, dict) or not required <= value.keys():
            return False
        for name, child in value.items():
            if type(child) is str and name in texts:
                continue
            field = fields.get(name)
            if field is None:
                if closed:
                    return False
            elif not field(child):
                return False
        return True

    return holds


def _date_problems(cv: Json) -> Iterator[Violation]:
    for section, fields in DATE_FIELDS.items():
        for index, entry in enumerate(cv[section]):
            for field in fields:
                text = entry[field]
                if text == "Present" and field in ("end_date", "date"):
                    continue
                if not _DATE.fullmatch(text):
                    yield Violation(
                        f"/{section}/{index}/{field}",
                        "date",
                        "neither `MMM YYYY`, `YYYY`, `Present` nor empty",
                    )


def _id_problems(cv: Json) -> Iterator[Violation]:
    for section in ("work_experience", "education", "projects", "certifications", "training"):
        seen: dict[str, int] = {}
        for index, entry in enumerate(cv[section]):
            if entry["id"] in seen:
                place = f"/{section}/{index}/id"
                yield Violation(place, "id", f"same id as /{section}/{seen[entry['id']]}")
            seen.setdefault(entry["id"], index)


def _placeholders(value: Json) -> tuple[Violation, ...]:
    """A violation for each placeholder, in order of place. Without recursion, and without paths until one is found."""
    if not _has_placeholder(value):
        return ()
    found: list[Violation] = []
    waiting: list[tuple[str, Json]] = [("", value)]
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, dict):
            waiting.extend((f"{path}{pointer((key,))}", child) for key, child in reversed(node.items()))
        elif isinstance(node, list):
            waiting.extend((f"{path}/{index}", node[index]) for index in reversed(range(len(node))))
        elif isinstance(node, str) and node and is_placeholder(node):
            found.append(Violation(path, "placeholder", "a placeholder instead of an empty value"))
    return tuple(found)


def _has_placeholder(value: Json) -> bool:
    nodes = [value]
    for node in nodes:  # grows while it is read
        if isinstance(node, str):
            if 0 < len(node) <= LONGEST and is_placeholder(node):
                return True
        elif isinstance(node, dict):
            nodes.extend(node.values())
        elif isinstance(node, list):
            nodes.extend(node)
    return False
