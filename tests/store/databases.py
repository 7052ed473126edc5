"""Databases for tests, each for one test alone: SQLite files, or made on a PostgreSQL server."""

from __future__ import annotations

import secrets
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, Engine, MetaData, NullPool, create_engine, make_url, select, text

from bot.store import Store


class Databases(Protocol):
    """Makes databases of one kind."""

    @property
    def kind(self) -> str:
        """`sqlite` or `postgresql`."""

    def one(self, folder: Path, *, empty: bool = False) -> AbstractContextManager[str]:
        """The address of a new database; a file stands in `folder`. Not `empty`: as `Store` left it."""


class SqliteFiles:
    """Files, each in the folder of its test, copied from a first one that has all tables."""

    kind = "sqlite"

    def __init__(self, folder: Path) -> None:
        self._first = folder / "first.db"
        Store(f"sqlite:///{self._first}").close()

    @contextmanager
    def one(self, folder: Path, *, empty: bool = False) -> Iterator[str]:
        file = folder / "store.db"
        if not empty:
            shutil.copyfile(self._first, file)
        yield f"sqlite:///{file}"


class PostgresServer:
    """Databases on one server, copied from a first one that has all tables.

    The database that the address names is only connected to: nothing in it is read or changed.
    """

    kind = "postgresql"

    def __init__(self, url: str) -> None:
        self._address = make_url(url)
        self._server = connect_to(url)
        self._name = f"deelwijzer_test_{secrets.token_hex(4)}"
        self._made = 0

    @contextmanager
    def open(self) -> Iterator[PostgresServer]:
        """Make the first database; at the end it goes, and every other is gone already."""
        with self._new(self._name) as url:
            Store(url).close()
            yield self
        self._server.dispose()

    @contextmanager
    def one(self, folder: Path, *, empty: bool = False) -> Iterator[str]:
        self._made += 1
        with self._new(f"{self._name}_{self._made}", "template0" if empty else self._name) as url:
            yield url

    @contextmanager
    def _new(self, name: str, template: str = "template0") -> Iterator[str]:
        with self._server.connect() as connection:
            # Copying files takes half the time of copying through the log (its default since 15).
            since_15 = int(str(connection.scalar(text("SHOW server_version_num")))) >= 15_00_00
            copying = "STRATEGY file_copy" if since_15 else ""
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} {copying}"))
        try:
            yield self._address.set(database=name).render_as_string(hide_password=False)
        finally:
            with self._server.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def is_server(address: str) -> bool:
    """Whether DATABASE_URL names a server; a file in it is never used by a test."""
    return address.startswith("postgres")


@contextmanager
def choose(server: str) -> Iterator[Databases]:
    """Databases on the PostgreSQL `server`, or files when it names none."""
    if not is_server(server):
        with tempfile.TemporaryDirectory() as folder:
            yield SqliteFiles(Path(folder))
        return
    with PostgresServer(server).open() as chosen:
        yield chosen


def connect_to(url: str) -> Engine:
    """An engine beside that of the store, every statement on its own; it keeps no connection open."""
    address: URL = make_url(url)
    if address.get_backend_name() != "sqlite":
        address = address.set(drivername="postgresql+psycopg")
    return create_engine(address, poolclass=NullPool, isolation_level="AUTOCOMMIT")


def everything_in(url: str) -> str:
    """All that a database holds: every row of every table, and of SQLite the files themselves as well."""
    engine = connect_to(url)
    tables = MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        rows = [str(row) for table in tables.sorted_tables for row in connection.execute(select(table))]
    if engine.dialect.name == "sqlite":
        file = Path(str(engine.url.database))
        rows += [path.read_bytes().decode("utf-8", "replace") for path in sorted(file.parent.glob(f"{file.name}*"))]
    return "\n".join(rows)


def write_beside(url: str) -> None:
    """Write without waiting, as another program would; fails while a transaction is open."""
    engine = connect_to(url)
    if engine.dialect.name == "sqlite":
        with sqlite3.connect(str(engine.url.database), timeout=0) as other:
            other.execute("CREATE TABLE IF NOT EXISTS beside (id INTEGER)")
            other.execute("INSERT INTO beside VALUES (1)")
        other.close()
        return
    tables = MetaData()
    tables.reflect(engine)
    names = ", ".join(f'"{table.name}"' for table in tables.sorted_tables)
    with engine.connect() as connection, connection.execution_options(isolation_level="READ COMMITTED").begin():
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE NOWAIT"))
