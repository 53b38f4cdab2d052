"""Goldens through the command line, as a person at a terminal would: review, audit, add."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from harness.base.errors import UsageError
from harness.cli.main import app
from harness.corpus.goldens import golden_path, load_golden, write_golden
from harness.evaluate.setup.inputs import load_inputs
from harness.evaluate.setup.plan import Plan


@pytest.fixture
def answering(finished_project, monkeypatch):
    """A function that runs a command with a person's answers typed in; its output."""
    monkeypatch.setenv("CV_HARNESS_PROJECT", str(finished_project.root))
    monkeypatch.delenv("CI", raising=False)

    def run(*arguments, keys=()):
        result = CliRunner().invoke(app, arguments, input="".join(f"{key}\n" for key in keys))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return run


def spoil(project, section="work_experience", field="company", value="Wrong & Sons"):
    """A golden of which one value is wrong, so that every arm and the CV contradict it; what was right."""
    golden = load_golden(golden_path(project, "a02"))
    right = golden.cv[section][0][field]
    golden.cv[section][0][field] = value
    write_golden(project, golden)
    return right


def test_a_wrong_golden_is_listed_reviewed_and_mended(finished_project, answering):
    right = spoil(finished_project)
    listed = json.loads(answering("golden", "audit", "--json"))
    assert ("a02", "work_experience[0].company", "Wrong & Sons") in {
        (each["document_id"], each["path"], each["golden"]) for each in listed
    }
    assert "a02 work_experience[0].company" in answering("golden", "audit")

    shown = answering("golden", "review", "--document", "a02", "--by", "A Person", keys=["a", "a slip", *"s" * 40])
    assert shown.index('"Wrong & Sons"') < shown.index("in the CV: ") < shown.index("written: ")
    mended = load_golden(golden_path(finished_project, "a02"))
    assert mended.cv["work_experience"][0]["company"] == right
    assert mended.provenance.history[-1]["by"] == "A Person"
    assert mended.provenance.history[-1]["reason"] == "a slip"


@pytest.mark.parametrize(
    ("keys", "action"),
    [(["k", "right as it is"], "keep"), (["l", "both are right"], "alternative"), (["m", "unclear"], "ambiguous")],
)
def test_other_decisions_leave_the_value(finished_project, answering, keys, action):
    right = spoil(finished_project)
    answering("golden", "review", "--document", "a02", "--by", "A Person", keys=[*keys, *"s" * 40])
    golden = load_golden(golden_path(finished_project, "a02"))
    assert golden.cv["work_experience"][0]["company"] == "Wrong & Sons"
    assert golden.provenance.history[-1]["action"] == action
    assert golden.accept == ({"work_experience[0].company": (right,)} if action == "alternative" else {})
    assert golden.ambiguous == ({"work_experience[0].company"} if action == "ambiguous" else set())


@pytest.mark.parametrize("keys", [["q"], ["s", "q"], ["x", "q"]])
def test_skipping_and_quitting_change_nothing(finished_project, answering, keys):
    spoil(finished_project)
    before = golden_path(finished_project, "a02").read_bytes()
    answering("golden", "review", "--document", "a02", "--by", "A Person", keys=keys)
    assert golden_path(finished_project, "a02").read_bytes() == before


def test_a_decision_that_cannot_be_written_does_not_end_the_review(finished_project, answering):
    spoil(finished_project)
    shown = answering("golden", "review", "--document", "a02", "--by", "A Person", keys=["a", " ", *"s" * 40])
    assert "not changed: a golden changes only with a reason" in shown


def test_nothing_changes_in_ci(finished_project, answering, monkeypatch):
    monkeypatch.setenv("CI", "true")
    for arguments in (("golden", "review", "--by", "me"), ("golden", "add", "a01")):
        with pytest.raises(UsageError, match="never changed in CI"):
            answering(*arguments)


def test_a_golden_is_begun_does_not_gate_and_gates_after_its_review(finished_project, answering):
    project = finished_project
    with pytest.raises(UsageError, match="has a golden already"):
        answering("golden", "add", "a01")
    golden_path(project, "a01").unlink()
    assert "goldens/a01.json begun from candidate" in answering("golden", "add", "a01")
    begun = load_golden(golden_path(project, "a01"))
    assert (begun.reviewed, begun.provenance.origin) == (False, "answer:candidate")
    inputs = load_inputs(project, Plan())
    assert set(inputs.goldens) == {"a02", "a09"}
    assert inputs.unreviewed == ("a01",)

    write_golden(project, replace(begun, cv={**begun.cv, "skills": ["Falconry"]}))
    shown = answering("golden", "review", "--document", "a01", "--by", "A Person", keys=[*"s" * 60, *"n" * 3])
    assert '"Falconry"' in shown  # what is not reviewed yet is shown whole, whatever the arms agree on
    assert not load_golden(golden_path(project, "a01")).reviewed
    shown = answering(
        "golden", "review", "--document", "a01", "--by", "A Person", keys=[*"s" * shown.count("[s]kip"), "y"]
    )
    assert "a01 gates from now on" in shown
    assert set(load_inputs(project, Plan()).goldens) == {"a01", "a02", "a09"}


def test_a_golden_is_begun_only_for_a_document_of_the_project(answering):
    with pytest.raises(UsageError, match="no document 'zzz'"):
        answering("golden", "add", "zzz")
    with pytest.raises(UsageError, match="has no answer of baseline for a01"):
        answering("golden", "add", "a01", "--arm", "baseline")
