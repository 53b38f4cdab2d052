"""OpenTelemetry spans with the GenAI conventions, where an endpoint is configured and the library is there.

Spans carry model, tokens, outcome and durations; never a prompt, an answer or a user.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from harness.base.errors import UsageError
from harness.models.types import Attempt


class Telemetry:
    """Spans of model calls. Without an endpoint nothing is made."""

    def __init__(self, endpoint: str = "", exporter: Any = None) -> None:
        """exporter: in place of the OTLP one, for tests. Raises UsageError where the extra is missing."""
        self._tracer: Any = None
        self._provider: Any = None
        if not endpoint and exporter is None:
            return
        try:
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor, SimpleSpanProcessor
        except ImportError:
            raise UsageError(
                "--otlp-endpoint needs OpenTelemetry",
                hint="install cv-harness again, from where it came, with its extras `service` and `telemetry`",
            ) from None
        self._provider = TracerProvider(resource=Resource.create({"service.name": "cv-import"}))
        if exporter is None:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

            self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint)))
        else:
            self._provider.add_span_processor(SimpleSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("cv-import")

    def attempt(self, side: str, attempt: Attempt) -> None:
        """One attempt as a client span, with its real start and end."""
        if self._tracer is None:
            return
        from opentelemetry.trace import SpanKind, Status, StatusCode

        end = attempt.started + timedelta(milliseconds=attempt.total_ms or 0.0)
        span = self._tracer.start_span(
            f"chat {attempt.snapshot}".strip(),
            kind=SpanKind.CLIENT,
            start_time=int(attempt.started.timestamp() * 1e9),
            attributes={
                "gen_ai.operation.name": "chat",
                "gen_ai.provider.name": "openai",
                "gen_ai.response.model": attempt.snapshot,
                "cv_import.side": side,
                "cv_import.attempt": attempt.number,
            },
        )
        if attempt.usage is not None:
            span.set_attribute("gen_ai.usage.input_tokens", attempt.usage.input_tokens)
            span.set_attribute("gen_ai.usage.output_tokens", attempt.usage.output_tokens)
        if attempt.outcome != "answered":
            span.set_attribute("error.type", attempt.error or attempt.outcome)
            span.set_status(Status(StatusCode.ERROR))
        span.end(end_time=int(end.timestamp() * 1e9))

    def close(self) -> None:
        """Send what is waiting."""
        if self._provider is not None:
            self._provider.shutdown()
