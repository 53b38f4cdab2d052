"""Run stores of other versions, and files that are none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from replay_fakes import arm, documents, make_store

from harness.base.errors import InvalidFileError, UsageError
from harness.replay import schema
from harness.replay.lock import being_written
from harness.replay.schema import SCHEMA_VERSION, create_tables
from harness.replay.store import RunStore


def test_a_store_of_a_newer_version_is_refused_with_the_way_out(tmp_path: Path) -> None:
    with make_store(tmp_path, documents(1), [arm("candidate")]) as store:
        path = store.path
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    for write in (False, True):
        with pytest.raises(InvalidFileError, match="schema version 99") as raised:
            RunStore.open(path, write=write)
        assert "newer" in raised.value.hint
    assert not being_written(path.parent)


def _of_version_1(folder: Path) -> Path:
    """A run that version 1 of the store holds, as the harness wrote it then; without the table that came later."""
    folder.mkdir()
    path = folder / "run.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("run_of_version_1.sql").read_text("utf-8"))
        connection.execute("DROP TABLE spending")
    return path


def test_a_store_of_an_older_version_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    path = _of_version_1(tmp_path / "run")
    before = path.read_bytes()
    with RunStore.open(path) as store:
        assert [record.document_id for record in store.records()] == ["a02"]
        assert store.manifest().status == "complete"
        assert store.spent() == 0
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [1, 2])
def test_a_store_of_an_older_version_becomes_one_of_this_where_it_is_written(tmp_path: Path, version: int) -> None:
    path = _of_version_1(tmp_path / "run")
    if version == 2:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(schema.SPENDING)
            connection.execute("UPDATE meta SET value = '2' WHERE key = 'schema_version'")
            connection.commit()
    with RunStore.open(path, write=True) as store:
        assert [record.document_id for record in store.records()] == ["a02"]
        store.set_status("interrupted")
    with closing(sqlite3.connect(path)) as connection:
        (version,) = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        assert int(version) == SCHEMA_VERSION
        fresh = sqlite3.connect(":memory:", isolation_level=None)
        create_tables(fresh)
        tables = "SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
        plain = [
            [(name, " ".join(said.replace(" IF NOT EXISTS", "").split())) for name, said in each.execute(tables)]
            for each in (connection, fresh)
        ]
        assert plain[0] == plain[1], "its tables are those of a new store"
    with RunStore.open(path) as store:
        assert store.manifest().status == "interrupted"


def test_a_migration_that_breaks_off_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch) -> None:
    path = _of_version_1(tmp_path / "run")
    monkeypatch.setattr(schema, "MIGRATIONS", {1: (schema.SPENDING, "CREATE TABLE nonsense (")})
    with pytest.raises(InvalidFileError, match="damaged"):
        RunStore.open(path, write=True)
    assert not being_written(path.parent)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone() == ("1",)
        assert connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'spending'").fetchone() is None


@pytest.mark.parametrize("version", ["0", "-1", "1.5", "", "³"])
def test_a_version_that_never_was_is_not_opened(tmp_path: Path, version: str) -> None:
    path = _of_version_1(tmp_path / "run")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (version,))
        connection.commit()
    for write in (False, True):
        with pytest.raises(InvalidFileError, match=r"never was|no schema version"):
            RunStore.open(path, write=write)


def test_every_version_has_a_way_to_the_next() -> None:
    assert sorted(schema.MIGRATIONS) == list(range(1, SCHEMA_VERSION))


def test_what_is_no_run_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run in"):
        RunStore.open(tmp_path)
    (tmp_path / "run.db").write_bytes(b"not a database, but long enough to be read as one" * 40)
    with pytest.raises(InvalidFileError, match="not a run store"):
        RunStore.open(tmp_path)
    (tmp_path / "run.db").write_bytes(b"")
    with pytest.raises(InvalidFileError, match="not a run store"):
        RunStore.open(tmp_path)
