"""The manifest: read with suspicion, written for small diffs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from harness.base.canonical import sha256
from harness.base.errors import InvalidFileError
from harness.base.project import Project
from harness.corpus.manifest import load_manifest, write_manifest

TEXT = "Ada Example\nEngineer\n"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.corpus.mkdir(parents=True)
    (found.corpus / "one.txt").write_text(TEXT, encoding="utf-8")
    (found.corpus / "two.txt").write_text(TEXT + "Two\n", encoding="utf-8")
    return found


def entry(name: str = "one", **changes: Any) -> dict[str, Any]:
    text = TEXT if name == "one" else TEXT + "Two\n"
    return {
        "id": name,
        "path": f"{name}.txt",
        "media_type": "text/plain",
        "sha256": sha256(text),
        "persona": "p-1",
        "split": "gate",
        "tags": {"language": "en"},
        **changes,
    }


def save(project: Project, *entries: Any, **changes: Any) -> None:
    project.manifest.write_text(json.dumps({"version": 1, "documents": list(entries), **changes}), encoding="utf-8")


def test_documents_come_in_the_order_of_the_file(project: Project) -> None:
    save(project, entry("two", twin_of="one"), entry("one"))
    found = load_manifest(project)
    assert [document.id for document in found] == ["two", "one"]
    assert found[0].twin_of == "one"
    assert found[1].tags == {"language": "en"}


def test_what_is_written_is_read_back(project: Project) -> None:
    save(project, entry("two", twin_of="one"), entry("one"))
    found = load_manifest(project)
    write_manifest(project, found)
    assert sorted(found, key=lambda document: document.id) == list(load_manifest(project))
    before = project.manifest.read_bytes()
    write_manifest(project, reversed(found))
    assert project.manifest.read_bytes() == before


@pytest.mark.parametrize(
    ("entries", "place", "problem"),
    [
        ([entry(), entry()], "documents[1]", "taken already by documents[0]"),
        ([entry(path="gone.txt")], "document one", "gone.txt is missing"),
        ([entry(sha256="0" * 64)], "document one", "changed"),
        ([entry(path="../one.txt")], "documents[0]", "leaves the corpus folder"),
        ([entry(path="/etc/passwd")], "documents[0]", "leaves the corpus folder"),
        ([entry(id="../x")], "documents[0]", "an id names files"),
        ([entry(split="train")], "documents[0]", "'train' is none of"),
        ([entry(surprise=1)], "documents[0]", "unknown key 'surprise'"),
        ([entry(persona="")], "documents[0]", "'persona' is missing"),
        ([entry(tags={"n": 1})], "documents[0]", "object of texts"),
        ([entry(twin_of=3)], "documents[0]", "'twin_of' is not a text"),
        ([entry("two", twin_of="nobody")], "documents[0]", "which is not there"),
        ([entry(), entry("two", twin_of="one", split="dev")], "documents[1]", "differ from those of its twin"),
        (["one"], "documents[0]", "not an object"),
    ],
)
def test_a_mistake_is_named_with_file_place_and_fix(
    project: Project, entries: list[Any], place: str, problem: str
) -> None:
    save(project, *entries)
    with pytest.raises(InvalidFileError) as caught:
        load_manifest(project)
    assert str(project.manifest) in caught.value.message
    assert place in caught.value.place
    assert problem in caught.value.problem
    assert caught.value.hint


def test_files_need_not_be_verified(project: Project) -> None:
    save(project, entry(sha256="0" * 64))
    assert [document.id for document in load_manifest(project, verify=False)] == ["one"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"version": 1, "documents": [,]}', "bad JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[]", "not a manifest"),
        (b'{"version": 2, "documents": []}', "2 is not 1"),
    ],
)
def test_a_file_that_is_no_manifest(project: Project, content: bytes, problem: str) -> None:
    project.manifest.write_bytes(content)
    with pytest.raises(InvalidFileError, match=problem):
        load_manifest(project)


def test_a_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError, match="no such file"):
        load_manifest(Project(tmp_path))
