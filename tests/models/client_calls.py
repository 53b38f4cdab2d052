"""One call of the client to a server on loopback that plays a part."""

from __future__ import annotations

import asyncio
from typing import Any

from loopback_server import Play, Server, serving
from model_doubles import KEY, call

from harness.models.client import ModelClient
from harness.models.endpoints import Timeouts, other_endpoint
from harness.models.types import Attempt, Call

PATIENT = Timeouts(connect=60.0, write=60.0, read=60.0, total=120.0)
SHORT = Timeouts(connect=60.0, write=60.0, read=0.2, total=120.0)
"""For a server that says nothing."""


def sent(
    play: Play, of: Call | None = None, *, key: str = KEY, timeouts: Timeouts = PATIENT, **how: Any
) -> tuple[Attempt, Server]:
    """The attempt that comes of one call to a server that answers so."""

    async def run() -> tuple[Attempt, Server]:
        async with serving(play) as server:
            endpoint = other_endpoint(server.url, {"OPENAI_API_KEY": key})
            async with ModelClient(endpoint, timeouts=timeouts) as client:
                return await client.send(of or call(), attempt_id="a1", **how), server

    return asyncio.run(run())
