"""Answers in the shape of each wire, with usage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from harness.base.types import Json
from harness.simulator.question import Question

Finish: TypeAlias = Literal["stop", "length", "content_filter", "refusal", "failed"]


@dataclass(frozen=True, slots=True)
class Completion:
    """What the model gave: text (or the words of a refusal), why it stopped, and what it cost in tokens."""

    text: str
    finish: Finish
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    reasoning_tokens: int


def chat_completion(question: Question, completion: Completion, identity: str, created: int) -> dict[str, Any]:
    """The body of a chat completion."""
    refused = completion.finish == "refusal"
    return {
        "id": f"chatcmpl-{identity}",
        "object": "chat.completion",
        "created": created,
        "model": question.model.snapshot,
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": None if refused else completion.text,
                    "refusal": completion.text if refused else None,
                    "annotations": [],
                },
                "logprobs": None,
                "finish_reason": "stop" if refused else completion.finish,
            }
        ],
        "usage": {
            "prompt_tokens": completion.input_tokens,
            "completion_tokens": completion.output_tokens,
            "total_tokens": completion.input_tokens + completion.output_tokens,
            "prompt_tokens_details": {"cached_tokens": completion.cached_tokens, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": completion.reasoning_tokens,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        },
        "service_tier": "default",
        "system_fingerprint": "fp_simulator",
    }


def response(
    question: Question, completion: Completion, identity: str, created: int, body: dict[str, Json]
) -> dict[str, Any]:
    """The body of a response; `body` is the request, whose settings are echoed."""
    finish = completion.finish
    status = "failed" if finish == "failed" else "incomplete" if _cut(completion) else "completed"
    reason = {"length": "max_output_tokens", "content_filter": "content_filter"}.get(finish)
    text = body.get("text") or {}
    return {
        "id": f"resp_{identity}",
        "object": "response",
        "created_at": created,
        "completed_at": created if status == "completed" else None,
        "status": status,
        "background": False,
        "error": {"code": "server_error", "message": "The model failed to answer."} if finish == "failed" else None,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": body.get("instructions"),
        "max_output_tokens": body.get("max_output_tokens"),
        "max_tool_calls": None,
        "model": question.model.snapshot,
        "output": _output(question, completion, identity),
        "parallel_tool_calls": True,
        "previous_response_id": None,
        "prompt_cache_key": body.get("prompt_cache_key"),
        "prompt_cache_retention": None,
        "reasoning": {"effort": question.effort if question.model.reasons else None, "summary": None},
        "safety_identifier": body.get("safety_identifier"),
        "service_tier": body["service_tier"],
        "store": bool(body.get("store", True)),
        "temperature": question.temperature,
        "text": {"format": text.get("format") or {"type": "text"}, "verbosity": text.get("verbosity") or "medium"},
        "tool_choice": "auto",
        "tools": [],
        "top_logprobs": 0,
        "top_p": body.get("top_p") if body.get("top_p") is not None else 1.0,
        "truncation": body.get("truncation") or "disabled",
        "usage": _response_usage(completion),
        "metadata": body.get("metadata") or {},
        **({"user": body["user"]} if body.get("user") else {}),
    }


def _cut(completion: Completion) -> bool:
    """Whether it was stopped before its end."""
    return completion.finish in ("length", "content_filter")


def _output(question: Question, completion: Completion, identity: str) -> list[dict[str, Any]]:
    """The items of a response: that it reasoned, and its message, where there is one."""
    output: list[dict[str, Any]] = []
    if question.model.reasons and question.effort != "none":
        output.append({"id": f"rs_{identity}", "type": "reasoning", "summary": []})
    if completion.finish == "refusal":
        content: dict[str, Any] = {"type": "refusal", "refusal": completion.text}
    else:
        content = {"type": "output_text", "text": completion.text, "annotations": [], "logprobs": []}
    cut = _cut(completion)
    if completion.finish != "failed" and (completion.text or not cut):
        output.append(
            {
                "id": f"msg_{identity}",
                "type": "message",
                "status": "incomplete" if cut else "completed",
                "role": "assistant",
                "content": [content],
            }
        )
    return output


def _response_usage(completion: Completion) -> dict[str, Any]:
    return {
        "input_tokens": completion.input_tokens,
        "input_tokens_details": {"cached_tokens": completion.cached_tokens, "cache_write_tokens": 0},
        "output_tokens": completion.output_tokens,
        "output_tokens_details": {"reasoning_tokens": completion.reasoning_tokens},
        "total_tokens": completion.input_tokens + completion.output_tokens,
    }
