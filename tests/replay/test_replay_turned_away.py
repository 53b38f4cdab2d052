"""A server that refuses an arm's calls alike ends the run; what is about one CV does not."""

from __future__ import annotations

from typing import Any

import pytest
from replay_fakes import an_attempt

from harness.base.errors import ProviderUnavailableError
from harness.models.types import Attempt
from harness.replay.health import Health, TurnedAwayError, may_pass
from harness.replay.types import RecordKey


def key(number: int, arm: str = "candidate") -> RecordKey:
    return RecordKey(f"d{number}", arm, 0)


def refused(**changes: Any) -> Attempt:
    return an_attempt(
        **{"outcome": "failed", "status": 404, "error": "http_404", "detail": "no", "text": None} | changes
    )


def test_as_many_equal_refusals_as_the_limit_end_the_run() -> None:
    health = Health(3)
    for number in range(2):
        health.note("there", key(number), refused(detail=f"status 404: no path, request {number}f"), "/responses")
        assert health.suspected("there", "candidate")
    with pytest.raises(TurnedAwayError, match="candidate: 3 calls in a row refused alike") as caught:
        health.note("there", key(2), refused(detail="status 404: no path, request 9"), "/responses")
    assert caught.value.path == "/responses"


def test_refusals_of_one_record_or_of_different_kinds_are_no_row() -> None:
    health = Health(3)
    for _ in range(9):
        health.note("there", key(1), refused())
    for number in range(9):
        health.note("there", key(number), refused(detail="this" if number % 2 else "that"))
    assert health.suspected("there", "candidate")  # remembered, and no run ended by it


def test_an_answer_in_between_begins_the_count_anew_and_frees_the_arm() -> None:
    health = Health(3)
    for number in range(9):
        health.note("there", key(number), an_attempt() if number % 3 == 2 else refused())
    assert not health.suspected("there", "candidate")
    health.check_end()


def test_arms_are_counted_apart() -> None:
    health = Health(3)
    for number in range(2):
        health.note("there", key(number), refused())
        health.note("there", key(number, "legacy"), refused())
    assert health.suspected("there", "candidate")
    assert health.suspected("there", "legacy")


@pytest.mark.parametrize("own", [{"status": 400, "error": "context_length_exceeded"}, {"status": 413}])
def test_what_is_about_the_input_ends_nothing_once_the_arm_was_answered(own: dict[str, Any]) -> None:
    health = Health(3)
    health.note("there", key(0), an_attempt())
    for number in range(1, 9):
        health.note("there", key(number), refused(**own))
    health.check_end()


def test_a_model_too_small_for_every_cv_is_no_fault_of_the_assistant() -> None:
    health = Health(3)
    too_long = refused(status=400, error="context_length_exceeded")
    health.note("there", key(0), too_long)
    health.note("there", key(1), too_long)
    with pytest.raises(TurnedAwayError):
        health.note("there", key(2), too_long)


def test_a_short_run_of_which_nothing_was_answered_ends_likewise() -> None:
    health = Health(8)
    health.note("there", key(0), refused())
    with pytest.raises(ProviderUnavailableError, match="candidate: a call refused alike"):
        health.check_end()
    about_it = Health(8)
    about_it.note("there", key(0), refused(status=400, error="context_length_exceeded"))
    about_it.check_end()
    known = Health(8, {"candidate"})
    known.note("there", key(0), refused())
    known.check_end()


def test_passing_and_recorded_failures_are_no_refusals() -> None:
    health = Health(1)
    for changes in ({"status": 429}, {"status": 408}, {"status": 500}, {"source": "recorded"}):
        health.note("there", key(0), refused(**changes))
        assert not health.suspected("there", "candidate")


@pytest.mark.parametrize(("changes", "expected"), [({}, True), ({"status": 400}, False), ({"status": 413}, False)])
def test_a_path_that_is_not_there_is_asked_again_by_a_resumed_run(changes: dict[str, Any], expected: bool) -> None:
    assert may_pass(refused(**changes)) is expected
