"""Alembic's entry: the connection is given by `database.migrate`."""

from __future__ import annotations

from alembic import context

from harness.service.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
