"""Requests, built from an assistant or a prompt, with digests of their parts.

Every request carries `store: false`: a CV is personal data. What is volatile or names a run (draw, cache key,
headers) is not in the body here; the client adds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from harness.assistants.types import AssistantBundle
from harness.base.canonical import digest, sha256
from harness.base.types import Json
from harness.models.types import Call, Frame, Wire

SCHEMA_NAME = "structured_record"
"""Schema names are logged by providers: this one says nothing about anybody."""

MESSAGE = "message"
"""The part that stands for a whole chat message; it differs whenever one of the named parts does."""


def assistant_call(bundle: AssistantBundle, text: str, draw: int = 0, wire: Wire = "responses") -> Call:
    """The request of an assistant about `text`. Whoever has many texts takes the frame once."""
    return framed_call(assistant_frame(bundle, wire), text, draw)


def framed_call(frame: Frame, text: str, draw: int = 0) -> Call:
    """The request of that frame about `text`."""
    text = _sendable(text)
    parts = {**frame.parts, "input": sha256(text)}
    return Call(parts, draw, _key(frame.wire, parts), frame.wire, frame.filled(text), frame, text)


def assistant_frame(bundle: AssistantBundle, wire: Wire = "responses") -> Frame:
    """What all requests of an assistant share, over the wire that its bundle asks for, else over `wire`."""
    return (_chat_frame if (bundle.asked_over or wire) == "chat" else _responses_frame)(bundle)


def _responses_frame(bundle: AssistantBundle) -> Frame:
    """Of `responses.create` requests: the bundle's instructions, and the text as the user's message.

    In JSON mode the instructions go in as a developer message, because servers look for the word JSON in the
    input only.
    """
    instructions = _sendable(bundle.instructions)
    parameters = dict(bundle.parameters)
    output: dict[str, Any] = {}
    if "verbosity" in parameters:
        output["verbosity"] = parameters.pop("verbosity")
    form = _text_format(bundle)
    if form is not None:
        output["format"] = form
    before: tuple[Json, ...] | None = None
    body: dict[str, Any] = {"model": bundle.model, "store": False, **parameters}
    if bundle.output == "json_object":
        before = ({"role": "developer", "content": instructions},)
    else:
        body["instructions"] = instructions
    body["input"] = ""
    if output:
        body["text"] = output
    return _frame("responses", body, "input", before, bundle, dict(bundle.parameters), form)


def _chat_frame(bundle: AssistantBundle) -> Frame:
    """The same assistant as `chat.completions.create` requests: the instructions as the system's message, the same
    strict schema, and the parameters under their names there."""
    form = _text_format(bundle)
    if form is not None and form["type"] == "json_schema":
        inner = {name: form[name] for name in ("name", "strict", "schema")}
        form = {"type": "json_schema", "json_schema": inner}
    parameters = {_CHAT_NAMES.get(name, name): value for name, value in bundle.parameters.items()}
    reasoning = parameters.pop("reasoning", None)
    if isinstance(reasoning, dict) and reasoning.get("effort") is not None:
        parameters["reasoning_effort"] = reasoning["effort"]
    body: dict[str, Any] = {"model": bundle.model, "messages": [], "store": False, **parameters}
    if form is not None:
        body["response_format"] = form
    before = ({"role": "system", "content": _sendable(bundle.instructions)},)
    return _frame("chat", body, "messages", before, bundle, parameters, form)


def _frame(
    wire: Wire,
    body: Mapping[str, Json],
    place: str,
    before: tuple[Json, ...] | None,
    bundle: AssistantBundle,
    parameters: Mapping[str, Json],
    form: Json,
) -> Frame:
    parts = {
        "model": sha256(bundle.model),
        "instructions": sha256(_sendable(bundle.instructions)),
        "input": sha256(""),
        "parameters": digest(parameters),
        "format": digest(form),
    }
    frame = Frame(wire, body, parts, place, before)
    return replace(frame, body=frame.filled(""))


_CHAT_NAMES = {"max_output_tokens": "max_completion_tokens"}


def chat_call(model: str, parameters: Mapping[str, Json], prompt: str, draw: int, parts: Mapping[str, str]) -> Call:
    """One `chat.completions.create` request in JSON mode with `prompt` as its only message.

    parts: what the prompt was made of, by name (`instructions`, `role`, `input`), as texts; only their digests
    are kept.
    """
    prompt = _sendable(prompt)
    form = {"type": "json_object"}
    body = {
        "model": model,
        "messages": [{"role": "user", "content": prompt}],
        "response_format": form,
        "store": False,
        **parameters,
    }
    digests = {
        **{name: sha256(_sendable(value)) for name, value in parts.items()},
        "model": sha256(model),
        "parameters": digest(dict(parameters)),
        "format": digest(form),
        MESSAGE: sha256(prompt),
    }
    return Call(digests, draw, _key("chat", digests), "chat", body)


def _key(wire: Wire, parts: Mapping[str, str]) -> str:
    return digest({"wire": wire, "parts": parts})


def _text_format(bundle: AssistantBundle) -> dict[str, Any] | None:
    if bundle.output == "json_schema":
        return {"type": "json_schema", "name": SCHEMA_NAME, "strict": True, "schema": bundle.schema}
    return {"type": "json_object"} if bundle.output == "json_object" else None


def _sendable(text: str) -> str:
    """The text with lone surrogates replaced: they have no UTF-8 and cannot be sent."""
    return text.encode("utf-8", "replace").decode("utf-8")
