"""The migrations: one chain to exactly the tables of the models, up and down, on every database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, MetaData, func, inspect, select, text
from sqlmodel import SQLModel

from bot.store import Store
from bot.store.migrate import config, upgrade
from bot.store.store import DatabaseError, _engine
from tests.store.databases import connect_to

SCRIPTS = ScriptDirectory.from_config(config())
# Every revision with the one before it, oldest first.
STEPS = [(str(one.down_revision or "base"), one.revision) for one in SCRIPTS.walk_revisions()][::-1]

VALUES: dict[type, Any] = {
    int: 1,
    str: "x",
    float: 0.5,
    bool: True,
    object: {"fictitious": ["é"]},  # JSON
    datetime: datetime(2026, 3, 4, 12, 30, tzinfo=UTC),
}


@pytest.fixture
def engine(empty_database_url: str) -> Iterator[Engine]:
    """The engine of the store itself, on an empty database."""
    made = _engine(empty_database_url)
    yield made
    made.dispose()


def migrate(engine: Engine, move: Callable[[Config, str], None], to: str) -> None:
    made = config()
    with engine.begin() as connection:
        made.attributes["connection"] = connection
        move(made, to)


def tables(engine: Engine) -> MetaData:
    found = MetaData()
    found.reflect(engine)
    found.remove(found.tables["alembic_version"])
    return found


def fill(engine: Engine) -> None:
    """One made-up row in every table that has none; all keys are alike, so that rows point at each other."""
    with engine.begin() as connection:
        for table in tables(engine).sorted_tables:
            if connection.scalar(select(func.count()).select_from(table)) == 0:
                row = {column.name: VALUES[column.type.python_type] for column in table.columns}
                connection.execute(table.insert().values(row))


def kept(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in tables(engine).sorted_tables
        }


def shape(engine: Engine) -> dict[str, Any]:
    """Columns, keys and indexes of every table, without their order."""
    looked = inspect(engine)
    return {
        name: {
            "columns": {one["name"]: (str(one["type"]), one["nullable"]) for one in looked.get_columns(name)},
            "key": looked.get_pk_constraint(name),
            "points at": sorted(map(str, looked.get_foreign_keys(name))),
            "indexes": {one["name"]: (one["column_names"], one["unique"]) for one in looked.get_indexes(name)},
        }
        for name in looked.get_table_names()
        if name != "alembic_version"
    }


def test_there_is_one_chain_of_migrations() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert len(SCRIPTS.get_bases()) == 1


def test_the_migrations_give_the_tables_of_the_models(engine: Engine) -> None:
    upgrade(engine)

    options = {"compare_type": True, "compare_server_default": True}
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata)

    assert differences == []


@pytest.mark.parametrize(("before", "revision"), STEPS)
def test_every_migration_goes_up_and_down_and_keeps_the_rows(engine: Engine, before: str, revision: str) -> None:
    if before != "base":
        migrate(engine, command.upgrade, before)
        fill(engine)
        old_shape, old_rows = shape(engine), kept(engine)
    else:
        old_shape, old_rows = {}, {}

    migrate(engine, command.upgrade, revision)
    new_shape = shape(engine)
    assert {name: rows for name, rows in kept(engine).items() if name in old_rows} == old_rows

    fill(engine)
    migrate(engine, command.downgrade, before)
    assert shape(engine) == old_shape
    assert kept(engine) == old_rows

    migrate(engine, command.upgrade, revision)
    assert shape(engine) == new_shape


def test_all_the_way_down_leaves_nothing(engine: Engine) -> None:
    migrate(engine, command.upgrade, "head")
    fill(engine)

    migrate(engine, command.downgrade, "base")

    assert shape(engine) == {}


def test_after_the_migrations_a_row_cannot_point_at_nothing(engine: Engine) -> None:
    upgrade(engine)
    question = tables(engine).tables["question"]
    row = {column.name: VALUES[column.type.python_type] for column in question.columns}

    with pytest.raises(Exception, match=r"(?i)foreign key"), engine.begin() as connection:
        connection.execute(question.insert().values(row))


def test_opening_a_store_twice_changes_nothing(database_url: str) -> None:
    Store(database_url).close()
    engine = _engine(database_url)
    first = shape(engine)

    Store(database_url).close()

    assert shape(engine) == first
    engine.dispose()


def test_who_starts_while_another_migrates_waits_for_it(server_url: str) -> None:
    """The lock is of the database, so that programs on two machines wait for each other as well."""
    impatient = f"{server_url}?options=-clock_timeout%3D50"

    with connect_to(server_url).connect() as other:
        other.execute(text("SELECT pg_advisory_lock(hashtext('deelwijzer migrations'))"))
        with pytest.raises(DatabaseError):
            Store(impatient)

    Store(impatient).close()
