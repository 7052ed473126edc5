"""Telegram brings updates to our own address: only with the secret, and 200 only for what is kept."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from bot.channels.telegram.webhook import MAX_BODY, PATH, SECRET_HEADER
from bot.store import Store
from bot.store.mailbox import Mailbox
from tests.store.databases import everything_in
from tests.telegram.bot_api import SECRET, BotApi, Chat
from tests.telegram.conftest import Connect
from tests.telegram.test_chat import Scripted
from tests.web.fake_assistant import FakeAssistant


@pytest.fixture
def way() -> str:
    return "webhook"


@pytest.fixture
def chat(api: BotApi) -> Chat:
    return api.chat(987654321)


async def knock(api: BotApi, content: bytes, secret: str | None = SECRET, method: str = "POST") -> int:
    headers = {} if secret is None else {SECRET_HEADER.encode(): secret.encode()}
    async with httpx.AsyncClient(trust_env=False) as client:
        return (await client.request(method, f"{api.front}{PATH}", content=content, headers=headers)).status_code


async def test_telegram_is_told_where_to_bring_what_and_with_which_secret(
    api: BotApi, connect: Connect, assistant: FakeAssistant
) -> None:
    async with connect(assistant):
        await api.until(lambda: api.webhook)

    assert api.webhook["url"] == "https://deelwijzer.example/telegram/webhook"
    assert api.webhook["secret_token"] == SECRET
    assert api.webhook["allowed_updates"] == ["message", "edited_message", "callback_query", "poll_answer"]
    assert api.polls == []


@pytest.mark.parametrize("secret", [None, "", "fout", SECRET[:-1], f"{SECRET}x", "é" * 30], ids=range(6))
async def test_without_the_right_secret_nothing_is_read_or_kept(
    api: BotApi,
    chat: Chat,
    connect: Connect,
    assistant: FakeAssistant,
    store: Store,
    database_url: str,
    secret: str | None,
) -> None:
    update = b'{"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "MERKTEKEN", '
    update += b'"chat": {"id": 987654321, "type": "private"}}}'
    async with connect(assistant):
        await api.until(lambda: api.webhook)
        assert await knock(api, update, secret) == 403
    store.close()

    assert assistant.received == []
    assert "MERKTEKEN" not in everything_in(database_url)
    assert chat.shown == []


@pytest.mark.parametrize("body", [b"", b"geen json", b"[]", b"{}", b'{"update_id": 1, "message": 7}', b"\xff", b"null"])
async def test_what_is_no_update_is_refused_and_the_bot_goes_on(
    api: BotApi, chat: Chat, connect: Connect, assistant: FakeAssistant, body: bytes
) -> None:
    async with connect(assistant):
        await api.until(lambda: api.webhook)
        assert await knock(api, body) == 400
        chat.say("plain_text")
        assert (await chat.next())["text"].startswith("Alleen tekst.")


async def test_a_body_that_is_too_large_is_refused(api: BotApi, connect: Connect, assistant: FakeAssistant) -> None:
    async with connect(assistant):
        await api.until(lambda: api.webhook)
        assert await knock(api, b"x" * (MAX_BODY + 1)) == 413
        assert await knock(api, b"", method="GET") == 405


async def test_telegram_has_its_200_before_the_work_is_done_and_after_it_is_kept(
    api: BotApi, chat: Chat, connect: Connect, store: Store
) -> None:
    scripted = Scripted(gates={"traag": asyncio.Event()})
    async with connect(scripted):
        update = chat.say("traag")
        await api.until(lambda: api.brought)
        assert api.brought == [(update, 200)]
        assert Mailbox(store.engine).sizes()["inbox"] == 1
        assert scripted.done == []
        scripted.gates["traag"].set()
        await chat.next()


async def test_what_is_brought_twice_is_answered_once(api: BotApi, chat: Chat, connect: Connect) -> None:
    scripted = Scripted()
    async with connect(scripted):
        await api.until(lambda: api.webhook)
        update = {"update_id": 12, "message": chat._message(text="vraag")}
        statuses = await asyncio.gather(*(api.bring(update) for _ in range(4)))
        await chat.next()
        chat.say("daarna")
        await chat.next()

    assert statuses == [200] * 4
    assert scripted.begun == ["vraag", "daarna"]
    assert len(chat.shown) == 2


async def test_after_the_stop_the_address_is_gone(api: BotApi, connect: Connect, assistant: FakeAssistant) -> None:
    async with connect(assistant) as service:
        await api.until(lambda: api.webhook)
        assert [route.path for route in service.public.router.routes].count(PATH) == 1  # type: ignore[attr-defined]
    assert PATH not in [route.path for route in service.public.router.routes]  # type: ignore[attr-defined]
    assert api.webhook  # Telegram keeps what comes meanwhile, and brings it after the start


async def test_who_goes_back_to_fetching_takes_the_webhook_away(
    api: BotApi, chat: Chat, connect: Connect, assistant: FakeAssistant
) -> None:
    async with connect(assistant):
        await api.until(lambda: api.webhook)
    async with connect(assistant, telegram_webhook_url=""):
        chat.say("plain_text")
        await chat.next()

    assert api.webhook == {}
    assert api.polls
