"""What fails in a run, and what that stops."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from replay_fakes import (
    FAILED,
    NO_SERVER,
    REFUSED_KEY,
    EchoPipeline,
    FakeCaller,
    an_attempt,
    arm,
    by_key,
    documents,
    extract,
    make_store,
    run,
    unreadable,
)

from harness.base.errors import ProviderUnavailableError
from harness.base.types import Failure
from harness.corpus.types import Document, Extraction
from harness.models.types import Attempt, Call, Caller
from harness.pipelines.types import Phase, Pipeline, PipelineInput, PipelineResult
from harness.replay.progress import Progress
from harness.replay.runs import run_info
from harness.replay.types import RecordKey


def test_an_unreadable_document_fails_in_every_arm_and_is_never_sent(tmp_path: Path) -> None:
    arms = [arm("legacy"), arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, extractions=unreadable("cv-0001"))
        records = by_key(store)
        assert store.manifest().documents["cv-0001"].outcome == "encrypted"
    assert summary.calls == 4
    for of in ("legacy", "candidate"):
        record = records[RecordKey("cv-0001", of, 0)]
        assert record.answer == Failure("extraction", "encrypted", "needs a password")
        assert record.text_sha256 is None
        assert record.latency_ms is None


def test_a_reader_that_breaks_is_our_failure_and_stops_nothing(tmp_path: Path) -> None:
    async def breaks(document: Document) -> Extraction:
        if document.id == "cv-0000":
            raise ValueError("reader bug")
        return await extract(document)

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, extractions=breaks)
        failed = store.record(RecordKey("cv-0000", "candidate", 0))
        logged = [entry for entry in store.logs() if "reading cv-0000" in entry.message]
    assert failed is not None
    assert failed.answer == Failure("harness", "ValueError", "our reader broke: reader bug")
    assert summary.failures == {"harness": 1}
    assert "Traceback" in logged[0].detail


class AsksItself:
    """Like a service over HTTP: reads the document by itself and calls nobody through us."""

    name = "http"
    fills = frozenset({"said"})

    def __init__(self, **changed: Any) -> None:
        self._changed = changed

    def for_document(self, document: Document) -> Pipeline:
        return _Asks(document.id, an_attempt(**self._changed))


class _Asks(EchoPipeline):
    def __init__(self, document_id: str, attempt: Attempt) -> None:
        super().__init__()
        self._document_id, self._attempt = document_id, attempt

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        failed = self._attempt.outcome == "failed"
        answer = Failure("provider", self._attempt.error) if failed else {"said": self._document_id}
        return PipelineResult(answer, (), (self._attempt,), (Phase("upload", 1, 100.0),), "completed")


def test_a_pipeline_that_works_from_the_document_does_not_need_our_text(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(2), arms) as store:
        summary = run(store, documents(2), arms, pipeline=AsksItself(), extractions=unreadable("cv-0001"))
        records = list(store.records())
    assert [record.answer for record in records] == [{"said": "cv-0000"}, {"said": "cv-0001"}]
    assert (summary.calls, summary.usage.total) == (2, 30)


def test_a_service_that_is_not_there_ends_the_run_early_too(tmp_path: Path) -> None:
    arms = [arm("candidate", origin="http://service")]
    with make_store(tmp_path, documents(50), arms) as store:
        with pytest.raises(ProviderUnavailableError, match="4 calls in a row to http://service did not get through"):
            run(store, documents(50), arms, pipeline=AsksItself(**NO_SERVER), concurrency=1, shut_out_limit=4)
        assert list(store.records()) == []


class BreaksOn(EchoPipeline):
    """Breaks after its call for one text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        result = await super().run(given, call, draw)
        if given.text == self._text:
            raise ZeroDivisionError("a bug in a pipeline")
        return result


def test_a_pipeline_that_breaks_is_recorded_with_its_calls_and_its_traceback(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, pipeline=BreaksOn("text of cv-0001"))
        failed = store.record(RecordKey("cv-0001", "candidate", 0))
        (logged,) = store.logs()
    assert failed is not None
    assert failed.answer == Failure("harness", "ZeroDivisionError", "a bug in a pipeline")
    assert failed.usage.total == 15
    assert (summary.written, summary.complete) == (3, True)
    assert logged.key == failed.key
    assert "ZeroDivisionError" in logged.detail


def test_what_failed_in_the_harness_is_made_again_without_paying_again(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(2), arms) as store:
        run(store, documents(2), arms, pipeline=BreaksOn("text of cv-0001"))
        callers: dict[str, FakeCaller] = {}
        summary = run(store, documents(2), arms, callers=callers)
        assert all(not isinstance(record.answer, Failure) for record in store.records())
    assert callers["candidate"].calls == []
    assert (summary.reused, summary.kept, summary.written) == (1, 1, 1)


class Unstorable(EchoPipeline):
    async def run(self, given: PipelineInput, call: Caller, draw: int) -> PipelineResult:
        result = await super().run(given, call, draw)
        return replace(result, answer={"bad": object()})


def test_an_answer_that_cannot_be_stored_is_a_harness_failure(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(1), arms) as store:
        run(store, documents(1), arms, pipeline=Unstorable())
        (record,) = store.records()
    assert isinstance(record.answer, Failure)
    assert (record.answer.kind, record.answer.code) == ("harness", "TypeError")


def test_a_failed_call_is_the_providers_and_stops_nothing(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        wrong = FAILED | {"status": 400, "error": "invalid_prompt", "detail": "no"}
        return wrong if call.body["input"] == "text of cv-0001" else None

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, fault=fault)
        record = store.record(RecordKey("cv-0001", "candidate", 0))
    assert record is not None
    assert record.answer == Failure("provider", "invalid_prompt", "no")
    assert record.cost == 0
    assert record.usage_known
    assert summary.failures == {"provider": 1}


def test_a_timeout_leaves_usage_unknown(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(1), arms) as store:
        run(store, documents(1), arms, fault=lambda call: FAILED | {"status": None, "error": "timeout"})
        (record,) = store.records()
    assert not record.usage_known


@pytest.mark.parametrize("fault", [REFUSED_KEY, NO_SERVER, FAILED | {"status": 429, "error": "insufficient_quota"}])
def test_a_provider_that_lets_nothing_through_ends_the_run_early(tmp_path: Path, fault: dict[str, Any]) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(100), arms) as store:
        callers: dict[str, FakeCaller] = {}
        with pytest.raises(ProviderUnavailableError) as raised:
            run(store, documents(100), arms, fault=lambda call: fault, callers=callers, concurrency=2, shut_out_limit=4)
        assert len(callers["candidate"].calls) <= 6
        assert list(store.records()) == []  # no document failed: the run did
        assert store.manifest().status == "interrupted"
        assert "--resume" in raised.value.hint

        summary = run(store, documents(100), arms)
        assert (summary.written, summary.complete) == (100, True)


def test_a_short_run_that_never_got_through_says_so_too(tmp_path: Path) -> None:
    arms = [arm("candidate")]
    with make_store(tmp_path, documents(2), arms) as store, pytest.raises(ProviderUnavailableError):
        run(store, documents(2), arms, fault=lambda call: NO_SERVER)


def test_a_passing_outage_is_a_failure_of_those_calls_only(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        return NO_SERVER if call.body["input"] in ("text of cv-0003", "text of cv-0004") else None

    arms = [arm("candidate")]
    with make_store(tmp_path, documents(9), arms) as store:
        summary = run(store, documents(9), arms, fault=fault, concurrency=1, shut_out_limit=3)
        assert len(list(store.records())) == 9
    assert (summary.failures, summary.complete) == ({"provider": 2}, True)


def test_recorded_failures_are_results_and_say_nothing_about_today(tmp_path: Path) -> None:
    arms = [arm("baseline")]
    with make_store(tmp_path, documents(20), arms) as store:
        summary = run(store, documents(20), arms, fault=lambda call: NO_SERVER | {"source": "recorded"})
    assert (summary.failures, summary.complete, summary.cost) == ({"provider": 20}, True, 0)


def test_a_missing_recording_leaves_no_record_and_is_named(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        missing = FAILED | {"source": "recorded", "error": "recording_missing", "detail": "nearest: none"}
        return missing if call.body["input"] == "text of cv-0001" else None

    arms = [arm("baseline"), arm("candidate")]
    with make_store(tmp_path, documents(3), arms) as store:
        summary = run(store, documents(3), arms, fault=fault)
        assert len(list(store.records())) == 4
        assert store.manifest().status == "interrupted"
    assert [missing.key for missing in summary.missing] == [
        RecordKey("cv-0001", "baseline", 0),
        RecordKey("cv-0001", "candidate", 0),
    ]
    assert summary.missing[0].detail == "nearest: none"


def test_an_arm_that_goes_as_far_as_it_is_recorded_keeps_no_run_from_its_end(tmp_path: Path) -> None:
    def fault(call: Call) -> dict[str, Any] | None:
        missing = FAILED | {"source": "recorded", "error": "recording_missing", "detail": "nearest: none"}
        return missing if call.body["input"] == "text of cv-0001" else None

    seen: list[Progress] = []
    frozen = replace(arm("legacy", draws=2), policy="as_recorded")
    with make_store(tmp_path, documents(3), [frozen]) as store:
        summary = run(store, documents(3), [frozen], fault=fault, on_event=seen.append)
        assert {record.document_id for record in store.records()} == {"cv-0000", "cv-0002"}
        folder = store.folder
    assert (summary.complete, summary.missing, summary.written) == (True, (), 4)
    assert (seen[-1].records_done, seen[-1].records, seen[-1].documents_done) == (6, 6, 3)
    there = run_info(folder)
    assert (there.status, there.records, there.expected) == ("complete", 4, 4)
