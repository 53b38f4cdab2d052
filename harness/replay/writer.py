"""The one thread that writes to a run store: what waits is committed together, and told only when it is durable.

With `synchronous=FULL` a commit costs a disk flush; while one is under way the next writes gather, so that a run
with many calls in flight pays one flush for many of them (group commit).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from harness.base.errors import HarnessError

Work: TypeAlias = Callable[[sqlite3.Connection], object]
_MOST_AT_ONCE = 512


class StoreError(HarnessError):
    """The run store cannot be written: nothing more may be paid for."""


@dataclass(frozen=True, slots=True)
class _Item:
    work: Work
    waiting: Future[None] | asyncio.Future[None]


class Writer:
    """Owns the writing connection. Each `work` runs in its thread, inside a transaction shared with its
    neighbours; where one fails, the whole batch is rolled back and everyone in it is told."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = connect(path)
        except sqlite3.Error as error:
            raise unwritable(path, error) from error
        self._queue: queue.SimpleQueue[_Item | None] = queue.SimpleQueue()
        self._closed = False
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name=f"run store {path.parent.name}", daemon=True)
        self._thread.start()

    def write(self, work: Work) -> None:
        """Run `work` and return when it is durable. Raises StoreError."""
        waiting: Future[None] = Future()
        self._put(_Item(work, waiting))
        waiting.result()

    async def awrite(self, work: Work) -> None:
        """Run `work` and return when it is durable, without holding up the event loop. Raises StoreError."""
        waiting: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._put(_Item(work, waiting))
        await waiting

    def close(self) -> None:
        """Write what waits, fold the write-ahead log into the one file, and end the thread."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._queue.put(None)
        self._thread.join()

    def _put(self, item: _Item) -> None:
        with self._lock:
            if self._closed:
                raise StoreError(f"{self._path} is closed already")
            self._queue.put(item)

    def _run(self) -> None:
        try:
            while (batch := self._next_batch()) is not None:
                _tell(batch, self._commit(batch))
        finally:
            _fold(self._connection)
            self._connection.close()

    def _next_batch(self) -> list[_Item] | None:
        """What waits now, at least one item; None at the end."""
        first = self._queue.get()
        if first is None:
            return None
        batch = [first]
        while len(batch) < _MOST_AT_ONCE:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                self._queue.put(None)  # nothing comes after it: the end is met again in the next round
                break
            batch.append(item)
        return batch

    def _commit(self, batch: list[_Item]) -> StoreError | None:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            for item in batch:
                item.work(connection)
            connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - whatever it was, those who wait must be told
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            return unwritable(self._path, error)
        return None


def unwritable(path: Path, error: Exception) -> StoreError:
    """What to tell whoever wanted to write `path`."""
    return StoreError(
        f"cannot write {path}: {type(error).__name__}: {error}",
        hint="free the disk or mend the folder, then continue with --resume",
    )


def connect(path: Path) -> sqlite3.Connection:
    """A writing connection: WAL, every commit flushed to the disk, transactions begun by hand. It may be made in
    one thread and used in another, never in two at a time."""
    connection = sqlite3.connect(path, isolation_level=None, timeout=30.0, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # what is replaced must not stay in free pages
    return connection


def _fold(connection: sqlite3.Connection) -> None:
    """Make the store one plain file again, readable on a read-only disk. A reader, a full disk or a folder that is
    not writable any more may be in the way; then the write-ahead log stays beside it, which is just as complete."""
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA busy_timeout=200")
        connection.execute("PRAGMA journal_mode=DELETE")


def _tell(batch: list[_Item], error: StoreError | None) -> None:
    """Settle everyone in the batch; asyncio's futures in one visit to each event loop."""
    loops: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for item in batch:
        if isinstance(item.waiting, asyncio.Future):
            loops.setdefault(item.waiting.get_loop(), []).append(item.waiting)
        else:
            _settle([item.waiting], error)
    for loop, futures in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, futures, error)
        except RuntimeError:
            if not loop.is_closed():
                raise
            # the run is over and nobody waits any more; what was written is durable all the same


def _settle(futures: list[Future[None]] | list[asyncio.Future[None]], error: StoreError | None) -> None:
    for future in futures:
        if future.done():  # its waiter was cancelled
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
