"""From what Teams tells to an event that is kept, and the word back to Teams.

Teams wants a word back within seconds: so what is asked is kept first, then Teams hears that it
came, and only after that the desk lets it be answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol

from sqlalchemy.exc import SQLAlchemyError

from bot.channels.teams import texts
from bot.channels.teams.activity import Activity, Unreadable
from bot.channels.teams.elements import CONTENT_TYPE
from bot.channels.teams.gate import Gate, Refused
from bot.channels.teams.identity import pseudonym
from bot.channels.teams.render import INPUT, LIST, settled, text_unit
from bot.channels.teams.seal import Seal
from bot.channels.teams.sending import Connector
from bot.delivery.channel import Event, NotSent, PerhapsSent, Undeliverable
from bot.delivery.desk import Accepted

log = logging.getLogger(__name__)

CHANNEL = "teams"
CARD_ACTION, FILE_CONSENT = "adaptiveCard/action", "fileConsent/invoke"
_MESSAGE = "application/vnd.microsoft.activity.message"

Answer = dict[str, Any]


class Desk(Protocol):
    """What this needs of `bot.delivery.desk.Desk`."""

    async def accept(self, event: Event) -> Accepted:
        """Keep an event."""

    def refused(self, channel: str, why: str) -> None:
        """Count what is not taken in."""


class Receiving:
    """Handles one activity after the other; remembers nothing."""

    def __init__(self, gate: Gate, desk: Desk, seal: Seal, connector: Connector) -> None:
        self._gate = gate
        self._desk = desk
        self._seal = seal
        self._connector = connector
        self._saying: set[asyncio.Task[None]] = set()

    async def handle(self, request: Mapping[str, Any]) -> Any:
        """The answer to one request of Teams: a status, and a body for who pressed a button."""
        raw, headers = request["body"], request["headers"]
        try:
            await self._gate.check(str(headers.get("authorization", "")), raw)
            activity = Activity.read(raw)
        except Refused as refused:
            self._desk.refused(CHANNEL, refused.why)
            return _answer(refused.status)
        except Unreadable:
            self._desk.refused(CHANNEL, "unreadable")
            return _answer(HTTPStatus.BAD_REQUEST)
        try:
            return await self._take(activity)
        except SQLAlchemyError as error:
            log.error("Teams: kan niets bewaren (%s)", type(error).__name__)
            if activity.type == "invoke":
                return _told(texts.NOT_NOW)
            return _answer(HTTPStatus.SERVICE_UNAVAILABLE)

    async def close(self) -> None:
        """Let go of what is still being said."""
        for task in self._saying:
            task.cancel()
        if self._saying:
            await asyncio.wait(self._saying)

    async def _take(self, activity: Activity) -> Answer:
        if activity.from_bot:
            return _answer(HTTPStatus.OK)
        if activity.type == "message":
            # A button that changes nothing on its card comes as a message with a value.
            return await (self._submitted(activity) if activity.data.get("do") else self._message(activity))
        if activity.type == "invoke" and activity.name == CARD_ACTION:
            return await self._pressed(activity)
        if activity.type == "invoke" and activity.name == FILE_CONSENT:
            return await self._file(activity)
        if activity.type == "invoke":
            return _answer(HTTPStatus.NOT_IMPLEMENTED)
        if activity.type in ("conversationUpdate", "installationUpdate") and activity.begins:
            # Teams tells of one beginning in both ways, and sometimes again: it is one event.
            await self._accept(activity, {"do": "welcome"}, key=f"welcome:{pseudonym(activity.place.conversation)}")
        elif activity.edited and activity.personal:
            # It has the id of the message that was changed, and that is known already.
            await self._accept(activity, {"do": "say", "what": "EDITED"}, key=f"edited:{activity.key}")
        return _answer(HTTPStatus.OK)

    # -- what was typed ----------------------------------------------------------------

    async def _message(self, activity: Activity) -> Answer:
        if not activity.text:
            work = {"do": "say", "what": "NOT_TEXT" if activity.personal else "ASK_AWAY"}
            accepted = await self._accept(activity, work)
        else:
            accepted = await self._accept(activity, {"do": "ask"}, text=activity.text)
        if accepted is Accepted.TOO_MANY:
            self._say(activity, texts.TOO_MANY)
        return _answer(HTTPStatus.OK)

    def _say(self, activity: Activity, text: str) -> None:
        """Say something at once; nothing of it is kept, and it is not tried again."""

        async def say() -> None:
            try:
                await self._connector.send(activity.place, text_unit(text))
            except (NotSent, PerhapsSent, Undeliverable) as error:
                log.info("Teams: niet gezegd (%s)", type(error).__name__)

        task = asyncio.create_task(say())
        self._saying.add(task)
        task.add_done_callback(self._saying.discard)

    # -- what was pressed --------------------------------------------------------------

    async def _submitted(self, activity: Activity) -> Answer:
        answer = await self._pressed(activity)
        told = answer["body"] or {}
        if told.get("type") == _MESSAGE and told["value"] not in (texts.BUSY, texts.ALREADY_CHOSEN):
            self._say(activity, told["value"])
        return _answer(HTTPStatus(answer["status"]))

    async def _pressed(self, activity: Activity) -> Answer:
        data = activity.data
        ours = self._seal.whole(data)
        if ours and data.get("w") not in ("", activity.person[:16]):
            return _told(texts.FOR_SOMEBODY_ELSE)
        question = str(data["q"]) if ours and isinstance(data.get("q"), str) else ""
        kind = data.get("do")
        work: dict[str, Any]
        if kind == "act":
            return await self._press(activity, {"do": "press", "payload": _string(data, "p")}, once=False)
        if kind == "press":
            title = str(data.get("t")) if ours else texts.CHOSEN
            work = {"do": "press", "payload": _string(data, "p"), "question": question, "choice": title}
            return await self._press(activity, work, question=question, choice=title)
        if kind == "choose":
            titles = data.get("o")
            payload = _string(data, LIST)
            title = str(titles.get(payload, "")) if ours and isinstance(titles, Mapping) else ""
            if ours and not title:
                return _told(texts.CHOICE_MISSING)
            work = {"do": "press", "payload": payload, "question": question, "choice": title or texts.CHOSEN}
            return await self._press(activity, work, question=question, choice=title or texts.CHOSEN)
        if kind == "send":
            typed = _string(data, INPUT).strip()
            if not typed:
                return _told(texts.ANSWER_MISSING)
            work = {"do": "ask", "question": question, "choice": texts.ANSWERED}
            return await self._press(activity, work, text=typed, question=question, choice=texts.ANSWERED)
        if kind == "profile":
            chosen = {name: _string(data, name).removeprefix("-") for name in ("municipality", "role")}
            return await self._press(activity, {"do": "profile", "chosen": chosen}, once=False)
        return _answer(HTTPStatus.BAD_REQUEST)

    async def _press(
        self,
        activity: Activity,
        work: dict[str, Any],
        *,
        once: bool = True,
        text: str | None = None,
        question: str = "",
        choice: str = "",
    ) -> Answer:
        """Take a press in; of a question only the first counts."""
        key = f"card:{activity.card_key}" if once and activity.reply_to else None
        accepted = await self._accept(activity, {**work, "card": activity.reply_to}, text=text, key=key)
        if accepted in (Accepted.TOO_MANY, Accepted.STILL_TOO_MANY):
            return _told(texts.TOO_MANY)
        if accepted is Accepted.KNOWN:
            return _told(texts.ALREADY_CHOSEN)
        if once and question:
            return _shown(settled(question, choice)["activity"]["attachments"][0]["content"])
        return _told(texts.BUSY)

    async def _file(self, activity: Activity) -> Answer:
        value = activity.value
        about, place = value.get("context"), value.get("uploadInfo")
        if not isinstance(about, Mapping) or not self._seal.whole(about):
            return _answer(HTTPStatus.BAD_REQUEST)
        work: dict[str, Any] = {"do": "declined", "card": activity.reply_to}
        if value.get("action") == "accept" and isinstance(place, Mapping):
            names = ("uploadUrl", "contentUrl", "uniqueId", "fileType", "name")
            work = {**work, "do": "upload", "p": about.get("p", ""), "t": about.get("t", "")}
            work["place"] = {name: str(place.get(name, "")) for name in names}
        await self._accept(activity, work, key=f"file:{activity.card_key}")
        return _answer(HTTPStatus.OK)

    # -- pieces ------------------------------------------------------------------------

    async def _accept(
        self, activity: Activity, work: Mapping[str, Any], *, text: str | None = None, key: str | None = None
    ) -> Accepted:
        return await self._desk.accept(
            Event(
                channel=CHANNEL,
                id=key or activity.key,
                conversation=activity.conversation,
                address=activity.place.address,
                work={**work, "person": activity.person, "personal": activity.personal},
                text=text,
            )
        )


def _string(data: Mapping[str, Any], name: str) -> str:
    found = data.get(name)
    return found if isinstance(found, str) else ""


def _answer(status: HTTPStatus, body: Any = None) -> Answer:
    return {"status": int(status), "body": body}


def _told(text: str) -> Answer:
    """A few words for who pressed."""
    return _answer(HTTPStatus.OK, {"statusCode": 200, "type": _MESSAGE, "value": text})


def _shown(card: Mapping[str, Any]) -> Answer:
    """A card in the place of the one that was pressed."""
    return _answer(HTTPStatus.OK, {"statusCode": 200, "type": CONTENT_TYPE, "value": dict(card)})
