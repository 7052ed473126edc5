"""What the FG writes comes back in Telegram, Teams and the web chat, and is reacted to there. All made up.

The whole way is real: the chat, the page of the FG, the desk, the library of the channel.  Only
Telegram, Teams and Rasa are played.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from bot.app import Service
from bot.assistant import Assistant
from bot.channels.teams import library
from bot.channels.telegram.connection import connection as telegram
from bot.danger import DangerDetector, load_signals
from bot.guard import Guard
from bot.review.asker import ALREADY, REACTED
from bot.review.signals import ASKED, REACTION
from bot.settings import Settings
from bot.signin.roles import Role
from bot.store.models import Conversation
from bot.store.reviews import Filter, Item, Reviews
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import Clock, Naps, ScriptedNlu
from tests.review.test_changed import given_before
from tests.review.test_queue import press
from tests.signin.house import House
from tests.store.databases import everything_in
from tests.teams import connector
from tests.telegram import bot_api
from tests.web.web_app import Browser, Page, build_app

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


def payload(page: Page, title: str) -> str:
    """What a button of the chat sends, by the words on it."""
    (found,) = re.findall(r'<button[^>]*value="([^"]*)"[^>]*>(?:\s|<[^>]*>)*' + title, page.html)
    return str(found)


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


async def test_the_answer_of_the_fg_is_there_at_the_next_visit_to_the_web_chat(
    fg: Browser, house: House, service: Service
) -> None:
    chat = build_app(service.assistant)  # type: ignore[arg-type]
    person, colleague = Browser(chat), Browser(chat)
    page = await person.open()
    asked = Page((await person.post(page, {"text": QUESTION})).text)
    await person.post(page, {"payload": payload(asked, "Vraag de FG")})
    item = waiting(house)
    form = await fg.open(f"/fg/vraag/{item.question.id}")
    sent = await press(fg, form, f"/fg/vraag/{item.question.id}/antwoord", antwoord=ANSWER)

    stranger, back, again = await colleague.open(), await person.open(), await person.open()
    await person.post(back, {"payload": payload(back, "Reageer")})
    thanked = await person.post(back, {"text": REACTION_TEXT})

    assert "gedaan=klaargezet" in sent.headers["location"]
    is_the_answer(back.text)
    assert "Ja, dat mag." not in stranger.text
    assert "Ja, dat mag." not in again.text
    assert REACTED in thanked.text
    await stands_there(fg, house, item)


async def test_who_asked_in_the_web_chat_hears_there_that_the_answer_is_another_one_now(
    fg: Browser, house: House, service: Service, clock: Clock, ask: Callable[..., int], knowledge: Knowledge
) -> None:
    chat = build_app(service.assistant)  # type: ignore[arg-type]
    person, colleague = Browser(chat), Browser(chat)
    page = await person.open()
    await person.post(page, {"text": QUESTION})
    owner = owner_of(house, waiting(house))
    given_before(ask, knowledge, "mag dit met de verzonnen school", owner=owner)
    changed = await fg.open("/fg/gewijzigd")
    (address,) = [one.attributes["action"] for one in changed.all("form") if "/gewijzigd/" in one.attributes["action"]]
    told = await press(fg, changed, address)
    clock.forward(days=10)

    stranger, back, again = await colleague.open(), await person.open(), await person.open()

    assert "Vertel het aan 1 persoon" in changed.text
    assert "aantal=1" in told.headers["location"]
    for words in ("Bericht van de FG, 22 november 2026", "mag dit met de verzonnen school", "Stel je vraag opnieuw"):
        assert words in back.text, words
    assert "Bericht van de FG" not in stranger.text
    assert "Bericht van de FG" not in again.text
    later = await house.signed_in(Role.DPO, name="Fenna Later")
    after = await later.open("/fg/gewijzigd")
    assert "1 persoon heeft al bericht" in after.text
    assert "Vertel het aan" not in after.text


def owner_of(house: House, item: Item) -> str:
    """The key of who asked a question."""
    with Session(house.store.engine) as session:
        return session.get_one(Conversation, item.question.conversation_id).owner
