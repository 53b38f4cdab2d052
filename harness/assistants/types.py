"""The assistant bundle: one versioned assistant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.base.types import Json

OutputMode: TypeAlias = Literal["json_schema", "json_object", "text"]


@dataclass(frozen=True, slots=True)
class AssistantBundle:
    """`version` is a digest of everything; `wire` only of what is really sent (model, parameters, instructions,
    output mode and schema), so that a new description is no new assistant.
    asked_over: the wire that it asks for, "" for that of the endpoint."""

    name: str
    description: str
    model: str
    parameters: Mapping[str, Json]
    instructions: str
    output: OutputMode
    schema: Json
    version: str
    wire: str
    asked_over: Literal["", "responses", "chat"] = ""
