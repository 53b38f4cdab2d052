"""A team's own project, outside this repository, from nothing to a green CI; and from an installed wheel."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from harness.base.errors import ExitCode
from harness.base.project import Project
from harness.corpus.goldens import load_golden
from harness.corpus.manifest import document_path, load_manifest

REPOSITORY = Project(Path(__file__).resolve().parents[2])
IDS = ("a01", "a02", "a09")


@pytest.fixture
def cvs(tmp_path):
    """A folder with three CVs, named after people."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for document in load_manifest(REPOSITORY, verify=False):
        if document.id in IDS:
            source = document_path(REPOSITORY, document)
            shutil.copyfile(source, folder / f"CV of {document.persona}{source.suffix}")
    return folder


@pytest.fixture
def typed(tmp_path):
    """A function that runs a command as somebody in that project would type it."""
    dropped = ("CI", "OPENAI_API_KEY", "CV_HARNESS_PROJECT", "PYTHONPATH")
    variables = {key: value for key, value in os.environ.items() if key not in dropped}
    variables["CV_HARNESS_CACHE"] = str(tmp_path / "cache")

    def run(folder, *command, keys="", code=0):
        done = subprocess.run(
            command, cwd=folder, env=variables, input=keys, capture_output=True, text=True, check=False
        )
        assert code is None or done.returncode == code, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        return done.stdout

    return run


@pytest.mark.long
def test_a_new_project_goes_from_nothing_to_green(tmp_path, cvs, typed):
    cv = (sys.executable, "-m", "harness")
    home = tmp_path / "ours"
    typed(tmp_path, *cv, "init", "ours")
    assert {path.name for path in home.iterdir()} >= {
        "assistants",
        "evals",
        "fixtures",
        "goldens",
        "reports",
        ".github",
    }

    assert typed(home, *cv, "corpus", "add", cvs, "--split", "gate").count("added cv-") == len(IDS)
    documents = [document.id for document in load_manifest(Project(home))]
    assert documents == ["cv-0001", "cv-0002", "cv-0003"]
    out = typed(home, *cv, "run", "--repeat", "2", code=ExitCode.INCONCLUSIVE)
    assert "no CV has a golden" in out

    for document in documents:
        typed(home, *cv, "golden", "add", document)
        keys = "s\n" * 300
        typed(
            home,
            *cv,
            "golden",
            "review",
            "--document",
            document,
            "--by",
            "A Person",
            keys=keys,
            code=ExitCode.INCONCLUSIVE,
        )
        assert not load_golden(home / "goldens" / f"{document}.json").reviewed
        shown = typed(home, *cv, "golden", "review", "--document", document, "--by", "A Person",
                      keys="s\n" * places(typed, home, cv, document) + "y\n")  # fmt: skip
        assert f"{document} gates from now on" in shown

    typed(home, *cv, "run", "--repeat", "2", code=ExitCode.INCONCLUSIVE)
    typed(home, *cv, "accept", "--reason", "the first", "--by", "A Person")
    assert "SHIP" in typed(home, *cv, "run", "--repeat", "2")
    out = typed(home, *cv, "plan")
    assert "margin 0.020 with 3 answers to each CV: " in out
    out = typed(home, sys.executable, "-m", "pytest", "evals/")
    assert "SHIP (simulated)" in out

    instructions = home / "assistants" / "cv-parser-pro" / "instructions.md"
    other = home / "assistants" / "other"
    shutil.copytree(instructions.parent, other)
    (other / "instructions.md").write_text(
        instructions.read_text(encoding="utf-8").replace(". ", ". \n", 1), encoding="utf-8"
    )
    typed(home, *cv, "run", "--repeat", "2", "--assistant", "cv-parser-pro", "--assistant", "other", "-q",
          code=(ExitCode.SHIP if same_wire(instructions.parent, other) else ExitCode.INCONCLUSIVE))  # fmt: skip
    typed(home, *cv, "accept", "--candidate", "candidate:2", "--reason", "two", "--by", "A", "--override")
    rows = [json.loads(line) for line in typed(home, *cv, "trend", "--json").splitlines()]
    assert [row["reason"] for row in rows] == ["the first", "two"]


def same_wire(one, two):
    from harness.assistants.bundle import load_bundle

    return load_bundle(one).wire == load_bundle(two).wire


def places(typed, home, cv, document):
    """How many places a review of the document asks about."""
    out = typed(home, *cv, "golden", "review", "--document", document, "--by", "A", keys="q\n" * 9, code=None)
    return int(out.split(" place")[0])


@pytest.mark.long
def test_an_installed_wheel_makes_a_project_that_runs(tmp_path, cvs, typed):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path / "dist"],
        cwd=REPOSITORY.root, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = (tmp_path / "dist").glob("*.whl")
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        archive.extractall(site)
    assert {"harness/contract/cv.schema.json", "harness/evals/conftest.py", "harness/evals/test_assistant.py",
            "harness/assistants/cv-parser-pro/assistant.toml", "harness/assistants/cv-parser-pro/instructions.md",
            "harness/py.typed"} <= names  # fmt: skip
    ours = REPOSITORY.root / "harness"
    tracked = subprocess.run(
        ["git", "ls-files", "harness"], cwd=ours.parent, capture_output=True, text=True, check=True
    )
    assert [name for name in tracked.stdout.splitlines() if (ours.parent / name).is_file() and name not in names] == []
    assert [name for name in names if not name.startswith(("harness/", "cv_harness-"))] == []

    script = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        f"import harness; assert harness.__file__.startswith({str(site)!r})\n"
        "from harness.cli.main import main; main()"
    )
    cv = (sys.executable, "-I", "-c", script)
    typed(tmp_path, *cv, "init", "ours")
    for name in ("evals/conftest.py", "evals/test_assistant.py", "goldens/cv.schema.json"):
        assert (tmp_path / "ours" / name).read_bytes() == (REPOSITORY.root / name).read_bytes(), name
    typed(tmp_path, *cv, "corpus", "list", code=ExitCode.USAGE)  # no project here, and none that comes with the package
    typed(tmp_path / "ours", *cv, "corpus", "add", cvs, "--split", "gate")
    assert "no CV has a golden" in typed(tmp_path / "ours", *cv, "run", "--repeat", "1", "--limit", "1",
                                         code=ExitCode.INCONCLUSIVE)  # fmt: skip
