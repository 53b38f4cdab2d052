"""The replay engine: documents × arms × draws, paired, interleaved, bounded, resumable.

One bad document, call or pipeline never stops a run; a run store that cannot be written, or a provider that lets
nothing through, does. What a killed run had paid for is used and not sent again. `docs/replay.md` has the details.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import aclosing
from datetime import date
from typing import TypeAlias

from harness.base.clock import Clock, SystemClock
from harness.base.errors import UsageError
from harness.corpus.types import Document, Extraction
from harness.models.budget import BudgetSpentError
from harness.models.types import Caller
from harness.pipelines.types import PerDocument, Pipeline
from harness.replay.feed import Unit, feed
from harness.replay.health import Health, to_ask_again
from harness.replay.maker import RecordMaker
from harness.replay.progress import Progress, ReplaySummary, Tally
from harness.replay.store import RunStore
from harness.replay.types import Arm, RecordKey
from harness.replay.writer import StoreError

Extractions: TypeAlias = Callable[[Document], Awaitable[Extraction]]
OnEvent: TypeAlias = Callable[[Progress], None]


async def replay(
    *,
    store: RunStore,
    documents: Sequence[Document],
    extractions: Extractions,
    arms: Sequence[Arm],
    pipeline_of: Callable[[Arm], Pipeline | PerDocument],
    caller_of: Callable[[Arm], Caller],
    concurrency: int = 16,
    seed: int = 0,
    on_event: OnEvent | None = None,
    stop: asyncio.Event | None = None,
    grace_s: float = 10.0,
    shut_out_limit: int = 8,
    clock: Clock | None = None,
) -> ReplaySummary:
    """Make every record that is not in `store` yet, and leave the run `complete` or `interrupted`.

    extractions: reads one document's text when asked; a few documents are read ahead, and the first call starts
    as soon as the first text is there. concurrency: records worked on at a time; a pipeline makes its calls one
    after the other, so it also bounds the calls in flight. on_event: called in the event loop at each change. stop:
    when set, nothing new is sent, and calls in flight have `grace_s` seconds to end before they are cancelled.
    shut_out_limit: so many calls of one origin in a row that meet a refused key, a used-up quota or no connection
    end the run.

    What a refused key or an unreachable server left behind, and all of an arm of which not one call was answered, is
    asked again when the run is resumed; until then it is not complete.

    Raises ProviderUnavailableError then, StoreError where the store cannot be written, UsageError where a document
    is not the one that the run began with. Records made until then stay, and the run can be resumed.
    """
    if concurrency < 1:
        raise UsageError(f"concurrency is {concurrency}", hint="give at least 1")
    _refuse_changed(store, documents)
    clock = clock or SystemClock()
    # What failed in the harness itself is made again: its calls are durable and cost nothing a second time.
    again = to_ask_again(store, arms)
    there = {key for key, failure in store.done().items() if failure != "harness" and key not in again}
    to_do = {
        document.id: keys
        for document in documents
        if (keys := {key for key in _keys(document, arms) if key not in there})
    }
    records = len(documents) * sum(len(arm.draws) for arm in arms)
    left = {document_id: len(keys) for document_id, keys in to_do.items()}
    tally = Tally(len(documents), records, records - sum(left.values()), clock.monotonic_ms(), left)

    listeners = [] if on_event is None else [on_event]
    display_errors: list[Exception] = []

    def changed() -> None:
        try:
            for listener in listeners:
                listener(tally.progress(clock.monotonic_ms()))
        except Exception as error:  # noqa: BLE001 - a broken display must neither end a run nor spoil a record
            listeners.clear()
            display_errors.append(error)

    crew = _Crew(concurrency)
    maker = RecordMaker(
        store,
        pipelines={arm.id: pipeline_of(arm) for arm in arms},
        callers={arm.id: caller_of(arm) for arm in arms},
        begun=store.keys_with_attempts(),
        tally=tally,
        health=Health(shut_out_limit),
        halted=crew.halted.is_set,
        changed=changed,
        prices_of=date.fromisoformat(store.manifest().started[:10]),
    )
    units = feed(
        documents,
        to_do,
        arms,
        seed=seed,
        ahead=max(4, 2 * concurrency // max(1, len(arms))),
        read=lambda document: maker.read(document, extractions),
    )
    store.set_status("running")
    complete = False
    writable = True
    ended = ""
    try:
        await crew.work(units, maker.make, stop or asyncio.Event(), grace_s)
        if not crew.halted.is_set():
            await maker.settle()
            again = to_ask_again(store, arms)
            complete = not maker.missing and not again
    except BudgetSpentError as error:
        ended = str(error)
    except StoreError:
        writable = False
        raise
    finally:
        if writable:
            store.set_status("complete" if complete else "interrupted", clock.now())
    changed()
    for broke in display_errors:
        trace = "".join(traceback.format_exception(broke))
        await store.log("error", f"the progress display broke: {type(broke).__name__}", trace)
    return ReplaySummary(
        written=tally.written,
        kept=tally.kept,
        failures=dict(tally.failures),
        calls=tally.calls,
        reused=tally.reused,
        retries=tally.retries,
        usage=tally.usage,
        cost=tally.cost,
        unpriced=tally.unpriced,
        unknown_calls=len(store.unknown_calls()),
        seconds=(clock.monotonic_ms() - tally.started_ms) / 1000.0,
        complete=complete,
        interrupted=crew.halted.is_set(),
        missing=tuple(sorted(maker.missing, key=lambda missing: missing.key)),
        ended=ended,
        to_ask_again=len(again),
    )


class _Crew:
    """Works on a bounded number of units at a time until they are all done, or the run is halted."""

    def __init__(self, size: int) -> None:
        self.halted = asyncio.Event()
        self._slots = asyncio.Semaphore(size)
        self._running: set[asyncio.Task[None]] = set()
        self._error: BaseException | None = None

    async def work(
        self,
        units: AsyncGenerator[Unit, None],
        make: Callable[[Unit], Awaitable[None]],
        stop: asyncio.Event,
        grace_s: float,
    ) -> None:
        """Raises what `make` raises, after everything else in flight has ended or been cancelled."""
        begin = asyncio.ensure_future(self._begin_all(units, make))
        watches = [asyncio.ensure_future(event.wait()) for event in (stop, self.halted)]
        try:
            await asyncio.wait({begin, *watches}, return_when=asyncio.FIRST_COMPLETED)
            if not begin.done():
                self.halted.set()
                begin.cancel()
                if self._running:
                    await asyncio.wait(self._running, timeout=grace_s)
        finally:
            if not begin.done():
                self.halted.set()
            left = [begin, *watches, *self._running]
            for task in left:
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)
        if self._error is not None:
            raise self._error
        if not begin.cancelled():
            begin.result()

    async def _begin_all(self, units: AsyncGenerator[Unit, None], make: Callable[[Unit], Awaitable[None]]) -> None:
        async with aclosing(units):
            async for unit in units:
                await self._slots.acquire()
                task = asyncio.ensure_future(make(unit))
                self._running.add(task)
                task.add_done_callback(self._ended)
        while self._running:
            await asyncio.wait(self._running)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._slots.release()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            if self._error is None or isinstance(error, StoreError):
                self._error = error
            self.halted.set()


def _keys(document: Document, arms: Sequence[Arm]) -> Iterator[RecordKey]:
    for arm in arms:
        for draw in arm.draws:
            yield RecordKey(document.id, arm.id, draw)


def _refuse_changed(store: RunStore, documents: Sequence[Document]) -> None:
    began_with = store.file_hashes()
    for document in documents:
        if began_with.get(document.id, document.sha256) != document.sha256:
            raise UsageError(
                f"{document.path} is not the file that this run began with",
                hint="put the file back, or start a new run",
            )
