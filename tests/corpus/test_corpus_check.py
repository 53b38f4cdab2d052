"""`corpus check`: clean on this repository, and loud about each thing that can be wrong."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from harness.base.canonical import sha256
from harness.base.project import Project
from harness.corpus.check_matrix import is_reserved_phone
from harness.corpus.check_overlap import check_overlap
from harness.corpus.corpus_check import Report, check
from harness.corpus.text import Extractor
from harness.corpus.types import Extraction

REPOSITORY = Project(Path(__file__).parents[2])
SAMPLE = "a01-txt"
TAGS = {
    "block": "A", "language": "en", "layout": "one-column", "producer": "text", "media": "txt",
    "date_style": "iso", "length": "short", "level": "mid", "sector": "software",
}  # fmt: skip


@pytest.fixture(scope="module")
def extractor() -> Iterator[Extractor]:
    with Extractor(cache=None, workers=1) as found:
        yield found


class Corpus:
    """A project of one text CV, taken from this repository, to be spoilt."""

    def __init__(self, root: Path) -> None:
        self.project = Project(root)
        self.project.goldens.mkdir()
        shutil.copy(REPOSITORY.contract, self.project.contract)
        (self.project.corpus / "cvs").mkdir(parents=True)
        self.file = self.project.corpus / "cvs" / "one.txt"
        self.text = (REPOSITORY.corpus / "cvs" / f"{SAMPLE}.txt").read_text(encoding="utf-8")
        self.golden: dict[str, Any] = json.loads((REPOSITORY.goldens / f"{SAMPLE}.json").read_text(encoding="utf-8"))
        declared = json.loads((REPOSITORY.corpus / "besides.json").read_text(encoding="utf-8"))
        self.besides = {"one": declared[SAMPLE]}
        entry = {"id": "one", "path": "cvs/one.txt", "media_type": "text/plain", "persona": "p", "split": "gate"}
        self.entries: list[dict[str, Any]] = [entry | {"tags": TAGS}]

    def check(self, extractor: Extractor) -> Report:
        self.file.write_text(self.text, encoding="utf-8")
        (self.project.goldens / "one.json").write_text(json.dumps(self.golden), encoding="utf-8")
        (self.project.corpus / "besides.json").write_text(json.dumps(self.besides), encoding="utf-8")
        documents = [{"sha256": sha256(self.text), **entry} for entry in self.entries]
        self.project.manifest.write_text(json.dumps({"version": 1, "documents": documents}), encoding="utf-8")
        return check(self.project, extractor=extractor)


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return Corpus(tmp_path)


def errors(report: Report) -> set[tuple[str, str]]:
    return {(finding.check, finding.place) for finding in report.errors}


def test_a_good_corpus_is_clean(corpus: Corpus, extractor: Extractor) -> None:
    report = corpus.check(extractor)
    assert report.ok
    assert report.counts["found"] == report.counts["values"] > 30
    assert report.counts["uncovered"] == 0
    assert json.loads(json.dumps(report.to_dict()))["ok"] is True


def test_a_golden_value_that_the_file_does_not_say(corpus: Corpus, extractor: Extractor) -> None:
    corpus.golden["cv"]["skills"].append("Falconry")
    last = len(corpus.golden["cv"]["skills"]) - 1
    assert errors(corpus.check(extractor)) == {("round-trip", f"skills[{last}]")}


def test_an_accepted_alternative_counts_as_said(corpus: Corpus, extractor: Extractor) -> None:
    corpus.golden["cv"]["skills"][0], said = "Falconry", corpus.golden["cv"]["skills"][0]
    corpus.golden["accept"]["skills[0]"] = [said]
    assert corpus.check(extractor).ok


def test_printed_lines_that_the_golden_leaves_out(corpus: Corpus, extractor: Extractor) -> None:
    corpus.golden["cv"]["work_experience"][0]["description"].pop(0)
    report = corpus.check(extractor)
    assert ("uncovered", "") in errors(report)
    assert report.counts["uncovered"] > 0


def test_lines_besides_the_golden_must_be_declared(corpus: Corpus, extractor: Extractor) -> None:
    corpus.text += "\nHobbies: pigeon racing, marquetry, brass rubbing\n"
    assert ("uncovered", "") in errors(corpus.check(extractor))
    corpus.besides["one"].append("Hobbies: pigeon racing, marquetry, brass rubbing")
    assert corpus.check(extractor).ok


@pytest.mark.parametrize(
    "printed",
    ["jane@gmail.com", "https://www.acme.co.uk/jane", "linkedin.com/company/acme"],
)
def test_contact_data_that_could_be_real(corpus: Corpus, extractor: Extractor, printed: str) -> None:
    corpus.text += f"\n{printed}\n"
    corpus.besides["one"].append(printed)
    assert ("contact", "personal_info") in errors(corpus.check(extractor))


def test_a_telephone_number_that_could_be_real(corpus: Corpus, extractor: Extractor) -> None:
    number = corpus.golden["cv"]["personal_info"]["phone"]
    corpus.text = corpus.text.replace(number, "+44 20 7123 4567")
    corpus.golden["cv"]["personal_info"]["phone"] = "+44 20 7123 4567"
    assert ("contact", "personal_info") in errors(corpus.check(extractor))


def test_a_persons_own_cv_may_hold_real_contact_data(corpus: Corpus, extractor: Extractor) -> None:
    corpus.text += "\njane@gmail.com\n"
    corpus.golden["provenance"]["origin"] = "person"
    assert corpus.check(extractor).ok


class Unread:
    """Reads no file."""

    def extract_many(self, paths: Iterable[Path]) -> Iterator[Extraction]:
        return (Extraction("unsupported", "", "", "") for _ in paths)


def test_what_this_machine_cannot_read_is_noted_with_the_command_that_mends_it(corpus: Corpus) -> None:
    corpus.entries[0]["media_type"] = "application/msword"
    report = corpus.check(Unread())  # type: ignore[arg-type]
    assert ("readable", "") not in errors(report)
    (note,) = (finding for finding in report.findings if finding.check == "readable")
    assert "apt install catdoc" in note.message
    corpus.entries[0]["media_type"] = "application/pdf"
    assert ("readable", "") in errors(corpus.check(Unread()))  # type: ignore[arg-type]


def test_a_changed_file(corpus: Corpus, extractor: Extractor) -> None:
    corpus.entries[0]["sha256"] = "0" * 64
    assert errors(corpus.check(extractor)) == {("manifest", "cvs/one.txt")}


def test_a_golden_that_breaks_the_contract(corpus: Corpus, extractor: Extractor) -> None:
    corpus.golden["cv"]["skills"] = None
    assert errors(corpus.check(extractor)) == {("golden", "goldens/one.json")}


def test_a_missing_tag_of_a_built_corpus(corpus: Corpus, extractor: Extractor) -> None:
    corpus.entries[0]["tags"] = {key: value for key, value in TAGS.items() if key != "layout"}
    assert errors(corpus.check(extractor)) == set()  # a project of one's own has the tags that it wants
    (corpus.project.corpus / "recipes.json").write_text("{}", encoding="utf-8")
    assert errors(corpus.check(extractor)) == {("matrix", "tags.layout")}


def test_a_person_in_two_splits(corpus: Corpus, extractor: Extractor) -> None:
    second = copy.deepcopy(corpus.entries[0]) | {"id": "two", "split": "dev"}
    corpus.entries.append(second)
    (corpus.project.goldens / "two.json").write_text(json.dumps(corpus.golden), encoding="utf-8")
    assert ("matrix", "split") in errors(corpus.check(extractor))


def test_files_and_goldens_of_no_document_are_noted(corpus: Corpus, extractor: Extractor) -> None:
    (corpus.project.corpus / "cvs" / "stray.txt").write_text("x", encoding="utf-8")
    (corpus.project.goldens / "stray.json").write_text("{}", encoding="utf-8")
    report = corpus.check(extractor)
    assert report.ok
    assert {finding.place for finding in report.findings} == {"cvs/stray.txt", "goldens/stray.json"}


@pytest.mark.parametrize(
    ("number", "reserved"),
    [
        ("+44 20 7946 0123", True),
        ("07700 900123", True),
        ("(503) 555-0142", True),
        ("+353 20 911 0021", True),
        ("+49 30 23125 017", True),
        ("+33 6 39 98 21 05", True),
        ("03-0000-0018", True),
        ("+44 20 7123 4567", False),
        ("(503) 555-2142", False),
        ("+49 30 901820", False),
    ],
)
def test_numbers_kept_free_for_fiction(number: str, reserved: bool) -> None:
    assert is_reserved_phone(number) is reserved


def test_content_shared_with_the_simulator_is_found(tmp_path: Path) -> None:
    for name, file, text in (
        ("banks", "a.toml", 'x = """\nPolished the brass lantern every evening\n"""'),
        ("sim", "b.py", '# the brass lantern, polished\nWORDS = "polished brass lantern"'),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(text, encoding="utf-8")
    found = list(check_overlap(tmp_path / "banks", tmp_path / "sim"))
    assert [(finding.check, finding.place) for finding in found] == [("overlap", "a.toml:2")]
    (tmp_path / "sim" / "b.py").write_text('WORDS = "brass lantern"', encoding="utf-8")
    assert not list(check_overlap(tmp_path / "banks", tmp_path / "sim"))


def test_this_repository_shares_no_content_with_its_simulator() -> None:
    package = REPOSITORY.root / "harness"
    assert not list(check_overlap(package / "corpus" / "builder", package / "simulator"))


def test_plain_text_documents_of_this_repository_are_clean(extractor: Extractor) -> None:
    report = check(REPOSITORY, only=["a01-txt", "c01-txt", "d06", "b22-zerowidth", "c12"], extractor=extractor)
    assert report.errors == ()
    assert report.counts["found"] == report.counts["values"]


@pytest.mark.long
def test_the_whole_corpus_is_clean() -> None:
    report = check(REPOSITORY)
    assert report.errors == ()
    assert report.counts["documents"] >= 132
