"""A server on loopback that answers as it is told, badly on purpose where asked: for testing the client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from loopback import answering

Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: Any


@dataclass
class Server:
    url: str
    requests: list[Request] = field(default_factory=list)
    most_at_once: int = 0
    at_once: int = 0


def http(status: int, body: bytes | Any, headers: dict[str, str] | None = None) -> Play:
    """A whole, well-formed HTTP response."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {"content-type": "application/json", "content-length": str(len(data)), **(headers or {})}

    async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
        writer.write(f"HTTP/1.1 {status} Status\r\n{head}connection: close\r\n\r\n".encode() + data)
        await writer.drain()

    return play


def raw(data: bytes, *, reset: bool = False) -> Play:
    """These bytes, then the end of the connection; `reset`: a hard one."""

    async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        if reset:
            writer.transport.abort()

    return play


def silence() -> Play:
    """Nothing, until the client gives up."""

    async def play(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    return play


def trickle() -> Play:
    """A response that never ends: a byte now and then, so that no single read takes long."""

    async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n")
        gone = asyncio.ensure_future(reader.read())
        while not gone.done():
            writer.write(b" ")
            await asyncio.wait([gone], timeout=0.02)

    return play


def response(text: str = '{"ok": true}', **changes: Any) -> dict[str, Any]:
    """A completed object of the Responses API."""
    content = [{"type": "output_text", "text": text, "annotations": []}]
    return {
        "id": "resp_1",
        "object": "response",
        "status": "completed",
        "model": "gpt-4o-2024-08-06",
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "content": content},
        ],
        "usage": {
            "input_tokens": 1200,
            "input_tokens_details": {"cached_tokens": 1024, "cache_write_tokens": 7},
            "output_tokens": 300,
            "output_tokens_details": {"reasoning_tokens": 11},
            "total_tokens": 1500,
        },
        **changes,
    }


def completion(text: str | None = '{"ok": true}', finish: str = "stop", **message: Any) -> dict[str, Any]:
    """A chat completion."""
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "gpt-4o-2024-08-06",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {
            "prompt_tokens": 900,
            "completion_tokens": 80,
            "total_tokens": 980,
            "prompt_tokens_details": {"cached_tokens": 128},
        },
    }


def error(kind: str | None, code: str | None, message: str = "no") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": code, "param": None}}


@asynccontextmanager
async def serving(*plays: Play) -> AsyncIterator[Server]:
    """Each request is answered by the next play; the last one goes on answering."""
    queue = list(plays)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.at_once += 1
        server.most_at_once = max(server.most_at_once, server.at_once)
        try:
            server.requests.append(await _request(reader))
            play = queue.pop(0) if len(queue) > 1 else queue[0]
            await play(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            server.at_once -= 1

    async with answering(handle) as port:
        server = Server(f"http://127.0.0.1:{port}/v1")
        yield server


async def _request(reader: asyncio.StreamReader) -> Request:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    data = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, _ = first.split(" ", 2)
    return Request(method, path, headers, json.loads(data) if data else None)
