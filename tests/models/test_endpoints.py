"""Endpoints: where a key comes from, what an origin may look like, and what never gets into it."""

from __future__ import annotations

import pytest
from model_doubles import KEY

from harness.base.errors import UsageError
from harness.models.endpoints import OPENAI_URL, openai_endpoint, other_endpoint, simulator_endpoint

GIVEN = {"OPENAI_API_KEY": f" {KEY}\n"}


def test_the_key_comes_from_the_environment_only() -> None:
    assert openai_endpoint(GIVEN).key == KEY
    assert (openai_endpoint(GIVEN).origin, openai_endpoint(GIVEN).base_url) == ("openai", OPENAI_URL)


@pytest.mark.parametrize("environ", [{}, {"OPENAI_API_KEY": ""}, {"OPENAI_API_KEY": "  "}])
def test_without_a_key_the_next_step_is_said(environ: dict[str, str]) -> None:
    with pytest.raises(UsageError, match=r"OPENAI_API_KEY is not set .*--provider simulator"):
        openai_endpoint(environ)


@pytest.mark.parametrize("environ", [{}, {"OPENAI_API_KEY": " "}])
def test_another_server_is_asked_without_a_key_where_none_is_set(environ: dict[str, str]) -> None:
    assert other_endpoint("http://gpu:8000/v1", environ).keyless
    assert not other_endpoint("http://gpu:8000/v1", GIVEN).keyless
    with pytest.raises(UsageError, match="OPENAI_API_KEY is not set"):
        other_endpoint(OPENAI_URL, environ)


def test_a_mangled_key_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError, match="spaces or unprintable") as caught:
        openai_endpoint({"OPENAI_API_KEY": f"{KEY} {KEY}"})
    assert KEY not in str(caught.value)


def test_the_simulator_gets_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for url in ("http://127.0.0.1:8123", "http://127.0.0.1:8123/", "http://127.0.0.1:8123/v1"):
        endpoint = simulator_endpoint(url, "simulator@1+seed1")
        assert endpoint.base_url == "http://127.0.0.1:8123/v1"
        assert endpoint.key != KEY
        assert endpoint.simulated
        assert endpoint.loopback


def test_another_server_is_its_own_origin() -> None:
    endpoint = other_endpoint("https://Models.Example.com:8443/v1/", GIVEN)
    assert endpoint.origin == endpoint.base_url == "https://models.example.com:8443/v1"
    assert not endpoint.simulated
    assert not endpoint.loopback
    assert other_endpoint(OPENAI_URL + "/", GIVEN).origin == "openai"


@pytest.mark.parametrize("url", ["", "models.example.com", "ftp://x/v1", "http://", "http://[::1", "http://x:99999/v1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="not an http or https address"):
        other_endpoint(url, GIVEN)


def test_credentials_in_an_address_are_refused_and_not_shown() -> None:
    with pytest.raises(UsageError, match="holds credentials") as caught:
        other_endpoint("https://user:hunter2@example.com/v1", GIVEN)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com/v1?api_key=hunter2",
        "https://example.com/v1#hunter2",
        "https://:hunter2@example.com/v1",
        f"https://example.com/proxy/{KEY}/v1",
        f"https://{KEY}.example.com/v1",
    ],
)
def test_what_may_be_a_secret_is_refused_wherever_an_address_holds_it(url: str) -> None:
    with pytest.raises(UsageError, match="the base URL holds") as caught:
        other_endpoint(url, GIVEN)
    assert "hunter2" not in str(caught.value)
    assert KEY not in str(caught.value)
