"""A caller that answers from a script, for the pipelines' tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from harness.models.types import Attempt, Call, Usage
from harness.pipelines.types import Pipeline, PipelineInput, PipelineResult

NOW = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)


def attempt(text: str | None, **changed: Any) -> Attempt:
    """An answered attempt of 100 ms."""
    base = Attempt(
        id="a",
        call_key="k",
        number=1,
        started=NOW,
        queue_ms=0.0,
        retry_wait_ms=0.0,
        headers_ms=None,
        total_ms=100.0,
        model_ms=None,
        status=200,
        usage=Usage(100, 0, 0, 20, 0),
        request_id=None,
        source="live",
        outcome="answered",
        body=None,
        text=text,
    )
    return replace(base, **changed)


def says(value: Any) -> tuple[Attempt, ...]:
    """One attempt that answers this JSON value."""
    return (attempt(json.dumps(value)),)


FAILED = (attempt(None, outcome="failed", status=500, error="server_error", usage=None, detail="status 500"),)
REFUSED = (attempt(None, outcome="refused", error="refusal", detail="I cannot help with that."),)
CUT_OFF = (attempt('{"work_experiences": [{"job_ti', outcome="incomplete", error="max_output_tokens"),)
FILTERED = (attempt("", outcome="incomplete", error="content_filter"),)


@dataclass
class Script:
    """Answers calls in turn; the last answer again for all further ones."""

    answers: Sequence[tuple[Attempt, ...]] | Callable[[Call], tuple[Attempt, ...]]
    calls: list[Call] = field(default_factory=list)

    async def __call__(self, call: Call) -> tuple[Attempt, ...]:
        self.calls.append(call)
        if callable(self.answers):
            return self.answers(call)
        return self.answers[min(len(self.calls), len(self.answers)) - 1]


def run(pipeline: Pipeline, script: Script, *, text: str = "a CV", draw: int = 0) -> PipelineResult:
    return asyncio.run(pipeline.run(PipelineInput(text), script, draw))
