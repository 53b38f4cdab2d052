"""The simulator in a thread of the tests' own process: it answers what its process answers, on a socket as that does,
and no test waits until another interpreter has started and imported it. The long tests start the process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import partial
from typing import TypeAlias

from loopback import answering

from harness.simulator.http import serve_connection
from harness.simulator.server import Server, Settings

Begun: TypeAlias = "Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]]"
"""The port, the loop that serves it, and what ends it."""


@contextmanager
def start_when_called(seed: int = 7, *, at_once: bool = False) -> Iterator[str]:
    """As `harness.simulator.process.start_when_called`, and always at once."""
    begun: Begun = Future()
    thread = threading.Thread(target=lambda: _run(seed, begun), name="simulator", daemon=True)
    thread.start()
    port, loop, stop = begun.result()
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(seed: int, begun: Begun) -> None:
    try:
        asyncio.run(_serve(seed, begun))
    except Exception as error:
        if begun.done():
            raise
        begun.set_exception(error)


async def _serve(seed: int, begun: Begun) -> None:
    server, stop = Server(Settings(seed=seed)), asyncio.Event()
    async with answering(partial(serve_connection, server.handle), backlog=512) as port:
        begun.set_result((port, asyncio.get_running_loop(), stop))
        await stop.wait()
