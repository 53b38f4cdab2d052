"""What each command writes is its owner's alone under a lax umask; what is committed is as git would make it."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer.main

from harness.base.project import Project
from harness.cli.main import app
from harness.corpus.manifest import load_manifest, write_manifest
from harness.replay.runs import runs

LANGUAGES = "List every human language that the CV names under `languages`, with its level as printed."
CV = "Jane Doe\njane@doe.example\n2018 - 2021 Engineer at Acme\n" + "and the of " * 9
RUN = ("run", "--repeat", "1", "-q")
NOT_HERE = {
    "serve": "tests/service/test_storage.py",
    "simulate": "it writes nothing",
    "golden review": "it asks a person; it writes as `golden add` does",
    "corpus build": "it needs other libraries, and writes what is committed",
    "migrate-model": "its runs are those of `run`, and take long",
    "batches": "it needs a server with batches",
    "recordings show": "it prints a pack",
    "recordings merge-driver": "git calls it, on a file that is there",
    "rollout": "it needs production's data: tests/service/test_storage.py",
    "service forget": "as `rollout`",
    "service retain": "as `rollout`",
}
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("corpus", "add", "{out}/cvs", "--split", "gate"),
    (*RUN, "--out", "{out}/copy"),
    (*RUN, "--pair-live", "--only", "a01"),
    (*RUN, "--cvs", "{out}/cvs"),
    ("run", "--answers", "{out}/nowhere.jsonl"),
    ("report",),
    ("report", "{run}"),
    ("rescore",),
    ("runs", "--html"),
    ("looks",),
    ("trend",),
    ("config",),
    ("plan",),
    ("doctor",),
    ("estimate",),
    ("text", "{out}/cvs/one.txt"),
    ("score", "--golden", "{root}/goldens/a01.json", "--prediction", "{root}/goldens/a01.json"),
    ("export", "{run}", "--out", "{out}/export"),
    ("export", "{run}", "--redacted", "--out", "{out}/redacted"),
    ("record", "--first-draw", "9", "--repeat", "1"),
    ("watch", "--once", "--split", "gate"),
    ("probe", "--only", "a01", "--relation", "form"),
    ("evidence",),
    ("evidence", "--out", "{out}/evidence"),
    ("shrink", "a09", "--run", "{run}", "--repeat", "1", "--most", "3", "--out", "{out}/shrunk.txt"),
    ("blame", "{run}", "--repeat", "1"),
    ("suggest", "--most", "1", "--repeat", "1"),
    ("compare", "{run}", "{run}"),
    ("accept", "{run}", "--reason", "r", "--by", "b", "--override"),
    ("anchor",),
    ("drift", "--provider", "simulator"),
    ("drift", "--write-workflow"),
    ("golden", "audit"),
    ("golden", "add", "cv-0001", "--run", "{run}"),
    ("assistant", "list"),
    ("assistant", "show"),
    ("assistant", "diff"),
    ("assistant", "read"),
    ("assistant", "lint"),
    ("corpus", "list"),
    ("corpus", "check"),
    ("corpus", "sheet", "--only", "a01"),
    ("recordings", "ls"),
    ("recordings", "verify"),
    ("recordings", "rebuild"),
    ("recordings", "as-text"),
    ("recordings", "prune"),
    ("service", "stage", "shadow"),
    ("service", "token", "ann", "--file", "{out}/tokens"),
    ("init", "{out}/new/project"),
    ("forget", "cv-0001", "--yes"),
    ("prune", "--keep", "1"),
)
REFUSED = (("run", "--answers"), ("plan",))
"""What ends with an error here: what it leaves then is looked at as well."""


def leaves(group: Any, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield before + name


def public(*places: Path) -> dict[Path, int]:
    """What others than its owner may read or write, with its mode."""
    paths = [path for place in places for path in (place, *place.rglob("*")) if not path.is_symlink() and path.exists()]
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in paths}
    return {path: mode for path, mode in modes.items() if mode & 0o077}


def called(command: tuple[str, ...], project: Project, out: Path) -> list[str]:
    ids = [info.run_id for info in runs(project)]
    names = {"out": str(out), "root": str(project.root), "first": ids[-1], "run": ids[-2] if ids[1:] else ""}
    return [part.format(**names) for part in command]


@pytest.fixture
def lax() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_every_command_is_tried_here_or_said_not_to_be() -> None:
    known = set(leaves(typer.main.get_command(app)))
    tried = {" ".join(command[:size]) for command in COMMANDS for size in (1, 2)} & known
    assert known == tried | NOT_HERE.keys()


@pytest.mark.long
def test_what_any_command_writes_is_its_owners_alone(cv, finished_project, tmp_path, monkeypatch, lax) -> None:
    project, out = finished_project, tmp_path / "out"
    (out / "cvs").mkdir(parents=True)
    (out / "cvs" / "one.txt").write_text(CV, encoding="utf-8")
    temporary = tmp_path / "tmp"
    temporary.mkdir(mode=0o700)
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.chdir(out)
    instructions = project.assistants / "cv-parser-pro" / "instructions.md"
    text = instructions.read_text(encoding="utf-8")
    assert LANGUAGES in text
    instructions.write_text(text.replace(LANGUAGES, ""), encoding="utf-8")  # there is something to lose, and to blame
    first, *others = load_manifest(project)
    write_manifest(project, [replace(first, split="dev"), *others])
    before = public(tmp_path)
    for command in COMMANDS:
        code, _, err = cv(*called(command, project, out), project=project)
        assert (code == 2) == (command[:2] in REFUSED or command[:1] in REFUSED), (command, err)
        assert code in (0, 2, 10, 20), (command, err)
        found = public(tmp_path)
        assert {path: f"{mode:o}" for path, mode in found.items() if path not in before} == {}, command


def test_what_is_committed_is_as_git_makes_it(cv, finished_project, tmp_path, monkeypatch, lax) -> None:
    """An image is built of the working tree, and its user is not the one who accepted."""
    project = finished_project
    subprocess.run(["git", "init", "-q", project.root], check=True)
    (tmp_path / "cvs").mkdir()
    (tmp_path / "cvs" / "one.txt").write_text(CV, encoding="utf-8")
    (project.goldens / "a02.json").chmod(0o600)
    private = {path for path in (project.baseline, project.recordings) if path.exists()}
    for path in {below for place in private for below in (place, *place.rglob("*"))}:
        path.chmod(0o755 if path.is_dir() else 0o644)
    before = public(project.root)
    for command in (
        ("record", "--first-draw", "9", "--repeat", "1"),
        ("accept", "{first}", "--reason", "r", "--by", "b", "--override"),
        ("anchor",),
        ("corpus", "add", str(tmp_path / "cvs")),
    ):
        assert cv(*called(command, project, tmp_path), project=project)[0] == 0, command
    for place in (project.corpus, project.recordings, project.goldens, project.baseline):
        for path in (place, *place.rglob("*")):
            private_one = path == project.goldens / "a02.json"
            expected = 0o600 if private_one else 0o755 if path.is_dir() else 0o644
            assert stat.S_IMODE(path.stat().st_mode) == expected, path
    ignored = public(*(place for place in project.reports.iterdir() if place.name not in ("baseline", "latest")))
    assert ignored.keys() <= before.keys()
