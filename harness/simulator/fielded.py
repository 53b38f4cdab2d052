"""Answers as instructions show them: JSON, lists of entries, `key: value` lines, `company "Acme", start 2019`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from harness.base.types import Json
from harness.simulator.keys import snake

_KEY = (
    r"(?:job_title|title|company|employer|location|start_date|end_date|start|end|degree|field|institution|name|provider|issuer"
    r"|year|expiry|date|language|proficiency|level|portfolio|linkedin|summary|description|skills|technologies|phone|email"
    r"|details)"
)
_CUT = re.compile(
    r"(?<!\s)(?:(?:\s*+[,;/]|[^\S\n]*+\n)\s*+(?:and\s++)?|\s++(?:and|und|et|y|con|mit|with|avec)\s++)"
    rf"(?=[`\"']?{_KEY}\b)"
)
_PART = re.compile(
    rf"^[`\"']?(?P<key>{_KEY})[`\"']?\s*(?:[:=]|is\b|→)?\s*(?P<value>[\"“„«][^\"”“»]*[\"”“»]|\[.*\]"
    rf"|[\wÀ-ÿ][\wÀ-ÿ.&+ -]{{0,60}})\W*$",
    re.S,
)
_EMPTY = re.compile(r"^(?:empty|leer|vide|vacío|blank)$", re.I)
_LINE = re.compile(rf"^[`\"']?{_KEY}[`\"']?\s*[:=]\s*\S")
_VERB = re.compile(r"\b(?:is|are|of|from|the|goes|stays|only|not|never|without|as|and|or)\b", re.I)


def keyed(line: str) -> bool:
    """Whether a line gives one field of an answer."""
    return _LINE.match(line) is not None


def fielded(text: str) -> dict[str, Json] | None:
    """The fields of an answer that is shown in words; None for anything else."""
    found: dict[str, Json] = {}
    for part in _CUT.split(text.strip().rstrip(".")):
        match = _PART.match(part.strip())
        if match is None or match["key"] in found:
            return None
        value = match["value"].strip()
        if value[0] == "[":
            try:
                found[match["key"]] = json.loads(re.sub(r"[“”„«»]", '"', value))
            except ValueError:
                return None
        elif value[0] in '"“„«':
            found[match["key"]] = value[1:-1].strip()
        elif _VERB.search(value):
            return None
        else:
            found[match["key"]] = "" if _EMPTY.match(value) else value
    quoted = re.search(r"[\"“„«\[]", text) is not None
    return found if found and (quoted or len(found) > 1) else None


_SECTION_OF = {
    "language": "languages", "issuer": "certifications", "expiry": "certifications", "institution": "education",
    "degree": "education", "company": "work_experience", "technologies": "projects", "provider": "training",
}  # fmt: skip
"""By a key of its entries: the section that a list without a name is."""


def as_record(value: Json) -> Json:
    """A list of entries as the section of a record that it is; anything else as it is."""
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        keys = {snake(key) for one in value if isinstance(one, dict) for key in one}
        return next(({name: value} for key, name in _SECTION_OF.items() if key in keys), {"": value})
    return value


_DEEPEST = 20
"""Brackets within brackets."""


def _depth(text: str) -> int:
    depth = deepest = 0
    for character in re.findall(r"[{\[\]}]", text):
        depth += 1 if character in "{[" else -1
        deepest = max(deepest, depth)
    return deepest


def read_json(text: str) -> Json:
    """A piece of JSON, of its inside, or of `key: value` lines; None for anything else, and for what is nested so deep
    that it is no record."""
    if _depth(text) > _DEEPEST:
        return None
    cleaned = re.sub(
        r",?\s*(?:\.\.\.|…)\s*(?=[}\]])", "", text.strip().strip("`").removeprefix("json").strip().rstrip(".,;")
    )
    quoted = re.sub(r"(^|[{,]\s*)([a-z_]{2,20})(?=:)", r'\1"\2"', cleaned)
    for candidate in (cleaned, "{" + cleaned + "}", "{" + quoted + "}"):
        try:
            value: Json = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, dict | list) else None
    return _lines_of(cleaned.removeprefix("yaml").removeprefix("yml").strip())


def _lines_of(text: str) -> Json:
    """`key: value`, a line each, as YAML has it; None where it is anything else."""
    found = [
        re.fullmatch(r"([a-z_]{2,24}):\s+(\S.{0,200})", line.strip()) for line in text.splitlines() if line.strip()
    ]
    if not found or not all(found):
        return None
    values = {match[1]: match[2].strip("\"'") for match in found if match}
    return {key: None if value in ("null", "~") else value for key, value in values.items()}


def is_filled(value: Json) -> bool:
    """Whether a piece of JSON has values, not only the shape of an answer."""
    if isinstance(value, dict):
        return any(is_filled(inner) for inner in value.values())
    if isinstance(value, list):
        return any(is_filled(inner) for inner in value)
    return isinstance(value, str) and not re.fullmatch(r"\s*|\.\.\.|…|<.*>|string|\{.*\}|\[.*\]", value)


def flat_of(value: Mapping[str, Json]) -> list[tuple[str, Json]]:
    """Every key of an answer with its text or its list of texts, whatever object it stands in."""
    found: list[tuple[str, Json]] = []
    for key, inner in value.items():
        name = snake(key)
        if isinstance(inner, dict):
            found += flat_of(inner)
        elif isinstance(inner, list) and any(isinstance(one, dict) for one in inner):
            for one in inner:
                found += flat_of(one) if isinstance(one, dict) else [(name, one)]
        else:
            found.append((name, inner))
    return found


def objects(value: Json) -> Iterator[Mapping[str, Json]]:
    """Every object of an answer."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner)
