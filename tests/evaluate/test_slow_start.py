"""How many calls at a time a paid account is begun with."""

from __future__ import annotations

import pytest

from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.replaying import limits_of
from harness.models.endpoints import other_endpoint


@pytest.mark.parametrize(("asked_for", "begun_with"), [(1, 1), (2, 2), (8, 2), (16, 4), (32, 8), (500, 8)])
def test_a_paid_account_is_begun_with_a_quarter_of_what_was_asked_for(asked_for: int, begun_with: int) -> None:
    limits = limits_of(Plan(concurrency=asked_for), other_endpoint("http://127.0.0.1:1/v1", {}))
    limiter = limits.limiter()
    assert (limiter.limit, limiter.maximum) == (begun_with, asked_for)
