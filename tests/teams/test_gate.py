"""Who is let in: only Teams, for this bot, of this organisation; and nothing is kept of the rest."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest
from sqlmodel import Session, select

from bot.metrics import Metrics
from bot.store import Store
from bot.store.models import InboxEvent
from tests.teams.conftest import Connect
from tests.teams.connector import FORGED_KEY, OTHER_TENANT, Person, Stub
from tests.web.fake_assistant import FakeAssistant

HELLO: dict[str, Any] = {"type": "message", "text": "mag ik dit delen?"}


def nothing_kept(store: Store, assistant: FakeAssistant) -> bool:
    with Session(store.engine) as session:
        return not session.exec(select(InboxEvent)).all() and not assistant.received


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(time.time()) - 3600},
        {"aud": "another-bot"},
        {"iss": "https://somebody.example"},
        {"serviceurl": "https://somewhere.example/"},
        {"serviceurl": None},
        # A token of Entra itself, as the platform for agents sends: this bot takes none of those.
        {"iss": "https://sts.windows.net/bbbbbbbb-1111-4222-8333-444455556666/", "tid": "bbbbbbbb"},
    ],
    ids=["expired", "wrong audience", "wrong issuer", "wrong service", "no service", "of Entra"],
)
async def test_a_token_that_is_not_right_is_refused(
    person: Person, stub: Stub, store: Store, assistant: FakeAssistant, claims: dict[str, Any]
) -> None:
    answer = await person.tell(HELLO, stub.token(**claims))

    assert answer.status_code == 401
    assert nothing_kept(store, assistant)


@pytest.mark.usefixtures("online")
async def test_a_forged_token_is_refused(person: Person, stub: Stub, store: Store, assistant: FakeAssistant) -> None:
    unsigned = jwt.encode({"aud": "x"}, key="", algorithm="none", headers={"kid": "made-up-key"})

    statuses = [
        (await person.tell(HELLO, token)).status_code
        for token in (stub.token(FORGED_KEY), unsigned, "rubbish", "a.b.c", "é")
        if token.isascii()
    ]

    assert set(statuses) == {401}
    assert (await person.post(person.activity(HELLO))).status_code == 401
    assert nothing_kept(store, assistant)


@pytest.mark.usefixtures("online")
async def test_unknown_keys_do_not_make_us_ask_microsoft_all_the_time(person: Person, stub: Stub) -> None:
    await person.tell(HELLO)
    for number in range(5):
        claims = {"iss": "https://issuer.example", "aud": "0a0a0a0a-1111-4222-8333-444455556666"}
        await person.tell(
            HELLO, jwt.encode(claims, FORGED_KEY, algorithm="RS256", headers={"kid": f"unknown-{number}"})
        )

    assert stub.key_requests == 1


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    "change",
    [
        {"channelData": {"tenant": {"id": OTHER_TENANT}}},
        {"channelData": {}, "conversation": {"id": "a:x", "conversationType": "personal"}},
        {"conversation": {"id": "a:x", "conversationType": "personal", "tenantId": OTHER_TENANT}},
        {"channelId": "webchat"},
        {"serviceUrl": "https://evil.example/teams/"},
        {"serviceUrl": ""},
        {"serviceUrl": None, "service_url": "https://evil.example/"},
    ],
    ids=["other tenant", "no tenant", "two tenants", "other channel", "other service", "empty", "under another name"],
)
async def test_what_is_not_of_the_own_organisation_in_teams_is_refused_and_counted(
    person: Person, store: Store, assistant: FakeAssistant, metrics: Metrics, change: dict[str, Any]
) -> None:
    answer = await person.tell({**HELLO, **change})

    assert answer.status_code == 403
    assert nothing_kept(store, assistant)
    assert b'deelwijzer_refusals_total{channel="teams"' in metrics.page()


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'"text"', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"{" + b" " * 300_000 + b"}", 413),
        (b"{}", 401),
    ],
    ids=["half", "list", "words", "bytes", "deep", "large", "empty"],
)
async def test_what_cannot_be_read_gets_a_short_no(person: Person, body: bytes, status: int) -> None:
    answer = await person.post(body)

    assert answer.status_code == status
    assert answer.content == b""


@pytest.mark.usefixtures("online")
@pytest.mark.parametrize(
    "change",
    [
        {"conversation": "x", "channelData": {"tenant": {"id": "bbbbbbbb-1111-4222-8333-444455556666"}}},
        {"from": None},
        {"type": 3},
        {"id": "x" * 2000},
    ],
)
async def test_an_activity_without_its_parts_is_refused(
    person: Person, store: Store, assistant: FakeAssistant, change: dict[str, Any]
) -> None:
    assert (await person.tell({**HELLO, **change})).status_code == 400
    assert nothing_kept(store, assistant)


async def test_the_switch_of_the_library_in_the_environment_opens_nothing(
    person: Person, connect: Connect, assistant: FakeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DANGEROUSLY_ALLOW_UNAUTHENTICATED_REQUESTS", "true")
    async with connect(assistant):
        answer = await person.post(person.activity(HELLO))

    assert answer.status_code == 401


async def test_after_the_channel_stops_nothing_answers_there(
    person: Person, connect: Connect, assistant: FakeAssistant
) -> None:
    async with connect(assistant):
        pass

    assert (await person.tell(HELLO)).status_code == 404
