"""What the migration promised: each promise with its definition and its bar."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """A claim before it is measured. bar: the value from which on it is kept; higher is better."""

    name: str
    promise: str
    definition: str
    bar: float


SPEED = Promise(
    "speed_p50",
    "50–70 % faster",
    "1 − candidate / legacy, time a pipeline takes, geometric mean of the CVs' paired ratios",
    0.5,
)
SPEED_P95 = Promise(
    "speed_p95", "50–70 % faster", "1 − candidate / legacy, 95th percentile of the time a pipeline takes", 0.5
)
WAIT = Promise(
    "wait_p50",
    "50–70 % faster for the user",
    "1 − candidate / legacy, time a user waits: upload, pass 1 inside the upload request, pass 2 seen by polling",
    0.5,
)
WAIT_P95 = Promise(
    "wait_p95", "50–70 % faster for the user", "1 − candidate / legacy, 95th percentile of the time a user waits", 0.5
)
TOKENS = Promise(
    "tokens",
    "30–40 % fewer tokens",
    "1 − candidate / legacy, all billed tokens an answer, retries and failed tries included",
    0.3,
)
QUALITY = Promise(
    "quality",
    "quality matches or beats",
    "difference of strict F1 on the field paths that both are asked for, CVs that legacy answered, a failed answer 0",
    0.0,
)
CONTRACT = Promise(
    "contract",
    "contract compatible",
    "share of the CVs read whose object is valid in most answers, no answer being none; kept from 95 % on",
    0.95,
)
CONSISTENT = Promise(
    "consistent",
    "more consistent",
    "share of values, of those that both are asked for, that change or fail between answers: legacy − candidate",
    0.0,
)
SIMPLER = Promise("simpler", "simpler", "1 − candidate / legacy, model calls an answer; kept from 1 % on", 0.01)
RELIABLE = Promise(
    "reliable",
    "as reliable",
    "share of answers that failed, each of which a service would fall back from: legacy − candidate; kept from −2"
    " points on",
    -0.02,
)
THROUGHPUT = Promise(
    "throughput",
    "more CVs an hour",
    "legacy / candidate, mean time an answered CV holds one of a fixed number of places, failed tries included",
    1.0,
)
