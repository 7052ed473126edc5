"""What is said at once and kept nowhere: a press answered, a refusal.  When it fails, it is not tried again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from telegram import Bot
from telegram.constants import ChatAction
from telegram.error import TelegramError

from bot.delivery.limit import RateLimit

# Messages of this kind to all people together: strangers cannot make the bot send without end.
MOST = 60
PER = timedelta(minutes=1)
STOP_SECONDS = 5.0


class Aside:
    """Says things beside the desk, without anybody waiting for it."""

    def __init__(self, bot: Bot, clock: Callable[[], datetime]) -> None:
        self._bot = bot
        self._clock = clock
        self._limit = RateLimit(MOST, PER)
        self._tasks: set[asyncio.Task[None]] = set()

    def say(self, chat: int, text: str) -> None:
        """Send a plain text, unless very much was said already."""
        if not self._limit.over("", self._clock()):
            self._begin(self._bot.send_message(chat, text))

    def press(self, query: str, text: str | None = None) -> None:
        """Answer a press, so that the button stops waiting; a text is shown for a moment."""
        self._begin(self._bot.answer_callback_query(query, text))

    async def typing(self, chat: int) -> None:
        """Show that an answer is being made."""
        with suppress(TelegramError):
            await self._bot.send_chat_action(chat, ChatAction.TYPING, read_timeout=3, connect_timeout=3)

    async def close(self) -> None:
        """Let what is being said be said."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
        for task in self._tasks:
            task.cancel()

    def _begin(self, call: Coroutine[Any, Any, Any]) -> None:
        async def run() -> None:
            with suppress(TelegramError):
                await call

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
