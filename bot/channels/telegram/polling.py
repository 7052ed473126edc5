"""Fetches updates from Telegram, which may forget one only when it is kept here."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from itertools import chain, repeat
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from telegram import Bot, Update
from telegram.error import TelegramError
from telegram.ext import Updater
from telegram.request import HTTPXRequest

from bot.channels.telegram.receiving import UPDATES

log = logging.getLogger(__name__)

Receive = Callable[[Update], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]

# Seconds between tries to keep an update while the database is away.
WAITS = (0.5, 1.0, 2.0, 5.0)
SLOWEST_WAIT = 15.0
STOP_SECONDS = 10.0
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND})


class Polling:
    """Asks for updates, for as long as it runs."""

    def __init__(self, bot: Bot, receive: Receive, sleep: Sleep) -> None:
        self._updater: Updater = Updater(bot, _Keeping(receive, sleep))

    async def start(self) -> None:
        """Begin; a webhook that was set is taken away.

        Raises:
            TelegramError: Telegram is not there.
        """
        await self._updater.initialize()
        await self._updater.start_polling(allowed_updates=UPDATES, error_callback=_failed)

    async def stop(self) -> None:
        """Stop asking, and tell Telegram what was kept."""
        if not self._updater.running:
            return
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._updater.stop()
        except (TelegramError, TimeoutError) as error:
            log.warning("Telegram is niet netjes gestopt (%s)", type(error).__name__)


class _Keeping(asyncio.Queue[object]):
    """The queue that the library fills: what is put in it is taken in at once.

    The library asks for the next updates, and so confirms these, when all have been put.
    """

    def __init__(self, receive: Receive, sleep: Sleep) -> None:
        super().__init__()
        self._receive = receive
        self._sleep = sleep

    async def put(self, item: object) -> None:
        """Returns when the update is kept, however long the database is away."""
        if not isinstance(item, Update):
            return
        for wait in chain(WAITS, repeat(SLOWEST_WAIT)):
            try:
                await self._receive(item)
            except SQLAlchemyError as error:
                log.error("Telegram: een bericht kan niet bewaard worden (%s)", type(error).__name__)
            except Exception as error:
                # It would go wrong again, and nobody else would be heard any more.
                log.error("Telegram: %s bij een bericht", type(error).__name__)
                return
            else:
                return
            await self._sleep(wait)


class PollRequest(HTTPXRequest):
    """The requests for updates; a refused token is reported and tried again later.

    The library would end the polling for good, without a word.
    """

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        """As the library's; "refused" becomes "not now"."""
        status, body = await super().do_request(*given, **named)
        if status in _REFUSED:
            log.error("Telegram weigert het token (%s); maak zo nodig een nieuw token en start opnieuw", status)
            return HTTPStatus.SERVICE_UNAVAILABLE, b'{"ok": false}'
        return status, body


def _failed(error: TelegramError) -> None:
    log.warning("Telegram geeft geen berichten door (%s)", type(error).__name__)
