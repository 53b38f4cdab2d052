"""A project of a few of this repository's CVs, for tests that change what is in it."""

import shutil
from dataclasses import replace
from pathlib import Path

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
