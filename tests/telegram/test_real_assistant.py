"""A conversation in Telegram with the real assistant, knowledge and store; only Rasa is scripted."""

from __future__ import annotations

import io

from docx import Document

from bot.assistant import Assistant
from bot.store import Store
from tests.bot.fakes import ScriptedNlu
from tests.store.databases import everything_in
from tests.telegram.bot_api import BotApi, links, titles
from tests.telegram.conftest import BOTH_WAYS, Connect


@BOTH_WAYS
async def test_a_question_is_asked_back_answered_by_a_button_and_explained(
    api: BotApi, connect: Connect, real: Assistant
) -> None:
    chat = api.chat(4711)
    async with connect(real):
        chat.say("mag ik iets delen met school")
        asked = await chat.next()
        chat.press(asked, "Hulpverlener jeugd")
        answered = await chat.next()
        chat.press(answered, "Waarom?")
        explained = await chat.next()

    assert asked["text"].endswith("✓ Hulpverlener jeugd")
    assert titles(asked) == []
    assert any("7.3.11" in label for label in links(answered))
    assert all(url.startswith("https://") for url in links(answered).values())
    assert {"Waarom?", "Andere situatie", "Vraag de FG"} <= set(titles(answered))
    assert explained["text"]
    assert None not in api.presses.values()


async def test_role_and_municipality_reach_the_reading(
    api: BotApi, connect: Connect, real: Assistant, nlu: ScriptedNlu
) -> None:
    chat = api.chat(4711)
    async with connect(real):
        for typed in ("/gemeente heumen", "/rol jeugdhulpverlener", "mag ik iets delen met school"):
            chat.say(typed)
            await chat.next()

    assert (nlu.metadata[-1]["municipality"], nlu.metadata[-1]["role"]) == ("heumen", "jeugdhulpverlener")


async def test_a_name_typed_in_telegram_is_kept_nowhere(
    api: BotApi, connect: Connect, real: Assistant, nlu: ScriptedNlu, store: Store, database_url: str
) -> None:
    chat = api.chat(987654321)
    async with connect(real):
        # A made-up person with a made-up number.
        chat.say("Mag ik het plan van Jolanda de Vries (bsn 999990020) delen met de huisarts?")
        answer = await chat.next()
    store.close()

    stored = everything_in(database_url)
    assert "afgeschermd" in answer["text"]
    assert "Jolanda" not in nlu.seen[0]
    assert "Jolanda" not in stored
    assert "999990020" not in stored


async def test_danger_comes_first_in_telegram_too(api: BotApi, connect: Connect, real: Assistant) -> None:
    chat = api.chat(4711)
    async with connect(real):
        chat.say("hij staat nu met een mes voor de deur en slaat haar")
        assert "112" in (await chat.next())["text"]


@BOTH_WAYS
async def test_a_decision_is_put_on_record_and_carried_away_as_a_file(
    api: BotApi, connect: Connect, real: Assistant
) -> None:
    chat = api.chat(4711)
    async with connect(real):
        chat.say("mag ik gegevens sturen naar het CAK")
        chat.press(await chat.next(), "Leg vast")
        chat.press(await chat.next(), "Klopt")
        message = await chat.next()
        while "Bewaren" not in titles(message):
            chat.say("omdat het nodig is voor de eigen bijdrage")
            message = await chat.next()
        chat.press(message, "Bewaren")
        kept = await chat.next()
        chat.press(kept, "Word-bestand")
        [sent] = await api.until(lambda: api.called("sendDocument"))

    [(name, content)] = sent.files.values()
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert name.startswith("DW-2026-")
    assert name.removesuffix(".docx") in kept["text"]
    assert "Noodzaak: omdat het nodig is voor de eigen bijdrage" in text


@BOTH_WAYS
async def test_everything_of_a_chat_can_be_erased_and_the_chosen_role_goes_too(
    api: BotApi, connect: Connect, real: Assistant, store: Store, database_url: str
) -> None:
    chat = api.chat(987654321)
    async with connect(real):
        for typed in ("/rol jeugdhulpverlener", "mag ik iets delen met school", "vergeet mij"):
            chat.say(typed)
            message = await chat.next()
        chat.press(message, "Wis alles")
        gone = await chat.next()
    store.close()

    assert "gewist" in gone["text"]
    assert "987654321" not in everything_in(database_url)
    assert "jeugdhulpverlener" not in everything_in(database_url)
