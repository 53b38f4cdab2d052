"""Nothing is spent before what is known is said: missing recordings, the price, and a no."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import Any, cast

import pytest
from other_server import OtherServer, responses
from typer.testing import CliRunner

from harness.base.errors import ProviderUnavailableError, RecordingsMissingError, UsageError
from harness.cli.main import app, main
from harness.corpus.goldens import load_golden
from harness.corpus.text import Extractor
from harness.corpus.types import Document
from harness.evaluate.commands.estimate import estimated
from harness.evaluate.commands.record import record
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages import preflight
from harness.evaluate.stages.listener import Silent
from harness.models.tokens import count
from harness.replay.runs import runs

IDS = ["a01", "a02", "a09"]


@pytest.fixture
def project(small_project, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    return small_project(IDS)


def plan(server: OtherServer, **changes: Any) -> Plan:
    return Plan(**{"base_url": server.url, "repeat": 1, "max_cost": 50.0, "limit": 2} | changes)


class Person(Silent):
    """Answers as told, and remembers what was shown."""

    def __init__(self, yes: bool) -> None:
        self.yes, self.shown, self.notes = yes, "", []

    def note(self, text: str) -> None:
        self.notes.append(text)

    def confirm(self, text: str) -> bool:
        self.shown = text
        return self.yes


def test_a_run_without_legacys_recordings_ends_before_its_first_call_with_the_command_for_them(project, monkeypatch):
    with OtherServer() as server:
        with pytest.raises(RecordingsMissingError, match="2 records of legacy have no recording") as caught:
            evaluate(project, plan(server, only=("a*",)))
        assert not server.requests
        assert not runs(project), "a run that never began leaves no trace"

        # the printed command asks for what was missing, and for no more
        command = shlex.split(caught.value.hint.split("`")[1])
        assert command[1:3] == ["record", "--base-url"]
        monkeypatch.setenv("CV_HARNESS_PROJECT", str(project.root))
        done = CliRunner().invoke(app, command[1:])
        assert "calls sent" in done.output, done.output
        assert {path for path, _, _ in server.requests} == {"/v1/chat/completions"}
        asked = len(server.requests)
        again = CliRunner().invoke(app, command[1:])
        assert "nothing was sent: all of it is recorded" in again.output
        assert len(server.requests) == asked

        evaluation = evaluate(project, plan(server, only=("a*",)))
        assert evaluation.replay is not None
        assert evaluation.replay.complete


@pytest.mark.long
def test_above_the_sum_a_person_sees_the_table_and_may_say_no(project) -> None:
    with OtherServer() as server:
        asked = plan(server, arms=("candidate",), confirm_above=0.001)
        person = Person(yes=False)
        with pytest.raises(UsageError, match="the answer was no"):
            evaluate(project, asked, listener=person)
        assert not server.requests
        assert "tokens in" in person.shown
        assert "about 2 calls for about $0." in person.shown

        willing = Person(yes=True)
        evaluate(project, asked, listener=willing)
        answers = [body for _, body, *_ in server.requests if body["input"] != "Say hello."]
        assert len(answers) == 2  # and one short question: whether the server holds models to schemas

        unasked = Person(yes=False)
        evaluate(project, replace(asked, confirm_above=1.0, fresh=True), listener=unasked)
        assert any("about 2 calls" in note for note in unasked.notes)


@pytest.mark.long
def test_what_is_estimated_is_what_the_calls_take(project) -> None:
    """Within 5 %, for three plans, on a server that counts what it is sent and answers as the goldens have it."""
    cvs = [load_golden(project.goldens / f"{name}.json").cv for name in IDS]

    def ask(path: str, body: Any) -> Any:
        cv = max(cvs, key=lambda each: sum(role["company"] in body["input"] for role in each["work_experience"]))
        text = json.dumps(cv, ensure_ascii=False)
        read = count(body["instructions"]) + count(body["input"]) + count(json.dumps(body["text"]["format"]["schema"]))
        return 200, responses(text, model="gpt-4o", usage={"input_tokens": read, "output_tokens": count(text)})

    with OtherServer(ask) as server:
        for changes in ({"limit": 1}, {"limit": 3}, {"limit": 3, "repeat": 2}):
            asked = plan(server, arms=("candidate",), fresh=True, **changes)
            told = estimated(project, asked).found
            spent = evaluate(project, asked).replay
            assert spent is not None
            assert sum(each.calls for each in told) == spent.sent
            assert float(told[0].without_cache or 0) == pytest.approx(float(spent.cost), rel=0.05)


def test_of_very_many_cvs_some_are_counted_before_the_first_call_and_stand_for_all(project, monkeypatch) -> None:
    monkeypatch.setattr(preflight, "_COUNTED", 2)
    read: list[int] = []
    extract_many = Extractor.extract_many
    monkeypatch.setattr(
        Extractor, "extract_many", lambda self, paths: (read.append(len(paths)), extract_many(self, paths))[1]
    )
    with OtherServer() as server:
        asked = plan(server, arms=("candidate",), limit=3)
        (told,) = estimated(project, asked).found
        read.clear()
        person = Person(yes=True)
        evaluation = evaluate(project, asked, listener=person)
        assert read == [2]
        assert evaluation.replay is not None
        assert (evaluation.replay.complete, evaluation.replay.written) == (True, 3)
        (said,) = [note for note in person.notes if "by 2 of the 3 CVs" in note]
        assert said.startswith("about 3 calls for about $")
        assert float(said.split("$")[1].split(",")[0]) == pytest.approx(float(told.without_cache or 0), rel=0.5)

        # recordings that are missing show only where all are looked for
        with pytest.raises(RecordingsMissingError, match="3 records of legacy have no recording"):
            evaluate(project, plan(server, limit=3, only=("a*",)))


@pytest.mark.parametrize("every", [2, 3, 4, 5, 8])
def test_an_estimate_does_not_fall_in_with_a_pattern_of_the_manifest(every: int) -> None:
    """Each person's long file followed by short copies, or the like: as many long ones are counted as there are."""
    documents = tuple(cast(Document, number) for number in range(every * preflight._COUNTED))
    some = [cast(int, each) for each in preflight._some(documents)]
    assert len(set(some)) == preflight._COUNTED
    assert some == sorted(some)
    long = sum(each % every == 0 for each in some)
    assert long == pytest.approx(preflight._COUNTED / every, rel=0.25)
    few = documents[: preflight._COUNTED]
    assert preflight._some(few) == few
    assert preflight._some(()) == ()


def test_an_estimate_needs_no_key_and_asks_nobody(project, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    found = estimated(project, Plan(provider="openai", repeat=2))
    assert "6 calls" in "\n".join(found.lines)
    assert "record --provider openai --arms legacy --repeat 2" in "\n".join(found.lines)
    more = estimated(project, Plan(provider="openai", repeat=2), missing=True)
    assert sum(each.calls for each in more.found) > 6
    assert not any(each.missing for each in more.found)


@pytest.mark.long
def test_a_record_of_a_dead_provider_says_nothing_of_calls(project) -> None:
    server = OtherServer(lambda path, body: (404, {"detail": "Not Found"}))
    with server, pytest.raises(ProviderUnavailableError, match="refused alike"):
        record(project, plan(server, arms=("candidate",)), listener=Silent())


@pytest.mark.long
def test_a_record_whose_money_ends_says_so_and_goes_on(project, monkeypatch, capsys) -> None:
    """The first call takes most of the sum, so that the second has no room for what it may cost."""
    monkeypatch.setenv("CV_HARNESS_PROJECT", str(project.root))
    usage = {"input_tokens": 1000, "output_tokens": 8000}
    with OtherServer(lambda path, body: (200, responses("{}", model="gpt-4o", usage=usage))) as server:
        asked = ["record", "--base-url", server.url, "--arms", "candidate", "--limit", "2", "--repeat", "1", "--yes"]

        def ask(*arguments: str) -> tuple[Any, str]:
            with pytest.raises(SystemExit) as ended:
                main([*arguments])
            return ended.value.code, capsys.readouterr().out

        code, said = ask(*asked, "--max-cost", "0.2")
        assert (code, "1 calls sent" in said, "`cv-harness record --resume` goes on" in said) == (20, True, True)
        code, said = ask("record", "--resume", "--max-cost", "0.5")
        assert (code, "goes on" in said) == (0, False)
        assert len([1 for _, body, *_ in server.requests if len(str(body.get("input"))) > 500]) == 2
