"""The second stage: every record of a run with its score, by today's scorer against today's goldens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True)
class Scored:
    """A run with its scores. manifest: with the goldens that it was scored against, which may be newer than the run.
    recorded: when an arm's answers were made, for arms whose answers may be older than the run. texts: what was read
    of each document."""

    manifest: Manifest
    cases: tuple[Case, ...]
    recorded: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)


def score(run: OpenRun) -> Scored:
    """Scores that are there are used; others are made and kept."""
    run.listener.stage("scoring")
    cases = score_run(run.store, run.inputs)
    manifest = with_goldens(run.store.manifest(), run.inputs)
    days = recorded_on(run.store, "legacy")
    texts = {name: extraction.text for name, extraction in run.store.extractions()}
    return Scored(manifest, cases, {"legacy": days} if days else {}, texts)


def score_run(store: RunStore, inputs: Inputs) -> tuple[Case, ...]:
    """Every record with its score, by today's scorer. Scores that are there are used; others are made and kept.

    A golden that changed since makes its scores anew: the store keys them by scorer version and golden.
    """
    documents = {document.id: document for document in inputs.documents}
    version = f"{SCORER_VERSION}/{digest({key: golden.sha256 for key, golden in inputs.goldens.items()})[:16]}"
    known = {key: from_dict(value) for key, value in store.scores(version)}
    texts: dict[str, Extraction] = dict(store.extractions())
    fresh: list[tuple[RecordKey, dict[str, Any]]] = []
    cases: list[Case] = []
    for record in store.records():
        document = documents.get(record.document_id)
        if document is None:
            continue
        if _nothing_to_score(record):
            cases.append(Case(document, record, None))
            continue
        found = known.get(record.key)
        if found is None:
            extraction = texts.get(record.document_id)
            text = extraction.text if extraction is not None and extraction.text else None
            found = score_answer(record.answer, inputs.goldens.get(record.document_id), text)
            fresh.append((record.key, to_dict(found)))
        cases.append(Case(document, record, found))
    if fresh:
        store.put_scores(version, fresh)
    return tuple(cases)


def _nothing_to_score(record: Record) -> bool:
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
