"""Starting, stopping, trouble on the line, and a token that is in no log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError
from sqlalchemy.exc import OperationalError
from telegram.ext._utils import networkloop

from bot import quiet
from bot.app import Service
from bot.channels import telegram
from bot.channels.telegram import texts
from bot.channels.telegram.connection import LIBRARIES, START_WAITS
from bot.settings import Settings
from bot.store.mailbox import Mailbox
from tests.bot.fakes import Naps
from tests.telegram.bot_api import SECRET, TOKEN, BotApi
from tests.telegram.conftest import BOTH_WAYS, Connect
from tests.web.fake_assistant import FakeAssistant


class Everything(logging.Handler):
    """Keeps all that could be written of every record, with its arguments and its exception."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        error = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
        self.lines.append(f"{record.name} {record.getMessage()} {record.args!r} {error}")


class _NoPause:
    """The library's asyncio, without its pauses between tries."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio, name)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


@pytest.fixture
def log() -> Iterator[Everything]:
    """Everything that is logged, with every logger at its loudest."""
    root, handler = logging.getLogger(), Everything()
    level = root.level
    kept = {name: (logger.level, logger.propagate) for name in LIBRARIES if (logger := logging.getLogger(name))}
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    for name in ("telegram.ext.ExtBot", "telegram.ext.Updater", "httpcore.http11", "httpcore.connection"):
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    root.setLevel(level)
    for name, (before, propagate) in kept.items():
        logging.getLogger(name).setLevel(before)
        logging.getLogger(name).propagate = propagate
    for name in ("telegram.ext.ExtBot", "telegram.ext.Updater", "httpcore.http11", "httpcore.connection"):
        logging.getLogger(name).setLevel(logging.NOTSET)


async def test_without_a_token_nothing_happens(
    api: BotApi, assistant: FakeAssistant, service_of: Callable[..., Service]
) -> None:
    settings = Settings(telegram_token=SecretStr("  "), telegram_api=api.address)  # type: ignore[call-arg]
    assert settings.telegram_token is None

    async with telegram.connected(settings, service_of(settings, assistant)):
        pass

    assert api.calls == []
    assert api.polls == []


async def test_with_a_token_the_program_part_answers(
    api: BotApi, assistant: FakeAssistant, service_of: Callable[..., Service]
) -> None:
    settings = Settings(  # type: ignore[call-arg]
        telegram_token=SecretStr(TOKEN), telegram_api=f"{api.address}/", telegram_open=True
    )

    async with telegram.connected(settings, service_of(settings, assistant)):
        api.chat(1).say("plain_text")
        answer = await api.chat(1).next()

    assert answer["text"].startswith("Alleen tekst.")
    assert [call.method for call in api.calls][:2] == ["getMe", "deleteWebhook"]


async def test_after_the_stop_telegram_knows_what_was_read(
    api: BotApi, connect: Connect, assistant: FakeAssistant
) -> None:
    async with connect(assistant):
        update = api.chat(1).say("plain_text")
        await api.chat(1).next()

    assert api.polls[-1] == update + 1


async def test_questions_asked_while_the_bot_was_away_are_answered(
    api: BotApi, connect: Connect, assistant: FakeAssistant
) -> None:
    api.chat(1).say("plain_text")

    async with connect(assistant):
        assert (await api.chat(1).next())["text"].startswith("Alleen tekst.")


async def test_telegram_away_at_the_start_is_tried_again(
    api: BotApi, connect: Connect, assistant: FakeAssistant, naps: Naps
) -> None:
    api.fail("getMe", 502, times=2)
    api.fail("deleteWebhook", 502)

    async with connect(assistant):
        api.chat(1).say("plain_text")
        assert await api.chat(1).next()

    assert naps.taken == list(START_WAITS[:3])


async def test_the_program_can_stop_while_telegram_is_away(
    api: BotApi, connect: Connect, assistant: FakeAssistant
) -> None:
    api.fail("getMe", 502, times=10_000)

    async with connect(assistant):
        await api.until(lambda: len(api._failures["getMe"]) < 9_990)

    assert api.chats == {}


async def test_a_refused_token_stops_nothing_and_is_not_told(
    api: BotApi, connect: Connect, assistant: FakeAssistant, log: Everything
) -> None:
    wrong = "987654321:another-made-up-token"
    async with connect(assistant, wrong):
        await api.until(lambda: any("InvalidToken" in line for line in log.lines))

    assert not [line for line in log.lines if wrong in line]


async def test_trouble_while_polling_is_told_and_passes(
    api: BotApi,
    connect: Connect,
    assistant: FakeAssistant,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(networkloop, "asyncio", _NoPause())
    chat = api.chat(1)
    async with connect(assistant):
        chat.say("plain_text")
        await chat.next()
        for status in (401, 409, 502):
            api.fail("getUpdates", status)
        chat.say("plain_text")  # lets the poll that is under way end
        await chat.next()
        await api.until(lambda: not api._failures["getUpdates"])
        chat.say("plain_text")
        assert await chat.next()

    assert "Telegram weigert het token (401)" in caplog.text
    assert "Telegram geeft geen berichten door (Conflict)" in caplog.text
    assert "Telegram geeft geen berichten door (NetworkError)" in caplog.text


@BOTH_WAYS
async def test_a_sending_that_fails_is_tried_again_and_not_before_telegram_wants(
    api: BotApi, connect: Connect, assistant: FakeAssistant, naps: Naps
) -> None:
    api.fail("sendMessage", 502)
    api.fail("sendMessage", 429, retry_after=7)

    async with connect(assistant):
        api.chat(1).say("plain_text")
        await api.chat(1).next()

    assert [round(seconds) for seconds in naps.taken] == [1, 7]
    assert [one["text"][:13] for one in api.chat(1).shown] == ["Alleen tekst."]


@BOTH_WAYS
async def test_an_update_that_cannot_be_kept_is_told_again_until_it_is(
    api: BotApi, connect: Connect, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    keep, failures = Mailbox.accept, iter(range(3))

    def away(*given: Any) -> int | None:
        if next(failures, None) is not None:
            raise OperationalError("INSERT", {}, Exception("away"))
        return keep(*given)

    monkeypatch.setattr(Mailbox, "accept", away)
    async with connect(assistant):
        update = api.chat(1).say("plain_text")
        await api.chat(1).next()
        if way == "webhook":
            await api.until(lambda: len(api.brought) == 4)
        polls = len(api.polls)

    assert len(api.chat(1).shown) == 1
    if way == "webhook":
        assert api.brought == [(update, 503)] * 3 + [(update, 200)]
    else:
        assert polls <= 2  # the second is the one that confirms


async def test_someone_who_blocked_the_bot_disturbs_nobody(
    api: BotApi, connect: Connect, assistant: FakeAssistant
) -> None:
    api.fail("sendMessage", 403)

    async with connect(assistant):
        api.chat(1).say("info")
        await api.until(lambda: not api._failures["sendMessage"])
        api.chat(2).say("plain_text")
        await api.chat(2).next()

    assert api.chat(1).shown == []


async def test_a_refused_message_gives_the_kind_sentence(
    api: BotApi, connect: Connect, assistant: FakeAssistant
) -> None:
    api.fail("sendMessage", 400)

    async with connect(assistant):
        api.chat(1).say("info")

        assert (await api.chat(1).next())["text"] == texts.FAILED


@BOTH_WAYS
async def test_neither_the_token_nor_a_message_is_logged_at_any_level(
    api: BotApi, connect: Connect, assistant: FakeAssistant, log: Everything, capfd: pytest.CaptureFixture[str]
) -> None:
    api.fail("getMe", 502, times=9)
    api.fail("sendMessage", 502)
    api.fail("answerCallbackQuery", 400)
    chat = api.chat(424242)
    async with connect(assistant):
        chat.say("MERKTEKEN-vraag")
        answer = await chat.next()
        chat.press(answer, "Waarom?")
        await chat.next()
        chat.say("break")
        await chat.next()
        assistant.broken = True
        chat.say("MERKTEKEN-kapot")
        assert (await chat.next())["text"] == texts.FAILED
        api.fail("getUpdates", 401)
        api.fail("getUpdates", 409)
        chat.say("/gemeente MERKTEKEN-dorp")
        await chat.next()

        if api.webhook:
            update = {"update_id": 7, "message": chat._message(text="MERKTEKEN-vals")}
            assert await api.bring(update, secret="MERKTEKEN-geheim") == 403

    written = "\n".join(log.lines) + "".join(capfd.readouterr())
    assert "AssistantFailure" in written
    for secret in (TOKEN, TOKEN.partition(":")[2], SECRET, "MERKTEKEN", "424242", "Je mag dit met school"):
        assert secret not in written
    assert not [line for line in log.lines if line.split()[0].partition(".")[0] in LIBRARIES]


async def test_the_log_of_the_program_hides_the_token_too(
    api: BotApi, connect: Connect, assistant: FakeAssistant, capfd: pytest.CaptureFixture[str]
) -> None:
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    quiet.configure("debug")
    try:
        async with connect(assistant):
            api.chat(424242).say("MERKTEKEN-vraag")
            await api.chat(424242).next()
    finally:
        root.handlers[:], level = before
        root.setLevel(level)

    written = "".join(capfd.readouterr())
    assert "Telegram staat aan" in written
    assert TOKEN not in written
    assert "MERKTEKEN" not in written


# -- settings ------------------------------------------------------------------------------


@pytest.mark.parametrize("token", ["geen-token", "123", "123:abc/../x", "123:ab c"])
def test_what_is_no_token_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("DEELWIJZER_TELEGRAM_TOKEN", token)

    with pytest.raises(ValidationError, match="token van BotFather") as refused:
        Settings()  # type: ignore[call-arg]

    assert token not in str(refused.value)


def test_another_wrong_setting_does_not_show_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEELWIJZER_TELEGRAM_TOKEN", "1:kort")
    monkeypatch.setenv("DEELWIJZER_HOST", "0.0.0.0")

    with pytest.raises(ValidationError) as refused:
        Settings()  # type: ignore[call-arg]

    assert "1:kort" not in str(refused.value)


@pytest.mark.parametrize("address", ["http://api.telegram.org", "http://192.168.1.4:8081", "ftp://x", "telegram"])
def test_the_token_never_goes_over_a_line_that_is_not_closed(address: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        Settings(telegram_api=address)  # type: ignore[call-arg]


@pytest.mark.parametrize("address", ["http://deelwijzer.example", "deelwijzer.example", "https://", "https://x/?a=1"])
def test_telegram_brings_messages_over_a_closed_line_only(address: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        Settings(telegram_webhook_url=address, telegram_webhook_secret=SecretStr(SECRET))  # type: ignore[call-arg]


@pytest.mark.parametrize("secret", ["kort", "met een spatie en verder lang genoeg", "x" * 257])
def test_a_secret_that_is_easily_guessed_is_refused_without_showing_it(secret: str) -> None:
    with pytest.raises(ValidationError, match="24 tot 256") as refused:
        Settings(telegram_webhook_secret=SecretStr(secret))  # type: ignore[call-arg]

    assert secret not in str(refused.value)


def test_a_webhook_without_a_secret_is_refused() -> None:
    with pytest.raises(ValidationError, match="DEELWIJZER_TELEGRAM_WEBHOOK_SECRET"):
        Settings(telegram_webhook_url="https://deelwijzer.example")  # type: ignore[call-arg]


@pytest.mark.parametrize(("given", "read"), [("@deelwijzer_bot", "deelwijzer_bot"), ("", ""), (" a_b1 ", "a_b1")])
def test_the_name_of_the_bot_may_be_written_as_telegram_shows_it(given: str, read: str) -> None:
    assert Settings(telegram_bot_name=given).telegram_bot_name == read  # type: ignore[call-arg]


def test_what_cannot_be_the_name_of_a_bot_is_refused() -> None:
    with pytest.raises(ValidationError, match="naam van een bot"):
        Settings(telegram_bot_name="https://t.me/x")  # type: ignore[call-arg]
