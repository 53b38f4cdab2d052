"""Arms, records, and the manifest of a run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from math import inf
from typing import Literal

from harness.assistants.types import AssistantBundle
from harness.base.types import Failure, Json, Source
from harness.contract.types import Reading, Rung, Violation
from harness.corpus.types import Document
from harness.models.batch import LINE
from harness.models.types import Attempt, Usage, Wire
from harness.models.types import Policy as Policy
from harness.pipelines.types import Phase
from harness.replay.settings import RunSettings

PROBE = "~"
"""In the id of a changed copy of a document, after the document's own id, which never has it."""


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


@dataclass(frozen=True, slots=True, order=True)
class RecordKey:
    """Which record: one document, one arm, one draw. Unique in a run."""

    document_id: str
    arm: str
    draw: int


@dataclass(frozen=True, slots=True)
class Record:
    """What one arm did with one document at one draw.

    latency_ms: critical path (attempts + retry waits, passes summed, queue excluded); None where not measured, which a
    time of 0 says too.
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

    def __post_init__(self) -> None:
        if self.latency_ms is not None and not 0 < self.latency_ms < inf:
            object.__setattr__(self, "latency_ms", None)

    @property
    def failure(self) -> Failure | None:
        """Why there is no answer; None where there is one."""
        return self.answer if isinstance(self.answer, Failure) else None

    def rungs(self) -> Iterable[tuple[Rung, tuple[str, ...], tuple[Violation, ...]]]:
        """How far each reading came, its repairs and what it breaks; without the values."""
        return ((reading.rung, reading.repairs, reading.violations) for reading in self.readings)

    @property
    def key(self) -> RecordKey:
        return RecordKey(self.document_id, self.arm, self.draw)


@dataclass(frozen=True, slots=True)
class Spending:
    """US dollars of a run by the arm that calls were made for: spent, and reserved for calls of which nobody knows the
    end, which may have cost any part of it. calls: how many those are. Simulated calls cost nothing."""

    spent: Mapping[str, Decimal] = field(default_factory=dict)
    unknown: Mapping[str, Decimal] = field(default_factory=dict)
    calls: int = 0

    @property
    def known_dollars(self) -> Decimal:
        return sum(self.spent.values(), Decimal(0))

    @property
    def unknown_dollars(self) -> Decimal:
        return sum(self.unknown.values(), Decimal(0))

    @property
    def at_most(self) -> Decimal:
        """What all of it may have cost: what a limit counts."""
        return self.known_dollars + self.unknown_dollars

    def told(self) -> str:
        """Both, apart, in words."""
        more = (
            f", and up to ${self.unknown_dollars:.2f} more by {self.calls} calls of unknown end" if self.calls else ""
        )
        return f"${self.known_dollars:.2f} is spent{more}"


@dataclass(frozen=True, slots=True)
class UnknownCall:
    """An intent without an attempt: it was about to be sent, or sent, when its process ended. Whether it was
    answered and billed cannot be known. `at` is UTC, ISO 8601. reserved: US dollars that it may have cost at the most;
    None where nobody bills."""

    id: str
    key: RecordKey
    call_key: str
    at: str
    reserved: Decimal | None = None

    @property
    def in_batch(self) -> bool:
        """Whether it is a line of a batch, which can be collected still."""
        return self.id.startswith(LINE)


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call of a run with all its durable attempts in order; what a recording is made from."""

    key: RecordKey
    call_key: str
    draw: int
    wire: Wire
    parts: Mapping[str, str]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class LogEntry:
    """Something that a person who looks into a run must be able to find: a traceback, a reused attempt …"""

    at: str
    level: Literal["info", "warning", "error"]
    message: str
    detail: str
    key: RecordKey | None


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
    settings: RunSettings = field(default_factory=RunSettings)


@dataclass(frozen=True, slots=True)
class NewRun:
    """What a run is begun with; the rest of its manifest is found out. goldens: SHA-256 by document id. scorer: its
    version. command: what to type to do this again."""

    arms: tuple[Arm, ...]
    documents: tuple[Document, ...]
    goldens: Mapping[str, str] = field(default_factory=dict)
    selection: Mapping[str, Json] = field(default_factory=dict)
    scorer: str = ""
    seed: int = 0
    concurrency: int = 1
    command: tuple[str, ...] = ()
    settings: RunSettings = field(default_factory=RunSettings)
