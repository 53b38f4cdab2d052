"""Work that is done while answers are waited for: each answer is scored as it comes, and what the later stages load
is loaded. A run's last answer then has little left to wait for."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from harness.base.canonical import sha256
from harness.base.types import Failure
from harness.corpus.types import Extraction
from harness.evaluate.setup.inputs import scorer_of
from harness.evaluate.stages import scoring
from harness.evaluate.stages.helpers import Helpers, Job
from harness.evaluate.stages.large import KEPT_TOGETHER, CaseFile, job_of
from harness.evaluate.stages.opened import OpenRun
from harness.replay.serial import dump
from harness.replay.streams import StoredRows
from harness.replay.types import Record, RecordKey
from harness.reports.svg import ticks_module
from harness.scoring.looked import Looked


class Ahead:
    """Scores of records that were made in this session, each scored in one thread beside the event loop, and packed for
    the store; an answer that several draws gave to one text is scored once.

    One thread, because scoring holds the interpreter: two would only take turns. Of a run that is too large to be held
    they are scored by a process for each core, into the store.
    """

    def __init__(self, run: OpenRun, looked: Looked | None = None) -> None:
        self._run = run
        self._looked = looked
        arms = run.store.manifest().arms
        draws = sum(len(arm.draws) for arm in arms)
        self._held = len(run.inputs.documents) * draws <= scoring.HELD
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="score")
        self._records: dict[RecordKey, Record] = {}
        self._scores: dict[RecordKey, Future[scoring.Kept]] = {}
        self._drawn_once = draws == 1
        self._same: dict[tuple[str, str | None, str], Future[scoring.Kept]] = {}
        self._keeper: _Keeper | None = None
        self._cases: CaseFile | None = None
        self._unloaded = looked is not None
        self._compared = len(arms) > 1

    def take(self, record: Record, text: Extraction | None) -> None:
        """Score a durable record soon. A record that is made anew is scored anew. With the first one, also load what
        comes next, where this process decides: sooner it would hold up the first call."""
        if self._unloaded:
            self._unloaded = False
            threading.Thread(target=_load_what_comes_next, args=[self._compared], daemon=True).start()
        if not self._held:
            self._cases = self._cases or CaseFile(self._run.store.folder)
            self._keeper = self._keeper or _Keeper(self._run, self._cases)
            self._keeper.take(record.key)
            return
        self._records[record.key] = record
        if scoring.nothing_to_score(record):
            self._scores.pop(record.key, None)
        else:
            self._scores[record.key] = self._score(record, text)

    def _score(self, record: Record, text: Extraction | None) -> Future[scoring.Kept]:
        if self._drawn_once or isinstance(record.answer, Failure):
            return self._thread.submit(self._made, record, text)
        given = record.document_id, text.text_sha256 if text is not None else None, sha256(dump(record.answer))
        if given not in self._same:
            self._same[given] = self._thread.submit(self._made, record, text)
        return self._same[given]

    def _made(self, record: Record, text: Extraction | None) -> scoring.Kept:
        kept = scoring.Kept.of(scoring.score_record(record, self._run.inputs, text))
        if self._looked is not None and text is not None and not isinstance(record.answer, Failure):
            self._looked.look(record.document_id, record.answer, text.text)
        return kept

    def scores(self) -> scoring.Beforehand:
        """All of them, waiting for what is not done. Raises what scoring raised."""
        if self._keeper is not None:
            keeper, self._keeper = self._keeper, None
            keeper.finish()
        scores = {key: future.result() for key, future in self._scores.items()}
        return scoring.Beforehand(scores, self._cases, dict(self._records), self._looked)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)
        if self._keeper is not None:
            self._keeper.end()


class _Keeper:
    """Scores records by helpers, in the order in which they were made, and keeps the scores in the store and the cases
    in a file. Nothing waits in memory but keys: a record is read when it is its turn, so that one that was made anew
    gets no older one's."""

    def __init__(self, run: OpenRun, cases: CaseFile) -> None:
        self._run = run
        self._cases = cases
        self._keys: SimpleQueue[RecordKey | None] = SimpleQueue()
        self._ended = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="keep")
        self._work = self._thread.submit(self._keep)

    def take(self, key: RecordKey) -> None:
        self._keys.put(key)

    def finish(self) -> None:
        """Return when all are kept. Raises what scoring or keeping raised."""
        self._keys.put(None)
        self._work.result()
        self._thread.shutdown()

    def end(self) -> None:
        """Return soon; what is not scored is scored another time."""
        self._ended = True
        self._keys.put(None)
        self._thread.shutdown()

    def _keep(self) -> None:
        store, version = self._run.store, scorer_of(self._run.inputs.goldens)
        under_way: deque[RecordKey] = deque()
        fresh: list[tuple[RecordKey, bytes]] = []

        def jobs(rows: StoredRows) -> Iterator[Job]:
            while (key := self._keys.get()) is not None and not self._ended:
                under_way.append(key)
                yield job_of(rows.row(key), self._run.inputs)

        with StoredRows(store.path) as rows, Helpers() as helpers:
            for done in helpers.all_of(jobs(rows)):
                key = under_way.popleft()
                self._cases.put(key, done)
                if done.score is not None:
                    fresh.append((key, done.score))
                if len(fresh) >= KEPT_TOGETHER:
                    store.put_scores(version, fresh)
                    fresh = []
            if fresh:
                store.put_scores(version, fresh)


@contextlib.contextmanager
def scoring_ahead(run: OpenRun, *, decided: bool = False) -> Iterator[Ahead]:
    """An `Ahead` that ends with the block. decided: whether this process decides, so that answers are also looked
    through for other people's data as they come, where there is a candidate to decide on."""
    candidates = any(arm.id.startswith("candidate") for arm in run.store.manifest().arms)
    ahead = Ahead(run, Looked() if candidates and decided else None)
    try:
        yield ahead
    finally:
        ahead.close()


def _load_what_comes_next(compared: bool) -> None:
    """What deciding and showing import at their first use: a second that nobody waits for while answers come. compared:
    whether there will be a histogram of two arms' times."""
    import scipy.special  # noqa: F401

    from harness.reports.filters import environment

    environment().get_template("page.html.j2")
    if compared:
        ticks_module()
