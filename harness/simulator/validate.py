"""Requests as the API would check them, wire by wire; what passes becomes a `Question`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from harness.base.types import Json
from harness.simulator.apierror import ApiError, bad
from harness.simulator.catalogue import MODELS, Model
from harness.simulator.checks import in_range, kind_of, of_type, token_limit
from harness.simulator.question import OutputMode, Question
from harness.simulator.schemas import check_strict

CHAT_PARAMETERS = frozenset(
    [
        "audio",
        "frequency_penalty",
        "function_call",
        "functions",
        "logit_bias",
        "logprobs",
        "max_completion_tokens",
        "max_tokens",
        "messages",
        "metadata",
        "modalities",
        "model",
        "moderation",
        "n",
        "parallel_tool_calls",
        "prediction",
        "presence_penalty",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning_effort",
        "response_format",
        "safety_identifier",
        "seed",
        "service_tier",
        "stop",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "user",
        "verbosity",
        "web_search_options",
    ]
)
RESPONSES_PARAMETERS = frozenset(
    [
        "access_programs",
        "background",
        "background_options",
        "context_management",
        "conversation",
        "image",
        "include",
        "input",
        "instructions",
        "max_output_tokens",
        "max_tool_calls",
        "metadata",
        "model",
        "moderation",
        "parallel_tool_calls",
        "previous_response_id",
        "prompt",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "reasoning",
        "safety_identifier",
        "service_tier",
        "store",
        "stream",
        "stream_options",
        "temperature",
        "text",
        "tool_choice",
        "tools",
        "top_logprobs",
        "top_p",
        "truncation",
        "user",
    ]
)
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")


def read_chat(body: Json, draw: int) -> Question:
    """`POST /v1/chat/completions`. Raises ApiError."""
    _object(body)
    unknown = sorted(set(body) - CHAT_PARAMETERS)
    if unknown:
        listed = ", ".join(unknown)
        raise bad(f"Unrecognized request argument{'s' if len(unknown) > 1 else ''} supplied: {listed}")
    model = _model(body, chat=True)
    messages = body.get("messages")
    if messages is None:
        raise bad("Missing required parameter: 'messages'.", "messages", "missing_required_parameter")
    of_type("messages", messages, list)
    if not messages:
        raise bad(
            "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            "messages",
            "empty_array",
        )
    _common(body)
    _unsupported(body, ("tools", "functions", "audio", "web_search_options", "prediction", "stop", "logprobs"))
    effort = _effort(body.get("reasoning_effort"), model, "reasoning_effort")
    temperature = _temperature(body, model, effort, chat=True)
    if body.get("max_tokens") is not None and model.reasons:
        raise bad(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' "
            "instead.",
            "max_tokens",
            "unsupported_parameter",
        )
    if body.get("max_tokens") is not None and body.get("max_completion_tokens") is not None:
        raise bad(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_tokens",
            "invalid_parameter_combination",
        )
    if body.get("n") not in (None, 1):
        raise bad("Invalid 'n': this simulator gives one choice a request.", "n", "unsupported_value")
    limit = token_limit(body, "max_completion_tokens", model) or token_limit(body, "max_tokens", model)
    system, user = _turns(messages, "messages")
    output, schema, name, strict = _format(body.get("response_format"), "response_format", chat=True)
    if output == "json_object" and "json" not in f"{system} {' '.join(user)}".lower():
        raise bad(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
            "messages",
        )
    return Question(
        "chat", model, system, user, output, schema, name, strict, temperature, effort, limit, draw,
        str(body.get("prompt_cache_key") or ""),
    )  # fmt: skip


def read_responses(body: Json, draw: int) -> Question:
    """`POST /v1/responses`. Raises ApiError."""
    _object(body)
    for name in sorted(set(body) - RESPONSES_PARAMETERS):
        raise bad(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
    model = _model(body, chat=False)
    _common(body)
    _unsupported(
        body,
        ("tools", "conversation", "previous_response_id", "prompt", "image", "include", "moderation"),
    )
    given = body.get("input")
    if given is None:
        raise bad("Missing required parameter: 'input'.", "input", "missing_required_parameter")
    of_type("instructions", body.get("instructions"), str, optional=True)
    if isinstance(given, str):
        system = ""
        user: tuple[str, ...] = (given,)
    else:
        of_type("input", given, list)
        system, user = _turns(given, "input")
    instructions = "\n\n".join(part for part in (body.get("instructions") or "", system) if part)
    reasoning = body.get("reasoning")
    of_type("reasoning", reasoning, dict, optional=True)
    if reasoning and not model.reasons and reasoning.get("effort") not in (None, "none"):
        raise bad(
            "Unsupported parameter: 'reasoning.effort' is not supported with this model.",
            "reasoning.effort",
            "unsupported_parameter",
        )
    effort = _effort((reasoning or {}).get("effort"), model, "reasoning.effort")
    temperature = _temperature(body, model, effort, chat=False)
    text = body.get("text")
    of_type("text", text, dict, optional=True)
    for name in sorted(set(text or ()) - {"format", "verbosity"}):
        raise bad(f"Unknown parameter: 'text.{name}'.", f"text.{name}", "unknown_parameter")
    output, schema, name, strict = _format((text or {}).get("format"), "text.format", chat=False)
    if output == "json_object" and "json" not in f"{instructions} {' '.join(user)}".lower():
        raise bad(
            "Response input messages must contain the word 'json' in some form to use 'text.format' of type "
            "'json_object'.",
            "input",
        )
    limit = body.get("max_output_tokens")
    if isinstance(limit, int) and limit < 16:
        raise bad(
            "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, "
            f"but got {limit} instead.",
            "max_output_tokens",
            "integer_below_min_value",
        )
    return Question(
        "responses", model, instructions, user, output, schema, name, strict, temperature, effort,
        token_limit(body, "max_output_tokens", model), draw, str(body.get("prompt_cache_key") or ""),
    )  # fmt: skip


def _object(body: Json) -> None:
    if not isinstance(body, dict):
        raise bad("We could not parse the JSON body of your request: an object was expected.")


def _model(body: Mapping[str, Any], *, chat: bool) -> Model:
    name = body.get("model")
    if name is None or name == "":
        if chat:
            raise bad("you must provide a model parameter")
        raise bad("Missing required parameter: 'model'.", "model", "missing_required_parameter")
    of_type("model", name, str)
    model = MODELS.get(name)
    if model is None:
        raise ApiError(
            404,
            f"The model `{name[:100]}` does not exist or you do not have access to it.",
            param="model" if not chat else None,
            code="model_not_found",
        )
    return model


def _common(body: Mapping[str, Any]) -> None:
    if body.get("stream"):
        raise bad("Unsupported value: this simulator does not stream.", "stream", "unsupported_value")
    for name in ("store", "stream", "parallel_tool_calls", "background"):
        of_type(name, body.get(name), bool, optional=True)
    for name in ("user", "safety_identifier", "prompt_cache_key", "service_tier"):
        of_type(name, body.get(name), str, optional=True)
    in_range("top_p", body.get("top_p"), 0, 1)
    metadata = body.get("metadata")
    of_type("metadata", metadata, dict, optional=True)
    for key, value in (metadata or {}).items():
        of_type(f"metadata.{key}", value, str)
    if len(metadata or {}) > 16:
        raise bad(
            "Invalid 'metadata': too many properties. Expected an object with at most 16 properties.",
            "metadata",
            "object_above_max_properties",
        )
    for name in ("safety_identifier", "prompt_cache_key"):
        if len(body.get(name) or "") > 64:
            raise bad(
                f"Invalid '{name}': string too long. Expected a string with maximum length 64.",
                name,
                "string_above_max_length",
            )


def _unsupported(body: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if body.get(name):
            raise bad(f"Unsupported parameter: this simulator has no '{name}'.", name, "unsupported_parameter")


def _effort(given: object, model: Model, name: str) -> str:
    if given is None:
        return model.effort
    of_type(name, given, str)
    if not model.reasons:
        if given == "none":
            return "none"
        raise bad(f"Unrecognized request argument supplied: {name}", name)
    if given not in model.efforts:
        supported = ", ".join(f"'{value}'" for value in model.efforts)
        raise bad(
            f"Unsupported value: '{given}' is not supported with the '{model.id}' model. "
            f"Supported values are: {supported}.",
            name,
            "unsupported_value",
        )
    return str(given)


def _temperature(body: Mapping[str, Any], model: Model, effort: str, *, chat: bool) -> float:
    value = body.get("temperature")
    in_range("temperature", value, 0, 2)
    refused = not model.takes_temperature(effort)
    if value is not None and refused and (value != 1 or not chat):
        if chat:
            raise bad(
                f"Unsupported value: 'temperature' does not support {value} with this model. "
                "Only the default (1) value is supported.",
                "temperature",
                "unsupported_value",
            )
        raise bad(
            "Unsupported parameter: 'temperature' is not supported with this model.",
            "temperature",
            "unsupported_parameter",
        )
    if body.get("top_p") not in (None, 1) and refused:
        raise bad("Unsupported parameter: 'top_p' is not supported with this model.", "top_p", "unsupported_parameter")
    return 1.0 if value is None else float(value)


def _turns(items: list[Json], param: str) -> tuple[str, tuple[str, ...]]:
    """System text and user texts of a conversation."""
    system: list[str] = []
    user: list[str] = []
    for index, item in enumerate(items):
        place = f"{param}[{index}]"
        of_type(place, item, dict)
        role = item.get("role")
        if role not in ("system", "developer", "user", "assistant"):
            raise bad(
                f"Invalid value: '{role}'. Supported values are: 'system', 'assistant', 'user', and 'developer'.",
                f"{place}.role",
                "invalid_value",
            )
        text = _content(item.get("content"), f"{place}.content")
        if role in ("system", "developer"):
            system.append(text)
        elif role == "user":
            user.append(text)
    return "\n\n".join(system), tuple(user)


def _content(content: Json, place: str) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        raise bad(
            f"Invalid type for '{place}': expected one of a string or array of objects, "
            f"but got {kind_of(content)} instead.",
            place,
            "invalid_type",
        )
    parts: list[str] = []
    for index, part in enumerate(content):
        of_type(f"{place}[{index}]", part, dict)
        if part.get("type") not in ("text", "input_text", "output_text"):
            raise bad(
                f"Unsupported content: this simulator reads text only, not '{part.get('type')}'.",
                f"{place}[{index}].type",
                "unsupported_content_type",
            )
        of_type(f"{place}[{index}].text", part.get("text"), str)
        parts.append(part["text"])
    return "\n".join(parts)


def _format(given: Json, param: str, *, chat: bool) -> tuple[OutputMode, Json, str, bool]:
    if given is None:
        return "text", None, "", False
    of_type(param, given, dict)
    kind = given.get("type")
    if kind == "text":
        return "text", None, "", False
    if kind == "json_object":
        return "json_object", None, "", False
    if kind != "json_schema":
        raise bad(
            f"Invalid value: '{kind}'. Supported values are: 'json_object', 'json_schema', and 'text'.",
            f"{param}.type",
            "invalid_value",
        )
    inner = given.get("json_schema") if chat else given
    place = f"{param}.json_schema" if chat else param
    if not isinstance(inner, dict):
        raise bad(f"Missing required parameter: '{place}'.", place, "missing_required_parameter")
    name = inner.get("name")
    if name is None:
        raise bad(f"Missing required parameter: '{place}.name'.", f"{place}.name", "missing_required_parameter")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise bad(
            f"Invalid '{place}.name': string does not match pattern. Expected a string that matches the pattern "
            "'^[a-zA-Z0-9_-]+$'.",
            f"{place}.name",
            "invalid_value",
        )
    schema = inner.get("schema")
    if schema is None:
        raise bad(f"Missing required parameter: '{place}.schema'.", f"{place}.schema", "missing_required_parameter")
    of_type(f"{place}.strict", inner.get("strict"), bool, optional=True)
    strict = bool(inner.get("strict"))
    if strict:
        check_strict(
            schema, name, "response_format" if chat else "text.format.schema", None if chat else "invalid_json_schema"
        )
    return "json_schema", schema, name, strict
