"""Goldens that a second process checks while answers are read: what a run is begun with is the same as without it."""

import json
import multiprocessing

import pytest
from made_project import make_project

from harness.base.errors import HarnessError, InvalidFileError
from harness.corpus.goldens import Goldens, load_golden
from harness.evaluate.setup import goldens_ahead
from harness.evaluate.setup.goldens_ahead import GoldensAhead, checked
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan

IDS = ["a01", "a02", "a04", "a05", "a09"]


@pytest.fixture
def project(tmp_path):
    """Of one document the golden is not reviewed, of one there is none."""
    project = make_project(tmp_path / "project", IDS)
    unreviewed = project.goldens / "a04.json"
    golden = json.loads(unreviewed.read_text(encoding="utf-8"))
    golden["provenance"]["reviewed"] = False
    unreviewed.write_text(json.dumps(golden), encoding="utf-8")
    (project.goldens / "a05.json").unlink()
    return project


@pytest.fixture
def plan(project, tmp_path):
    path = tmp_path / "answers.jsonl"
    arms = ("baseline", "candidate")
    lines = [json.dumps({"document": name, "pipeline": arm, "answer": {}}) for name in IDS for arm in arms]
    path.write_text("\n".join(lines), encoding="utf-8")
    return Plan(answers=path)


@pytest.fixture
def few(monkeypatch):
    """The process begins with the second document."""
    monkeypatch.setattr(Goldens, "HELD", 1)
    monkeypatch.setattr(goldens_ahead, "_TOGETHER", 1)
    monkeypatch.setattr(goldens_ahead.os, "cpu_count", lambda: 2)


def test_only_a_reviewed_golden_without_fault_has_a_hash(project):
    (project.goldens / "a09.json").write_text("{}", encoding="utf-8")
    known = load_golden(project.goldens / "a01.json")
    assert checked(project, ["a01", "a04", "a05", "a09", "../x"]) == [known.sha256, None, None, None, None]
    goldens = Goldens(project)
    assert goldens.take_in("a01", known.sha256)
    assert (goldens["a01"], dict(goldens.hashes)) == (known, {"a01": known.sha256})


def test_no_process_begins_for_few_documents(project):
    with GoldensAhead(project) as ahead:
        for name in IDS:
            ahead.name(name)
        assert ahead.hashes() == {}
    assert not multiprocessing.active_children()


@pytest.mark.long
def test_a_run_begins_with_the_same_goldens(project, plan, few, monkeypatch):
    with monkeypatch.context() as alone:
        alone.setattr(goldens_ahead.os, "cpu_count", lambda: 1)
        before = load_inputs(project, plan)
    found = []
    hashes = GoldensAhead.hashes
    monkeypatch.setattr(GoldensAhead, "hashes", lambda self: found.append(hashes(self)) or found[-1])
    after = load_inputs(project, plan)
    assert [sorted(each) for each in found] == [["a02", "a09"]]
    assert dict(after.goldens) == dict(before.goldens)
    assert list(after.goldens.hashes.items()) == list(before.goldens.hashes.items())
    assert (after.unreviewed, after.documents, after.selection) == (("a04", "a05"), before.documents, before.selection)


@pytest.mark.long
def test_what_is_wrong_is_named_as_without_it(project, plan, few):
    (project.goldens / "a09.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InvalidFileError, match=r"a09\.json: the 'cv' is missing"):
        load_inputs(project, plan)
    with plan.answers.open("a", encoding="utf-8") as file:
        file.write("\n{")
    with pytest.raises(InvalidFileError, match=r"answers\.jsonl at line 11: not JSON"):
        load_inputs(project, plan)


@pytest.mark.long
def test_a_process_that_is_killed_is_told_as_that(project, few):
    with GoldensAhead(project) as ahead:
        for name in IDS[:2]:
            ahead.name(name)
        for child in multiprocessing.active_children():
            child.kill()
            child.join()
        with pytest.raises(HarnessError) as raised:
            ahead.hashes()
    assert "start it again" in raised.value.hint
