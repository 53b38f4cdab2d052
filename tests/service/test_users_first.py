"""Users and shadow share one account: a user's call goes first, the shadow when no user waits."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from other_server import OtherServer, chat, responses
from service_site import REPOSITORY

from harness.assistants.bundle import load_bundle
from harness.base.clock import SystemClock
from harness.models.calls import assistant_call, chat_call
from harness.models.endpoints import Endpoint
from harness.service.asking import Models
from harness.service.metrics import Metrics
from harness.service.settings import ServiceSettings, ShadowRules
from harness.service.telemetry import Telemetry

BUNDLE = load_bundle(REPOSITORY / "harness" / "assistants" / "cv-parser-pro")
PATIENCE_S = 300

pytestmark = pytest.mark.long


class Held(OtherServer):
    """Answers nobody before it is let go; `arrived` says who asked, in order."""

    def __init__(self) -> None:
        self.go, self.arrived, self.came = threading.Event(), [], threading.Semaphore(0)
        super().__init__(self._hold)

    def _hold(self, path: str, body: Any) -> Any:
        self.arrived.append("shadow" if path.endswith("/responses") else body["messages"][0]["content"])
        self.came.release()
        assert self.go.wait(PATIENCE_S)
        return 200, responses("{}") if path.endswith("/responses") else chat("{}")


def models(server: OtherServer, **limits: Any) -> Models:
    settings = ServiceSettings(
        database="", durable="", flags="", origin="x", base_url=server.url, project="", model_requests=2,
        shadow=ShadowRules(at_once=12),
    )  # fmt: skip
    return Models(
        Endpoint("x", server.url, "none", **limits),
        settings,
        metrics=Metrics(),
        telemetry=Telemetry(""),
        stopped=lambda: False,
        clock=SystemClock(),
    )


def test_a_waiting_user_goes_before_a_shadow_that_has_a_place() -> None:
    """Two users hold both of their places, a third waits; the shadow has places of its own and still goes last."""

    async def everybody(server: Held) -> None:
        asked = models(server)
        users = [asyncio.create_task(asked.legacy(chat_call("m", {}, name, 0, {}))) for name in ("one", "two")]
        for _ in users:
            assert await asyncio.to_thread(server.came.acquire, timeout=PATIENCE_S)
        users.append(asyncio.create_task(asked.legacy(chat_call("m", {}, "three", 0, {}))))
        await asyncio.sleep(0)
        shadow = asyncio.create_task(asked.shadow(assistant_call(BUNDLE, "a CV", 0)))
        early = await asyncio.to_thread(server.came.acquire, timeout=0.2)
        server.go.set()
        *_, (third,), (last,) = answered = await asyncio.gather(*users, shadow)
        assert {attempt.outcome for (attempt,) in answered} == {"answered"}
        await asked.aclose()
        assert not early
        assert set(server.arrived[:2]) == {"one", "two"}
        assert set(server.arrived[2:]) == {"three", "shadow"}
        assert third.started < last.started, "which connection brings its request there first is the machine's affair"

    with Held() as server:
        asyncio.run(everybody(server))


def test_the_shadow_takes_of_the_accounts_minute_only_what_users_leave() -> None:
    """More shadow calls than may go out at once are there first; the user beside them waits for nothing."""

    async def everybody(server: Held) -> float:
        asked = models(server, requests_per_minute=60)
        shadows = [asyncio.create_task(asked.shadow(assistant_call(BUNDLE, "a CV", 0))) for _ in range(12)]
        assert await asyncio.to_thread(server.came.acquire, timeout=PATIENCE_S), "one goes out, with time"
        server.go.set()
        (attempt,) = await asked.legacy(chat_call("m", {}, "user", 0, {}))
        for shadow in shadows:
            shadow.cancel()
        await asyncio.gather(*shadows, return_exceptions=True)
        await asked.aclose()
        return attempt.queue_ms

    with Held() as server:
        assert asyncio.run(everybody(server)) < 1000
        assert "user" in server.arrived
