"""The program is killed (SIGKILL) at the worst moments and started again: one answer, none lost, none twice.

A process of its own, a real file as database, the real library and the emulated Telegram.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.channels.telegram import texts
from bot.settings import ROOT
from bot.supervise import find_free_port
from tests.telegram.bot_api import BotApi, Chat, Held
from tests.telegram.conftest import BOTH_WAYS

# Only so that a test that goes wrong ends.
PATIENCE = 120
QUESTION = "mag ik gegevens sturen naar het CAK"


class Program:
    """The process, and what it says."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def says(self, word: str) -> None:
        """Wait until it says a word."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while (line := await self._process.stdout.readline()).strip() != word.encode():
                assert line, f"it ended before it said {word}"

    async def kill(self) -> None:
        """End it without a chance to do anything more."""
        self._process.kill()
        await self._process.wait()

    async def stop(self) -> None:
        """Let it end in its own way."""
        self._process.terminate()
        async with asyncio.timeout(PATIENCE):
            await self._process.wait()


@pytest.fixture
def chat(api: BotApi) -> Chat:
    return api.chat(4711)


@pytest.fixture
def port(api: BotApi, way: str) -> int:
    """Where the program listens for a webhook; the same after a restart."""
    if way == "polling":
        return 0
    number = find_free_port()
    api.front = f"http://127.0.0.1:{number}"
    return number


@asynccontextmanager
async def program(api: BotApi, database: str, port: int, *more: str) -> AsyncIterator[Program]:
    """The program, running; killed at the end when it still does."""
    arguments = ("-m", "tests.telegram.small_program", api.address, database, str(port), *more)
    process = await asyncio.create_subprocess_exec(sys.executable, *arguments, cwd=ROOT, stdout=PIPE)
    try:
        yield Program(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _one_more(api: BotApi, held: Held, before: int) -> None:
    await api.until(lambda: held.waiting > before)


@BOTH_WAYS
async def test_killed_between_the_answer_and_its_sending_the_answer_comes_once(
    api: BotApi, chat: Chat, database_url: str, port: int
) -> None:
    held = api.hold("sendMessage")
    async with program(api, database_url, port) as first:
        chat.say(QUESTION)
        await api.until(lambda: held.waiting)
        await first.kill()
    api.let_go("sendMessage")
    async with program(api, database_url, port) as second:
        answer = await chat.next()
        chat.say(QUESTION)
        await chat.next()
        await second.stop()

    assert answer["text"].startswith(texts.AGAIN)
    assert [one["text"].count("CAK") > 0 for one in chat.shown] == [True, True]
    assert not chat.shown[1]["text"].startswith(texts.AGAIN)


@BOTH_WAYS
async def test_killed_after_a_message_was_taken_and_before_its_answer_it_is_answered_once(
    api: BotApi, chat: Chat, database_url: str, port: int
) -> None:
    async with program(api, database_url, port, "hold") as first:
        update = chat.say(QUESTION)
        await first.says("asked")
        if port:
            await api.until(lambda: (update, 200) in api.brought)
        await first.kill()
    async with program(api, database_url, port) as second:
        answer = await chat.next()
        chat.say("mag ik iets delen met school")
        await chat.next()
        await second.stop()

    assert "CAK" in answer["text"]
    assert not answer["text"].startswith(texts.AGAIN)
    assert len(chat.shown) == 2


async def test_killed_while_telegram_refuses_every_answer_nothing_is_lost(
    api: BotApi, chat: Chat, database_url: str
) -> None:
    api.fail("sendMessage", 502, times=10_000)
    async with program(api, database_url, 0) as first:
        chat.say(QUESTION)
        await api.until(lambda: len(api._failures["sendMessage"]) < 10_000)
        chat.say("mag ik iets delen met school")
        await api.until(lambda: not api._updates)
        await first.kill()
    api._failures.clear()
    async with program(api, database_url, 0) as second:
        answers = [(await chat.next())["text"] for _ in range(2)]
        await second.stop()

    assert "CAK" in answers[0]
    assert len(chat.shown) == 2


async def test_killed_again_and_again_every_question_gets_one_answer(
    api: BotApi, chat: Chat, database_url: str
) -> None:
    people = [api.chat(100 + number) for number in range(2)]
    held = api.hold("sendMessage")
    for person in people:
        person.say(QUESTION)
        async with program(api, database_url, 0) as one:
            before = held.waiting
            await _one_more(api, held, before)
            await one.kill()
    api.let_go("sendMessage")
    async with program(api, database_url, 0) as last:
        for person in people:
            assert "CAK" in (await person.next())["text"]
        await last.stop()

    assert [len(person.shown) for person in people] == [1] * 2
