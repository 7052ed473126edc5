"""Telegram's Bot API on loopback: the methods that the bot uses, as strict as the real one.

The real library talks to it over HTTP; a test plays the people.  Chats show what a person would
see: an edited message changes in place.  It refuses what Telegram refuses: broken HTML, a text
that is too long, button data over 64 bytes, a second poller, a callback answered twice.
Nothing here waits for the clock; `until` waits for something to happen.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from bot.serve import listening
from bot.supervise import LOOPBACK, find_free_port

TOKEN = "123456789:made-up-token_for-tests"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Deelwijzer", "username": "deelwijzer_bot"}
# Only so that a test that goes wrong ends; nothing waits this long.
PATIENCE = 20

_T = TypeVar("_T")
_TAG = re.compile(r'<(?P<end>/?)(?P<name>[a-z-]+)(?: href="(?P<href>[^"<>]*)")?>')
_KINDS = {"b": "bold", "i": "italic", "u": "underline", "code": "code", "pre": "pre", "a": "text_link"}
_REFERENCES = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")


class Refused(Exception):
    """Telegram's way of saying no."""

    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.body = {"ok": False, "error_code": status, "description": description}
        if parameters:
            self.body["parameters"] = parameters


@dataclass(frozen=True)
class Call:
    """One request of the bot: the method, its parameters, and the files that came with it."""

    method: str
    given: dict[str, Any]
    files: dict[str, tuple[str, bytes]] = field(default_factory=dict)


@dataclass
class Chat:
    """One chat as the person sees it, and what the person can do there."""

    api: BotApi
    id: int
    kind: str = "private"
    shown: list[dict[str, Any]] = field(default_factory=list)
    read: int = 0

    @property
    def person(self) -> dict[str, Any]:
        """A made-up person."""
        return {"id": self.id if self.kind == "private" else 77, "is_bot": False, "first_name": "Testpersoon"}

    def send(self, **message: Any) -> int:
        """Let the person send a message of any kind; returns the id of the update."""
        return self.api.push(message=self._message(**message))

    def say(self, text: str, **more: Any) -> int:
        """Let the person send a text; a leading slash makes it a command, as in Telegram."""
        if command := re.match(r"/\w+(?:@\w+)?", text):
            more["entities"] = [{"type": "bot_command", "offset": 0, "length": len(command[0])}]
        return self.send(text=text, **more)

    def change(self, text: str) -> int:
        """Let the person change an earlier message."""
        return self.api.push(edited_message=self._message(text=text, edit_date=1))

    def press(self, message: dict[str, Any], title: str) -> str:
        """Let the person press the button with this title under a message; returns the id of the press."""
        return self.press_data(message, self.button(message, title)["callback_data"])

    def press_data(self, message: dict[str, Any], data: str, *, shown: bool = True) -> str:
        """Let the person press with any data; with `shown` off the message is too old to be seen."""
        press = f"press-{len(self.api.presses) + 1}"
        self.api.presses[press] = None
        about = message if shown else {"chat": message["chat"], "message_id": message["message_id"], "date": 0}
        self.api.push(
            callback_query={
                "id": press,
                "from": self.person,
                "chat_instance": "1",
                "message": json.loads(json.dumps(about)),
                "data": data,
            }
        )
        return press

    def button(self, message: dict[str, Any], title: str) -> dict[str, Any]:
        """The button with this title."""
        return next(one for row in _rows(message) for one in row if one["text"] == title)

    async def next(self) -> dict[str, Any]:
        """The next message that the bot sends here."""
        await self.api.until(lambda: len(self.shown) > self.read)
        self.read += 1
        return self.shown[self.read - 1]

    def _message(self, **more: Any) -> dict[str, Any]:
        chat = {"id": self.id, "type": self.kind}
        chat |= {"first_name": "Testpersoon"} if self.kind == "private" else {"title": "Testgroep"}
        return {"message_id": self.api.number(), "date": 1_800_000_000, "chat": chat, "from": self.person, **more}


def titles(message: dict[str, Any]) -> list[str]:
    """The titles of the buttons under a message."""
    return [one["text"] for row in _rows(message) for one in row]


def links(message: dict[str, Any]) -> dict[str, str]:
    """The linked words of a message, with where they lead."""
    return {
        _slice(message["text"], one["offset"], one["length"]): one["url"]
        for one in message["entities"]
        if one["type"] == "text_link"
    }


class BotApi:
    """The server. `calls` holds every request except polls; `fail` makes the next ones go wrong."""

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.polls: list[int] = []
        self.presses: dict[str, str | None] = {}
        self.commands: list[dict[str, Any]] = []
        self.chats: dict[int, Chat] = {}
        self.address = ""
        self._numbers = 1000
        self._updates: list[dict[str, Any]] = []
        self._all: dict[int, dict[str, Any]] = {}
        self._again: list[dict[str, Any]] = []
        self._failures: dict[str, deque[Refused]] = {}
        self._changed = asyncio.Event()
        self._poll = 0
        self._closing = False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[BotApi]:
        """Listen on a free port of loopback."""
        port = find_free_port()
        app = FastAPI(openapi_url=None)
        app.add_api_route("/bot{token}/{method}", self._serve, methods=["POST"], response_model=None)
        async with listening(app, LOOPBACK, port):
            self.address = f"http://{LOOPBACK}:{port}"
            try:
                yield self
            finally:
                self._closing = True
                self._happened()

    # -- for tests ---------------------------------------------------------------------

    def chat(self, number: int, kind: str = "private") -> Chat:
        """The chat with this id."""
        return self.chats.setdefault(number, Chat(self, number, kind))

    def push(self, **update: Any) -> int:
        """Have an update ready for the bot; returns its id."""
        update.setdefault("update_id", self.number())
        self._updates.append(update)
        self._all[update["update_id"]] = update
        self._happened()
        return int(update["update_id"])

    def repeat(self, update: int) -> None:
        """Give the bot an update once more, although it said that it had it."""
        self._again.append(self._all[update])
        self._happened()

    def fail(self, method: str, status: int, times: int = 1, **parameters: Any) -> None:
        """Refuse the next calls of a method."""
        refusals = [Refused(status, "made up for this test", parameters) for _ in range(times)]
        self._failures.setdefault(method, deque()).extend(refusals)

    async def until(self, condition: Callable[[], _T]) -> _T:
        """Wait until the bot has done something here; gives back what the condition gives."""
        async with asyncio.timeout(PATIENCE):
            while not (found := condition()):
                await self._changed.wait()
            return found

    def called(self, method: str) -> list[Call]:
        """The calls of one method."""
        return [call for call in self.calls if call.method == method]

    def number(self) -> int:
        """A number that was not given before, higher than all others."""
        self._numbers += 1
        return self._numbers

    # -- for the bot -------------------------------------------------------------------

    async def _serve(self, token: str, method: str, request: Request) -> JSONResponse:
        try:
            if token != self.token:
                raise Refused(401, "Unauthorized")
            if self._failures.get(method):
                raise self._failures[method].popleft()
            given, files = await _read(request)
            if method == "getUpdates":
                result = await self._get_updates(given)
            else:
                result = getattr(self, f"_{method}", self._unknown)(given, files)
                self.calls.append(Call(method, given, files))
        except Refused as refused:
            return JSONResponse(refused.body, refused.status)
        finally:
            self._happened()
        return JSONResponse({"ok": True, "result": result})

    def _happened(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _get_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        self._poll += 1
        mine, offset = self._poll, int(given.get("offset", 0))
        self.polls.append(offset)
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        waits = int(given.get("timeout", 0)) > 0
        while waits and not self._updates and not self._again and not self._closing:
            await self._changed.wait()
            if mine != self._poll:
                raise Refused(409, "Conflict: terminated by other getUpdates request")
        again, self._again = self._again, []
        return [one for one in [*again, *self._updates] if set(one) & set(given.get("allowed_updates", one))][:100]

    def _unknown(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        raise Refused(404, "Not Found")

    def _getMe(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    def _deleteWebhook(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        return True

    def _setMyCommands(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        for command in given["commands"]:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        self.commands = given["commands"]
        return True

    def _sendChatAction(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        return True

    def _sendMessage(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        return self._show(given, _body(given))

    def _sendDocument(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        [(name, content)] = files.values()
        about = {"file_id": name, "file_unique_id": name, "file_name": name, "file_size": len(content)}
        return self._show(given, {"document": about})

    def _editMessageText(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        return self._edit(given, _body(given))

    def _editMessageReplyMarkup(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        return self._edit(given, {})

    def _answerCallbackQuery(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        press = given["callback_query_id"]
        if self.presses.get(press, "") is not None:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        self.presses[press] = given.get("text", "")
        return True

    def _show(self, given: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        chat = self.chats.get(int(given["chat_id"]))
        if chat is None:
            raise Refused(400, "Bad Request: chat not found")
        message = chat._message(**body) | {"from": BOT}
        if rows := _buttons(given):
            message["reply_markup"] = rows
        chat.shown.append(message)
        return message

    def _edit(self, given: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        shown = self.chats[int(given["chat_id"])].shown
        message = next((one for one in shown if one["message_id"] == int(given["message_id"])), None)
        if message is None:
            raise Refused(400, "Bad Request: message to edit not found")
        before = json.dumps(message)
        message.pop("reply_markup", None)
        message.update(body)
        if rows := _buttons(given):
            message["reply_markup"] = rows
        if json.dumps(message) == before:
            raise Refused(400, "Bad Request: message is not modified")
        return message


def _rows(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    rows: list[list[dict[str, Any]]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


async def _read(request: Request) -> tuple[dict[str, Any], dict[str, tuple[str, bytes]]]:
    given: dict[str, Any] = {}
    files: dict[str, tuple[str, bytes]] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = (value.filename or "", await value.read())
            else:
                given[name] = _value(name, value)
    return given, files


def _value(name: str, value: str) -> Any:
    """Only what is not a text is sent as JSON."""
    return json.loads(value) if name in {"reply_markup", "commands", "allowed_updates", "scope"} else value


def _body(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("parse_mode") == "HTML":
        text, entities = parse_html(given["text"])
    else:
        text, entities = given["text"], []
    if not text.strip():
        raise Refused(400, "Bad Request: message text is empty")
    if _units(text) > 4096:
        raise Refused(400, "Bad Request: message is too long")
    return {"text": text, "entities": entities}


def _buttons(given: dict[str, Any]) -> dict[str, Any] | None:
    markup: dict[str, Any] = given.get("reply_markup") or {}
    buttons = [one for row in markup.get("inline_keyboard", []) for one in row]
    if len(buttons) > 100:
        raise Refused(400, "Bad Request: reply markup is too long")
    for one in buttons:
        if not one["text"].strip() or not 1 <= len(one["callback_data"].encode()) <= 64:
            raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")
    return markup if buttons else None


def parse_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Text and entities of Telegram's HTML.

    Raises:
        Refused: for a tag or a reference that Telegram does not know, or one that is not closed.
    """
    text, entities, opened, place = "", [], [], 0
    for match in [*_TAG.finditer(source), None]:
        between = source[place : match.start() if match else len(source)]
        if "<" in between or _REFERENCES.search(between):
            raise Refused(400, "Bad Request: can't parse entities: unsupported start tag")
        text += unescape(between)
        if match is None:
            break
        place = match.end()
        name = match["name"]
        if name not in _KINDS or (name == "a") != bool(match["href"] or (match["end"] and name == "a")):
            raise Refused(400, "Bad Request: can't parse entities: unsupported start tag")
        if not match["end"]:
            opened.append((name, _units(text), match["href"]))
            continue
        if not opened or opened[-1][0] != name:
            raise Refused(400, "Bad Request: can't parse entities: unexpected end tag")
        _, start, href = opened.pop()
        entity: dict[str, Any] = {"type": _KINDS[name], "offset": start, "length": _units(text) - start}
        entities.append(entity | ({"url": unescape(href)} if href else {}))
    if opened:
        raise Refused(400, "Bad Request: can't parse entities: can't find end tag")
    return text, entities


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _slice(text: str, start: int, length: int) -> str:
    return text.encode("utf-16-le")[start * 2 : (start + length) * 2].decode("utf-16-le")
