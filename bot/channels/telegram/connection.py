"""Starts and stops the connection with Telegram; the token appears in no log at any level.

Telegram puts the token in the address of every request, and the library puts it in the text of
its exceptions: so the libraries are silent, and of an error only the class is told.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import chain, repeat
from typing import Any

from pydantic import SecretStr
from telegram import BotCommand, BotCommandScopeAllPrivateChats, LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import TelegramError
from telegram.ext import Application, ApplicationBuilder, Defaults, ExtBot

from bot.channels.telegram import texts
from bot.channels.telegram.chat import Assistant, TelegramChat
from bot.channels.telegram.choices import Choices
from bot.channels.telegram.order import InOrderPerChat
from bot.channels.telegram.requests import Polling, Sending, Sleep
from bot.settings import Settings
from bot.store.profiles import Profiles
from knowledge.knowledge import Knowledge

log = logging.getLogger(__name__)

# Everything else that Telegram knows (channels, polls, payments) is not even asked for.
UPDATES = ("message", "edited_message", "callback_query")
LIBRARIES = ("telegram", "httpx", "httpcore")
# Seconds between tries to begin, and how long the end may take.
START_WAITS = (1.0, 2.0, 5.0, 10.0, 30.0)
SLOWEST_START_WAIT = 60.0
STOP_SECONDS = 20.0

_App = Application[Any, Any, Any, Any, Any, Any]


@asynccontextmanager
async def connection(
    settings: Settings,
    token: SecretStr,
    assistant: Assistant,
    profiles: Profiles,
    knowledge: Knowledge,
    *,
    sleep: Sleep = asyncio.sleep,
) -> AsyncIterator[None]:
    """Answer people on Telegram for as long as the block lasts.

    Telegram being away never fails the program: it is tried again until it is there.  At the end
    the messages that came in are answered first.
    """
    silence_libraries()
    os.environ.setdefault("PTB_TIMEDELTA", "true")  # else the library warns at each request to wait
    application = _application(settings.telegram_api, token, sleep)
    TelegramChat(assistant, profiles, Choices.of(knowledge)).add_to(application)
    starting = asyncio.create_task(_start(application, sleep))
    try:
        yield
    finally:
        starting.cancel()
        await asyncio.wait({starting})
        await _stop(application)


def silence_libraries() -> None:
    """Let the libraries log nothing, whatever level is asked for and whoever listens."""
    for name in LIBRARIES:
        logger = logging.getLogger(name)
        logger.handlers[:] = [logging.NullHandler()]
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)


def _application(api: str, token: SecretStr, sleep: Sleep) -> _App:
    # Only loopback is spoken to without https, and no proxy stands in between there.
    kwargs = {"trust_env": api.startswith("https:")}
    made: _App = (
        ApplicationBuilder()
        .token(token.get_secret_value())
        .base_url(f"{api}/bot")
        .base_file_url(f"{api}/file/bot")
        .request(Sending(sleep, read_timeout=20, httpx_kwargs=kwargs))
        .get_updates_request(Polling(connection_pool_size=2, httpx_kwargs=kwargs))
        .defaults(Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)))
        .concurrent_updates(InOrderPerChat())
        .job_queue(None)
        .build()
    )
    return made


async def _start(application: _App, sleep: Sleep) -> None:
    updater = application.updater
    assert updater is not None  # noqa: S101
    for wait in chain(START_WAITS, repeat(SLOWEST_START_WAIT)):
        try:
            await application.initialize()
            await updater.start_polling(allowed_updates=UPDATES, error_callback=_polling_failed)
            break
        except Exception as error:
            log.warning("Telegram begint nog niet (%s)", type(error).__name__)
        await sleep(wait)
    await application.start()
    log.info("Telegram staat aan")
    await _show_commands(application.bot)


async def _show_commands(bot: ExtBot[Any]) -> None:
    with suppress(TelegramError):
        await bot.set_my_commands(
            [BotCommand(name, meaning) for name, meaning in texts.COMMANDS], scope=BotCommandScopeAllPrivateChats()
        )


async def _stop(application: _App) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            if application.updater and application.updater.running:
                await application.updater.stop()
            if application.running:
                await application.stop()
    except (TelegramError, TimeoutError) as error:
        log.warning("Telegram is niet netjes gestopt (%s)", type(error).__name__)
    await application.shutdown()
    # When the beginning failed the application does not count as begun, but its connections do.
    await application.bot.shutdown()


def _polling_failed(error: TelegramError) -> None:
    log.warning("Telegram geeft geen berichten door (%s)", type(error).__name__)
