"""Edits worth trying, from a loss that was made: found, tried on the dev split, and written only where it is said."""

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from other_server import OtherServer, responses
from typer.testing import CliRunner

from harness.base.errors import HarnessError, UsageError
from harness.cli.main import app
from harness.corpus.manifest import load_manifest, write_manifest
from harness.evaluate.commands import suggest
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.run import evaluate
from harness.evaluate.commands.suggest import suggest_edits
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.review.looks import looks

VERBATIM = "Copy bullets verbatim, without shortening, summarising or rephrasing them."
LANGUAGES = "List every human language that the CV names."
PEOPLE = ["a09", "a11", "a12", "a13", "a15", "a33", "a35", "a40", "a53", "b04", "b08", "c02"]


@pytest.fixture
def rewriting(small_project, monkeypatch):
    """A project whose accepted assistant copies bullets, and whose working tree's rewrites them."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-none-that-anybody-has")
    project = small_project(PEOPLE)
    evaluate(project, Plan(repeat=1))
    accept_run(project, None, reason="first", by="A", override=True, environment={})
    write_manifest(project, [replace(each, split="dev") for each in load_manifest(project, verify=False)])
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    path.write_text(path.read_text(encoding="utf-8").replace(VERBATIM, "Rewrite statements."), encoding="utf-8")
    return project, path


@pytest.mark.long
def test_what_was_changed_is_suggested_back_and_written_only_where_it_is_said(rewriting, monkeypatch):
    project, path = rewriting
    monkeypatch.setenv("CV_HARNESS_PROJECT", str(project.root))
    before = path.read_text(encoding="utf-8")
    there = len(list(looks(project)))
    said = CliRunner().invoke(app, ["suggest", "--most", "2", "--repeat", "1"])
    assert said.exit_code == 0, said.output
    assert "work_experience[].description[]: " in said.output
    assert "- Rewrite statements." in said.output
    assert f"+ {VERBATIM}" in said.output
    assert "nothing was written" in said.output
    assert path.read_text(encoding="utf-8") == before
    mine = list(looks(project))[there:]
    assert len(mine) >= 2
    assert {look.splits for look in mine} == {"dev"}
    listed = CliRunner().invoke(app, ["looks"]).output
    assert sum(line.startswith("  dev ") for line in listed.splitlines()) == len(mine)
    written = CliRunner().invoke(app, ["suggest", "--most", "2", "--repeat", "1", "--write", "1"])
    assert "is written into" in written.output, written.output
    assert VERBATIM in path.read_text(encoding="utf-8")


@pytest.mark.long
def test_a_model_is_asked_once_within_the_cap_and_what_it_says_is_tried(rewriting):
    project, _ = rewriting
    edit = {"action": "add", "under": "Output", "before": "", "after": LANGUAGES, "why": "languages"}
    asked = []

    def model(path, body):
        if "You improve the instructions" in body["instructions"]:
            asked.append(body)
            return 200, responses(json.dumps({"edits": [edit]}))
        return 200, responses(json.dumps({"personal_info": {"name": "A"}}))

    with OtherServer(model) as server:
        plan = Plan(repeat=1, base_url=server.url, max_cost=1.0, assistants=("cv-parser-pro",))
        found = suggest_edits(project, plan, most=3, listener=Silent())
    assert len(asked) == 1
    assert asked[0]["store"] is False
    assert [each.proposal.after for each in found.tried] == [LANGUAGES]
    assert not found.helping  # the same answers: nothing is shown to help


@pytest.mark.long
def test_nothing_is_asked_beyond_the_cap_nor_without_a_dev_split(rewriting):
    project, _ = rewriting
    with OtherServer() as server:
        with pytest.raises(HarnessError, match="cost"):
            suggest_edits(project, Plan(repeat=1, base_url=server.url, max_cost=0.0), most=1, listener=Silent())
        assert not [path for path, _, _ in server.requests if path.endswith(("responses", "completions"))]
    write_manifest(project, [replace(each, split="gate") for each in load_manifest(project, verify=False)])
    with pytest.raises(UsageError, match="no CV of this project is in the dev split"):
        suggest_edits(project, Plan(repeat=1), most=1, listener=Silent())


def _held(*failed):
    gates = [
        SimpleNamespace(name=name, fields=fields, reason=f"{name}: worse", level="deciding", status="FAIL")
        for name, *fields in failed
    ]
    return SimpleNamespace(comparisons=[SimpleNamespace(against="baseline", gates=gates)])


def test_an_edit_is_not_blamed_for_what_the_assistant_is_held_for_without_it():
    two_harms = _held(("lost_entries", "languages"), ("fields", "languages", "bullets"), ("accuracy", "bullets"))
    assert suggest._harm(_held(("fields", "bullets")), two_harms) == ""
    assert suggest._harm(_held(("accuracy", "languages")), two_harms) == "", "another share of the same loss"
    assert suggest._harm(_held(("fields", "bullets", "dates")), two_harms) == "fields: worse"
    assert suggest._harm(_held(("contract",)), two_harms) == "contract: worse"
    assert suggest._harm(_held(("fields", "bullets")), _held()) == "fields: worse"
