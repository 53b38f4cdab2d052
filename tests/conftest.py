"""For all tests: in CI a skipped test is a failed one, and nobody's own settings or key are seen."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from harness.base.project import Project


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped and os.environ.get("CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where every test must run: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch, tmp_path_factory):
    for name in list(os.environ):
        if name.startswith("CV_HARNESS_") or name == "OPENAI_API_KEY":
            monkeypatch.delenv(name)


REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture
def small_project(tmp_path, monkeypatch):
    """A function that makes a project of a few of this repository's CVs: their files, goldens and the bundles."""

    def make(ids):
        from harness.corpus.manifest import load_manifest, write_manifest

        whole, root = Project(REPOSITORY), tmp_path / "project"
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
        monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
        return project

    return make
