"""What a request wants: where its instructions end and the CV begins, the shape of the answer, the role it is about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from harness.base.types import Json
from harness.simulator.keys import ROLE_KEYS, SECTION_KEYS, canonical_key
from harness.simulator.question import Question
from harness.simulator.sentences import pieces

_BOUNDARY = re.compile(
    r"^\W*(?:here (?:is|follows) )?(?:the |this |a )?(?:candidate'?s? |applicant'?s? |full |complete |raw "
    r")*(?:text of the |content of the )?"
    r"(?:cv|r[eé]sum[eé]|curriculum vitae|document|input|text)(?:[ -](?:text|content|document|follows|below))*\W*$",
    re.I,
)
_FENCE = re.compile(
    r"^\s*(?:```\w*|\"\"\"|'''|-{3,}|={3,}|#{3,}|<{3,}|>{3,}|</?(?:cv|resume|document|text|input)(?:_text)?>)\s*$", re.I
)


@dataclass(frozen=True, slots=True)
class Task:
    """instructions: what is to be done. text: the CV. shape: a JSON-Schema-like description of the answer, None where
    nobody gave one. example: the shape came from an example. role: the job it is about, or None for the whole CV."""

    instructions: str
    text: str
    shape: Json
    example: bool
    role: Mapping[str, str] | None


def read_task(question: Question) -> Task:
    """The task of a question."""
    said = "\n".join(question.messages)
    front, text = _split(said, bool(question.instructions.strip()))
    instructions = "\n\n".join(part for part in (question.instructions, front) if part.strip())
    shape, example = question.schema, False
    if shape is None:
        shape = _shape_in(instructions)
        example = shape is not None
    role = _role_in(instructions) if _is_about_one_role(shape) else None
    return Task(instructions, text, shape, example, role)


@lru_cache(maxsize=1024)
def _split(message: str, has_system: bool) -> tuple[str, str]:
    """Instructions and CV text of a user message."""
    lines = message.split("\n")
    for index, line in enumerate(lines):
        if not (_BOUNDARY.match(line) or (_FENCE.match(line) and not _json_near(lines, index))):
            continue
        if has_system and index > 6:
            break
        if line.strip().startswith("#") and index == 0:
            continue
        before, after = "\n".join(lines[:index]), lines[index + 1 :]
        if not after or len("\n".join(after)) < 20:
            continue
        while after and (_FENCE.match(after[0]) or not after[0].strip()):
            after = after[1:]
        tail = ""
        closing = next((n for n in range(len(after) - 1, -1, -1) if _FENCE.match(after[n])), -1)
        if closing > len(after) * 0.6:
            tail = "\n".join(after[closing + 1 :])
            after = after[:closing]
        return f"{before}\n{tail}".strip(), "\n".join(after).strip()
    if has_system:
        return "", message
    return _by_paragraph(message)


def _json_near(lines: list[str], index: int) -> bool:
    return any(line.strip().startswith(("{", "[", "}")) for line in lines[index + 1 : index + 3]) or lines[
        index - 1
    ].strip().endswith(("}", "]"))


def _by_paragraph(message: str) -> tuple[str, str]:
    """No boundary is marked: the CV begins at the first paragraph that speaks of a person, not to the reader."""
    blocks = re.split(r"\n\s*\n", message)
    if len(blocks) == 1:
        return ("", message) if re.search(r"@|\b(?:19|20)\d\d\b", message) else (message, "")
    for index, block in enumerate(blocks):
        if index and re.search(r"[\w.+-]+@[\w-]+\.\w|\+\d[\d\s()-]{7,}", block):
            return "\n\n".join(blocks[:index]), "\n\n".join(blocks[index:])
    return blocks[0], "\n\n".join(blocks[1:])


def _objects(text: str) -> Iterator[tuple[str, Json]]:
    """Every JSON object written in a text, comments and dots of omission forgiven."""
    index = 0
    while (start := text.find("{", index)) >= 0:
        depth, end, quoted = 0, -1, False
        for position in range(start, min(len(text), start + 20_000)):
            character = text[position]
            if character == '"' and text[position - 1] != "\\":
                quoted = not quoted
            elif not quoted and character in "{[":
                depth += 1
            elif not quoted and character in "}]":
                depth -= 1
                if depth == 0:
                    end = position
                    break
        if end < 0:
            index = start + 1
            continue
        raw = text[start : end + 1]
        cleaned = re.sub(r"//[^\n]*|/\*.*?\*/", "", raw, flags=re.S)
        cleaned = re.sub(r",?\s*(?:\.\.\.|…)\s*(?=[}\]])", "", cleaned)
        cleaned = re.sub(r",(\s*[}\]])", r"\1", cleaned)
        for candidate in (raw, cleaned):
            try:
                yield raw, json.loads(candidate)
            except (ValueError, RecursionError):
                continue
            break
        index = end + 1


def _shape_in(instructions: str) -> Json:
    """The shape of the answer as an example in the instructions shows it."""
    best: Json = None
    for _, value in _objects(instructions):
        if isinstance(value, dict) and value and not _is_filled_role(value):
            if "properties" in value and value.get("type") == "object":
                return value
            known = sum(
                canonical_key(key, SECTION_KEYS) is not None or canonical_key(key, ROLE_KEYS) is not None
                for key in value
            )
            if known and (best is None or len(value) > len(best)):
                best = value
    return None if best is None else _shape_of(best)


def _shape_of(value: Json) -> Json:
    if isinstance(value, dict):
        return {"type": "object", "properties": {key: _shape_of(inner) for key, inner in value.items()}}
    if isinstance(value, list):
        return {"type": "array", "items": _shape_of(value[0]) if value else {"type": "string"}}
    return {"type": "string"}


def _is_filled_role(value: Mapping[str, Json]) -> bool:
    named = [
        inner for key, inner in value.items() if canonical_key(key, ROLE_KEYS) in ("title", "company", "start_date")
    ]
    return any(
        isinstance(inner, str) and re.search(r"\w", inner) and not re.fullmatch(r"<.*>|\.\.\.|string", inner)
        for inner in named
    )


def _is_about_one_role(shape: Json) -> bool:
    """Whether the answer holds only what one job has: statements, skills."""
    if not isinstance(shape, dict):
        return False
    keys = list(shape.get("properties") or {})
    if not keys:
        return False
    names = {canonical_key(key, ROLE_KEYS) for key in keys}
    whole = {canonical_key(key, SECTION_KEYS) for key in keys} - {None, "skills"}
    return "description" in names and not whole


def _role_in(instructions: str) -> Mapping[str, str]:
    """The job that the instructions name."""
    for _, value in _objects(instructions):
        if isinstance(value, dict) and _is_filled_role(value):
            return {
                name: str(inner)
                for key, inner in value.items()
                if (name := canonical_key(key, ROLE_KEYS)) is not None and isinstance(inner, str)
            }
    found: dict[str, str] = {}
    for line in instructions.splitlines():
        match = re.match(r"^\W*([A-Za-z][A-Za-z _-]{1,20}?)\W*:\s*(\S.*)$", line)
        if match:
            name = canonical_key(match.group(1).strip(), ROLE_KEYS)
            if name in ("title", "company", "start_date", "end_date", "location"):
                found.setdefault(name, match.group(2).strip())
    if not found:
        match = re.search(
            r"\b(?:role|job|position)\b[^\n\"“]*[\"“]([^\"”]+)[\"”]\s+(?:at|with|for)\s+[\"“]([^\"”]+)[\"”]",
            instructions,
        )
        if match:
            return {"title": match.group(1), "company": match.group(2)}
    return found


@lru_cache(maxsize=512)
def words_of(instructions: str) -> int:
    """Words of the sentences of an instruction text: what its directives are diluted by."""
    return sum(len(piece.text.split()) for piece in pieces(instructions) if piece.kind == "sentence")
