"""Goldens: what is refused, what survives writing and reading."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.base.errors import InvalidFileError
from harness.base.project import Project
from harness.corpus.goldens import (
    Goldens,
    golden_path,
    hashes_of,
    leaves,
    load_golden,
    load_goldens,
    value_at,
    write_golden,
)
from harness.corpus.types import Golden, Provenance

REPOSITORY = Path(__file__).parents[2]
ROLE = {
    "id": "work-1",
    "company": "Hawthorn Mills",
    "title": "Weaver",
    "start_date": "Jan 2021",
    "end_date": "Present",
    "location": "",
    "description": ["Wove cloth"],
    "skills": [],
}
CV: dict[str, Any] = {
    "personal_info": dict.fromkeys(("name", "email", "phone", "location", "linkedin", "portfolio", "summary"), "")
    | {"name": "Ada Example"},
    "work_experience": [ROLE],
    "education": [],
    "skills": ["Weaving", "Dyeing"],
    "projects": [],
    "certifications": [],
    "languages": [],
    "training": [],
}


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.goldens.mkdir()
    shutil.copy(REPOSITORY / "goldens" / "cv.schema.json", found.contract)
    return found


def save(project: Project, **changes: Any) -> Path:
    path = golden_path(project, "one")
    data = {"cv": CV, "provenance": {"origin": "person", "created": "2026-01-01"}, "accept": {}, "ambiguous": []}
    path.write_text(json.dumps(data | changes), encoding="utf-8")
    return path


def changed(path: str, value: Any) -> dict[str, Any]:
    cv = copy.deepcopy(CV)
    *before, last = path.split(".")
    target: Any = cv
    for step in before:
        target = target[int(step)] if step.isdigit() else target[step]
    target[last] = value
    return cv


def test_a_golden_is_read_with_its_document_id(project: Project) -> None:
    golden = load_golden(save(project, accept={"skills[0]": ["Cloth"]}, ambiguous=["work_experience[0].title"]))
    assert golden.document_id == "one"
    assert golden.accept == {"skills[0]": ("Cloth",)}
    assert golden.ambiguous == {"work_experience[0].title"}
    assert golden.reviewed
    assert len(golden.sha256) == 64


def test_an_unreviewed_golden_says_so_after_a_round_trip(project: Project) -> None:
    golden = Golden("one", CV, Provenance("answer:candidate", "2026-01-01"), reviewed=False)
    assert not load_golden(write_golden(project, golden)).reviewed


@pytest.mark.parametrize(
    ("changes", "place", "problem"),
    [
        ({"cv": changed("skills", None)}, "cv.skills", "breaks the contract"),
        ({"cv": changed("work_experience.0.description", "One\nTwo")}, "description", "breaks the contract"),
        ({"cv": changed("work_experience.0.job_title", "x")}, "work_experience[0]", "breaks the contract"),
        ({"cv": changed("work_experience.0.start_date", "2021-01")}, "start_date", "no contract date"),
        ({"cv": changed("work_experience.0.start_date", "Present")}, "start_date", "no contract date"),
        ({"cv": changed("work_experience", [ROLE, ROLE])}, "work_experience[1]", "occurs twice"),
        ({"provenance": {}}, "provenance", "where the golden comes from"),
        ({"provenance": {"origin": "person", "mood": 1}}, "provenance.mood", "unknown key"),
        ({"provenance": {"origin": "person", "history": "x"}}, "provenance.history", "not a list"),
        ({"accept": {"skills[7]": ["x"]}}, "accept.skills[7]", "leads nowhere"),
        ({"accept": {"skills[0]": "x"}}, "accept.skills[0]", "not a list"),
        ({"accept": []}, "accept", "not an object"),
        ({"ambiguous": ["work_experience[0].salary"]}, "ambiguous[0]", "leads nowhere"),
        ({"ambiguous": "skills"}, "ambiguous", "not a list"),
        ({"surprise": 1}, "surprise", "unknown key"),
    ],
)
def test_a_mistake_is_named_with_file_place_and_fix(
    project: Project, changes: dict[str, Any], place: str, problem: str
) -> None:
    path = save(project, **changes)
    with pytest.raises(InvalidFileError) as caught:
        load_golden(path)
    assert str(path) in caught.value.message
    assert place in caught.value.place
    assert problem in caught.value.problem
    assert caught.value.hint


@pytest.mark.parametrize(
    ("content", "problem"), [(b"{", "bad JSON"), (b"\xff", "not UTF-8"), (b"[]", "not an object"), (b"{}", "'cv'")]
)
def test_a_file_that_is_no_golden(project: Project, content: bytes, problem: str) -> None:
    path = golden_path(project, "one")
    path.write_bytes(content)
    with pytest.raises(InvalidFileError, match=problem):
        load_golden(path)


def test_a_document_without_golden(project: Project) -> None:
    with pytest.raises(InvalidFileError, match="no golden for this document"):
        load_goldens(project, ["nobody"])


def test_what_breaks_the_contract_is_not_written(project: Project) -> None:
    golden = Golden("one", changed("skills", None), Provenance("person", "2026-01-01"))
    with pytest.raises(InvalidFileError):
        write_golden(project, golden)
    assert not golden_path(project, "one").exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    skills=st.lists(st.text(min_size=1), min_size=1, max_size=4),
    history=st.lists(st.dictionaries(st.text(), st.text(), max_size=2), max_size=2),
    reviewed=st.booleans(),
)
def test_writing_and_reading_change_nothing(
    project: Project, skills: list[str], history: list[dict[str, str]], reviewed: bool
) -> None:
    golden = Golden(
        "one",
        changed("skills", skills),
        Provenance("person", "2026-01-01", by="me", history=tuple(history)),
        accept={"skills[0]": ("other", "another")},
        ambiguous=frozenset({"skills"}),
        reviewed=reviewed,
    )
    path = write_golden(project, golden)
    found = load_golden(path)
    assert (found.cv, found.accept, found.ambiguous) == (golden.cv, golden.accept, golden.ambiguous)
    assert (found.provenance, found.reviewed) == (golden.provenance, golden.reviewed)
    before = path.read_bytes()
    assert write_golden(project, found).read_bytes() == before


def test_leaves_and_paths_agree() -> None:
    found = dict(leaves(CV))
    assert found["work_experience[0].description[0]"] == "Wove cloth"
    assert all(value_at(CV, path) == value for path, value in found.items())
    assert not any(path.endswith(".id") for path in found)


@pytest.mark.parametrize("path", ["nothing", "skills[2]", "work_experience[0].x", "skills.x", "", "personal_info[0]"])
def test_a_path_that_leads_nowhere(path: str) -> None:
    with pytest.raises(KeyError):
        value_at(CV, path)


def test_goldens_of_a_large_corpus_are_read_where_they_are_asked_for(project, monkeypatch):
    monkeypatch.setattr(Goldens, "HELD", 0)
    path = save(project)
    goldens = Goldens(project)
    assert goldens.take_in(path.stem)
    assert not goldens.take_in("nobody")
    assert goldens[path.stem].cv == load_golden(path).cv
    assert hashes_of(goldens) == hashes_of(dict(goldens)) == {path.stem: load_golden(path).sha256}
    save(project, accept={"skills[0]": ["Cloth"]})
    with pytest.raises(InvalidFileError, match="changed while it was judged by"):
        goldens[path.stem]
