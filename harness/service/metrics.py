"""What the service counts, in Prometheus' names. One set a process; `render` adds the processes up."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from harness.service.probed import OUTCOMES, Probed

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"
"""Read by the library at its import: where the worker processes of one service put their figures together."""

_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300)
_SHARES = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1)
_OWN = (0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 5)


class Metrics:
    """All figures of one process; labels are codes from fixed sets, never anything of a user."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()

        def counter(name: str, help_text: str, *labels: str) -> Counter:
            return Counter(f"cv_{name}_total", help_text, labels, registry=registry)

        def gauge(
            name: str, help_text: str, mode: Literal["livesum", "livemax", "livemostrecent"] = "livesum", *labels: str
        ) -> Gauge:
            return Gauge(f"cv_{name}", help_text, labels, registry=registry, multiprocess_mode=mode)

        def histogram(name: str, help_text: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(f"cv_{name}", help_text, labels, buckets=buckets, registry=registry)

        self.requests = counter("requests", "Requests by route and status.", "route", "status")
        self.latency = histogram("answer_seconds", "From upload to answer, by who answered.", _SECONDS, "method")
        self.own = histogram("own_seconds", "Time of an upload outside the model.", _OWN, "way", "stretch")
        self.decisions = counter("decisions", "Flag decisions.", "way", "reason")
        self.failures = counter("failures", "Failures by side and code.", "side", "code")
        self.fallbacks = counter("fallbacks", "Answers by legacy in the assistant's place.", "cause")
        self.assistant = counter("assistant_answers", "The assistant's answers to users.", "outcome")
        self.sent = counter("model_requests_sent", "Requests sent to the model, when they are.", "side")
        self.model_requests = counter("model_requests", "Requests to the model that ended.", "side", "outcome")
        self.tokens = counter("tokens", "Tokens.", "side", "direction")
        self.dollars = counter("dollars", "US dollars, of priced models.", "side")
        self.shadow = counter("shadow", "Shadow requests by what became of them.", "outcome")
        self.disagreement = histogram("pair_disagreement", "1 - agreement of a pair with legacy.", _SHARES, "kind")
        self.guard = counter("guard_rollbacks", "Rollbacks by the guard.", "limit")
        self.breaker = gauge("breaker_open", "Worker processes whose breaker is not closed.")
        self.queue = gauge("shadow_queue", "Waiting shadow requests.")
        self.running = gauge("tasks_running", "Legacy tasks under way.")
        self.flag_broken = gauge("flag_file_broken", "1 while the flag file is not in effect.", "livemax")

        self.probe_times = gauge(
            "probe_times", "Times that probes were due, by what came of it.", "livemostrecent", "outcome"
        )
        self.probe_at = gauge(
            "probe_last_seconds", "When uploads were probed last, in seconds since 1970.", "livemostrecent"
        )
        self.probe_cvs = gauge("probe_cvs", "Uploads probed then.", "livemostrecent")
        self.probe_dollars = gauge(
            "probe_dollars", "US dollars of today spent or reserved on probes.", "livemostrecent"
        )
        self.probe_estimate = gauge("probe_estimated_f1", "Accuracy estimated then, without goldens.", "livemostrecent")
        self.probe_gap = gauge(
            "probe_worst_gap", "Largest gap then of a group below its groups' mean.", "livemostrecent"
        )

        for figure in (self.probe_estimate, self.probe_gap):
            figure.set(math.nan)  # nothing was probed yet: no accuracy of 0

        for limit in ("error_rate", "broken_rate", "fallback_rate", "p95_ms"):
            self.guard.labels(limit)  # there from the start: an increase is seen against its zero

    def show(self, probed: Probed, day: str) -> None:
        """Take over what the prober's file says."""
        for outcome, count in probed.times:
            if outcome in OUTCOMES:
                self.probe_times.labels(outcome).set(count)
        self.probe_at.set(probed.at)
        self.probe_cvs.set(probed.cvs)
        self.probe_dollars.set(probed.dollars if probed.day == day else 0.0)
        self.probe_estimate.set(math.nan if probed.estimate is None else probed.estimate)
        self.probe_gap.set(math.nan if probed.worst_gap is None else -probed.worst_gap)

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


def bury_dead() -> None:
    """The same for processes that were killed and could not do it themselves."""
    for path in Path(os.environ.get(MULTIPROCESS, os.devnull)).glob("gauge_live*_*.db"):
        pid = int(path.stem.rpartition("_")[2])
        if not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
            multiprocess.mark_process_dead(pid)  # type: ignore[no-untyped-call]
