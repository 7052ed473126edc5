"""An assistant that only answers general questions and asks quiz questions.

Several municipalities forbid talking about cases in a messenger.  What tells of one person is
recognised from a few plain signs; danger always gets its answer.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Protocol

from bot.channels.telegram import texts
from bot.keys import conversation_key
from bot.messages import Button, Command, Incoming, Message, Reply

# In these states no guided conversation about a case is going on.
_FREE = frozenset({"idle", "quiz"})
_REFUSED = frozenset({Command.TRIAGE, Command.BREACH})
# A question in general is shorter.
MOST_WORDS = 40

_WHO = (
    r"(?:cli[eë]nt|klant|gezin|moeder|vader|leerling|jongere|jongen|meisje|kind|inwoner|bewoner|pati[eë]nt|mevrouw|"
    r"meneer|man|vrouw|pleegkind|pleegouders|zoon|dochter|kinderen|cli[eë]nte)"
)
# One of these is enough: it tells of somebody.
_SOMEBODY = re.compile(
    rf"\b(?:mijn|onze|m'n|zijn eigen)\s+(?:\w+\s+)?{_WHO}\b"
    r"|\been\s+(?:\w+\s+)?(?:moeder|vader|meisje|jongen|gezin|man|vrouw|mevrouw|meneer)\s+(?:van|die|met|bij|uit)\b"
    rf"|\b(?:deze|dit|die)\s+{_WHO}\b",
    re.IGNORECASE,
)
# Two of these together are enough; each alone stands in general questions too ("een kind van 12 jaar").
_SIGNS = (
    re.compile(r"\b\d{1,2}(?:\s*jaar|\s*jr\b|-jarig)|\bvan\s+\d{1,2}\b", re.IGNORECASE),
    re.compile(r"\b(?:hij|hem|haar|zij)\b", re.IGNORECASE),
    re.compile(r"\b(?:gisteren|vandaag|vanmorgen|vanmiddag|vorige week|afgelopen|zojuist|daarnet)\b", re.IGNORECASE),
    re.compile(r"\b(?:vertelde|belde|mailde|appte|vroeg mij|zegt dat|heeft verteld|is bang)\b", re.IGNORECASE),
)


class _Assistant(Protocol):
    async def handle(self, incoming: Incoming) -> Reply: ...

    async def welcome(self, conversation: str, channel: str) -> Reply: ...


# What a button does, from the key of its conversation and its payload; None when that is not known.
Meaning = Callable[[str, str, datetime], tuple[int, Mapping[str, Any]] | None]


def tells_of_somebody(text: str, masked: Sequence[str] = ()) -> bool:
    """Whether a masked text looks like the story of one person; `masked` are the kinds of data masked in it."""
    if masked or len(text.split()) > MOST_WORDS or _SOMEBODY.search(text):
        return True
    return sum(bool(sign.search(text)) for sign in _SIGNS) > 1


class OnlyGeneral:
    """Stands before the assistant and refuses what is about a case.

    Args:
        assistant: answers the rest.
        in_danger: whether a masked text tells of danger.
        meaning: what a button does.
        clock: tells the time in UTC.
    """

    def __init__(
        self, assistant: _Assistant, in_danger: Callable[[str], bool], meaning: Meaning, clock: Callable[[], datetime]
    ) -> None:
        self._assistant = assistant
        self._in_danger = in_danger
        self._meaning = meaning
        self._clock = clock

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """As the assistant, saying what is not done here."""
        reply = await self._assistant.welcome(conversation, channel)
        return Reply((*reply.messages, Message(texts.ONLY_GENERAL)))

    async def handle(self, incoming: Incoming) -> Reply:
        """As the assistant, or a refusal that says why and where to go."""
        if incoming.command in _REFUSED:
            return Reply((Message(texts.NO_FLOW),))
        text = incoming.text
        if text and tells_of_somebody(text, incoming.masked) and not self._in_danger(text):
            return Reply((Message(texts.NO_STORY),))
        reply = await self._assistant.handle(incoming)
        if any(message.state not in _FREE for message in reply.messages):
            return await self._stopped(incoming, reply)
        key = conversation_key(incoming.channel, incoming.conversation)
        return Reply(tuple([await self._without_flows(key, message) for message in reply.messages]))

    async def _stopped(self, incoming: Incoming, reply: Reply) -> Reply:
        """A guided conversation began all the same, by a word or an old button: end it."""
        await self._assistant.handle(replace(incoming, text=None, payload=None, command=Command.NEW))
        key = conversation_key(incoming.channel, incoming.conversation)
        free = [await self._without_flows(key, message) for message in reply.messages if message.state in _FREE]
        return Reply((*free, Message(texts.NO_FLOW)))

    async def _without_flows(self, key: str, message: Message) -> Message:
        """The message without the buttons that begin a guided conversation."""
        kept = [button for button in message.buttons if not await self._begins(key, button)]
        return replace(message, buttons=tuple(kept))

    async def _begins(self, key: str, button: Button) -> bool:
        found = await asyncio.to_thread(self._meaning, key, button.payload, self._clock())
        return found is not None and found[1].get("do") == "begin"
