"""Only general questions: no case, no guided conversation, no record; danger always gets its answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.assistant import Assistant
from bot.channels.telegram import texts
from bot.channels.telegram.general import tells_of_somebody
from bot.store import Store
from tests.bot.fakes import ScriptedNlu
from tests.telegram.bot_api import BotApi, Chat, titles
from tests.telegram.conftest import BOTH_WAYS, Connect

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("general.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def chat(api: BotApi) -> Chat:
    return api.chat(4711)


@pytest.mark.parametrize("text", CASES["general"])
def test_a_general_question_is_no_story(text: str) -> None:
    assert not tells_of_somebody(text)


@pytest.mark.parametrize("text", CASES["stories"])
def test_a_story_is_recognised(text: str) -> None:
    assert tells_of_somebody(text)


def test_a_masked_name_makes_it_a_story() -> None:
    assert tells_of_somebody("Mag ik het plan van [naam] delen met school?", ["name"])


@BOTH_WAYS
async def test_a_story_is_refused_with_the_reason_and_where_to_go(
    chat: Chat, connect: Connect, real: Assistant, nlu: ScriptedNlu, store: Store
) -> None:
    async with connect(real, telegram_only_general=True):
        # A made-up person.
        chat.say("Mag ik het plan van Jolanda de Vries delen met de huisarts?")
        refused = await chat.next()
        chat.say("Mijn cliënt wil niet dat ik met de school praat")
        await chat.next()

    assert refused["text"] == texts.NO_STORY
    assert nlu.seen == []
    assert store.questions() == []


async def test_a_general_question_is_answered_without_the_buttons_of_a_case(
    chat: Chat, connect: Connect, real: Assistant
) -> None:
    async with connect(real, telegram_only_general=True):
        chat.say("mag ik gegevens sturen naar het CAK")
        answer = await chat.next()

    assert {"Waarom?", "Vraag de FG"} <= set(titles(answer))
    assert "Leg vast" not in titles(answer)


@pytest.mark.parametrize("typed", ["/triage", "/datalek", "triage", "/start triage", "/start datalek"])
async def test_a_guided_conversation_is_refused_however_it_is_asked_for(
    chat: Chat, connect: Connect, real: Assistant, nlu: ScriptedNlu, typed: str
) -> None:
    async with connect(real, telegram_only_general=True):
        chat.say(typed)
        shown = [(await chat.next())["text"]]
        if shown == [texts.HELLO]:
            shown.append((await chat.next())["text"])
        chat.say("mag ik gegevens sturen naar het CAK")
        answer = await chat.next()

    assert shown[-1] == texts.NO_FLOW
    assert nlu.seen == ["mag ik gegevens sturen naar het CAK"]  # and not an answer in a conversation that goes on
    assert "Waarom?" in titles(answer)


async def test_a_button_from_before_the_setting_begins_nothing(
    chat: Chat, connect: Connect, real: Assistant, nlu: ScriptedNlu
) -> None:
    async with connect(real):
        chat.say("mag ik gegevens sturen naar het CAK")
        answer = await chat.next()
    async with connect(real, telegram_only_general=True):
        chat.press(answer, "Leg vast")
        refused = await chat.next()
        chat.say("mag ik iets delen met school")
        await chat.next()

    assert refused["text"] == texts.NO_FLOW
    assert nlu.seen[-1] == "mag ik iets delen met school"


async def test_danger_gets_its_answer_here_too(chat: Chat, connect: Connect, real: Assistant) -> None:
    async with connect(real, telegram_only_general=True):
        chat.say("mijn cliënt staat nu met een mes voor de deur en slaat haar")
        assert "112" in (await chat.next())["text"]


async def test_the_welcome_says_what_is_not_done_here(chat: Chat, connect: Connect, real: Assistant) -> None:
    async with connect(real, telegram_only_general=True):
        chat.say("/start")
        await chat.next()
        assert (await chat.next())["text"] == texts.ONLY_GENERAL
