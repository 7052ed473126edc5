"""What becomes of one request: sent, not sent, perhaps sent, never to be sent; and only one request each."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.request import HTTPXRequest

from bot.channels.telegram import texts, units
from bot.channels.telegram.aside import Aside
from bot.channels.telegram.render import rendered
from bot.channels.telegram.sending import Sending, _seconds
from bot.clock import utc_now
from bot.delivery.channel import NotSent, PerhapsSent, Undeliverable, Unit
from bot.messages import Button, File, Message, Poll
from bot.store import Store
from bot.store.polls import Polls
from tests.bot.fakes import Naps
from tests.telegram.bot_api import TOKEN

MESSAGE = {"message_id": 5, "date": 1_800_000_000, "chat": {"id": 7, "type": "private"}}
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Knop", callback_data="x")]])
UNITS: dict[str, Unit] = {
    "text": units.text("<b>tekst</b>", BUTTONS),
    "edit": units.edit(5, "tekst"),
    "buttons": units.edit(5, None),
    "document": units.document(File("a.pdf", "application/pdf", b"%PDF-verzonnen")),
    "poll": units.poll("vraag?", [("een", "p-0"), ("twee", "p-1")], 1, "uitleg", BUTTONS),
}
METHODS = {
    "text": "sendMessage",
    "edit": "editMessageText",
    "buttons": "editMessageReplyMarkup",
    "document": "sendDocument",
    "poll": "sendPoll",
}


class Line:
    """The line to Telegram, of which a test says what happens on it."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self._answer = answer
        self.methods: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.methods.append(request.url.path.rpartition("/")[2])
        return self._answer(request)


@asynccontextmanager
async def sending(line: Line, polls: Any = None, naps: Naps | None = None) -> AsyncIterator[Sending]:
    request = HTTPXRequest(httpx_kwargs={"transport": httpx.MockTransport(line)})
    bot = Bot(TOKEN, request=request, get_updates_request=HTTPXRequest())
    aside = Aside(bot, utc_now)
    yield Sending(bot, aside, polls, lambda: datetime(2026, 11, 22, 9, tzinfo=UTC), naps or Naps())
    await aside.close()
    await request.shutdown()


def fails(error: type[httpx.TransportError]) -> Line:
    def answer(request: httpx.Request) -> httpx.Response:
        raise error("made up")

    return Line(answer)


def says(status: int, description: str = "made up", **parameters: Any) -> Line:
    body = {"ok": False, "error_code": status, "description": description, "parameters": parameters}
    return Line(lambda request: httpx.Response(status, json=body if parameters else body | {"parameters": None}))


@pytest.mark.parametrize("unit", UNITS)
async def test_a_unit_is_one_request(unit: str, store: Store) -> None:
    line = Line(lambda request: httpx.Response(200, json={"ok": True, "result": MESSAGE}))
    async with sending(line, Polls(store.engine, 24)) as sender:
        await sender.send("7", UNITS[unit])

    assert line.methods == [METHODS[unit]]


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_can_be_kept_as_json(unit: str) -> None:
    assert json.loads(json.dumps(UNITS[unit])) == UNITS[unit]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError])
async def test_what_never_went_out_is_not_sent(unit: str, error: type[httpx.TransportError]) -> None:
    line = fails(error)
    async with sending(line) as sender:
        with pytest.raises(NotSent) as not_sent:
            await sender.send("7", UNITS[unit])

    assert not_sent.value.wait is None
    assert len(line.methods) == 1


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout, httpx.WriteTimeout, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError],
)
async def test_what_nobody_answered_is_perhaps_sent(unit: str, error: type[httpx.TransportError]) -> None:
    line = fails(error)
    async with sending(line) as sender:
        with pytest.raises(PerhapsSent):
            await sender.send("7", UNITS[unit])

    assert len(line.methods) == 1


@pytest.mark.parametrize("status", [401, 404, 409, 500, 502, 503, 504])
async def test_a_fault_on_the_other_side_is_not_sent(status: int) -> None:
    async with sending(says(status)) as sender:
        with pytest.raises(NotSent) as not_sent:
            await sender.send("7", UNITS["text"])

    assert not_sent.value.wait is None


async def test_telegram_says_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # as in `connection`
    async with sending(says(429, retry_after=37)) as sender:
        with pytest.raises(NotSent) as not_sent:
            await sender.send("7", UNITS["text"])

    assert not_sent.value.wait == 37.0


@pytest.mark.parametrize("wait", [7, 7.0, timedelta(seconds=7)])
def test_a_wait_is_read_in_both_forms_of_the_library(wait: Any) -> None:
    assert _seconds(wait) == 7.0


@pytest.mark.parametrize("unit", UNITS)
async def test_who_blocked_the_bot_gets_nothing_more(unit: str) -> None:
    line = says(403, "Forbidden: bot was blocked by the user")
    async with sending(line) as sender:
        with pytest.raises(Undeliverable):
            await sender.send("7", UNITS[unit])

    assert len(line.methods) == 1


@pytest.mark.parametrize("unit", ["text", "document", "poll"])
async def test_what_telegram_refuses_is_given_up_with_a_kind_word(unit: str) -> None:
    said: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        said.append(request.content.decode(errors="replace"))
        return httpx.Response(400, json={"ok": False, "error_code": 400, "description": "Bad Request"})

    line = Line(answer)
    async with sending(line) as sender:
        with pytest.raises(Undeliverable):
            await sender.send("7", UNITS[unit])

    assert line.methods == [METHODS[unit], "sendMessage"]
    assert texts.FAILED.split()[0] in said[1]


@pytest.mark.parametrize("unit", ["edit", "buttons"])
async def test_an_edit_that_changes_nothing_or_comes_too_late_is_fine(unit: str) -> None:
    line = says(400, "Bad Request: message is not modified")
    async with sending(line) as sender:
        await sender.send("7", UNITS[unit])

    assert len(line.methods) == 1


async def test_a_poll_is_sent_once_although_it_cannot_be_kept() -> None:
    class Away:
        def keep(self, *given: Any) -> None:
            raise OperationalError("INSERT", {}, Exception("away"))

    poll = {
        "id": "9",
        "question": "vraag?",
        "options": [],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": False,
        "type": "quiz",
        "allows_multiple_answers": False,
        "allows_revoting": False,
        "members_only": False,
    }
    naps = Naps()
    line = Line(lambda request: httpx.Response(200, json={"ok": True, "result": MESSAGE | {"poll": poll}}))
    async with sending(line, Away(), naps) as sender:
        await sender.send("7", UNITS["poll"])

    assert line.methods == ["sendPoll"]
    assert len(naps.taken) == 3


# -- a second time -------------------------------------------------------------------------


def test_what_perhaps_came_before_says_so() -> None:
    assert units.again(UNITS["text"])["html"] == f"<i>{texts.AGAIN}</i>\n\n<b>tekst</b>"
    assert units.again(UNITS["document"])["caption"] == texts.AGAIN
    assert [units.again(UNITS[one]) for one in ("edit", "buttons", "poll")] == [
        UNITS[one] for one in ("edit", "buttons", "poll")
    ]


def test_a_full_text_has_room_to_say_so() -> None:
    for unit in rendered(Message("woord " * 3000, buttons=(Button("Knop", "p"),))):
        assert len(units.again(unit)["html"]) <= 4096


def test_a_quiz_question_has_no_text_beside_it() -> None:
    message = Message(
        "vraag?", buttons=(Button("a", "1", "option"), Button("b", "2", "option")), poll=Poll("v?", 0, "")
    )

    assert [unit["do"] for unit in rendered(message)] == ["poll"]
