"""The service asks any endpoint that is known by name, over its wire; `config` shows them, and no key."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from harness.base.errors import UsageError
from harness.cli.main import app
from harness.evaluate.commands.serving import model_at, parts_of
from harness.service.settings import ServiceSettings

KEY = "k-0123456789012345678901234567"
OURS = '[tool.cv-harness.endpoints.ours]\nbase_url = "http://127.0.0.1:9/v1"\nkey = "OUR_KEY"\nwire = "chat"\n'


@pytest.fixture
def project(small_project):
    project = small_project(["a02"])
    project.settings.write_text(OURS, encoding="utf-8")
    return project


def settings(project, origin):
    return ServiceSettings(database="", durable="", flags="", origin=origin, base_url="", project=str(project.root))


def test_the_service_asks_an_endpoint_by_its_name(project, monkeypatch):
    monkeypatch.delenv("OUR_KEY", raising=False)
    with pytest.raises(UsageError, match="OUR_KEY is not set"), model_at(project, "ours", ""):
        pass
    with pytest.raises(UsageError, match="no such endpoint"), model_at(project, "our", ""):
        pass
    monkeypatch.setenv("OUR_KEY", KEY)
    with model_at(project, "ours", "") as endpoint:
        assert (endpoint.origin, endpoint.wire) == ("ours", "chat")
    served = parts_of(settings(project, endpoint.origin))
    assert (served.endpoint.base_url, served.endpoint.wire, served.endpoint.key) == (endpoint.base_url, "chat", KEY)


def test_config_lists_endpoints_and_shows_no_key(project, monkeypatch):
    monkeypatch.setenv("OUR_KEY", KEY)
    for words in (["config", "--json"], ["config"]):
        result = CliRunner().invoke(app, ["--project", str(project.root), *words], standalone_mode=False)
        assert "http://127.0.0.1:9/v1" in result.stdout
        assert KEY not in result.stdout
    told = json.loads(
        CliRunner().invoke(app, ["--project", str(project.root), "config", "--json"], standalone_mode=False).stdout
    )
    assert told["endpoints"]["ours"] == {
        "base_url": "http://127.0.0.1:9/v1", "wire": "chat", "key": "OUR_KEY", "key_set": True,
        "origin": "pyproject.toml",
    }  # fmt: skip
    assert told["endpoints"]["openai"]["origin"] == "shipped"
