"""How a client's connections are held: in several small pools. A pool goes through all of its connections with each
request and each response, and asks the system about every idle one; of eight pools each has an eighth to go through.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from urllib.request import getproxies

import httpx2

from harness.models.bounded import ACCEPTED_ENCODINGS
from harness.models.endpoints import Timeouts

_POOLS = 8
_MOST_CONNECTIONS, _MOST_IDLE = 1000, 104
"""Of all pools together."""


class Pools(httpx2.AsyncBaseTransport):
    """Hands each request to the pool that has the fewest under way, so that as few connections are opened as by one."""

    def __init__(self, trusted: ssl.SSLContext) -> None:
        limits = httpx2.Limits(
            max_connections=_MOST_CONNECTIONS // _POOLS, max_keepalive_connections=_MOST_IDLE // _POOLS
        )
        self._pools = [httpx2.AsyncHTTPTransport(verify=trusted, limits=limits) for _ in range(_POOLS)]
        self._under_way = [0] * _POOLS

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        which = min(range(_POOLS), key=self._under_way.__getitem__)
        self._under_way[which] += 1
        try:
            response = await self._pools[which].handle_async_request(request)
        except BaseException:
            self._under_way[which] -= 1
            raise
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Counted(response.stream, self._under_way, which)
        return response

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()


class _Counted(httpx2.AsyncByteStream):
    """A response's body; its request is under way until it is closed."""

    def __init__(self, stream: httpx2.AsyncByteStream, under_way: list[int], which: int) -> None:
        self._stream = stream
        self._under_way = under_way
        self._which = which
        self._open = True

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._stream.__aiter__()

    async def aclose(self) -> None:
        try:
            await self._stream.aclose()
        finally:
            if self._open:
                self._open = False
                self._under_way[self._which] -= 1


def open_http(timeouts: Timeouts, *, loopback: bool) -> httpx2.AsyncClient:
    """A client that follows no redirect. Where the environment names a proxy, it goes by that, with one pool."""
    # Without TLS there is nothing to verify: a context that trusts nobody is made in no time.
    trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if loopback else httpx2.create_ssl_context()
    proxied = not loopback and any(getproxies().get(scheme) for scheme in ("http", "https", "all"))
    return httpx2.AsyncClient(
        timeout=httpx2.Timeout(connect=timeouts.connect, write=timeouts.write, read=timeouts.read, pool=None),
        limits=httpx2.Limits(max_connections=_MOST_CONNECTIONS, max_keepalive_connections=_MOST_IDLE),
        headers={"accept-encoding": ACCEPTED_ENCODINGS},
        follow_redirects=False,
        trust_env=not loopback,
        verify=trusted,
        transport=None if proxied else Pools(trusted),
    )
