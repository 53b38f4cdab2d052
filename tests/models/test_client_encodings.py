"""The client unpacks what was asked for in no more room than an answer may take, and says what was not asked for."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from client_calls import sent
from loopback_server import http, raw, response

from harness.models.retry import retryable


def test_a_compressed_answer_is_read() -> None:
    data = gzip.compress(json.dumps(response()).encode())
    attempt, _ = sent(http(200, data, {"content-encoding": "gzip"}))
    assert attempt.outcome == "answered"


def _deflated(data: bytes, window_bits: int) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, window_bits)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("GZIP", gzip.compress),
        ("deflate", lambda data: _deflated(data, 15)),
        ("deflate", lambda data: _deflated(data, -15)),
        ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
        ("identity, deflate, gzip", lambda data: gzip.compress(_deflated(data, -15))),
        ("gzip", lambda data: gzip.compress(data[:50]) + bytes(7) + gzip.compress(data[50:])),
    ],
)
def test_every_encoding_that_is_asked_for_is_read(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    data = pack(json.dumps(response()).encode())
    attempt, _ = sent(http(200, data, {"content-encoding": encoding}))
    assert (attempt.outcome, attempt.text) == ("answered", '{"ok": true}')
    whole, _ = sent(http(200, data[:-12], {"content-encoding": encoding}))
    assert (whole.outcome, whole.error) == ("failed", "connection")


@pytest.mark.fast_cases(2)
@pytest.mark.parametrize(
    ("encoding", "layers"), [("", 0), ("gzip", 1), ("deflate", 1), ("gzip, gzip", 2), ("gzip, gzip, gzip", 3)]
)
def test_a_response_is_never_unpacked_beyond_its_limit(encoding: str, layers: int) -> None:
    data = b" " * (9 if layers == 0 else 64) * 2**20
    for _ in range(layers):
        data = _deflated(data, 15) if encoding == "deflate" else gzip.compress(data)
    tracemalloc.start()
    try:
        attempt, server = sent(http(200, data, {"content-encoding": encoding} if encoding else {}))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (attempt.outcome, attempt.body) == ("failed", None)
    assert attempt.error == ("connection" if layers == 3 else "too_large")
    assert peak < 40 * 2**20, f"{peak >> 20} MB"
    assert len(server.requests) == 1
    assert not retryable(attempt) or layers == 3


def _zstd(size: int) -> bytes:
    """A Zstandard frame of `size` zeros, in blocks of 128 kB that say one byte and how often (RFC 8878)."""
    block, count = 2**17, size // 2**17
    blocks = b"".join((block << 3 | 1 << 1 | (at == count - 1)).to_bytes(3, "little") + b"\0" for at in range(count))
    return b"\x28\xb5\x2f\xfd\x00\x58" + blocks


@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("br", b"\x8b\x02\x80" + b"x" * 9),
        ("zstd", _zstd(2**30)),
        ("ZSTD", _zstd(2**30)),
        ("zstd, gzip", gzip.compress(_zstd(2**28), mtime=0)),
        ("gzip, zstd", _zstd(2**28)),
        ("gzip, br", gzip.compress(b"{}", mtime=0)),
        ("identity, dcb", b"{}"),
        ("gzip\r\ncontent-encoding: zstd", _zstd(2**28)),
        ("compress", b"\x1f\x9d\x90"),
        ("x" * 200, b"{}"),
        ("deflate; q=1", zlib.compress(b"{}")),
        ("*", b"{}"),
    ],
)  # fmt: skip
def test_an_encoding_that_was_not_asked_for_is_said_so_and_not_unpacked(encoding: str, data: bytes) -> None:
    """Whatever decoders are installed: with the extras of httpx2 (brotli is here) it would unpack what it knows."""
    sent(http(200, response()))  # what is loaded once is not counted
    tracemalloc.start()
    try:
        attempt, server = sent(http(200, data, {"content-encoding": encoding}))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (attempt.outcome, attempt.error) == ("failed", "connection")
    assert "an encoding that was not asked for" in attempt.detail
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate"
    assert peak < 20 * 2**20, f"{peak >> 20} MB"


@pytest.mark.parametrize("encoding", ["", "identity", " , ,", "gzip\r\ncontent-encoding: gzip", "x-gzip"])
def test_encodings_in_other_writings_are_read(encoding: str) -> None:
    data = json.dumps(response()).encode()
    for _ in range(encoding.count("gzip")):
        data = gzip.compress(data)
    attempt, _ = sent(http(200, data, {"content-encoding": encoding}))
    assert (attempt.outcome, attempt.text) == ("answered", '{"ok": true}')


@pytest.mark.parametrize("headers", [{"x-long": "a" * 200_000}, {f"x-{n}": "a" * 900 for n in range(200)}])
def test_a_response_with_more_headers_than_are_read_is_an_answer_that_came_and_is_not_asked_for_again(
    headers: dict[str, str],
) -> None:
    attempt, _ = sent(http(200, response(), headers))
    assert (attempt.outcome, attempt.error, attempt.status) == ("failed", "too_large", None)
    assert not retryable(attempt)


def test_a_connection_that_ends_within_its_headers_is_broken_off() -> None:
    attempt, _ = sent(raw(b"HTTP/1.1 200 OK\r\nx-long: " + b"a" * 50_000))
    assert attempt.error == "connection"
    assert retryable(attempt)
