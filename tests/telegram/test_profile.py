"""/gemeente and /rol: chosen from buttons, remembered per chat, under a hash. All people are made up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.channels.telegram import texts
from bot.keys import conversation_key
from bot.store import Store
from bot.store.profiles import Profiles
from tests.store.databases import everything_in
from tests.telegram.bot_api import BotApi, Chat, titles
from tests.telegram.conftest import Connect
from tests.web.fake_assistant import FakeAssistant

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def chat(api: BotApi) -> Chat:
    return api.chat(987654321)


@pytest.mark.usefixtures("online")
async def test_a_chosen_municipality_goes_with_every_question(
    chat: Chat, api: BotApi, assistant: FakeAssistant
) -> None:
    chat.say("/gemeente")
    menu = await chat.next()
    assert {"Heumen", "Bladel", "Kempengemeenten", "Geen gemeente"} <= set(titles(menu))

    press = chat.press(menu, "Heumen")
    await api.until(lambda: "Gemeente: Heumen" in menu["text"])
    chat.say("info")
    await chat.next()

    assert titles(menu) == []
    assert api.presses == {press: ""}
    assert [incoming.profile for incoming in assistant.received] == [{"municipality": "heumen"}]


@pytest.mark.usefixtures("online")
async def test_role_and_municipality_are_remembered_together(chat: Chat, api: BotApi, profiles: Profiles) -> None:
    chat.say("/gemeente heumen")
    assert "Gemeente: Heumen" in (await chat.next())["text"]
    chat.say("/rol")
    menu = await chat.next()
    chat.press(menu, "Wmo-consulent")
    await api.until(lambda: "Je rol: Wmo-consulent" in menu["text"])

    assert profiles.read(conversation_key("telegram", "987654321")) == {
        "municipality": "heumen",
        "role": "wmo-consulent",
    }


async def test_a_choice_outlives_a_restart(chat: Chat, connect: Connect, assistant: FakeAssistant) -> None:
    async with connect(assistant):
        chat.say("/rol de Wmo-consulent")
        await chat.next()
    async with connect(assistant):
        chat.say("/rol")
        assert "Nu gekozen: Wmo-consulent." in (await chat.next())["text"]


@pytest.mark.usefixtures("online")
async def test_a_choice_can_be_taken_back(chat: Chat, api: BotApi, profiles: Profiles) -> None:
    chat.say("/gemeente Heumen")
    await chat.next()
    chat.say("/gemeente")
    menu = await chat.next()
    chat.press(menu, "Geen gemeente")
    await api.until(lambda: menu["text"] == texts.CLEARED_PROFILE["municipality"])

    assert profiles.read(conversation_key("telegram", "987654321")) == {}


@pytest.mark.usefixtures("online")
async def test_an_unknown_municipality_gives_a_clear_sentence_and_the_list(chat: Chat, profiles: Profiles) -> None:
    chat.say("/gemeente Verzonnendorp <b>")

    answer = await chat.next()

    assert answer["text"].startswith(texts.UNKNOWN_PROFILE["municipality"])
    assert "Heumen" in titles(answer)
    assert profiles.read(conversation_key("telegram", "987654321")) == {}


@pytest.mark.usefixtures("online")
async def test_a_forged_choice_is_not_kept(chat: Chat, profiles: Profiles) -> None:
    chat.say("/gemeente")
    menu = await chat.next()
    chat.press_data(menu, "p:municipality:verzonnendorp")

    assert (await chat.next())["text"].startswith(texts.UNKNOWN_PROFILE["municipality"])
    assert profiles.read(conversation_key("telegram", "987654321")) == {}


async def test_the_store_holds_neither_the_chat_id_nor_what_was_refused(
    chat: Chat, connect: Connect, assistant: FakeAssistant, store: Store, database_url: str
) -> None:
    async with connect(assistant):
        chat.say("/gemeente heumen")
        await chat.next()
        chat.send(photo=[{"file_id": "MERKTEKEN", "file_unique_id": "u", "width": 1, "height": 1}], caption="MERKTEKEN")
        await chat.next()
        chat.change("MERKTEKEN")
        await chat.next()
    store.close()

    stored = everything_in(database_url)
    assert "heumen" in stored
    assert "987654321" not in stored
    assert "MERKTEKEN" not in stored


def test_a_profile_can_be_forgotten(profiles: Profiles) -> None:
    profiles.choose("een", "role", "wmo-consulent", NOW)
    profiles.choose("twee", "role", "inwoner", NOW)

    profiles.forget("een")
    profiles.forget("drie")

    assert profiles.read("een") == {}
    assert profiles.read("twee") == {"role": "inwoner"}


def test_only_a_municipality_and_a_role_can_be_kept(profiles: Profiles) -> None:
    with pytest.raises(KeyError):
        profiles.choose("een", "id", "iets", NOW)
