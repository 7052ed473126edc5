"""The Teams channel; off unless its settings are there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # The command that makes the app package needs nothing of the program.
    from bot.app import Service
    from bot.settings import Settings


@asynccontextmanager
async def connected(settings: Settings, service: Service) -> AsyncIterator[None]:
    """Answer people in Teams for as long as the block lasts; nothing at all happens without settings.

    Raises:
        OSError: when the file with people cannot be read.
        RuntimeError: when it does not say what it should.
    """
    if not (settings.teams_app_id or settings.teams_local_emulator):
        yield
        return
    # The library is large: who does not use it does not wait for it, and others do not wait for who does.
    from bot.channels.teams import library

    await asyncio.to_thread(library.load)
    from bot.channels.teams.connection import connection

    async with connection(settings, service):
        yield
