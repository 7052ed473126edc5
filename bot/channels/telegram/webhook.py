"""Lets Telegram bring updates: one address, a secret, and 200 only when an update is kept."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update

from bot.channels.telegram.receiving import UPDATES

log = logging.getLogger(__name__)

Receive = Callable[[Update], Awaitable[None]]

PATH = "/telegram/webhook"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105
# Bytes of one update; the largest that Telegram sends is far smaller.
MAX_BODY = 256 * 1024


class Webhook:
    """The address at which Telegram brings updates, while it runs.

    Telegram itself brings the updates of one chat one after the other, and brings again what was
    not answered with 200.
    """

    def __init__(self, bot: Bot, receive: Receive, app: FastAPI, url: str, secret: SecretStr) -> None:
        self._bot = bot
        self._receive = receive
        self._app = app
        self._url = f"{url}{PATH}"
        self._secret = secret.get_secret_value()
        self._route = Route(PATH, self._brought, methods=["POST"])

    async def start(self) -> None:
        """Listen, and tell Telegram where.

        Raises:
            TelegramError: Telegram is not there.
        """
        await self._bot.initialize()
        if self._route not in self._app.router.routes:
            self._app.router.routes.append(self._route)
        await self._bot.set_webhook(self._url, secret_token=self._secret, allowed_updates=UPDATES)

    async def stop(self) -> None:
        """Listen no more; Telegram keeps what it cannot bring until the next start."""
        if self._route in self._app.router.routes:
            self._app.router.routes.remove(self._route)

    async def _brought(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(errors="replace"), self._secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        update = _read(body, self._bot)
        if update is None:
            return Response(status_code=400)
        try:
            await self._receive(update)
        except SQLAlchemyError as error:
            log.error("Telegram: een bericht kan niet bewaard worden (%s)", type(error).__name__)
            return Response(status_code=503)
        except Exception as error:
            # It would go wrong again, as often as Telegram brought it.
            log.error("Telegram: %s bij een bericht", type(error).__name__)
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The body, or None when it is too large."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return None
    except ClientDisconnect:
        return b""
    return bytes(body)


def _read(body: bytes, bot: Bot) -> Update | None:
    """The update in a body, or None when there is none in it."""
    try:
        told = json.loads(body)
        return Update.de_json(told, bot) if isinstance(told, dict) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
