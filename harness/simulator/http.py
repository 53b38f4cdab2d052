"""A small HTTP/1.1 server on asyncio and h11: starts in a blink, and can cut a connection where a fault says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeAlias

import h11

MAX_BODY = 8 * 1024 * 1024
MAX_FILE = 201 * 1024 * 1024
"""Of an upload: what a batch may hold, and the form around it."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What to send. wait: seconds before anything is sent. send: None for all of it, else how many bytes of the
    body go out before the connection is cut (-1: cut before the status line)."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    wait: float = 0.0
    send: int | None = None


Handler: TypeAlias = Callable[[Request], Awaitable[Reply]]


async def serve_connection(handler: Handler, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer requests on one connection until either side closes it."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=64 * 1024)
    try:
        while True:
            request = await _next_request(connection, reader)
            if request is None:
                break
            reply = await handler(request)
            if reply.wait:
                await asyncio.sleep(reply.wait)
            if not await _send(connection, writer, reply, request.method):
                return
            if connection.our_state is not h11.DONE or connection.their_state is not h11.DONE:
                break
            connection.start_next_cycle()
    except h11.RemoteProtocolError:
        if connection.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
    except ConnectionError:
        pass  # the client went away: nobody is left to be told
    finally:
        writer.close()


async def _next_request(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            upload = head is not None and head.target.split(b"?")[0].rstrip(b"/").endswith(b"/files")
            if len(body) > (MAX_FILE if upload else MAX_BODY):
                raise h11.RemoteProtocolError("request body too large")
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in head.headers}
            return Request(
                head.method.decode("latin-1"), head.target.decode("latin-1").split("?")[0], headers, bytes(body)
            )
        else:
            return None


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, reply: Reply, method: str) -> bool:
    """Send `reply`; False where the connection was cut on purpose."""
    if reply.send is not None and reply.send < 0:
        writer.transport.abort()
        return False
    headers = [
        ("content-type", reply.content_type),
        ("content-length", str(len(reply.body))),
        *reply.headers.items(),
    ]
    reason = HTTPStatus(reply.status).phrase.encode()
    parts = [connection.send(h11.Response(status_code=reply.status, headers=headers, reason=reason))]
    if reply.send is not None:
        parts.append(connection.send(h11.Data(data=reply.body[: reply.send])))
        writer.write(b"".join(part for part in parts if part))
        await writer.drain()
        writer.transport.abort() if not reply.send else writer.close()
        return False
    if method != "HEAD":
        parts.append(connection.send(h11.Data(data=reply.body)))
    parts.append(connection.send(h11.EndOfMessage()))
    writer.write(b"".join(part for part in parts if part))
    await writer.drain()
    return True
