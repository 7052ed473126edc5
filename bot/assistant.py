"""The assistant: hands each message to a turn of its own, one at a time in a conversation.

A channel hands over an `Incoming` and gets a `Reply`.  Messages of one conversation wait for
each other; messages of different conversations do not.  The way of one message is in `bot.turn`.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime

from bot.clock import utc_now
from bot.compose import Composer
from bot.danger import DangerDetector
from bot.guard import Guard
from bot.keys import conversation_key
from bot.messages import Incoming, Reply
from bot.metrics import Metrics
from bot.nlu_client import NluClient
from bot.review.pickup import pick_up
from bot.store import Store
from bot.store.decisions import Decisions
from bot.store.retention import Periods, Purged, Retention
from bot.store.reviews import Reviews
from bot.turn import Handled, Parts, Turn
from knowledge.knowledge import Knowledge

__all__ = ["Assistant", "Handled"]

# Conversations whose turn-taking is remembered; the longest silent go first.
MAX_LOCKS = 10_000


class Assistant:
    """Answers messages of every channel from one knowledge and one store."""

    def __init__(
        self,
        knowledge: Knowledge,
        guard: Guard,
        danger: DangerDetector,
        nlu: NluClient,
        store: Store,
        clock: Callable[[], datetime] = utc_now,
        periods: Periods | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.knowledge = knowledge
        self._parts = Parts(
            knowledge=knowledge,
            guard=guard,
            danger=danger,
            nlu=nlu,
            store=store,
            reviews=Reviews(store.engine),
            decisions=Decisions(store.engine),
            retention=Retention(store.engine),
            periods=periods or Periods(),
            clock=clock,
        )
        self._metrics = metrics or Metrics()
        self._locks: OrderedDict[str, asyncio.Lock] = OrderedDict()

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one message or one press of a button."""
        return (await self.handle_with_details(incoming)).reply

    async def handle_with_details(self, incoming: Incoming) -> Handled:
        """As `handle`, with what the guard and Rasa made of the message."""
        started = time.perf_counter()
        key = conversation_key(incoming.channel, incoming.conversation)
        owner = conversation_key(incoming.channel, incoming.person or incoming.conversation)
        async with self._turn_of(key):
            handled = await Turn(self._parts, incoming, key, owner).handle()
        elapsed = time.perf_counter() - started
        self._metrics.answered(incoming.channel, handled.reply.messages[0].verdict, elapsed)
        if handled.nlu_away:
            self._metrics.nlu_away()
        return replace(handled, elapsed_ms=round(elapsed * 1000))

    async def welcome(self, conversation: str, channel: str, person: str | None = None) -> Reply:
        """The first message of a conversation, and the answers of the FG that wait for this person."""
        key = conversation_key(channel, conversation)
        owner = conversation_key(channel, person or conversation)
        waiting = await pick_up(
            self._parts.reviews, self._parts.store, self.composer(), channel, key, owner, self._parts.clock()
        )
        return Reply((self.composer().welcome().message, *(one.message for one in waiting)))

    async def clean_up(self) -> Purged:
        """Erase what has been kept long enough."""
        parts = self._parts
        return await asyncio.to_thread(parts.retention.purge, parts.periods, parts.clock())

    def composer(self) -> Composer:
        """Makes messages for the law of today, Dutch time."""
        return self._parts.composer()

    @asynccontextmanager
    async def _turn_of(self, key: str) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._locks.move_to_end(key)
        while len(self._locks) > MAX_LOCKS:
            oldest, candidate = next(iter(self._locks.items()))
            if candidate.locked():
                break
            del self._locks[oldest]
        async with lock:
            yield
