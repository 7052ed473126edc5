"""Alembic's entry: runs on the connection that `bot.store.migrate` hands over."""

from alembic import context
from sqlalchemy import text
from sqlmodel import SQLModel

import bot.store.models  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # Two that start at once: the second waits, and finds the work done. Gone with the transaction.
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('deelwijzer migrations'))"))
if connection.dialect.name == "sqlite":
    # Altering a table rebuilds it. With keys enforced, dropping the old one takes along every row that
    # points at it: all questions of a conversation. Detached, so that nothing else runs without keys.
    connection.detach()
    connection.execute(text("PRAGMA foreign_keys=OFF"))

context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
    if connection.dialect.name == "sqlite" and connection.execute(text("PRAGMA foreign_key_check")).first():
        raise RuntimeError("Na het bijwerken wijzen rijen naar niets. Zet de reservekopie terug en meld het.")
