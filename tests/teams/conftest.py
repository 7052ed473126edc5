"""The bot, connected with Teams on loopback, with the real desk and store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from bot.channels.teams import library
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.metrics import Metrics
from bot.settings import Settings
from bot.store import Store
from bot.store.mailbox import Mailbox
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Naps
from tests.teams.connector import APP_ID, SECRET, TENANT, Person, Stub
from tests.web.fake_assistant import FakeAssistant

Connect = Callable[..., AbstractAsyncContextManager[None]]


@pytest.fixture(scope="session", autouse=True)
def loaded() -> None:
    library.load()


@pytest_asyncio.fixture
async def stub() -> AsyncIterator[Stub]:
    async with Stub().running() as running:
        yield running


@pytest.fixture
def assistant() -> FakeAssistant:
    return FakeAssistant()


@pytest.fixture
def naps() -> Naps:
    return Naps()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def app() -> FastAPI:
    return FastAPI()


@pytest.fixture
def desk(store: Store, metrics: Metrics, naps: Naps) -> Desk:
    return Desk(Mailbox(store.engine), Guard(), metrics, sleep=naps)


@pytest.fixture
def connect(stub: Stub, store: Store, knowledge: Knowledge, desk: Desk, app: FastAPI) -> Connect:
    """Connects an assistant with Teams for the length of a block."""

    @asynccontextmanager
    async def connected(assistant: Any, **given: Any) -> AsyncIterator[None]:
        from bot.channels.teams.connection import connection

        known = {"teams_app_id": APP_ID, "teams_app_secret": SecretStr(SECRET), "teams_tenant": TENANT, **given}
        service = SimpleNamespace(assistant=assistant, knowledge=knowledge, store=store, desk=desk, public=app)
        async with connection(Settings(**known), service, stub.endpoints):  # type: ignore[arg-type]
            yield

    return connected


@pytest_asyncio.fixture
async def online(connect: Connect, assistant: FakeAssistant) -> AsyncIterator[None]:
    """The bot is there, with the fake assistant."""
    async with connect(assistant):
        yield


@pytest.fixture
def person(stub: Stub, app: FastAPI) -> Person:
    return Person(stub, app)
