"""What test servers on loopback share: a free port, a thread that serves, an end with the block, nothing printed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class LoopbackServer(ThreadingHTTPServer):
    """A context manager. Call `begin` once the server has what its handler needs."""

    daemon_threads = True
    request_queue_size = 64

    def begin(self) -> None:
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class QuietHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def send(self, status: int, headers: Iterable[tuple[str, str]], data: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None: ...

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:  # whoever asked is gone
            return


@asynccontextmanager
async def answering(
    handle: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], backlog: int = 100
) -> AsyncIterator[int]:
    """The port of a server on this event loop, each of whose connections `handle` answers. With the block every one of
    them is closed, also one that is just coming in or of which nothing was answered yet: what is left open is told, as
    an error, to whichever later test the garbage collector finds it in."""
    open_ones: dict[asyncio.Future[None], asyncio.StreamWriter] = {}

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answer = asyncio.ensure_future(handle(reader, writer))
        open_ones[answer] = writer
        answer.add_done_callback(lambda done: open_ones.pop(done).close())

    server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=backlog)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        for socket in server.sockets:
            asyncio.get_running_loop().remove_reader(socket.fileno())  # nobody else comes in
        for _ in range(2):  # of whom has just come in the transport is made, and `connected` is told of it
            await asyncio.sleep(0)
        server.close()
        for answer in open_ones:
            answer.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)
