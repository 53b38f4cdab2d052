"""A request as the simulated model sees it, whichever wire it came over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from harness.base.canonical import digest
from harness.base.types import Json
from harness.simulator.catalogue import Model

Wire: TypeAlias = Literal["chat", "responses"]
OutputMode: TypeAlias = Literal["text", "json_object", "json_schema"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the model.

    instructions: system and developer text. messages: the user's texts in order. schema: the JSON Schema asked
    for, or None; strict: whether decoding is held to it. max_output: tokens, hidden ones included, or None.
    draw: which of K independent answers to the same request is wanted.
    """

    wire: Wire
    model: Model
    instructions: str
    messages: tuple[str, ...]
    output: OutputMode = "text"
    schema: Json = None
    schema_name: str = ""
    strict: bool = False
    temperature: float = 1.0
    effort: str = "none"
    max_output: int | None = None
    draw: int = 0
    cache_key: str = ""
    _digest: list[str] = field(default_factory=list, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """Identity of everything that the model reads; not of the draw, nor of cache keys."""
        if not self._digest:
            self._digest.append(
                digest(
                    [
                        self.wire,
                        self.model.id,
                        self.instructions,
                        list(self.messages),
                        self.output,
                        self.schema,
                        self.strict,
                        self.temperature,
                        self.effort,
                        self.max_output,
                    ]
                )
            )
        return self._digest[0]
