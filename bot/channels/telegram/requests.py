"""The two HTTP clients of the bot: one that sends and tries again, one that polls and never gives up."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import httpx
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]

# Seconds between tries of one request that did not arrive.
WAITS = (1.0, 3.0, 10.0)
# Telegram may ask for more patience than a person has.
LONGEST_WAIT = 60.0
_REFUSED = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND})


class Sending(HTTPXRequest):
    """Tries a request again that did not arrive, and waits when Telegram asks for it.

    A request that may have arrived (no answer in time) is not sent twice.
    """

    def __init__(self, sleep: Sleep = asyncio.sleep, **settings: Any) -> None:
        super().__init__(**settings)
        self._sleep = sleep

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        """As the library's, with more patience."""
        for wait in WAITS:
            try:
                status, body = await super().do_request(*given, **named)
            except TelegramError as error:
                if not _did_not_arrive(error.__cause__):
                    raise
                log.warning("Telegram is niet bereikbaar (%s)", type(error.__cause__).__name__)
                await self._sleep(wait)
                continue
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                await self._sleep(min(_asked_wait(body) or wait, LONGEST_WAIT))
            elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                log.warning("Telegram heeft een storing (%s)", status)
                await self._sleep(wait)
            else:
                return status, body
        return await super().do_request(*given, **named)


class Polling(HTTPXRequest):
    """Asks for updates; a refused token is reported and tried again later.

    The library would end the polling for good, without a word.
    """

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        """As the library's; "refused" becomes "not now"."""
        status, body = await super().do_request(*given, **named)
        if status in _REFUSED:
            log.error("Telegram weigert het token (%s); maak zo nodig een nieuw token en start opnieuw", status)
            return HTTPStatus.SERVICE_UNAVAILABLE, b'{"ok": false}'
        return status, body


def _did_not_arrive(cause: BaseException | None) -> bool:
    return isinstance(cause, httpx.TransportError) and not isinstance(cause, (httpx.ReadTimeout, httpx.WriteTimeout))


def _asked_wait(body: bytes) -> float | None:
    try:
        return float(json.loads(body)["parameters"]["retry_after"])
    except (ValueError, KeyError, TypeError):
        return None
