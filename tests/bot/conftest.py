"""An assistant with a throw-away store, a scripted NLU process and a clock of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.assistant import Assistant
from bot.danger import DangerDetector, load_signals
from bot.guard import Guard
from bot.store import Store
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import Clock, ScriptedNlu


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url, button_hours=24, case_hours=12)
    yield made
    made.close()


@pytest.fixture
def nlu(knowledge: Knowledge) -> ScriptedNlu:
    return ScriptedNlu(knowledge, {"hallo": "greet", "dankje": "thanks", "opnieuw": "restart", "ik ben": "inform"})


@pytest.fixture(scope="session")
def danger() -> DangerDetector:
    """Read once: that takes far longer than a test."""
    return DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))


@pytest.fixture
def assistant(knowledge: Knowledge, nlu: ScriptedNlu, store: Store, clock: Clock, danger: DangerDetector) -> Assistant:
    return Assistant(knowledge, Guard(), danger, nlu, store, clock)  # type: ignore[arg-type]
