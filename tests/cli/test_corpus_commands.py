"""`cv-harness corpus build` and `corpus sheet`."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from harness.base.errors import ExitCode
from harness.base.project import Project
from harness.corpus.manifest import write_manifest

REPOSITORY = Project(Path(__file__).parents[2])


@pytest.fixture
def project(tmp_path):
    found = Project(tmp_path)
    found.goldens.mkdir()
    shutil.copy(REPOSITORY.contract, found.contract)
    found.corpus.mkdir(parents=True)
    write_manifest(found, [])
    return found


def test_build_leaves_what_has_not_changed_unless_forced(cv, project):
    build = ("corpus", "build", "--only", "a12")
    for arguments, said in (
        (build, "1 documents built, 0 as they were"),
        (build, "0 documents built, 1 as they were"),
        ((*build, "--force"), "1 documents built, 0 as they were"),
    ):
        code, printed, _ = cv(*arguments, project=project)
        assert (code, printed.strip()) == (ExitCode.SHIP, said)


def test_sheet_draws_built_documents_and_refuses_unknown_ids(cv, project):
    cv("corpus", "build", "--only", "a12", project=project)
    code, printed, _ = cv("corpus", "sheet", "--only", "a12", "--pages", "2", project=project)
    assert code == ExitCode.SHIP
    assert "1 sheets in" in printed
    assert (project.reports / "corpus-sheets" / "sheet-01.png").stat().st_size > 10_000
    code, _, complaint = cv("corpus", "sheet", "--only", "zzz", project=project)
    assert code == ExitCode.USAGE
    assert "no such document: zzz" in complaint
