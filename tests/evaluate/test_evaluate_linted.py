"""An assistant that cannot work is refused before anything is asked, counts no look, and runs when it must."""

import pytest

from harness.base.errors import UsageError
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan
from harness.replay.runs import runs
from harness.review.looks import counted


def test_a_lint_error_stops_a_run_before_it_begins(small_project):
    project = small_project(["a01"])
    toml = project.root / "assistants" / "cv-parser-pro" / "assistant.toml"
    text = toml.read_text(encoding="utf-8")
    assert "temperature" in text
    toml.write_text(text.replace('model = "gpt-4o"', 'model = "gpt-6.1-sol"'), encoding="utf-8")
    plan = Plan(repeat=1)
    with pytest.raises(UsageError) as refused:
        evaluate(project, plan)
    assert "candidate:" in str(refused.value)
    assert "--force" in refused.value.hint
    assert runs(project) == ()
    assert list(counted(project)) == []


def test_an_empty_project_says_how_to_fill_it(small_project):
    project = small_project(["a01"])
    (project.corpus / "manifest.json").write_text('{"version": 1, "documents": []}', encoding="utf-8")
    with pytest.raises(UsageError) as refused:
        evaluate(project, Plan())
    assert "corpus add" in refused.value.hint


def test_filters_that_exclude_each_other_say_so(small_project):
    project = small_project(["a01", "c01"])
    with pytest.raises(UsageError) as refused:
        evaluate(project, Plan(only=("a01",), tags=("language=de",)))
    assert "exclude each other" in refused.value.hint
