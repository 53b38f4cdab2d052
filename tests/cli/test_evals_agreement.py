"""What the gates' tests of `pytest evals/` say is what the verdict says, for each of the three verdicts."""

import json
import shutil
from pathlib import Path

import pytest

from harness.base.project import Project
from harness.corpus.manifest import load_manifest
from harness.evaluate.commands.accept import accept_run
from harness.evaluate.commands.run import evaluate
from harness.evaluate.setup.plan import Plan

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = '[tool.cv-harness]\nrepeat = 3\n\n[tool.pytest.ini_options]\ntestpaths = ["evals"]\n'
SENTENCE = "List every human language that the CV names under `languages`, with its level as printed."
PEOPLE = 40


@pytest.fixture
def project(small_project):
    """So many people that an edit can ship, one document each, and an accepted assistant."""
    documents = load_manifest(Project(REPOSITORY), verify=False)
    first = {each.persona: each.id for each in reversed(documents) if each.split == "gate" and not each.twin_of}
    project = small_project(sorted(first.values())[:PEOPLE])
    evaluate(project, Plan())
    accept_run(project, None, reason="first", by="A", override=True, environment={})
    shutil.copytree(REPOSITORY / "evals", project.root / "evals", ignore=shutil.ignore_patterns("__pycache__"))
    project.settings.write_text(SETTINGS, encoding="utf-8")
    return project


@pytest.mark.long
@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ("\n\n", "\n\n\n", "SHIP"),
        (SENTENCE, "", "HOLD"),
        (SENTENCE, "Let tongues be told as they were sung.", "INCONCLUSIVE"),
    ],
)
def test_each_gates_test_agrees_with_the_verdict(project, run_evals, before, after, verdict):
    path = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    code, output, tests = run_evals(project)
    decided = json.loads((project.reports / "latest" / "verdict.json").read_text(encoding="utf-8"))
    assert (decided["verdict"], decided["identical"]) == (verdict, False), output
    told = {name: message.splitlines()[0] for name, (outcome, message, _) in tests.items()
            if name.startswith("test_gate") and outcome != "passed"}  # fmt: skip
    failing = {line.removeprefix("AssertionError: ").partition(":")[0] for line in told.values()}
    harmed = [
        gate["name"]
        for comparison in decided["comparisons"]
        for gate in comparison["gates"]
        if gate["status"] == "FAIL" and gate["level"] == "deciding"
    ]
    if verdict == "SHIP":
        assert (code, told, harmed) == (0, {}, [])
        return
    assert code == 1
    assert harmed
    assert verdict in failing
    if verdict == "INCONCLUSIVE":
        assert "HOLD" not in failing
        assert all("the simulator understood this sentence" in told[f"test_gate[{name}]"] for name in harmed
                   if f"test_gate[{name}]" in told)  # fmt: skip
        assert "Let tongues be told" in told["test_gate[verdict]"]
