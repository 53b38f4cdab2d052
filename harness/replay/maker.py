"""Makes one record: reads the document, runs the pipeline, keeps what came of it."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from harness.base.errors import HarnessError, ProviderUnavailableError
from harness.base.types import Failure
from harness.corpus.types import Document, Extraction
from harness.models.budget import BudgetSpentError
from harness.models.types import Attempt, Caller, Usage
from harness.pipelines.types import PerDocument, Pipeline, PipelineInput, PipelineResult
from harness.replay.calls import Earlier, MissingRecordingError, Watch, WatchedCaller
from harness.replay.feed import Unit
from harness.replay.journal import ENDING, WORKING_ON, StoppedError
from harness.replay.progress import MissingRecording
from harness.replay.record import build_record, total_cost
from harness.replay.store import RunStore
from harness.replay.types import Record, RecordKey
from harness.replay.writer import StoreError

OnRecord: TypeAlias = Callable[[Record, Extraction | None], None]
"""Told of a record once it is durable, with the text that it was made from (None where our reader broke)."""


@dataclass(frozen=True, slots=True)
class _Made:
    """A record that is not kept yet."""

    record: Record
    attempts: tuple[Attempt, ...]
    text: Extraction | None


class RecordMaker:
    """Turns units into records. missing: those that could not be made for want of a recording."""

    def __init__(
        self,
        store: RunStore,
        *,
        pipelines: Mapping[str, Pipeline | PerDocument],
        callers: Mapping[str, Caller],
        watch: Watch,
        on_record: OnRecord | None = None,
    ) -> None:
        self.missing: list[MissingRecording] = []
        self._store = store
        self._per_document: dict[str, PerDocument] = {}
        self._of_text: dict[str, Pipeline] = {}
        for arm, pipeline in pipelines.items():
            if isinstance(pipeline, PerDocument):
                self._per_document[arm] = pipeline
            else:
                self._of_text[arm] = pipeline
        self._callers = callers
        self._begun = store.keys_with_attempts()
        self._read = store.file_hashes().keys()
        self._watch = watch
        self._on_record = on_record
        self._prices_of = date.fromisoformat(store.manifest().started[:10])
        self._suspects: dict[str, list[_Made]] = {}

    async def make(self, unit: Unit) -> None:
        """Make the unit's record, unless the run is being stopped or a recording is missing (which is no want where
        the arm goes only as far as it is recorded).

        Raises StoreError, ProviderUnavailableError and BudgetSpentError, which end the run; nothing else.
        """
        WORKING_ON.set(unit.key)
        ENDING.set(self._watch.halted)
        caller = self._caller(unit)
        try:
            result = await self._result(unit, caller)
        except StoppedError:
            return
        except MissingRecordingError as missing:
            if unit.arm.policy == "as_recorded":
                self._watch.tally.record_left_out(unit.document.id)
                self._watch.changed()
            else:
                self.missing.append(MissingRecording(unit.key, str(missing)))
            return
        try:
            record = await self._keep(unit, result, caller)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - an answer that cannot be priced or stored is one failure
            result = await self._our_failure(unit, caller, error)
            record = await self._keep(unit, result, caller)
        self._count_spent(unit, caller, record)

    async def read(
        self, document: Document, reader: Callable[[Document], Awaitable[Extraction]]
    ) -> Extraction | Failure:
        """The document's text: as this run read it before, else read now and kept. A reader that breaks is our
        failure, not the document's."""
        if document.id in self._read and (known := self._store.extraction(document.id)) is not None:
            return known
        try:
            extraction = await reader(document)
        except Exception as error:  # noqa: BLE001 - one document that breaks the reader must not end the run
            await self._log_exception(f"reading {document.id}", error, None)
            return Failure("harness", type(error).__name__, f"our reader broke: {_first_line(error)}")
        await self._store.save_extraction(document.id, document.sha256, extraction)
        return extraction

    async def settle(self) -> None:
        """At the end of a run that was not cut short: raises ProviderUnavailableError where an origin never let a
        call through or refused all of an arm alike, and keeps the records that were held back."""
        self._watch.health.check_end()
        for arm in list(self._suspects):
            await self._release(arm)

    # -- one record ---------------------------------------------------------------------------------------------

    def _caller(self, unit: Unit) -> WatchedCaller:
        attempts = self._store.attempts_of(unit.key) if unit.key in self._begun else ()
        return WatchedCaller(
            inner=self._callers[unit.arm.id],
            origin=unit.arm.origin,
            key=unit.key,
            earlier=Earlier(attempts),
            watch=self._watch,
        )

    async def _result(self, unit: Unit, caller: WatchedCaller) -> PipelineResult:
        per_document = self._per_document.get(unit.arm.id)
        if per_document is None and isinstance(unit.text, Failure):
            return _no_answer(unit.text)
        if per_document is None and isinstance(unit.text, Extraction) and not unit.text.readable:
            return _no_answer(Failure("extraction", unit.text.outcome, "; ".join(unit.text.warnings)))
        given = PipelineInput(unit.text.text if isinstance(unit.text, Extraction) else "")
        try:
            if per_document is None:
                pipeline = self._of_text[unit.arm.id]
            else:
                pipeline = per_document.for_document(unit.document)
            result = await pipeline.run(given, caller, unit.key.draw)
            if not caller.attempts and any(attempt.source == "live" for attempt in result.attempts):
                caller.take_in(result.attempts)  # it asked by itself: a service over HTTP
            return result
        except (StoppedError, MissingRecordingError, StoreError, ProviderUnavailableError, BudgetSpentError):
            raise
        except Exception as error:  # noqa: BLE001 - one pipeline that breaks must not end the run
            return await self._our_failure(unit, caller, error)

    async def _our_failure(self, unit: Unit, caller: WatchedCaller, error: Exception) -> PipelineResult:
        await self._log_exception(f"pipeline {unit.arm.pipeline} of {unit.arm.id}", error, unit.key)
        failure = Failure("harness", type(error).__name__, _first_line(error))
        note = "the harness failed here; the run's log has the traceback"
        return PipelineResult(failure, (), tuple(caller.attempts), (), "failed", (note,))

    async def _log_exception(self, where: str, error: Exception, key: RecordKey | None) -> None:
        trace = "" if isinstance(error, HarnessError) else "".join(traceback.format_exception(error))
        await self._store.log("error", f"{where}: {type(error).__name__}: {_first_line(error)}", trace, key)

    def _record(self, unit: Unit, result: PipelineResult) -> Record:
        readable = isinstance(unit.text, Extraction) and unit.text.readable
        digest = unit.text.text_sha256 if isinstance(unit.text, Extraction) and readable else None
        return build_record(unit.key, unit.arm, result, text_sha256=digest, on=self._prices_of)

    # -- keeping ------------------------------------------------------------------------------------------------

    async def _keep(self, unit: Unit, result: PipelineResult, caller: WatchedCaller) -> Record:
        """Store the unit's record. One that was shut out is held back while its arm gets nothing through: if that
        turns out to be the end of the run, it was no failure of this document, and a resumed run makes it again."""
        text = unit.text if isinstance(unit.text, Extraction) else None
        made = _Made(self._record(unit, result), result.attempts, text)
        arm = unit.arm.id
        if caller.shut_out and self._watch.health.suspected(unit.arm.origin, arm):
            self._suspects.setdefault(arm, []).append(made)
        else:
            await self._release(arm)
            await self._put(made)
        return made.record

    async def _release(self, arm: str) -> None:
        for made in self._suspects.pop(arm, ()):
            await self._put(made)

    async def _put(self, made: _Made) -> None:
        record = made.record
        await self._store.put_record(record, made.attempts)
        failure = record.answer.kind if isinstance(record.answer, Failure) else ""
        self._watch.tally.record_done(record.document_id, failure)
        if self._on_record is not None:
            self._on_record(record, made.text)
        self._watch.changed()

    def _count_spent(self, unit: Unit, caller: WatchedCaller, record: Record) -> None:
        """Add what was sent for the record in this session to the tokens and the cost so far."""
        sent = caller.sent
        if not sent:
            return
        self._watch.tally.usage += sum((attempt.usage for attempt in sent if attempt.usage is not None), Usage())
        same = len(sent) == record.attempts
        price = record.cost if same else total_cost(unit.arm, sent, self._prices_of)
        if price is None:
            self._watch.tally.unpriced += 1
        else:
            self._watch.tally.cost += price


def _no_answer(failure: Failure) -> PipelineResult:
    return PipelineResult(failure, (), (), (), "failed")


def _first_line(error: Exception) -> str:
    """What an exception says, in one line of at most 200 characters."""
    return " ".join(str(error).split())[:200]
