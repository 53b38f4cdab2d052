"""An address on this machine is asked whether a simulator is there: that goes nowhere else, whatever answers."""

from __future__ import annotations

import gzip
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from harness.base.errors import ProviderUnavailableError
from harness.evaluate.setup.deployed import about, origin_of
from harness.evaluate.setup.provider import endpoint_at
from harness.pipelines.http import Service


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
        b"HTTP/1.1 200 OK\r\n\r\n[1]",
        b'HTTP/1.1 200 OK\r\n\r\n{"version": "1", "seed": [{}]}',
        b'HTTP/1.1 200 OK\r\n\r\n{"version": "../../..", "seed": "\\u001b[2J"}',
        b'HTTP/1.1 200 OK\r\n\r\n{"version": "1", "seed": 7, "weaknesses": 7}',
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


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("data", "origin"),
    [
        (b'\r\n{"origin": "openai"}', "openai"),
        (b'\r\n{"origin": "simulator@1.5.0+seed7"}', "simulator@1.5.0+seed7"),
        (b'\r\n{"origin": "\\u001b[2J"}', ""),
        (b'\r\n{"origin": "<script>"}', ""),
        (b'\r\n{"origin": 7}', ""),
        (b"\r\n" + b"[" * 900_000, ""),
        (b"\r\n" + b'{"a":' * 100_000, ""),
        (b"content-encoding: gzip\r\n\r\n" + gzip.compress(bytes(2**26)), ""),
        (b"content-encoding: br\r\n\r\n" + b"\x8b\x02\x80" * 99, ""),
        (b"\r\n" + bytes(2**22), None),
        (b"", None),
    ],
)
def test_what_a_service_says_of_itself_is_a_page_at_most(data: bytes, origin: str | None) -> None:
    """origin: "" for the service's own address, None where it is refused."""
    tracemalloc.start()
    try:
        with _answering(OK + data if data else b"") as (url, _):
            if origin is None:
                with pytest.raises(ProviderUnavailableError, match=r"says more of itself|no service answers"):
                    about(Service(url))
            else:
                assert origin_of(Service(url)) == (origin or url)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 * 2**20, f"{peak >> 20} MB"
