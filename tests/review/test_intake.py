"""CV files come in under neutral names, one bad one never stops the others, and a pseudonymised one leaves no trace."""

import json

import pytest

from harness.base.errors import UsageError
from harness.base.project import Project
from harness.contract.schema import empty_cv
from harness.corpus.goldens import golden_path, load_golden, write_golden
from harness.corpus.manifest import load_manifest, write_manifest
from harness.corpus.types import Golden, Provenance
from harness.review.intake import add_folder

JANE = (
    "Jane Doe\njane.doe@mail.example\n+44 20 1234 5678\nExperience\n2018 - 2021 Engineer at Acme\n"
    + "and the of with " * 9
)
HANS = "Hans Meier\nhans@meier.example\nErfahrung\n2018 - 2021 Ingenieur bei der Acme\n" + "und der die mit " * 9


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setenv("CV_HARNESS_CACHE", str(tmp_path / "cache"))
    project = Project(tmp_path / "project")
    write_manifest(project, [])
    return project


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "Jane Doe CV.txt").write_text(JANE, encoding="utf-8")
    (folder / "Hans.txt").write_text(HANS, encoding="utf-8")
    return folder


def golden_of_jane(folder):
    cv = empty_cv()
    cv["personal_info"] = {**cv["personal_info"], "name": "Jane Doe", "email": "jane.doe@mail.example"}
    outside = Project(folder)
    path = write_golden(
        outside, Golden("g", cv, Provenance("person", "2026-01-01"), accept={"personal_info.name": ("J. Doe",)})
    )
    path.rename(folder / "Jane Doe CV.json")
    path.parent.rmdir()


def test_files_come_in_under_neutral_names(project, folder):
    added = add_folder(project, folder)
    assert [document.id for document in added.documents] == ["cv-0001", "cv-0002"]
    assert load_manifest(project) == added.documents
    assert [document.tags["language"] for document in added.documents] == ["de", "en"]
    assert {document.split for document in added.documents} <= {"gate", "dev", "sealed"}
    assert "Jane" not in project.manifest.read_text() + "".join(path.name for path in project.corpus.rglob("*"))
    assert added.refused == added.goldens == added.replaced == ()


def test_what_is_there_already_or_unreadable_is_refused_alone(project, folder):
    add_folder(project, folder, split="gate")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    (folder / "new.txt").write_text(JANE.replace("Acme", "Other"), encoding="utf-8")
    again = add_folder(project, folder, split="sealed")
    assert [(document.id, document.split) for document in again.documents] == [("cv-0003", "sealed")]
    assert dict(again.refused) == {
        "Hans.txt": "it is in the project already",
        "Jane Doe CV.txt": "it is in the project already",
        "broken.pdf": "corrupt",
    }
    assert len(load_manifest(project)) == 3


@pytest.mark.parametrize(("many", "shared"), [(5, (3, 1, 1)), (10, (6, 2, 2)), (20, (12, 4, 4))])
def test_a_handful_of_cvs_too_is_shared_out(project, tmp_path, many, shared):
    inbox = tmp_path / "many"
    inbox.mkdir()
    for number in range(many):
        (inbox / f"{number}.txt").write_text(f"Jane Doe {number}\njane{number}@example.com\nSkills: SQL", "utf-8")
    splits = [document.split for document in add_folder(project, inbox).documents]
    assert tuple(splits.count(split) for split in ("gate", "dev", "sealed")) == shared
    again = tmp_path / "again"
    again.mkdir()
    (again / "one.txt").write_text("Jane Doe\njane@example.com\nSkills: SQL, Excel", "utf-8")
    assert [document.split for document in add_folder(project, again).documents] == ["gate"]


def test_a_wrong_split_and_an_empty_folder_change_nothing(project, folder, tmp_path):
    with pytest.raises(UsageError, match="tset is no split"):
        add_folder(project, folder, split="tset")
    with pytest.raises(UsageError, match="is not a folder"):
        add_folder(project, tmp_path / "nowhere")
    assert load_manifest(project) == ()


def test_a_golden_beside_a_cv_comes_with_it(project, folder):
    golden_of_jane(folder)
    added = add_folder(project, folder)
    assert added.goldens == ("cv-0002",)
    assert load_golden(golden_path(project, "cv-0002")).cv["personal_info"]["name"] == "Jane Doe"


def test_a_wrong_golden_keeps_its_cv_out(project, folder):
    (folder / "Jane Doe CV.json").write_text(json.dumps({"cv": {"skills": 3}}))
    added = add_folder(project, folder)
    assert [document.id for document in added.documents] == ["cv-0001"]
    ((name, why),) = added.refused
    assert name == "Jane Doe CV.txt"
    assert why.startswith("its golden is wrong: breaks the contract")


def test_pseudonymised_cvs_leave_nothing_of_the_person_behind(project, folder, tmp_path):
    golden_of_jane(folder)
    (folder / "nameless.txt").write_text("a cv of somebody\n" * 30)
    added = add_folder(project, folder, pseudonymise=True, secret="s")
    assert [document.media_type for document in added.documents] == ["text/plain"] * 2
    assert added.refused == (("nameless.txt", "no name was found in it to replace"),)
    assert dict(added.replaced)["cv-0002"] >= 3
    text = (project.corpus / "cvs" / "cv-0002.txt").read_text(encoding="utf-8")
    assert "2018 - 2021 Engineer at Acme" in text
    golden = load_golden(golden_path(project, "cv-0002"))
    assert golden.cv["personal_info"]["name"] in text
    assert golden.cv["personal_info"]["email"] in text
    kept = [path for place in (project.root, tmp_path / "cache") for path in place.rglob("*") if path.is_file()]
    assert [
        path
        for path in kept
        if any(part in path.read_bytes() for part in (b"Doe", b"jane.doe", b"1234 5678", b"Meier"))
    ] == []


def test_the_same_secret_gives_the_same_person(project, folder, tmp_path):
    first = add_folder(project, folder, pseudonymise=True, secret="s").documents
    other = Project(tmp_path / "other")
    write_manifest(other, [])
    again = add_folder(other, folder, pseudonymise=True, secret="s").documents
    assert [document.sha256 for document in first] == [document.sha256 for document in again]
    changed = Project(tmp_path / "changed")
    write_manifest(changed, [])
    assert first[0].sha256 != add_folder(changed, folder, pseudonymise=True, secret="t").documents[0].sha256
