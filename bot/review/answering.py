"""Sends what the FG writes back to the channel that the question came from."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from enum import Enum, auto

from bot.clock import utc_now
from bot.compose import Composed, Composer
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.review.asker import Asker
from bot.store import Store
from bot.store.models import DpoAnswer
from bot.store.reviews import FETCHED, Reviews


class Way(Enum):
    """How an answer reaches the person."""

    SENT = auto()  # on its way to the channel
    FETCHED = auto()  # shown when the person is there again
    NOWHERE = auto()  # the channel has no way back, or the address was erased


class Answering:
    """Puts answers of the FG on their way."""

    def __init__(
        self,
        store: Store,
        desk: Desk,
        guard: Guard,
        composer: Callable[[], Composer],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._store = store
        self._reviews = Reviews(store.engine)
        self._desk = desk
        self._guard = guard
        self._composer = composer
        self._clock = clock

    async def answer(self, question: int, text: str, by: str, *, shared: bool) -> tuple[DpoAnswer, Way] | None:
        """Answer one question and send it; None when the question is gone.

        The text is masked like every other: an answer is about a rule, never about a client.
        """
        masked = self._guard.mask(text).text
        row = await asyncio.to_thread(self._reviews.reply, question, masked, by, self._clock(), shared=shared)
        return (row, await self._send(row)) if row else None

    async def _send(self, row: DpoAnswer) -> Way:
        if row.channel in FETCHED:
            return Way.FETCHED
        place = await asyncio.to_thread(self._store.place_of_question, row.question_id or 0)
        if place is None or not self._desk.serves(place.channel):
            return Way.NOWHERE
        composed = self.composed(row)
        await asyncio.to_thread(self._store.add_buttons, place.conversation, composed.buttons, self._clock())
        await self._desk.send(place, composed.message)
        await asyncio.to_thread(self._reviews.delivered, row.id or 0, self._clock())
        return Way.SENT

    async def notify(self, question: int, text: str) -> Way:
        """Tell the person who asked something new about that question.

        Where people come and fetch it, nothing is sent: what is told has to be kept (see `bot.review.pickup`).
        """
        if await asyncio.to_thread(self._reviews.channel_of, question) in FETCHED:
            return Way.FETCHED
        place = await asyncio.to_thread(self._store.place_of_question, question)
        if place is None or not self._desk.serves(place.channel):
            return Way.NOWHERE
        await self._desk.send(place, self._composer().plain(text).message)
        return Way.SENT

    def composed(self, row: DpoAnswer) -> Composed:
        """The message with the answer."""
        return Asker(self._composer(), self._reviews, row.owner, row.municipality).answer(row)
