"""What was perceived, put into the shape that was asked for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from harness.base.types import Json
from harness.simulator.keys import DRIFT, ENTRY_KEYS, PERSON_KEYS, SECTION_KEYS, canonical_key
from harness.simulator.perceive import Perception

PREFIXES = {
    "work_experience": "work",
    "education": "edu",
    "projects": "proj",
    "certifications": "cert",
    "training": "train",
    "languages": "lang",
}
PLACEHOLDER = "Not specified"

HABIT: Json = {
    "type": "object",
    "properties": {
        "personal_info": {
            "type": "object",
            "properties": {
                key: {"type": "string"}
                for key in ("name", "email", "phone", "location", "linkedin", "portfolio", "summary")
            },
        },
        **{
            section: {
                "type": "array",
                "items": {"type": "object", "properties": {key: {"type": kind} for key, kind in keys.items()}},
            }
            for section, keys in {
                "work_experience": {
                    "title": "string",
                    "company": "string",
                    "start_date": "string",
                    "end_date": "string",
                    "location": "string",
                    "description": "array",
                    "skills": "array",
                },
                "education": {
                    "institution": "string",
                    "degree": "string",
                    "field": "string",
                    "start_date": "string",
                    "end_date": "string",
                },
                "projects": {"name": "string", "date": "string", "description": "array", "technologies": "array"},
                "certifications": {"name": "string", "issuer": "string", "year": "string"},
                "languages": {"language": "string", "proficiency": "string"},
                "training": {"name": "string", "provider": "string", "date": "string"},
            }.items()
        },
        "skills": {"type": "array", "items": {"type": "string"}},
    },
}
"""The shape of an answer when nobody says which."""


class Renderer:
    """Fills a shape. enforced: the schema is held to by the decoder, so that names and types cannot go wrong."""

    def __init__(self, mind: Perception, *, enforced: bool, told_shape: bool) -> None:
        self.mind, self.enforced = mind, enforced
        free = mind.policy.share("field_names", "free")
        self.drift = not enforced and mind.luck.happens(free * (0.15 if told_shape else 5.0), "field-names")
        self.joined = not enforced and mind.luck.happens(
            mind.policy.share("description_form", "string") * (0.05 if told_shape else 1.0), "description-form"
        )
        missing = mind.policy.choose("missing", mind.luck, "answer")
        self.empty: Json = (
            PLACEHOLDER if missing == "placeholder" else None if missing == "null" and not enforced else ""
        )
        self.ids = mind.policy.choose("ids", mind.luck, "answer") == "unique"

    def whole(self, shape: Json, answer: Mapping[str, Any]) -> Json:
        """The whole CV in `shape`."""
        out: dict[str, Json] = {}
        for key, node in _properties(shape).items():
            section = canonical_key(key, SECTION_KEYS)
            if section == "personal_info":
                value: Json = self._person(node, answer)
            elif section == "summary" and _kind(node) == "string":
                value = self._scalar(node, answer["personal_info"].get("summary", ""))
            elif section == "skills":
                value = self._list(node, answer["skills"])
            elif section is not None and section in ENTRY_KEYS:
                value = self._entries(section, node, answer[section])
            else:
                person = canonical_key(key, PERSON_KEYS)
                value = self._scalar(node, answer["personal_info"].get(person, "")) if person else self._empty(node)
            out[self._name(key)] = value
        return out

    def role(self, shape: Json, answer: Mapping[str, Any]) -> Json:
        """What one job has, in `shape`."""
        return self._entry("work_experience", shape, answer, 1)

    def _person(self, node: Json, answer: Mapping[str, Any]) -> Json:
        return {
            self._name(key): self._scalar(inner, answer["personal_info"].get(canonical_key(key, PERSON_KEYS) or "", ""))
            for key, inner in _properties(node).items()
        }

    def _entries(self, section: str, node: Json, entries: list[dict[str, Any]]) -> Json:
        items = _items(node)
        if _kind(items) == "string":
            return [
                ", ".join(value for value in entry.values() if isinstance(value, str) and value) for entry in entries
            ]
        return [self._entry(section, items, entry, number) for number, entry in enumerate(entries, start=1)]

    def _entry(self, section: str, node: Json, entry: Mapping[str, Any], number: int) -> dict[str, Json]:
        out: dict[str, Json] = {}
        for key, inner in _properties(node).items():
            name = canonical_key(key, ENTRY_KEYS[section])
            if name == "id":
                out[key] = f"{PREFIXES[section]}-{number}" if self.ids else "1"
                continue
            value = entry.get(name or "")
            kind = _kind(inner)
            if isinstance(value, list) and self.joined and name == "description":
                out[self._name(key)] = "\n".join(value)
            elif kind == "array":
                out[self._name(key)] = self._list(inner, value if isinstance(value, list) else [value] if value else [])
            elif isinstance(value, list):
                out[self._name(key)] = "\n".join(value)
            else:
                out[self._name(key)] = self._scalar(inner, value or "")
        return out

    def _list(self, node: Json, values: list[str]) -> Json:
        if _kind(node) == "string":
            return ", ".join(values)
        return list(values)

    def _scalar(self, node: Json, value: str) -> Json:
        if value:
            return value
        kinds = node.get("type") if isinstance(node, dict) else "string"
        if isinstance(kinds, list) and "null" in kinds and self.mind.policy.share("missing", "null") > 0.3:
            return None
        return self.empty

    def _empty(self, node: Json) -> Json:
        choices = node.get("enum") if isinstance(node, dict) and self.enforced else None
        if choices:
            return choices[0]
        match _kind(node):
            case "array":
                return []
            case "object":
                return {key: self._empty(inner) for key, inner in _properties(node).items()}
            case "integer" | "number":
                return 0
            case "boolean":
                return False
            case "null":
                return None
            case _:
                return self.empty

    def _name(self, key: str) -> str:
        return DRIFT.get(key, key) if self.drift else key


def _properties(node: Json) -> Mapping[str, Json]:
    found = node.get("properties") if isinstance(node, dict) else None
    return found if isinstance(found, dict) else {}


def _items(node: Json) -> Json:
    return node.get("items", {"type": "string"}) if isinstance(node, dict) else {"type": "string"}


def _kind(node: Json) -> str:
    kind = node.get("type") if isinstance(node, dict) else None
    if isinstance(kind, list):
        return next((name for name in kind if name != "null"), "string")
    return kind if isinstance(kind, str) else "string"


def written(value: Json, mind: Perception, mode: str) -> str:
    """The answer as text: bare JSON where something enforces it, else with the fences and words that models add."""
    text = json.dumps(value, ensure_ascii=False, indent=None)
    if mode == "json_schema":
        return text
    if mind.slips(0.0015, "broken-json"):
        text = text[:-1] + ",}"
    if mode == "json_object":
        return text
    pretty = json.dumps(value, ensure_ascii=False, indent=2)
    fenced = mind.luck.happens(mind.policy.share("markdown", "fences"), "fences")
    prose = mind.luck.happens(mind.policy.share("json_only", "prose"), "prose")
    body = f"```json\n{pretty}\n```" if fenced else pretty
    return f"Here is the extracted data:\n\n{body}" if prose else body
