"""Processes that score and pack the cases of a large run, so that all cores have work."""

from __future__ import annotations

import json
import marshal
import multiprocessing
import os
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from harness.base.helping import begin, told
from harness.base.types import Failure
from harness.corpus.goldens import Goldens, same_golden
from harness.corpus.types import Document, Golden
from harness.evaluate.stages.packing import PackedScore, pack, pack_score
from harness.gates.filed import observed
from harness.gates.types import Case
from harness.replay.damage import named
from harness.replay.serial import inflate, load_record, squeeze
from harness.replay.types import Record
from harness.scoring.foreign_words import OwnText
from harness.scoring.score import score as score_answer
from harness.scoring.serial import from_dict, to_json
from harness.scoring.types import Score
from harness.scoring.unexplained import packed

_TOGETHER = 24
"""Records that are handed over at a time."""

ByWhich: TypeAlias = Golden | tuple[str, str] | None
"""A golden, or the file and the hash by which a helper reads it itself."""


@dataclass(frozen=True, slots=True)
class Job:
    """One record to score and pack. record, score and text squeezed as in `store`. nothing: there is nothing to score
    (our own failure)."""

    record: bytes
    score: bytes | None
    text: bytes | None
    golden: ByWhich
    store: Path
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """packed: the case, see `packing`. score: as the store keeps it, where it was made now. seen, unexplained: what the
    gates look at (`filed.observed`, `unexplained.packed`), b"" where there is nothing to be seen and no answer."""

    packed: bytes
    score: bytes | None
    seen: bytes = b""
    unexplained: bytes = b""


def golden_for(goldens: Mapping[str, Golden], document_id: str) -> ByWhich:
    """What a helper gets instead of all goldens."""
    if isinstance(goldens, Goldens):
        return goldens.where(document_id)
    return goldens.get(document_id)


class Helpers:
    """As many processes as there are cores, begun with the first job and deaf to Ctrl-C. A context manager."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(
            os.cpu_count() or 1, mp_context=multiprocessing.get_context("spawn"), initializer=begin
        )

    def __enter__(self) -> Helpers:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, jobs: list[Job]) -> Future[list[Done]]:
        return self._pool.submit(work, jobs)

    def all_of(self, jobs: Iterable[Job]) -> Iterator[Done]:
        """What comes of the jobs, in their order; a bounded number of them is under way."""
        with told():
            yield from self._all_of(iter(jobs))

    def _all_of(self, left: Iterator[Job]) -> Iterator[Done]:
        waiting: deque[Future[list[Done]]] = deque()
        ahead = 3 * (os.cpu_count() or 1)
        while True:
            while len(waiting) < ahead and (some := list(islice(left, _TOGETHER))):
                waiting.append(self.submit(some))
            if not waiting:
                return
            yield from waiting.popleft().result()


def work(jobs: list[Job]) -> list[Done]:
    """In a helper. Raises InvalidFileError where a golden changed, DamagedStoreError where a record, a score or a text
    cannot be read."""
    return [_done(job) for job in jobs]


_NOBODY = Document("", "", "", "", "", "none")


def _done(job: Job) -> Done:
    with named(job.store):
        record = load_record(inflate(job.record))
    if job.nothing:
        return Done(pack(Case(_NOBODY, record, None)), None)
    judged = _judged(job, record)
    case = Case(_NOBODY, record, judged.score)
    return Done(pack(case, judged.packed), judged.kept, observed(case), judged.unexplained)


@dataclass(frozen=True, slots=True)
class _Judged:
    """What an answer beside a golden and a text comes to. kept: the score as the store keeps it, where it was made
    now."""

    score: Score
    packed: PackedScore
    kept: bytes | None
    unexplained: bytes


_JUDGED: OrderedDict[tuple[tuple[str, str] | None, bytes | None, bytes], _Judged] = OrderedDict()
_REMEMBERED = 32
"""Answers whose judgement is kept: arms and draws often answer a CV alike, one after the other."""


def _judged(job: Job, record: Record) -> _Judged:
    if job.score is not None or isinstance(record.answer, Failure) or isinstance(job.golden, Golden):
        return _judge(job, record)
    key = job.golden, job.text, marshal.dumps(record.answer, 2)
    if key not in _JUDGED:
        _JUDGED[key] = _judge(job, record)
        if len(_JUDGED) > _REMEMBERED:
            _JUDGED.popitem(last=False)
    return _JUDGED[key]


def _judge(job: Job, record: Record) -> _Judged:
    with named(job.store):
        text = inflate(job.text).decode("utf-8", "surrogatepass") if job.text is not None else ""
        found = json.loads(inflate(job.score)) if job.score is not None else None
    if found is not None:
        score, kept = from_dict(found), None
    else:
        score = score_answer(record.answer, _golden(job.golden), text or None)
        kept = squeeze(to_json(score))
    answered = not isinstance(record.answer, Failure)
    return _Judged(score, pack_score(score), kept, packed(record.answer, _own(text)) if answered else b"")


@lru_cache(maxsize=4)
def _own(text: str) -> OwnText | None:
    """The last few, taken apart: all answers to a CV come one after the other."""
    return OwnText(text) if text.strip() else None


def _golden(by: ByWhich) -> Golden | None:
    return _read_golden(*by) if isinstance(by, tuple) else by


@lru_cache(maxsize=4)
def _read_golden(path: str, expected: str) -> Golden:
    """The last few, remembered: all answers to a CV come one after the other."""
    return same_golden(Path(path), expected)
