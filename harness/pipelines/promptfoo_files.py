"""What promptfoo writes beside JSON: `-o results.yaml` (`.yml` and `.txt` are the same), and `-o results.csv`.

A file of YAML is its JSON in another dress. A table has less: no latency and no tokens, of a failure its grader's
reason at most, and a column for each provider with each prompt, headed "[provider] prompt".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

from harness.base.errors import InvalidFileError

_YAML = re.compile(r"(?:---\s*\n)?(?:evalId|results):(?:\s|$)")
_OF_AN_OUTPUT = ["Status", "Score", "Named Scores", "Grader Reason", "Comment"]
"""The columns that follow that of an answer (promptfoo's buildCsvHeaders)."""
_NAMED_COLUMN = re.compile(r"\[(.+?)\] (.*)", re.S)
_JSON_INSTEAD = "`promptfoo export eval ID -o results.json` writes it as JSON"
_MOST_CHARACTERS = 64 * 2**20
_MOST_TIMES = 20
"""What aliases may make of a file, in times of its size where that is more: promptfoo has the vars of a case twice."""
_NUMBER = r"-?(?:0|[1-9][0-9]*)"
_SCALARS = (
    ("null", r"(?:null|~|)\Z", ["n", "~", ""]),
    ("bool", r"(?:true|false)\Z", ["t", "f"]),
    ("int", rf"{_NUMBER}\Z", list("-0123456789")),
    ("float", rf"{_NUMBER}(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?\Z", list("-0123456789")),
)
"""What js-yaml leaves without quotes and is no text; YAML 1.1's yes, 1:30 and days are texts to it."""


def is_yaml(text: str) -> bool:
    """Whether a text begins as promptfoo's YAML does."""
    return _YAML.match(text) is not None


def yaml_value(path: Path, text: str) -> Any:
    """The value in promptfoo's YAML: what JSON can hold, and nothing else. Raises InvalidFileError with the line."""
    import yaml

    try:
        value = yaml.load(text, Loader=_loader())
        length = _length(value, {})
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark
        place = "" if at is None else f"line {at.line + 1}, column {at.column + 1}"
        raise InvalidFileError(path, place, f"bad YAML: {error.problem}", hint=_JSON_INSTEAD) from None
    except (yaml.YAMLError, ValueError, LookupError, RecursionError) as error:
        problem = "nested too deeply" if isinstance(error, RecursionError) else str(error)[:100]
        raise InvalidFileError(path, "", f"bad YAML: {problem}", hint=_JSON_INSTEAD) from None
    if length > max(_MOST_CHARACTERS, _MOST_TIMES * len(text)):
        raise InvalidFileError(path, "", "its aliases make more of it than can be read, or never end")
    return value


def _loader() -> Any:
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar[dict[Any, Any]] = {}
        yaml_constructors: ClassVar[dict[Any, Any]] = {
            tag: construct
            for tag, construct in yaml.SafeLoader.yaml_constructors.items()
            if tag is None or tag.rpartition(":")[2] in ("null", "bool", "int", "float", "str", "seq", "map")
        }

    for name, pattern, first in _SCALARS:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{name}", re.compile(pattern), first)
    return Loader


def _length(value: Any, known: dict[int, float]) -> float:
    """Characters of a value with every alias written out; infinite where one holds itself."""
    if isinstance(value, str):
        return len(value) + 1
    if not isinstance(value, list | dict):
        return 1
    if id(value) not in known:
        known[id(value)] = float("inf")  # until it is known, so that a ring meets it
        parts = [*value, *value.values()] if isinstance(value, dict) else value
        known[id(value)] = 1 + sum(_length(each, known) for each in parts)
    return known[id(value)]


def is_csv(text: str) -> bool:
    """Whether a text begins as promptfoo's tables do: with an answer's columns in its header."""
    try:
        header = next(csv.reader(io.StringIO(text, newline="\n")), [])
    except csv.Error:
        return False
    return next(_outputs(header), None) is not None


def csv_results(path: Path, text: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The answers in promptfoo's table as its JSON has them, each with its place. Raises InvalidFileError."""
    rows = _rows(path, text)
    _, header = next(rows)
    outputs = list(_outputs(header))
    own = range(outputs[0])
    for number, row in rows:
        if len(row) < outputs[-1] + 1 + len(_OF_AN_OUTPUT):
            raise InvalidFileError(path, f"line {number}", "fewer columns than the header: the file was cut off")
        case = {header[at]: row[at] for at in own}
        for index, at in enumerate(outputs):
            answer, status, reason = row[at], row[at + 1], row[at + 4]
            if not status:
                continue  # this provider was not asked
            named = _NAMED_COLUMN.fullmatch(header[at])
            failed = status == "ERROR" and not answer
            yield (
                f"line {number}, column {at + 1}",
                {
                    "promptIdx": index,
                    "provider": {"id": named[1] if ":" in named[1] else "", "label": named[1]} if named else {},
                    "prompt": {"label": named[2] if named else header[at]},
                    "testCase": {"vars": case, "description": case.get("Description", "")},
                    "response": {} if failed else {"output": answer},
                    "error": (reason or "promptfoo's table says ERROR, and not why") if failed else None,
                },
            )


def _outputs(header: list[str]) -> Iterator[int]:
    """The columns of answers."""
    width = len(_OF_AN_OUTPUT)
    return (at for at in range(len(header) - width) if header[at + 1 : at + 1 + width] == _OF_AN_OUTPUT)


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not empty, each with the line that it ends on."""
    before = csv.field_size_limit(len(text) + 1)  # of all readers: put back below
    reader = csv.reader(io.StringIO(text, newline="\n"), strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if row]
    except csv.Error as error:
        raise InvalidFileError(path, f"line {reader.line_num}", f"no table: {error}", hint=_JSON_INSTEAD) from None
    finally:
        csv.field_size_limit(before)
    return iter(rows)
