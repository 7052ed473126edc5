"""Only who was invited gets an answer; of everybody else nothing is kept. All people are made up."""

from __future__ import annotations

import pytest

from bot.access_cli import CHANNEL
from bot.channels.telegram import texts
from bot.cli import main
from bot.keys import conversation_key
from bot.store import Store
from bot.store.access import Access
from bot.store.mailbox import Mailbox
from tests.bot.fakes import Clock
from tests.store.databases import everything_in
from tests.telegram.bot_api import BotApi, Chat, titles
from tests.telegram.conftest import BOTH_WAYS, Connect
from tests.web.fake_assistant import FakeAssistant


@pytest.fixture
def chat(api: BotApi) -> Chat:
    return api.chat(987654321)


@BOTH_WAYS
async def test_a_stranger_is_refused_once_and_nothing_is_kept(
    chat: Chat, connect: Connect, assistant: FakeAssistant, store: Store, database_url: str, api: BotApi
) -> None:
    async with connect(assistant, telegram_open=False):
        for words in ("MERKTEKEN mag dit?", "/help", "/gemeente heumen"):
            chat.say(words)
        chat.change("MERKTEKEN")
        chat.send(photo=[{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}])
        first = await chat.next()
        api.chat(5).say("ook niet uitgenodigd")
        await api.chat(5).next()
        api.push(poll_answer={"poll_id": "1", "user": chat.person, "option_ids": [0], "option_persistent_ids": ["0"]})
    store.close()

    stored = everything_in(database_url)
    assert first["text"] == texts.NOT_INVITED
    assert len(chat.shown) == 1
    assert assistant.received == []
    assert "MERKTEKEN" not in stored
    assert "987654321" not in stored
    assert conversation_key("telegram", "987654321") not in stored
    assert Mailbox(store.engine).sizes() == {"inbox": 0, "outbox": 0}


@BOTH_WAYS
async def test_an_invitation_lets_a_person_in_and_its_code_is_kept_nowhere(
    chat: Chat,
    connect: Connect,
    assistant: FakeAssistant,
    access: Access,
    clock: Clock,
    store: Store,
    database_url: str,
) -> None:
    made = access.invite(7, clock())
    async with connect(assistant, telegram_open=False, clock=clock):
        chat.say(f"/start {made.code}")
        assert (await chat.next())["text"] == texts.LET_IN
        await chat.next()
        await chat.next()
        chat.say("mag ik dit delen met school?")
        assert "Je mag dit met school delen" in (await chat.next())["text"]
    store.close()

    stored = everything_in(database_url)
    assert made.code not in stored
    assert "987654321" not in stored


async def test_a_person_who_is_in_stays_in_after_a_restart(
    chat: Chat, connect: Connect, assistant: FakeAssistant, access: Access, clock: Clock
) -> None:
    made = access.invite(7, clock())
    async with connect(assistant, telegram_open=False, clock=clock):
        chat.say(f"/start {made.code}")
        for _ in range(3):
            await chat.next()
    clock.forward(days=30)
    async with connect(assistant, telegram_open=False, clock=clock):
        chat.say("plain_text")
        assert (await chat.next())["text"].startswith("Alleen tekst.")


async def test_a_code_that_was_used_or_expired_says_so(
    chat: Chat, api: BotApi, connect: Connect, assistant: FakeAssistant, access: Access, clock: Clock
) -> None:
    used, old = access.invite(7, clock()), access.invite(7, clock())
    access.redeem(used.code, "iemand anders", clock())
    clock.forward(days=8)
    async with connect(assistant, telegram_open=False, clock=clock):
        chat.say(f"/start {used.code}")
        assert (await chat.next())["text"] == texts.WRONG_CODE
        api.chat(5).say(f"/start {old.code}")
        assert (await api.chat(5).next())["text"] == texts.WRONG_CODE

    assert assistant.opened == []


async def test_who_guesses_codes_is_soon_not_heard_any_more(
    chat: Chat, api: BotApi, connect: Connect, assistant: FakeAssistant, access: Access, clock: Clock
) -> None:
    made = access.invite(7, clock())
    async with connect(assistant, telegram_open=False, clock=clock):
        for number in range(20):
            chat.say(f"/start geraden{number}")
        chat.say(f"/start {made.code}")
        api.chat(5).say("wie is daar?")
        await api.chat(5).next()
        assert not access.allows(conversation_key("telegram", "987654321"), clock())
        clock.forward(hours=1)
        chat.say(f"/start {made.code}")
        await api.until(lambda: chat.shown and chat.shown[-1]["text"].startswith("Zet met"))

    assert sum(one["text"] == texts.WRONG_CODE for one in chat.shown) <= 5
    assert access.allows(conversation_key("telegram", "987654321"), clock())


async def test_a_link_that_is_no_code_refuses_a_stranger_as_any_message(
    chat: Chat, connect: Connect, assistant: FakeAssistant
) -> None:
    async with connect(assistant, telegram_open=False):
        chat.say("/start triage")
        assert (await chat.next())["text"] == texts.NOT_INVITED


async def test_a_button_from_before_is_worth_nothing_without_access(
    chat: Chat, api: BotApi, connect: Connect, assistant: FakeAssistant
) -> None:
    async with connect(assistant):
        chat.say("needs_info")
        question = await chat.next()
    async with connect(assistant, telegram_open=False):
        press = chat.press(question, "Jeugdhulpaanbieder")
        await api.until(lambda: api.presses[press] is not None)

    assert api.presses[press] == texts.NOT_INVITED_PRESS
    assert len(assistant.received) == 1


async def test_who_wants_to_be_forgotten_can_give_up_the_access_too(
    chat: Chat, api: BotApi, connect: Connect, assistant: FakeAssistant, access: Access, clock: Clock
) -> None:
    access.redeem(access.invite(7, clock()).code, conversation_key("telegram", "987654321"), clock())
    async with connect(assistant, telegram_open=False, clock=clock):
        chat.say("/vergeetmij")
        await chat.next()
        offer = await chat.next()
        assert (offer["text"], titles(offer)) == (texts.ACCESS_STAYS, [texts.LEAVE])
        chat.press(offer, texts.LEAVE)
        await api.until(lambda: offer["text"] == texts.LEFT)
        chat.say("ben ik er nog in?")
        assert (await chat.next())["text"] == texts.NOT_INVITED

    assert titles(offer) == []
    assert access.given() == []


async def test_privacy_tells_that_the_access_is_kept(
    chat: Chat, connect: Connect, assistant: FakeAssistant, access: Access, clock: Clock
) -> None:
    access.redeem(access.invite(7, clock()).code, conversation_key("telegram", "987654321"), clock())
    async with connect(assistant, telegram_open=False, clock=clock):
        chat.say("/privacy")
        await chat.next()
        assert texts.PRIVACY_ACCESS in (await chat.next())["text"]


@BOTH_WAYS
async def test_who_types_too_fast_hears_so_once_and_the_rest_is_not_kept(
    chat: Chat, api: BotApi, connect: Connect, assistant: FakeAssistant, clock: Clock
) -> None:
    async with connect(assistant, clock=clock):
        for _ in range(30):
            chat.say("plain_text")
        await api.until(lambda: len(chat.shown) == 21)
        clock.forward(minutes=2)
        chat.say("plain_text")
        await api.until(lambda: len(chat.shown) == 22)

    assert [one["text"] for one in chat.shown].count(texts.TOO_MANY) == 1
    assert len(assistant.received) == 21


# -- the command ---------------------------------------------------------------------------


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """The command works on the database of this test."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setattr("bot.access_cli.quiet.configure", lambda level: None)


@pytest.mark.usefixtures("command")
def test_the_command_makes_codes_that_work(
    access: Access, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DEELWIJZER_TELEGRAM_BOT_NAME", "@deelwijzer_bot")

    assert main(["uitnodiging", "--dagen", "3", "--aantal", "2"]) == 0

    codes = [line.partition("?start=")[2] for line in capsys.readouterr().out.splitlines() if "?start=" in line]
    now = Clock()()
    assert CHANNEL == "telegram"
    assert len(codes) == 2
    assert all(access.redeem(code, person, now) for code, person in zip(codes, ("een", "twee"), strict=True))


@pytest.mark.usefixtures("command")
def test_without_the_name_of_the_bot_the_command_shows_what_to_type(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uitnodiging"]) == 0

    assert "  /start " in capsys.readouterr().out


@pytest.mark.usefixtures("command")
def test_the_command_lists_and_ends_by_number(access: Access, capsys: pytest.CaptureFixture[str]) -> None:
    main(["uitnodiging"])
    [given] = access.given()
    capsys.readouterr()

    assert main(["uitnodiging", "--lijst"]) == 0
    assert f"{given.number}  open tot" in capsys.readouterr().out
    assert main(["uitnodiging", "--intrekken", str(given.number)]) == 0
    assert main(["uitnodiging", "--intrekken", str(given.number)]) == 1
    assert "is er niet" in capsys.readouterr().err
    assert main(["uitnodiging", "--lijst"]) == 0
    assert "Er zijn geen uitnodigingen." in capsys.readouterr().out


@pytest.mark.parametrize("wrong", [["--dagen", "0"], ["--dagen", "91"], ["--aantal", "x"], ["--aantal", "101"]])
def test_a_number_that_makes_no_sense_is_refused_in_dutch(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["uitnodiging", *wrong])

    assert "geef een getal van 1 tot" in capsys.readouterr().err
