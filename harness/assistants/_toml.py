"""TOML files checked at the edge: the first mistake is named with its file, its line and what to write instead."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from harness.base import given
from harness.base.errors import InvalidFileError

Model = TypeVar("Model", bound=BaseModel)


def read_text(path: Path) -> str:
    """The file as text, line ends as LF. Raises InvalidFileError where it is missing or not UTF-8."""
    try:
        return given.text(path).replace("\r\n", "\n")
    except FileNotFoundError:
        raise InvalidFileError(path, "", "there is no such file", hint="write it, or correct its name") from None
    except OSError as error:
        raise InvalidFileError(path, "", f"cannot be read: {error.strerror}") from None


def load_toml(path: Path, model: type[Model]) -> Model:
    """The file as `model`. Raises InvalidFileError naming the place and the fix of the first mistake."""
    text = read_text(path)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidFileError(path, "", f"not TOML: {error}", hint="correct that line") from None
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        # A misspelt key explains why another one is missing: unknown keys first.
        errors = sorted(error.errors(include_url=False), key=lambda each: each["type"] != "extra_forbidden")
        raise _explained(path, text, model, errors[0]) from None


def _explained(path: Path, text: str, model: type[BaseModel], error: ErrorDetails) -> InvalidFileError:
    place = [str(step) for step in error["loc"]]
    key = place[-1] if place else ""
    line = _line_of(text, key)
    where = (f"line {line}, " if line else "") + ".".join(place)
    if error["type"] == "extra_forbidden":
        known = _keys_at(model, place[:-1])
        close = difflib.get_close_matches(key, known, n=1)
        hint = f"did you mean `{close[0]}`?" if close else "known keys: " + ", ".join(known)
        return InvalidFileError(path, where, "unknown key", hint=hint)
    if error["type"] == "missing":
        return InvalidFileError(path, where, "this key is missing", hint=f"add `{key} = …`")
    return InvalidFileError(path, where, error["msg"][:1].lower() + error["msg"][1:])


def _keys_at(model: type[BaseModel], steps: Sequence[str]) -> list[str]:
    """Names of the keys allowed in the table that `steps` lead to."""
    for step in steps:
        field = model.model_fields.get(step)
        inner = field.annotation if field is not None else None
        candidates = [inner, *getattr(inner, "__args__", ())]
        found = [c for c in candidates if isinstance(c, type) and issubclass(c, BaseModel)]
        if not found:
            return []
        model = found[0]
    return [field.alias or name for name, field in model.model_fields.items()]


def _line_of(text: str, key: str) -> int | None:
    """The line, from 1, that first names `key`; None where none does."""
    found = re.compile(rf"(?:^|[\s{{,\[.\"'])({re.escape(key)})[\"']?\s*(?:=|\])")
    for number, line in enumerate(text.splitlines(), start=1):
        if key and found.search(line.split("#", 1)[0]):
            return number
    return None
