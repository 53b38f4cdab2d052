"""A project of a few of this repository's CVs, for tests that change what is in it."""

import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from harness.base.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]


def make_project(root, ids):
    """A project of a few of this repository's CVs: their files, goldens and the bundles."""
    from harness.corpus.manifest import load_manifest, write_manifest

    whole = Project(REPOSITORY)
    chosen = [document for document in load_manifest(whole, verify=False) if document.id in set(ids)]
    assert len(chosen) == len(set(ids))
    project = Project(root)
    for document in chosen:
        for source in (whole.corpus / document.path, whole.goldens / f"{document.id}.json"):
            target = root / source.relative_to(REPOSITORY)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    shutil.copyfile(whole.contract, project.contract)
    for name in ("cv-parser-pro", "legacy"):
        shutil.copytree(REPOSITORY / "harness" / "assistants" / name, root / "assistants" / name)
    write_manifest(project, [replace(document, split="gate", twin_of=None) for document in chosen])
    return project


@contextmanager
def once(folder):
    """While a project is made and evaluated in `folder` for several tests, each of which gets its own copy: its texts
    are kept in there, too, and the simulator is in this process."""
    from simulator_inside import start_when_called

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CV_HARNESS_CACHE", str(folder / "cache"))
        patch.setattr("harness.evaluate.setup.provider.start_when_called", start_when_called)
        yield folder


def own_copy(made, tmp_path, monkeypatch):
    """The project that was made `once`: a copy in the test's own folder, with its texts, that the test may change."""
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    return Project(tmp_path / "project")
