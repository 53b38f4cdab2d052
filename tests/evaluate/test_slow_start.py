"""How many calls at a time a paid account is begun with, and how many records are in work meanwhile."""

from __future__ import annotations

import pytest

from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.replaying import limits_of, records_at_once
from harness.models.endpoints import other_endpoint
from harness.pipelines.http import Service


@pytest.mark.parametrize(("asked_for", "begun_with"), [(1, 1), (2, 2), (8, 2), (16, 4), (32, 8), (500, 8)])
def test_a_paid_account_is_begun_with_a_quarter_of_what_was_asked_for(asked_for: int, begun_with: int) -> None:
    limits = limits_of(Plan(concurrency=asked_for), other_endpoint("http://127.0.0.1:1/v1", {}))
    limiter = limits.limiter()
    assert (limiter.limit, limiter.maximum) == (begun_with, asked_for)


@pytest.mark.parametrize(("asked_for", "in_work"), [(1, 1), (2, 3), (32, 48)])
def test_more_records_than_calls_are_in_work_so_that_no_call_waits_for_one_to_be_kept(asked_for, in_work) -> None:
    assert records_at_once(Plan(concurrency=asked_for)) == in_work


def test_a_service_is_visited_by_no_more_users_than_were_asked_for() -> None:
    assert records_at_once(Plan(concurrency=8, service=Service("http://127.0.0.1:1", "token"))) == 8
