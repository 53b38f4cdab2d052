"""Ctrl-C: the first asks a run to end cleanly, the second ends it now."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def stop_on_signals(on_stop: Callable[[], None] | None = None) -> Iterator[asyncio.Event]:
    """An event that SIGINT and SIGTERM set, for the `stop` of `replay`; use it in the coroutine that calls it.

    A second signal cancels that coroutine's task. `on_stop` is called at the first (to tell the person).
    """
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    stop = asyncio.Event()

    def handle() -> None:
        if stop.is_set():
            if task is not None:
                task.cancel()
            return
        stop.set()
        if on_stop is not None:
            on_stop()

    signals = () if sys.platform == "win32" else (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, handle)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
