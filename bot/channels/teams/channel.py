"""What is answered to an event of Teams. Read `answer` first.

In a group only general questions are answered: nothing is put on record there, and no step-by-step
conversation begins, for everybody reads along.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from bot.channels.teams import texts
from bot.channels.teams.activity import Place
from bot.channels.teams.choices import NAMES, Choices
from bot.channels.teams.elements import Run, paragraph
from bot.channels.teams.identity import People
from bot.channels.teams.receiving import CHANNEL
from bot.channels.teams.render import Renderer, again, card_unit, changed, settled, text_unit, words
from bot.channels.teams.sending import Connector
from bot.clock import utc_now
from bot.compose import STALE_BUTTON
from bot.delivery.channel import Event, Unit
from bot.keys import conversation_key
from bot.messages import Command, Incoming, Message, Reply
from bot.store.profiles import Profiles
from knowledge.answer import capitalised
from knowledge.knowledge import Knowledge

# What a group may do with an answer; every other button is about a case of one person.
GROUP_ACTIONS = frozenset({"Waarom?", "Kopieer tekst", "Andere situatie", "Vraag de FG"})
_PROFILE_WORDS = {"gemeente": "municipality", "rol": "role"}
_BEGIN = ("start", "begin", "hallo deelwijzer")
_QUIZ = "quiz"
_BREACH = "datalek"
_ASK = "vraag"
_MY_DATA_FILE = "mijn-gegevens.json"


class Assistant(Protocol):
    """What this channel needs of the assistant."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one message or one press of a button."""

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """Open a conversation."""


@dataclass(frozen=True)
class TeamsChannel:
    """A channel as the desk knows it."""

    assistant: Assistant
    knowledge: Knowledge
    profiles: Profiles
    people: People
    choices: Choices
    renderer: Renderer
    connector: Connector
    clock: Callable[[], datetime] = utc_now
    name: str = CHANNEL

    async def answer(self, event: Event) -> Sequence[Unit]:
        """What is sent for an event, by what happened."""
        match event.work["do"]:
            case "ask":
                return await self._asked(event)
            case "press":
                return await self._pressed(event)
            case "profile":
                return await self._chosen(event)
            case "welcome":
                return await self._welcome(event)
            case "upload":
                return await self._upload(event)
            case "declined":
                return self._in_place(event, texts.FILE_DECLINED)
            case "say":
                return [text_unit(getattr(texts, event.work["what"]))]
        raise NotImplementedError(event.work["do"])

    def rendered(self, message: Message) -> Sequence[Unit]:
        """A message that is no answer to an event."""
        return self.renderer.units(message)

    def apology(self, event: Event) -> Sequence[Unit]:
        """Something went wrong; a question on a card can be answered only once, so by typing now."""
        return [text_unit(texts.FAILED_CHOICE if event.work.get("choice") else texts.FAILED)]

    def again(self, unit: Unit) -> Unit:
        """A unit that perhaps arrived before."""
        return again(unit)

    async def send(self, address: str, unit: Unit) -> None:
        """Send one unit."""
        await self.connector.send(Place.read(address), unit)

    # -- questions and buttons ---------------------------------------------------------

    async def _asked(self, event: Event) -> list[Unit]:
        text = event.text or ""
        first = self._settled(event, text)
        said = " ".join(text.casefold().split()).strip(" .!?/")
        if said in _BEGIN:
            return [*first, *await self._welcome(event)]
        if said in (_ASK, ""):
            return [*first, text_unit(texts.ASK_AWAY)]
        if not event.work["personal"] and self._is_personal(said):
            return [text_unit(texts.GROUP_PERSONAL)]
        if (name := _profile_word(said)) is not None and not first:
            rest = said.partition(" ")[2]
            found = self.choices.typed(name, rest) if rest else None
            if found:
                return await self._choose(event, {name: found})
            if not rest or text.startswith("/"):
                return await self._ask_profile(event, texts.UNKNOWN_PROFILE[name] if rest else "")
        commands = {_QUIZ: Command.QUIZ, _BREACH: Command.BREACH}
        if said in commands:
            asked: dict[str, Any] = {"text": None, "command": commands[said]}
        elif text.casefold().startswith(f"/{_ASK} "):
            asked = {"text": text.partition(" ")[2]}
        else:
            asked = {}
        units = [*first, *await self._handled(event, **asked)]
        if said in self.knowledge.commands["privacy"].words:
            units.append(text_unit(texts.PRIVACY))
        return units

    async def _pressed(self, event: Event) -> list[Unit]:
        reply = await self._reply(event, payload=event.work["payload"])
        stale = bool(reply.messages) and reply.messages[0].text == STALE_BUTTON
        settled_card = [] if stale else self._settled(event)
        return [*settled_card, *await self._shown(event, reply, {"p": event.work["payload"]})]

    async def _handled(self, event: Event, **asked: Any) -> list[Unit]:
        reply = await self._reply(event, **asked)
        return await self._shown(event, reply, {"p": ""})

    async def _reply(self, event: Event, **asked: Any) -> Reply:
        await self.connector.typing(Place.read(event.address))
        # Of a group no address is kept: an answer that comes later is for one person alone.
        address = event.address if event.work["personal"] else None
        person = event.work["person"]
        return await self.assistant.handle(
            event.incoming(**{"profile": await self._profile(person), "person": person, "address": address, **asked})
        )

    async def _shown(self, event: Event, reply: Reply, about: dict[str, str]) -> list[Unit]:
        messages: Sequence[Message] = reply.messages
        if not event.work["personal"]:
            messages = await self._for_group(event, messages)
        renderer = self._renderer(event)
        units: list[Unit] = []
        for message in messages:
            units.extend(renderer.units(message))
            for file in message.files:
                sealed = renderer.seal.sealed({"do": "file", "t": file.name, **about, "w": event.work["person"][:16]})
                units.append(renderer.offer(file.name, file.content, sealed))
        return units

    async def _for_group(self, event: Event, messages: Sequence[Message]) -> list[Message]:
        """Only what may be said where everybody reads along."""
        general = [message for message in messages if message.state == "idle" and not message.files]
        if len(general) < len(messages):
            # A step-by-step conversation began: it ends here, or the next message would be its answer.
            await self.assistant.handle(event.incoming(text=None, command=Command.NEW, person=event.work["person"]))
            general.append(Message(texts.GROUP_PERSONAL))
        return [_without_case(message) for message in general]

    def _is_personal(self, said: str) -> bool:
        """Whether typed words ask for what is only done in a conversation of one's own."""
        commands = (row.words for row in self.knowledge.commands.values() if row.id not in (Command.HELP, Command.NEW))
        flows = (row.begin for row in self.knowledge.flows.values())
        known = {one.strip("/") for several in (*commands, *flows) for one in several}
        return said in known or said in (_QUIZ, _BREACH) or _profile_word(said) is not None

    # -- the beginning, municipality and role ------------------------------------------

    async def _welcome(self, event: Event) -> list[Unit]:
        if not event.work["personal"]:
            return [text_unit(texts.WELCOME_GROUP)]
        profile = await self._profile(event.work["person"])
        reply = await self.assistant.welcome(event.conversation, CHANNEL)
        dpo = self.knowledge.contacts_of(profile.get("municipality")).dpo
        greeting = "\n\n".join(
            (*(message.text for message in reply.messages), texts.WELCOME_DPO.format(dpo=capitalised(dpo)))
        )
        body = [one for line in greeting.split("\n\n") if (one := paragraph([Run(line)]))]
        units = [card_unit(body, words(body)), self._renderer(event).prompts()]
        if not profile:
            units.append(self._renderer(event).profile_question(self.choices, profile))
        return units

    async def _ask_profile(self, event: Event, first: str = "") -> list[Unit]:
        profile = await self._profile(event.work["person"])
        return [self._renderer(event).profile_question(self.choices, profile, first)]

    async def _chosen(self, event: Event) -> list[Unit]:
        return await self._choose(event, self.choices.chosen(event.work["chosen"]))

    async def _choose(self, event: Event, chosen: dict[str, Any]) -> list[Unit]:
        key = conversation_key(CHANNEL, event.work["person"])
        for name, value in chosen.items():
            await asyncio.to_thread(self.profiles.choose, key, name, value, self.clock())
        profile = await asyncio.to_thread(self.profiles.read, key)
        told = [
            texts.CHOSEN_PROFILE[name].format(label=label)
            for name in NAMES
            if (label := self.choices.label(name, profile.get(name)))
        ]
        text = "\n".join((*told, texts.CHANGE_PROFILE)) if told else texts.CLEARED_PROFILE
        return self._in_place(event, text)

    async def _profile(self, person: str) -> dict[str, str]:
        """What the organisation wrote down, and over it what the person chose."""
        own = await asyncio.to_thread(self.profiles.read, conversation_key(CHANNEL, person))
        return {**self.people.profile(person), **own}

    # -- files -------------------------------------------------------------------------

    async def _upload(self, event: Event) -> list[Unit]:
        """Make the file anew and put it where the person allowed it."""
        asked: dict[str, Any] = {"payload": event.work["p"]}
        if event.work["t"] == _MY_DATA_FILE:
            asked = {"command": Command.MY_DATA}
        reply = await self._reply(event, **asked)
        file = next((file for message in reply.messages for file in message.files), None)
        if file is None:
            return self._in_place(event, texts.FILE_GONE)
        place = event.work["place"]
        info = {
            "contentType": "application/vnd.microsoft.teams.card.file.info",
            "contentUrl": place["contentUrl"],
            "name": file.name,
            "content": {"uniqueId": place["uniqueId"], "fileType": place["fileType"]},
        }
        placed = text_unit(texts.FILE_PLACED.format(name=file.name))
        return [
            {"do": "upload", "url": place["uploadUrl"], "content": base64.b64encode(file.content).decode()},
            {**placed, "activity": {**placed["activity"], "attachments": [info]}},
        ]

    # -- pieces ------------------------------------------------------------------------

    def _renderer(self, event: Event) -> Renderer:
        return self.renderer if event.work["personal"] else self.renderer.for_person(event.work["person"])

    def _settled(self, event: Event, own_words: str = "") -> list[Unit]:
        """The question on the card that was pressed, with what was chosen and without its buttons."""
        question, choice, card = (event.work.get(name) for name in ("question", "choice", "card"))
        return [changed(settled(question or "", choice, own_words), card)] if choice and card else []

    def _in_place(self, event: Event, text: str) -> list[Unit]:
        """Words in the place of the card that was pressed; a new message when nothing was."""
        card = event.work.get("card")
        if not card:
            return [text_unit(text)]
        body = [one for line in text.split("\n") if (one := paragraph([Run(line)], close=True))]
        return [changed(card_unit(body, text), card)]


def _profile_word(said: str) -> str | None:
    return _PROFILE_WORDS.get(said.partition(" ")[0]) if len(said.split()) <= 4 else None


def _without_case(message: Message) -> Message:
    buttons = tuple(one for one in message.buttons if one.kind == "option" or one.title in GROUP_ACTIONS)
    return replace(message, buttons=buttons)
