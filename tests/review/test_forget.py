"""A person is gone from every file, and the proof would have found them."""

import base64
import gzip
import json
import shutil
import sqlite3
import zipfile
import zlib

import pytest

from harness.base.errors import UsageError
from harness.corpus.goldens import golden_path, load_golden
from harness.corpus.manifest import document_path, load_manifest
from harness.models.recordings import RecordingStore
from harness.replay.runs import runs
from harness.replay.store import RunStore
from harness.review.forget import forget, person_of
from harness.review.remains import places, writings


def layers(data):
    """Every way in which this test's own eyes look into a file: raw, gzip, inside pages, inside databases."""
    yield data
    if data[:2] == b"\x1f\x8b":
        yield gzip.decompress(data)
    if data[:6] == b"SQLite":
        database = sqlite3.connect(":memory:")
        database.deserialize(data)
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall():
            for cell in (cell for row in database.execute(f"SELECT * FROM {table}") for cell in row):
                if isinstance(cell, bytes):
                    yield zlib.decompress(cell) if cell[:1] == b"x" else cell
                yield str(cell).encode()


def holding(root, value):
    return [path for path in root.rglob("*") if path.is_file() and not path.is_symlink()
            if any(value.encode() in layer for layer in layers(path.read_bytes()))]  # fmt: skip


def test_a_person_is_gone_everywhere_and_the_others_stay(finished_project):
    project, root = finished_project, finished_project.root.parent
    info = load_golden(golden_path(project, "a01")).cv["personal_info"]
    with RunStore.open(runs(project)[0].folder) as store:
        text = dict(store.extractions())["a01"].text
    keys = RecordingStore.of(project).keys_of_input(text)
    assert keys
    for value in (info["name"], info["email"]):
        assert len(holding(root, value)) > 3

    done = forget(project, "a01")

    assert (done.documents, done.left) == (("a01",), ())
    assert done.recordings >= len(keys)
    assert done.cached == 1
    for value in (info["name"], info["email"]):
        assert holding(root, value) == []
    assert runs(project) == ()
    assert not (project.reports / "latest").is_symlink()
    assert RecordingStore.of(project).keys_of_input(text) == frozenset()
    assert {document.id for document in load_manifest(project)} == {"a02", "a09"}
    assert load_golden(golden_path(project, "a02")).cv["personal_info"]["name"]
    other = load_golden(golden_path(project, "a09")).cv["personal_info"]["name"]
    assert holding(project.recordings, other)
    with pytest.raises(UsageError, match="no document 'a01'"):
        forget(project, "a01")


def test_what_is_left_elsewhere_is_named(finished_project):
    project = finished_project
    document = person_of(project, "a01")[0]
    name = load_golden(golden_path(project, "a01")).cv["personal_info"]["name"]
    shutil.copyfile(project.corpus / document.path, project.root / "copy.bin")
    (project.root / "notes.txt").write_text(f"ask {name}")
    (project.root / "page.html").write_text(f"x={base64.b64encode(gzip.compress(name.encode() * 9)).decode()}")
    with zipfile.ZipFile(project.root / "packed.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:t>{name}</w:t>" * 9)
    (project.root / "damaged.gz").write_bytes(b"\x1f\x8b nothing")
    assert sorted(forget(project, "a01").left) == ["copy.bin", "notes.txt", "packed.docx", "page.html"]


def test_a_person_without_golden_is_found_by_contacts(finished_project):
    project = finished_project
    email = load_golden(golden_path(project, "a01")).cv["personal_info"]["email"]
    golden_path(project, "a01").write_text("{broken")
    (project.root / "mail.json").write_text(json.dumps({"to": email}))
    assert forget(project, "a01").left == ("mail.json",)


def test_the_same_file_replayed_under_another_id_goes_too(finished_project, tmp_path):
    from harness.evaluate.commands.run import evaluate
    from harness.evaluate.setup.plan import Plan

    project = finished_project
    own = tmp_path / "own"
    own.mkdir()
    document = person_of(project, "a02")[0]
    shutil.copyfile(project.corpus / document.path, own / "someone.pdf")
    evaluate(project, Plan(cvs=own, repeat=1, arms=("candidate",)))
    assert len(runs(project)) == 2
    assert len(forget(project, "a02").runs) == 2


def test_a_run_that_is_being_written_is_not_torn_away(finished_project):
    project = finished_project
    with RunStore.open(runs(project)[0].folder, write=True), pytest.raises(UsageError, match="being written"):
        forget(project, "a01")
    assert {document.id for document in load_manifest(project)} == {"a01", "a02", "a09"}
    assert golden_path(project, "a01").is_file()


def test_values_are_found_however_they_are_written(tmp_path):
    (tmp_path / "plain.txt").write_text("Zoë O'Neil", encoding="utf-8")
    (tmp_path / "escaped.json").write_text(json.dumps("Zoë O'Neil"), encoding="ascii")
    (tmp_path / "page.html").write_text("Zoë O&#x27;Neil", encoding="utf-8")
    (tmp_path / "unseen.html").write_text("Zoë⟨U+202E⟩ &amp; Co", encoding="utf-8")
    (tmp_path / "other.txt").write_text("Zoe ONeil", encoding="utf-8")
    found = {path.name for path in places(tmp_path, writings(["Zoë O'Neil", "Zoë\u202e & Co"]))}
    assert found == {"plain.txt", "escaped.json", "page.html", "unseen.html"}


def _unreadable(project, name="a01"):
    document = next(each for each in load_manifest(project, verify=False) if each.id == name)
    document_path(project, document).write_bytes(b"%PDF-1.4 nothing that a reader takes")
    shutil.rmtree(text_cache_folder())


def text_cache_folder():
    from harness.base.project import cache_dir

    return cache_dir() / "text"


def test_a_text_that_nobody_can_read_any_more_is_found_by_its_digest(finished_project):
    _unreadable(finished_project)
    before = RecordingStore.of(finished_project).count("simulator@" + origin_of(finished_project))
    done = forget(finished_project, "a01")
    assert done.recordings > 0
    assert not any("cannot be searched" in place for place in done.left)
    assert RecordingStore.of(finished_project).count("simulator@" + origin_of(finished_project)) < before


def origin_of(project):
    return RecordingStore.of(project).origins()[0].removeprefix("simulator@")


def test_what_cannot_be_searched_is_never_said_to_be_gone(finished_project):
    _unreadable(finished_project)
    shutil.rmtree(finished_project.runs)
    done = forget(finished_project, "a01")
    assert any("recordings cannot be searched: a01" in place for place in done.left)


def test_exports_and_temporary_folders_are_looked_at(finished_project, tmp_path, monkeypatch):
    import tempfile

    monkeypatch.setattr(tempfile, "gettempdir", lambda: str(tmp_path / "tmp"))
    mail = load_golden(golden_path(finished_project, "a01")).cv["personal_info"]["email"]
    scratch = tmp_path / "tmp" / "cv-harness-reader-x"
    scratch.mkdir(parents=True)
    (scratch / "part").write_text(f"mail {mail}", encoding="utf-8")
    export = finished_project.root / "exports"
    export.mkdir()
    (export / "leaves.csv").write_text(f"a,{mail}\n", encoding="utf-8")
    (export / "leaves.parquet").write_bytes(b"PAR1")
    left = "\n".join(forget(finished_project, "a01").left)
    for place in ("cv-harness-reader-x/part", "exports/leaves.csv", "leaves.parquet cannot be searched"):
        assert place in left


def test_rows_that_are_gone_from_a_database_are_found_in_its_free_pages(tmp_path):
    path = tmp_path / "run.db"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA secure_delete=OFF")
        database.execute("CREATE TABLE t (data BLOB)")
        packed = zlib.compress(b"Zerafina Quillbert " + bytes(range(256)) * 4)
        database.executemany("INSERT INTO t VALUES (?)", [(packed,)] * 20)
        database.commit()
        database.execute("DELETE FROM t")
    database.close()
    assert list(places(tmp_path, (b"Zerafina Quillbert",))) == [path]
