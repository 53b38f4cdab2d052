"""The doctor names what a server cannot do, one ability after the other, and what to do about it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from other_server import OtherServer, chat, responses
from typer.testing import CliRunner

from harness.cli.main import app
from harness.evaluate.commands.doctor import Check, examined
from harness.evaluate.setup.plan import Plan

KEPT = json.dumps({"code": "zx-17"})
LIMITS = {"x-ratelimit-limit-requests": "500"}


@pytest.fixture
def project(small_project, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    return small_project(["a02"])


def able(path: str, body: Any) -> Any:
    """Keeps the schema on both wires, and counts cached tokens."""
    if path.endswith("/responses"):
        used = {"input_tokens": 90, "output_tokens": 8, "input_tokens_details": {"cached_tokens": 0}}
        return 200, responses(KEPT, usage=used)
    used = {"prompt_tokens": 90, "completion_tokens": 8, "prompt_tokens_details": {"cached_tokens": 0}}
    return 200, chat(KEPT, usage=used)


def without_responses(path: str, body: Any) -> Any:
    return (404, {"detail": "Not Found"}) if path.endswith("/responses") else able(path, body)


def not_held(path: str, body: Any) -> Any:
    """As llama.cpp: the schema holds over chat alone."""
    return able(path, body) if path.endswith("/completions") else (200, responses("hello"))


def uncounted(path: str, body: Any) -> Any:
    status, answer = able(path, body)
    return status, {name: value for name, value in answer.items() if name != "usage"}


def refusing(path: str, body: Any) -> Any:
    return 401, {"error": {"message": "no such key", "type": "invalid_request_error", "code": "invalid_api_key"}}


def found(project, ask: Any, *, models: list[str] | None = None, limits: bool = True) -> dict[str, Check]:
    with OtherServer(ask, models if models is not None else ["gpt-4o", "gpt-4o-2024-08-06"]) as server:
        server.headers = LIMITS if limits else {}
        return {check.name: check for check in examined(project, Plan(base_url=server.url))}


@pytest.mark.long
def test_of_an_able_server_nothing_fails(project) -> None:
    checks = found(project, able)
    assert [name for name, check in checks.items() if check.status == "failed"] == []
    assert checks["responses"].said == "answers, and keeps to the strict schema"
    assert "requests 500" in checks["limits"].said
    assert checks["tokens"].said == "counted by the server"


@pytest.mark.parametrize(
    ("ask", "how", "name", "status", "said", "do"),
    [
        (without_responses, {}, "responses", "failed", "404", 'wire = "chat"'),
        (not_held, {}, "responses", "failed", "does not keep it", "the other wire"),
        pytest.param(uncounted, {}, "tokens", "warning", "counts no tokens", "", marks=pytest.mark.long),
        pytest.param(
            able, {"limits": False}, "limits", "warning", "no headers", "requests_per_minute", marks=pytest.mark.long
        ),
        pytest.param(
            able,
            {"models": ["cv-prod"]},
            "models",
            "warning",
            "is not there; it has cv-prod",
            "retired",
            marks=pytest.mark.long,
        ),
    ],
)
def test_each_ability_that_is_missing_is_named(project, ask, how, name, status, said, do) -> None:
    check = found(project, ask, **how)[name]
    assert check.status == status
    assert said in check.said
    assert do in check.do


def test_nobody_there_is_one_line_and_not_ten(project) -> None:
    checks = list(examined(project, Plan(base_url="http://127.0.0.1:9/v1")))
    assert [check.name for check in checks if check.status == "failed"] == ["server"]
    assert "no answer from http://127.0.0.1:9/v1" in checks[-1].said


def test_without_a_key_the_machine_is_still_looked_at(project, monkeypatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    checks = {check.name: check for check in examined(project, Plan(provider="openai"))}
    assert checks["versions"].status == "ok"
    assert "OPENAI_API_KEY" in checks["key"].said + checks["key"].do


@pytest.mark.long
def test_the_simulator_passes_and_the_command_says_so_as_json(project, monkeypatch) -> None:
    monkeypatch.setenv("CV_HARNESS_PROJECT", str(project.root))
    done = CliRunner().invoke(app, ["doctor", "--json"], standalone_mode=False)
    lines = json.loads(done.stdout)
    assert {line["name"] for line in lines} >= {"versions", "disk", "server", "models", "responses", "chat", "tokens"}
    assert done.return_value == 0
    assert all(line["do"] for line in lines if line["status"] == "failed")


@pytest.mark.long
def test_what_a_server_lists_is_kept_and_a_server_without_a_list_takes_nothing_away(project) -> None:
    def listed(models: list[str] | None) -> Check:
        with OtherServer(able, models) as server:
            profile = f'[tool.cv-harness.endpoints.ours]\nbase_url = "{server.url}"\n'
            project.settings.write_text(profile, encoding="utf-8")
            checks = list(examined(project, Plan(provider="ours"), update_catalogue=True))
        return next(check for check in checks if check.name == "listed")

    first = listed(["gpt-4o", "gpt-4o-2024-08-06", "gpt-99-turbo"])
    assert first.status == "ok"
    assert "new without a price: gpt-99-turbo" in first.said
    assert "prices.toml" in first.do
    second = listed(["gpt-4o", "gpt-4o-2024-08-06"])
    assert "gone: gpt-99-turbo" in second.said
    kept = (project.root / "models.toml").read_text(encoding="utf-8")
    third = listed(None)
    assert third.status == "failed"
    assert "lists no models: nothing was written" in third.said
    assert (project.root / "models.toml").read_text(encoding="utf-8") == kept
    simulated = next(check for check in examined(project, Plan(), update_catalogue=True) if check.name == "listed")
    assert simulated.status == "failed"
