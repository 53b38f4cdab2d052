"""Which failures are tried again, and how long is waited."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_doubles import attempt, call, failed

from harness.models.retry import RetryPolicy, retry_after_s, retryable, throttled

CALL = call()
POLICY = RetryPolicy(attempts=4, first=0.5, cap=20.0, patience=120.0, jitter=lambda: 0.0)


@pytest.mark.parametrize(
    ("status", "error", "again"),
    [
        (408, "http_408", True),
        (409, "conflict", True),
        (429, "rate_limit_exceeded", True),
        (429, "slow_down", True),
        (429, "http_429", True),
        (429, "insufficient_quota", False),
        (500, "server_error", True),
        (503, "http_503", True),
        (529, "http_529", True),
        (None, "timeout", True),
        (None, "connection", True),
        (None, "sdk_error", False),
        (200, "server_error", True),
        (200, "rate_limit_exceeded", True),
        (200, "broken_json", True),
        (200, "html_body", True),
        (200, "unexpected_body", True),
        (200, "status_cancelled", False),
        (307, "http_307", False),
        (400, "invalid_json_schema", False),
        (401, "invalid_api_key", False),
        (403, "http_403", False),
        (404, "model_not_found", False),
        (413, "http_413", False),
    ],
)
def test_only_what_may_pass_is_tried_again(status: int | None, error: str, again: bool) -> None:
    assert retryable(failed(CALL, status=status, error=error)) is again


@pytest.mark.parametrize("outcome", ["answered", "refused", "incomplete", "unknown"])
def test_an_answer_is_never_asked_for_again(outcome: str) -> None:
    assert not retryable(attempt(CALL, outcome=outcome))
    assert POLICY.wait_s(attempt(CALL, outcome=outcome)) is None


def test_waits_double_up_to_the_cap() -> None:
    policy = RetryPolicy(attempts=99, first=1.0, cap=8.0, jitter=lambda: 0.0)
    assert [policy.wait_s(failed(CALL, number)) for number in (1, 2, 3, 4, 5, 98)] == [1, 2, 4, 8, 8, 8]
    assert policy.wait_s(failed(CALL, 99)) is None


@given(st.floats(0, 1), st.integers(1, 3))
def test_jitter_takes_away_a_quarter_at_most(part: float, number: int) -> None:
    wait = RetryPolicy(first=0.5, jitter=lambda: part).wait_s(failed(CALL, number))
    whole = 0.5 * 2 ** (number - 1)
    assert wait is not None
    assert 0.75 * whole <= wait <= whole


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.25"}, 0.25),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 29.91),  # the response came 90 ms after the start
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "inf"}, None),
        ({}, None),
    ],
)
def test_the_servers_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(failed(CALL, headers=headers)) == seconds


def test_the_servers_wait_wins_unless_it_is_too_long() -> None:
    def wait(seconds: str) -> float | None:
        return POLICY.wait_s(failed(CALL, status=429, error="rate_limit_exceeded", headers={"retry-after": seconds}))

    assert wait("33") == 33.0
    assert wait("121") is None


@pytest.mark.parametrize("given", ["0", "0.01", "Sun, 22 Nov 2026 11:00:00 GMT"])
def test_a_server_that_says_at_once_is_not_asked_before_our_own_wait_is_over(given: str) -> None:
    for number, least in ((1, 0.5), (2, 1.0), (3, 2.0)):
        again = failed(CALL, number, status=429, error="slow_down", headers={"retry-after": given})
        assert POLICY.wait_s(again) == least


@pytest.mark.parametrize(
    ("status", "said", "again"), [(400, "true", True), (503, "false", False), (500, "maybe", True)]
)
def test_a_server_that_says_whether_to_try_again_knows_better(status: int, said: str, again: bool) -> None:
    assert retryable(failed(CALL, status=status, error="x", headers={"x-should-retry": said})) is again


def test_no_word_of_the_server_makes_an_empty_account_worth_another_try() -> None:
    assert not retryable(failed(CALL, status=429, error="insufficient_quota", headers={"x-should-retry": "true"}))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": 429, "error": "rate_limit_exceeded"}, True),
        ({"status": 200, "error": "slow_down"}, True),
        ({"status": 429, "error": "insufficient_quota"}, False),
        ({"status": 503, "error": "http_503"}, False),
    ],
)
def test_throttling_is_told_apart_from_other_failures(changes: dict[str, Any], expected: bool) -> None:
    assert throttled(failed(CALL, **changes)) is expected
