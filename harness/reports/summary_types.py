"""summary.json as types, so that who builds a table and who shows it agree on its columns.

Made from summary.schema.json, which says what each figure means: change the schema, then run
`python tests/reports/make_summary_types.py`.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Label(TypedDict):
    mark: Literal["", "SIMULATED", "REPLAYED", "DECLARED"]
    text: str
    source: str
    origin: str


class Delta(TypedDict):
    value: float | None
    lower: float | None
    upper: float | None
    n: int
    changed: NotRequired[int]


class Cell(TypedDict):
    asked: bool
    precision: float | None
    recall: float | None
    f1: float | None
    correct: int
    near: int
    wrong: int
    missing: int
    invented: int
    duplicate: int
    golden: int
    answer: int
    n: int


FlipsDocument = TypedDict(
    "FlipsDocument",
    {
        "document": str,
        "class": Literal["broken", "mixed", "fixed", "both_wrong"],
        "fixed": int,
        "broken": int,
        "both_wrong": int,
        "fields": list[str],
    },
)


class FlipsClasses(TypedDict):
    broken: int
    mixed: int
    fixed: int
    both_wrong: int


class FlipsField(TypedDict):
    field: str
    fixed: int
    broken: int
    both_wrong: int


class Flips(TypedDict):
    against: str
    n: int
    documents: list[FlipsDocument]
    classes: FlipsClasses
    fields: list[FlipsField]


class BriefField(TypedDict):
    field: str
    name: str
    value: float
    lower: float | None
    upper: float | None
    n: int
    broken: int
    fixed: int
    told: str


class RunUnknownCalls(TypedDict):
    calls: int
    dollars: float | None


class Run(TypedDict):
    run_id: str
    started: str
    finished: str | None
    status: Literal["running", "complete", "interrupted"]
    selection: dict[str, Any]
    documents: int
    copies: int
    personas: int
    with_golden: int
    shown: NotRequired[int]
    sealed_uses: NotRequired[int]
    candidates: NotRequired[dict[str, str]]
    draws: dict[str, int]
    records: dict[str, int]
    label: Label
    unknown_calls: NotRequired[RunUnknownCalls]


class ArmBundle(TypedDict):
    name: str
    description: str
    model: str
    version: str
    wire: str
    output: str
    parameters: dict[str, str | None]
    instructions_sha256: str
    schema_sha256: str


class Arm(TypedDict):
    id: str
    pipeline: str
    model: str
    snapshots: list[str]
    origin: str
    draws: int
    policy: str
    sources: dict[str, int]
    label: Label
    bundle: ArmBundle | None


class Roles(TypedDict):
    candidate: str
    baseline: str
    legacy: str


class Headline(TypedDict):
    f1: float | None
    lower: float | None
    upper: float | None
    precision: float | None
    recall: float | None
    lenient_f1: float | None
    shared_f1: float | None
    exact: int
    valid: int
    failed: int
    n: int
    records: int
    personas: int
    documents: int


class Field(TypedDict):
    field: str
    section: str
    arms: dict[str, Cell]
    delta: Delta | None
    delta_legacy: Delta | None


class SliceArm(TypedDict):
    f1: float | None
    n: int


class Slice(TypedDict):
    tag: str
    value: str
    n: int
    personas: int
    arms: dict[str, SliceArm]
    delta: Delta | None


class LatencyArmPhase(TypedDict):
    phase: str
    ms: float
    calls: float


class LatencyArmPolled(TypedDict):
    n: int
    p50: float | None
    p95: float | None
    interval_ms: float


class LatencyArm(TypedDict):
    n: int
    documents: int
    not_measured: int
    sources: dict[str, int]
    mean: float | None
    p50: float | None
    p90: float | None
    p95: float | None
    p99: float | None
    min: float | None
    max: float | None
    retry_ms: float | None
    queue_ms: float | None
    calls: float | None
    phases: list[LatencyArmPhase]
    polled: LatencyArmPolled | None
    ecdf: list[list[Any]]


class LatencyPairHistogram(TypedDict):
    edges: list[float]
    counts: list[float]


class LatencyPair(TypedDict):
    against: str
    n: int
    p05: float | None
    p50: float | None
    p95: float | None
    geometric_mean: float | None
    faster: int
    histogram: LatencyPairHistogram


class Latency(TypedDict):
    definition: str
    arms: dict[str, LatencyArm]
    pairs: list[LatencyPair]


class CostArmTokens(TypedDict):
    input: float
    cached: float
    output: float
    reasoning: float
    total: float


class CostArm(TypedDict):
    n: int
    documents: int
    unknown_usage: int
    tokens: CostArmTokens | None
    retry_tokens: float | None
    calls: float | None
    attempts: float | None
    unpriced: int
    per_cv: float | None
    per_1000: float | None
    monthly: float | None


class CostSectionsRow(TypedDict):
    name: str
    tokens: int
    before: int | None
    per_1000: float | None
    cached: float | None


class CostSections(TypedDict):
    arm: str
    model: str
    rows: list[CostSectionsRow]


class Cost(TypedDict):
    monthly_cvs: int
    prices: str
    currency: Literal["USD"]
    arms: dict[str, CostArm]
    sections: NotRequired[CostSections]


class SchemaRung(TypedDict):
    raw: dict[str, int]
    final: dict[str, int]
    repairs: dict[str, int]
    raw_n: int
    n: int


class SchemaRowArm(TypedDict):
    records: int
    documents: int


class SchemaRowExample(TypedDict):
    document: str
    arm: str
    pointer: str
    message: str


class SchemaRow(TypedDict):
    stage: str
    pointer: str
    rule: str
    arms: dict[str, SchemaRowArm]
    examples: list[SchemaRowExample]


class Schema(TypedDict):
    rungs: dict[str, SchemaRung]
    rows: list[SchemaRow]
    total: int


class ErrorsRowExample(TypedDict):
    document: str
    arm: str
    draw: int
    detail: str


class ErrorsRow(TypedDict):
    kind: Literal["provider", "harness", "unparseable", "extraction"]
    code: str
    arms: dict[str, int]
    examples: list[ErrorsRowExample]


class ErrorsUnread(TypedDict):
    document: str
    outcome: str
    reader: str


class Errors(TypedDict):
    rows: list[ErrorsRow]
    states: dict[str, dict[str, int]]
    records: dict[str, int]
    with_notes: dict[str, int]
    unread: list[ErrorsUnread]
    remedy: str
    unread_n: int


class HallucinationsArm(TypedDict):
    values: int
    documents: int
    n: int


class HallucinationsRowDocument(TypedDict):
    document: str
    path: str | None
    draws: int
    of: int


class HallucinationsRow(TypedDict):
    arm: str
    field: str
    value: Any
    why: str
    documents: list[HallucinationsRowDocument]


class Hallucinations(TypedDict):
    arms: dict[str, HallucinationsArm]
    rows: list[HallucinationsRow]
    total: int


class ChangesSetting(TypedDict):
    name: str
    old: str | None
    new: str | None


class ChangesTokens(TypedDict):
    old: int
    new: int
    encoding: str


class Changes(TypedDict):
    identical: bool
    instructions: list[list[Any]]
    settings: list[ChangesSetting]
    tokens: ChangesTokens


class FlipsTable(TypedDict):
    baseline: Flips | None
    legacy: Flips | None


class DocumentArm(TypedDict):
    f1: float | None
    draws: int
    failed: int
    valid: int
    hallucinations: int
    lost_entries: int
    latency_ms: float | None
    tokens: float | None
    bad: dict[str, list[int]]
    failure: str


Document = TypedDict(
    "Document",
    {
        "document": str,
        "persona": str,
        "split": str,
        "media_type": str,
        "twin_of": str | None,
        "tags": dict[str, str],
        "arms": dict[str, DocumentArm],
        "class": Literal["broken", "mixed", "fixed", "both_wrong", "unchanged", ""],
        "fixed": int,
        "broken": int,
        "both_wrong": int,
        "suspects": int,
    },
)


class FlakyArmField(TypedDict):
    field: str
    flaky: int
    leaves: int


class FlakyArm(TypedDict):
    draws: int
    leaves: int
    flaky: int
    rate: float | None
    fields: list[FlakyArmField]


class FlakyDocumentLeave(TypedDict):
    path: str
    right: int
    of: int


class FlakyDocument(TypedDict):
    arm: str
    document: str
    leaves: list[FlakyDocumentLeave]
    count: int


class Flaky(TypedDict):
    arms: dict[str, FlakyArm]
    documents: list[FlakyDocument]
    total: int


class GoldenAuditRow(TypedDict):
    document: str
    path: str
    field: str
    golden: Any
    answer: Any
    why: str


class GoldenAudit(TypedDict):
    rows: list[GoldenAuditRow]
    n: int


class Trend(TypedDict):
    accepted: str
    version: str
    model: str
    by: str
    reason: str
    verdict: str
    override: bool
    look: int | None
    f1: float | None
    lower: float | None
    upper: float | None
    n: int | None
    marks: list[str]


class AgreementField(TypedDict):
    field: str
    f1: float
    leaves: int


class AgreementDocument(TypedDict):
    document: str
    f1: float


class Agreement(TypedDict):
    arms: list[str]
    f1: float | None
    n: int
    fields: list[AgreementField]
    documents: list[AgreementDocument]


class Reading(TypedDict):
    text: str
    change: Literal["added", "removed"]
    recognised: bool
    read_as: str
    contradicts: str
    reworded: bool
    beyond: str


class Provenance(TypedDict):
    harness: str
    commit: str
    dirty: bool
    command: list[str]
    seed: int
    concurrency: int
    contract: str
    scorer: str
    prices: str
    corpus: str
    texts: str
    goldens: str | None
    goldens_n: int
    goldens_reviewed: int
    readers: dict[str, int]
    instructions: dict[str, str]
    sources: dict[str, int]
    records: int
    packages: dict[str, str]
    settings: dict[str, Any]


class BriefFlips(TypedDict):
    against: str
    broken: int
    fixed: int
    both: NotRequired[int]
    both_wrong: int
    n: int
    wrong: NotRequired[list[int]]
    beside: str


class BriefTile(TypedDict):
    name: str
    unit: Literal["share", "ms", "usd"]
    gate: str
    against: str
    values: dict[str, float | None]
    status: str
    difference: str
    bounds: str
    n: int
    why: NotRequired[str]


class BriefWorst(TypedDict):
    document: str
    broken: int
    fixed: int
    fields: list[str]


class BriefAction(TypedDict):
    what: str
    command: str


class BriefSignOff(TypedDict):
    line: str
    verdict_sha256: str
    may: str
    accepted: str


class BriefMoved(TypedDict):
    field: str
    name: str
    value: float | None
    broken: list[str]
    fixed: list[str]
    having: int
    beyond_noise: bool


class Brief(TypedDict):
    title: str
    headline: str
    against: str
    flips: BriefFlips | None
    worst_field: BriefField | None
    losses: list[BriefField]
    tiles: list[BriefTile]
    worst: list[BriefWorst]
    actions: list[BriefAction]
    sign_off: BriefSignOff
    moved: list[BriefMoved]
    heading: NotRequired[str]
    may_ship: NotRequired[str]


class ContendersRow(TypedDict):
    arm: str
    model: str
    name: str
    verdict: Literal["", "SHIP", "HOLD", "INCONCLUSIVE"]
    look: int | None
    f1: float | None
    n: int
    difference: Delta | None
    valid: int
    records: int
    p95: float | None
    timed: int
    per_1000: float | None
    not_worse: Literal["today's", "yes", "no", "not shown", "no baseline"]
    gates: list[str]
    pareto: bool | None


class Contenders(TypedDict):
    rows: list[ContendersRow]
    compared: list[str]


class MigrationAa(TypedDict):
    arm: str
    model: str
    difference: Delta | None
    draw_sd: float | None
    churn: float | None
    people: int


Migration = TypedDict(
    "Migration",
    {
        "from": str,
        "to": list[str],
        "aa": list[MigrationAa],
        "planned": list[str],
        "estimate": float | None,
        "spent": float | None,
        "unknown": int,
    },
)


class Summary(TypedDict):
    schema_version: Literal[1]
    run: Run
    arms: list[Arm]
    roles: Roles
    next_steps: list[str]
    headline: dict[str, Headline]
    fields: list[Field]
    slices: list[Slice]
    latency: Latency
    cost: Cost
    schema: Schema
    errors: Errors
    hallucinations: Hallucinations
    changes: Changes | None
    flips: FlipsTable
    documents: list[Document]
    worst: list[str]
    flaky: Flaky
    golden_audit: GoldenAudit
    trend: list[Trend]
    blame: dict[str, Any] | None
    agreement: NotRequired[list[Agreement]]
    readings: NotRequired[list[Reading]]
    provenance: Provenance
    brief: Brief
    contenders: NotRequired[Contenders]
    migration: NotRequired[Migration]
