"""One database, SQLite or PostgreSQL: how it is opened and migrated."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from harness.base.errors import HarnessError, UsageError
from harness.base.files import private_folder

_BUSY_MS = 30_000
_ALONE = {
    "sqlite": "BEGIN IMMEDIATE",  # Python's driver begins no transaction for a CREATE TABLE by itself
    "postgresql": "SELECT pg_advisory_xact_lock(20261128)",
}
"""What makes a transaction the only one that migrates."""


def open_engine(url: str, *, make: bool = True) -> Engine:
    """An engine for `url`. make: a file that is not there yet, and its folder. Raises UsageError for an address that
    is none, or of another kind of database, and without `make` for a file that is not there."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # ValueError: of its port
        raise UsageError("--database is no database URL", hint="sqlite:///FILE or postgresql://…") from None
    if parsed.get_backend_name() == "postgresql":
        server = parsed.set(drivername="postgresql+psycopg")
        return create_engine(server, pool_pre_ping=True, pool_size=10, hide_parameters=True)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError("--database: SQLite files and PostgreSQL only", hint="sqlite:///FILE or postgresql://…")
    if not make and not Path(parsed.database).is_file():
        raise UsageError(f"no database in {parsed.database}", hint="name the one that `serve` was given")
    private_folder(Path(parsed.database).parent)
    if make and not Path(parsed.database).exists():  # SQLite's files beside it take after it
        os.close(os.open(parsed.database, os.O_WRONLY | os.O_CREAT, 0o600))
    engine = create_engine(parsed, pool_size=10, hide_parameters=True)
    event.listen(engine, "connect", partial(_prepare, (*_PRAGMAS, "journal_mode=WAL") if make else _PRAGMAS))
    return engine


@contextlib.contextmanager
def existing(url: str) -> Iterator[Engine]:
    """The database of a service that has run, as it is. Raises UsageError where there is none or another
    one (a mistyped name makes no new one), HarnessError where it cannot be used."""
    engine = open_engine(url, make=False)
    shown = engine.url.render_as_string(hide_password=True)
    try:
        if not inspect(engine).has_table("alembic_version"):
            raise UsageError(f"{shown} is no database of the service", hint="name the one that `serve` was given")
        yield engine
    except SQLAlchemyError as error:
        raise HarnessError(
            f"cannot use the database {shown}: {type(error).__name__}: {_said(error)}",
            hint="is the server there, and is this the database that `serve` was given?",
        ) from error
    finally:
        engine.dispose()


def is_away(error: Exception) -> bool:
    """Whether the database is away, locked or full: nothing is wrong with what was asked, which may come again."""
    return isinstance(error, OperationalError | InterfaceError | PoolTimeoutError)


def _said(error: SQLAlchemyError) -> str:
    """What the driver said, without statement and values, which may be a person's."""
    return str(getattr(error, "orig", "") or "").split("\n")[0][:200]


_PRAGMAS = (f"busy_timeout={_BUSY_MS}", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON")


def _prepare(pragmas: tuple[str, ...], connection: Any, _: object) -> None:
    """Writers take turns from their first statement on; what is erased is overwritten in the file.

    `synchronous=NORMAL` in WAL mode survives every killed process; only a power cut may take the last moment.
    """
    connection.isolation_level = "IMMEDIATE"
    for pragma in pragmas:
        connection.execute(f"PRAGMA {pragma}")


def migrate(url: str) -> None:
    """Bring the tables up to date, in one transaction: a start that is killed leaves them as they were, and of starts
    at the same time one does it while the others wait. Raises HarnessError."""
    from alembic import command
    from alembic.config import Config

    engine = open_engine(url)
    try:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        with engine.begin() as connection:
            connection.execute(text(_ALONE[engine.dialect.name]))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except SQLAlchemyError as error:
        shown = engine.url.render_as_string(hide_password=True)
        raise HarnessError(
            f"cannot prepare the database {shown}: {type(error).__name__}",
            hint="is the server there, does the database exist, and may this user create tables in it?",
        ) from error
    finally:
        engine.dispose()


def scrub(engine: Engine, tables: tuple[str, ...]) -> bool:
    """Take what was erased out of the database's files as well; False where readers were in the way this time.

    SQLite: the write-ahead log is emptied (freed pages are overwritten by `secure_delete`). PostgreSQL: VACUUM frees
    the dead rows' space for reuse; its own log and backups age by the operator's rules.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "sqlite":
            busy = connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
            return not busy
        for table in tables:
            connection.execute(text(f"VACUUM {table}"))
        return True
