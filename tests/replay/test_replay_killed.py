"""A run that is really killed, and resumed: the same records as one that was left alone, hardly anything paid twice.

The model is the simulator, in a process of its own, asked over HTTP through the official SDK.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import urllib.request
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from held_server import HeldServer
from replay_child import CONCURRENCY

from harness.base.types import Failure
from harness.replay.runs import run_info
from harness.replay.store import RunStore
from harness.replay.types import Record, RecordKey
from harness.simulator.process import Running, start

CHILD = Path(__file__).with_name("replay_child.py")


def begin(project: Path, url: str, origin: str, folder: str | None = None) -> subprocess.Popen[str]:
    arguments = [str(project), url, origin, *([folder] if folder else [])]
    return subprocess.Popen([sys.executable, str(CHILD), *arguments], stdout=subprocess.PIPE, text=True)


def kill_after(child: subprocess.Popen[str], calls: int, held: HeldServer) -> str:
    """Kill the child without warning when so many calls, which are all that are let by, have ended and others are
    under way; the run's folder."""
    assert child.stdout is not None
    folder = child.stdout.readline().strip()
    for _ in range(calls):
        assert child.stdout.readline(), "the run ended before it could be killed"
    while not held.waits():
        assert child.poll() is None, "the run ended before it could be killed"
        time.sleep(0.01)
    child.kill()
    child.communicate()
    return folder


def finish(child: subprocess.Popen[str]) -> str:
    output, _ = child.communicate(timeout=600)
    assert child.returncode == 0
    return output.splitlines()[0]


def stats(simulator: Running) -> dict[str, Any]:
    with urllib.request.urlopen(f"{simulator.control_url}/stats") as response:
        return dict(json.load(response))


def content(record: Record) -> tuple[Any, ...]:
    """What must not depend on being killed: all but times, ids, and what the provider's cache held just then."""
    usage = (record.usage.input_tokens, record.usage.output_tokens)
    readings = tuple((reading.rung, reading.repairs) for reading in record.readings)
    return (record.answer, record.state, readings, record.notes, usage, record.calls, record.attempts, record.snapshot)


def records(folder: str) -> dict[RecordKey, tuple[Any, ...]]:
    with RunStore.open(Path(folder)) as store:
        return {record.key: content(record) for record in store.records()}


@pytest.mark.long
def test_a_run_killed_three_times_and_resumed_is_the_same_as_one_left_alone(tmp_path: Path) -> None:
    with start(seed=7) as simulator:
        folder = finish(begin(tmp_path / "whole", simulator.url, simulator.origin))
        whole, alone = records(folder), stats(simulator)
    assert len(whole) == 8 * 3
    assert not any(isinstance(answer, Failure) for answer, *_ in whole.values())
    assert alone["billed_twice"] == 0
    assert alone["distinct_calls"] > 30  # so the two-pass pipeline has roles to ask about, one call after the other

    with start(seed=7) as simulator, HeldServer(simulator.url, 5) as held:
        child = partial(begin, tmp_path / "killed", held.url, simulator.origin)
        folder = kill_after(child(), 5, held)
        assert run_info(Path(folder)).status == "interrupted"
        for calls in (6, 4):
            held.let_by(calls)
            assert kill_after(child(folder), calls, held) == folder
        held.open()
        finish(child(folder))
        resumed, paid = records(folder), stats(simulator)
    with RunStore.open(Path(folder)) as store:
        unknown = len(store.unknown_calls())
        assert store.manifest().status == "complete"
        recorded = sum(len(call.attempts) for call in store.calls())

    assert resumed == whole
    assert paid["distinct_calls"] == alone["distinct_calls"] == recorded
    assert 3 <= unknown <= 3 * CONCURRENCY
    assert paid["billed_twice"] <= unknown
