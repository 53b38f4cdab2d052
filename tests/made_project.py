"""A project of a few of this repository's CVs, for tests that change what is in it."""

import shutil
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from harness.base.canonical import sha256
from harness.base.project import Project

REPOSITORY = Path(__file__).resolve().parents[1]


def make_project(root, ids, *, texts_in=None):
    """A project of a few of this repository's CVs: their files, goldens and the bundles. texts_in: the cache in which
    their texts lie already, read by this process, so that no test waits for children that read the same few files
    again. What reading does is shown by the tests of `corpus`, and by the long tests."""
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
    if texts_in is not None:
        _texts_read()(texts_in, ids)
    return project


@cache
def _texts_read():
    """The texts of this repository's CVs that were read by these tests, and how each is called in a cache."""
    from harness.corpus.manifest import load_manifest
    from harness.corpus.readers.cache import TextCache, variant
    from harness.corpus.readers.read import VERSIONS
    from harness.corpus.text import Limits, extract_inline

    whole = Project(REPOSITORY)
    paths = {document.id: whole.corpus / document.path for document in load_manifest(whole, verify=False)}
    form = variant(VERSIONS["common"], Limits())

    @cache
    def read(name):
        return sha256(paths[name].read_bytes()), extract_inline(paths[name])

    def into(folder, ids):
        kept = TextCache(folder / "text")
        for name in ids:
            file, text = read(name)
            kept.put(file, form, text)

    return into


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
