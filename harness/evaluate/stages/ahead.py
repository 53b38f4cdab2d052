"""Work that is done while answers are waited for: each answer is scored as it comes, and what the later stages load
is loaded. A run's last answer then has little left to wait for."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from harness.corpus.types import Extraction
from harness.evaluate.stages.opened import OpenRun
from harness.evaluate.stages.scoring import nothing_to_score, score_record
from harness.replay.types import Record, RecordKey
from harness.scoring.types import Score


class Ahead:
    """Scores of records that were made in this session, each scored in one thread beside the event loop.

    One thread, because scoring holds the interpreter: two would only take turns, and a process would have to be given
    every answer and golden.
    """

    def __init__(self, run: OpenRun) -> None:
        self._run = run
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="score")
        self._scores: dict[RecordKey, Future[Score]] = {}

    def take(self, record: Record, text: Extraction | None) -> None:
        """Score a durable record soon. A record that is made anew is scored anew."""
        if nothing_to_score(record):
            self._scores.pop(record.key, None)
        else:
            self._scores[record.key] = self._thread.submit(score_record, record, self._run.inputs, text)

    def scores(self) -> Mapping[RecordKey, Score]:
        """All of them, waiting for those that are not done. Raises what scoring raised."""
        return {key: future.result() for key, future in self._scores.items()}

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


@contextlib.contextmanager
def scoring_ahead(run: OpenRun) -> Iterator[Ahead]:
    """An `Ahead` that ends with the block, while what comes after the replay is being loaded."""
    threading.Thread(target=_load_what_comes_next, daemon=True).start()
    ahead = Ahead(run)
    try:
        yield ahead
    finally:
        ahead.close()


def _load_what_comes_next() -> None:
    """What deciding and showing import at their first use: a second that nobody waits for while answers come."""
    import scipy.special  # noqa: F401

    from harness.reports.filters import environment

    environment().get_template("page.html.j2")
