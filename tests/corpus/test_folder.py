"""A folder of own CVs becomes documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from harness.base.canonical import sha256
from harness.base.errors import UsageError
from harness.corpus.folder import documents_from_folder
from harness.corpus.hostile_docx import docx
from harness.corpus.hostile_pdf import plain_pdf


def test_documents_by_content(tmp_path: Path) -> None:
    (tmp_path / "robin sample.docx").write_bytes(plain_pdf())
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "cv.docx").write_bytes(docx())
    (tmp_path / "copy.pdf").write_bytes(plain_pdf())
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    documents = documents_from_folder(tmp_path)
    assert [document.tags["media"] for document in documents] == ["docx", "pdf", "unknown"]
    assert len({document.id for document in documents}) == 3
    by_media = {document.tags["media"]: document for document in documents}
    assert by_media["pdf"].sha256 == sha256(plain_pdf())
    assert by_media["pdf"].split == "none"
    assert "robin" not in by_media["pdf"].id
    assert all(Path(document.path).is_absolute() for document in documents)


def test_ids_do_not_depend_on_names(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.pdf").write_bytes(plain_pdf())
    first, second = documents_from_folder(tmp_path / "one"), documents_from_folder(tmp_path / "two")
    assert first[0].id == second[0].id


def test_an_empty_or_missing_folder_is_a_clear_error(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(UsageError, match=folder.name):
            documents_from_folder(folder)
