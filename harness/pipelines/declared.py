"""Answers made elsewhere: a JSONL file of them, and the pipeline that hands them out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.base import given
from harness.base.errors import InvalidFileError, UsageError
from harness.base.types import Failure, Json
from harness.contract.read import DUPLICATE_KEY, load_json, read
from harness.contract.types import Reading, Rung
from harness.corpus.types import Document
from harness.models.types import Attempt, Caller, Usage
from harness.pipelines.assistant import CONTENT_FIELDS
from harness.pipelines.foreign_answers import foreign
from harness.pipelines.legacy import LEGACY_FIELDS
from harness.pipelines.types import Phase, Pipeline, PipelineInput, PipelineResult

DeclaredArm: TypeAlias = Literal["legacy", "baseline", "candidate"]
_ARMS: Mapping[str, DeclaredArm] = {
    "legacy": "legacy",
    "baseline": "baseline",
    "candidate": "candidate",
    "assistant": "candidate",
}
_NOT_KNOWN_WHEN = datetime.fromtimestamp(0, UTC)
_MOST_BYTES = 2**30
_SHAPE = (
    '{"document": id, "pipeline": "legacy" | "baseline" | "candidate", "answer": object, text or null, '
    '"error"?, "latency_ms"?, "model"?, "usage"?, "repeat"?}'
)


_Count: TypeAlias = Annotated[int, Field(ge=0)]


class _LineUsage(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    input_tokens: _Count
    output_tokens: _Count
    cached_tokens: _Count | None = None


class _Line(BaseModel):
    """The shape of one line."""

    model_config = ConfigDict(extra="forbid", strict=True)

    document: Annotated[str, Field(min_length=1)]
    pipeline: str
    answer: dict[str, Any] | str | None
    error: str | None = None
    latency_ms: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    model: str | None = None
    usage: _LineUsage | None = None
    repeat: _Count | None = None


@dataclass(frozen=True, slots=True)
class DeclaredAnswer:
    """One line of the file. latency_ms: as measured elsewhere, None where not. draw: its `repeat`, from 0.

    answer: an object; or a model's text, which is read as a pipeline reads it; None: there was none, and `error` may
    say why. line: where it stands, for messages; repairs: what reading the line mended in the answer.
    """

    document_id: str
    arm: DeclaredArm
    answer: Json | str | None
    error: str
    latency_ms: float | None
    model: str
    usage: Usage | None
    draw: int
    line: int
    repairs: tuple[str, ...] = ()

    def read(self) -> Reading:
        """The answer, read; a repair that the file itself needed is the answer's."""
        reading = read(self.answer if isinstance(self.answer, str) else json.dumps(self.answer))
        if not self.repairs or reading.rung is Rung.BYTES:
            return reading
        return replace(reading, rung=Rung.REPAIRED, repairs=(*self.repairs, *reading.repairs))


def load_answers(path: Path) -> tuple[DeclaredAnswer, ...]:
    """The answers in a JSONL file, where empty lines are passed over, or in the file of another runner.

    Raises UsageError where the file cannot be read, InvalidFileError naming the line and what is wrong in it.
    """
    text = _text(path)
    theirs = foreign(path, text)
    if theirs is not None:
        lines = [(place, json.dumps(line, ensure_ascii=False)) for place, line in theirs.lines]
    else:
        lines = [(f"line {number}", line) for number, line in enumerate((text or "").split("\n"), start=1)]
    answers: list[DeclaredAnswer] = []
    seen: dict[tuple[str, str, int], str] = {}
    for number, (place, line) in enumerate(lines, start=1):
        if not line.strip():
            continue
        answer = _answer(path, place, number, line)
        same = (answer.document_id, answer.arm, answer.draw)
        if same in seen:
            raise InvalidFileError(
                path,
                place,
                f"{answer.arm} has answered {answer.document_id!r} (repeat {answer.draw}) on {seen[same]} already",
                hint='number the repeats with "repeat": 0, 1, …'
                if theirs is None
                else f"label {theirs.runner}'s providers, prompts or runs legacy, baseline or candidate",
            )
        seen[same] = place
        answers.append(answer)
    if not answers:
        raise InvalidFileError(path, "", "no answers in it", hint=f"one a line: {_SHAPE}")
    return tuple(answers)


def _text(path: Path) -> str | None:
    """The file's text; None where it is an archive. Raises UsageError where it cannot be read."""
    try:
        packed = given.content(path, most=_MOST_BYTES)[:4] == _ARCHIVE
        return None if packed else given.text(path, most=_MOST_BYTES)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error}", hint="give a UTF-8 JSONL file, one answer a line") from None


_ARCHIVE = b"PK\x03\x04"


def _answer(path: Path, place: str, number: int, line: str) -> DeclaredAnswer:
    try:
        value, again = load_json(line)
    except (ValueError, RecursionError) as error:
        raise InvalidFileError(path, place, f"not JSON: {error}", hint=f"one answer a line: {_SHAPE}") from None
    if any(found is value for found in again):
        raise InvalidFileError(path, place, "a key stands twice", hint=f"one answer a line: {_SHAPE}")
    try:
        given = _Line.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field, message = ".".join(str(step) for step in first["loc"]), first["msg"]
        if field.startswith("answer."):
            field, message = "answer", "is no object, no text and not null"
        raise InvalidFileError(
            path, place, f"{field}: {message}" if field else message, hint=f"one answer a line: {_SHAPE}"
        ) from None
    arm = _ARMS.get(given.pipeline)
    if arm is None:
        raise InvalidFileError(
            path, place, f"pipeline {given.pipeline!r} is unknown", hint=f"known: {', '.join(_ARMS)}"
        )
    if given.answer is not None and given.error:
        raise InvalidFileError(path, place, "both an answer and an error", hint="leave one of them out")
    usage = given.usage
    return DeclaredAnswer(
        document_id=given.document,
        arm=arm,
        answer=given.answer,
        error=given.error or "",
        latency_ms=given.latency_ms,
        model=given.model or "",
        usage=None
        if usage is None
        else Usage(
            input_tokens=usage.input_tokens,
            cached_tokens=usage.cached_tokens or 0,
            output_tokens=usage.output_tokens,
        ),
        draw=given.repeat or 0,
        line=number,
        repairs=(DUPLICATE_KEY,) if again else (),
    )


class DeclaredPipeline:
    """Hands out one arm's declared answers by document and repeat. It calls no model and reads no text."""

    def __init__(self, answers: Iterable[DeclaredAnswer], arm: DeclaredArm) -> None:
        self._arm: DeclaredArm = arm
        self._answers = {(given.document_id, given.draw): given for given in answers if given.arm == arm}

    @property
    def name(self) -> str:
        return "declared"

    @property
    def fills(self) -> frozenset[str]:
        return LEGACY_FIELDS if self._arm == "legacy" else CONTENT_FIELDS

    @property
    def draws(self) -> range:
        """The repeats that the file has for this arm, from the first to the last."""
        draws = [draw for _, draw in self._answers]
        return range(min(draws, default=0), max(draws, default=-1) + 1)

    def for_document(self, document: Document) -> Pipeline:
        return _DeclaredFor(self, {draw: given for (of, draw), given in self._answers.items() if of == document.id})


class _DeclaredFor:
    """The declared answers for one document."""

    def __init__(self, pipeline: DeclaredPipeline, answers: Mapping[int, DeclaredAnswer]) -> None:
        self._pipeline = pipeline
        self._answers = answers

    @property
    def name(self) -> str:
        return self._pipeline.name

    @property
    def fills(self) -> frozenset[str]:
        return self._pipeline.fills

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        del given, call  # nothing is read and nothing is called
        declared = self._answers.get(draw)
        if declared is None:
            failure = Failure("provider", "not_declared", "the file has no line for this document")
            return PipelineResult(failure, (), (), (), "failed")
        phases = (Phase("declared", 1, declared.latency_ms),)
        attempts = (_attempt(declared),)
        if declared.answer is None:
            failure = Failure("provider", "declared_error", declared.error or "no answer and no error given")
            return PipelineResult(failure, (), attempts, phases, "failed")
        reading = declared.read()
        return PipelineResult(reading.value, (reading,), attempts, phases, "completed")


def _attempt(declared: DeclaredAnswer) -> Attempt:
    """The line as an attempt, so that tokens and cost are counted where every arm's are."""
    return Attempt(
        id=f"line-{declared.line}",
        call_key="",
        number=1,
        started=_NOT_KNOWN_WHEN,
        queue_ms=0.0,
        retry_wait_ms=0.0,
        headers_ms=None,
        total_ms=declared.latency_ms,
        model_ms=None,
        status=None,
        usage=declared.usage,
        request_id=None,
        source="declared",
        outcome="failed" if declared.answer is None else "answered",
        body=None,
        error="declared_error" if declared.answer is None else "",
        detail=declared.error,
        snapshot=declared.model,
        draw=declared.draw,
    )
