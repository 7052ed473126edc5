"""What Teams tells of one happening, read from its JSON; anything unexpected is refused here."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from bot.channels.teams.identity import pseudonym

_MENTION = re.compile(r"<at\b[^>]*>(?P<name>.*?)</at>", re.IGNORECASE | re.DOTALL)
_SOMEBODY = "iemand"
_MAX_ID = 500
MAX_ADDRESS = 2000  # as long as the table of addresses takes


class Unreadable(Exception):
    """This is not an activity as Teams sends them."""


@dataclass(frozen=True)
class Place:
    """Where an answer goes; as JSON it is the address of a person."""

    service_url: str
    conversation: str
    bot: str
    tenant: str

    @property
    def address(self) -> str:
        """As it is kept."""
        return json.dumps([self.service_url, self.conversation, self.bot, self.tenant], ensure_ascii=False)

    @classmethod
    def read(cls, address: str) -> Place:
        """From what was kept."""
        return cls(*json.loads(address))


@dataclass(frozen=True)
class Activity:
    """One happening.  `person` and `conversation` are pseudonyms; `text` is without mentions."""

    type: str
    name: str
    id: str
    place: Place
    person: str
    conversation: str
    personal: bool
    text: str
    value: Mapping[str, Any]
    reply_to: str
    from_bot: bool = False
    begins: bool = False  # the bot came into this conversation
    edited: bool = False
    data: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, raw: Mapping[str, Any]) -> Activity:
        """From the JSON of Teams.

        Raises:
            Unreadable: something is missing that every activity has.
        """
        conversation, sender, bot = _map(raw, "conversation"), _map(raw, "from"), _map(raw, "recipient")
        kind, where, who = _text(raw, "type"), _text(conversation, "id"), _text(sender, "id")
        service_url = _text(raw, "serviceUrl")
        if not all((kind, where, who, service_url)):
            raise Unreadable
        tenant = _text(conversation, "tenantId") or _text(_map(_map(raw, "channelData"), "tenant"), "id")
        # Entra writes an id now with capitals and now without; Teams tells its own apart by them.
        person = pseudonym(tenant.casefold(), _text(sender, "aadObjectId").casefold() or who)
        # Private is one person by definition; everywhere else somebody reads along.
        personal = _text(conversation, "conversationType") == "personal"
        value = _map(raw, "value")
        bot_id = _text(bot, "id")
        place = Place(service_url, where, bot_id, tenant)
        if len(place.address) > MAX_ADDRESS:
            raise Unreadable
        return cls(
            type=kind,
            name=_text(raw, "name"),
            id=_text(raw, "id"),
            place=place,
            person=person,
            conversation=person if personal else pseudonym(where, person),
            personal=personal,
            text=_typed(raw, bot_id),
            value=value,
            reply_to=_text(raw, "replyToId"),
            from_bot=_text(sender, "role") == "bot" or who == bot_id,
            edited=kind == "messageUpdate" and _text(_map(raw, "channelData"), "eventType") == "editMessage",
            begins=_text(raw, "action").startswith("add") or bot_id in _ids(raw.get("membersAdded")),
            data=_map(_map(value, "action"), "data") if raw.get("name") == "adaptiveCard/action" else value,
        )

    @property
    def key(self) -> str:
        """The same for the same happening told twice."""
        return pseudonym(self.conversation, self.id)

    @property
    def card_key(self) -> str:
        """The same for everything that is done on one card."""
        return pseudonym(self.conversation, self.reply_to or self.id)


def _typed(raw: Mapping[str, Any], bot: str) -> str:
    """What was typed: the mention of the bot gone, and of others only that somebody was named."""
    text = raw.get("text")
    if not isinstance(text, str):
        return ""
    ours = set()
    for entity in raw.get("entities") or ():
        if isinstance(entity, Mapping) and entity.get("type") == "mention":
            mentioned = _map(entity, "mentioned")
            if mentioned.get("id") == bot:
                ours.add(_name(str(entity.get("text") or "")))

    def replace(match: re.Match[str]) -> str:
        return " " if _name(match[0]) in ours else _SOMEBODY

    return " ".join(unescape(_MENTION.sub(replace, text)).replace("\xa0", " ").split(" ")).strip()


def _name(mention: str) -> str:
    match = _MENTION.search(mention)
    return unescape(match["name"] if match else mention).strip().casefold()


def _map(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = raw.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(raw: Mapping[str, Any], name: str) -> str:
    found = raw.get(name)
    if not isinstance(found, str):
        return ""
    if len(found) > _MAX_ID:
        raise Unreadable
    return found


def _ids(members: object) -> Sequence[object]:
    if not isinstance(members, Sequence):
        return ()
    return [member.get("id") for member in members if isinstance(member, Mapping)]
