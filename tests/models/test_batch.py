"""The desk and its jobs against the simulator's files and batches, in one process, with a journal in memory."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from batch_world import DAY, World, run
from model_doubles import attempt
from model_doubles import call as a_call

from harness.base.errors import ProviderUnavailableError
from harness.models.batch import BatchJob, BatchLine, read_result
from harness.models.batch_jobs import CancelledBatchError
from harness.models.batch_server import BatchServer
from harness.models.budget import Budget
from harness.models.endpoints import simulator_endpoint
from harness.models.prices import BILLED_AS, cost, price_factor
from harness.simulator.batches import BatchPlan


def test_calls_wait_for_each_other_and_come_back_as_they_would_live():
    async def work():
        async with World() as world:
            calls = [a_call(f"Anna Beispiel {number}", draw) for number in range(3) for draw in range(2)]
            found = await world.ask(*calls)
            live = [await world.client.send(call, attempt_id="x") for call in calls]
            assert [attempts[-1].text for attempts in found] == [attempt.text for attempt in live]
            assert len(world.batches) == 1
            for (attempt,), call in zip(found, calls, strict=True):
                assert attempt.total_ms is None
                assert attempt.draw == call.draw
                assert attempt.outcome == "answered"
                assert price_factor(attempt) == Decimal("0.5")
                assert len(attempt.id) <= 64
                assert "Anna" not in attempt.id
            assert not world.server.batches._files
            assert world.journal.over == set(world.journal.jobs)

    run(work())


def test_a_batch_is_of_one_model_and_within_the_limits():
    async def work():
        async with World(lines=2) as world:
            calls = [a_call(f"{number}") for number in range(5)] + [a_call("x", model="gpt-4o-mini")]
            found = await world.ask(*calls)
            assert all(attempts[-1].outcome == "answered" for attempts in found)
            assert sorted(batch.counts["total"] for batch in world.batches) == [1, 1, 2, 2]
        line = len(json.dumps(a_call("0").body)) * 3 // 2
        async with World(size=line) as world:
            await world.ask(a_call("0"), a_call("1"))
            assert len(world.batches) == 2

    run(work())


def test_expired_lines_go_out_again_and_a_refused_batch_in_smaller_ones():
    async def work():
        async with World(BatchPlan(expire=0.1, fail=1)) as world:
            found = await world.ask(*[a_call(f"{number}") for number in range(40)])
            assert all(attempts[-1].outcome == "answered" for attempts in found)
            errors = {attempt.error for attempts in found for attempt in attempts[:-1]}
            assert errors == {"batch_expired", "batch_failed"}
            assert [attempt.number for attempt in max(found, key=len)] == list(range(1, len(max(found, key=len)) + 1))
            assert world.server.stats.as_json()["billed_twice"] == 0
            assert "smaller batches" in "".join(world.notes)
            assert max(batch.counts["total"] for batch in world.batches) <= 20

    run(work())


def test_errors_of_single_lines_are_those_of_a_live_call():
    async def work():
        async with World() as world:
            (bad,), (good,) = await world.ask(a_call("x", parameters={"temperature": 9}), a_call("y"))
            assert (bad.status, bad.outcome, good.outcome) == (400, "failed", "answered")
            assert world.journal.spent == 0

    run(work())


def test_a_server_without_batches_is_named():
    async def work():
        async with World() as world:
            world.server.batches.route = world.server._control  # answers 404
            (error,) = await world.ask(a_call("x"))
            assert isinstance(error, ProviderUnavailableError)
            assert "no Batch API" in error.message
            assert "--batch" in error.hint
            assert not world.journal.open_jobs()

    run(work())


def test_a_batch_refused_for_good_ends_the_run_at_once():
    async def work():
        async with World(BatchPlan(lines=1)) as world:
            found = await world.ask(a_call("x"), a_call("y"))
            assert all(isinstance(error, ProviderUnavailableError) for error in found)
            assert "more than 1 requests" in found[0].message
            assert len(world.batches) == 1

    run(work())


@pytest.mark.parametrize("known", [True, False])
def test_what_a_session_left_is_collected_by_the_next_one(known):
    async def work():
        async with World(BatchPlan(pace=0.02)) as world:
            asking = asyncio.ensure_future(world.ask(*[a_call(f"{number}") for number in range(5)]))
            while not (world.batches and world.batches[0].counts["completed"]):
                await asyncio.sleep(0.01)
            asking.cancel()
            await world.desk.aclose()
            (job,) = world.journal.open_jobs()
            assert job.batch == world.batches[0].id
            if not known:  # as if the process had ended before the answer came
                world.journal.jobs[job.id] = replace(job, batch="", file="")
            world.open()
            assert await world.desk.jobs.collect_open() == 1
            assert [attempt.outcome for attempt in world.journal.attempts] == ["answered"] * 5
            assert len(world.batches) == 1
            assert not world.journal.open_jobs()
            assert not world.server.batches._files

    run(work())


@pytest.mark.parametrize("uploads", [1, 3])
def test_a_file_whose_id_never_came_back_is_deleted_by_the_next_session(uploads):
    async def work():
        async with World() as world:
            send = world.desk.jobs._server.upload

            async def killed(job, lines):
                for _ in range(uploads):  # what was answered by nothing is sent again
                    await send(job, lines)
                raise asyncio.CancelledError

            world.desk.jobs._server.upload = killed
            (ended,) = await world.ask(a_call("x"))
            assert isinstance(ended, asyncio.CancelledError)
            await send(BatchJob("batch-another", "responses", "gpt-4o", world.desk._clock.now()), b"{}")
            world.open()
            assert await world.desk.jobs.collect_open() == 1
            assert not world.journal.open_jobs()
            assert [file.name for file in world.server.batches._files.values()] == ["batch-another.jsonl"]

    run(work())


def test_a_run_that_ends_with_its_last_answer_closes_the_job_first():
    async def work():
        async with World() as world:
            closing, keep = world.journal.close_job, asyncio.Event()

            async def slowly(job):
                await keep.wait()
                await closing(job)

            world.journal.close_job = slowly
            await world.ask(a_call("x"))
            ending = asyncio.ensure_future(world.desk.aclose())
            done, _ = await asyncio.wait({ending}, timeout=0.05)
            assert not done
            keep.set()
            await ending
            assert not world.journal.open_jobs()
            assert not world.server.batches._files

    run(work())


def test_files_left_behind_by_a_process_that_ended_are_deleted_by_the_next():
    async def work():
        async with World() as world:
            kept = world.server.batches._files

            async def killed(file):
                raise asyncio.CancelledError

            world.desk.jobs._server.delete = killed
            await world.ask(a_call("x"))
            await world.desk.aclose()
            assert len(kept) == 2
            assert len(world.journal.open_jobs()) == 1
            world.open()
            await world.desk.jobs.collect_open()
            assert not kept
            assert not world.journal.open_jobs()
            assert [attempt.outcome for attempt in world.journal.attempts] == ["answered"]

    run(work())


def test_a_job_that_never_became_a_batch_cost_nothing():
    async def work():
        async with World(live=True) as world:
            job = BatchJob("batch-x", "responses", "gpt-4o", world.desk._clock.now())
            line = BatchLine("batch-x-0-d0", "key", 0, reserved=Decimal(1))
            await world.journal.open_job(job, [(None, line)])
            await world.desk.jobs.collect_open()
            (attempt,) = world.journal.attempts
            assert (attempt.error, world.journal.spent) == ("batch_unsent", 0)

    run(work())


def test_a_status_that_nobody_knows_is_no_end_and_nothing_is_asked_again():
    async def work():
        async with World(BatchPlan(hold=1)) as world:
            asking = asyncio.ensure_future(world.ask(a_call("x")))
            while not world.seen:
                await asyncio.sleep(0.001)
            world.batches[0].status = "odd\x1b[31m"
            (error,) = await asking
            assert "none of OpenAI's: odd" in error.message
            assert "\x1b" not in error.message
            assert len(world.batches) == 1
            assert len(world.journal.open_jobs()) == 1

    run(work())


def test_a_lost_answer_makes_no_second_batch():
    async def work():
        async with World(BatchPlan(lose=1)) as world:
            found = await world.ask(a_call("x"))
            assert found[0][-1].outcome == "answered"
            assert len(world.batches) == 1

    run(work())


def test_a_batch_that_somebody_cancels_ends_the_run_with_its_answers_kept():
    async def work():
        async with World(BatchPlan(pace=0.02)) as world:
            asking = asyncio.ensure_future(world.ask(*[a_call(f"{number}") for number in range(40)]))
            while not (world.batches and world.batches[0].counts["completed"]):
                await asyncio.sleep(0.01)
            await BatchServer(world.client).cancel(world.batches[0].id)
            found = await asking
            ended = [each for each in found if isinstance(each, CancelledBatchError)]
            assert ended
            assert "--resume" in ended[0].hint
            assert len(ended) < 40
            assert {attempt.error for attempt in world.journal.attempts} == {"", "batch_cancelled"}
            assert len(world.batches) == 1

    run(work())


def test_max_cost_holds_half_the_price_and_sends_what_has_room():
    async def work():
        most = Budget(Decimal(100), on=DAY).most(a_call("0")).dollars
        async with World(most=str(most * 2), live=True) as world:  # room for four at half the price
            found = await world.ask(*[a_call(f"{number}") for number in range(6)])
            assert all(attempts[-1].outcome == "answered" for attempts in found)
            assert sorted(batch.counts["total"] for batch in world.batches) == [2, 4]
            assert any("room for 4 of 6" in note for note in world.notes)
        async with World(BatchPlan(expire=0.1, fail=1), most="9", live=True) as world:
            found = await world.ask(*[a_call(f"{number}") for number in range(40)])
            billed = [attempt for attempts in found for attempt in attempts if attempt.usage]
            assert len(billed) < sum(map(len, found))
            spent = sum(cost(attempt.snapshot, attempt.usage, DAY) for attempt in billed) / 2
            assert world.journal.spent == world.desk._budget.spent == spent
        async with World(most="0.000001", live=True) as world:
            (error,) = await world.ask(a_call("0"))
            assert "--max-cost" in str(error)
            assert not world.batches

    run(work())


@pytest.mark.parametrize(
    "line",
    [b"", b"nonsense", b"[1]", b'{"custom_id": 3}', b'{"no": "id"}', b"[" * 100_000],
)
def test_lines_that_name_no_call_are_passed_over(line):
    assert read_result(line, simulator_endpoint("http://127.0.0.1:1", "simulator@x")) is None


@pytest.mark.parametrize(
    ("told", "error"),
    [
        ({"response": None, "error": {"code": "batch_expired", "message": "late"}}, "batch_expired"),
        ({"response": None, "error": {"code": "\x1b[31m", "message": "\x1b[31mred"}}, "batch_failed"),
        ({"response": {"status_code": "200"}, "error": None}, "batch_failed"),
        ({"response": "x", "error": "y"}, "batch_failed"),
        ({}, "batch_failed"),
    ],
)
def test_lines_without_a_response_are_failures_in_plain_words(told, error):
    found = read_result(json.dumps({"custom_id": "a", **told}).encode(), simulator_endpoint("http://x", "simulator@x"))
    assert found is not None
    assert found.error == error
    assert "\x1b" not in found.detail


@pytest.mark.parametrize(
    ("tier", "way", "factor"),
    [
        ("default", "batch", "0.5"),
        ("", "batch", "0.5"),
        ("batch", "", "0.5"),
        ("flex", "", "0.5"),
        ("default", "", "1"),
        ("priority", "", None),
        ("priority", "batch", None),
        ("scale", "", None),
        ("default", "background-8h", "0.6"),
        ("default", "background-2h", "0.7"),
        ("default", "background", "1"),
        ("priority", "background-8h", None),
    ],
)
def test_an_answer_is_priced_as_it_was_served(tier, way, factor):
    body = json.dumps({"service_tier": tier}).encode()
    found = price_factor(attempt(a_call(), body=body, headers={BILLED_AS: way} if way else {}))
    assert found == (None if factor is None else Decimal(factor))
