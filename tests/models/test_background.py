"""Calls in the background against the simulator, in one process, with the journal of the batches' tests."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from batch_world import DAY, Journal, World, run
from model_doubles import call as a_call
from model_doubles import chat

from harness.models.background import BackgroundDesk
from harness.models.batch_jobs import DeskSettings
from harness.models.budget import Budget
from harness.models.caller import Terms, build_caller
from harness.models.prices import cost, price_factor


class Intending(Journal):
    """Calls may also go out one by one."""

    async def intend(self, call, reserved=Decimal(0)):
        self.lines[call.key] = {call.key: None}
        return call.key


def desk(world, way="background-8h", budget=None):
    settings = DeskSettings(DAY, first=0.001, cap=0.01)
    world.journal = Intending()
    return BackgroundDesk(world.client, world.journal, settings, way, who=asyncio.current_task, budget=budget)


def caller(world, of):
    return build_caller(
        origin=world.client.origin, policy="call", journal=world.journal, client=world.client, terms=Terms(desk=of)
    )


@pytest.mark.parametrize(("way", "factor"), [("background-8h", "0.6"), ("background-2h", "0.7"), ("background", "1")])
def test_an_answer_from_the_background_is_the_live_one_without_a_time(way, factor):
    async def work():
        async with World(live=True) as world:
            budget = Budget(Decimal(9), on=DAY)
            (found,) = await caller(world, desk(world, way, budget))(a_call("x"))
            live = await world.client.send(a_call("x"), attempt_id="x")
            assert (found.text, found.outcome, found.usage) == (live.text, "answered", live.usage)
            assert found.total_ms is None
            assert price_factor(found) == Decimal(factor)
            price = cost(found.snapshot, found.usage, DAY)
            assert budget.spent == world.journal.spent == price * Decimal(factor)
            assert not world.journal.open_jobs()

    run(work())


def test_chat_completions_go_out_one_by_one():
    async def work():
        async with World() as world:
            (found,) = await caller(world, desk(world))(chat("x"))
            assert found.text
            assert found.total_ms is not None
            assert not world.journal.jobs

    run(work())


def test_what_is_refused_is_refused_as_a_live_call():
    async def work():
        async with World() as world:
            (found,) = await caller(world, desk(world))(a_call("x", parameters={"temperature": 9}))
            assert (found.status, found.outcome) == (400, "failed")

    run(work())


def test_a_window_needs_standard_processing():
    async def work():
        async with World() as world:
            (found,) = await caller(world, desk(world))(a_call("x", parameters={"service_tier": "flex"}))
            assert found.status == 400
            assert "standard processing" in found.detail

    run(work())


def test_a_session_that_ended_is_looked_for_by_the_next_and_a_gone_response_counts_at_its_most():
    async def work():
        async with World(live=True) as world:
            first = desk(world, budget=Budget(Decimal(9), on=DAY))
            first._ended = lambda job: asyncio.Event().wait()  # the process ends before the answer
            asking = [asyncio.ensure_future(first.ask(a_call(f"{number}"), 1, "")) for number in range(2)]
            while sum(bool(job.batch) for job in world.journal.open_jobs()) < 2:
                await asyncio.sleep(0.001)
            for task in asking:
                task.cancel()
            await asyncio.gather(*asking, return_exceptions=True)
            _kept, lost = world.journal.open_jobs()
            world.journal.jobs[lost.id] = replace(lost, batch="resp_gone")
            most = [line.reserved for line in world.journal.lines_of(lost)]
            journal = world.journal
            again = desk(world)
            again._journal = journal
            assert await again.collect_open() == 2
            by_outcome = {attempt.outcome: attempt for attempt in journal.attempts}
            assert by_outcome["failed"].error == "background_gone"
            price = cost(by_outcome["answered"].snapshot, by_outcome["answered"].usage, DAY)
            assert journal.spent == sum(most) + price * Decimal("0.6")
            assert not journal.open_jobs()

    run(work())


@pytest.mark.parametrize(("asked", "served"), [("fast", "priority"), ("flex", "flex"), ("auto", "default")])
def test_the_tier_that_served_is_named_and_priced(asked, served):
    async def work():
        async with World() as world:
            found = await world.client.send(a_call("x", parameters={"service_tier": asked}), attempt_id="x")
            assert json.loads(found.body)["service_tier"] == served
            assert price_factor(found) == {"priority": None, "flex": Decimal("0.5"), "default": 1}[served]

    run(work())
