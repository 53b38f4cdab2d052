"""Arms, records, and the manifest of a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, TypeAlias

from harness.assistants.types import AssistantBundle
from harness.base.types import Failure, Json, Source
from harness.contract.types import Reading
from harness.models.types import Usage
from harness.pipelines.types import Phase

Policy: TypeAlias = Literal["call", "record_first", "replay_only"]
"""call: always ask the model (recordings of *this run* excepted: resume); record_first: a recording where there
is one, else call; replay_only: a recording, or the run says which are missing."""


@dataclass(frozen=True, slots=True)
class Arm:
    """What is compared: pipeline × bundle × model × origin × draws. An A/A twin is the same arm on other draws.

    id: "legacy", "baseline", "candidate", "candidate:2" …; origin: "openai", a base URL,
    "simulator@<version>+seed<n>", "declared". pipeline: "legacy", "assistant", "http", "declared".
    """

    id: str
    pipeline: str
    bundle: AssistantBundle | None
    model: str
    origin: str
    draws: range
    policy: Policy = "call"


@dataclass(frozen=True, slots=True)
class Record:
    """What one arm did with one document at one draw.

    latency_ms: critical path (attempts + retry waits, passes summed, queue excluded); None where not measured.
    usage: all attempts, retries included. cost: US dollars, None where a call is unpriced.
    calls / attempts: how many. snapshot: model names the responses carried, joined by ",".
    source: of the figures; a mix of recorded and live counts as "recorded" for latency.
    """

    document_id: str
    arm: str
    draw: int
    answer: Json | Failure
    state: str
    readings: tuple[Reading, ...]
    phases: tuple[Phase, ...]
    notes: tuple[str, ...]
    text_sha256: str | None
    latency_ms: float | None
    queue_ms: float
    retry_ms: float
    source: Source
    usage: Usage
    usage_known: bool
    cost: Decimal | None
    calls: int
    attempts: int
    attempt_ids: tuple[str, ...] = ()
    snapshot: str = ""


@dataclass(frozen=True, slots=True)
class DocHashes:
    """What a document was in this run: file, text and golden. golden is None where the document has none."""

    file: str
    text: str | None
    outcome: str
    golden: str | None
    reader: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """With what a run was made; enough to make it again and to say whether two runs may be compared.

    command: the arguments to reproduce it, without keys. status: running | complete | interrupted.
    selection: how documents were chosen ({"split": "gate"} …); `partial` where it is less than its split.
    """

    run_id: str
    started: str
    finished: str | None
    status: Literal["running", "complete", "interrupted"]
    arms: tuple[Arm, ...]
    documents: Mapping[str, DocHashes]
    selection: Mapping[str, Json]
    contract: str
    scorer: str
    prices: str
    seed: int
    commit: str
    dirty: bool
    packages: Mapping[str, str]
    command: tuple[str, ...]
    harness: str
    concurrency: int
    settings: Mapping[str, Json] = field(default_factory=dict)
