"""What turns a document's text into an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from harness.base.types import Failure, Json
from harness.contract.types import Reading
from harness.corpus.types import Document
from harness.models.types import Attempt, Caller


@dataclass(frozen=True, slots=True)
class PipelineInput:
    """What a pipeline may know of a document: its text. Never an id, a file name or a golden.

    `draw_offset` and the like do not exist here: the draw is an argument of `run`.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of a pipeline's critical path. Phases follow one another; their `ms` add up to the latency.

    name: "assistant", "pass1", "pass2[3]" …; calls: model calls in it; ms: None where nothing was measured.
    """

    name: str
    calls: int
    ms: float | None


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """The answer (a contract object as the pipeline gives it, maybe invalid) or why there is none.

    readings: each raw answer, read against what it was asked for, in order of the calls.
    attempts: all attempts in order. state: legacy's task state (completed, completed_with_errors, failed) or
    the assistant's (completed, failed). notes: sentences for a person ("role 3 skipped: …").
    """

    answer: Json | Failure
    readings: tuple[Reading, ...]
    attempts: tuple[Attempt, ...]
    phases: tuple[Phase, ...]
    state: str
    notes: tuple[str, ...] = ()


class Pipeline(Protocol):
    """`fills`: the contract's field paths that it is asked for (`work_experience[].company`), so that coverage
    stays apart from accuracy."""

    @property
    def name(self) -> str: ...

    @property
    def fills(self) -> frozenset[str]: ...

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult: ...


@runtime_checkable
class PerDocument(Protocol):
    """A pipeline that works from the document itself instead of our reading of its text: answers made elsewhere
    are found by its id, a service over HTTP is sent its file. It sees no golden either."""

    def for_document(self, document: Document) -> Pipeline: ...
