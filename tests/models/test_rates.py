"""Requests and tokens a minute: nobody goes out before there is leave, and nobody waits for nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.models.rates import Rates, reset_s


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.ms = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic_ms(self) -> float:
        return self.ms

    async def sleep(self, seconds: float) -> None:
        self.ms += seconds * 1000.0


def rates(time: Time, requests: int | None = None, tokens: int | None = None) -> Rates:
    return Rates(requests, tokens, clock=time, sleep=time.sleep)


def went_out(limit: Rates, time: Time, sizes: list[int]) -> list[float]:
    """When each request went out, in seconds."""

    async def all_of_them() -> list[float]:
        out = []
        for size in sizes:
            await limit.leave(size)
            out.append(time.ms / 1000.0)
        return out

    return asyncio.run(all_of_them())


def test_without_limits_nobody_waits() -> None:
    time = Time()
    assert went_out(rates(time), time, [10**6] * 50) == [0.0] * 50


@given(st.integers(1, 600), st.integers(1, 120))
def test_never_more_requests_than_a_minute_allows(per_minute: int, number: int) -> None:
    time = Time()
    out = went_out(rates(time, requests=per_minute), time, [1] * number)
    at_once = max(1.0, per_minute / 6)
    for place, second in enumerate(out, 1):
        assert place <= at_once + second * per_minute / 60 + 1e-6


@given(st.integers(1000, 100_000), st.lists(st.integers(1, 20_000), min_size=1, max_size=40))
def test_never_more_tokens_than_a_minute_allows(per_minute: int, sizes: list[int]) -> None:
    time = Time()
    out = went_out(rates(time, tokens=per_minute), time, sizes)
    sent = 0
    for size, second in zip(sizes, out, strict=True):
        sent += size
        assert sent <= per_minute / 6 + second * per_minute / 60 + 1e-3


def test_a_server_with_nothing_left_holds_everybody_until_it_has() -> None:
    time = Time()
    limit = rates(time)
    limit.note({"x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "9s"})
    assert went_out(limit, time, [1]) == [0.0]
    limit.note({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "1m0s"})
    assert went_out(limit, time, [1, 1]) == [60.0, 60.0]
    limit.note({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "90h0m0s"})
    assert went_out(limit, time, [1]) == [180.0], "no longer than a call would be waited for"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("6m0s", 360), ("1.5s", 1.5), ("20ms", 0.02), ("1h2m3s", 3723), ("7", 7), ("", 0), ("soon", 0), ("-3s", 0)],
)
def test_durations_are_read_as_servers_write_them(text: str, seconds: float) -> None:
    assert reset_s(text) == pytest.approx(seconds)


class TestWhatNobodyWaitsFor:
    """It goes after all others, and takes only what they leave."""

    def test_it_takes_nothing_from_those_whom_somebody_waits_for(self) -> None:
        """However much of it there is, a request in between goes out at once, as it would alone."""
        time = Time()
        limit = rates(time, requests=60)

        async def beside() -> list[float]:
            waits = []
            for number in range(200):
                await limit.leave_last(1)
                if number % 10 == 9:
                    waits.append(await limit.leave(1))
            return waits

        assert asyncio.run(beside()) == [0.0] * 20
        assert time.ms > 180_000, "a minute's allowance is not passed by both together"

    def test_a_large_one_is_owed_by_it_alone(self) -> None:
        time = Time()
        limit = rates(time, tokens=6_000)

        async def beside() -> tuple[float, float, float]:
            first = await limit.leave_last(5_000)
            between = await limit.leave(500)
            return first, between, await limit.leave_last(100)

        first, between, second = asyncio.run(beside())
        assert first == pytest.approx(20_000), "all that can be saved is there after 20 s"
        assert between == 0.0
        assert second > 30_000

    @pytest.mark.parametrize(
        ("headers", "seconds"),
        [
            ({"remaining-requests": "100", "limit-requests": "500", "reset-requests": "30s"}, 30.0),
            ({"remaining-tokens": "0", "limit-tokens": "9", "reset-tokens": "30s"}, 30.0),
            ({"remaining-requests": "101", "limit-requests": "500", "reset-requests": "30s"}, 0.0),
            ({"remaining-requests": "many", "limit-requests": "5e9", "reset-requests": "30s"}, 0.0),
            ({"remaining-requests": "3"}, 0.0),
        ],
    )
    def test_it_waits_where_the_server_says_that_little_is_left(self, headers, seconds) -> None:
        time = Time()
        limit = rates(time)
        limit.note({f"x-ratelimit-{name}": value for name, value in headers.items()})
        assert asyncio.run(limit.leave_last(1)) == pytest.approx(seconds * 1000.0)

    @pytest.mark.parametrize(("asked", "seconds"), [(0.0, 10.0), (40.0, 40.0)])
    def test_it_waits_after_somebody_was_refused_as_one_too_many(self, asked, seconds) -> None:
        time = Time()
        limit = rates(time)
        limit.throttled(asked)
        assert asyncio.run(limit.leave(1)) == 0.0
        assert asyncio.run(limit.leave_last(1)) == pytest.approx(seconds * 1000.0)

    def test_it_does_not_go_while_somebody_waits_for_a_place(self) -> None:
        limit, order = Rates(), []

        async def shadow() -> None:
            await limit.leave_last(1)
            order.append("shadow")

        async def everybody() -> None:
            with limit.waiting(), limit.waiting():
                beside = asyncio.create_task(shadow())
                for _ in range(50):
                    await asyncio.sleep(0)
                order.append("user")
            await beside

        asyncio.run(everybody())
        assert order == ["user", "shadow"]
