"""Whether the model moved: fresh draws of the accepted assistant, on a server whose model can be exchanged."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from other_server import OtherServer, chat, responses

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError, UsageError
from harness.cli.main import main
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.drift import NoLookError, drift, series
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.evaluate.stages.listener import Silent
from harness.reports.drift import MARKER, drift_lines, drift_markdown, drift_summary
from harness.review.drift_series import forget_cvs, path_of, read_looks

CVS = ["a01", "a02", "a09"]


class Model:
    """Answers with some skills, by chance: never the same twice. `skills`: how many it likes to name."""

    def __init__(self) -> None:
        self.lots = random.Random(5)
        self.skills, self.name, self.broken = (3, 9), "other-1", False

    def __call__(self, path, body):
        if self.broken:
            return 200, responses("", status="incomplete", incomplete_details={"reason": "content_filter"})
        named = [{"name": f"skill {self.lots.randrange(50)}"} for _ in range(self.lots.randint(*self.skills))]
        text = json.dumps({"personal_info": {"name": "A"}, "skills": named})
        return 200, (responses if path.endswith("/responses") else chat)(text, model=self.name)


@pytest.fixture
def accepted(small_project, monkeypatch):
    """A project whose assistant is accepted on a server of its own, the plan that asks there, and its model."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789012345678901")
    project, model = small_project(CVS), Model()
    with OtherServer(model, models=["gpt-4o"]) as server:
        plan = Plan(repeat=4, base_url=server.url, max_cost=1000.0, arms=("candidate",))
        evaluate(project, plan)
        accept_run(project, None, reason="first", by="A Person", override=True, environment={})
        yield project, replace(plan, repeat=6), model, server


def look(project, plan):
    return drift_summary(drift(project, plan, listener=Silent()), 0.05)


@pytest.mark.long
def test_a_model_that_stays_is_left_alone_and_one_that_moves_is_named(accepted):
    project, plan, model, server = accepted
    del server.requests[:]
    first = look(project, plan)
    assert not first["moved"]
    asked = [body for _, body, _ in server.requests if len(str(body.get("input"))) > 500]
    assert len(asked) == 6 * len(CVS), "recordings are not asked for again"
    assert first["last"]["draws"] == [4, 6]
    model.skills = (14, 30)
    second = look(project, plan)
    assert second["moved"]
    assert second["last"]["draws"] == [10, 6], "draws that nobody has seen"
    # A first look whose draws were a little odd by chance adds to the evidence, and then it is told from there on.
    assert second["since"] in (first["last"]["at"], second["last"]["at"])
    assert second["measures"]["length"]["rank"] > 0.5
    assert second["measures"]["length"]["now_n"] == 6 * len(CVS)
    told = drift_markdown(second)
    assert told.startswith(MARKER)
    assert "moved, since" in told
    assert "What to do: " in told
    assert not any(name in told for name in CVS), "an issue is public: no CV is named"
    assert len(read_looks(project, server.url)) == 2
    path = path_of(project, server.url)
    before = path.read_text("utf-8")
    forget_cvs(project, ["a01"])
    path.write_text(path.read_text("utf-8") + before, encoding="utf-8")  # as a merge with an older copy leaves it
    assert all("a01" not in each.cvs and "a02" in each.cvs for each in read_looks(project, server.url))
    assert drift_summary(series(project, plan), 0.05)["evidence"] == second["evidence"], "ranks are nobody's"


@pytest.mark.long
def test_a_model_that_names_itself_otherwise_has_moved_whatever_it_answers(accepted):
    project, plan, model, _ = accepted
    model.name = "other-2"
    found = look(project, plan)
    assert found["moved"]
    assert found["renamed_to"] == ["other-2"]
    assert any("called itself other-2" in line and "other-1" in line for line in drift_lines(found))


@pytest.mark.long
def test_a_golden_that_changed_is_no_move_of_the_model(accepted):
    project, plan, _, _ = accepted
    look(project, plan)
    path = project.goldens / "a01.json"
    golden = json.loads(path.read_text("utf-8"))
    golden["cv"]["personal_info"]["name"] = "A"
    path.write_text(json.dumps(golden), encoding="utf-8")
    found = drift(project, plan, listener=Silent()).looks[-1]
    assert len(found.ranks["quality"]) == 6 * (len(CVS) - 1), "its quality compares with nothing any more"
    assert len(found.ranks["length"]) == 6 * len(CVS)


@pytest.mark.long
def test_a_look_that_nobody_answered_is_none(accepted):
    project, plan, model, server = accepted
    model.broken = True
    with pytest.raises(NoLookError, match="no look was added"):
        drift(project, plan, listener=Silent())
    assert read_looks(project, server.url) == ()


def test_without_an_acceptance_there_is_nothing_to_hold_answers_against(finished_project):
    with pytest.raises(UsageError, match="nothing to hold fresh answers against"):
        series(finished_project, Plan(provider="openai"))


@pytest.mark.long
def test_on_the_command_line(finished_project, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("CV_HARNESS_PROJECT", str(finished_project.root))

    def ask(*arguments):
        with pytest.raises(SystemExit) as ended:
            main(["drift", *arguments])
        return ended.value.code, capsys.readouterr()

    code, said = ask("--show")
    assert (code, "no look yet" in said.out) == (0, True)
    code, said = ask("--out", str(tmp_path / "drift.md"))
    assert code == 0
    assert "no sign that gpt-4o at simulator@" in said.out
    written = (tmp_path / "drift.md").read_text("utf-8")
    assert (written.startswith(MARKER), "a model that is no longer there" in written) == (True, False)
    code, said = ask("--show", "--json")
    found = json.loads(said.out)
    assert (code, found["looks"], found["measures"]["likeness"]["ranks"]) == (0, 1, 0), "one recorded draw: no likeness"
    assert ask("--alpha", "2")[0] == 2
    assert ask("--resume")[0] == 2, "that look is complete"
    code, said = ask("--write-workflow")
    assert (code, (finished_project.root / ".github/workflows/drift.yml").is_file()) == (0, True)
    assert ask("--write-workflow")[0] == 2, "it may have been changed: it is not overwritten"


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"version": 1}', "[" * 20_000, "null"],
)
def test_a_broken_series_is_named_with_its_line(finished_project, line):
    origin = "simulator@x"
    path = path_of(finished_project, origin)
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(InvalidFileError, match="line 1"):
        read_looks(finished_project, origin)
    assert sha256(path.read_bytes()) == sha256(line + "\n"), "it is left as it is"
