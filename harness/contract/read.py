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

from harness.base.types import Failure, Json
from harness.contract.check import check, type_name, violations
from harness.contract.types import Reading, Rung

MAX_DEPTH = 50
"""Levels of nesting that are read; the contract has five."""

_FENCE = re.compile(r"\A\s*(`{3,}|~{3,})[ \t]*[\w+-]*[ \t]*\r?\n?(.*?)\s*\1\s*\Z", re.DOTALL)
_TRAILING_COMMA = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])', re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read(text: str | bytes | None, schema: Json | None = None) -> Reading:
    """Read an answer as a JSON object, against `schema` (None: the contract, with dates and ids).

    Never raises. The value is the object (repaired if need be) or a Failure of kind `unparseable`.
    """
    if text is None:
        text = ""
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    value, repairs, problem = _parse(text)
    if problem:
        return Reading(Failure("unparseable", problem), Rung.BYTES, repairs)
    value, replaced = _scalar_values(value)
    if replaced:
        repairs = (*repairs, "lone surrogate replaced")
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
            value = _loads(text)
        except (ValueError, RecursionError) as error:
            problem = _problem(error, text)
            continue
        if isinstance(value, dict):
            return value, tuple(repairs), ""
        problem = f"not_an_object:{type_name(value)}"
    return None, (), problem


def _loads(text: str) -> Any:
    value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    if _deeper_than(value, MAX_DEPTH):
        raise RecursionError
    return value


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
    found = _FENCE.match(text)
    return found.group(2) if found else text


def _object_only(text: str) -> str:
    """From the first brace to the last, where there is something around them."""
    first, last = text.find("{"), text.rfind("}")
    inside = text[first : last + 1]
    return inside if 0 <= first < last and inside != text.strip() else text


def _without_trailing_commas(text: str) -> str:
    return _TRAILING_COMMA.sub(lambda found: found.group(1) or "", text)


_REPAIRS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("byte-order mark removed", _without_mark),
    ("code fence removed", _without_fence),
    ("text around the object removed", _object_only),
    ("trailing comma removed", _without_trailing_commas),
)


def _scalar_values(value: Any) -> tuple[Any, bool]:
    """`value` with lone surrogates (no Unicode text) replaced by U+FFFD, and whether there were any."""
    if isinstance(value, str):
        mended = _SURROGATE.sub("\ufffd", value)
        return mended, mended != value
    if isinstance(value, list):
        items = [_scalar_values(item) for item in value]
        return [item for item, _ in items], any(changed for _, changed in items)
    if isinstance(value, dict):
        pairs = [(_scalar_values(key), _scalar_values(child)) for key, child in value.items()]
        return {key[0]: child[0] for key, child in pairs}, any(key[1] or child[1] for key, child in pairs)
    return value, False
