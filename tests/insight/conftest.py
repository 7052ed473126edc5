"""The workspace over a store with made-up questions; today is Sunday 22 November 2026."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.signin.roles import Role
from bot.store.decisions import Decisions, NewDecision
from bot.store.store import Turn
from knowledge.case import Case
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.signin.house import House
from tests.web.web_app import Browser

Ask = Callable[..., int]
Decide = Callable[..., str]


@pytest.fixture
def house(knowledge: Knowledge, database_url: str, tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = House(knowledge, database_url, tmp_path, clock)
    yield made
    made.store.close()


@pytest.fixture
async def fg(house: House) -> Browser:
    """A browser in which the FG has signed in."""
    return await house.signed_in(Role.DPO, name="Fenna Verzonnen")


@pytest.fixture
async def admin(house: House) -> Browser:
    """A browser in which the administrator has signed in."""
    return await house.signed_in(Role.ADMIN, name="Bas Verzonnen")


@pytest.fixture
def ask(house: House, clock: Clock) -> Ask:
    """Keeps so many questions of one day, each of another person; the number of the last answer."""
    people = iter(range(10_000))

    def asked(number: int, on: datetime, *, asker: str = "", **question: object) -> int:
        last = 0
        for _ in range(number):
            owner = asker or f"verzonnen {next(people)}"
            house.store.case(f"gesprek van {owner}", "web", on, owner)
            about = {"text": "verzonnen vraag", "confidence": 0.9, "verdict": "info", "act": "share", "party": "school"}
            answer = {
                "text": "antwoord", "verdict": "info", "rules": [], "knowledge_version": "1", "law_on": "2026-11-22",
            }  # fmt: skip
            turn = Turn(question={**about, **question}, answer=answer)
            last = house.store.save(f"gesprek van {owner}", Case(), turn, [], on) or 0
        return last

    return asked


@pytest.fixture
def decide(house: House, clock: Clock) -> Decide:
    """Keeps one decision; its reference."""

    def decided(flow: str = "breach", **more: object) -> str:
        on = clock() - timedelta(hours=float(str(more.pop("hours_ago", 0))))
        register = flow == "breach"
        values = {
            "flow": flow,
            "entries": {"what": "Brief bij de verkeerde", "known": on.isoformat()} if register else {},
            "in_register": register,
            "outcome": "Melden aan de AP" if register else "",
            "deadline": on + timedelta(hours=72) if register else None,
            "municipality": None,
            "rules": [],
            "citations": [],
            "knowledge_version": "1",
            "law_on": "2026-11-22",
            **more,
        }
        return Decisions(house.store.engine).keep("verzonnen maker", NewDecision(**values), on).reference  # type: ignore[arg-type]

    return decided
