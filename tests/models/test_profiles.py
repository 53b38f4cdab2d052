"""Endpoint profiles: what a project says of a server reaches its requests, and nothing of a key reaches anybody."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from loopback_server import completion, error, http, serving
from model_doubles import CV, KEY, bundle

from harness.base.errors import InvalidFileError, UsageError
from harness.base.project import Project
from harness.models.calls import assistant_call
from harness.models.client import ModelClient
from harness.models.profiles import endpoint_of, find_profile, profiles, unasked


def project(folder: Path, toml: str) -> Project:
    (folder / "pyproject.toml").write_text(f"[tool.cv-harness]\n{toml}", encoding="utf-8")
    return Project(folder)


OURS = """
[tool.cv-harness.endpoints.ours]
base_url = "{url}"
key = "OUR_KEY"
headers = {{ "x-team" = "cv", "api-key" = "${{OUR_SECRET}}" }}
query = {{ "api-version" = "v1" }}
wire = "chat"
models = {{ "gpt-4o" = "cv-prod" }}
drop = ["store", "prompt_cache_key"]
rename = {{ max_completion_tokens = "max_tokens" }}
timeouts = {{ connect = 1, first_byte = 2.5, whole = 7 }}
"""
SECRET = "hush-0123456789-0123456789"


def test_a_request_goes_out_as_the_profile_says(tmp_path: Path) -> None:
    async def run() -> None:
        leak = error("bad", "bad", f"your key {KEY} or {SECRET}")
        async with serving(http(200, completion()), http(400, leak)) as server:
            found = endpoint_of(
                "ours", project(tmp_path, OURS.format(url=server.url)), {"OUR_KEY": KEY, "OUR_SECRET": SECRET}
            )
            assert (found.origin, found.wire, found.timeouts.read, found.timeouts.total) == ("ours", "chat", 2.5, 7)
            assert KEY not in repr(found)
            assert SECRET not in repr(found)
            async with ModelClient(found) as client:
                call = assistant_call(bundle(), CV, wire=found.wire)
                answered = await client.send(call, attempt_id="a", cache_key="k")
                refused = await client.send(call, attempt_id="b")
        sent = server.requests[0]
        assert answered.outcome == "answered"
        assert sent.path == "/v1/chat/completions?api-version=v1"
        assert sent.headers["x-team"] == "cv"
        assert sent.headers["api-key"] == SECRET
        assert sent.headers["authorization"] == f"Bearer {KEY}"
        assert sent.body["model"] == "cv-prod"
        assert sent.body["max_tokens"] == 1000
        assert not {"store", "prompt_cache_key", "max_completion_tokens"} & sent.body.keys()
        told = f"{refused.detail} {refused.body!r}"
        assert KEY not in told
        assert SECRET not in told

    asyncio.run(run())


def test_those_that_are_shipped_hold_and_a_project_changes_what_it_says(tmp_path: Path) -> None:
    assert {"openai", "azure", "vllm", "ollama", "litellm", "openrouter", "llama-cpp"} <= profiles().keys()
    assert find_profile("ollama").wire == "chat"
    changed = project(tmp_path, '[tool.cv-harness.endpoints.ollama]\nbase_url = "http://gpu:11434/v1"\n')
    assert (found := find_profile("ollama", changed)).base_url == "http://gpu:11434/v1"
    assert found.wire == "chat", "what it does not say stays"
    assert endpoint_of("ollama", changed, {}).key == "none", "a server without keys needs none"


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ("[tool.cv-harness.endpoints.x]\nbase_url = 'http://x'\ndorp = ['store']\n", "did you mean drop"),
        ("[tool.cv-harness.endpoints.x]\nkey = ''\n", "base_url"),
        ("[tool.cv-harness.endpoints.x]\nbase_url = 'http://x'\nwire = 'soap'\n", "wire"),
        ("[tool.cv-harness.endpoints.x]\nbase_url = 'http://x'\ntimeouts = {whole = 0}\n", "timeouts.whole"),
        ("[tool.cv-harness.endpoints.simulator]\nbase_url = 'http://x'\n", "no name for a server"),
        ("[tool.cv-harness.endpoints.openai]\nbase_url = 'http://x'\n", "a name of its own"),
        ("[tool.cv-harness.endpoints.openai]\ndrop = ['store']\n", "keeps CVs from being kept"),
        (
            "[tool.cv-harness.endpoints.x]\nbase_url = 'https://r.openai.azure.com/openai/v1'\ndrop = ['store']\n",
            "keeps CVs from being kept",
        ),
        (
            "[tool.cv-harness.endpoints.x]\nbase_url = 'http://x'\nheaders = {a = 'sk-0123456789abcdef'}\n",
            "looks like a key",
        ),
        ("endpoints = 3\n", "expected a table"),
        *(
            (f"[tool.cv-harness.endpoints.x]\nbase_url = {url}\n", f"endpoints.x] base_url: {says}")
            for url, says in [
                ("5", "Input should be a valid string"),
                ("'host/v1'", "the base URL is not an http or https address"),
                ("'http://127.0.0.1:99999/v1'", "the base URL is not an http or https address"),
                ("'http://user:pw@host/v1'", "the base URL holds credentials"),
                ("'https://host/v1?api-version=1'", "the base URL holds a query or fragment"),
                (r'"\u001b[31mhttp://x"', "the base URL is not an http or https address"),
            ]
        ),
        *(
            (f"[tool.cv-harness.endpoints.x]\nbase_url = 'http://x'\n{line}\n", says)
            for line, says in [
                ("requests_per_minute = -5", "docs/models.md says what each key takes"),
                ("tokens_per_minute = 0", "tokens_per_minute: Input should be greater than 0"),
                ("concurrency = true", "concurrency: Input should be a valid integer"),
                ("attempts = 1.5", "attempts: Input should be a valid integer"),
                ("timeouts = { connect = 0 }", "timeouts.connect"),
                ("timeouts = { whole = 1e400 }", "timeouts.whole: Input should be a finite number"),
                ("key = 'A KEY'", "x] key: "),
                ("headers = { 'a b' = 'x' }", "x] headers.a b"),
                (r'headers = { a = "x\nb: c" }', "x] headers.a"),
                ("headers = { Authorization = 'Bearer mine' }", "looks like a key"),
                ("models = { 'gpt-4o' = '' }", "models.gpt-4o"),
                ("drop = ['messages']", "no request goes without `messages`"),
                ("rename = { model = 'engine' }", "no request goes without `model`"),
            ]
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, toml: str, says: str) -> None:
    with pytest.raises(InvalidFileError) as caught:
        profiles(project(tmp_path, toml))
    assert "tool.cv-harness.endpoints" in str(caught.value)
    assert says in str(caught.value)


@pytest.mark.parametrize("url", ["http://[::1]:9/v1/", "http://127.0.0.1:9/v1///", "http://m\u00fcnchen.example/v1"])
def test_an_address_in_any_writing_is_one(tmp_path: Path, url: str) -> None:
    text = f"[tool.cv-harness.endpoints.x]\nbase_url = '{url}'\nkey = ''\n"
    assert not endpoint_of("x", project(tmp_path, text), {}).base_url.endswith("/")


@pytest.mark.parametrize("value", ["", "a\nb", "\u00e9"])
def test_a_variable_that_a_header_needs_and_that_cannot_be_sent_is_named(tmp_path: Path, value: str) -> None:
    text = "[tool.cv-harness.endpoints.x]\nbase_url = 'http://x'\nkey = ''\nheaders = { 'api-key' = '${OURS}' }\n"
    with pytest.raises(UsageError, match="OURS"):
        endpoint_of("x", project(tmp_path, text), {"OURS": value})


def test_what_is_left_to_fill_in_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="only an example"):
        endpoint_of("azure", environ={"AZURE_OPENAI_API_KEY": KEY})
    with pytest.raises(UsageError, match="did you mean openai"):
        find_profile("opanai")
    with pytest.raises(UsageError, match="OPENAI_API_KEY is not set"):
        endpoint_of("openai", environ={})
    ours = project(tmp_path, OURS.format(url="http://127.0.0.1:1/v1"))
    with pytest.raises(UsageError, match="OUR_SECRET is not set"):
        endpoint_of("ours", ours, {"OUR_KEY": KEY})
    assert unasked("ours", ours).wire == "chat", "what is known of it needs no key"
