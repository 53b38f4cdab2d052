"""What a run may spend is a promise: reserved before it is sent, counted whatever comes of it."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_doubles import MemoryJournal, attempt, call, chat, failed

from harness.models.budget import Budget, BudgetSpentError
from harness.models.caller import Terms, Timer, build_caller
from harness.models.prices import cost
from harness.models.retry import RetryPolicy
from harness.models.tokens import count
from harness.models.types import Attempt, Call, Usage

ON = date(2026, 11, 22)
PLENTY = Decimal(1000)


def priced(usage: Usage | None, text: str | None = '{"ok": true}', **changes: Any) -> tuple[Decimal, Decimal]:
    """What an attempt with these token counts costs, and the most that was reserved for it."""
    of = call()
    budget = Budget(PLENTY, on=ON)
    held = budget.most(of)
    sent = budget.believed(attempt(of, usage=usage, text=text, **changes), held)
    return budget.price(of, sent, held), held.dollars


def test_a_call_reserves_its_text_at_the_dearest_price_and_the_longest_answer_it_may_get() -> None:
    for of, most in ((call(), 1000), (chat(), 50), (call(parameters={"temperature": 0}), 16_384)):
        held = Budget(PLENTY, on=ON).most(of)
        assert held.most_output == most
        text = str(of.body.get("input") or of.body["messages"])
        assert held.dollars > (cost("gpt-4o", Usage(count(text), output_tokens=most), ON) or 0)


def test_an_attempt_costs_what_its_token_counts_say() -> None:
    usage = Usage(100, 10, 0, 20, 0)
    assert priced(usage)[0] == cost("gpt-4o-2024-08-06", usage, ON)


@pytest.mark.parametrize(
    "usage",
    [None, Usage(1, 0, 0, 0, 0), Usage(10**9, 0, 0, 10**9, 0), Usage(120, 0, 0, 10**6, 0), Usage(9_000, 0, 0, 9)],
)
def test_counts_that_are_missing_or_nonsense_give_way_to_ours(usage: Usage | None) -> None:
    text = "A longer answer, of some words. " * 200
    said: list[str] = []
    of = call(parameters={"max_output_tokens": 2000})
    budget = Budget(PLENTY, on=ON, tell=said.append)
    for _ in range(3):
        held = budget.most(of)
        sent = budget.believed(attempt(of, usage=usage, text=text), held)
        dollars = budget.price(of, sent, held)
        assert (cost("gpt-4o", Usage(0, output_tokens=count(text)), ON) or 0) < dollars <= held.dollars
        assert sent.usage is None, "what cannot be believed is in no record"
    assert len(said) == 1
    assert "estimated" in said[0]


@pytest.mark.parametrize(
    ("changes", "share"),
    [
        ({"status": 400}, 0),
        ({"status": 429}, 0),
        ({"status": 500}, 0),
        ({"status": None, "error": "unreachable"}, 0),
        ({"status": None, "error": "timeout"}, 1),
        ({"status": None, "error": "connection"}, 1),
        ({"status": None, "error": "too_large"}, 1),
        ({"status": 200, "error": "broken_json"}, 1),
    ],
)
def test_a_failure_costs_nothing_only_where_it_was_refused_or_never_sent(changes: dict[str, Any], share: int) -> None:
    dollars, most = priced(None, None, outcome="failed", **changes)
    assert dollars == share * most


class _Server:
    """Stands for a client and its server: what it serves costs what its counts say."""

    origin = "openai"

    def __init__(self, plan: list[str]) -> None:
        self.served = Decimal(0)
        self.at_once = self.most_at_once = self.requests = 0
        self._plan = plan

    async def send(self, call: Call, *, attempt_id: str, number: int = 1, **_: Any) -> Attempt:
        kind = self._plan[self.requests % len(self._plan)]
        self.requests += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if kind == "refused":
            return failed(call, number, id=attempt_id, status=503)
        usage = Usage(Budget(PLENTY, on=ON).most(call).input_tokens - 50, 0, 0, 900)
        self.served += cost("gpt-4o", usage, ON) or 0
        if kind == "lost":
            return failed(call, number, id=attempt_id, status=None, error="timeout")
        return attempt(call, number, id=attempt_id, usage=usage, text="word " * 890, snapshot="")


def _spend(limit: Decimal, plan: list[str], calls: int, at_once: int) -> tuple[Budget, _Server, MemoryJournal, Decimal]:
    server, journal = _Server(plan), MemoryJournal()

    async def run() -> Budget:
        budget = Budget(limit, on=ON)
        caller = build_caller(
            origin="openai", policy="call", journal=journal, client=server,  # type: ignore[arg-type]
            terms=Terms(retry=RetryPolicy(attempts=3, first=0.0, jitter=lambda: 0.0), budget=budget),
            timer=Timer(lambda _: asyncio.sleep(0)),
        )  # fmt: skip
        gate = asyncio.Semaphore(at_once)

        async def one(number: int) -> None:
            async with gate:
                try:
                    await caller(call(f"cv {number}"))
                except BudgetSpentError:
                    return

        await asyncio.gather(*(one(number) for number in range(calls)))
        return budget

    budget = asyncio.run(run())
    return budget, server, journal, Budget(limit, on=ON).most(call("cv 1")).dollars


@given(
    st.lists(st.sampled_from(["answered", "refused", "lost"]), min_size=1, max_size=6),
    st.integers(1, 40),
    st.sampled_from([1, 8, 32]),
)
@settings(max_examples=40, deadline=None)
def test_no_more_is_served_than_the_limit_whatever_the_server_does(plan: list[str], cents: int, at_once: int) -> None:
    limit = Decimal(cents) / 100
    budget, server, _, most = _spend(limit, plan, 30, at_once)
    assert server.served <= limit
    assert budget.reserved == 0
    assert budget.spent <= limit
    unknown = sum(1 for number in range(server.requests) if plan[number % len(plan)] == "lost")
    assert server.served <= budget.spent <= server.served + unknown * most
    if unknown == 0:
        assert budget.spent == server.served


def test_the_limit_is_used_and_not_only_kept() -> None:
    _, server, _, most = _spend(Decimal("0.20"), ["answered"], 200, 8)
    assert server.served > Decimal("0.20") - 2 * most
    assert server.most_at_once == 8


def test_waiting_for_room_ends_when_a_call_in_flight_has_cost_less() -> None:
    """Room for one call at a time: everything is asked, one after the other, until the money is spent."""
    _, server, journal, most = _spend(Decimal("0.0135"), ["answered"], 10, 10)
    assert most < Decimal("0.0135") < 2 * most
    assert server.most_at_once == 1
    assert len(journal.attempts) == server.requests >= 1


def test_a_model_without_a_price_reserves_nothing() -> None:
    of = call(model="our-own-model")
    budget = Budget(Decimal(0), on=ON)
    held = asyncio.run(budget.reserve(of))
    assert held.dollars == 0
    assert budget.price(of, attempt(of, snapshot="our-own-model"), held) == 0


def test_room_for_a_line_of_a_batch_is_what_is_left_and_waits_for_nobody() -> None:
    of = call()
    most = Budget(PLENTY, on=ON).most(of).dollars
    budget = Budget(most * 2, on=ON)
    first = budget.room(of, Decimal(1))
    assert first is not None
    assert first.dollars == budget.reserved == most
    half = budget.room(of, Decimal("0.5"))
    assert half is not None
    assert half.dollars == most / 2
    assert budget.room(of, Decimal(1)) is None  # what is under way may cost less than it may
    budget.settle(half, Decimal(0))
    assert budget.room(of, Decimal(1)) is not None
    spent = Budget(most / 2, on=ON)
    with pytest.raises(BudgetSpentError):
        spent.room(of, Decimal(1))
