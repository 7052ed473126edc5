"""What all tests share: the tables of the project, and a database that belongs to one test."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from bot import keys
from bot.store import Store
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.store.databases import Databases, choose, is_server

_SERVER = pytest.StashKey[str]()
_NEEDS_DATABASE = {"database_url", "empty_database_url", "server_url", "databases"}


def pytest_configure(config: pytest.Config) -> None:
    """Take DATABASE_URL away from the program: a test reaches a database through its fixture or not at all."""
    config.stash[_SERVER] = os.environ.pop("DATABASE_URL", "")
    config.addinivalue_line("markers", "database: uses a database (given to every test that asks for one)")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses a database, for a run of only that; leave out what needs a server when there is none."""
    for item in items:
        if _NEEDS_DATABASE & set(_fixtures(item)):
            item.add_marker("database")
    if not is_server(config.stash[_SERVER]):
        left_out = [item for item in items if "server_url" in _fixtures(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _fixtures(item: pytest.Item) -> Sequence[str]:
    return getattr(item, "fixturenames", ())


@pytest.fixture(autouse=True)
def _no_secret() -> Iterator[None]:
    """No test makes its keys with the secret that an earlier one chose."""
    keys.use_secret(b"")
    yield
    keys.use_secret(b"")


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """A command that sends the log to standard error does so for its own test only: later that is closed."""
    root, raising = logging.getLogger(), logging.raiseExceptions
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = [one for one in root.handlers if one in handlers or type(one).__module__.startswith("_pytest")]
    root.setLevel(level)
    logging.raiseExceptions = raising


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """The tables of the project itself, read once."""
    return Knowledge.read()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Makes databases: SQLite files, or on the PostgreSQL server that DATABASE_URL names."""
    with choose(request.config.stash[_SERVER]) as chosen:
        yield chosen


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """The address of a database of this test alone, ready for a `Store`."""
    with databases.one(tmp_path) as url:
        yield url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    """A store on a database of this test alone."""
    made = Store(database_url)
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until the test moves it."""
    return Clock()


@pytest.fixture
def empty_database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """As `database_url`, without any table yet."""
    with databases.one(tmp_path, empty=True) as url:
        yield url


@pytest.fixture
def server_url(database_url: str) -> str:
    """As `database_url`, on PostgreSQL only: for what a file cannot do, such as losing its connection."""
    return database_url
