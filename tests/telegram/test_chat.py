"""What a person sees in Telegram. The real library talks to an emulated Telegram; all people are made up."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.telegram import texts
from bot.compose import STALE_BUTTON
from bot.messages import Button, Command, File, Incoming, Message, Reply
from tests.telegram.bot_api import BotApi, Chat, links, titles
from tests.telegram.conftest import BOTH_WAYS, Connect
from tests.web.fake_assistant import FakeAssistant

CASES: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def chat(api: BotApi) -> Chat:
    return api.chat(4711)


@dataclass
class Scripted:
    """Says what a test wants it to say, when the test lets it."""

    messages: tuple[Message, ...] = (Message("Antwoord."),)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    broken: bool = False
    busy: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, incoming: Incoming) -> Reply:
        """As the assistant's."""
        asked = incoming.text or incoming.payload or ""
        self.begun.append(asked)
        self.busy.set()
        if gate := self.gates.get(asked):
            await gate.wait()
        if self.broken:
            raise RuntimeError(asked)
        self.done.append(asked)
        return Reply(self.messages)

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """As the assistant's."""
        return Reply(self.messages)


# -- questions -----------------------------------------------------------------------------


@BOTH_WAYS
@pytest.mark.usefixtures("online")
async def test_a_question_gets_its_answer_with_links_and_buttons(chat: Chat, assistant: FakeAssistant) -> None:
    chat.say("mag ik dit delen met school?")

    answer = await chat.next()

    assert "Je mag dit met school delen" in answer["text"]
    assert links(answer) == {
        "art. 7.3.11 lid 1 Jeugdwet": "https://wetten.overheid.nl/jeugdwet-voorbeeld",
        "Privacyprotocol Voorbeeldstad, par. 4": "https://gemeente.example/protocol",
    }
    assert titles(answer) == ["Leg vast", "Waarom?", "Kopieer tekst", "Andere situatie", "Vraag de FG"]
    assert assistant.received == [
        Incoming("telegram", "4711", text="mag ik dit delen met school?", profile={}, address="4711", person="4711")
    ]


@pytest.mark.usefixtures("online")
async def test_the_person_sees_that_the_bot_is_typing(chat: Chat, api: BotApi) -> None:
    chat.say("info")
    await chat.next()

    assert [call.given["action"] for call in api.called("sendChatAction")] == ["typing"]
    assert [call.method for call in api.calls][-2:] == ["sendChatAction", "sendMessage"]


@pytest.mark.usefixtures("online")
async def test_a_reply_of_two_messages_comes_in_order(chat: Chat) -> None:
    chat.say("two_messages")

    assert [(await chat.next())["text"] for _ in range(2)] == ["Eerste bericht.", "Tweede bericht."]


@pytest.mark.usefixtures("online")
async def test_what_looks_like_markup_is_shown_as_it_is(chat: Chat) -> None:
    chat.say("hostile")

    answer = await chat.next()

    assert '<script>alert("1")</script> & "' in answer["text"]
    assert "<b>vet</b>: <img src=x onerror=alert(1)>" in answer["text"]
    assert all(url.startswith("https://") for url in links(answer).values())


@pytest.mark.usefixtures("online")
async def test_words_to_copy_stand_in_a_block_that_telegram_copies(chat: Chat) -> None:
    chat.say("ready_words")

    answer = await chat.next()

    blocks = [one for one in answer["entities"] if one["type"] == "pre"]
    assert len(blocks) == 2
    assert answer["text"][blocks[0]["offset"] :].startswith("Ik kan dit niet geven")


@pytest.mark.usefixtures("online")
async def test_who_typed_a_name_hears_that_telegram_still_has_it(chat: Chat) -> None:
    chat.say("mag ik dit delen met school?")

    assert texts.MASKED in (await chat.next())["text"]


async def test_a_long_answer_comes_in_pieces_with_the_buttons_under_the_last(
    chat: Chat, connect: Connect, api: BotApi
) -> None:
    words = " ".join(f"woord{number} <b>&amp;" for number in range(900))
    long = Message(words, buttons=(Button("Waarom?", "p-why"), Button("Jeugdhulp", "p-1", "option")))
    async with connect(Scripted((long,))):
        chat.say("vertel")
        await api.until(lambda: chat.shown and titles(chat.shown[-1]))

    assert len(chat.shown) > 2
    assert [titles(one) for one in chat.shown[:-1]] == [[]] * (len(chat.shown) - 1)
    assert titles(chat.shown[-1]) == ["Jeugdhulp", "Waarom?"]
    assert " ".join(one["text"] for one in chat.shown) == words


@BOTH_WAYS
async def test_files_of_an_answer_are_sent_as_documents(chat: Chat, connect: Connect, api: BotApi) -> None:
    record = File("vastlegging.pdf", "application/pdf", b"%PDF-verzonnen")
    async with connect(Scripted((Message("Hier is je vastlegging.", files=(record,)),))):
        chat.say("leg vast")
        await chat.next()
        document = await chat.next()

    assert document["document"]["file_name"] == "vastlegging.pdf"
    [call] = api.called("sendDocument")
    assert list(call.files.values()) == [("vastlegging.pdf", b"%PDF-verzonnen")]


async def test_a_button_that_does_not_fit_is_left_out_and_the_answer_comes(chat: Chat, connect: Connect) -> None:
    message = Message("Antwoord.", buttons=(Button("Te lang", "x" * 65), Button("Past", "y" * 62, "option")))
    async with connect(Scripted((message,))):
        chat.say("vertel")
        answer = await chat.next()

    assert titles(answer) == ["Past"]


# -- commands ------------------------------------------------------------------------------


@BOTH_WAYS
@pytest.mark.usefixtures("online")
async def test_start_welcomes_and_points_at_the_profile(chat: Chat, assistant: FakeAssistant) -> None:
    chat.say("/start van-een-poster")

    welcome, hint = await chat.next(), await chat.next()

    assert "Hallo, ik ben Deelwijzer" in welcome["text"]
    assert titles(welcome) == ["Gegevens delen", "Gegevens opvragen", "Toestemming", "Een datalek"]
    assert "/gemeente" in hint["text"]
    assert assistant.opened == [("4711", "telegram")]
    assert assistant.received == []


@BOTH_WAYS
@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("typed", CASES["commands"])
async def test_a_command_reaches_the_assistant_as_what_it_means(
    chat: Chat, assistant: FakeAssistant, typed: str
) -> None:
    chat.say(typed)
    await chat.next()

    [incoming] = assistant.received
    assert incoming.command == Command(CASES["commands"][typed])
    assert incoming.text is incoming.payload is None


@BOTH_WAYS
@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("link", CASES["links"])
async def test_a_link_begins_what_it_names_after_a_few_words_on_who_speaks(
    chat: Chat, assistant: FakeAssistant, link: str
) -> None:
    chat.say(f"/start {link}")

    assert (await chat.next())["text"] == texts.HELLO
    await chat.next()
    assert [incoming.command for incoming in assistant.received] == [Command(CASES["links"][link])]


@pytest.mark.usefixtures("online")
async def test_the_link_to_ask_welcomes_and_invites_to_ask(chat: Chat, assistant: FakeAssistant) -> None:
    chat.say("/start vraag")

    assert "Hallo, ik ben Deelwijzer" in (await chat.next())["text"]
    assert (await chat.next())["text"] == texts.ASK_AWAY


@pytest.mark.usefixtures("online")
async def test_privacy_tells_about_telegram_too(chat: Chat) -> None:
    chat.say("/privacy")
    await chat.next()

    assert "Telegram zelf bewaart dit gesprek ook" in (await chat.next())["text"]


@BOTH_WAYS
@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("typed", CASES["questions"])
async def test_vraag_asks_what_stands_behind_it(chat: Chat, assistant: FakeAssistant, typed: str) -> None:
    chat.say(typed)
    await chat.next()

    assert [incoming.text for incoming in assistant.received] == [CASES["questions"][typed]]


@pytest.mark.usefixtures("online")
async def test_vraag_alone_invites_to_ask(chat: Chat, assistant: FakeAssistant) -> None:
    chat.say("/vraag")

    assert (await chat.next())["text"] == texts.ASK_AWAY
    assert assistant.received == []


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("typed", CASES["unknown_commands"])
async def test_an_unknown_command_never_reaches_the_assistant(chat: Chat, assistant: FakeAssistant, typed: str) -> None:
    chat.say(typed)

    assert (await chat.next())["text"] == texts.UNKNOWN_COMMAND
    assert assistant.received == []


@pytest.mark.usefixtures("online")
async def test_telegram_shows_the_commands_in_its_menu(api: BotApi) -> None:
    commands = await api.until(lambda: api.commands)

    assert [one["command"] for one in commands] == [
        "vraag",
        "triage",
        "datalek",
        "quiz",
        "gemeente",
        "rol",
        "privacy",
        "mijnbesluiten",
        "mijngegevens",
        "vergeetmij",
        "help",
        "stop",
    ]


# -- buttons -------------------------------------------------------------------------------


@BOTH_WAYS
@pytest.mark.usefixtures("online")
async def test_an_option_shows_the_choice_in_place_and_the_answer_follows(
    chat: Chat, api: BotApi, assistant: FakeAssistant
) -> None:
    chat.say("needs_info")
    question = await chat.next()
    before = question["text"]

    press = chat.press(question, "Jeugdhulpaanbieder")
    answer = await chat.next()

    assert question["text"] == f"{before}\n\n✓ Jeugdhulpaanbieder"
    assert links(question) == {"art. 7.3.11 lid 1 Jeugdwet": "https://wetten.overheid.nl/jeugdwet-voorbeeld"}
    assert titles(question) == []
    assert "Je mag dit met school delen" in answer["text"]
    assert assistant.received[-1].payload == "p-role-2"
    assert api.presses == {press: ""}


@BOTH_WAYS
@pytest.mark.usefixtures("online")
async def test_an_action_leaves_the_answer_as_it_is(chat: Chat, api: BotApi, assistant: FakeAssistant) -> None:
    chat.say("not_allowed")
    answer = await chat.next()
    before = dict(answer)

    press = chat.press(answer, "Waarom?")
    await chat.next()

    assert answer == before
    assert assistant.received[-1].payload == "p-why"
    assert api.presses == {press: ""}


@BOTH_WAYS
@pytest.mark.usefixtures("online")
async def test_a_question_is_answered_by_one_press_only(chat: Chat, api: BotApi, assistant: FakeAssistant) -> None:
    chat.say("needs_info")
    question = await chat.next()
    old = dict(question)

    chat.press(old, "Jeugdhulpaanbieder")
    second = chat.press(old, "Toegang van de gemeente")
    await api.until(lambda: api.presses[second] is not None)
    await chat.next()

    assert api.presses[second] == texts.ALREADY_CHOSEN
    assert [incoming.payload for incoming in assistant.received[1:]] == ["p-role-2"]
    assert question["text"].endswith("✓ Jeugdhulpaanbieder")


async def test_an_expired_button_loses_its_buttons_but_shows_no_choice(chat: Chat, connect: Connect) -> None:
    asking = Message("Waar werk je?", buttons=(Button("Jeugdhulp", "p-1", "option"),))
    scripted = Scripted((asking,))
    async with connect(scripted):
        chat.say("vertel")
        question = await chat.next()
        scripted.messages = (Message(STALE_BUTTON),)
        chat.press(question, "Jeugdhulp")
        answer = await chat.next()

    assert answer["text"] == STALE_BUTTON
    assert (question["text"], titles(question)) == ("Waar werk je?", [])


@pytest.mark.usefixtures("online")
async def test_a_button_under_a_message_that_is_too_old_still_gets_its_answer(
    chat: Chat, api: BotApi, assistant: FakeAssistant
) -> None:
    chat.say("needs_info")
    question = await chat.next()
    data = chat.button(question, "Weet ik niet")["callback_data"]

    press = chat.press_data(question, data, shown=False)
    await chat.next()

    assert assistant.received[-1].payload == "p-role-3"
    assert api.presses[press] == ""


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("data", CASES["forged"])
async def test_a_forged_button_is_the_assistants_to_judge(
    chat: Chat, api: BotApi, assistant: FakeAssistant, data: str
) -> None:
    chat.say("info")
    answer = await chat.next()

    press = chat.press_data(answer, data)
    await chat.next()

    assert assistant.received[-1].payload == CASES["forged"][data]
    assert assistant.received[-1].text is None
    assert api.presses[press] == ""


async def test_after_a_failure_the_same_button_works_again(chat: Chat, connect: Connect) -> None:
    asking = Message("Waar werk je?", buttons=(Button("Jeugdhulp", "p-1", "option"),))
    scripted = Scripted((asking,))
    async with connect(scripted):
        chat.say("vertel")
        question = await chat.next()
        scripted.broken = True
        chat.press(question, "Jeugdhulp")
        failed = await chat.next()
        assert titles(question) == ["Jeugdhulp"]
        scripted.broken = False
        chat.press(question, "Jeugdhulp")
        await chat.next()

    assert failed["text"] == texts.FAILED
    assert question["text"].endswith("✓ Jeugdhulp")
    assert scripted.done == ["vertel", "p-1"]


# -- what is not answered ------------------------------------------------------------------


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("kind", CASES["not_text"])
async def test_what_is_not_text_is_kindly_refused(chat: Chat, assistant: FakeAssistant, kind: str) -> None:
    chat.send(**CASES["not_text"][kind])

    assert (await chat.next())["text"] == texts.NOT_TEXT_BY_KIND.get(kind, texts.NOT_TEXT)
    assert assistant.received == []


@BOTH_WAYS
@pytest.mark.usefixtures("online")
async def test_an_album_is_refused_once(chat: Chat, assistant: FakeAssistant) -> None:
    photo = CASES["not_text"]["photo"]
    for _ in range(3):
        chat.send(**photo, media_group_id="album-1")
    chat.say("plain_text")

    assert (await chat.next())["text"] == texts.NOT_TEXT_BY_KIND["photo"]
    assert (await chat.next())["text"].startswith("Alleen tekst.")


@pytest.mark.usefixtures("online")
async def test_a_changed_message_is_not_read_again(chat: Chat, assistant: FakeAssistant) -> None:
    chat.change("info")

    assert (await chat.next())["text"] == texts.EDITED
    assert assistant.received == []


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize("kind", ["group", "supergroup"])
async def test_a_group_is_refused_once_and_then_when_it_speaks_to_the_bot(
    api: BotApi, assistant: FakeAssistant, kind: str
) -> None:
    group = api.chat(-100500, kind)
    mention = {"type": "mention", "offset": 0, "length": 15}
    group.say("mag dit?")
    group.say("zomaar iets tegen elkaar")
    group.send(new_chat_title="Nieuwe titel")
    group.say("@deelwijzer_bot mag dit?", entities=[mention])
    group.say("/help@deelwijzer_bot")
    person = api.chat(4711)
    person.say("plain_text")

    assert [(await group.next())["text"] for _ in range(3)] == [texts.GROUP] * 3
    await person.next()
    assert len(group.shown) == 3
    assert [incoming.conversation for incoming in assistant.received] == ["4711"]


async def test_what_happens_to_a_chat_itself_gets_no_answer(chat: Chat, connect: Connect) -> None:
    async with connect(Scripted()):
        chat.send(message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
        chat.say("vraag")
        await chat.next()

    assert len(chat.shown) == 1


# -- order, repetition, failure ------------------------------------------------------------


@BOTH_WAYS
async def test_a_repeated_update_is_answered_once(chat: Chat, api: BotApi, connect: Connect) -> None:
    scripted = Scripted()
    async with connect(scripted):
        first = chat.say("eerste")
        api.repeat(first)
        await chat.next()
        api.repeat(first)
        chat.say("tweede")
        await chat.next()

    assert scripted.begun == ["eerste", "tweede"]
    assert len(chat.shown) == 2


@BOTH_WAYS
async def test_what_comes_out_of_order_is_answered_as_it_comes_and_nothing_is_passed_over(
    chat: Chat, api: BotApi, connect: Connect
) -> None:
    scripted = Scripted()
    earlier, later = api.number(), api.number()
    api.push(update_id=later, message=chat._message(text="later"))
    api.push(update_id=earlier, message=chat._message(text="eerder"))
    async with connect(scripted):
        await chat.next()
        await chat.next()
        chat.say("tot slot")
        await chat.next()

    assert scripted.begun == ["later", "eerder", "tot slot"]
    assert len(chat.shown) == 3


@BOTH_WAYS
async def test_messages_of_one_chat_wait_for_each_other_and_not_for_other_chats(api: BotApi, connect: Connect) -> None:
    scripted = Scripted(gates={"traag": asyncio.Event()})
    slow, fast = api.chat(1), api.chat(2)
    async with connect(scripted):
        for words in ("traag", "daarna", "als laatste"):
            slow.say(words)
        fast.say("snel")
        await fast.next()
        assert scripted.done == ["snel"]
        scripted.gates["traag"].set()
        for _ in range(3):
            await slow.next()

    assert scripted.done == ["snel", "traag", "daarna", "als laatste"]


@BOTH_WAYS
async def test_when_the_program_stops_the_message_in_hand_is_answered(chat: Chat, connect: Connect) -> None:
    scripted = Scripted(gates={"traag": asyncio.Event()})
    async with connect(scripted):
        chat.say("traag")
        await scripted.busy.wait()
        asyncio.get_running_loop().call_soon(scripted.gates["traag"].set)

    assert [one["text"] for one in chat.shown] == ["Antwoord."]


async def test_a_failure_of_the_assistant_gives_a_kind_message_and_the_next_question_works(
    chat: Chat, assistant: FakeAssistant, connect: Connect
) -> None:
    async with connect(assistant):
        chat.say("break")
        assert (await chat.next())["text"] == texts.FAILED
        chat.say("plain_text")
        assert (await chat.next())["text"].startswith("Alleen tekst.")
