"""The limiter: never more at once than allowed, in order, fewer after a 429, nothing lost on cancellation."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.models.limiter import Limiter, Slot


async def _turns(times: int = 5) -> None:
    """Let everything that can run do so."""
    for _ in range(times):
        await asyncio.sleep(0)


def test_no_more_than_the_limit_are_under_way_and_all_get_their_turn() -> None:
    async def run() -> tuple[int, list[int]]:
        limiter, at_once, most, order = Limiter(3), 0, 0, []

        async def work(number: int) -> None:
            nonlocal at_once, most
            async with limiter.slot():
                at_once += 1
                most = max(most, at_once)
                order.append(number)
                await _turns()
                at_once -= 1

        await asyncio.gather(*(work(number) for number in range(20)))
        assert limiter.active == 0
        return most, order

    most, order = asyncio.run(run())
    assert most == 3
    assert order == list(range(20)), "first come, first served"


def test_a_429_halves_the_limit_once_for_all_that_were_under_way() -> None:
    limiter = Limiter(16)
    before = Slot(0.0, 0)
    limiter.throttled(before)
    limiter.throttled(before)
    assert limiter.limit == 8
    limiter.throttled(Slot(0.0, 1))
    assert limiter.limit == 4
    for epoch in range(2, 9):
        limiter.throttled(Slot(0.0, epoch))
    assert limiter.limit == 1, "never none at all"


def test_as_many_successes_as_the_limit_add_one_up_to_the_maximum() -> None:
    limiter = Limiter(4)
    limiter.throttled(Slot(0.0, 0))
    assert limiter.limit == 2
    for _ in range(9):
        limiter.succeeded(Slot(0.0, 0))
    assert limiter.limit == 2, "they were under way before"
    since = Slot(0.0, 1)
    limiter.succeeded(since)
    assert limiter.limit == 2
    limiter.succeeded(since)
    assert limiter.limit == 3
    for _ in range(100):
        limiter.succeeded(since)
    assert limiter.limit == 4


def test_a_slow_start_grows_with_each_success_until_the_first_429() -> None:
    limiter = Limiter(32, start=2)
    assert limiter.limit == 2
    for _ in range(14):
        limiter.succeeded(Slot(0.0, 0))
    assert limiter.limit == 16
    limiter.throttled(Slot(0.0, 0))
    assert limiter.limit == 8
    for _ in range(8):
        limiter.succeeded(Slot(0.0, 1))
    assert limiter.limit == 9, "from then on one by one"


def test_a_raised_limit_lets_those_who_wait_in() -> None:
    async def run() -> int:
        limiter = Limiter(2)
        limiter.throttled(Slot(0.0, 0))
        leave = asyncio.Event()

        async def work() -> None:
            async with limiter.slot():
                await leave.wait()

        tasks = [asyncio.create_task(work()) for _ in range(3)]
        await _turns()
        assert limiter.active == 1
        limiter.succeeded(Slot(0.0, 1))
        await _turns()
        entered = limiter.active
        leave.set()
        await asyncio.gather(*tasks)
        return entered

    assert asyncio.run(run()) == 2


@given(st.lists(st.sampled_from(["enter", "leave", "cancel"]), max_size=30), st.integers(1, 3))
@settings(max_examples=60, deadline=None)
def test_no_slot_is_lost_whoever_is_cancelled_when(steps: list[str], limit: int) -> None:
    async def run() -> None:
        limiter, tasks, doors = Limiter(limit), [], []

        async def work(door: asyncio.Event) -> None:
            async with limiter.slot():
                await door.wait()

        for number, step in enumerate(steps):
            if step == "enter":
                doors.append(asyncio.Event())
                tasks.append(asyncio.create_task(work(doors[-1])))
            elif tasks and step == "leave":
                doors[number % len(doors)].set()
            elif tasks:
                tasks[number % len(tasks)].cancel()
            if number % 2:
                await _turns(1)
            assert limiter.active <= limit
        for door in doors:
            door.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert limiter.active == 0
        async with limiter.slot():
            assert limiter.active == 1

    asyncio.run(run())


def test_a_limit_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Limiter(0)
