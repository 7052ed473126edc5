"""The workspace of the awareness lead, and people who take part by chat.  Today is Sunday 22 November 2026."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.campaigns.store import Campaigns, Planned
from bot.danger import DangerDetector, load_signals
from bot.guard import Guard
from bot.messages import Incoming, Message
from bot.signin.roles import Role
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import Clock, ScriptedNlu
from tests.signin.house import House
from tests.web.web_app import Browser

# Says something in a chat of somebody's own; all that the bot says back.
Say = Callable[..., Awaitable[tuple[Message, ...]]]
TODAY = date(2026, 11, 22)
LAST_DAY = date(2026, 11, 29)
ITEMS = ("begrip-anonimiseren", "datalek-tas-in-trein")


@pytest.fixture
def house(knowledge: Knowledge, database_url: str, tmp_path: Path, clock: Clock) -> Iterator[House]:
    made = House(knowledge, database_url, tmp_path, clock)
    yield made
    made.store.close()


@pytest.fixture
async def lead(house: House) -> Browser:
    """A browser in which the awareness lead has signed in."""
    return await house.signed_in(Role.AWARENESS, name="Bo Verzonnen")


@pytest.fixture
def campaigns(house: House) -> Campaigns:
    return Campaigns(house.store.engine)


@pytest.fixture
def plan(campaigns: Campaigns, clock: Clock) -> Callable[..., Planned]:
    """Plans a campaign of two questions for two made-up teams."""

    def planned(
        *teams: str, starts: date = TODAY, ends: date = LAST_DAY, repeats: int | None = None, name: str = "Najaar"
    ) -> Planned:
        number = campaigns.plan(name, ITEMS, teams or ("Wmo", "Jeugd"), starts, ends, clock(), repeats)
        made = campaigns.one(number)
        assert made is not None
        return made

    return planned


@pytest.fixture
def say(house: House, knowledge: Knowledge, clock: Clock) -> Say:
    danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
    guard, nlu = Guard(), ScriptedNlu(knowledge)
    assistant = Assistant(knowledge, guard, danger, nlu, house.store, clock)  # type: ignore[arg-type]

    async def said(
        who: str, text: str | None = None, *, channel: str = "telegram", chat: str = "", payload: str | None = None
    ) -> tuple[Message, ...]:
        incoming = Incoming(channel, chat or who, text=text, payload=payload, address="verzonnen", person=who)
        return (await assistant.handle(incoming)).messages

    return said


async def take(say: Say, who: str, code: str, *, right: bool = True, **where: str) -> Message:
    """Take a round from the code to the end, with every answer right or every answer wrong; the last message."""
    message = (await say(who, f"quiz {code}", **where))[-1]
    while message.poll:
        options = [one for one in message.buttons if one.kind == "option"]
        chosen = options[message.poll.right if right else message.poll.right - 1]
        message = (await say(who, payload=chosen.payload, **where))[-1]
    return message
