"""What servers list of their models: kept by server, with what is new, gone and back; hostile ids stay out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from harness.assistants.bundle import load_bundle
from harness.assistants.lint import lint
from harness.assistants.model_change import moved
from harness.base.errors import InvalidFileError
from harness.base.listed_models import FILE, listed_models, read_lists, update
from harness.base.project import Project

BUNDLE = Path(__file__).parents[2] / "harness" / "assistants" / "cv-parser-pro"
ONE, TWO, THREE = date(2026, 11, 28), date(2026, 12, 5), date(2026, 12, 12)


@pytest.fixture
def project(tmp_path):
    return Project(tmp_path)


def test_new_gone_and_back_are_told_and_known_days_are_kept(project):
    first = update(project, "openai", [("gpt-4o", "2027-01-14"), ("gpt-7", ""), ("odd", "soon")], ONE)
    assert first.new == ("gpt-4o", "gpt-7", "odd")
    second = update(project, "openai", [("gpt-4o", ""), ("gpt-8", "2028-01-01")], TWO)
    assert (second.new, second.gone, second.kept) == (("gpt-8",), ("gpt-7", "odd"), 1)
    models = listed_models(project, "openai")
    assert models["gpt-4o"].shutdown == date(2027, 1, 14), "the server says it no more, and it stays known"
    assert (models["gpt-7"].seen, models["gpt-7"].gone) == (ONE, TWO)
    third = update(project, "openai", [("gpt-7", "")], THREE)
    assert (third.new, third.back) == ((), ("gpt-7",))
    assert third.gone == ("gpt-4o", "gpt-8"), "not once more what was gone before"
    assert listed_models(project, "openai")["odd"].gone == TWO
    assert listed_models(project, "openai")["gpt-7"].gone is None
    update(project, "http://127.0.0.1:1/v1", [("local", "")], THREE)
    assert set(read_lists(project)) == {"openai", "http://127.0.0.1:1/v1"}
    assert read_lists(project)["openai"].checked == THREE


def test_a_server_may_say_anything_for_an_id(project):
    hostile = ['a"]\nchecked = 1', "\x1b[31mred", "", "x" * 5000, "ключ", "a.b]c='", "\\u0000"]
    update(project, "openai", [(name, "9999-99-99") for name in hostile], ONE)
    assert set(listed_models(project, "openai")) == {"a.b]c='", "\\u0000"}
    update(project, "openai", [(f"m{number}", "") for number in range(20_000)], TWO)
    assert len(listed_models(project, "openai")) <= 5_010


@pytest.mark.parametrize(
    "text",
    ["[servers]\nopenai = 1", "servers = [", "[servers.openai]\nchecked = 1\nmodels = {}", "\xff", "servers = 3"],
)
def test_a_broken_list_is_named(project, text):
    (project.root / FILE).write_text(text, encoding="latin-1")
    with pytest.raises(InvalidFileError, match="no list of models"):
        listed_models(project, "openai")


def test_lint_knows_what_the_server_lists(project):
    bundle = moved(load_bundle(BUNDLE), "gpt-7").bundle
    update(project, "openai", [("gpt-7", (TWO + timedelta(days=10)).isoformat())], ONE)
    listed = listed_models(project, "openai")
    codes = {finding.code: finding for finding in lint(bundle, TWO, listed)}
    assert "is listed since 2026-11-28, and what it refuses is not known" in codes["unknown-model"].message
    assert codes["model-shuts-down-soon"].severity == "warning"
    assert any(finding.code == "model-shut-down" for finding in lint(bundle, TWO + timedelta(days=10), listed))
    update(project, "openai", [("gpt-8", "")], TWO)
    codes = {finding.code: finding for finding in lint(bundle, TWO, listed_models(project, "openai"))}
    assert codes["not-listed"].message == "the server listed `gpt-7` no more on 2026-12-05"
    assert "unknown-model" in {finding.code for finding in lint(bundle, TWO)}
