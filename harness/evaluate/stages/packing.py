"""A case as bytes and back. Figures are there at once; the answer, the counts and the single outcomes of a score, which
few questions ask for, are unpacked where they are asked for."""

from __future__ import annotations

import hashlib
import marshal
import zlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeAlias

from harness.base.types import Failure, Json
from harness.contract.types import Contract, Reading, Rung, Violation
from harness.corpus.types import Document
from harness.gates.filed import figure
from harness.gates.types import Case
from harness.models.types import Usage
from harness.pipelines.types import Phase
from harness.replay.types import Record
from harness.scoring.types import LEAF_KINDS, AllRight, Counts, FieldOutcome, Order, OutcomeKind, Score

_counts = lru_cache(maxsize=8192)(Counts)
_usage = lru_cache(maxsize=8192)(Usage)
_put = object.__setattr__


PackedScore: TypeAlias = tuple[Any, ...]


def pack(case: Case, scored: PackedScore | None = None) -> bytes:
    """Everything of a case but its document. For this process and its helpers only: no format to be kept. scored:
    `pack_score` of its score, where that is at hand."""
    record, score = case.record, case.score
    head = (
        record.document_id, record.arm, record.draw, record.state,
        [(phase.name, phase.calls, phase.ms) for phase in record.phases],
        record.notes, record.text_sha256, record.latency_ms, record.queue_ms, record.retry_ms, record.source,
        _tokens(record.usage),
        record.usage_known, None if record.cost is None else str(record.cost), record.calls, record.attempts,
        record.attempt_ids, record.snapshot,
        [(int(rung), tuple(repairs), _rules(broken)) for rung, repairs, broken in record.rungs()],
    )  # fmt: skip
    failure = _failure(record.answer)
    said = (failure, None if failure else record.answer, [_reading(each, record.answer) for each in record.readings])
    if scored is None and score is not None:
        scored = pack_score(score)
    return marshal.dumps((head, failure, _squeezed(said), scored))


def unpack(data: bytes, document: Document) -> Case:
    """Inverse of `pack`."""
    head, failure, said, scored = marshal.loads(data)
    return Case(document, StoredRecord.made(head, failure, said), None if scored is None else StoredScore.made(scored))


class StoredRecord(Record):
    """A record whose answer and readings are unpacked at their first use. With changes (`replace`) it is a `Record`."""

    __slots__ = ("_failure", "_head", "_packed", "_said")
    _failure: tuple[Any, str, str] | None
    _head: tuple[Any, ...]
    _packed: bytes
    _said: tuple[Json, tuple[Reading, ...]] | None

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return Record(*given, **named)

    @staticmethod
    def made(head: tuple[Any, ...], failure: tuple[Any, ...] | None, said: bytes) -> StoredRecord:
        self = object.__new__(StoredRecord)
        _put(self, "_head", head)
        _put(self, "_failure", failure)
        _put(self, "_packed", said)
        _put(self, "_said", None)
        return self

    def _open(self) -> tuple[Json, tuple[Reading, ...]]:
        if self._said is None:
            failure, value, readings = _loosened(self._packed)
            answer = Failure(*failure) if failure else value
            found = answer, tuple([_read(each, answer) for each in readings])
            _put(self, "_said", found)
            return found
        return self._said

    @property
    def phases(self) -> tuple[Phase, ...]:
        return tuple([Phase(*phase) for phase in self._head[4]])

    @property
    def usage(self) -> Usage:
        return _usage(*self._head[11])

    @property
    def cost(self) -> Decimal | None:
        return None if self._head[13] is None else Decimal(self._head[13])

    @property
    def answer(self) -> Json | Failure:
        return Failure(*self._failure) if self._failure else self._open()[0]

    @property
    def failure(self) -> Failure | None:
        return Failure(*self._failure) if self._failure else None

    def rungs(self) -> Iterable[tuple[Rung, tuple[str, ...], tuple[Violation, ...]]]:
        return (
            (Rung(rung), repairs, tuple([Violation(*each) for each in broken]))
            for rung, repairs, broken in self._head[18]
        )

    @property
    def readings(self) -> tuple[Reading, ...]:
        return self._open()[1]


class StoredScore(Score):
    """A score whose counts, contract and outcomes are unpacked at their first use; those outcomes that are not correct,
    which most questions are about, apart from the others."""

    __slots__ = ("_beside", "_head", "_noted", "_outcomes", "_packed_beside", "_packed_noted", "_packed_outcomes")
    _beside: tuple[Mapping[str, Counts], Contract] | None
    _head: tuple[Any, ...]
    _noted: tuple[tuple[FieldOutcome, ...], tuple[FieldOutcome, ...]] | None
    _outcomes: tuple[FieldOutcome, ...] | None
    _packed_beside: bytes
    _packed_noted: bytes
    _packed_outcomes: bytes

    def __new__(cls, *given: Any, **named: Any) -> Any:
        return Score(*given, **named)

    @staticmethod
    def made(scored: tuple[Any, ...]) -> StoredScore:
        self = object.__new__(StoredScore)
        head, beside, noted, outcomes = scored
        _put(self, "_head", head)
        _put(self, "_packed_beside", beside)
        _put(self, "_packed_noted", noted)
        _put(self, "_packed_outcomes", outcomes)
        _put(self, "_beside", None)
        _put(self, "_noted", None)
        _put(self, "_outcomes", None)
        return self

    @property
    def order(self) -> Order:
        return Order(*self._head[5])

    def _open(self) -> tuple[Mapping[str, Counts], Contract]:
        if self._beside is None:
            counts, rung, *parts = marshal.loads(self._packed_beside)
            contract = Contract(Rung(rung), *(tuple([Violation(*each) for each in part]) for part in parts))
            found = {name: _counts(*of) for name, of in counts.items()}, contract
            _put(self, "_beside", found)
            return found
        return self._beside

    def _aside(self) -> tuple[tuple[FieldOutcome, ...], tuple[FieldOutcome, ...]]:
        """(outcomes that are not correct, hallucinations)."""
        if self._noted is None:
            noted, odd, strange = marshal.loads(self._packed_noted)
            outcomes = [FieldOutcome(*each) for each in noted]
            found = tuple([outcomes[place] for place in odd]), tuple([outcomes[place] for place in strange])
            _put(self, "_noted", found)
            return found
        return self._noted

    def odd(self) -> Iterable[FieldOutcome]:
        return self._aside()[0]

    def all_right(self) -> AllRight | None:
        found = self._head[9]
        return None if found is None else AllRight(*found)

    def kinds(self) -> Iterable[tuple[str | None, str, OutcomeKind]]:
        if self._outcomes is not None:
            return super().kinds()
        return ((path, name, kind) for name, path, _, _, _, kind, *_ in _loosened(self._packed_outcomes))

    @property
    def counts(self) -> Mapping[str, Counts]:
        return self._open()[0]

    @property
    def contract(self) -> Contract:
        return self._open()[1]

    @property
    def outcomes(self) -> tuple[FieldOutcome, ...]:
        if self._outcomes is None:
            found = tuple([FieldOutcome(*each) for each in _loosened(self._packed_outcomes)])
            _put(self, "_outcomes", found)
            return found
        return self._outcomes

    @property
    def hallucinations(self) -> tuple[FieldOutcome, ...]:
        return self._aside()[1]


_HEAD = (
    "document_id", "arm", "draw", "state", "phases", "notes", "text_sha256", "latency_ms", "queue_ms", "retry_ms",
    "source", "usage", "usage_known", "cost", "calls", "attempts", "attempt_ids", "snapshot",
)  # fmt: skip
_SCORE_HEAD = ("f1", "precision", "recall", "lenient_f1", "lost_entries", "order", "scorer", "failed", "has_golden")


for _at, _name in enumerate(_HEAD):
    if _name not in vars(StoredRecord):
        setattr(StoredRecord, _name, figure(_at))
for _at, _name in enumerate(_SCORE_HEAD):
    if _name not in vars(StoredScore):
        setattr(StoredScore, _name, figure(_at))


def pack_score(score: Score) -> PackedScore:
    """A score's part of a packed case."""
    order = (score.order.reverse_chronological, score.order.share)
    head = (
        score.f1, score.precision, score.recall, score.lenient_f1, score.lost_entries, order, score.scorer,
        score.failed, score.has_golden, _all_right(score),
    )  # fmt: skip
    counts = {
        name: (of.correct, of.near, of.golden, of.answer, of.more_correct, of.more_near)
        for name, of in score.counts.items()
    }
    contract = score.contract
    parts = (
        contract.violations, contract.date_problems, contract.id_problems, contract.placeholders, contract.form,
    )  # fmt: skip
    said = list(map(_rules, parts))
    every = [_outcome(each) for each in score.outcomes]
    packed = marshal.dumps((counts, int(contract.rung), *said))
    return head, packed, marshal.dumps(_noted(score)), _squeezed(every)


def _all_right(score: Score) -> tuple[bytes, tuple[str, ...]] | None:
    leaves = [(path, name, kind) for path, name, kind in score.kinds() if path is not None and kind in LEAF_KINDS]
    if any(kind != "correct" for _, _, kind in leaves):
        return None
    said = "\0".join([part for path, name, _ in leaves for part in (path, name)])
    paths = hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return paths, tuple(dict.fromkeys(name for _, name, _ in leaves))


def _noted(score: Score) -> tuple[list[tuple[Any, ...]], list[int], list[int]]:
    """Outcomes that are not correct and hallucinations, and the places of either among these."""
    noted = [each for each in score.outcomes if each.kind != "correct"]
    odd = list(range(len(noted)))
    noted += [each for each in score.hallucinations if each.kind == "correct"]
    place = {id(outcome): at for at, outcome in enumerate(noted)}
    strange = [place[id(each)] if id(each) in place else noted.index(each) for each in score.hallucinations]
    return [_outcome(each) for each in noted], odd, strange


def _outcome(of: FieldOutcome) -> tuple[Any, ...]:
    """In the order of the class's fields."""
    evidence = None if of.evidence is None else tuple(of.evidence)
    return of.field, of.golden_path, of.answer_path, of.golden, of.answer, of.kind, of.note, evidence, of.grounded


def _tokens(usage: Usage) -> tuple[int, ...]:
    written = usage.cache_write_tokens
    return usage.input_tokens, usage.cached_tokens, written, usage.output_tokens, usage.reasoning_tokens


def _failure(answer: Json | Failure) -> tuple[Any, str, str] | None:
    return (answer.kind, answer.code, answer.detail) if isinstance(answer, Failure) else None


def _reading(reading: Reading, answer: Json | Failure) -> tuple[Any, ...]:
    """The value of most readings is the answer."""
    failure = _failure(reading.value)
    same = reading.value is answer
    value = None if same or failure else reading.value
    return same, failure, value, int(reading.rung), reading.repairs, _rules(reading.violations)


def _rules(broken: Iterable[Violation]) -> list[tuple[str, str, str]]:
    return [(each.pointer, each.rule, each.message) for each in broken]


def _read(packed: tuple[Any, ...], answer: Json | Failure) -> Reading:
    same, failure, value, rung, repairs, broken = packed
    found = answer if same else Failure(*failure) if failure else value
    return Reading(found, Rung(rung), tuple(repairs), tuple(Violation(*each) for each in broken))


def _squeezed(value: Any) -> bytes:
    return zlib.compress(marshal.dumps(value), 1)


def _loosened(data: bytes) -> Any:
    return marshal.loads(zlib.decompress(data))
