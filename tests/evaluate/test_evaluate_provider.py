"""An address on this machine is asked whether a simulator is there: that goes nowhere else, whatever answers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.evaluate.setup.provider import endpoint_at


@contextmanager
def _answering(data: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that says these bytes to everybody; its address, and what it was asked."""
    asked: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(10_000))
                try:
                    connection.sendall(data)
                except OSError:
                    continue  # its client had enough

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join(5)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: y\r\n" % i for i in range(200)) + b"\r\n{}",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * 100_000 + b"\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + b"f" * 100_000,
        b"HTTP/1.1 200 OK\r\n\r\n" + b"[" * 9_000,
        b"hello\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_simulator_is_another_server(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    with _answering(data) as (url, asked):
        assert endpoint_at(f"{url}/v1").origin == f"{url}/v1"
    assert asked
    assert b"sk-test" not in asked[0]


def test_the_question_is_not_led_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    with _answering(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}") as (elsewhere, never):
        moved = f"HTTP/1.1 302 Found\r\nlocation: {elsewhere}/x\r\ncontent-length: 0\r\n\r\n".encode()
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, elsewhere)
        with _answering(moved) as (url, asked):
            assert not endpoint_at(f"{url}/v1").simulated
        assert (len(asked), never) == (1, [])
