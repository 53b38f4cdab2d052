"""Answers made elsewhere: a JSONL file of them, however long, and the pipeline that hands them out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made_by
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, overload

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.base import given
from harness.base.errors import InvalidFileError, UsageError
from harness.base.types import Failure, Json
from harness.contract.read import DUPLICATE_KEY, is_odd, load_json, read, read_object
from harness.contract.types import Reading, Rung
from harness.corpus.types import Document
from harness.models.types import Attempt, Caller, Usage
from harness.pipelines.answers_file import AnswerKey, AnswerKeys, AnswersFile
from harness.pipelines.assistant import CONTENT_FIELDS
from harness.pipelines.foreign_answers import Foreign, foreign
from harness.pipelines.legacy import LEGACY_FIELDS
from harness.pipelines.types import Phase, Pipeline, PipelineInput, PipelineResult

DeclaredArm: TypeAlias = Literal["legacy", "baseline", "anchor", "candidate"]
_ARMS: Mapping[str, DeclaredArm] = {
    "legacy": "legacy",
    "baseline": "baseline",
    "anchor": "anchor",
    "candidate": "candidate",
    "assistant": "candidate",
}
_NOT_KNOWN_WHEN = datetime.fromtimestamp(0, UTC)
_MOST_BYTES = 2**30
_SHAPE = (
    '{"document": id, "pipeline": "legacy" | "baseline" | "candidate" | "anchor", '
    '"answer": object, text or null, '
    '"error"?, "latency_ms"?, "model"?, "usage"?, "repeat"?}'
)


_Count: TypeAlias = Annotated[int, Field(ge=0, le=10**12)]
_Milliseconds: TypeAlias = Annotated[float, Field(ge=0, le=1e10, allow_inf_nan=False)]
"""Four months at most. What no call takes would make sums of a run that no file can hold."""


class _LineUsage(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    input_tokens: _Count
    output_tokens: _Count
    cached_tokens: _Count | None = None


class _Line(BaseModel):
    """The shape of one line."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)

    document: Annotated[str, Field(min_length=1)]
    pipeline: str
    answer: dict[str, Any] | str | None
    error: str | None = None
    latency_ms: _Milliseconds | None = None
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
    plain: bool = made_by(default=False, compare=False)

    def read(self) -> Reading:
        """The answer, read; a repair that the file itself needed is the answer's."""
        if self.plain and isinstance(self.answer, dict):
            reading = read_object(self.answer)
        else:
            reading = read(self.answer if isinstance(self.answer, str) else json.dumps(self.answer))
        if not self.repairs or reading.rung is Rung.BYTES:
            return reading
        return replace(reading, rung=Rung.REPAIRED, repairs=(*self.repairs, *reading.repairs))


class DeclaredAnswers(Sequence[DeclaredAnswer]):
    """The answers of a file in its order. A file of our own is checked line by line and read again where an answer is
    asked for, so that memory holds only where each line begins; those of other runners are held."""

    def __init__(
        self,
        given: Iterable[tuple[DeclaredAnswer, str]] = (),
        file: AnswersFile | None = None,
        named: Callable[[str], None] | None = None,
    ) -> None:
        """given: each answer with its place in the file, for messages. named: told of each document, once. Raises
        InvalidFileError for two of one kind."""
        self._file = file
        self._held: list[DeclaredAnswer] | None = None if file is not None else []
        self._keys = AnswerKeys()
        self._models: dict[str, set[str]] = {}
        self._draws: dict[str, tuple[int, int]] = {}
        for answer, place in given:
            if self._take(answer, place) and named is not None:
                named(answer.document_id)

    def _take(self, answer: DeclaredAnswer, place: str) -> bool:
        """Whether it is its document's first."""
        key = (answer.document_id, answer.arm, answer.draw)
        if (first := self._keys.place(key)) is not None:
            raise DoubledError(answer, self[first], place)
        first_of_document = self._keys.add(key)
        self._models.setdefault(answer.arm, set()).update({answer.model} - {""})
        first, last = self._draws.get(answer.arm, (answer.draw, answer.draw))
        self._draws[answer.arm] = min(first, answer.draw), max(last, answer.draw)
        if self._held is not None:
            self._held.append(answer)
        return first_of_document

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> DeclaredAnswer: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[DeclaredAnswer, ...]: ...

    def __getitem__(self, at: int | slice) -> DeclaredAnswer | tuple[DeclaredAnswer, ...]:
        if isinstance(at, slice):
            return tuple(self[place] for place in range(*at.indices(len(self))))
        place = range(len(self))[at]
        return self._held[place] if self._file is None and self._held is not None else self._read(place)

    def _read(self, place: int) -> DeclaredAnswer:
        assert self._file is not None
        number, line = self._file.line(place)
        return _answer(self._file.path, f"line {number}", number, line)

    def all_keys(self) -> Iterator[AnswerKey]:
        """(document, arm, draw) of each, in the file's order, without reading it."""
        return iter(self._keys)

    def get(self, document_id: str, arm: str, draw: int) -> DeclaredAnswer | None:
        place = self._keys.place((document_id, arm, draw))
        return None if place is None else self[place]

    @property
    def arms(self) -> frozenset[str]:
        return frozenset(self._models)

    def models(self, arm: str) -> tuple[str, ...]:
        """Models that an arm's answers name."""
        return tuple(sorted(self._models.get(arm, ())))

    def draws(self, arm: str) -> range:
        """The repeats that there are for an arm, from the first to the last."""
        first, last = self._draws.get(arm, (0, -1))
        return range(first, last + 1)


class DoubledError(Exception):
    """Two answers of one arm to one document at one draw."""

    def __init__(self, answer: DeclaredAnswer, first: DeclaredAnswer, place: str) -> None:
        super().__init__(place)
        self.answer, self.first, self.place = answer, first, place


def load_answers(path: Path, named: Callable[[str], None] | None = None) -> DeclaredAnswers:
    """The answers in a JSONL file, where empty lines are passed over, or in the file of another runner. named: told of
    each document as its first answer is read.

    Raises UsageError where the file cannot be read, InvalidFileError naming the line and what is wrong in it.
    """
    try:
        lines = AnswersFile(path)
        theirs = None if lines.begins_as_ours() else _theirs(path)
    except OSError as error:
        raise _unreadable(path, error) from None
    try:
        if theirs is None:
            numbered = ((_answer(path, f"line {number}", number, line), f"line {number}") for number, line in lines)
            answers = DeclaredAnswers(numbered, lines, named)
        else:
            answers = DeclaredAnswers(
                (
                    (_answer(path, place, number, json.dumps(line, ensure_ascii=False)), place)
                    for number, (place, line) in enumerate(theirs.lines, start=1)
                ),
                named=named,
            )
    except DoubledError as twice:
        again, before = twice.answer, twice.first
        first = f"line {before.line}" if theirs is None else theirs.lines[before.line - 1][0]
        raise InvalidFileError(
            path,
            twice.place,
            f"{again.arm} has answered {again.document_id!r} (repeat {again.draw}) on {first} already",
            hint='number the repeats with "repeat": 0, 1, …'
            if theirs is None
            else f"label {theirs.runner}'s providers, prompts or runs legacy, baseline, anchor or candidate",
        ) from None
    except OSError as error:
        raise _unreadable(path, error) from None
    if not answers:
        raise InvalidFileError(path, "", "no answers in it", hint=f"one a line: {_SHAPE}")
    return answers


def _theirs(path: Path) -> Foreign | None:
    """The answers in the file where another runner wrote it. Raises InvalidFileError."""
    packed = given.content(path, most=_MOST_BYTES)[:4] == _ARCHIVE
    return foreign(path, None if packed else given.text(path, most=_MOST_BYTES))


def _unreadable(path: Path, error: OSError) -> UsageError:
    return UsageError(f"cannot read {path}: {error}", hint="give a UTF-8 JSONL file, one answer a line")


_OURS = (".json", ".jsonl", "")
_ARCHIVE = b"PK\x03\x04"


def _answer(path: Path, place: str, number: int, line: str) -> DeclaredAnswer:
    try:
        value, again = load_json(line)
    except (ValueError, RecursionError) as error:
        also = "" if path.suffix.casefold() in _OURS else "of promptfoo's, .json, .jsonl, .yaml and .csv are read; "
        raise InvalidFileError(path, place, f"not JSON: {error}", hint=f"{also}one answer a line: {_SHAPE}") from None
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
        plain=not is_odd(line),
    )


class DeclaredPipeline:
    """Hands out one arm's declared answers by document and repeat. It calls no model and reads no text."""

    def __init__(self, answers: DeclaredAnswers, arm: DeclaredArm) -> None:
        self._arm: DeclaredArm = arm
        self._answers = answers

    @property
    def name(self) -> str:
        return "declared"

    @property
    def fills(self) -> frozenset[str]:
        return LEGACY_FIELDS if self._arm == "legacy" else CONTENT_FIELDS

    @property
    def draws(self) -> range:
        """The repeats that the file has for this arm, from the first to the last."""
        return self._answers.draws(self._arm)

    def for_document(self, document: Document) -> Pipeline:
        return _DeclaredFor(self, document.id)

    def answer(self, document_id: str, draw: int) -> DeclaredAnswer | None:
        return self._answers.get(document_id, self._arm, draw)


class _DeclaredFor:
    """The declared answers for one document."""

    def __init__(self, pipeline: DeclaredPipeline, document_id: str) -> None:
        self._pipeline = pipeline
        self._document_id = document_id

    @property
    def name(self) -> str:
        return self._pipeline.name

    @property
    def fills(self) -> frozenset[str]:
        return self._pipeline.fills

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        del given, call  # nothing is read and nothing is called
        declared = self._pipeline.answer(self._document_id, draw)
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
