"""A short question that tells what a server can do: whether it answers over a wire, and whether it really holds a model
to the strict schema it was sent. A model that is not held to it says what it is told to say instead."""

from __future__ import annotations

import json
from dataclasses import dataclass

from harness.assistants.bundle import make_bundle
from harness.assistants.types import AssistantBundle
from harness.base.types import Json
from harness.models.calls import assistant_call
from harness.models.client import ModelClient
from harness.models.types import Attempt, Call, Wire

_ONLY = "zx-17"
_SCHEMA: Json = {
    "type": "object",
    "properties": {"code": {"type": "string", "enum": [_ONLY]}},
    "required": ["code"],
    "additionalProperties": False,
}
_TOLD = "Answer with the single word hello. Write no JSON, no braces and nothing else."


@dataclass(frozen=True, slots=True)
class Probed:
    """enforced: the answer keeps to the schema, against what the model was told. tells_cached: the server says how
    many tokens were cached, be it none."""

    attempt: Attempt
    enforced: bool
    tells_cached: bool


def question(bundle: AssistantBundle, wire: Wire, draw: int = 0) -> Call:
    """What the bundle's model is asked, with the bundle's own parameters."""
    asked = make_bundle(
        name="probe", description="", model=bundle.model, parameters=dict(bundle.parameters), instructions=_TOLD,
        output="json_schema", schema=_SCHEMA,
    )  # fmt: skip
    return assistant_call(asked, "Say hello.", draw, wire)


async def probe(client: ModelClient, call: Call, attempt_id: str = "") -> Probed:
    """Ask a `question`. Never raises but for cancellation."""
    attempt = await client.send(call, attempt_id=attempt_id or f"probe-{call.wire}-{call.draw}")
    try:
        enforced = json.loads(attempt.text or "") == {"code": _ONLY}
    except (ValueError, RecursionError):
        enforced = False
    return Probed(attempt, enforced, b'"cached_tokens"' in (attempt.body or b""))
