"""What CI runs: no name of a pull request reaches a shell, no code of one meets a key or a token that may write."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from harness.base.errors import UsageError
from harness.evaluate.commands.init import init, write_drift_workflow

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")

WHEEL = "cv_harness-1-py3-none-any.whl#sha256=" + "0a" * 32
FIXED = (
    "git+https://git.example.com/team/cv-harness@0123abc",
    "git+ssh://git@git.example.com/team/cv-harness@0123abc",
    f"https://x.example.com/{WHEEL}",
)
MOVING = (
    "", "cv-harness", "cv-harness==1", "git+https://git.example.com/team/cv-harness", "https://x/a.whl",
    "git+ssh://git@git.example.com/team/cv-harness", "git+https://git.example.com/team/cv-harness@main",
    "https://x.example.com/a.whl#sha256=ab", f"http://x.example.com/{WHEEL}",
)  # fmt: skip


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """This repository's workflows, and those that a project is given."""
    project = init(tmp_path_factory.mktemp("made") / "project")
    drift = write_drift_workflow(project).read_text("utf-8")
    made = (project.root / ".github" / "workflows" / "evals.yml").read_text("utf-8")
    return {path.name: path.read_text(encoding="utf-8") for path in WORKFLOWS} | {"init": made, "drift": drift}


def _jobs(text: str) -> dict[str, str]:
    """Each job's own lines."""
    parts = re.split(r"^  (\w+):\n", text.partition("\njobs:\n")[2], flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_action_is_pinned_by_its_full_hash(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        used = re.findall(r"uses: (.*)", text)
        assert used, name
        assert all(PINNED.fullmatch(action) for action in used), name


def test_nothing_that_a_stranger_may_name_is_written_into_a_script(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        scripts = re.findall(r"run: (?:\|\n((?: {10,}.*\n)+)|(.*)\n)", text)
        assert scripts, name
        assert not any("${{" in block + line for block, line in scripts), name


def test_code_of_a_pull_request_never_runs_beside_a_token_that_may_write(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        assert not re.search(r"^permissions:\n(  .*\n)*?  .*write", text, flags=re.MULTILINE), name
        for job, lines in _jobs(text).items():
            runs_its_code = re.search(r"make |pytest|cv-harness (?:record|run|drift --p)|\.ci/run|pip install", lines)
            assert not (runs_its_code and ": write" in lines), (name, job)
            assert not (runs_its_code and "github.token" in lines), (name, job)
            if runs_its_code:
                assert "persist-credentials: false" in lines, (name, job)


def test_the_key_is_there_for_the_recording_alone_on_the_commit_that_was_labelled() -> None:
    text = (ROOT / ".github" / "workflows" / "record.yml").read_text(encoding="utf-8")
    record = _jobs(text)["record"]
    assert text.count("secrets.") == 1
    assert record.index("make ") < record.index("secrets.") < record.index("cv-harness record")
    assert "ref: ${{ github.event.pull_request.head.sha }}" in record
    assert "head.ref" not in record


@pytest.mark.parametrize("name", ['a"$(touch pwned)"', "a$(shell touch pwned)", "a`touch pwned`", "a';touch pwned;'"])
def test_a_branch_name_runs_no_command_through_make(tmp_path: Path, name: str) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    pytest_stub = bin_folder / "pytest"
    pytest_stub.write_text('#!/bin/sh\nfor word in "$@"; do echo "word: $word"; done\n', encoding="utf-8")
    pytest_stub.chmod(0o755)
    dev = tmp_path / ".dev"
    dev.touch()
    done = subprocess.run(
        ["make", "-f", str(ROOT / "Makefile"), "-o", str(dev), "evals", f"BIN={bin_folder}", f"DEV={dev}"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "BASELINE": f"origin/{name}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"word: origin/{name}\n" in done.stdout
    assert not list(tmp_path.rglob("pwned"))


def test_a_made_projects_workflow_installs_no_bare_name(texts: dict[str, str], tmp_path: Path) -> None:
    script = _script(texts["init"], "Install cv-harness from where your team keeps it")
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho "$@"\n', encoding="utf-8")
    python.chmod(0o755)

    def install(source: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "SOURCE": source}
        return subprocess.run(
            ["bash", "-e", "-c", script], env=environment, capture_output=True, text=True, check=False
        )

    for source in FIXED:
        assert f"cv-harness[xdist] @ {source}" in install(source).stdout
    for source in MOVING:
        assert install(source).returncode == 2, source


@pytest.mark.parametrize("source", FIXED)
def test_init_writes_where_ci_installs_from(tmp_path: Path, source: str) -> None:
    text = (init(tmp_path / "ours", source).root / ".github" / "workflows" / "evals.yml").read_text(encoding="utf-8")
    (step,) = (one for one in yaml.safe_load(text)["jobs"]["evals"]["steps"] if "SOURCE" in one.get("env", {}))
    assert step["env"]["SOURCE"] == source
    assert "vars." not in text


@pytest.mark.parametrize(
    "source", [*filter(None, MOVING), "git+https://me:secret@git.example.com/a@0123abc", f"https://${{{{x}}}}/{WHEEL}"]
)
def test_init_refuses_a_source_that_moves_or_that_tells_a_secret(tmp_path: Path, source: str) -> None:
    with pytest.raises(UsageError, match="one fixed version"):
        init(tmp_path / "ours", source)
    assert not (tmp_path / "ours").exists()


def test_each_job_ends_and_what_the_corpus_needs_is_installed(texts: dict[str, str]) -> None:
    for name, text in texts.items():
        assert all("timeout-minutes" in job for job in yaml.safe_load(text)["jobs"].values()), name
    for name in ("evals.yml", "init"):
        assert all(word in texts[name] for word in ("tesseract-ocr", "catdoc", "cache: pip")), name


def test_both_workflows_comment_alike(texts: dict[str, str]) -> None:
    ours, made = (yaml.safe_load(texts[name])["jobs"]["comment"] for name in ("evals.yml", "init"))
    assert ours == made


def _script(text: str, step: str) -> str:
    """What a named step of a workflow runs."""
    (found,) = (
        one["run"] for job in yaml.safe_load(text)["jobs"].values() for one in job["steps"] if one.get("name") == step
    )
    return str(found)


@pytest.mark.parametrize(("open_issues", "asked"), [("", "issues -f title="), ("12", "issues/12/comments -F")])
def test_a_moved_model_is_one_issue_with_a_comment_for_each_further_week(
    texts: dict[str, str], tmp_path: Path, open_issues: str, asked: str
) -> None:
    script = re.findall(r"run: \|\n((?: {10,}.*\n)+)", texts["drift"])[-1]
    gh = tmp_path / "gh"
    gh.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\ncase "$*" in *state=open*) echo "{open_issues}";; esac\n')
    gh.chmod(0o755)
    (tmp_path / "drift.md").write_text("<!-- cv-harness drift -->\n", encoding="utf-8")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "GITHUB_REPOSITORY": "team/cvs"}
    subprocess.run(["bash", "-e", "-c", script], env=environment, cwd=tmp_path, check=True)
    said = (tmp_path / "asked").read_text("utf-8").splitlines()
    assert len(said) == 2
    assert asked in said[1]


def test_zizmor_finds_nothing(texts: dict[str, str], tmp_path: Path) -> None:
    """As `make check` asks of this repository's; here the workflow that `init` writes is among them."""
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for name, text in texts.items():
        (folder / f"{name.removesuffix('.yml')}.yml").write_text(text, encoding="utf-8")
    asked = ["--offline", "--no-progress", "--quiet", "--persona=pedantic", str(folder)]
    zizmor = Path(sys.executable).with_name("zizmor")
    done = subprocess.run([zizmor, *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
