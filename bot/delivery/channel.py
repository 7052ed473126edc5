"""What a channel that sends by itself (Telegram, Teams) is to the rest of the program.

Such a channel makes an `Event` of each thing that happens there and hands it to the `Desk`.  The
desk keeps it, asks the channel for the answer in its turn, keeps the answer and lets the channel
send it, one `Unit` at a time.  A channel itself keeps nothing and tries nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.messages import Incoming, Message

# One thing that is sent in one request: plain JSON values, which only the channel itself reads.
Unit = Mapping[str, Any]


class NotSent(Exception):
    """A unit did not arrive and may be tried again; after `wait` seconds when the other side asks for it."""

    def __init__(self, wait: float | None = None) -> None:
        super().__init__()
        self.wait = wait


class PerhapsSent(Exception):
    """The unit went out, but nobody said that it arrived."""


class Undeliverable(Exception):
    """The unit can never arrive: the person blocked the bot, the conversation is gone."""


@dataclass(frozen=True)
class Event:
    """Something that happened on a channel and gets an answer.

    `id` is the channel's own: the same event told twice has the same.  Events of one
    `conversation` are answered in the order in which they came.  `address` is where the answer
    goes.  `text` is what a person typed: the desk masks it before anything is kept, and `kinds`
    then names what was masked.  `work` holds what else the channel needs to answer; what a person
    typed never stands in it.
    """

    channel: str
    id: str
    conversation: str
    address: str
    work: Mapping[str, Any] = field(default_factory=dict)
    text: str | None = None
    kinds: tuple[str, ...] = ()
    too_long: bool = False

    def incoming(self, **more: Any) -> Incoming:
        """The event as a message for the assistant."""
        return Incoming(
            channel=self.channel,
            conversation=self.conversation,
            **{"text": self.text, "masked": self.kinds, "too_long": self.too_long, "address": self.address, **more},
        )


class Channel(Protocol):
    """A channel that sends by itself."""

    @property
    def name(self) -> str:
        """The name under which events and answers are kept."""

    async def answer(self, event: Event) -> Sequence[Unit]:
        """What is sent for an event, in order.  Asks the assistant; sends nothing itself."""

    def rendered(self, message: Message) -> Sequence[Unit]:
        """A message that is no answer to an event, such as the answer of the FG."""

    def apology(self, event: Event) -> Sequence[Unit]:
        """What is sent when answering failed."""

    def again(self, unit: Unit) -> Unit:
        """A unit that perhaps arrived before: it says so, where that can be said."""

    async def send(self, address: str, unit: Unit) -> None:
        """Send one unit, in one request.

        Raises:
            NotSent: try again later.
            PerhapsSent: try again, with `again`.
            Undeliverable: never try again.
        """
