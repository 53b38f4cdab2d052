"""From a model's raw text to a JSON object, rung by rung.

A repair is named and counted, never silently credited: a repaired answer stays on the rung REPAIRED. An answer
that was cut off is not repaired at all, because what is missing cannot be invented.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn

from harness.base.types import Failure, Json, JsonObject
from harness.contract.check import check, type_name, violations
from harness.contract.types import Reading, Rung

MAX_DEPTH = 50
"""Levels of nesting that are read; the contract has five."""

_FENCE = re.compile(r"(`{3,}+|~{3,}+)[ \t]*[\w+-]*[ \t]*\r?\n?")
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_ODD_ESCAPE = re.compile(r"\\u(?i:d[89a-f]|0000)")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_OBJECT_STARTS = re.compile(r'\{\s*(?:"(?:[^"\\]|\\.)*"\s*:|\})')
_BRACKET_OR_STRING = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*(?:"|\Z)', re.DOTALL)
_MOST_OBJECTS = 200
DUPLICATE_KEY = "duplicate key, the last one kept"


def read(text: str | bytes | None, schema: Json | None = None) -> Reading:
    """Read an answer as a JSON object, against `schema` (None: the contract, with dates and ids).

    Never raises. The value is the object (repaired if need be) or a Failure of kind `unparseable`.
    """
    if text is None:
        text = ""
    decoded: tuple[str, ...] = ()
    if isinstance(text, bytes):
        given = text
        text = given.decode("utf-8", "replace")
        if text.encode("utf-8") != given:
            decoded = ("bytes that are no UTF-8 replaced",)
    value, repairs, problem = _parse(text)
    repairs = (*decoded, *repairs)
    if problem:
        return Reading(Failure("unparseable", problem), Rung.BYTES, repairs)
    if repairs or is_odd(text):
        mended: set[str] = set()
        value = _scalar_values(value, mended)
        repairs = (*repairs, *sorted(mended))
    return _judged(value, repairs, schema)


def read_object(value: JsonObject) -> Reading:
    """As `read` of an object's JSON, where `load_json` has it from a text that `is_odd` says no of."""
    return read(json.dumps(value)) if _deeper_than(value, MAX_DEPTH) else _judged(value, (), None)


def is_odd(text: str) -> bool:
    """Whether a text may have a value with a surrogate or NUL, as it is or escaped. Each is looked for in its own way:
    one pattern for all of them would take longer than to parse the text."""
    if "\x00" in text or _ODD_ESCAPE.search(text):
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def _judged(value: Any, repairs: tuple[str, ...], schema: Json | None) -> Reading:
    if schema is None:
        contract = check(value)
        rung, broken = contract.rung, contract.violations
    else:
        broken = violations(value, schema)
        rung = Rung.JSON if broken else Rung.SCHEMA
    return Reading(value, Rung.REPAIRED if repairs else rung, repairs, broken)


def _parse(text: str) -> tuple[Any, tuple[str, ...], str]:
    """(object, repairs, "") or (None, repairs tried, code of the problem)."""
    if not text.strip():
        return None, (), "empty"
    repairs: list[str] = []
    problem = ""
    for name, repair in (("", _as_is), *_REPAIRS):
        mended = repair(text)
        if name:
            if mended == text:
                continue
            repairs.append(name)
        text = mended
        try:
            value, again = _loads(text)
        except (ValueError, RecursionError) as error:
            problem = _problem(error, text)
            continue
        if isinstance(value, dict):
            return value, (*repairs, *((DUPLICATE_KEY,) if again else ())), ""
        problem = f"not_an_object:{type_name(value)}"
    return None, (), problem


def _loads(text: str) -> tuple[Any, bool]:
    value, again = load_json(text)
    if _deeper_than(value, MAX_DEPTH):
        raise RecursionError
    return value, bool(again)


def load_json(text: str) -> tuple[Any, list[dict[str, Any]]]:
    """Strict JSON, and the objects in it that name a key twice (the last value is kept). Raises ValueError or
    RecursionError."""
    again: list[dict[str, Any]] = []

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            again.append(found)
        return found

    value = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=noted)
    return value, again


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is out of range")
    return number


def _deeper_than(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return True


def _problem(error: Exception, text: str) -> str:
    """`cut_off` where the text ends inside a value, `too_deep`, `no_json` where there is no brace, else
    `broken_json`."""
    if isinstance(error, RecursionError):
        return "too_deep"
    if "{" not in text:
        return "no_json"
    return "cut_off" if _unclosed(text) else "broken_json"


def _unclosed(text: str) -> bool:
    """Whether brackets or a string are still open at the end."""
    depth, in_string, escaped = 0, False, False
    for char in text:
        if in_string:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_string = False
        elif char == '"':
            in_string = True
        elif char in "{[":
            depth += 1
        elif char in "}]":
            depth -= 1
    return in_string or depth > 0


def _as_is(text: str) -> str:
    return text


def _without_mark(text: str) -> str:
    return text.removeprefix("\ufeff")


def _without_fence(text: str) -> str:
    inner = text.strip()
    found = _FENCE.match(inner)
    if found is None or not inner.endswith(found[1]) or len(inner) - found.end() < len(found[1]):
        return text
    return inner[found.end() : -len(found[1])].rstrip()


def _object_only(text: str) -> str:
    """The longest object that stands in the text, whatever is written around it. An object that is broken or cut off
    is never replaced by one inside it."""
    best = ""
    at = 0
    for _ in range(_MOST_OBJECTS):
        found = _OBJECT_STARTS.search(text, at)
        if found is None:
            break
        end = _end_of(text, found.start())
        inside = text[found.start() : end]
        best = max(best, inside, key=len)
        if end == len(text):
            break
        at = end
    if not best:
        first, last = text.find("{"), text.rfind("}")
        best = text[first : last + 1] if 0 <= first < last else ""
    return best if best and best != text.strip() else text


def _end_of(text: str, start: int) -> int:
    """Where the brackets that open at `start` are closed again; the text's end where they are not."""
    depth = 0
    for found in _BRACKET_OR_STRING.finditer(text, start):
        if found[0][0] in "{[":
            depth += 1
        elif found[0][0] in "}]":
            depth -= 1
            if depth == 0:
                return found.end()
    return len(text)


def _without_controls(text: str) -> str:
    return _CONTROL.sub("", text)


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(lambda found: found.group(1) or "", text)


_REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("byte-order mark removed", _without_mark),
    ("code fence removed", _without_fence),
    ("control characters removed", _without_controls),
    ("text around the object removed", _object_only),
    ("trailing comma removed", _without_trailing_commas),
)


def _scalar_values(value: Any, mended: set[str]) -> Any:
    """`value` with lone surrogates replaced by U+FFFD and without NUL; the repairs go into `mended`."""
    if isinstance(value, str):
        if _SURROGATE.search(value):
            mended.add("lone surrogate replaced")
            value = _SURROGATE.sub("\ufffd", value)
        if "\x00" in value:
            mended.add("NUL removed")
            value = value.replace("\x00", "")
        return value
    if isinstance(value, list):
        return [_scalar_values(item, mended) for item in value]
    if isinstance(value, dict):
        return {_scalar_values(key, mended): _scalar_values(child, mended) for key, child in value.items()}
    return value
