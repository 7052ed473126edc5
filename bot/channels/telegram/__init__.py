"""The Telegram channel: long polling with python-telegram-bot, off unless a token is set."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.settings import Settings
from bot.store.profiles import Profiles
from knowledge.knowledge import Knowledge

if TYPE_CHECKING:
    from bot.channels.telegram.chat import Assistant


@asynccontextmanager
async def connected(
    settings: Settings, assistant: Assistant, profiles: Profiles, knowledge: Knowledge
) -> AsyncIterator[None]:
    """Answer people on Telegram for as long as the block lasts; nothing at all happens without a token."""
    if settings.telegram_token is None:
        yield
        return
    # The library is large: who does not use it does not wait for it.
    from bot.channels.telegram.connection import connection

    async with connection(settings, settings.telegram_token, assistant, profiles, knowledge):
        yield
