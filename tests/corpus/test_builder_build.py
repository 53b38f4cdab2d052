"""Building: file and golden from one content, again and again the same."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from harness.base.errors import HarnessError, UsageError
from harness.base.project import Project
from harness.contract.check import check as check_contract
from harness.contract.types import Rung
from harness.corpus.builder import adverse
from harness.corpus.builder.build import build, content_of, doubts, expected
from harness.corpus.builder.flow import build_page
from harness.corpus.builder.page import lines_of
from harness.corpus.builder.plan import Planned, plan
from harness.corpus.builder.render import render
from harness.corpus.goldens import leaves, load_golden, load_goldens
from harness.corpus.manifest import load_manifest
from harness.corpus.text import extract_inline

REPOSITORY = Project(Path(__file__).parents[2])


def planned(name: str) -> Planned:
    return next(one for one in plan() if one.id == name)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    found = Project(tmp_path)
    found.goldens.mkdir()
    shutil.copy(REPOSITORY.contract, found.contract)
    return found


def test_committed_goldens_are_what_the_builder_expects() -> None:
    goldens = load_goldens(REPOSITORY, [one.id for one in plan()])
    for one in plan():
        doubt = doubts(one)
        golden = goldens[one.id]
        assert golden.cv == expected(one), one.id
        assert (golden.accept, golden.ambiguous) == (doubt.accept, doubt.ambiguous), one.id
        assert golden.reviewed


def test_expected_objects_keep_the_whole_contract() -> None:
    for one in plan():
        if one.attack != "dates":
            assert check_contract(expected(one)).rung == Rung.STRICT, one.id


def test_a_twin_has_the_golden_of_its_original() -> None:
    for one in plan():
        if one.twin_of and one.attack != "dates":
            assert expected(one) == expected(planned(one.twin_of)), one.id


@pytest.mark.parametrize("name", ["a01-txt", "c01-txt", "b22-zerowidth"])
def test_a_page_prints_every_value_of_its_golden(name: str) -> None:
    one = planned(name)
    printed = "\n".join(lines_of(build_page(content_of(one), one.style)))
    for path, value in leaves(expected(one)):
        key = path.rsplit(".", 1)[-1]
        if key.endswith("_date") or key in ("date", "year", "expiry", "linkedin", "portfolio"):
            continue
        assert value in printed or all(part in printed for part in value.split(" / ")), (path, value)


def test_a_build_is_selective_resumable_and_complete(project: Project) -> None:
    first = build(project, only=["d06", "a04"], jobs=1)
    assert [(built.id, built.changed) for built in first] == [("a04", True), ("d06", True)]
    again = build(project, only=["d06", "a04"], jobs=1)
    assert not any(built.changed for built in again)
    assert load_golden(project.goldens / "a04.json").cv == expected(planned("a04"))
    assert [document.id for document in load_manifest(project)] == ["a04", "d06"]
    for name in ("a04.docx", "d06.txt"):
        made, committed = (root / "cvs" / name for root in (project.corpus, REPOSITORY.corpus))
        assert extract_inline(made).text == extract_inline(committed).text


def test_a_twin_is_listed_once_its_original_is_there(project: Project) -> None:
    build(project, only=["a04-txt"], jobs=1)
    assert load_manifest(project) == ()
    build(project, only=["a04"], jobs=1)
    assert [document.id for document in load_manifest(project)] == ["a04", "a04-txt"]


def test_a_lost_file_is_built_again(project: Project) -> None:
    build(project, only=["d06"], jobs=1)
    (project.corpus / "cvs" / "d06.txt").unlink()
    assert [built.changed for built in build(project, only=["d06"], jobs=1)] == [True]


def test_a_producer_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    one = planned("a43")
    with pytest.raises(HarnessError, match="typst"):
        render(build_page(content_of(one), one.style), one.style)


def test_an_unknown_id_is_refused(project: Project) -> None:
    with pytest.raises(UsageError, match="zz99"):
        build(project, only=["zz99"])


@pytest.mark.parametrize("name", ["a04", "a43", "d06", "a10-txt"])
def test_producers_give_the_same_bytes_twice(name: str) -> None:
    one = planned(name)
    assert render(build_page(content_of(one), one.style), one.style) == render(
        build_page(content_of(one), one.style), one.style
    )


@pytest.mark.parametrize("name", ["a46-visible", "a45-white", "a23-vanish", "a06-metadata"])
def test_an_injection_carries_its_canary_and_its_golden_does_not(name: str) -> None:
    document = next(one for one in load_manifest(REPOSITORY, verify=False) if one.id == name)
    canary = document.tags["canary"]
    assert canary == adverse.CANARIES[document.tags["attack"]]
    assert not any(canary.casefold() in value.casefold() for _, value in leaves(expected(planned(name))))
    read = extract_inline(REPOSITORY.corpus / document.path).text
    assert (canary in " ".join(read.split())) == (name in ("a46-visible", "a45-white"))
    assert any(canary in line for line in adverse.besides(planned(name), content_of(planned(name))))


def test_look_alikes_are_accepted_and_the_plain_word_is_the_golden() -> None:
    golden = load_golden(REPOSITORY.goldens / "a13-homoglyph.json")
    assert golden.accept
    assert all(value.isascii() for path in golden.accept for value in [dict(leaves(golden.cv))[path]])


def test_a_built_corpus_is_what_the_manifest_lists() -> None:
    listed = {document.id: document for document in load_manifest(REPOSITORY)}
    assert set(listed) >= {one.id for one in plan()}
    for one in plan():
        document = listed[one.id]
        assert (document.split, document.persona, document.twin_of or "") == (one.split, one.persona, one.twin_of)
    assert sum(path.stat().st_size for path in REPOSITORY.corpus.rglob("*") if path.is_file()) < 12_000_000
