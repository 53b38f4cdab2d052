"""Sixty-four servers, most of them hostile: whatever they do is an attempt, in bounded time and memory, without the key
in any spelling."""

from __future__ import annotations

import asyncio
import gzip
import json
import resource
import time
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from loopback_server import Play, completion, error, http, raw, response, serving, silence, trickle
from model_doubles import KEY, call, chat

from harness.models.client import ModelClient, Timeouts
from harness.models.endpoints import other_endpoint
from harness.models.types import Attempt

DEEP = 300_000
SHORT = Timeouts(connect=2.0, write=2.0, read=1.0, total=4.0)
PATIENT = Timeouts(connect=60.0, write=60.0, read=60.0, total=120.0)
MOST_S = 6.0
MOST_MB = 200


def _deflated(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


def _headed(head: str, body: bytes = b"{}") -> Play:
    return raw(f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{head}\r\n".encode("latin-1") + body)


def _chunked(extension: bytes = b"", trailer: bytes = b"") -> Play:
    data = json.dumps(response()).encode()
    return _headed(
        "transfer-encoding: chunked\r\n", b"%x%s\r\n%s\r\n0\r\n%s\r\n" % (len(data), extension, data, trailer)
    )


def _packed(encoding: str, pack: Callable[[bytes], bytes], size: int = 200 * 2**20) -> Play:
    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await http(200, pack(b"\0" * size), {"content-encoding": encoding})(reader, writer)

    return play


def _escaped(key: str, style: str) -> bytes:
    """An answer that repeats the key, each character escaped."""
    each = {"small": "\\u%04x", "large": "\\u%04X", "twice": "\\\\u%04x", "address": "%%%02x"}[style]
    return json.dumps(response("@@")).encode().replace(b"@@", "".join(each % ord(c) for c in key).encode())


ANSWER = json.dumps(response()).encode()
NAN = float("nan")
PARTS = [{"type": "output_text", "text": "{"}]
HINT = b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n"
USAGES: tuple[Any, ...] = (
    {"input_tokens": 10**30, "output_tokens": -5},
    {"input_tokens": True, "output_tokens": NAN},
    {"input_tokens": 1e300, "output_tokens": 2**70},
    {"input_tokens": "12", "output_tokens": [1]},
    {"input_tokens": 5, "output_tokens": 5, "input_tokens_details": {"cached_tokens": 10**9}},
    [1, 2], "many", 7,
)  # fmt: skip
SERVERS: dict[str, Play] = {
    "an answer": http(200, response()),
    "a body of open lists": http(200, b"[" * DEEP),
    "a body of closed lists": http(200, b"[" * DEEP + b"]" * DEEP),
    "a body of objects": http(200, b'{"a":' * DEEP + b"1" + b"}" * DEEP),
    "an answer of open lists": http(200, response("[" * DEEP)),
    "an answer of open objects": http(200, response('{"personal_info":' * (DEEP // 10))),
    "an answer of a huge number": http(200, response('{"a":' + "9" * 1_000_000 + "}")),
    "an answer of 7 MB": http(200, response("x" * 7_000_000)),
    "events of open lists": http(200, b"data: " + b"[" * DEEP + b"\n\n", {"content-type": "text/event-stream"}),
    "events": http(200, b": ping\n\n" * 10_000, {"content-type": "text/event-stream"}),
    "many parts": http(200, response(output=[{"type": "message", "content": PARTS * 50_000}])),
    "a gzip bomb": _packed("gzip", gzip.compress),
    "a gzip bomb in gzip": _packed("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
    "a deflate bomb": _packed("deflate", zlib.compress),
    "a raw deflate bomb": _packed("deflate", _deflated),
    "a bomb said to be brotli": _packed("br", gzip.compress, 2**20),
    "a bomb said to be zstd": _packed("zstd", gzip.compress, 2**20),
    "three thousand encodings": http(200, gzip.compress(ANSWER), {"content-encoding": ", ".join(["gzip"] * 3_000)}),
    "an unknown encoding": http(200, ANSWER, {"content-encoding": "rot13"}),
    "gzip that is none": http(200, ANSWER, {"content-encoding": "gzip"}),
    "half a gzip": http(200, gzip.compress(ANSWER)[:-9], {"content-encoding": "gzip"}),
    "trailers": _chunked(trailer=b"x-key: " + KEY.encode() + b"\r\n"),
    "a flood of trailers": _chunked(trailer=b"".join(b"x-%d: y\r\n" % i for i in range(50_000))),
    "a long chunk extension": _chunked(extension=b";" + b"e" * 5_000_000),
    "a chunk size that is none": _headed("transfer-encoding: chunked\r\n", b"zz\r\n{}\r\n0\r\n\r\n"),
    "a negative chunk size": _headed("transfer-encoding: chunked\r\n", b"-5\r\n{}\r\n0\r\n\r\n"),
    "a huge chunk size": _headed("transfer-encoding: chunked\r\n", b"ffffffffffffffff\r\n{}"),
    "a length and chunks": _headed("content-length: 5\r\ntransfer-encoding: chunked\r\n", b"2\r\n{}\r\n0\r\n\r\n"),
    "two lengths": _headed("content-length: 2\r\ncontent-length: 3\r\n"),
    "a negative length": _headed("content-length: -1\r\n"),
    "a huge length": _headed("content-length: 99999999999999999999\r\n"),
    "a flood of headers": _headed("".join(f"x-{i}: y\r\n" for i in range(50_000)) + "content-length: 2\r\n"),
    "one long header": _headed("x-a: " + "y" * 5_000_000 + "\r\ncontent-length: 2\r\n"),
    "a flood of hints": raw(HINT * 20_000 + b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"),
    "no status line": raw(b"hello\r\n\r\n"),
    "bytes of no protocol": raw(bytes(range(256)) * 100),
    "nothing": raw(b""),
    "half a status line": raw(b"HTTP/1.1 20", reset=True),
    "a reset in the body": raw(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{", reset=True),
    "silence": silence(),
    "a byte now and then": trickle(),
    "another protocol": _headed("connection: upgrade\r\nupgrade: websocket\r\ncontent-length: 2\r\n"),
    "a redirect": http(307, b"", {"location": "http://127.0.0.1:9/v1"}),
    "a redirect to a file": http(302, b"", {"location": "file:///etc/passwd"}),
    "a wait that is no number": http(429, {}, {"retry-after": "1e400", "retry-after-ms": "nan"}),
    "a wait for ever": http(503, {}, {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"}),
    "a page": http(200, b"<html>" + b"<div>" * 100_000, {"content-type": "text/html"}),
    "the key in small escapes": http(200, _escaped(KEY, "small")),
    "the key in large escapes": http(200, _escaped(KEY, "large")),
    "the key in double escapes": http(200, _escaped(KEY, "twice")),
    "the key as an address": http(200, _escaped(KEY, "address")),
    "the key as a name": http(200, response(json.dumps({KEY: KEY}), model=KEY, id=KEY)),
    "the key in an error": http(401, error(KEY, KEY, f"bad key {KEY}"), {"x-request-id": KEY}),
    "escapes in an error": http(400, error("\x1b[31m", "a\nb", "\x1b]0;pwn\x07<script>")),
    "half characters": http(200, response('{"\ud800": "\0\udfff"}', model="m\ud800\x1b[31m")),
    "nothing but null": http(200, dict.fromkeys(("id", "status", "output", "usage", "model", "error"))),
    "other kinds": http(200, {"id": {}, "status": [], "output": {"a": 1}, "usage": [1], "model": {}, "error": "e"}),
    **{f"usage {number}": http(200, response(usage=usage)) for number, usage in enumerate(USAGES)},
}  # fmt: skip


def sent(play: Play, of: Any, timeouts: Timeouts = PATIENT) -> Attempt:
    async def run() -> Attempt:
        async with serving(play) as server:
            endpoint = other_endpoint(server.url, {"OPENAI_API_KEY": KEY})
            async with ModelClient(endpoint, timeouts=timeouts) as client:
                return await client.send(of, attempt_id="a1")

    return asyncio.run(run())


def test_there_are_sixty_four_of_them() -> None:
    assert len(SERVERS) >= 64


@pytest.mark.long
@pytest.mark.parametrize("name", SERVERS)
def test_whatever_a_server_does_is_an_attempt(name: str) -> None:
    sent(http(200, response()), call())  # what is loaded once is not counted
    begin, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    attempt = sent(SERVERS[name], call(), SHORT)
    assert time.process_time() - begin < MOST_S
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < MOST_MB
    assert attempt.outcome in ("answered", "refused", "incomplete", "failed")
    kept = (attempt.body or b"").decode("utf-8", "replace")
    for spelling in (kept, repr(attempt)):
        plain = spelling.encode("utf-8", "replace").decode("unicode_escape", "replace")
        again = plain.encode("utf-8", "replace").decode("unicode_escape", "replace")
        assert KEY not in spelling + plain + again


@pytest.mark.parametrize("style", ["small", "large", "twice", "address"])
def test_the_key_is_cut_out_in_any_spelling(style: str) -> None:
    attempt = sent(http(200, _escaped(KEY, style)), call())
    assert b"[key]" in (attempt.body or b"")
    assert attempt.text == "[key]"


def test_a_text_that_only_begins_like_an_escaped_key_is_kept() -> None:
    assert sent(http(200, completion("\\\\\\u0073\\u0073")), chat()).text == "\\\\\\u0073\\u0073"
