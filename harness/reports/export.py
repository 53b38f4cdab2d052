"""Tables for whoever wants to look further: one row a CV, arm and draw; one a leaf; one a gate; one a field.

Spreadsheets run cells that begin with a formula sign, and CV values are other people's text, so such text cells
begin with an apostrophe here (OWASP's advice against formula injection). Numbers stay numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.base.canonical import canonical
from harness.base.errors import UsageError
from harness.base.types import Failure, Json
from harness.gates.types import Case, Verdict
from harness.reports.redaction import HIDDEN, Redactor

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

CASE_COLUMNS = [
    "document",
    "persona",
    "split",
    "arm",
    "draw",
    "source",
    "state",
    "f1",
    "precision",
    "recall",
    "lenient_f1",
    "contract_rung",
    "violations",
    "hallucinations",
    "lost_entries",
    "failure",
    "latency_ms",
    "queue_ms",
    "retry_ms",
    "calls",
    "attempts",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "reasoning_tokens",
    "cost_usd",
    "snapshot",
]
LEAF_COLUMNS = [
    "document",
    "arm",
    "draw",
    "field",
    "golden_path",
    "answer_path",
    "kind",
    "golden",
    "answer",
    "note",
    "grounded",
]
GATE_COLUMNS = [
    "against",
    "gate",
    "metric",
    "scope",
    "level",
    "status",
    "baseline",
    "candidate",
    "delta",
    "lower",
    "upper",
    "threshold",
    "n",
    "clusters",
    "failed",
    "excluded",
    "method",
    "source",
    "more_cvs",
    "reason",
]


def write_csv(
    folder: Path, cases: Iterable[Case], verdict: Verdict, *, redactor: Redactor | None = None
) -> tuple[Path, ...]:
    """cases.csv, leaves.csv, gates.csv and fields.csv in `folder`, UTF-8; redacted ones hold neither values nor
    ids."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, found in frames(cases, verdict, redactor=redactor).items():
        path = folder / f"{name}.csv"
        path.write_bytes(_csv(found).encode("utf-8", "replace"))
        written.append(path)
    return tuple(written)


def write_parquet(
    folder: Path, cases: Iterable[Case], verdict: Verdict, *, redactor: Redactor | None = None
) -> tuple[Path, ...]:
    """The same tables as Parquet, with types. Raises UsageError where pyarrow is not installed."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, found in frames(cases, verdict, redactor=redactor).items():
        path = folder / f"{name}.parquet"
        plain = found.map(lambda value: canonical(value).decode() if isinstance(value, list | dict) else value)
        try:
            plain.convert_dtypes().to_parquet(path, index=False)
        except ImportError as error:
            raise UsageError(
                "Parquet needs pyarrow", hint="pip install 'cv-harness[parquet]' (or pyarrow itself), or export CSV"
            ) from error
        written.append(path)
    return tuple(written)


def frames(cases: Iterable[Case], verdict: Verdict, *, redactor: Redactor | None = None) -> dict[str, pd.DataFrame]:
    """The tables by name: cases, leaves, gates, and fields (leaves counted by arm, field and kind)."""
    known = list(cases)
    if redactor is not None:
        verdict = redactor.verdict(verdict)
    leaves = frame(LEAF_COLUMNS, (row for case in known for row in _leaves(case, redactor)))
    return {
        "cases": frame(CASE_COLUMNS, (_case(case, redactor) for case in known)),
        "leaves": leaves,
        "gates": frame(GATE_COLUMNS, _gates(verdict)),
        "fields": leaves.pivot_table(
            index=["arm", "field"], columns="kind", values="document", aggfunc="count", fill_value=0
        ).reset_index(),
    }


def frame(columns: Sequence[str], rows: Iterable[Sequence[Json]]) -> pd.DataFrame:
    """Rows as a frame of plain values, nothing converted."""
    import pandas as pd

    return pd.DataFrame(list(rows), columns=pd.Index(columns), dtype=object)


def table(columns: Sequence[str], rows: Iterable[Sequence[Json]]) -> str:
    """RFC 4180 text with a header row; every text cell guarded."""
    return _csv(frame(columns, rows))


def _csv(found: pd.DataFrame) -> str:
    text: Any = found.map(guarded).to_csv(index=False, lineterminator="\r\n")
    return str(text)


def guarded(value: Json) -> Json:
    """A cell that no spreadsheet runs: text with a formula sign in front gets an apostrophe before it."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = value if isinstance(value, str) else canonical(value).decode("utf-8", "replace")
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def _case(case: Case, redactor: Redactor | None) -> list[Json]:
    record, score, usage = case.record, case.score, case.record.usage
    failure = record.answer if isinstance(record.answer, Failure) else None
    known = record.usage_known
    return [
        _name(case.document.id, redactor),
        _name(case.document.persona, redactor),
        case.document.split,
        record.arm,
        record.draw,
        record.source,
        record.state,
        *((score.f1, score.precision, score.recall, score.lenient_f1) if score else (None,) * 4),
        score.contract.rung.name if score else None,
        len(score.contract.violations) if score else None,
        len(score.hallucinations) if score else None,
        len(score.lost_entries) if score else None,
        f"{failure.kind}: {failure.code}" if failure else "",
        record.latency_ms,
        record.queue_ms,
        record.retry_ms,
        record.calls,
        record.attempts,
        *(
            (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens)
            if known
            else (None,) * 4
        ),
        float(record.cost) if record.cost is not None else None,
        record.snapshot if redactor is None or record.source != "declared" else redactor.model(record.snapshot),
    ]


def _leaves(case: Case, redactor: Redactor | None) -> Iterable[list[Json]]:
    for outcome in case.score.outcomes if case.score else ():
        golden, answer, note = outcome.golden, outcome.answer, outcome.note
        golden_path, answer_path = outcome.golden_path, outcome.answer_path
        if redactor is not None:
            golden = HIDDEN if golden not in (None, "") else golden
            answer = HIDDEN if answer not in (None, "") else answer
            note = redactor.text(note)
            golden_path = redactor.path(golden_path) if golden_path else golden_path
            answer_path = redactor.path(answer_path) if answer_path else answer_path
        yield [
            _name(case.document.id, redactor),
            case.record.arm,
            case.record.draw,
            outcome.field,
            golden_path,
            answer_path,
            outcome.kind,
            golden,
            answer,
            note,
            outcome.grounded,
        ]


def _gates(verdict: Verdict) -> Iterable[list[Json]]:
    for comparison in verdict.comparisons:
        for gate in comparison.gates:
            delta = gate.delta
            yield [
                comparison.against,
                gate.name,
                gate.metric,
                gate.scope,
                gate.level,
                gate.status,
                gate.baseline.value,
                gate.candidate.value,
                delta.value,
                delta.lower,
                delta.upper,
                gate.threshold,
                delta.n,
                delta.clusters,
                delta.failed,
                delta.excluded,
                delta.method,
                delta.source,
                gate.more_cvs,
                gate.reason,
            ]


def _name(name: str, redactor: Redactor | None) -> str:
    return name if redactor is None else redactor.document(name)
