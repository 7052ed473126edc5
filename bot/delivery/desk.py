"""Takes the events of channels in, has them answered in order, and sees the answers sent.

One lane for each conversation: its events one after the other, and what an answer consists of in
order.  Lanes do not wait for each other.  What lies in the mailbox when the program starts goes on.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from bot.clock import utc_now
from bot.delivery.channel import Channel, Event, NotSent, PerhapsSent, Undeliverable, Unit
from bot.delivery.limit import RateLimit
from bot.guard import Guard
from bot.keys import conversation_key
from bot.messages import Message
from bot.metrics import Metrics
from bot.screen import MAX_CHARS
from bot.store.mailbox import Mailbox, Place, Waiting

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]
T = TypeVar("T")

# Seconds before the next try of what did not arrive; the last is repeated.
WAITS = (1.0, 3.0, 10.0, 30.0, 60.0, 300.0)
LONGEST_WAIT = 300.0
# An answer that could not be sent for so long helps nobody any more.
GIVE_UP = timedelta(hours=24)
# Seconds in which lanes may finish when the program stops; what is left goes on at the next start.
STOP_SECONDS = 20.0


class Accepted(Enum):
    """What became of an event."""

    NEW = auto()
    KNOWN = auto()  # told before
    TOO_MANY = auto()  # the first over the limit: say so
    STILL_TOO_MANY = auto()


class Desk:
    """The one place between channels that send by themselves and the assistant."""

    def __init__(
        self,
        mailbox: Mailbox,
        guard: Guard,
        metrics: Metrics,
        *,
        limit: RateLimit | None = None,
        clock: Callable[[], datetime] = utc_now,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._mailbox = mailbox
        self._guard = guard
        self._metrics = metrics
        self._limit = limit or RateLimit()
        self._clock = clock
        self._sleep = sleep
        self._channels: dict[str, Channel] = {}
        # What waits in the lane of a conversation; None only means: look at the outbox again.
        self._lanes: dict[str, deque[tuple[int, Event] | None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def open(self, *channels: Channel) -> AsyncIterator[None]:
        """Serve channels for as long as the block lasts, beginning with what was left lying."""
        added = {channel.name: channel for channel in channels}
        self._channels |= added
        await self._resume(set(added))
        try:
            yield
        finally:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)
            for name in added:
                del self._channels[name]

    async def accept(self, event: Event) -> Accepted:
        """Keep an event, masked, and let it be answered in its turn.

        When this returns, a crash loses nothing: only then the channel may say that it has it.

        Raises:
            SQLAlchemyError: it could not be kept.
        """
        key = conversation_key(event.channel, event.conversation)
        if over := self._limit.over(key, self._clock()):
            self._metrics.refused(event.channel, "too_many")
            return Accepted.TOO_MANY if over == 1 else Accepted.STILL_TOO_MANY
        masked = self._masked(event)
        number = await asyncio.to_thread(self._mailbox.accept, key, masked, self._clock())
        if number is None:
            self._metrics.refused(event.channel, "known")
            return Accepted.KNOWN
        self._queue(key, (number, masked))
        return Accepted.NEW

    def refused(self, channel: str, why: str) -> None:
        """Count something that a channel did not take itself; `why` is one of a few fixed words."""
        self._metrics.refused(channel, why)

    def serves(self, channel: str) -> bool:
        """True when messages can be sent on a channel now."""
        return channel in self._channels

    async def send(self, place: Place, message: Message) -> None:
        """Send a message that answers no event, such as the answer of the FG."""
        channel = self._channels[place.channel]
        await asyncio.to_thread(self._mailbox.put, place, channel.rendered(message), self._clock())
        self._queue(place.conversation, None)

    # -- lanes -------------------------------------------------------------------------

    async def _resume(self, names: set[str]) -> None:
        for number, key, event in await asyncio.to_thread(self._mailbox.unanswered):
            if event.channel in names:
                self._queue(key, (number, event))
        for name, key in await asyncio.to_thread(self._mailbox.conversations):
            if name in names:
                self._queue(key, None)

    def _queue(self, key: str, thing: tuple[int, Event] | None) -> None:
        if (lane := self._lanes.get(key)) is not None:
            lane.append(thing)
            return
        self._lanes[key] = deque((thing,))
        task = asyncio.create_task(self._run(key))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self, key: str) -> None:
        lane = self._lanes[key]
        try:
            while True:
                await self._deliver(key)
                if not lane:
                    return
                if thing := lane.popleft():
                    await self._answer(key, *thing)
        finally:
            del self._lanes[key]

    async def _answer(self, key: str, number: int, event: Event) -> None:
        channel = self._channels[event.channel]
        try:
            units: Sequence[Unit] = await channel.answer(event)
        except Exception as error:
            # Not its text: that can hold what a person typed, or the token of the channel.
            log.error("%s: %s bij het antwoorden", event.channel, type(error).__name__)
            self._metrics.failed(event.channel)
            units = channel.apology(event)
        # The conversation of a person alone: the owner is the same.
        owner = conversation_key(event.channel, str(event.work.get("person") or event.conversation))
        place = Place(event.channel, key, owner, event.address)
        await self._surely(lambda: self._mailbox.answered(number, place, units, self._clock()))

    async def _deliver(self, key: str) -> None:
        """Send all that waits in a conversation, in order."""
        while (waiting := await self._surely(lambda: self._mailbox.next(key))) is not None:
            channel = self._channels.get(waiting.place.channel)
            if channel is None:
                return  # the channel is off; it goes on when it is on again
            if self._clock() - waiting.created_at > GIVE_UP:
                await self._gone(waiting, "too_late")
                continue
            if (seconds := (waiting.not_before - self._clock()).total_seconds()) > 0:
                await self._sleep(seconds)
            await self._send(channel, waiting)

    async def _send(self, channel: Channel, waiting: Waiting) -> None:
        unit = channel.again(waiting.unit) if waiting.perhaps_sent else waiting.unit
        await self._surely(lambda: self._mailbox.on_its_way(waiting.id))
        try:
            await channel.send(waiting.place.address, unit)
        except NotSent as error:
            await self._later(waiting, error.wait, perhaps_sent=waiting.perhaps_sent)
        except PerhapsSent:
            await self._later(waiting, None, perhaps_sent=True)
        except Undeliverable:
            await self._gone(waiting, "undeliverable")
        except Exception as error:
            log.error("%s: %s bij het versturen", channel.name, type(error).__name__)
            await self._gone(waiting, "failed")
        else:
            await self._gone(waiting, "sent")

    async def _later(self, waiting: Waiting, wait: float | None, *, perhaps_sent: bool) -> None:
        self._metrics.delivered(waiting.place.channel, "later")
        seconds = min(wait if wait is not None else WAITS[min(waiting.tries, len(WAITS) - 1)], LONGEST_WAIT)
        moment = self._clock() + timedelta(seconds=seconds)
        await self._surely(lambda: self._mailbox.later(waiting.id, moment, perhaps_sent=perhaps_sent))

    async def _gone(self, waiting: Waiting, result: str) -> None:
        self._metrics.delivered(waiting.place.channel, result)
        if result != "sent":
            log.warning("%s: niet te bezorgen (%s)", waiting.place.channel, result)
        await self._surely(lambda: self._mailbox.gone([waiting.id]))

    # -- pieces ------------------------------------------------------------------------

    def _masked(self, event: Event) -> Event:
        if event.text is None:
            return event
        masked = self._guard.mask(event.text[:MAX_CHARS])
        return replace(event, text=masked.text, kinds=masked.kinds, too_long=len(event.text) > MAX_CHARS)

    async def _surely(self, write: Callable[[], T]) -> T:
        """Do one thing with the database; when that is away, go on trying."""
        tries = 0
        while True:
            try:
                return await asyncio.to_thread(write)
            except SQLAlchemyError as error:
                log.error("De database antwoordt niet (%s)", type(error).__name__)
                await self._sleep(WAITS[min(tries, len(WAITS) - 1)])
                tries += 1
