"""The bot, connected with an emulated Telegram and with an assistant that needs no NLU."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager

import pytest
import pytest_asyncio
from pydantic import SecretStr

from bot.channels.telegram.chat import Assistant
from bot.channels.telegram.connection import connection
from bot.settings import Settings
from bot.store import Store
from bot.store.profiles import Profiles
from knowledge.knowledge import Knowledge
from tests.telegram.bot_api import TOKEN, BotApi
from tests.web.fake_assistant import FakeAssistant

Connect = Callable[..., AbstractAsyncContextManager[None]]


class Naps:
    """Stands in for sleeping: remembers how long it should have been, and goes on at once."""

    def __init__(self) -> None:
        self.taken: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi().running() as running:
        yield running


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = Store(database_url)
    yield made
    made.close()


@pytest.fixture
def profiles(store: Store) -> Profiles:
    return Profiles(store)


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def connect(api: BotApi, profiles: Profiles, knowledge: Knowledge, naps: Naps) -> Connect:
    """Connects an assistant with the emulated Telegram for the length of a block."""

    def connected(assistant: Assistant, token: str = TOKEN) -> AbstractAsyncContextManager[None]:
        settings = Settings(telegram_token=SecretStr(token), telegram_api=api.address)  # type: ignore[call-arg]
        assert settings.telegram_token is not None
        return connection(settings, settings.telegram_token, assistant, profiles, knowledge, sleep=naps)

    return connected


@pytest_asyncio.fixture
async def online(connect: Connect, assistant: FakeAssistant) -> AsyncIterator[None]:
    """The bot is there, with the fake assistant."""
    async with connect(assistant):
        yield
