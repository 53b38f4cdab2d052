"""The replay engine: documents × arms × draws, paired, interleaved, bounded, resumable.

One bad document, call or pipeline never stops a run; a run store that cannot be written, or a provider that lets
nothing through, does. What a killed run had paid for is used and not sent again. `docs/replay.md` has the details.
"""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Protocol, TypeAlias

from harness.base.clock import Clock, SystemClock
from harness.base.errors import UsageError
from harness.corpus.types import Document, Extraction
from harness.models.budget import BudgetSpentError
from harness.models.types import Caller
from harness.pipelines.types import PerDocument, Pipeline
from harness.replay.calls import Watch
from harness.replay.feed import Unit, feed
from harness.replay.health import Health, to_ask_again
from harness.replay.maker import OnRecord, RecordMaker
from harness.replay.progress import Progress, ReplaySummary, Tally
from harness.replay.store import RunStore
from harness.replay.types import Arm, RecordKey
from harness.replay.writer import StoreError

Extractions: TypeAlias = Callable[[Document], Awaitable[Extraction]]
OnEvent: TypeAlias = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Work:
    """What a replay makes: a record of each document, arm and draw.

    extractions: reads one document's text when asked; a few documents are read ahead, and the first call starts as
    soon as the first text is there.
    """

    documents: Sequence[Document]
    arms: Sequence[Arm]
    extractions: Extractions
    pipeline_of: Callable[[Arm], Pipeline | PerDocument]
    caller_of: Callable[[Arm], Caller]

    def keys(self, document: Document) -> Iterator[RecordKey]:
        for arm in self.arms:
            for draw in arm.draws:
                yield RecordKey(document.id, arm.id, draw)


class Gathering(Protocol):
    """Whoever holds calls back until no record can bring another one."""

    def expect(self, records: int) -> None: ...

    def over(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a replay goes, and when it gives up.

    concurrency: records worked on at a time; a pipeline makes its calls one after the other, so it also bounds the
    calls in flight. With `gathering` all records are worked on at once, and it is told of them. seed: of the order of
    arms. grace_s: seconds that calls in flight have to end once the run is stopped. beat_s: seconds after which
    progress is told although nothing ended. shut_out_limit: so many calls of one origin in a row that meet a refused
    key, a used-up quota or no connection end the run, and so many of one arm that the server refuses alike.
    """

    concurrency: int = 16
    seed: int = 0
    grace_s: float = 10.0
    beat_s: float = 5.0
    shut_out_limit: int = 8
    gathering: Gathering | None = None


async def replay(
    store: RunStore,
    work: Work,
    pace: Pace = Pace(),
    *,
    on_event: OnEvent | None = None,
    on_record: OnRecord | None = None,
    stop: asyncio.Event | None = None,
    clock: Clock | None = None,
) -> ReplaySummary:
    """Make every record that is not in `store` yet, and leave the run `complete` or `interrupted`.

    on_event: called in the event loop as things change, at most some twenty times a second; on_record: with each record
    once it is durable, and the text that it was made from. stop: when set, nothing new is sent, and calls in flight may
    end.

    What a refused key or an unreachable server left behind, and all of an arm of which not one call was answered, is
    asked again when the run is resumed; until then it is not complete.

    Raises ProviderUnavailableError then, StoreError where the store cannot be written, UsageError where a document
    is not the one that the run began with. Records made until then stay, and the run can be resumed.
    """
    if pace.concurrency < 1:
        raise UsageError(f"concurrency is {pace.concurrency}", hint="give at least 1")
    _refuse_changed(store, work.documents)
    clock = clock or SystemClock()
    to_do = _to_do(store, work)
    tally = _tally(work, to_do, clock)
    display = _Display(on_event, tally, clock)
    crew = _crew(pace, sum(tally.left.values()))
    maker = RecordMaker(
        store,
        pipelines={arm.id: work.pipeline_of(arm) for arm in work.arms},
        callers={arm.id: work.caller_of(arm) for arm in work.arms},
        watch=Watch(tally, Health(pace.shut_out_limit, _answered(store)), crew.halted.is_set, display.changed),
        on_record=on_record,
    )
    store.set_status("running")
    end = _End(to_ask_again=len(to_ask_again(store, work.arms)))
    writable = True
    beat = asyncio.ensure_future(display.beat(pace.beat_s))
    try:
        await crew.work(_units(work, pace, to_do, maker), maker.make, stop or asyncio.Event(), pace.grace_s)
        if not crew.halted.is_set():
            await maker.settle()
            left = len(to_ask_again(store, work.arms))
            end = _End(complete=not maker.missing and not left, to_ask_again=left)
    except BudgetSpentError as error:
        end = replace(end, said=str(error))
    except StoreError:
        writable = False
        raise
    finally:
        beat.cancel()
        display.tell()
        if writable:
            store.set_status("complete" if end.complete else "interrupted", clock.now())
    await display.own_up(store)
    return _summary(store, maker, tally, end, interrupted=crew.halted.is_set(), now_ms=clock.monotonic_ms())


def _crew(pace: Pace, records: int) -> _Crew:
    """Who works on so many records: some at a time, or all at once where they are gathered."""
    if pace.gathering is not None:
        pace.gathering.expect(records)
    return _Crew(max(1, records) if pace.gathering else pace.concurrency, pace.gathering)


def _units(
    work: Work, pace: Pace, to_do: Mapping[str, Collection[RecordKey]], maker: RecordMaker
) -> AsyncGenerator[Unit, None]:
    """The records to make, while the texts of the next documents are being read."""
    return feed(
        work.documents,
        to_do,
        work.arms,
        seed=pace.seed,
        ahead=max(4, 2 * pace.concurrency // max(1, len(work.arms))),
        read=lambda document: maker.read(document, work.extractions),
    )


@dataclass(frozen=True, slots=True)
class _End:
    """How a replay ended. said: why before its time; to_ask_again: records that failed for what may pass."""

    complete: bool = False
    said: str = ""
    to_ask_again: int = 0


_TOLD_EVERY_MS = 50.0


class _Display:
    """Whoever is told of progress. One that breaks must neither end a run nor spoil a record: it is told no more."""

    def __init__(self, on_event: OnEvent | None, tally: Tally, clock: Clock) -> None:
        self._on_event = on_event
        self._tally = tally
        self._clock = clock
        self._broke: Exception | None = None
        self._told_ms = -_TOLD_EVERY_MS
        self._due: asyncio.TimerHandle | None = None

    def changed(self) -> None:
        """Tell soon, together with what changes meanwhile."""
        if self._due is None and self._on_event is not None:
            wait_ms = max(0.0, self._told_ms + _TOLD_EVERY_MS - self._clock.monotonic_ms())
            self._due = asyncio.get_running_loop().call_later(wait_ms / 1000.0, self.tell)

    def tell(self) -> None:
        """Tell now."""
        if self._due is not None:
            self._due.cancel()
            self._due = None
        if self._on_event is None or self._broke is not None:
            return
        self._told_ms = self._clock.monotonic_ms()
        try:
            self._on_event(self._tally.progress(self._clock.monotonic_ms()))
        except Exception as error:  # noqa: BLE001 - kept for the log
            self._broke = error

    async def beat(self, seconds: float) -> None:
        """Tell again and again: while nothing ends, that the slowest call goes on is all there is to see."""
        while True:
            await asyncio.sleep(seconds)
            self.tell()

    async def own_up(self, store: RunStore) -> None:
        """Say in the run's log that it broke."""
        if self._broke is not None:
            trace = "".join(traceback.format_exception(self._broke))
            await store.log("error", f"the progress display broke: {type(self._broke).__name__}", trace)


def _summary(
    store: RunStore, maker: RecordMaker, tally: Tally, end: _End, *, interrupted: bool, now_ms: float
) -> ReplaySummary:
    return ReplaySummary(
        written=tally.written,
        kept=tally.kept,
        failures=dict(tally.failures),
        calls=tally.calls,
        sent=tally.sent,
        reused=tally.reused,
        retries=tally.retries,
        usage=tally.usage,
        cost=tally.cost,
        unpriced=tally.unpriced,
        unknown_calls=sum(not call.in_batch for call in store.unknown_calls()),
        seconds=(now_ms - tally.started_ms) / 1000.0,
        complete=end.complete,
        interrupted=interrupted,
        missing=tuple(sorted(maker.missing, key=lambda missing: missing.key)),
        ended=end.said,
        to_ask_again=end.to_ask_again,
    )


class _ToDo(Mapping[str, Collection[RecordKey]]):
    """The records to make, by document, made where they are asked for; documents that have all of theirs are left
    out."""

    def __init__(self, work: Work, there: Collection[RecordKey]) -> None:
        """there: a set of those that need not be made."""
        self._work = work
        self._there = there
        wanted = ((document, self._keys(document)) for document in work.documents)
        self._documents = {document.id: document for document, keys in wanted if keys}

    def _keys(self, document: Document) -> set[RecordKey]:
        return {key for key in self._work.keys(document) if key not in self._there}

    def __getitem__(self, name: str) -> Collection[RecordKey]:
        return self._keys(self._documents[name])

    def __contains__(self, name: object) -> bool:
        return name in self._documents

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def __len__(self) -> int:
        return len(self._documents)


def _to_do(store: RunStore, work: Work) -> _ToDo:
    # What failed in the harness itself is made again: its calls are durable and cost nothing a second time.
    again = to_ask_again(store, work.arms)
    return _ToDo(work, {key for key, failure in store.done().items() if failure != "harness" and key not in again})


def _answered(store: RunStore) -> set[str]:
    """Arms that have an answer from an earlier session."""
    return {key.arm for key, failure in store.done().items() if not failure}


def _tally(work: Work, to_do: Mapping[str, Collection[RecordKey]], clock: Clock) -> Tally:
    records = len(work.documents) * sum(len(arm.draws) for arm in work.arms)
    left = {document_id: len(keys) for document_id, keys in to_do.items()}
    return Tally(len(work.documents), records, records - sum(left.values()), clock, clock.monotonic_ms(), left)


class _Crew:
    """Works on a bounded number of units at a time until they are all done, or the run is halted."""

    def __init__(self, size: int, gathering: Gathering | None = None) -> None:
        self._gathering = gathering
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
        if self._gathering is not None:
            self._gathering.over()
        error = None if task.cancelled() else task.exception()
        if error is not None:
            if self._error is None or isinstance(error, StoreError):
                self._error = error
            self.halted.set()


def _refuse_changed(store: RunStore, documents: Sequence[Document]) -> None:
    began_with = store.file_hashes()
    for document in documents:
        if began_with.get(document.id, document.sha256) != document.sha256:
            raise UsageError(
                f"{document.path} is not the file that this run began with",
                hint="put the file back, or start a new run",
            )
