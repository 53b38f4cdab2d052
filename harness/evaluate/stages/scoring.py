"""The second stage: every record of a run with its score, by today's scorer against today's goldens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from harness.base.types import Failure
from harness.corpus.goldens import hashes_of
from harness.corpus.types import Extraction
from harness.evaluate.setup.inputs import Inputs, scorer_of
from harness.evaluate.stages.large import CaseFile, StoredTexts, score_on_disk
from harness.evaluate.stages.listener import Listener, Silent
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.recorded import recorded_on
from harness.evaluate.stages.second import Second, second_of
from harness.gates.types import Case
from harness.replay.manifest import PENDING
from harness.replay.serial import squeeze
from harness.replay.store import RunStore
from harness.replay.types import Manifest, Record, RecordKey
from harness.scoring.looked import Looked
from harness.scoring.score import score as score_answer
from harness.scoring.serial import from_dict, to_json
from harness.scoring.types import Score


@dataclass(frozen=True, slots=True)
class Scored:
    """A run with its scores. manifest: with the goldens that it was scored against, which may be newer than the run.
    recorded: when an arm's answers were made, for arms whose answers may be older than the run. texts: what was read
    of each document. looked: what answers were found to be as they came. second: works beside this process, where there
    is enough to do."""

    manifest: Manifest
    cases: Sequence[Case]
    recorded: Mapping[str, str]
    texts: Mapping[str, str] = field(default_factory=dict)
    looked: Looked | None = None
    second: Second | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A score, and what the store keeps of it."""

    score: Score
    packed: bytes

    @staticmethod
    def of(score: Score) -> Kept:
        return Kept(score, squeeze(to_json(score)))


@dataclass(frozen=True, slots=True)
class Beforehand:
    """What was scored while answers came: scores that are held with their records, which are durable, or, of a run that
    is too large for that, its cases. looked: what they were found to be beside their texts."""

    scores: Mapping[RecordKey, Kept] = field(default_factory=dict)
    cases: CaseFile | None = None
    records: Mapping[RecordKey, Record] = field(default_factory=dict)
    looked: Looked | None = None


def score(run: OpenRun, ahead: Beforehand = Beforehand()) -> Scored:
    """Scores that are there are used; others are made and kept."""
    run.listener.stage("scoring")
    cases = score_run(run.store, run.inputs, ahead, run.listener)
    manifest = with_goldens(run.store.manifest(), run.inputs)
    days = {arm: found for arm in ("legacy", "anchor", "before") if (found := recorded_on(run.store, arm))}
    second = second_of(cases, manifest, run.inputs.goldens, run.folder)
    return Scored(manifest, cases, days, texts_of(run.store, manifest), ahead.looked, second)


HELD = 1500
"""Records that are held with their scores, about 200 kB each; the cases of a larger run are loaded where they are asked
for. The figures are the same."""


def texts_of(store: RunStore, manifest: Manifest) -> Mapping[str, str]:
    """What was read of each document."""
    read = [name for name, hashes in manifest.documents.items() if hashes.outcome != PENDING]
    if len(read) > HELD:
        return StoredTexts(
            store, manifest.documents.keys() if len(read) == len(manifest.documents) else frozenset(read)
        )
    return {name: extraction.text for name, extraction in store.extractions()}


def score_run(
    store: RunStore,
    inputs: Inputs,
    ahead: Beforehand = Beforehand(),
    listener: Listener | None = None,
) -> Sequence[Case]:
    """Every record with its score, by today's scorer. Scores that are there are used; others are made and kept."""
    documents = {document.id: document for document in inputs.documents}
    version = scorer_of(inputs.goldens)
    if sum(store.many().values()) > HELD:
        return score_on_disk(store, inputs, version, listener or Silent(), ahead.cases)
    made, done = ahead.scores, store.done().keys()
    known = {} if done <= made.keys() else {key: from_dict(row) for key, row in store.scores(version)}
    texts: dict[str, Extraction] | None = None
    fresh: list[tuple[RecordKey, bytes]] = []
    cases: list[Case] = []
    held = ahead.records if done == ahead.records.keys() else {}
    for record in (held[key] for key in sorted(held)) if held else store.records():
        document = documents.get(record.document_id)
        if document is None:
            continue
        if nothing_to_score(record):
            cases.append(Case(document, record, None))
            continue
        # A record that was made anew in this session has a score here, and the store may have that of the old one.
        kept, found = made.get(record.key), known.get(record.key)
        if kept is None and found is None:
            texts = dict(store.extractions()) if texts is None else texts
            kept = Kept.of(score_record(record, inputs, texts.get(record.document_id)))
        if kept is not None:
            fresh.append((record.key, kept.packed))
            found = kept.score
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
    known = hashes_of(inputs.goldens)
    documents = {
        document_id: hashes
        if hashes.golden == known.get(document_id)
        else replace(hashes, golden=known.get(document_id))
        for document_id, hashes in manifest.documents.items()
    }
    return replace(manifest, documents=documents)
