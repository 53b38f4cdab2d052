"""What must hold for nothing paid for to be lost: commits reach the disk, and only an answered call is used again."""

import pytest
from replay_fakes import a_call, an_attempt

from harness.replay.calls import Earlier
from harness.replay.writer import connect

FULL = 2
"""SQLite's number of `synchronous=FULL`: a commit returns when the disk has it, so that a power cut loses none."""


def test_a_commit_to_the_run_store_waits_for_the_disk(tmp_path) -> None:
    connection = connect(tmp_path / "run.db")
    assert connection.execute("PRAGMA synchronous").fetchone() == (FULL,)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize(("outcome", "used"), [("answered", 1), ("refused", 1), ("incomplete", 1), ("failed", 0)])
def test_a_resumed_run_uses_a_call_again_only_where_the_model_answered_it(outcome: str, used: int) -> None:
    call = a_call("text")
    made = an_attempt(call_key=call.key, draw=call.draw, outcome=outcome)
    earlier = Earlier([made])
    assert earlier.take(call) == (made,) * used
    assert earlier.take(call) == ()


def test_a_failed_call_does_not_hide_the_answered_one_after_it() -> None:
    call = a_call("text")
    failed = an_attempt(call_key=call.key, draw=call.draw, outcome="failed", number=1)
    answered = an_attempt(call_key=call.key, draw=call.draw, outcome="answered", number=1)
    assert Earlier([failed, answered]).take(call) == (answered,)
