"""The Telegram channel as the desk knows it: what an event is answered with, and how that is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from html import escape
from typing import Any, Protocol

from telegram import InlineKeyboardMarkup

from bot.channels.telegram import texts, units
from bot.channels.telegram.aside import Aside
from bot.channels.telegram.choices import Choice, Choices
from bot.channels.telegram.recent import Answered
from bot.channels.telegram.render import keyboard_of, rendered
from bot.channels.telegram.sending import CHANNEL, Sending
from bot.compose import STALE_BUTTON
from bot.delivery.channel import Event, Unit
from bot.keys import conversation_key
from bot.messages import Command, Incoming, Message, Reply
from bot.store.access import Access
from bot.store.polls import Polls
from bot.store.profiles import Profiles

# Behind the button with which a person gives up the own access.
LEAVE = "a:leave"
# What may stand behind ?start= in a link, and what it begins.
LINKS: dict[str, Command | None] = {
    "vraag": None,
    "triage": Command.TRIAGE,
    "datalek": Command.BREACH,
    "quiz": Command.QUIZ,
}


class Assistant(Protocol):
    """What this channel needs of the assistant."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one message or one press of a button."""

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """Open a conversation."""


class TelegramChannel:
    """Answers events and sends the answers; what an event holds is decided in `receiving`."""

    def __init__(
        self,
        assistant: Assistant,
        sending: Sending,
        aside: Aside,
        answered: Answered,
        choices: Choices,
        profiles: Profiles,
        polls: Polls,
        access: Access | None,
        clock: Callable[[], datetime],
    ) -> None:
        self._assistant = assistant
        self._sending = sending
        self._aside = aside
        self._answered = answered
        self._choices = choices
        self._profiles = profiles
        self._polls = polls
        self._access = access
        self._clock = clock

    @property
    def name(self) -> str:
        """As in `Channel`."""
        return CHANNEL

    async def answer(self, event: Event) -> Sequence[Unit]:
        """As in `Channel`."""
        work = event.work
        match work["do"]:
            case "ask":
                return _all(await self._handled(event))
            case "command":
                return await self._commanded(event, Command(work["command"]))
            case "start":
                return await self._started(event)
            case "say":
                return rendered(Message(said(work["what"])))
            case "press":
                return await self._pressed(event)
            case "poll":
                payload = await asyncio.to_thread(
                    self._polls.payload, work["poll"], _key(event), work["option"], self._clock()
                )
                return _all(await self._handled(event, payload=payload or ""))
            case "choose":
                return await self._chosen(event, Choice(work["name"], work["id"]))
            case "profile":
                return await self._asked_profile(event, work["name"], unknown=work["unknown"])
            case "leave":
                return await self._left(event)
            case other:
                raise ValueError(f"unknown work {other!r}")

    def rendered(self, message: Message) -> Sequence[Unit]:
        """As in `Channel`."""
        return rendered(message)

    def apology(self, event: Event) -> Sequence[Unit]:
        """As in `Channel`."""
        return rendered(Message(texts.FAILED))

    def again(self, unit: Unit) -> Unit:
        """As in `Channel`."""
        return units.again(unit)

    async def send(self, address: str, unit: Unit) -> None:
        """As in `Channel`."""
        await self._sending.send(address, unit)

    # -- the assistant -----------------------------------------------------------------

    async def _handled(self, event: Event, **asked: Any) -> tuple[Message, ...]:
        await self._aside.typing(int(event.address))
        profile = await asyncio.to_thread(self._profiles.read, _key(event))
        incoming = event.incoming(person=event.conversation, profile=profile, **asked)
        return (await self._assistant.handle(incoming)).messages

    async def _commanded(self, event: Event, command: Command) -> list[Unit]:
        made = _all(await self._handled(event, command=command))
        if command is Command.PRIVACY:
            own = (texts.PRIVACY, texts.PRIVACY_ACCESS) if self._access else (texts.PRIVACY,)
            return [*made, *rendered(Message("\n\n".join(own)))]
        if command is Command.FORGET_ME and self._access:
            return [*made, _own(texts.ACCESS_STAYS, keyboard_of([[(texts.LEAVE, LEAVE)]]))]
        return made

    async def _started(self, event: Event) -> list[Unit]:
        first = rendered(Message(texts.LET_IN)) if event.work["let_in"] else []
        link = event.work["link"]
        if (command := LINKS.get(link)) is not None:
            return [*first, *rendered(Message(texts.HELLO)), *await self._commanded(event, command)]
        await self._aside.typing(int(event.address))
        reply = await self._assistant.welcome(event.conversation, CHANNEL)
        hint = Message(texts.ASK_AWAY if link in LINKS else texts.PROFILE_HINT)
        return [*first, *_all((*reply.messages, hint))]

    async def _pressed(self, event: Event) -> list[Unit]:
        message = event.work["message"]
        try:
            messages = await self._handled(event, payload=event.work["payload"])
        except Exception:
            if message is not None:
                self._answered.forget((int(event.address), message))  # it may be pressed again
            raise
        if not event.work["option"] or message is None:
            return _all(messages)
        stale = bool(messages) and messages[0].text == STALE_BUTTON
        return [units.edit(message, None if stale else event.work["settled"]), *_all(messages)]

    # -- what this channel answers itself ----------------------------------------------

    async def _chosen(self, event: Event, choice: Choice) -> list[Unit]:
        if not self._choices.knows(choice):
            return await self._asked_profile(event, choice.name, unknown=True)
        await asyncio.to_thread(self._profiles.choose, _key(event), choice.name, choice.id, self._clock())
        return [_in_place(event, self._choices.confirmation(choice))]

    async def _asked_profile(self, event: Event, name: str, *, unknown: bool) -> list[Unit]:
        profile = await asyncio.to_thread(self._profiles.read, _key(event))
        question = self._choices.question(name, profile)
        text = f"{texts.UNKNOWN_PROFILE[name]}\n\n{question}" if unknown else question
        return [_own(text, self._choices.keyboard(name))]

    async def _left(self, event: Event) -> list[Unit]:
        if self._access:
            await asyncio.to_thread(self._access.leave, _key(event))
        return [_in_place(event, texts.LEFT)]


def said(what: str) -> str:
    """The fixed text with this name; of a kind of message without a text of its own the general one."""
    fixed = {"unknown_command": texts.UNKNOWN_COMMAND, "ask_away": texts.ASK_AWAY, "edited": texts.EDITED}
    return fixed.get(what) or texts.NOT_TEXT_BY_KIND.get(what, texts.NOT_TEXT)


def _all(messages: Sequence[Message]) -> list[Unit]:
    return [unit for message in messages for unit in rendered(message)]


def _own(text: str, buttons: InlineKeyboardMarkup | None = None) -> Unit:
    return units.text(escape(text, quote=False), buttons)


def _in_place(event: Event, text: str) -> Unit:
    """A text instead of the message with the button that was pressed, or as a new message."""
    message = event.work["message"]
    return _own(text) if message is None else units.edit(message, escape(text, quote=False))


def _key(event: Event) -> str:
    return conversation_key(CHANNEL, event.conversation)
