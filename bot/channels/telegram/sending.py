"""Sends one unit in one request, and tells what became of it in the words of the desk."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, InputFile
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.channels.telegram import texts, units
from bot.channels.telegram.aside import Aside
from bot.delivery.channel import NotSent, PerhapsSent, Undeliverable, Unit
from bot.keys import conversation_key
from bot.store.polls import Polls

log = logging.getLogger(__name__)

CHANNEL = "telegram"
# What went wrong before a byte of the request was out.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
# Seconds between tries to keep what the options of a sent poll mean.
POLL_WAITS = (0.5, 2.0, 10.0)

Sleep = Callable[[float], Awaitable[None]]


class Sending:
    """The requests that send something."""

    def __init__(self, bot: Bot, aside: Aside, polls: Polls, clock: Callable[[], datetime], sleep: Sleep) -> None:
        self._bot = bot
        self._aside = aside
        self._polls = polls
        self._clock = clock
        self._sleep = sleep

    async def send(self, address: str, unit: Unit) -> None:
        """Send one unit to a chat; raises what `bot.delivery.channel.Channel.send` raises."""
        try:
            await self._request(int(address), unit)
        except RetryAfter as error:
            raise NotSent(_seconds(error.retry_after)) from None
        except (Forbidden, ChatMigrated):
            raise Undeliverable from None
        except BadRequest as error:
            if unit[units.DO] == units.EDIT:
                return  # it stands there already, or the message is gone
            log.error("Telegram: %s bij het versturen", type(error).__name__)
            self._aside.say(int(address), texts.FAILED)  # nobody is left without a word
            raise Undeliverable from None
        except TelegramError as error:
            cause = error.__cause__
            if isinstance(cause, httpx.HTTPError) and not isinstance(cause, _BEFORE_SENDING):
                raise PerhapsSent from None
            # Not connected, or Telegram says itself that it did not work: a fault there, a refused token.
            log.warning("Telegram is niet bereikbaar (%s)", type(cause or error).__name__)
            raise NotSent from None

    async def _request(self, chat: int, unit: Unit) -> None:
        match unit[units.DO]:
            case units.TEXT:
                await self._bot.send_message(
                    chat, unit["html"], parse_mode=ParseMode.HTML, reply_markup=units.buttons(unit)
                )
            case units.EDIT if unit["html"] is None:
                await self._bot.edit_message_reply_markup(chat, unit["message"])
            case units.EDIT:
                await self._bot.edit_message_text(unit["html"], chat, unit["message"], parse_mode=ParseMode.HTML)
            case units.DOCUMENT:
                file = InputFile(units.content(unit), filename=unit["name"])
                await self._bot.send_document(chat, file, caption=unit["caption"])
            case units.POLL:
                await self._poll(chat, unit)
            case other:
                raise ValueError(f"unknown unit {other!r}")

    async def _poll(self, chat: int, unit: Unit) -> None:
        sent = await self._bot.send_poll(
            chat,
            unit["question"],
            unit["options"],
            type="quiz",
            is_anonymous=False,  # else nobody hears what was chosen
            correct_option_ids=[unit["right"]],
            explanation=unit["explanation"] or None,
            reply_markup=units.buttons(unit),
        )
        if sent.poll is None:
            return
        key, poll, payloads = conversation_key(CHANNEL, str(chat)), sent.poll.id, unit["payloads"]
        for wait in (*POLL_WAITS, None):
            # The poll was sent: whatever goes wrong here, it is not sent again.
            with suppress(SQLAlchemyError):
                await asyncio.to_thread(self._polls.keep, poll, key, payloads, self._clock())
                return
            if wait is not None:
                await self._sleep(wait)
        log.error("Telegram: een quizvraag is niet bewaard; een antwoord erop wordt niet begrepen")


def _seconds(wait: Any) -> float:
    """How long Telegram asks to wait; the library gives a number or a stretch of time."""
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
