"""A change of the model alone, one or several: mended, named on every face, and not judged by the simulator."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from harness.cli.main import app
from harness.evaluate.commands.judge import judge
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.review.looks import counted

TWO = Plan(repeat=1, models=("gpt-6-luna", "gpt-6.1-sol"), arms=("baseline", "candidate"))


def test_each_model_is_a_candidate_mended_and_named_on_every_face_and_they_stand_side_by_side(finished_project):
    evaluation = evaluate(finished_project, TWO)
    bundles = {arm.id: arm.bundle for arm in evaluation.manifest.arms}
    assert bundles["candidate"].model == "gpt-6-luna"
    assert bundles["candidate"].parameters["reasoning"] == {"effort": "none"}, "so that it takes the temperature"
    assert "temperature" not in bundles["candidate:2"].parameters, "which gpt-6.1-sol never takes"
    assert any("gpt-6.1-sol: temperature left out" in note for note in evaluation.notes)
    for arm, heading in (("candidate", "gpt-4o → gpt-6-luna"), ("candidate:2", "gpt-4o → gpt-6.1-sol")):
        verdict, folder = evaluation.verdicts[arm], evaluation.pages[arm].parent
        assert verdict.verdict == "INCONCLUSIVE"
        assert verdict.reasons[0].startswith("the simulator cannot judge a model (model gpt-4o → ")
        assert heading in evaluation.pages[arm].read_text(encoding="utf-8")
        assert heading in (folder / "summary.md").read_text(encoding="utf-8")
        assert heading in (folder / "redacted" / "index.html").read_text(encoding="utf-8")
    _side_by_side(evaluation)


def _side_by_side(evaluation):
    """What is not worse is the gates' word, and simulated time tells nothing of a model."""
    tables = [
        json.loads((page.parent / "summary.json").read_text(encoding="utf-8"))["contenders"]
        for page in evaluation.pages.values()
    ]
    assert tables[0] == tables[1]
    rows = {row["arm"]: row for row in tables[0]["rows"]}
    assert [(row["model"], row["not_worse"]) for row in rows.values()] == [
        ("gpt-4o", "today's"), ("gpt-6-luna", "not shown"), ("gpt-6.1-sol", "not shown"),
    ]  # fmt: skip
    assert "the simulator cannot judge a model" in rows["candidate"]["gates"]
    assert rows["candidate"]["per_1000"] < rows["baseline"]["per_1000"]
    assert tables[0]["compared"] == ["f1", "per_1000"]
    assert rows["candidate"]["pareto"]


@pytest.mark.long
def test_each_of_them_is_a_look_at_its_own_level_and_stays_so_when_it_is_decided_again(finished_project, monkeypatch):
    from harness.evaluate.stages import deciding

    levels = []
    whole = deciding.decide_cases
    monkeypatch.setattr(deciding, "decide_cases", lambda *a, **k: levels.append(k["standing"].look) or whole(*a, **k))
    evaluation = evaluate(finished_project, TWO)
    looks = [evaluation.verdicts[arm].look for arm in ("candidate", "candidate:2")]
    assert levels[-2:] == looks
    assert looks[1] == looks[0] + 1
    again = judge(finished_project, evaluation.folder, replace(TWO), listener=Silent())
    assert [again.verdicts[arm].look for arm in ("candidate", "candidate:2")] == looks
    assert levels[-2:] == looks
    assert len([each for each in counted(finished_project) if each.look.run_id == evaluation.manifest.run_id]) <= 2


@pytest.mark.long
def test_the_terminal_ends_with_the_table(finished_project):
    words = "run --repeat 1 --model gpt-6-luna --model gpt-6.1-terra --arms baseline,candidate"
    given = ["--project", str(finished_project.root), *shlex.split(words)]
    result = CliRunner().invoke(app, given, standalone_mode=False)
    assert "Side by side" in result.stdout
    assert "gpt-4o → gpt-6.1-terra" in result.stdout
    assert "2 candidates in this run" in result.stdout
