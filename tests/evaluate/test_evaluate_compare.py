"""Two runs against each other say what one run of both would say, on the real simulator."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from made_project import make_project, once, own_copy

from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.compare import compare_runs
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.replay.runs import find_run

PLAN = Plan(repeat=1)


@pytest.fixture(scope="module")
def _two(tmp_path_factory):
    with once(tmp_path_factory.mktemp("two")) as folder:
        project = make_project(folder / "project", ["a01", "a02", "a09"], texts_in=folder / "cache")
        older = evaluate(project, PLAN)
        accept_run(project, None, reason="first", by="A", override=True, environment={})
        path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
        text = path.read_text(encoding="utf-8")
        sentence = "Give each skill as its own item, without its category heading."
        assert sentence in text
        path.write_text(text.replace(sentence, "Skills wander home one by one."), encoding="utf-8")
        return folder, older, evaluate(project, PLAN)


@pytest.fixture
def two(_two, tmp_path, monkeypatch, simulator_inside):
    """A project (its own copy), its accepted run, and a run of a candidate with a sentence that the simulator cannot
    read."""
    folder, older, newer = _two
    return own_copy(folder, tmp_path, monkeypatch), older, newer


def compared(project, older, newer):
    return compare_runs(project, *(find_run(project, each.manifest.run_id) for each in (older, newer)), PLAN)


def test_what_the_simulator_cannot_judge_is_open_in_a_comparison_too(two):
    project, older, newer = two
    assert newer.verdict.verdict == "INCONCLUSIVE"
    verdict = compared(project, older, newer)
    assert verdict.verdict == "INCONCLUSIVE"
    said = [reason for reason in newer.verdict.reasons if "Skills wander home" in reason]
    assert said
    assert [reason for reason in verdict.reasons if "Skills wander home" in reason] == said


def test_the_stored_noise_floor_counts(two, monkeypatch):
    project, older, newer = two
    path = project.baseline / "simulator" / "accepted.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    record["noise_floor"] = {"measured": True, "draws": 1, "difference_sd": 0.2, "note": "as stored"}
    path.write_text(json.dumps(record), encoding="utf-8")
    assert compared(project, older, newer).noise_floor["note"] == "as stored"


def test_a_golden_that_changed_between_the_runs_judges_both(two):
    project, older, _ = two
    golden = project.goldens / "a01.json"
    content = json.loads(golden.read_text(encoding="utf-8"))
    content["cv"]["skills"] = content["cv"]["skills"][:-1]
    golden.write_text(json.dumps(content), encoding="utf-8")
    newer = evaluate(project, replace(PLAN))
    (baseline,) = (one for one in compared(project, older, newer).comparisons if one.against == "baseline")
    assert baseline.comparable.documents == ("a01", "a02", "a09")
    assert baseline.comparable.excluded == {}
