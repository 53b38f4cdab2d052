"""Spans of model calls: the GenAI names, and nothing of a CV."""

import sys
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from harness.base.errors import UsageError
from harness.models.types import Attempt, Usage
from harness.service.telemetry import Telemetry

ATTEMPT = Attempt(
    id="a", call_key="k", number=2, started=datetime(2026, 11, 28, tzinfo=UTC), queue_ms=0, retry_wait_ms=0,
    headers_ms=1, total_ms=1500.0, model_ms=1400.0, status=200, usage=Usage(10, output_tokens=5), request_id="r",
    source="live", outcome="answered", body=b"Jane Doe", text="Jane Doe", snapshot="gpt-4o-2024-08-06",
)  # fmt: skip


def test_an_attempt_is_a_span_with_its_real_times_and_without_content():
    from dataclasses import replace

    exporter = InMemorySpanExporter()
    telemetry = Telemetry(exporter=exporter)
    telemetry.attempt("assistant", ATTEMPT)
    telemetry.attempt("shadow", replace(ATTEMPT, outcome="failed", error="timeout", usage=None, detail="Jane Doe"))
    telemetry.close()
    first, second = exporter.get_finished_spans()
    assert first.name == "chat gpt-4o-2024-08-06"
    assert first.end_time - first.start_time == 1_500_000_000
    assert first.attributes["gen_ai.usage.input_tokens"] == 10
    assert first.attributes["gen_ai.response.model"] == "gpt-4o-2024-08-06"
    assert second.attributes["error.type"] == "timeout"
    assert not second.status.is_ok
    assert "Jane" not in first.to_json() + second.to_json()


def test_without_an_endpoint_nothing_is_made(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)  # whoever imports it now fails
    with pytest.raises(UsageError, match="OpenTelemetry"):
        Telemetry("http://127.0.0.1:1")
    Telemetry().attempt("assistant", ATTEMPT)
