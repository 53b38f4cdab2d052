"""Names and links that come from strangers: refused, or shown as what they are; and what an export may say."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from harness.base.errors import ExitCode
from harness.corpus.manifest import load_manifest
from harness.replay.runs import runs

ESCAPES = "\x1b[2J\x1b]0;pwn\x07\u202e"
CV = "Jane Doe\njane@doe.example\n2018 - 2021 Engineer\n" + "and the of " * 9


@pytest.fixture
def brought(tmp_path):
    """A folder of CVs, and a secret beside it."""
    folder = tmp_path / "brought"
    folder.mkdir()
    (folder / "fine.txt").write_text(CV, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("Somebody's secret\n" * 20, encoding="utf-8")
    return folder


@pytest.mark.long
@pytest.mark.parametrize("target", ["../secret.txt", "/etc/passwd", "/dev/zero", "chain.txt"])
@pytest.mark.parametrize("name", ["cv.txt", "fine.json"])
def test_a_link_that_leads_out_ends_a_run_before_anything_is_asked(cv, finished_project, brought, target, name):
    if target == "chain.txt":
        (brought / "chain.txt").symlink_to("../secret.txt")
    (brought / name).symlink_to(target)
    code, out, err = cv(*("run", "--cvs", brought, "--split", "none", "--repeat", "1"), project=finished_project)
    assert "secret\n" not in out + err
    assert "Traceback" not in err
    if target != "/dev/zero":  # which is no file: nothing is read of it
        assert (code, "leads out of" in err) == (ExitCode.USAGE, True), (out, err)
        assert len(runs(finished_project)) == 1


@pytest.mark.parametrize("target", ["../secret.txt", "/etc/passwd", "/dev/zero", "chain.txt"])
def test_a_link_that_leads_out_is_named_and_left_out_and_the_others_come_in(cv, finished_project, brought, target):
    chain = target == "chain.txt"
    if chain:
        (brought / "chain.txt").symlink_to("../secret.txt")
    (brought / "cv.txt").symlink_to(target)
    before = len(load_manifest(finished_project))
    code, out, err = cv("corpus", "add", brought, project=finished_project)
    no_file = target == "/dev/zero"
    assert code == (0 if no_file else ExitCode.USAGE)
    assert out.count("added cv-") == 1
    assert err.count("leads out of") == (0 if no_file else 1 + chain)
    assert no_file or "not added: cv.txt: leads out of" in err
    assert len(load_manifest(finished_project)) == before + 1
    assert "secret\n" not in "".join(path.read_text() for path in finished_project.corpus.rglob("cv-*.txt"))


def test_a_golden_that_leads_out_keeps_its_cv_out(cv, finished_project, brought, tmp_path):
    (brought / "fine.json").symlink_to(finished_project.goldens / "a01.json")
    (brought / "more.txt").write_text(CV.replace("Jane", "June"), encoding="utf-8")
    before = len(load_manifest(finished_project))
    code, out, err = cv("corpus", "add", brought, project=finished_project)
    assert (code, out.count("added cv-")) == (ExitCode.USAGE, 1)
    assert "not added: fine.txt: its golden leads out of" in err
    assert len(load_manifest(finished_project)) == before + 1
    assert "its golden" not in out


def test_a_name_says_nothing_in_its_suffix_either(cv, finished_project, brought):
    (brought / "fine.txt").rename(brought / "CV.of Jane Doe\x1b[2J")
    code, out, err = cv("corpus", "add", brought, project=finished_project)
    assert (code, out.count("added cv-")) == (0, 1), err
    assert not [path for path in finished_project.corpus.rglob("*") if "jane" in path.name.lower()]
    assert "jane" not in finished_project.manifest.read_text(encoding="utf-8").lower()


def test_a_link_inside_the_folder_is_a_file_of_it(cv, finished_project, brought):
    (brought / "again.txt").symlink_to("fine.txt")
    (brought / "below").symlink_to(brought, target_is_directory=True)
    code, out, err = cv("corpus", "add", brought, project=finished_project)
    assert (code, out.count("added cv-")) == (0, 1), err


def test_no_escape_of_a_bundle_or_a_tag_reaches_the_terminal(cv, finished_project, monkeypatch):
    monkeypatch.chdir(finished_project.root)
    folder = finished_project.root / "assistants" / "cv-parser-pro"
    toml = (folder / "assistant.toml").read_text(encoding="utf-8")
    told = json.dumps(f"Pro {ESCAPES}")
    lines = [f"name = {told}" if line.startswith("name") else line for line in toml.splitlines()]
    (folder / "assistant.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / "instructions.md").open("a", encoding="utf-8") as out:
        out.write(f"\n{ESCAPES} List hobbies too.\n")
    manifest = json.loads(finished_project.manifest.read_text(encoding="utf-8"))
    manifest["documents"][0]["tags"][f"level{ESCAPES}"] = f"senior{ESCAPES}"
    manifest["documents"][0]["persona"] = f"p{ESCAPES}"
    finished_project.manifest.write_text(json.dumps(manifest), encoding="utf-8")
    for asked in (
        ("assistant", "list"),
        ("assistant", "show"),
        ("assistant", "show", "--json"),
        ("assistant", "diff"),
        ("assistant", "read"),
        ("assistant", "lint"),
        ("corpus", "list"),
        ("corpus", "list", "--json"),
        ("runs",),
        ("looks",),
        ("trend",),
        ("config",),
    ):
        _, out, err = cv(*asked, project=finished_project)
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(out + err), asked
        assert "Traceback" not in err


@pytest.mark.long
def test_a_redacted_export_holds_no_key_value_or_name(cv, small_project, tmp_path):
    """What is planted: a key that a model invents, values of an answer, the names of folder, file and arguments."""
    project = small_project(["a01", "a02"])
    planted = ("Zerafina", "Quillbert", "quillbert", "zerafina")
    rows, values = [], set()
    for name in ("a01", "a02"):
        answer = json.loads((project.goldens / f"{name}.json").read_text(encoding="utf-8"))["cv"]
        values |= {answer["personal_info"][key] for key in ("name", "email", "phone") if answer["personal_info"][key]}
        values |= {role["company"] for role in answer["work_experience"]}
        odd = {**answer, "Zerafina": 1, "personal_info": {**answer["personal_info"], "Zerafina Quillbert": "y"}}
        odd["work_experience"] = [{**role, "company": "Quillbert & Sons"} for role in answer["work_experience"]]
        rows += [
            {"document": name, "pipeline": arm, "answer": said}
            for arm, said in (("baseline", answer), ("assistant", odd))
        ]
    folder = tmp_path / "zerafina"
    folder.mkdir()
    answers = folder / "quillbert.jsonl"
    answers.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    code, _, err = cv("run", "--answers", answers, "-q", project=project)
    assert code in (0, ExitCode.HOLD, ExitCode.INCONCLUSIVE), err
    for redacted in (True, False):
        out = tmp_path / f"export-{redacted}"
        assert cv("export", "--out", out, *(["--redacted"] if redacted else []), project=project)[0] == 0
        files = {path.name: path.read_text(encoding="utf-8") for path in out.rglob("*")}
        assert {"cases.csv", "leaves.csv", "gates.csv", "fields.csv"} <= files.keys()
        text = "\n".join(files.values())
        found = [value for value in (*planted, *values, "a01", "a02", str(project.root)) if value in text]
        assert bool(found) != redacted, found


@pytest.mark.fast_cases(1)
@pytest.mark.parametrize("when", ["atexit.register(again)", "threading._register_atexit(again)"])
def test_ctrl_c_at_the_very_end_prints_no_traceback(when):
    program = (
        "import atexit, os, signal, sys, threading\n"
        "def again(): os.kill(os.getpid(), signal.SIGINT)\n"
        f"{when}\n"
        "from harness.cli.main import end\n"
        "sys.argv = ['cv-harness', 'config']\n"
        "end()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "repeat" in done.stdout
