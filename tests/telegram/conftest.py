"""The bot, connected with an emulated Telegram and with an assistant that needs no NLU."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from copy import copy
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from bot.app import Service
from bot.assistant import Assistant as RealAssistant
from bot.channels.telegram.channel import Assistant
from bot.channels.telegram.connection import connection
from bot.clock import utc_now
from bot.danger import DangerDetector, load_signals
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.metrics import Metrics
from bot.serve import listening
from bot.settings import Settings
from bot.store import Store
from bot.store.access import Access
from bot.store.mailbox import Mailbox
from bot.store.profiles import Profiles
from bot.supervise import LOOPBACK, find_free_port
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT
from tests.bot.fakes import Clock, Naps, ScriptedNlu
from tests.telegram.bot_api import SECRET, TOKEN, BotApi
from tests.web.fake_assistant import FakeAssistant

BOTH_WAYS = pytest.mark.parametrize("way", ["polling", "webhook"])
# Connects an assistant for the length of a block; more settings, or a clock, may be given.
Connect = Callable[..., AbstractAsyncContextManager[Service]]


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi().running() as running:
        yield running


@pytest.fixture
def profiles(store: Store) -> Profiles:
    return Profiles(store)


@pytest.fixture
def access(store: Store) -> Access:
    return Access(store.engine, "telegram")


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture(scope="session")
def guard() -> Guard:
    """Made once: reading its lists takes longer than a test."""
    return Guard()


@pytest.fixture(scope="session")
def reading(knowledge: Knowledge) -> ScriptedNlu:
    """Made once: building its reader takes longer than a test."""
    return ScriptedNlu(knowledge)


@pytest.fixture(scope="session")
def danger() -> DangerDetector:
    return DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))


@pytest.fixture
def nlu(reading: ScriptedNlu) -> ScriptedNlu:
    made = copy(reading)
    made.seen, made.metadata, made.senders = [], [], []
    return made


@pytest.fixture
def real(knowledge: Knowledge, nlu: ScriptedNlu, store: Store, guard: Guard, danger: DangerDetector) -> RealAssistant:
    return RealAssistant(knowledge, guard, danger, nlu, store, Clock())  # type: ignore[arg-type]


@pytest.fixture
def way() -> str:
    """How updates come; a test with `BOTH_WAYS` is done with each."""
    return "polling"


@pytest.fixture
def service_of(store: Store, knowledge: Knowledge, naps: Naps, guard: Guard) -> Callable[..., Service]:
    """Makes a service that has what this channel uses: an assistant, a desk, a store, a public application."""

    def made(settings: Settings, assistant: Any, clock: Callable[[], datetime] = utc_now) -> Service:
        desk = Desk(Mailbox(store.engine), guard, Metrics(), clock=clock, sleep=naps)
        parts = {"assistant": assistant, "desk": desk, "knowledge": knowledge, "store": store, "public": FastAPI()}
        return cast(Service, SimpleNamespace(settings=settings, **parts))

    return made


@pytest.fixture
def connect(api: BotApi, service_of: Callable[..., Service], naps: Naps, way: str) -> Connect:
    """Connects an assistant with the emulated Telegram for the length of a block; everybody may use the bot."""

    @asynccontextmanager
    async def connected(
        assistant: Assistant, token: str = TOKEN, clock: Callable[[], datetime] = utc_now, **given: Any
    ) -> AsyncIterator[Service]:
        webhook = {"telegram_webhook_url": "https://deelwijzer.example", "telegram_webhook_secret": SecretStr(SECRET)}
        settings = Settings(
            telegram_token=SecretStr(token),
            telegram_api=api.address,
            **{"telegram_open": True, **(webhook if way == "webhook" else {}), **given},
        )
        assert settings.telegram_token is not None
        service = service_of(settings, assistant, clock)
        async with AsyncExitStack() as stack:
            if way == "webhook":
                port = find_free_port()
                await stack.enter_async_context(listening(service.public, LOOPBACK, port))
                api.front = f"http://{LOOPBACK}:{port}"
            await stack.enter_async_context(
                connection(settings, settings.telegram_token, service, clock=clock, sleep=naps)
            )
            yield service

    return connected


@pytest_asyncio.fixture
async def online(connect: Connect, assistant: FakeAssistant) -> AsyncIterator[None]:
    """The bot is there, with the fake assistant."""
    async with connect(assistant):
        yield
