"""From the attempts of one call to an answer or a typed failure: the same for every pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.base.types import Failure, Json
from harness.contract.read import read
from harness.contract.types import Reading
from harness.models.types import Attempt


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What a call came to. value: the JSON object or why there is none; reading: None where no text came."""

    value: Json | Failure
    reading: Reading | None
    note: str = ""


def answer_of(attempts: Sequence[Attempt], schema: Json | None) -> CallAnswer:
    """Read what the last attempt answered against `schema` (None: the contract). Never raises.

    Refusals, content filters and failed requests are the provider's failures; a text that is no JSON object is
    unparseable, with code `truncated` where the model was stopped at its token limit. An answer that is complete
    in spite of that limit is kept, with a note.
    """
    if not attempts:
        return CallAnswer(Failure("harness", "no_attempt", "the call was never sent"), None)
    last = attempts[-1]
    match last.outcome:
        case "answered":
            reading = read(last.text, schema)
            return CallAnswer(reading.value, reading)
        case "incomplete":
            return _incomplete(last, schema)
        case "refused":
            return CallAnswer(Failure("provider", "refused", last.detail or (last.text or "")[:200]), None)
        case "failed" | "unknown":
            return CallAnswer(Failure("provider", last.error or last.outcome, last.detail), None)


def _incomplete(last: Attempt, schema: Json | None) -> CallAnswer:
    if last.error == "content_filter":
        return CallAnswer(Failure("provider", "content_filter", last.detail), None)
    reading = read(last.text, schema)
    if not isinstance(reading.value, Failure):
        return CallAnswer(reading.value, reading, "stopped at the token limit, yet the answer is whole")
    tokens = f" after {last.usage.output_tokens} output tokens" if last.usage is not None else ""
    failure = Failure("unparseable", "truncated", f"cut off at the token limit{tokens}")
    return CallAnswer(failure, replace(reading, value=failure))


def failure_text(failure: Failure) -> str:
    """A failure in a few words for a note: its kind and code; no text that a model or a CV wrote."""
    return f"{failure.kind}: {failure.code}"
