"""What is a server's fault is said with its address, its words and its models, and is never judged."""

from __future__ import annotations

from typing import Any

import pytest
from other_server import OtherServer, responses, works

from harness.base.errors import ExitCode, HarnessError, ProviderUnavailableError, UsageError
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.replay.runs import runs
from harness.replay.store import RunStore

IDS = ["a01", "a02", "a09"]
NO_PATH = {
    "FastAPI": {"detail": "Not Found"},
    "a web page": b"<html><body><h1>404 Not Found</h1></body></html>",
}


@pytest.fixture
def project(small_project, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    return small_project(IDS)


def plan(server: OtherServer, **changes: Any) -> Plan:
    return Plan(**{"base_url": server.url, "arms": ("candidate",), "repeat": 1, "max_cost": 50.0} | changes)


def outcome(project, asked: Plan) -> HarnessError:
    with pytest.raises(HarnessError) as caught:
        evaluate(project, asked)
    return caught.value


@pytest.mark.parametrize("dialect", ["FastAPI", pytest.param("a web page", marks=pytest.mark.long)])
def test_a_server_without_the_path_is_no_bad_candidate(project, dialect) -> None:
    with OtherServer(lambda path, body: (404, NO_PATH[dialect])) as server:
        error = outcome(project, plan(server))
        asked = len(server.requests)
    assert isinstance(error, ProviderUnavailableError)
    assert error.exit_code == ExitCode.HARNESS
    assert f"{server.url}/responses" in error.message
    assert "404" in error.message
    assert "no Responses API" in error.hint
    assert asked == len(IDS)
    with RunStore.open(runs(project)[0].folder) as store:
        assert not list(store.records()), "nothing of it is anybody's answer"


def test_an_unknown_model_is_said_before_the_first_call_with_those_that_are_there(project) -> None:
    with OtherServer(models=["qwen2.5-0.5b", "other"]) as server:
        error = outcome(project, plan(server))
        assert not server.requests
    assert isinstance(error, UsageError)
    assert "knows no model `gpt-4o`, only qwen2.5-0.5b, other" in error.message


@pytest.mark.long
def test_a_parameter_that_a_server_refuses_is_named_with_its_own_words(project) -> None:
    said = {"error": {"message": "Unsupported parameter: 'text.format'", "type": "invalid_request_error"}}
    with OtherServer(lambda path, body: (400, said), models=["gpt-4o"]) as server:
        error = outcome(project, plan(server))
    assert "status 400: Unsupported parameter: 'text.format'; its models: gpt-4o" in error.message
    assert "take out of the bundle" in error.hint


@pytest.mark.long
def test_one_cv_that_is_too_long_is_that_cvs_failure(project) -> None:
    said = {"error": {"message": "This model's maximum context length is 400 tokens. However, you asked for more"}}
    asked: list[Any] = []

    def ask(path: str, body: Any) -> Any:
        asked.append(body)
        return (400, said) if len(asked) == 1 else works(path, body)

    with OtherServer(ask) as server:
        evaluation = evaluate(project, plan(server, concurrency=1))
    assert evaluation.replay is not None
    assert evaluation.replay.complete
    assert evaluation.replay.failures == {"provider": 1}


def test_a_server_that_speaks_chat_alone_is_asked_over_it_and_recorded_under_its_name(project) -> None:
    with OtherServer(lambda path, body: works(path, body) if path.endswith("/completions") else (404, {})) as server:
        settings = f'[tool.cv-harness.endpoints.ours]\nbase_url = "{server.url}"\nkey = ""\nwire = "chat"\n'
        project.settings.write_text(settings, encoding="utf-8")
        asked = Plan(provider="ours", arms=("candidate",), repeat=1, max_cost=50.0)
        first = evaluate(project, asked)
        assert first.replay is not None
        assert (first.replay.sent, first.replay.complete) == (len(IDS), True)
        body = server.requests[0][1]
        assert body["response_format"]["json_schema"]["strict"] is True
        assert {arm.origin for arm in first.manifest.arms} == {"ours"}
        assert first.manifest.settings.provider == "ours"

        again = evaluate(project, asked)
        assert again.replay is not None
        assert (again.replay.sent, again.replay.complete) == (0, True), "recorded over that wire, and found again"


@pytest.mark.parametrize(("held", "told"), [(False, True), pytest.param(True, False, marks=pytest.mark.long)])
def test_a_schema_that_a_server_takes_and_ignores_is_named_as_the_servers(project, held, told) -> None:
    def ask(path: str, body: Any) -> Any:
        if "Write no JSON" in body["instructions"]:
            return 200, responses('{"code": "zx-17"}' if held else "hello")
        return works(path, body)  # an object with one of the contract's sections

    class Notes(Silent):
        def __init__(self) -> None:
            self.notes: list[str] = []

        def note(self, text: str) -> None:
            self.notes.append(text)

    listener = Notes()
    with OtherServer(ask) as server:
        evaluation = evaluate(project, plan(server), listener=listener)
    said = [note for note in listener.notes if "does not hold models to one" in note]
    assert bool(said) is told
    with RunStore.open(evaluation.folder) as store:
        assert any("3 of 3 answers of candidate" in entry.message for entry in store.logs()) is told
