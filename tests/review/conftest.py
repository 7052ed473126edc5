"""An FG at work over a store with made-up questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.review.signals import signals
from bot.signin.roles import Role
from bot.store.reviews import Filter, Reviews
from bot.store.store import Turn
from knowledge.advise import advise
from knowledge.case import Case
from knowledge.knowledge import Knowledge
from knowledge.question import Question, told
from tests.bot.fakes import Clock
from tests.signin.house import BASE, House
from tests.web.web_app import Browser

DAY = date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the examples of the FG land."""
    return tmp_path / "examples"


@pytest.fixture
def base() -> str:
    """The address of the program."""
    return BASE


@pytest.fixture
def house(
    knowledge: Knowledge, database_url: str, tmp_path: Path, clock: Clock, folder: Path, base: str
) -> Iterator[House]:
    """The program in the open mode: also then the FG has to sign in."""
    paths = {"reviewed_folder": folder / "reviewed", "reviewed_cases": folder / "tests" / "cases.yaml"}
    made = House(knowledge, database_url, tmp_path, clock, access="open", settings=paths, base=base)
    yield made
    made.store.close()


@pytest.fixture
async def fg(house: House) -> Browser:
    """A browser in which the FG has signed in."""
    return await house.signed_in(Role.DPO, name="Fenna Verzonnen")


@pytest.fixture
def ask(house: House, clock: Clock, knowledge: Knowledge) -> Callable[..., int]:
    """Keeps one question with the answer of the rules on it; the number of the question."""

    store, reviews = house.store, Reviews(house.store.engine)

    def asked(
        text: str,
        act: str = "share",
        party: str = "huisarts",
        *,
        owner: str = "iemand",
        channel: str = "web",
        confidence: float = 0.9,
        municipality: str | None = None,
        version: str | None = None,
        advice: dict[str, Any] | None = None,
        asks_fg: bool = False,
        facts: dict[str, str] | None = None,
        **question: Any,
    ) -> int:
        conversation = f"gesprek van {owner}"[:64]  # as long as a key may be
        store.case(conversation, channel, clock(), owner)
        if channel not in {"web", "api"}:  # these have no way to send
            store.reachable(conversation, channel, f"adres van {owner}", clock())
        known = {"party": party, "role": "jeugdhulpverlener", **(facts or {})}
        found = advise(
            Question(act, {name: told(value) for name, value in known.items() if value}, municipality=municipality),
            knowledge,
            DAY,
        )
        kept = advice or found.model_dump(mode="json")
        turn = Turn(
            question={
                "text": text,
                "intent": act,
                "confidence": confidence,
                "act": act,
                "party": party,
                "municipality": municipality,
                "verdict": kept["verdict"],
                "signals": signals(kept["verdict"], confidence),
                **question,
            },
            answer={
                "text": "Het verzonnen antwoord.",
                "verdict": kept["verdict"],
                "obligation": kept["obligation"],
                "rules": list(found.rules),
                "citations": [
                    {"law": "Jeugdwet", "article": "7.3.11", "paragraph": None, "url": "https://wetten.overheid.nl/x"}
                ],
                "advices": [kept],
                "knowledge_version": version or knowledge.version,
                "law_on": DAY.isoformat(),
            },
        )
        clock.forward(seconds=1)
        answer = store.save(conversation, Case(), turn, [], clock())
        assert answer is not None
        if asks_fg:
            reviews.ask(answer)
        return max(row.id or 0 for row, _ in reviews.queue(Filter()).rows)

    return asked
