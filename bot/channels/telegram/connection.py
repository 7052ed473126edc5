"""Starts and stops the connection with Telegram; the token appears in no log at any level.

Telegram puts the token in the address of every request, and the library puts it in the text of
its exceptions: so the libraries are silent, and of an error only the class is told.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr
from telegram import BotCommand, BotCommandScopeAllPrivateChats, LinkPreviewOptions
from telegram.error import TelegramError
from telegram.ext import Defaults, ExtBot
from telegram.request import HTTPXRequest

from bot.channels.telegram import texts
from bot.channels.telegram.aside import Aside
from bot.channels.telegram.channel import Assistant, TelegramChannel
from bot.channels.telegram.choices import Choices
from bot.channels.telegram.general import OnlyGeneral
from bot.channels.telegram.polling import Polling, PollRequest
from bot.channels.telegram.receiving import Receiver
from bot.channels.telegram.recent import Answered
from bot.channels.telegram.sending import CHANNEL, Sending
from bot.channels.telegram.webhook import Webhook
from bot.clock import utc_now
from bot.danger import DangerDetector, load_signals
from bot.settings import Settings
from bot.store.access import Access
from bot.store.polls import Polls
from bot.store.profiles import Profiles
from knowledge.load import CONTENT

if TYPE_CHECKING:
    from bot.app import Service

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

LIBRARIES = ("telegram", "httpx", "httpcore")
# Seconds between tries to begin.
START_WAITS = (1.0, 2.0, 5.0, 10.0, 30.0)
SLOWEST_START_WAIT = 60.0

_Bot = ExtBot[Any]


@asynccontextmanager
async def connection(
    settings: Settings,
    token: SecretStr,
    service: Service,
    *,
    clock: Callable[[], datetime] = utc_now,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[None]:
    """Answer people on Telegram for as long as the block lasts.

    Telegram being away never fails the program: it is tried again until it is there.  At the end
    the messages that came in are answered first.

    Args:
        settings: the settings.
        token: the token of the bot.
        service: the running parts of the program.
        clock: tells the time in UTC.
        sleep: waits.
    """
    silence_libraries()
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns at each request to wait
    store, desk = service.store, service.desk
    access = None if settings.telegram_open else Access(store.engine, CHANNEL)
    if access:
        await asyncio.to_thread(access.tidy, clock())
    bot = _bot(settings.telegram_api, token)
    aside, answered, choices = Aside(bot, clock), Answered(), Choices.of(service.knowledge)
    polls = Polls(store.engine, settings.button_hours)
    channel = TelegramChannel(
        _limited(settings, service, clock),
        Sending(bot, aside, polls, clock, sleep),
        aside,
        answered,
        choices,
        Profiles(store),
        polls,
        access,
        clock,
    )
    receive = Receiver(bot, desk, aside, answered, choices, access, clock).receive
    listening: Polling | Webhook = Polling(bot, receive, sleep)
    if settings.telegram_webhook_url and settings.telegram_webhook_secret:
        listening = Webhook(
            bot, receive, service.public, settings.telegram_webhook_url, settings.telegram_webhook_secret
        )
    try:
        async with desk.open(channel):
            starting = asyncio.create_task(_start(bot, listening, sleep))
            try:
                yield
            finally:
                starting.cancel()
                await asyncio.wait({starting})
                await listening.stop()
    finally:
        await aside.close()
        with suppress(TelegramError):
            await bot.shutdown()


def silence_libraries() -> None:
    """Let the libraries log nothing, whatever level is asked for and whoever listens."""
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)


def _bot(api: str, token: SecretStr) -> _Bot:
    # Only loopback is spoken to without https, and no proxy stands in between there.
    kwargs = {"trust_env": api.startswith("https:")}
    return ExtBot(
        token.get_secret_value(),
        base_url=f"{api}/bot",
        base_file_url=f"{api}/file/bot",
        request=HTTPXRequest(connection_pool_size=64, pool_timeout=10, read_timeout=20, httpx_kwargs=kwargs),
        get_updates_request=PollRequest(connection_pool_size=2, httpx_kwargs=kwargs),
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
    )


def _limited(settings: Settings, service: Service, clock: Callable[[], datetime]) -> Assistant:
    """The assistant, or one that only answers what is about nobody."""
    if not settings.telegram_only_general:
        return service.assistant
    danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
    return OnlyGeneral(service.assistant, lambda text: danger.find(text) is not None, service.store.button, clock)


async def _start(bot: _Bot, listening: Polling | Webhook, sleep: Sleep) -> None:
    for wait in chain(START_WAITS, repeat(SLOWEST_START_WAIT)):
        try:
            await listening.start()
            break
        except Exception as error:
            log.warning("Telegram begint nog niet (%s)", type(error).__name__)
        await sleep(wait)
    log.info("Telegram staat aan")
    with suppress(TelegramError):
        await bot.set_my_commands(
            [BotCommand(name, meaning) for name, meaning in texts.COMMANDS], scope=BotCommandScopeAllPrivateChats()
        )
