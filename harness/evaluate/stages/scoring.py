"""The second stage: every record of a run with its score, by today's scorer against today's goldens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from harness.base.canonical import digest
from harness.base.types import Failure
from harness.corpus.types import Extraction
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.recorded import recorded_on
from harness.gates.types import Case
from harness.replay.store import RunStore
from harness.replay.types import Manifest, Record, RecordKey
from harness.scoring import SCORER_VERSION
from harness.scoring.score import score as score_answer
from harness.scoring.serial import from_dict, to_dict
from harness.scoring.types import Score


@dataclass(frozen=True, slots=True)
class Scored:
    """A run with its scores. manifest: with the goldens that it was scored against, which may be newer than the run.
    recorded: when an arm's answers were made, for arms whose answers may be older than the run. texts: what was read
    of each document."""

    manifest: Manifest
    cases: tuple[Case, ...]
    recorded: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)


def score(run: OpenRun, ahead: Mapping[RecordKey, Score] | None = None) -> Scored:
    """Scores that are there are used; others are made and kept. ahead: scores that were made while answers came."""
    run.listener.stage("scoring")
    cases = score_run(run.store, run.inputs, ahead or {})
    manifest = with_goldens(run.store.manifest(), run.inputs)
    days = recorded_on(run.store, "legacy")
    texts = {name: extraction.text for name, extraction in run.store.extractions()}
    return Scored(manifest, cases, {"legacy": days} if days else {}, texts)


def score_run(
    store: RunStore, inputs: Inputs, ahead: Mapping[RecordKey, Score] = MappingProxyType({})
) -> tuple[Case, ...]:
    """Every record with its score, by today's scorer. Scores that are there are used; others are made and kept.

    A golden that changed since makes its scores anew: the store keys them by scorer version and golden.
    """
    documents = {document.id: document for document in inputs.documents}
    version = f"{SCORER_VERSION}/{digest({key: golden.sha256 for key, golden in inputs.goldens.items()})[:16]}"
    known = {} if store.done().keys() <= ahead.keys() else {key: from_dict(row) for key, row in store.scores(version)}
    texts: dict[str, Extraction] | None = None
    fresh: list[tuple[RecordKey, dict[str, Any]]] = []
    cases: list[Case] = []
    for record in store.records():
        document = documents.get(record.document_id)
        if document is None:
            continue
        if nothing_to_score(record):
            cases.append(Case(document, record, None))
            continue
        # A record that was made anew in this session has a score here, and the store may have that of the old one.
        found = ahead.get(record.key) or known.get(record.key)
        if found is None:
            texts = dict(store.extractions()) if texts is None else texts
            found = score_record(record, inputs, texts.get(record.document_id))
        if record.key in ahead or record.key not in known:
            fresh.append((record.key, to_dict(found)))
        cases.append(Case(document, record, found))
    if fresh:
        store.put_scores(version, fresh)
    return tuple(cases)


def score_record(record: Record, inputs: Inputs, extraction: Extraction | None) -> Score:
    """One answer against its golden and the text that it was made from."""
    text = extraction.text if extraction is not None and extraction.text else None
    return score_answer(record.answer, inputs.goldens.get(record.document_id), text)


def nothing_to_score(record: Record) -> bool:
    """Our own failures are no answer of the arm; unread documents are, because coverage counts."""
    return isinstance(record.answer, Failure) and record.answer.kind == "harness"


def with_goldens(manifest: Manifest, inputs: Inputs) -> Manifest:
    """The manifest with the goldens that the decision is made on, which may be newer than the run."""
    documents = {
        document_id: replace(hashes, golden=golden.sha256 if golden is not None else None)
        for document_id, hashes in manifest.documents.items()
        for golden in (inputs.goldens.get(document_id),)
    }
    return replace(manifest, documents=documents)
