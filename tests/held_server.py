"""A server before another one: it lets so many calls by, and holds all later ones until it is opened. What a test does
meanwhile to whoever asks, it does to somebody who is at work and cannot end, however fast or slow the machine is."""

from __future__ import annotations

import select
import threading
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from loopback import LoopbackServer, QuietHandler

_BETWEEN = {"connection", "transfer-encoding", "content-length", "host"}
"""Headers that are of one connection, not of what is asked or answered."""


class HeldServer(LoopbackServer):
    """url: to ask at; behind: the base URL of the server that answers; calls: how many are let by."""

    def __init__(self, behind: str, calls: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = urlsplit(behind).netloc
        self._let_by = threading.Semaphore(calls)
        self._opened, self._waits = threading.Event(), threading.Event()
        self.begin()

    def waits(self) -> bool:
        """Whether a call is held: somebody is at work, and cannot end before it is opened."""
        return self._waits.is_set()

    def let_by(self, calls: int) -> None:
        """So many calls more; what is held stays held, until it is opened."""
        self._waits.clear()
        self._let_by.release(calls)

    def open(self) -> None:
        self._opened.set()

    def wait(self) -> None:
        """Until the call may go by."""
        if not self._let_by.acquire(blocking=False):
            self._waits.set()
            self._opened.wait()

    def __exit__(self, *error: object) -> None:
        self.open()
        super().__exit__(*error)


class _Handler(QuietHandler):
    server: HeldServer

    def do_GET(self) -> None:
        self._pass_on(b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.wait()
        if select.select([self.connection], [], [], 0)[0]:  # whoever asked is gone: it is as if he had not
            self.close_connection = True
            return
        self._pass_on(body)

    def _pass_on(self, body: bytes) -> None:
        sent = {name: value for name, value in self.headers.items() if name.lower() not in _BETWEEN}
        with closing(HTTPConnection(self.server.behind)) as behind:
            behind.request(self.command, self.path, body or None, sent)
            answer = behind.getresponse()
            data = answer.read()
        self.send(answer.status, [each for each in answer.getheaders() if each[0].lower() not in _BETWEEN], data)
