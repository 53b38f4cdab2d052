"""Blame on a real run: which of several edits did the harm, on draws that the run has not seen."""

import json
from dataclasses import dataclass
from datetime import timedelta

import pytest

from harness.base.clock import SystemClock
from harness.base.errors import UsageError
from harness.evaluate.commands import planning
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.blame import blame_run
from harness.evaluate.commands.compare import compare_runs
from harness.evaluate.commands.planning import planned
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.gates.noise import ALL_ALIKE
from harness.replay.runs import find_run, runs

IDS = ["a01", "a02", "a03", "a05", "a06", "a09", "a11", "a12"]
PLAN = Plan(repeat=2)


@dataclass(frozen=True)
class Later(SystemClock):
    """Seconds ahead, so that no two runs of a test begin in one second: then neither would be the newer one."""

    seconds: int = 0

    def now(self):
        return super().now() + timedelta(seconds=self.seconds)


@pytest.mark.long
def test_the_guilty_edit_is_named_and_the_harmless_one_is_not(small_project, monkeypatch):
    project = small_project(IDS)
    first = evaluate(project, PLAN)
    with pytest.raises(UsageError, match="no baseline arm"):
        blame_run(project, find_run(project), PLAN, repeat=1, max_cost=1, listener=Silent())
    accept_run(project, None, reason="first", by="A", override=True, environment={})
    same = evaluate(project, PLAN, clock=Later(10))
    with pytest.raises(UsageError, match="there is no edit to blame"):
        blame_run(project, find_run(project), PLAN, repeat=1, max_cost=1, listener=Silent())
    spread, *rows, slices, whole = planned(project, find_run(project), PLAN, margin=0.02)
    assert spread.startswith("spread of one answer: 0.")
    assert len(rows) == 3
    assert all(row.startswith("accuracy alone, margin 0.020 with ") for row in rows)
    assert slices.startswith("slices with too few people to be judged alone: ")
    assert whole.startswith("the whole decision")
    with monkeypatch.context() as patched:
        patched.setattr(planning, "noise_floor", lambda *_: {"measured": False, "note": ALL_ALIKE})
        alike, *_ = planned(project, find_run(project), PLAN, margin=0.02)
    assert alike.startswith("spread of one answer: none, all 2 to a CV are the same; planned with the least")

    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    text = path.read_text(encoding="utf-8")
    guilty = "List every human language that the CV names under `languages`, with its level as printed."
    harmless = "Give each skill as its own item, without its category heading."
    assert guilty in text
    assert harmless in text
    path.write_text(
        text.replace(guilty, "").replace(harmless, "Make each skill an item of its own, without the heading."),
        encoding="utf-8",
    )
    worse = evaluate(project, PLAN, clock=Later(20))
    assert worse.verdict.verdict == "HOLD"
    assert "languages[]" in worse.verdict.reasons[0]

    found = blame_run(project, find_run(project, worse.folder.name), PLAN, repeat=2, max_cost=1, listener=Silent())
    assert "List every human language" in found.sentence
    assert found.sentence.endswith("; the other edit: nothing shown")
    assert found.blame.verdict == "edit"
    assert found.measure.gate in ("lost_entries", "group_rest")
    assert "languages[].language" in found.measure.fields
    shown = [each for each in found.effects if each.effect.shown]
    assert ["List every human language" in each.sentence for each in shown] == [True]

    # each field has a figure of its own, at a level that is said
    assert [each.field for each in found.by_field] == list(found.measure.fields)
    for each in [each for each in found.by_field if each.field == "languages[].language"]:
        assert each.effect.shown
        assert f"`{each.field}` −" in found.sentence
        assert each.effect.lower < each.effect.value < each.effect.upper < 0
        assert f"{100 * each.effect.value:+.1f} pts [".replace("-", "−") in found.sentence
        assert 0 < each.effect.n <= found.documents
    assert f"on the {found.documents} of {found.of} CVs that got worse in it, asked twice anew; 99 %" in found.sentence
    assert 0 < found.documents <= found.of

    # its own run is no evaluation, and the explained run's page and summaries tell it at once
    assert len(runs(project)) == 4
    assert find_run(project).folder == worse.folder
    summary = json.loads((worse.folder / "summary.json").read_text(encoding="utf-8"))
    assert summary["blame"]["sentence"] == found.sentence
    assert [each["field"] for each in summary["blame"]["by_field"]] == list(found.measure.fields)
    page = (worse.folder / "index.html").read_text(encoding="utf-8")
    assert "List every human language" in page.partition('id="blame"')[2]
    for place in (worse.folder, worse.folder / "redacted"):
        text = (place / "summary.md").read_text(encoding="utf-8")
        assert "List every human language" in text.partition("### Blame")[2]
    assert json.loads((worse.folder / "verdict.json").read_text(encoding="utf-8"))["verdict"] == "HOLD"

    compared = compare_runs(project, find_run(project, same.folder.name), find_run(project, worse.folder.name), PLAN)
    assert compared.verdict == "HOLD"
    unharmed = compare_runs(project, find_run(project, first.folder.name), find_run(project, same.folder.name), PLAN)
    assert unharmed.verdict != "HOLD"
