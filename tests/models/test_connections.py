"""Connections: as few as calls at a time, used again, and a proxy where the environment names one."""

from __future__ import annotations

import asyncio
import json

import pytest
from client_calls import PATIENT
from loopback_server import http, response, serving
from model_doubles import KEY, call

from harness.models.client import ModelClient
from harness.models.endpoints import Endpoint, other_endpoint

_AT_ONCE = 12


async def _served(broken: int, waves: int) -> tuple[list[str], int]:
    """Outcomes of calls to a server that breaks the first ones off, and how many connections were opened."""
    body = json.dumps(response()).encode()
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n".encode()
    opened = answered = 0
    connected: set[asyncio.Task[None]] = set()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened, answered
        opened += 1
        connected.add(asyncio.current_task())  # type: ignore[arg-type]
        try:
            while asked := await reader.readuntil(b"\r\n\r\n"):
                length = next(line for line in asked.lower().splitlines() if line.startswith(b"content-length:"))
                await reader.readexactly(int(length.split(b":")[1]))
                answered += 1
                if answered <= broken:
                    break
                writer.write(head + body)
        except asyncio.IncompleteReadError:
            pass
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        endpoint = other_endpoint(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", {"OPENAI_API_KEY": KEY})
        found: list[str] = []
        async with ModelClient(endpoint, timeouts=PATIENT) as client:
            for wave in range(waves):
                calls = (client.send(call(), attempt_id=f"{wave}-{number}") for number in range(_AT_ONCE))
                found += [attempt.outcome for attempt in await asyncio.gather(*calls)]
        await asyncio.gather(*connected)
    return found, opened


def test_connections_are_used_again_and_are_no_more_than_calls_at_a_time() -> None:
    found, opened = asyncio.run(_served(0, waves=5))
    assert found == ["answered"] * 5 * _AT_ONCE
    assert opened <= _AT_ONCE


def test_connections_that_broke_off_do_not_stand_in_the_way_of_the_next_ones() -> None:
    found, opened = asyncio.run(_served(2 * _AT_ONCE, waves=4))
    assert found == ["failed"] * 2 * _AT_ONCE + ["answered"] * 2 * _AT_ONCE
    assert opened <= 3 * _AT_ONCE


def test_a_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        async with serving(http(200, response())) as proxy:
            monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
            endpoint = Endpoint("elsewhere", "http://models.invalid/v1", KEY)
            async with ModelClient(endpoint, timeouts=PATIENT) as client:
                attempt = await client.send(call(), attempt_id="a1")
            assert attempt.outcome == "answered"
            assert proxy.requests[0].path == "http://models.invalid/v1/responses"

    for name in ("no_proxy", "NO_PROXY", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    asyncio.run(run())
