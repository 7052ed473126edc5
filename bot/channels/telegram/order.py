"""Updates of one chat one after the other, chats beside each other; and what was seen recently."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Hashable
from typing import Any
from weakref import WeakValueDictionary

from telegram import Update
from telegram.ext import BaseUpdateProcessor


class InOrderPerChat(BaseUpdateProcessor):
    """Lets an update wait until the earlier ones of its chat are done."""

    def __init__(self, at_once: int = 256) -> None:
        super().__init__(at_once)
        # A lock lives as long as an update of its chat waits for it.
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        """Run `coroutine` in the turn of its chat; the lock is handed over in order of arrival."""
        chat = update.effective_chat if isinstance(update, Update) else None
        lock = self._locks.setdefault(chat.id if chat else 0, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to let go of."""


class Recently:
    """Remembers the last `most` things it was told, in memory only."""

    def __init__(self, most: int = 4096) -> None:
        self._most = most
        self._seen: OrderedDict[Hashable, None] = OrderedDict()

    def first_time(self, thing: Hashable) -> bool:
        """Remember `thing`; False when it was known already."""
        if thing in self._seen:
            return False
        self._seen[thing] = None
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)
        return True

    def forget(self, thing: Hashable) -> None:
        """Act as if `thing` had not been seen."""
        self._seen.pop(thing, None)
