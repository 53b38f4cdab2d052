"""CVs elsewhere: below an address, or in a Parquet list. What is listed is what is read, and nothing else is."""

import hashlib
import shutil
from pathlib import Path

import pytest

from harness.base.errors import InvalidFileError, UsageError
from harness.corpus.remote import documents_at, is_remote, load_at

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed (extra: remote)")
CORPUS = Path(__file__).resolve().parents[2] / "fixtures" / "corpus"


@pytest.fixture
def memory():
    """A storage in memory with three files, of which two are the same, and a hidden one."""
    filesystem = fsspec.filesystem("memory")
    for name, data in (("b/two.txt", b"Ada"), ("a.txt", b"Grace"), ("again.txt", b"Ada"), (".hidden/no.txt", b"No")):
        filesystem.pipe(f"/cvs/{name}", data)
    yield "memory://cvs"
    filesystem.rm("/cvs", recursive=True)


def listed(folder, rows, name="list.parquet"):
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed (extra: parquet)")
    from pyarrow import parquet

    path = folder / name
    parquet.write_table(pyarrow.Table.from_pylist(rows), path)
    return str(path)


def test_an_address_has_one_document_for_each_different_file(memory):
    documents, places = documents_at(memory)
    assert [document.sha256 for document in documents] == [
        hashlib.sha256(each).hexdigest() for each in (b"Grace", b"Ada")
    ]
    assert all(document.id == f"cv-{document.sha256[:12]}" for document in documents)
    assert {load_at(address) for address in places.values()} == {b"Grace", b"Ada"}


def test_what_only_shows_that_there_is_a_folder_is_no_file(memory, monkeypatch):
    storage, find = type(fsspec.filesystem("memory")), type(fsspec.filesystem("memory")).find
    monkeypatch.setattr(storage, "find", lambda *given, **more: [*find(*given, **more), "/cvs/b/"])  # as in S3
    assert len(documents_at(memory)[0]) == 2
    monkeypatch.undo()


def test_what_a_storage_refuses_is_said_with_what_to_do_and_without_its_password(monkeypatch):
    def refuses(self, path):
        raise OSError("no answer from http://somebody:a-secret@server:9000/bucket")

    monkeypatch.setattr(fsspec.get_filesystem_class("memory"), "find", refuses)
    with pytest.raises(UsageError, match="cannot be listed: OSError") as caught:
        documents_at("memory://cvs")
    assert "a-secret" not in str(caught.value)
    assert "AWS_ENDPOINT_URL" in caught.value.hint


def test_a_folder_by_its_address_has_the_documents_of_the_folder(tmp_path):
    from harness.corpus.folder import documents_from_folder

    for source in sorted(CORPUS.rglob("*.pdf"))[:2] + sorted(CORPUS.rglob("*.docx"))[:1]:
        shutil.copy(source, tmp_path)
    here, (there, _) = documents_from_folder(tmp_path), documents_at(tmp_path.as_uri())
    assert [(each.id, each.sha256, each.media_type) for each in here] == [
        (each.id, each.sha256, each.media_type) for each in there
    ]
    assert len(here) == 3


def test_a_list_names_paths_beside_it_and_addresses_elsewhere(tmp_path, memory):
    (tmp_path / "cvs").mkdir()
    (tmp_path / "cvs" / "one.txt").write_bytes(b"One")
    known = hashlib.sha256(b"Grace").hexdigest()
    rows = [
        {"path": "cvs/one.txt", "id": "one", "persona": "p1", "sha256": None, "salary": 1},
        {"path": f"{memory}/a.txt", "id": None, "persona": None, "sha256": known, "salary": 2},
    ]
    documents, places = documents_at(listed(tmp_path, rows))
    assert [(each.id, each.persona) for each in documents] == [("one", "p1"), (f"cv-{known[:12]}", f"cv-{known[:12]}")]
    assert [load_at(places[each.id]) for each in documents] == [b"One", b"Grace"]


def test_what_a_list_says_of_a_file_is_believed_until_it_is_read(tmp_path):
    documents, _ = documents_at(listed(tmp_path, [{"path": "not-there.pdf", "sha256": "ab" * 32, "id": "later"}]))
    assert [(each.id, each.sha256) for each in documents] == [("later", "ab" * 32)]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"path": "../other.pdf"}, "leads out"),
        ({"path": "/etc/passwd"}, "leads out"),
        ({"path": "..\\other.pdf"}, "leads out"),
        ({"path": "file:///etc/passwd"}, "its own folder"),
        ({"path": "http://169.254.169.254/latest"}, "its own folder"),
        ({"path": "simplecache::s3://bucket/a.pdf"}, "its own folder"),
        ({"path": "s3://key:secret@bucket/a.pdf"}, "credentials"),
        ({"path": "s3://bucket/../other/a.pdf"}, "leads out"),
        ({"path": ""}, "no path"),
        ({"path": "a.pdf", "sha256": "12"}, "no SHA-256"),
        ({"path": "a.pdf", "id": "<b>"}, "letters, digits"),
        ({"path": "a.pdf", "id": 7}, "not text"),
        ({"file": "a.pdf"}, "no column `path`"),
    ],
)
def test_a_row_that_is_wrong_or_leads_elsewhere_is_refused_by_its_place(tmp_path, row, said):
    with pytest.raises((InvalidFileError, UsageError), match=said):
        documents_at(listed(tmp_path, [row]))


def test_two_files_of_one_id_are_refused(tmp_path):
    rows = [{"path": name, "id": "same", "sha256": digest * 32} for name, digest in (("a.pdf", "ab"), ("b.pdf", "cd"))]
    with pytest.raises(InvalidFileError, match="two files have this id"):
        documents_at(listed(tmp_path, rows))


def test_what_is_no_parquet_is_said(tmp_path):
    (tmp_path / "list.parquet").write_bytes(b"PAR1 but not really")
    with pytest.raises(InvalidFileError, match="cannot be read as Parquet"):
        documents_at(str(tmp_path / "list.parquet"))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("memory://nothing-there", "no files|cannot be listed"),
        ("nonsense://a", "cannot be opened"),
        ("s3://key:secret@bucket/cvs", "credentials"),
        ("https://server/cvs?token=1", "credentials or a query"),
        ("filecache::memory://cvs", "chained"),
    ],
)
def test_an_address_that_leads_nowhere_is_said(address, said):
    with pytest.raises(UsageError, match=said):
        documents_at(address)


@pytest.mark.parametrize("by", ["address", "list"])
def test_a_link_that_leads_out_is_not_followed(tmp_path, by):
    folder, secret = tmp_path / "cvs", tmp_path / "secret.txt"
    folder.mkdir()
    secret.write_bytes(b"secret")
    (folder / "link.txt").symlink_to(secret)
    named = folder.as_uri() if by == "address" else listed(folder, [{"path": "link.txt"}])
    with pytest.raises(UsageError, match="leads out"):
        documents_at(named)


def test_a_file_that_is_too_large_is_not_fetched(memory):
    from harness.corpus.readers.base import Limits, UnreadableError

    with pytest.raises(UnreadableError, match="limit 4"):
        load_at(f"{memory}/a.txt", Limits(file_bytes=4))
    documents, _ = documents_at(memory, Limits(file_bytes=4))
    assert len(documents) == 2  # it is there, and counts as unread


def test_names_of_folders_are_none_of_addresses():
    assert [is_remote(each) for each in ("cvs", "/data/cvs", "s3://a/b", "cvs.parquet", "C:\\cvs")] == [
        False, False, True, True, False,
    ]  # fmt: skip
