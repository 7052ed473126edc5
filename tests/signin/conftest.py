"""A house with a lock, on a database of one test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.signin.house import House


@pytest.fixture
def build(knowledge: Knowledge, database_url: str, tmp_path: Path, clock: Clock) -> Iterator[Callable[..., House]]:
    """Makes a house with other settings, or a second one over the same database: after a restart."""
    made: list[House] = []

    def make(**options: Any) -> House:
        made.append(House(knowledge, database_url, tmp_path, clock, **options))
        return made[-1]

    yield make
    for house in made:
        house.store.close()


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    """One in which everyone signs in."""
    return build()
