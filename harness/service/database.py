"""One database, SQLite or PostgreSQL: how it is opened and migrated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from harness.base.errors import HarnessError, UsageError
from harness.base.files import private_folder

_BUSY_MS = 30_000


def open_engine(url: str) -> Engine:
    """An engine for `url`. Raises UsageError for an address that is none, or of another kind of database."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise UsageError("--database is no database URL", hint="sqlite:///FILE or postgresql://…") from None
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise UsageError("--database: SQLite files and PostgreSQL only", hint="sqlite:///FILE or postgresql://…")
    private_folder(Path(parsed.database).parent)
    engine = create_engine(parsed, pool_size=10)
    event.listen(engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _: object) -> None:
    """Writers take turns from their first statement on; what is erased is overwritten in the file.

    `synchronous=NORMAL` in WAL mode survives every killed process; only a power cut may take the last moment.
    """
    connection.isolation_level = "IMMEDIATE"
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def migrate(url: str) -> None:
    """Bring the tables up to date; one process does it before the others start. Raises HarnessError."""
    from alembic import command
    from alembic.config import Config

    engine = open_engine(url)
    try:
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
        with engine.begin() as connection:
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
