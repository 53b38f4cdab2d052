"""`pytest evals/` as CI runs it: in a process of its own, on a project of three CVs with an accepted assistant."""

import json
import re
import shutil
from functools import partial
from pathlib import Path

import pytest

from harness.corpus.goldens import golden_path, load_golden
from harness.replay.runs import runs

REPOSITORY = Path(__file__).resolve().parents[2]
SETTINGS = '[tool.cv-harness]\nrepeat = 1\n\n[tool.pytest.ini_options]\ntestpaths = ["evals"]\n'


@pytest.fixture
def project(finished_project):
    shutil.copytree(REPOSITORY / "evals", finished_project.root / "evals", ignore=shutil.ignore_patterns("__pycache__"))
    finished_project.settings.write_text(SETTINGS, encoding="utf-8")
    shutil.rmtree(finished_project.runs)
    return finished_project


@pytest.fixture
def evals(project, run_evals):
    """A function that runs `pytest evals` in the project."""
    return partial(run_evals, project)


def worsen(project):
    """The candidate is no longer told anything about languages."""
    instructions = project.root / "assistants" / "cv-parser-pro" / "instructions.md"
    kept = [line for line in instructions.read_text(encoding="utf-8").splitlines() if "language" not in line.lower()]
    instructions.write_text("\n".join(kept) + "\n", encoding="utf-8")


@pytest.mark.long
def test_the_accepted_assistant_ships(project, evals):
    code, output, tests = evals()
    assert code == 0, output
    assert {"test_cv[a01]", "test_cv[a02]", "test_cv[a09]", "test_gate[verdict]", "test_gate[recordings]",
            "test_gate[accuracy]", "test_gate[legacy:accuracy]"} <= set(tests)  # fmt: skip
    assert {outcome for outcome, _, _ in tests.values()} == {"passed"}
    assert len(runs(project)) == 1
    assert "SHIP (simulated)" in output
    properties = tests["test_gate[accuracy]"][2]
    assert properties["status"]
    assert properties["n"] == "3"
    assert tests["test_cv[a01]"][2]["cv"] == "a01"
    for name in ("summary.md", "redacted/index.html", "redacted/summary.md"):
        assert (project.reports / "latest" / name).stat().st_size > 100


def test_wrong_gates_are_a_usage_error(project, evals):
    project.settings.write_text(SETTINGS + "\n[tool.cv-harness.gates]\naccuracyy = 1\n", encoding="utf-8")
    code, output, tests = evals()
    assert code == 4
    assert "gates.accuracyy: unknown key" in output
    assert "Traceback" not in output
    assert tests == {}
    assert runs(project) == ()


@pytest.mark.long
def test_two_workers_share_one_evaluation(project, evals):
    code, output, tests = evals("-n", "2")
    assert code == 0, output
    assert len(runs(project)) == 1
    assert len(tests) > 10
    assert tests["test_gate[accuracy]"][2]["n"] == "3"


@pytest.mark.long
def test_a_part_is_inconclusive_even_of_the_accepted_assistant(project, evals):
    code, _, tests = evals("-k", "a01 or gate")
    assert code == 1
    (run,) = runs(project)
    assert set(run.manifest.documents) == {"a01"}
    assert tests["test_cv[a01]"][0] == "passed"
    assert "test_cv[a02]" not in tests
    outcome, message, _ = tests["test_gate[verdict]"]
    assert outcome == "failure"
    assert message.splitlines()[0].startswith("AssertionError: INCONCLUSIVE: only some of the CVs")
    assert tests["test_gate[recordings]"][0] == "passed"


@pytest.mark.long
def test_a_worse_candidate_fails_its_gates_with_the_reason_first_and_no_values_in_ci(project, evals):
    worsen(project)
    code, output, tests = evals("-n", "2", CI="true")
    assert code == 1
    assert len(runs(project)) == 1
    verdict = json.loads((project.reports / "latest" / "verdict.json").read_text(encoding="utf-8"))
    assert verdict["verdict"] in ("HOLD", "INCONCLUSIVE")
    outcome, message, _ = tests["test_gate[verdict]"]
    assert outcome == "failure"
    assert message.splitlines()[0].startswith(f"AssertionError: {verdict['verdict']}: ")
    # a gate's test fails exactly where that gate keeps the verdict from SHIP
    for comparison in verdict["comparisons"]:
        for gate in comparison["gates"]:
            name = gate["name"] if comparison["against"] == "baseline" else f"{comparison['against']}:{gate['name']}"
            if f"test_gate[{name}]" in tests and gate["status"] == "FAIL":
                assert re.match("AssertionError: HOLD: ", tests[f"test_gate[{name}]"][1])
    assert (project.reports / "latest" / "redacted" / "summary.md").is_file()
    public = output + json.dumps(tests)
    for document in ("a01", "a02", "a09"):
        info = load_golden(golden_path(project, document)).cv["personal_info"]
        assert [value for value in (info["name"], info["email"], info["phone"]) if value and value in public] == []


@pytest.mark.long
def test_strict_cases_fail_for_any_lost_value(project, evals):
    worsen(project)
    code, _, tests = evals("-k", "test_cv", "--strict-cases")
    lost = {name: message for name, (outcome, message, _) in tests.items() if outcome == "failure"}
    assert code == 1
    assert all("languages[" in message for message in lost.values())
    assert lost


@pytest.mark.long
def test_missing_recordings_are_a_gate_of_their_own_with_command_and_cost(project, evals):
    simulated, openai = project.baseline / "simulator", project.baseline / "openai"
    simulated.rename(openai)
    for file in ("accepted.json", "anchor.json", "history.jsonl"):
        text = (openai / file).read_text(encoding="utf-8")
        (openai / file).write_text(re.sub(r"simulator@[^\"]+", "openai", text), encoding="utf-8")
    recorded_from_nobody_else(project)
    code, output, tests = evals("--provider", "openai")
    assert code == 1, output
    outcome, message, _ = tests["test_gate[recordings]"]
    assert outcome == "failure"
    first = message.splitlines()[0]
    assert "MISSING RECORDINGS: " in first
    assert "`cv-harness record --provider openai --arms baseline,candidate,legacy --repeat 1`" in first
    assert re.search(r"about \d+ calls, about \$\d+\.\d\d", first)
    assert (project.reports / "latest" / "redacted" / "summary.md").is_file()


def recorded_from_nobody_else(project):
    """One recording of OpenAI's, of another text: so that without a key there is something to replay."""
    from dataclasses import replace

    from harness.models.packs import read_pack
    from harness.models.recordings import RecordingStore

    (path, *_) = sorted(project.recordings.rglob("*.jsonl"))
    pack = read_pack(path)
    other = replace(pack.recording(pack.entries[0]), origin="openai", key="0" * 64)
    RecordingStore.of(project).add([other])


@pytest.mark.long
def test_what_cannot_be_evaluated_says_so_in_one_line(project, evals):
    golden = golden_path(project, "a01")
    content = json.loads(golden.read_text(encoding="utf-8"))
    content["cv"]["personal_info"]["name"] = ["Secret Name"]
    golden.write_text(json.dumps(content), encoding="utf-8")
    code, output, tests = evals(CI="true")
    assert code == 1
    assert "Secret Name" not in output
    assert "a01.json at cv.personal_info.name is wrong" in tests["test_gate[verdict]"][1].splitlines()[0]
    assert "no verdict" in (project.reports / "latest" / "redacted" / "summary.md").read_text(encoding="utf-8")
    assert {outcome for outcome, _, _ in tests.values()} <= {"failure", "error"}

    project.manifest.write_text("{", encoding="utf-8")
    code, output, _ = evals()
    assert code == 4
    assert "manifest.json at line 1" in output
    assert "Traceback" not in output


@pytest.mark.long
def test_a_junit_file_is_written_where_warnings_are_errors(project, evals):
    project.settings.write_text(SETTINGS + 'filterwarnings = ["error"]\n', encoding="utf-8")
    code, output, tests = evals("-o", "junit_family=xunit2")
    assert code == 0, output
    assert tests["test_cv[a01]"][2]["cv"] == "a01"
