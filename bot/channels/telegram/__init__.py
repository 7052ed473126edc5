"""The Telegram channel, with python-telegram-bot; off unless a token is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from bot.app import Service


@asynccontextmanager
async def connected(settings: Settings, service: Service) -> AsyncIterator[None]:
    """Answer people on Telegram for as long as the block lasts; nothing at all happens without a token."""
    if settings.telegram_token is None:
        yield
        return
    # The library is large: who does not use it does not wait for it.
    from bot.channels.telegram.connection import connection

    async with connection(settings, settings.telegram_token, service):
        yield
