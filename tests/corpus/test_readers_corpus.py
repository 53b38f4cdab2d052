"""The readers on the corpus: no file of the matrix unread, and as much of the goldens found as they are held to."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

import pytest

from harness.base.project import Project
from harness.corpus.goldens import load_goldens
from harness.corpus.manifest import load_manifest
from harness.corpus.readers.ocr import has_ocr
from harness.corpus.recall import Recall, recall
from harness.corpus.text import Extractor
from harness.corpus.types import Extraction

PICTURES = frozenset({"scan", "image", "mixed"})
HAS_OCR = has_ocr()
HAS_DOC = any(map(shutil.which, ("catdoc", "soffice", "libreoffice")))

Measured = Mapping[str, tuple[str, Extraction, Recall]]


@pytest.fixture(scope="module")
def measured() -> Measured:
    """By document id: medium, extraction, recall of its golden."""
    project = Project.find()
    documents = load_manifest(project)
    goldens = load_goldens(project, [document.id for document in documents])
    with Extractor(cache=None) as extractor:
        read = extractor.extract_many(project.corpus / document.path for document in documents)
        return {
            document.id: (document.tags["media"], each, recall(goldens[document.id].cv, each.text))
            for document, each in zip(documents, read, strict=True)
        }


def share(part: list[int], whole: list[int]) -> float:
    return sum(part) / max(sum(whole), 1)


@pytest.mark.long
def test_every_file_is_read_or_its_missing_program_is_named(measured: Measured) -> None:
    for name, (medium, read, _) in measured.items():
        if medium in PICTURES and not HAS_OCR:
            assert any("tesseract" in warning for warning in read.warnings), name
        elif medium == "doc" and not HAS_DOC:
            assert "catdoc" in read.warnings[0], name
        else:
            assert read.readable, (name, read.outcome, read.warnings)


@pytest.mark.long
def test_recall_and_words_of_text_layer_files(measured: Measured) -> None:
    found = [each for medium, read, each in measured.values() if medium not in PICTURES and read.readable]
    assert share([each.found for each in found], [each.values for each in found]) >= 0.99
    spaced = [(each.intact, each.words) for each in found if each.words is not None and each.intact is not None]
    assert share([intact for intact, _ in spaced], [words for _, words in spaced]) >= 0.98


@pytest.mark.long
def test_recall_of_scans(measured: Measured) -> None:
    found = [each for medium, read, each in measured.values() if medium in PICTURES and read.readable]
    if HAS_OCR:
        unread = {name: read.warnings for name, (medium, read, _) in measured.items() if medium in PICTURES}
        assert found, unread
        assert share([each.found for each in found], [each.values for each in found]) >= 0.95
    else:
        assert all(medium == "mixed" for medium, read, _ in measured.values() if medium in PICTURES and read.readable)
