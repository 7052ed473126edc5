"""Telegram's Bot API on loopback: the methods that the bot uses, as strict as the real one.

The real library talks to it over HTTP; a test plays the people.  Chats show what a person would
see: an edited message changes in place.  It refuses what Telegram refuses: broken HTML, a text
that is too long, button data over 64 bytes, a second poller, a callback answered twice, a poll
that is not whole.  With a webhook set it brings the updates itself, one after the other, each
until it is taken.  Nothing here waits for the clock; `until` waits for something to happen.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from html import unescape
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.datastructures import UploadFile

from bot.serve import listening
from bot.supervise import LOOPBACK, find_free_port

TOKEN = "123456789:made-up-token_for-tests"
SECRET = "made-up-secret_for-the-webhook"
BOT = {"id": 123456789, "is_bot": True, "first_name": "Deelwijzer", "username": "deelwijzer_bot"}
# Only so that a test that goes wrong ends; nothing waits this long.
PATIENCE = 120

_T = TypeVar("_T")
_TAG = re.compile(r'<(?P<end>/?)(?P<name>[a-z-]+)(?: href="(?P<href>[^"<>]*)")?>')
_KINDS = {"b": "bold", "i": "italic", "u": "underline", "code": "code", "pre": "pre", "a": "text_link"}
_JSON = {"reply_markup", "commands", "allowed_updates", "scope", "options", "correct_option_ids"}
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
    hears: Callable[[dict[str, Any]], None] | None = None  # is told of each message at once

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

    def vote(self, message: dict[str, Any], option: int) -> int:
        """Let the person choose an option of a poll; returns the id of the update."""
        answer = {"poll_id": message["poll"]["id"], "option_ids": [option], "option_persistent_ids": [str(option)]}
        return self.api.push(poll_answer=answer | {"user": self.person})

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


@dataclass
class Held:
    """Requests that get no answer until a test lets them go; who hung up in between is not served."""

    waiting: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)


class BotApi:
    """The server. `calls` holds every request except those for updates; `fail` makes the next ones go wrong.

    `front` is where the bot's own server listens, as the proxy before it knows: updates are brought
    there when a webhook is set.  `brought` holds what that server said to each.
    """

    def __init__(self, token: str = TOKEN) -> None:
        self.token = token
        self.calls: list[Call] = []
        self.polls: list[int] = []
        self.presses: dict[str, str | None] = {}
        self.commands: list[dict[str, Any]] = []
        self.chats: dict[int, Chat] = {}
        self.address = ""
        self.front = ""
        self.webhook: dict[str, Any] = {}
        self.brought: list[tuple[int, int]] = []
        self._held: dict[str, Held] = {}
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
            bringing = asyncio.create_task(self._bring())
            try:
                yield self
            finally:
                self._closing = True
                for held in self._held.values():
                    held.gate.set()
                self._happened()
                await bringing

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

    def hold(self, method: str) -> Held:
        """Let the calls of a method wait, before anything is done with them."""
        return self._held.setdefault(method, Held())

    def let_go(self, method: str) -> None:
        """Go on with the calls of a method that wait, if who called is still there."""
        self._held.pop(method).gate.set()

    async def bring(self, update: dict[str, Any], secret: str | None = None) -> int:
        """Bring an update to the webhook; gives back the status."""
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"] if secret is None else secret}
        async with httpx.AsyncClient(trust_env=False) as client:
            address = f"{self.front}{urlsplit(self.webhook['url']).path}"
            return (await client.post(address, json=update, headers=headers)).status_code

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
            if held := self._held.get(method):
                held.waiting += 1
                self._happened()
                await held.gate.wait()
                if self._closing or await request.is_disconnected():
                    raise Refused(500, "nobody is there any more")
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

    async def _bring(self) -> None:
        """Bring what is ready to the webhook, in order; what is not taken is brought again."""
        while not self._closing:
            ready = [*self._again, *self._updates]
            if not self.webhook or not self.front or not ready:
                await self._changed.wait()
                continue
            update, status = ready[0], 0
            with suppress(httpx.HTTPError):
                status = await self.bring(update)
            self.brought.append((update["update_id"], status))
            if status == 200:
                (self._again if self._again else self._updates).remove(update)
            self._happened()
            await asyncio.sleep(0)

    async def _get_updates(self, given: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active")
        self._poll += 1
        mine, offset = self._poll, int(given.get("offset", 0))
        self.polls.append(offset)
        self._updates = [one for one in self._updates if one["update_id"] >= offset]
        self._happened()
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
        self.webhook = {}
        return True

    def _setWebhook(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        if not given["url"].startswith("https://"):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", given.get("secret_token", "")):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = given
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
        caption = {"caption": given["caption"]} if given.get("caption") else {}
        return self._show(given, {"document": about} | caption)

    def _sendPoll(self, given: dict[str, Any], files: dict[str, Any]) -> Any:
        options = given["options"]
        explanation = given.get("explanation", "")
        if not 1 <= _units(given["question"]) <= 300 or not 2 <= len(options) <= 12:
            raise Refused(400, "Bad Request: poll question or options are wrong")
        if not all(1 <= _units(one["text"]) <= 100 for one in options):
            raise Refused(400, "Bad Request: poll options length must not exceed 100")
        if _units(explanation) > 200 or explanation.count("\n") > 2:
            raise Refused(400, "Bad Request: message is too long")
        [right] = given["correct_option_ids"]
        if given["type"] != "quiz" or not 0 <= right < len(options):
            raise Refused(400, "Bad Request: wrong correct option ID specified")
        about = {
            "id": f"poll-{self.number()}",
            "question": given["question"],
            "options": [
                {"text": one["text"], "voter_count": 0, "persistent_id": str(number)}
                for number, one in enumerate(options)
            ],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": given.get("is_anonymous", "true") == "true",
            "type": "quiz",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
            "correct_option_ids": [right],
            "explanation": explanation,
        }
        return self._show(given, {"poll": about})

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
        if chat.hears:
            chat.hears(message)
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
    return json.loads(value) if name in _JSON else value


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
        data = one.get("callback_data", "x" if one.get("url", "").startswith("https://") else "")
        if not one["text"].strip() or not 1 <= len(data.encode()) <= 64:
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
