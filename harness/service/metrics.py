"""What the service counts, in Prometheus' names. One set a process; `render` adds the processes up."""

from __future__ import annotations

import os
from collections.abc import Iterable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""Read by the library at its import: where the worker processes of one service put their figures together."""

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)
_OWN = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 5)


class Metrics:
    """All figures of one process; labels are codes from fixed sets, never anything of a user."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self.requests = Counter(
            "cv_requests_total", "Requests by route and status.", ("route", "status"), registry=registry
        )
        self.latency = Histogram(
            "cv_answer_seconds", "From upload to answer, by who answered.", ("method",), buckets=_SECONDS, registry=registry
        )
        self.own = Histogram(
            "cv_own_seconds",
            "An upload's time outside the model, by endpoint and stretch.",
            ("way", "stretch"),
            buckets=_OWN,
            registry=registry,
        )
        self.decisions = Counter("cv_decisions_total", "Flag decisions.", ("way", "reason"), registry=registry)
        self.failures = Counter("cv_failures_total", "Failures by side and code.", ("side", "code"), registry=registry)
        self.fallbacks = Counter("cv_fallbacks_total", "Answers by legacy in the assistant's place.", ("cause",), registry=registry)
        self.assistant = Counter("cv_assistant_answers_total", "The assistant's answers.", ("outcome",), registry=registry)
        self.model_requests = Counter(
            "cv_model_requests_total", "Requests to the model.", ("side", "outcome"), registry=registry
        )
        self.tokens = Counter("cv_tokens_total", "Tokens.", ("side", "direction"), registry=registry)
        self.dollars = Counter("cv_dollars_total", "US dollars, of priced models.", ("side",), registry=registry)
        self.shadow = Counter("cv_shadow_total", "Shadow requests by what became of them.", ("outcome",), registry=registry)
        self.disagreement = Histogram(
            "cv_pair_disagreement",
            "Share of legacy's fields that the other one read differently.",
            ("kind",),
            buckets=(0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1),
            registry=registry,
        )
        self.guard = Counter("cv_guard_rollbacks_total", "Rollbacks by the guard.", ("limit",), registry=registry)
        self.breaker = Gauge(
            "cv_breaker_open", "Worker processes whose breaker is not closed.", registry=registry, multiprocess_mode="livesum"
        )
        self.queue = Gauge("cv_shadow_queue", "Waiting shadow requests.", registry=registry, multiprocess_mode="livesum")
        self.running = Gauge("cv_tasks_running", "Legacy tasks under way.", registry=registry, multiprocess_mode="livesum")
        self.flag_broken = Gauge(
            "cv_flag_file_broken", "1 while the flag file is not in effect.", registry=registry, multiprocess_mode="livemax"
        )

    def render(self) -> tuple[bytes, str]:
        """The exposition, of all worker processes together, and its content type."""
        registry: CollectorRegistry = self._registry
        if MULTIPROCESS in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry), CONTENT_TYPE_LATEST

    def names(self) -> Iterable[str]:
        """All metric families, for the alert rules' and the dashboard's tests."""
        return [family.name for family in self._registry.collect()]


def worker_ends() -> None:
    """Take the gauges of this process out of the sum."""
    if MULTIPROCESS in os.environ:
        multiprocess.mark_process_dead(os.getpid())  # type: ignore[no-untyped-call]
