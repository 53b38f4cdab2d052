"""Instructions read as directives: sentence → (slot, value, polarity, strength).

A sentence is cut into clauses; a clause has topics, actions and negations, and the rules in `rules` say what they
ask for together. Values are read from the sentence or its example ("Feb 2020" is a date format).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from harness.base.types import Json
from harness.simulator.rules import read_clause
from harness.simulator.sentences import Kind, Piece, clauses, pieces
from harness.simulator.slots import SLOTS


@dataclass(frozen=True, slots=True)
class Directive:
    """One thing that is asked for.

    polarity: 1 for "do", -1 for "do not" where the prohibition names no alternative. strength: 0 to 1, from the
    wording ("must", "try to"). source: instructions | schema | cv. start, end: the sentence's place in the text.
    """

    slot: str
    value: str
    polarity: int
    strength: float
    source: str = "instructions"
    sentence: str = ""
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """A part of an instruction text with what was recognised in it."""

    text: str
    start: int
    end: int
    kind: Kind
    directives: tuple[Directive, ...]

    @property
    def judged(self) -> bool:
        """Whether the simulator can judge it: it holds a directive, or is no sentence at all."""
        return bool(self.directives) or self.kind != "sentence"


_WEAK = re.compile(
    r"\b(?:try to|prefer|preferably|ideally|if possible|where possible|when possible|may|might|could"
    r"|usually|generally|optional(?:ly)?|as far as possible)\b",
    re.I,
)
_SOFT = re.compile(r"\b(?:should|ought to|please|can)\b", re.I)


@lru_cache(maxsize=2048)
def read_sentences(text: str) -> tuple[Sentence, ...]:
    """Every heading, example and sentence of an instruction text with its directives, in order."""
    return tuple(
        Sentence(piece.text, piece.start, piece.end, piece.kind, _read_piece(piece) if piece.kind == "sentence" else ())
        for piece in pieces(text)
    )


def read_instructions(text: str) -> tuple[Directive, ...]:
    """All directives of an instruction text, in order."""
    return tuple(directive for sentence in read_sentences(text) for directive in sentence.directives)


@lru_cache(maxsize=4096)
def _read_piece(piece: Piece) -> tuple[Directive, ...]:
    strength = 0.6 if _WEAK.search(piece.text) else 0.96 if _SOFT.search(piece.text) else 1.0
    found: dict[tuple[str, str, int], None] = {}
    parts = clauses(piece.text)
    for clause in parts:
        for item in read_clause(clause.text, clause.condition, piece.text):
            found[item] = None
    if not found and len(parts) > 1:
        found.update(dict.fromkeys(read_clause(piece.text, "", piece.text)))
    if not found and piece.context:
        found.update(dict.fromkeys(read_clause(f"{piece.context}: {piece.text}", "", piece.text)))
    return tuple(
        Directive(slot, value, polarity, strength, "instructions", piece.text, piece.start, piece.end)
        for slot, value, polarity in found
    )


def read_schema(schema: Json) -> tuple[Directive, ...]:
    """Directives in the descriptions of a JSON Schema; weaker than a sentence of the instructions."""
    if schema is None:
        return ()
    found: dict[tuple[str, str, int], Directive] = {}
    for path, description in _descriptions(schema, ()):
        for directive in (*read_instructions(description), *_of_field(path, description)):
            key = (directive.slot, directive.value, directive.polarity)
            found.setdefault(key, replace(directive, source="schema", strength=1.0))
    return tuple(found.values())


def _descriptions(node: Json, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    if not isinstance(node, dict):
        return
    if path and isinstance(node.get("description"), str):
        yield path, node["description"]
    for key, inner in (node.get("properties") or {}).items():
        yield from _descriptions(inner, (*path, key))
    yield from _descriptions(node.get("items"), path)


_FIELD_SLOTS = {
    "languages": "languages", "training": "training", "projects": "projects", "certifications": "certifications",
    "summary": "summary", "portfolio": "links", "proficiency": "proficiency", "expiry": "expiry",
}  # fmt: skip


def _of_field(path: tuple[str, ...], description: str) -> tuple[Directive, ...]:
    """What a described field says by being described: that it is wanted."""
    slot = _FIELD_SLOTS.get(path[-1])
    out: list[Directive] = []
    if slot is not None:
        out.append(Directive(f"include.{slot}", "include", 1, 1.0, "schema", description))
    if path[-1] == "description" and path[0].startswith("work"):
        out.extend(
            Directive(name, value, polarity, 1.0, "schema", description)
            for name, value, polarity in read_clause(f"bullets: {description}", "", description)
        )
    if path[-1] == "description" and path[0].startswith("edu"):
        out.append(Directive("include.education_notes", "include", 1, 1.0, "schema", description))
    if path[-1] == "skills" and path[0].startswith("work"):
        out.append(Directive("include.role_skills", "include", 1, 1.0, "schema", description))
    return tuple(out)


def repertoire() -> Json:
    """What can be asked for: slots, their values, what happens unasked, and example sentences."""
    return {
        "slots": [
            {
                "slot": slot.name,
                "description": slot.description,
                "values": list(slot.prior),
                "other_values": slot.free,
                "unasked": {name: round(share, 3) for name, share in slot.prior.items()},
                "followed": slot.told,
                "examples": list(slot.examples),
            }
            for slot in SLOTS.values()
        ]
    }
