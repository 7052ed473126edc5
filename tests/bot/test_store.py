"""The database: one chain of migrations that gives exactly the tables of the models."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from bot.store import Store
from bot.store.migrate import config, upgrade


def test_there_is_one_chain_of_migrations() -> None:
    script = ScriptDirectory.from_config(config())

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1


def test_the_migrations_give_the_tables_of_the_models(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'new.db'}")
    upgrade(engine)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)

    assert differences == []


def test_opening_a_store_twice_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    Store(url).close()

    Store(url).close()
