"""A channel that writes down what it sends, and sends only what a test lets through."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.delivery.channel import Event, Unit
from bot.messages import Message


class Crash(BaseException):
    """The program is gone at this point; nothing of it runs any more."""


@dataclass
class Pigeons:
    """A made-up channel: carries notes."""

    answering: Callable[[Event], Sequence[str]] = lambda event: [f"antwoord op {event.text}"]
    trouble: deque[BaseException] = field(default_factory=deque)  # raised by the next sends, one each
    sent: list[tuple[str, str]] = field(default_factory=list)
    answered: list[Event] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "pigeons"

    async def answer(self, event: Event) -> Sequence[Unit]:
        self.answered.append(event)
        await asyncio.sleep(0)
        return [{"note": text} for text in self.answering(event)]

    def rendered(self, message: Message) -> Sequence[Unit]:
        return [{"note": message.text}]

    def apology(self, event: Event) -> Sequence[Unit]:
        return [{"note": "er ging iets mis"}]

    def again(self, unit: Unit) -> Unit:
        return {"note": f"misschien al gekregen: {unit['note']}"}

    async def send(self, address: str, unit: Unit) -> None:
        await asyncio.sleep(0)
        if self.trouble:
            trouble = self.trouble.popleft()
            if trouble is not None:
                raise trouble
        self.sent.append((address, unit["note"]))
        self.arrived.set()

    @property
    def notes(self) -> list[str]:
        """What arrived, in order."""
        return [note for _, note in self.sent]
