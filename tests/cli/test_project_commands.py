"""Commands about decisions and projects, on a project with one accepted run."""

import json
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from harness.base.errors import ExitCode
from harness.base.project import Project
from harness.corpus.goldens import golden_path
from harness.replay.runs import runs
from harness.review.acceptance import history, load_accepted


def test_accept_says_who_why_and_what_to_commit(cv, finished_project, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    project = finished_project
    code, out, _ = cv("accept", "--reason", "again", "--by", "B Person", "--override", project=project)
    assert code == 0
    assert str(project.baseline / "simulator") in out
    accepted, _ = load_accepted(project, "simulator")
    assert (accepted.by, accepted.reason, accepted.draws) == ("B Person", "again", 1)
    assert len(history(project, "simulator")) == 2
    verdict = json.loads((runs(project)[0].folder / "verdict.json").read_text(encoding="utf-8"))
    assert accepted.verdict == verdict["verdict"]
    code, _, err = cv("accept", "--reason", "x", "--by", "B", "--candidate", "candidate:2", project=project)
    assert code == ExitCode.USAGE
    assert "its candidates: candidate" in err
    monkeypatch.setenv("CI", "1")
    assert "never in CI" in cv("accept", "--reason", "again", "--by", "B", project=project)[2]


def test_who_accepts_is_asked_of_git(cv, finished_project, monkeypatch, tmp_path):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, err = cv("accept", "--reason", "again", project=finished_project)
    assert (code, "give --by NAME" in err) == (ExitCode.USAGE, True)


def test_trend_and_anchor(cv, finished_project):
    code, out, _ = cv("trend", project=finished_project)
    assert code == 0
    assert "F1 0." in out
    assert "(3 CVs, 1 answer each)" in out
    assert json.loads(cv("trend", "--json", project=finished_project)[1])["by"] == "A Person"
    assert "nothing is accepted for openai yet" in cv("trend", "--provider", "openai", project=finished_project)[1]
    assert cv("anchor", project=finished_project)[1].startswith("anchor: ")


def test_a_stored_run_is_judged_compared_and_planned_with_no_call(cv, finished_project, monkeypatch):
    project = finished_project
    run_id = runs(project)[0].run_id
    monkeypatch.setattr("harness.evaluate.stages.opened.open_provider", None)
    assert run_id in cv("runs", project=project)[1]
    for command in ("report", "rescore"):
        code, out, _ = cv(command, project=project)
        assert code in (ExitCode.INCONCLUSIVE, ExitCode.HOLD)
        assert f"{run_id}/index.html" in out
    code, out, _ = cv("compare", run_id, run_id, project=project)
    assert code in (ExitCode.SHIP, ExitCode.INCONCLUSIVE)
    assert out.startswith(("SHIP", "INCONCLUSIVE"))
    assert (
        json.loads(cv("compare", run_id, run_id, "--json", project=project)[1])["comparisons"][0]["against"]
        == "baseline"
    )
    code, _, err = cv("plan", project=project)
    assert (code, "--repeat 3" in err) == (ExitCode.USAGE, True)  # one draw measures no noise
    code, _, err = cv("blame", project=project)
    assert (code, "baseline" in err) == (ExitCode.USAGE, True)


@pytest.mark.long
def test_several_candidates_are_all_named_wherever_one_looks(cv, finished_project):
    project = finished_project
    worse = project.root / "assistants" / "worse"
    shutil.copytree(worse.with_name("cv-parser-pro"), worse)
    (worse / "instructions.md").write_text("Read the CV.\n", encoding="utf-8")
    code, out, _ = cv("run", "--repeat", "1", "--assistant", "cv-parser-pro", "--assistant", "worse", project=project)
    verdicts = [
        json.loads((project.reports / "latest" / name / "verdict.json").read_text(encoding="utf-8"))["verdict"]
        for name in (".", "candidate-2")
    ]
    assert verdicts[0] == "SHIP"
    assert verdicts[1] != "SHIP"
    assert code == ExitCode[verdicts[1]]
    told = f"candidate: SHIP (index.html) · candidate:2: {verdicts[1]} (candidate-2/index.html)"
    assert out.rstrip().endswith(f"2 candidates in this run, which counts as its worst: {verdicts[1]}. {told}")
    for place in (".", "redacted", "candidate-2"):
        text = (project.reports / "latest" / place / "summary.md").read_text(encoding="utf-8")
        assert told in text.splitlines()[4]
    rows = cv("runs", project=project)[1].splitlines()[:2]
    assert rows[0].split()[2] == "SHIP"
    assert f"candidate:2 {verdicts[1]}" in rows[1]


@pytest.mark.long
def test_looks_and_what_they_cost(cv, finished_project):
    project = finished_project
    assert "no looks yet" in cv("looks", project=project)[1]
    instructions = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    text = instructions.read_text(encoding="utf-8")
    for number in (1, 2):
        instructions.write_text(text + "\n\n" * number + "Read it twice.\n", encoding="utf-8")
        cv("run", "--repeat", "1", "-q", project=project)
    rows = [json.loads(line) for line in cv("looks", "--json", project=project)[1].splitlines()]
    assert [row["number"] for row in rows] == [1, 2]
    cost = [Decimal(row["cost"]) for row in rows]
    assert min(cost) > 0
    assert [Decimal(row["so_far"]) for row in rows] == [cost[0], sum(cost)]
    head, first, second = cv("looks", project=project)[1].splitlines()
    assert head.startswith(f"against baseline {rows[0]['baseline'][:12]}, simulator (dollars as")
    assert first.split()[:4] == ["look", "1", rows[0]["at"][:10], rows[0]["candidate"][:12]]
    assert rows[0]["verdict"] in first
    assert second.endswith(f"${cost[1]:.2f}  ${sum(cost):.2f} so far")


@pytest.mark.long
def test_a_sequential_run_that_ended_early_says_so(cv, finished_project):
    project = finished_project
    assert cv("run", "--repeat", "1", "--sequential", "1,2,3", "-q", project=project)[0] == ExitCode.SHIP
    newest, first = cv("runs", project=project)[1].splitlines()
    assert "3/9 answers · 1 of 3 people (sequential)" in newest
    assert first.endswith("6/6 answers")


def test_config_shows_where_each_value_comes_from(cv, finished_project, monkeypatch):
    monkeypatch.setenv("CV_HARNESS_REPEAT", "5")
    shown = json.loads(cv("config", "--json", project=finished_project)[1])
    assert shown["settings"]["repeat"] == {"value": 5, "origin": "$CV_HARNESS_REPEAT"}
    assert shown["settings"]["seed"]["origin"] == "default"
    assert shown["gates"]["accuracy.margin"] == {"value": "0.02", "origin": "default"}


def test_forget_says_first_and_does_it_then(cv, finished_project):
    project = finished_project
    code, out, _ = cv("forget", "a01", project=project)
    assert (code, golden_path(project, "a01").is_file()) == (0, True)
    assert "nothing was done" in out
    code, out, err = cv("forget", "a01", "--yes", project=project)
    assert (code, golden_path(project, "a01").exists()) == (0, False), err
    assert "nothing of the person is left" in out
    (project.root / "notes.txt").write_text(golden_path(project, "a02").read_text(encoding="utf-8"), encoding="utf-8")
    code, _, err = cv("forget", "a02", "--yes", project=project)
    assert (code, "still there: notes.txt" in err) == (ExitCode.HARNESS, True)


def test_old_runs_are_pruned(cv, finished_project):
    project = finished_project
    folder = runs(project)[0].folder
    shutil.copytree(folder, folder.with_name("20200101-000000-0000"))
    assert cv("prune", project=project)[1] == "0 runs removed\n"
    assert cv("prune", "--keep", "1", project=project)[1] == "1 runs removed\n"
    assert [run.run_id for run in runs(project)] == [folder.name]
    assert cv("prune", "--keep", "0", project=project)[1] == "1 runs removed\n"


def test_corpus_add_says_what_came_in_and_what_did_not(cv, finished_project, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    (own / "bad\x1b[2J.pdf").write_bytes(b"%PDF-1.7 nothing")
    code, _, err = cv("corpus", "add", own, project=finished_project)
    assert (code, "\x1b" in err) == (ExitCode.USAGE, False)
    (own / "Jane.txt").write_text("Jane Doe\njane@doe.example\n2018 - 2021 Engineer\n" + "and the of " * 9)
    code, out, err = cv("corpus", "add", own, "--pseudonymise", "--secret", "s", project=finished_project)
    assert code == ExitCode.USAGE, "one file did not come in"
    assert "added cv-0001: " in out
    assert "values replaced" in out
    assert "not added: bad" in err
    assert "Jane" not in out + err
    (own / "bad\x1b[2J.pdf").unlink()
    assert cv("corpus", "add", own, "--pseudonymise", "--secret", "s", project=finished_project)[0] == 0, "all there"
    code, _, err = cv("corpus", "add", own / "nothing", project=finished_project)
    assert code == ExitCode.USAGE


def test_score_in_words_and_as_json(cv, finished_project, tmp_path):
    golden = golden_path(finished_project, "a02")
    answer = json.loads(golden.read_text(encoding="utf-8"))["cv"]
    answer["personal_info"]["name"] = "Somebody Else"
    given = tmp_path / "answer.json"
    given.write_text(json.dumps(answer), encoding="utf-8")
    (source,) = (finished_project.corpus / "cvs").glob("a02.*")
    asked = ("score", "--golden", golden, "--prediction", given, "--text", source)
    code, out, _ = cv(*asked, project=finished_project)
    assert code == 0
    assert out.startswith("F1 0.9")
    assert "Somebody Else" in out
    scored = json.loads(cv(*asked, "--json", project=finished_project)[1])
    assert 0.9 < scored["f1"] < 1
    given.write_text("no answer at all", encoding="utf-8")
    assert "no JSON object" in cv(*asked, project=finished_project)[1]


def test_init_makes_a_project_and_overwrites_nothing(cv, tmp_path, monkeypatch):
    folder = tmp_path / "new"
    code, out, _ = cv("init", folder)
    assert code == 0
    assert f"next: cd {folder} && cv-harness corpus add" in out
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert "next: cv-harness corpus add" in cv("init", ".")[1]
    assert Project(folder).manifest.is_file()
    assert "is a cv-harness project already" in cv("init", folder)[2]
    other = tmp_path / "other"
    (other / "evals").mkdir(parents=True)
    (other / "evals" / "conftest.py").write_text("mine")
    assert "is in the way" in cv("init", other)[2]
    assert [path.name for path in other.rglob("*") if path.is_file()] == ["conftest.py"]
    (tmp_path / "file").touch()
    assert "is a file" in cv("init", tmp_path / "file")[2]


@pytest.mark.parametrize("name", ["cv-parser-pro", "assistants/cv-parser-pro"])
def test_bundles_are_looked_at(cv, finished_project, monkeypatch, name):
    monkeypatch.chdir(finished_project.root)
    assert cv("assistant", "list", project=finished_project)[1].count("accepted for simulator") == 1
    assert "wire " in cv("assistant", "show", name, project=finished_project)[1]
    assert cv("assistant", "diff", name, project=finished_project)[1] == "no difference\n"
    instructions = Path("assistants/cv-parser-pro/instructions.md")
    instructions.write_text(instructions.read_text(encoding="utf-8") + "\nList hobbies too.\n", encoding="utf-8")
    assert "+ List hobbies too." in cv("assistant", "diff", name, project=finished_project)[1]
    assert cv("assistant", "lint", name, project=finished_project)[0] == 0


def test_accepting_a_run_without_legacy_says_what_later_runs_will_miss(cv, finished_project, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    assert (
        cv("run", "--repeat", "1", "--arms", "baseline,candidate", "--pair-live", "-q", project=finished_project)[0]
        == 0
    )
    code, out, _ = cv("accept", "--reason", "fresh", "--by", "B Person", project=finished_project)
    assert code == 0
    assert "legacy was not in this run, so it is not recorded on draws 1 to 1" in out


def test_a_project_without_a_cv_says_what_comes_next(cv, tmp_path):
    assert cv("init", tmp_path / "ours")[0] == 0
    ours = Project(tmp_path / "ours")
    code, out, _ = cv("corpus", "check", project=ours)
    assert (code, "corpus add" in out, "sound" in out) == (0, True, False)
    code, _, err = cv("watch", "--once", project=ours)
    assert code == ExitCode.USAGE
    assert "no CV of this project is in split dev" in err
    assert "corpus add FOLDER --split dev" in err


def test_no_command_is_help_and_no_complaint(cv):
    code, _, err = cv()
    assert code == ExitCode.USAGE
    assert err.startswith("Usage: ")
