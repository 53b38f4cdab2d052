"""What a server's response means: outcome, text, usage. Pure; every shape a server can send has an outcome here.

The SDK's own parsing is not used: it raises on what it does not expect and loses the tokens already paid for.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from harness.models.types import AttemptOutcome, Usage, Wire

QUOTA = "insufficient_quota"
_DETAIL_LENGTH = 300
_MOST_MS = 1e10
"""Four months. Larger numbers would make sums of a run that no file can hold."""
_MOST_TOKENS = 1_000_000_000
CONTEXT = "context_length_exceeded"
FILTERED = "content_filter"
_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_OWN_WORDS = {
    QUOTA: re.compile(r"insufficient_quota|exceeded your current quota"),
    CONTEXT: re.compile(
        r"context_length_exceeded|exceed_context_size|ContextWindowExceeded"
        r"|(?:exceed|larger than|longer than|too (?:long|large) for).{0,60}context (?:length|window|size)"
        r"|context (?:length|window|size).{0,80}(?:exceed|however, (?:you|your messages))|prompt is too long",
        re.I | re.S,
    ),
    FILTERED: re.compile(r"content_filter|ContentPolicyViolation|content_policy_violation|content management policy"),
}
"""What servers call the same thing, in their codes or only in their words."""
_TOO_MUCH_ASKED = re.compile(r"max_(?:completion_|output_)?tokens\W.{0,60}(?:too large|at most)", re.I | re.S)
_KEPT = (
    "x-request-id",
    "openai-processing-ms",
    "openai-version",
    "retry-after",
    "retry-after-ms",
    "x-should-retry",
    "content-type",
)
_KEPT_PREFIXES = ("x-ratelimit-", "x-sim-")


@dataclass(frozen=True, slots=True)
class Answer:
    """A response, understood. error: "" when answered, else a code; detail: one line for a person."""

    outcome: AttemptOutcome
    error: str = ""
    detail: str = ""
    text: str | None = None
    usage: Usage | None = None
    snapshot: str = ""


def interpret(wire: Wire, status: int, body: bytes) -> Answer:
    """The response of `status` with `body`. Never raises, whatever the bytes are."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
        broken = True
    else:
        broken = False
    if not 200 <= status < 300:
        return _refused_request(status, value, body)
    if broken:
        code = "html_body" if body.lstrip()[:1] == b"<" else "broken_json"
        return Answer("failed", code, f"status {status} with a body that is not JSON ({len(body)} bytes)")
    if not isinstance(value, dict):
        return Answer("failed", "unexpected_body", f"a JSON {type(value).__name__} where an object belongs")
    return _response(value) if wire == "responses" else _chat(value)


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping, by lower-case name, sorted; values on one line and of bounded length."""
    lowered = {name.lower(): value for name, value in headers.items()}
    return {
        name: one_line(lowered[name], 200)
        for name in sorted(lowered)
        if name in _KEPT or name.startswith(_KEPT_PREFIXES)
    }


def milliseconds(headers: Mapping[str, str], name: str) -> float | None:
    """A header's number of milliseconds; None where it is missing or nothing that a call could take."""
    try:
        value = float(headers.get(name, ""))
    except ValueError:
        return None
    return value if 0 <= value <= _MOST_MS else None


def one_line(text: str, length: int = _DETAIL_LENGTH) -> str:
    """The text on one line without control characters, cut at `length`."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in text[: length * 4]).split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"


def _refused_request(status: int, value: Any, body: bytes) -> Answer:
    error = value.get("error") if isinstance(value, dict) else None
    if isinstance(error, str):
        error = {"message": error}
    if not isinstance(error, dict):
        shown = body[:2000].decode("utf-8", "replace")
        return Answer("failed", f"http_{status}", one_line(f"status {status}: {shown}"))
    codes = [_code(error.get(name)) for name in ("code", "type")]
    code = next((c for c in codes if c and not c.isdigit()), f"http_{status}")
    said = " ".join((*codes, _text(error.get("message"))[:2000]))
    for known, words in _OWN_WORDS.items():
        if words.search(said) and not (known == CONTEXT and _TOO_MUCH_ASKED.search(said)):
            code = known
            break
    return Answer("failed", code, one_line(f"status {status}: {error.get('message') or code}"))


def of_the_input(status: int | None, error: str) -> bool:
    """Whether a refused request says something about what was in it: too long for the model, filtered, too large a
    body. Any other status of 400 to 499 would meet every input alike."""
    return status in (413, 415) or error in _OF_THE_INPUT


def completed_in_name_only(answer: Answer, body: Mapping[str, Any]) -> Answer:
    """`answer` as the cut-off one that it is, where a server calls it completed although it wrote all the tokens that
    `body` allows and its JSON has no end."""
    most = next((body[name] for name in _LIMITS if isinstance(body.get(name), int)), None)
    text = answer.text or ""
    if answer.outcome != "answered" or most is None or not _stops_midway(text):
        return answer
    # A server that does not count leaves the length: a token of JSON is two characters or more.
    written = answer.usage.output_tokens if answer.usage is not None else len(text) // 2
    if written < most:
        return answer
    return replace(answer, outcome="incomplete", error="max_output_tokens", detail="the answer stopped at its limit")


_OF_THE_INPUT = frozenset({CONTEXT, FILTERED, "invalid_prompt", "string_above_max_length"})
_LIMITS = ("max_output_tokens", "max_completion_tokens", "max_tokens")


def _stops_midway(text: str) -> bool:
    """Whether a text begins as a JSON object and does not end as one."""
    text = text.strip()
    return text.startswith("{") and not text.endswith("}")


def _response(value: dict[str, Any]) -> Answer:
    usage = _usage(value.get("usage"), "input", "output")
    snapshot = one_line(_text(value.get("model")), 100)
    texts, refusals = _contents(value.get("output"))
    text = "".join(texts)
    status = value.get("status", "completed")
    if status == "failed" or (status != "incomplete" and isinstance(value.get("error"), dict)):
        raw = value.get("error")
        error = raw if isinstance(raw, dict) else {}
        code = _code(error.get("code")) or "failed"
        return Answer("failed", code, one_line(_text(error.get("message"))), text or None, usage, snapshot)
    if status == "incomplete":
        details = value.get("incomplete_details")
        reason = _code(details.get("reason")) if isinstance(details, dict) else ""
        return Answer(
            "incomplete",
            reason or "incomplete",
            f"the answer stopped: {reason or 'no reason given'}",
            text or None,
            usage,
            snapshot,
        )
    if status != "completed":
        return Answer("failed", f"status_{_code(status) or 'unknown'}", "", text or None, usage, snapshot)
    if refusals and not text.strip():
        return Answer("refused", "refusal", one_line("".join(refusals)), None, usage, snapshot)
    return Answer("answered", text=text, usage=usage, snapshot=snapshot)


def _chat(value: dict[str, Any]) -> Answer:
    usage = _usage(value.get("usage"), "prompt", "completion")
    snapshot = one_line(_text(value.get("model")), 100)
    choices = value.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raw = value.get("error")
        code = _code(raw.get("code")) if isinstance(raw, dict) else ""
        detail = _text(raw.get("message")) if isinstance(raw, dict) else "no choice in the response"
        return Answer("failed", code or "no_choice", one_line(detail), None, usage, snapshot)
    text = _text(message["content"]) if isinstance(message.get("content"), str) else None
    reason = choice.get("finish_reason")
    if reason in ("length", "content_filter"):
        code = "max_output_tokens" if reason == "length" else "content_filter"
        return Answer("incomplete", code, f"the answer stopped: {code}", text, usage, snapshot)
    refusal = message.get("refusal")
    if isinstance(refusal, str) and refusal and not (text or "").strip():
        return Answer("refused", "refusal", one_line(refusal), None, usage, snapshot)
    return Answer("answered", text=text or "", usage=usage, snapshot=snapshot)


def _contents(output: Any) -> tuple[list[str], list[str]]:
    """Texts and refusals of a response's output items, in order."""
    texts: list[str] = []
    refusals: list[str] = []
    for item in output if isinstance(output, list) else []:
        contents = item.get("content") if isinstance(item, dict) and item.get("type") == "message" else None
        for content in contents if isinstance(contents, list) else []:
            if not isinstance(content, dict):
                continue
            if content.get("type") == "output_text" and isinstance(content.get("text"), str):
                texts.append(_text(content["text"]))
            elif content.get("type") == "refusal":
                refusals.append(_text(content.get("refusal")))
    return texts, refusals


def _usage(raw: Any, into: str, out: str) -> Usage | None:
    """Usage with the names of either wire; None where the totals are not there, or where the input is 0: no request
    is empty, so a server that says so does not count. Missing details count as 0."""
    if not isinstance(raw, dict):
        return None
    total_in, total_out = _count(raw.get(f"{into}_tokens")), _count(raw.get(f"{out}_tokens"))
    if not total_in or total_out is None:
        return None
    inner = raw.get(f"{into}_tokens_details")
    outer = raw.get(f"{out}_tokens_details")
    inner = inner if isinstance(inner, dict) else {}
    outer = outer if isinstance(outer, dict) else {}
    return Usage(
        input_tokens=total_in,
        cached_tokens=_count(inner.get("cached_tokens")) or 0,
        cache_write_tokens=_count(inner.get("cache_write_tokens")) or 0,
        output_tokens=total_out,
        reasoning_tokens=_count(outer.get("reasoning_tokens")) or 0,
    )


def _count(value: Any) -> int | None:
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS
    return value if sound else None


def _text(value: Any) -> str:
    """The string, "" for anything else; half a surrogate pair, which no file can hold, becomes U+FFFD."""
    if not isinstance(value, str):
        return ""
    return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _code(value: Any) -> str:
    """A code as servers write them; anything else is none, so that no free text travels as a code."""
    return value if isinstance(value, str) and _CODE.fullmatch(value) else ""
