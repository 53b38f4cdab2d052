"""Instructions, read as directives."""

from __future__ import annotations

from dataclasses import dataclass

from harness.base.types import Json


@dataclass(frozen=True, slots=True)
class Directive:
    slot: str
    value: str
    polarity: int
    strength: float


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    start: int
    end: int
    directives: tuple[Directive, ...]


@dataclass(frozen=True, slots=True)
class Instructions:
    sentences: tuple[Sentence, ...]


def read_instructions(text: str) -> Instructions:
    return Instructions(())


def read_schema(schema: Json) -> tuple[Directive, ...]:
    return ()


def repertoire() -> Json:
    return {"slots": []}
