"""A bad day: killed between any two durable steps, the disk full at any of them, money at the limit.

The run is a forked child that kills itself (or meets a full disk) at its n-th durable step, so that every window is
met, not those that luck finds. The server counts what it served; nothing that was durable is asked for again.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
from decimal import Decimal

import pytest
from bad_day import (
    IDS,
    IN_FLIGHT,
    At,
    Handler,
    Server,
    cleared,
    disk_full,
    in_child,
    kill_itself,
    plan_of,
    warmed,
)

from harness.base.errors import HarnessError
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.record import record
from harness.evaluate.commands.run import evaluate
from harness.evaluate.stages.listener import Silent
from harness.models.recordings import RecordingStore
from harness.replay.prune import prune
from harness.replay.runs import find_run, runs
from harness.replay.store import RunStore
from harness.review.looks import looks

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # that forking beside threads is dangerous
]
KILLS = 100
NEVER = 10**9


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    with Server() as found:
        yield found


def whole_again(project, plan, server, number, in_flight) -> int:
    """What is asked beyond once a call until all is recorded; nothing answered is lost, and no run is broken."""
    if number % 2 and runs(project) and runs(project)[0].records:
        judge(project, runs(project)[0].folder, plan)  # whichever command comes next
    record(project, plan, listener=Silent())
    extra = sum(server.asked.values()) - len(IDS)
    assert len(server.asked) == len(IDS)
    assert extra <= in_flight, f"step {number}: {extra} calls were paid for again"
    store = RecordingStore.of(project)
    assert store.count(server.url) == len(IDS)
    record(project, plan, listener=Silent())
    assert sum(server.asked.values()) == len(IDS) + extra, "all of it is recorded: nothing is left to ask"
    assert all(info.manifest is not None for info in runs(project)), "no run is broken"
    return extra


def test_nothing_answered_is_lost_by_a_hundred_kills(small_project, server) -> None:
    project = warmed(small_project)
    kills, hit, extra = 0, 0, 0
    for in_flight in (IN_FLIGHT, 1, len(IDS), 2):
        plan = plan_of(server, concurrency=in_flight)
        for number in range(1, 200):
            cleared(project)
            server.asked.clear()
            status = in_child(lambda plan=plan: record(project, plan, listener=Silent()), At(number, kill_itself))
            if status == 0 or kills == KILLS:
                break  # there are no more windows than that
            assert status == signal.SIGKILL
            kills += 1
            hit += bool(server.asked)
            extra = max(extra, whole_again(project, plan, server, number, in_flight))
    print(f"{kills} kills, {hit} of them after something was paid for; at most {extra} calls asked again")
    assert kills == KILLS
    assert hit > KILLS // 4


def test_nothing_answered_is_lost_by_a_full_disk_in_any_window(small_project, server) -> None:
    project = warmed(small_project)
    plan = plan_of(server)
    faults = 0
    for number in range(1, 44):
        cleared(project)
        server.asked.clear()
        status = in_child(lambda: record(project, plan, listener=Silent()), At(number, disk_full))
        if status:
            assert status == 3
            faults += 1
            whole_again(project, plan, server, number, IN_FLIGHT)
    assert faults >= 15


def test_nothing_answered_is_lost_where_no_file_may_grow_beyond_a_size(small_project, server) -> None:
    """As on a disk with so much room left: SQLite and every other writer really meet it."""
    project = warmed(small_project)
    plan = plan_of(server)
    stopped = 0

    def limited(size: int) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
        record(project, plan, listener=Silent())

    sizes = [2_000 + 12_000 * step for step in range(15)]
    for number, size in enumerate(sizes):
        cleared(project)
        server.asked.clear()
        status = in_child(lambda size=size: limited(size), At(NEVER, kill_itself))
        assert status in (0, 3), f"{size} bytes: {status}"
        stopped += status == 3
        whole_again(project, plan, server, number, IN_FLIGHT)
    print(f"{stopped} of {len(sizes)} sizes ended the run")
    assert stopped >= 5


def test_pruning_loses_nothing_that_was_paid_for_wherever_it_is_killed(small_project, server, monkeypatch) -> None:
    project = warmed(small_project, IDS[:3])
    plan = plan_of(server)

    def die(*_: object) -> None:
        kill_itself()

    with monkeypatch.context() as before:
        before.setattr("harness.evaluate.stages.replaying.keep", die)  # all answered, nothing recorded
        assert in_child(lambda: record(project, plan, listener=Silent()), At(NEVER, kill_itself)) == signal.SIGKILL
    assert sum(server.asked.values()) == 3
    assert RecordingStore.of(project).count(server.url) == 0
    before_it = project.root.with_name("before")
    shutil.copytree(project.reports, before_it)
    for number in range(1, 60):
        shutil.rmtree(project.reports)
        shutil.rmtree(project.recordings, ignore_errors=True)
        shutil.copytree(before_it, project.reports)
        status = in_child(lambda: prune(project, keep=0), At(number, kill_itself))
        if status == 0:
            break
        assert status == signal.SIGKILL
        prune(project, keep=0)
        assert runs(project) == ()
        assert RecordingStore.of(project).count(server.url) == 3
    assert number > 5, "it was killed in between"
    record(project, plan, listener=Silent())
    assert sum(server.asked.values()) == 3, "nothing is asked again"


@pytest.mark.parametrize(("at_once", "limit"), [(1, "1.2"), (8, "6"), (32, "12")])
def test_what_is_spent_stays_within_the_limit_over_three_resumes(small_project, server, at_once, limit) -> None:
    """The limit leaves room for the worst that calls of unknown end may have cost, so that it is no reason to stop."""
    project = warmed(small_project, IDS)
    plan = plan_of(server, concurrency=at_once, repeat=4, max_cost=float(limit))
    server.output_tokens, one = 400, Decimal("0.02")  # what a call costs here, at most
    told: list[tuple[int, int, str, str, int]] = []
    for session, killed_at in enumerate((9, 7, 11, 0)):
        resume = None if session == 0 else ""
        work = lambda resume=resume: evaluate(project, plan, resume=resume)  # noqa: E731
        try:
            status = in_child(work, At(killed_at or NEVER, kill_itself), files=False)
        finally:
            info = find_run(project)
        assert status in (0, 3, 9)
        with RunStore.open(info.folder) as store:
            paid, unknown = store.spending(), len(store.unknown_calls())
            most = max(
                (Decimal(row[0]) for row in store._reader.execute("SELECT reserved FROM spending")), default=Decimal(0)
            )
        assert paid.known_dollars <= server.served <= paid.at_most <= Decimal(limit)
        assert paid.calls == unknown
        assert paid.unknown_dollars <= unknown * most
        gap = server.served - paid.known_dollars  # what was served, and its client killed before it knew
        assert gap <= unknown * one
        assert at_once > 1 or gap <= most
        told.append((killed_at, status, str(server.served), str(paid.known_dollars), unknown))
        if status == 0 and info.status == "complete":
            break
    print(f"{at_once} at once: (killed at, status, served, recorded, unknown ends); a reservation is {most}: {told}")
    assert server.served > 0
    assert len(told) == 4
    assert [row[1] for row in told[:3]] == [signal.SIGKILL] * 3
    assert Decimal(told[2][2]) > 0, "money was spent before the last session"
    assert info.status == "complete", "a limit that holds the worst case always lets a run finish"


@pytest.mark.parametrize("status", [401, 403, 503, 429])
def test_a_server_that_lets_nothing_through_leaves_a_run_to_be_resumed(
    small_project, server, monkeypatch, status
) -> None:
    project = warmed(small_project, IDS[:3])
    plan = plan_of(server)
    monkeypatch.setattr("harness.models.retry.RetryPolicy.wait_s", lambda *_: None)
    answer = Handler.do_POST

    def refuse(self: Handler) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self._say(status, {"error": {"message": "no", "code": "no"}})

    with monkeypatch.context() as down:
        down.setattr(Handler, "do_POST", refuse)
        with pytest.raises(HarnessError):
            evaluate(project, plan)
    assert Handler.do_POST is answer
    done = evaluate(project, plan, resume="")
    assert done.replay is not None
    assert done.replay.complete
    assert sum(server.asked.values()) == 3


def test_a_look_says_apart_what_calls_of_unknown_end_may_have_cost(small_project, server) -> None:
    project = warmed(small_project, IDS[:3])
    plan = plan_of(server, arms=("baseline", "candidate"), concurrency=1)
    assert evaluate(project, plan).manifest.status == "complete"
    accept_run(project, None, reason="first", by="A Person", environment={}, override=True)
    instructions = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    instructions.write_text(instructions.read_text(encoding="utf-8") + "\nRead it twice.\n", encoding="utf-8")
    for number in range(5, 25):
        assert in_child(lambda: evaluate(project, plan), At(number, kill_itself), files=False) == signal.SIGKILL
        with RunStore.open(find_run(project).folder) as store:
            if len(store.unknown_calls()) == 1:
                break  # it was killed while a call was under way
    else:
        pytest.fail("no call was ever under way")
    done = evaluate(project, plan, resume="")
    with RunStore.open(done.folder) as store:
        paid = store.spending()
        answered = sum((record.cost or 0 for record in store.records(arm="candidate")), Decimal(0))
    (look,) = [look for look in looks(project) if look.run_id == done.folder.name]
    assert Decimal(look.cost) == paid.known_dollars
    assert Decimal(look.unknown) == paid.unknown_dollars > 0
    assert server.served <= Decimal(look.cost) + Decimal(look.unknown)
    assert Decimal(look.cost) >= answered
