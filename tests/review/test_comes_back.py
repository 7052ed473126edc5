"""An answer of the FG comes back in Telegram and in Teams, and is reacted to there. Everything here is made up.

The whole way is real: the chat, the page of the FG, the desk, the library of the channel.  Only
Telegram, Teams and Rasa are played.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr

from bot.app import Service
from bot.assistant import Assistant
from bot.channels.teams import library
from bot.channels.telegram.connection import connection as telegram
from bot.danger import DangerDetector, load_signals
from bot.guard import Guard
from bot.review.asker import ALREADY, REACTED
from bot.review.signals import ASKED, REACTION
from bot.settings import Settings
from bot.store.reviews import Filter, Item, Reviews
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import Clock, ScriptedNlu
from tests.review.test_queue import press
from tests.signin.house import House
from tests.store.databases import everything_in
from tests.teams import connector
from tests.telegram import bot_api
from tests.telegram.conftest import Naps
from tests.web.web_app import Browser

QUESTION = "ik werk bij de wmo, mag ik gegevens sturen naar het CAK?"
ANSWER = "Ja, dat mag. Bel Jolanda de Vries als je twijfelt."  # a made-up name
REACTION_TEXT = "en als de cliënt nee zegt"


@pytest.fixture
def service(house: House, knowledge: Knowledge, clock: Clock) -> Service:
    """The program in which the FG works, with an assistant that answers for real."""
    danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
    real = Assistant(knowledge, Guard(), danger, ScriptedNlu(knowledge), house.store, clock)  # type: ignore[arg-type]
    parts = {name: getattr(house.service, name) for name in ("desk", "knowledge", "store", "public", "settings")}
    return cast(Service, SimpleNamespace(assistant=real, **parts))


def waiting(house: House) -> Item:
    """The question that stands first in the queue."""
    reviews = Reviews(house.store.engine)
    found = reviews.item(reviews.queue(Filter()).rows[0][0].id or 0)
    assert found is not None
    return found


async def answer(fg: Browser, house: House) -> Item:
    """The FG opens the first question of the queue and answers it; that question."""
    item = waiting(house)
    assert ASKED in item.question.signals
    page = await fg.open(f"/fg/vraag/{item.question.id}")
    response = await press(fg, page, f"/fg/vraag/{item.question.id}/antwoord", antwoord=ANSWER)
    assert "gedaan=verstuurd" in response.headers["location"]
    return item


async def stands_there(fg: Browser, house: House, item: Item) -> None:
    """The reaction stands at the question, where the FG reads it, and nothing tells where it came from."""
    number = item.question.id or 0
    kept = Reviews(house.store.engine).item(number)
    assert kept is not None
    assert [one.reaction for one in kept.answers] == [REACTION_TEXT]
    assert REACTION in kept.question.signals
    page = await fg.open(f"/fg/vraag/{number}")
    assert REACTION_TEXT in page.text
    assert "Jolanda" not in everything_in(house.store.engine.url.render_as_string(hide_password=False))


def is_the_answer(said: str) -> None:
    assert "Ja, dat mag." in said
    assert QUESTION in said
    assert "Jolanda" not in said


async def test_the_answer_of_the_fg_comes_back_in_telegram(
    fg: Browser, house: House, service: Service, clock: Clock
) -> None:
    async with bot_api.BotApi().running() as api:
        token = SecretStr(bot_api.TOKEN)
        known: dict[str, Any] = {"telegram_token": token, "telegram_api": api.address, "telegram_open": True}
        chat, colleague = api.chat(4711), api.chat(4712)
        async with telegram(Settings(**known), token, service, clock=clock, sleep=Naps()):
            chat.say(QUESTION)
            chat.press(await chat.next(), "Vraag de FG")
            promised = await chat.next()
            item = await answer(fg, house)
            arrived = await chat.next()
            chat.press(arrived, "Reageer")
            invited = await chat.next()
            chat.say(REACTION_TEXT)
            thanked = await chat.next()
            chat.press(arrived, "Reageer")
            refused = await chat.next()

    assert "komt hier terug" in promised["text"]
    is_the_answer(arrived["text"])
    assert "Reageer" in bot_api.titles(arrived)
    assert invited["text"]
    assert (thanked["text"], refused["text"]) == (REACTED, ALREADY)
    assert colleague.shown == []
    await stands_there(fg, house, item)


async def test_the_answer_of_the_fg_comes_back_in_teams(fg: Browser, house: House, service: Service) -> None:
    library.load()
    from bot.channels.teams.connection import connection as teams  # the library says things when it is read

    known: dict[str, Any] = {
        "teams_app_id": connector.APP_ID,
        "teams_app_secret": SecretStr(connector.SECRET),
        "teams_tenant": connector.TENANT,
    }
    async with connector.Stub().running() as stub:
        person = connector.Person(stub, house.app)
        async with teams(Settings(**known), service, stub.endpoints):
            await person.say(QUESTION)
            asked = await person.next()
            while "Vraag de FG" not in connector.titles(asked):
                asked = await person.next()
            await person.press(asked, "Vraag de FG")
            promised = await person.next()
            item = await answer(fg, house)
            arrived = await person.next()
            while "Reageer" not in connector.titles(arrived):
                arrived = await person.next()
            await person.press(arrived, "Reageer")
            invited = await person.next()
            await person.say(REACTION_TEXT)
            thanked = await person.next()

    assert "komt hier terug" in connector.words(promised)
    is_the_answer(connector.words(arrived))
    assert connector.words(invited)
    assert REACTED in connector.words(thanked)
    assert {one["conversation"]["id"] for one in stub.sent} == {person.conversation}
    await stands_there(fg, house, item)
