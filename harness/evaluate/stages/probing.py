"""Probes of a run: changed copies of its documents, asked about like any other, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from harness.base.canonical import sha256
from harness.base.types import Failure, Json
from harness.corpus.types import Document
from harness.evaluate.setup.inputs import Inputs
from harness.evaluate.stages.opened import OpenRun
from harness.probes.catalogue import chosen, probes_of
from harness.probes.judge import Asked, Judged, judge
from harness.probes.types import Probe, Relation
from harness.replay.store import RunStore
from harness.replay.types import PROBE, Arm, Manifest, Record, RecordKey

GUIDES = ("baseline", "candidate", "legacy")
"""Whose answer to the unchanged CV says what stands where: the first of these that the run has."""


@dataclass(frozen=True, slots=True)
class ProbeOf:
    """A probe with the document that it is a changed copy of."""

    id: str
    of: Document
    relation: Relation
    probe: Probe


@dataclass(frozen=True, slots=True)
class ProbeSet:
    """All probes of a run. left_out: by relation, ids of documents it could not be applied to for certain; unguided:
    documents without an answer that says what stands where, which have no probe at all. guide: whose answers."""

    probes: tuple[ProbeOf, ...]
    left_out: Mapping[str, tuple[str, ...]]
    unguided: tuple[str, ...]
    guide: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A judged probe with both texts and answers."""

    judged: Judged
    probe: ProbeOf
    first: Json
    answer: Json | Failure


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What probes of a run found. pairs: judged ones; unjudged: answers of which nothing can be said, because the
    arm's answer to the unchanged CV is none or lacks what was changed, by arm."""

    made: ProbeSet
    pairs: tuple[Pair, ...]
    unjudged: Mapping[str, int]
    manifest: Manifest


def probe_set(run: OpenRun) -> ProbeSet:
    """The probes of a run's documents: the same whenever it is asked, so that a run can be resumed and judged again."""
    manifest = run.store.manifest()
    relations = chosen(run.plan.probes)
    arms = {arm.id: arm for arm in manifest.arms}
    guide = next((name for name in GUIDES if name in arms), next(iter(arms)))
    texts = {name: found for name, found in run.store.extractions() if PROBE not in name}
    found: list[ProbeOf] = []
    left_out: dict[str, list[str]] = {}
    unguided = []
    for document in run.inputs.documents:
        answer = _answer(run.store, document.id, arms[guide])
        text = texts.get(document.id)
        if text is None or not text.readable or answer is None:
            unguided.append(document.id)
            continue
        known = run.inputs.goldens.get(document.id)
        right = known.cv if known is not None and isinstance(known.cv, dict) else None
        made = probes_of(text.text, answer, relations, manifest.seed, right)
        for name in made.left_out:
            left_out.setdefault(name, []).append(document.id)
        found += [ProbeOf(_name(document.id, relation, probe), document, relation, probe)
                  for relation, probe in made.probes]  # fmt: skip
    return ProbeSet(tuple(found), {name: tuple(ids) for name, ids in left_out.items()}, tuple(unguided), guide)


def _answer(store: RunStore, document: str, arm: Arm) -> dict[str, Json] | None:
    """The arm's first answer that is an object."""
    for draw in arm.draws:
        record = store.record(RecordKey(document, arm.id, draw))
        if record is not None and isinstance(record.answer, dict):
            return record.answer
    return None


def _name(document: str, relation: Relation, probe: Probe) -> str:
    return PROBE.join((document, relation.name, *([probe.variant] if probe.variant else [])))


def probe_inputs(run: OpenRun, made: ProbeSet) -> Inputs:
    """The probes as documents to ask about."""
    documents = tuple(
        replace(one.of, id=one.id, path="", media_type="text/plain", sha256=sha256(one.probe.text), twin_of=None)
        for one in made.probes
    )
    return replace(
        run.inputs,
        documents=documents,
        paths={},
        goldens={},
        texts={one.id: one.probe.text for one in made.probes},
        notes=(),
    )


def probe_result(run: OpenRun, made: ProbeSet | None = None) -> ProbeResult:
    """What the run's probes found, by today's scorer. made: the probes, where they are made already; to make them takes
    about as long as to judge them."""
    run.listener.stage("judging probes")
    made = made or probe_set(run)
    by_id = {one.id: one for one in made.probes}
    firsts: dict[tuple[str, str, int], Record] = {}
    answers: list[Record] = []
    for record in run.store.records():
        if record.document_id in by_id:
            answers.append(record)
        elif PROBE not in record.document_id:
            firsts[record.document_id, record.arm, record.draw] = record
    pairs: list[Pair] = []
    unjudged: dict[str, int] = {}
    for record in answers:
        one = by_id[record.document_id]
        first = firsts.get((one.of.id, record.arm, record.draw))
        asked = Asked(one.of.id, one.of.persona, record.arm, record.draw, one.relation, one.probe)
        judged = judge(asked, first.answer, record.answer) if first is not None and _ours(record, one) else None
        if judged is None or first is None:
            unjudged[record.arm] = unjudged.get(record.arm, 0) + 1
        else:
            pairs.append(Pair(judged, one, first.answer, record.answer))
    return ProbeResult(made, tuple(pairs), unjudged, run.store.manifest())


def _ours(record: Record, one: ProbeOf) -> bool:
    """Whether the answer says something about the arm and this probe: a failure of our own harness does not, nor an
    answer to a copy that was made otherwise, by older relations or of another golden."""
    if isinstance(record.answer, Failure) and record.answer.kind == "harness":
        return False
    return record.text_sha256 in (None, sha256(one.probe.text))


def of_arm(result: ProbeResult, arm: str) -> Sequence[Judged]:
    return [pair.judged for pair in result.pairs if pair.judged.arm == arm]
