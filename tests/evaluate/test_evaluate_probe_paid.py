"""Probes of a model that costs money, on a server that counts: said before, asked, capped, nothing paid for twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bad_day import Server, plan_of

from harness.base.errors import UsageError
from harness.evaluate.commands.probe import probe
from harness.evaluate.setup.estimate import TooExpensiveError
from harness.evaluate.stages import replaying
from harness.evaluate.stages.listener import Silent
from harness.replay.runs import find_run
from harness.replay.store import RunStore

pytestmark = pytest.mark.long

RELATIONS = ("upper_case", "extra_page", "injection", "leave")
MOST = 1 + 3 + 5
"""Changed copies of a CV at most: the control, three of form, and five twins."""


class Person(Silent):
    """Answers as told, and remembers what was asked and said."""

    def __init__(self, yes: bool) -> None:
        self.yes, self.asked, self.notes = yes, [], []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def confirm(self, text: str) -> bool:
        self.asked.append(text)
        return self.yes


@pytest.fixture
def server():
    with Server() as found:
        yield found


@pytest.fixture
def project(small_project, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    return small_project(["a02", "a09"])


def test_the_whole_cost_is_said_and_asked_once_before_the_first_call(project, server):
    asked = plan_of(server, probes=RELATIONS, confirm_above=0.001)
    no = Person(yes=False)
    with pytest.raises(UsageError, match="the answer was no"):
        probe(project, asked, listener=no)
    assert not server.asked
    assert f"about {2 * (1 + MOST)} calls for about $" in no.asked[0]
    assert f"for {MOST} changed copies of each CV" in no.asked[0]
    with pytest.raises(TooExpensiveError, match="--max-cost"):
        probe(project, plan_of(server, probes=RELATIONS, max_cost=0.001))
    assert not server.asked
    yes = Person(yes=True)
    found = probe(project, asked, listener=yes)
    assert len(yes.asked) == 1, "asked once, for all of it"
    assert found.result.pairs
    assert 0 < sum(server.asked.values()) <= 2 * (1 + MOST)


def test_a_paid_probed_run_that_is_broken_off_goes_on_and_pays_for_nothing_twice(project, server, monkeypatch):
    real = replaying.replay

    def stopping(caller, stop):
        async def call(asked):
            answer = await caller(asked)
            if sum(server.asked.values()) >= 6:
                stop.set()
            return answer

        return call

    async def ended(store, work, *rest, **options):
        if any("~" in document.id for document in work.documents):
            work_callers = work.caller_of
            work = replace(work, caller_of=lambda arm: stopping(work_callers(arm), options["stop"]))
        return await real(store, work, *rest, **options)

    monkeypatch.setattr(replaying, "replay", ended)
    probe(project, plan_of(server, probes=RELATIONS, max_cost=5.0))
    broken_off = sum(server.asked.values())
    info = find_run(project)
    assert info.status == "interrupted"
    with RunStore.open(info.folder) as store:
        half = store.spent()
    monkeypatch.setattr(replaying, "replay", real)
    found = probe(project, plan_of(server, probes=RELATIONS, max_cost=5.0), resume="")
    assert find_run(project).status == "complete"
    assert 2 + 4 <= broken_off < sum(server.asked.values()) == 2 + len(found.result.made.probes)
    assert max(server.asked.values()) == 1, "nothing was asked twice"
    with RunStore.open(info.folder) as store:
        spent = store.spent()
    assert half < spent <= server.served
    assert float(spent) < 5.0


def test_what_was_paid_for_is_recorded_and_the_same_probes_cost_nothing_again(project, server):
    first = probe(project, plan_of(server, probes=RELATIONS))
    asked = sum(server.asked.values())
    again = probe(project, plan_of(server, probes=RELATIONS, max_cost=0.0))
    assert sum(server.asked.values()) == asked
    assert [pair.probe.id for pair in again.result.pairs] == [pair.probe.id for pair in first.result.pairs]
