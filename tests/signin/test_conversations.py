"""With sign-in a conversation belongs to the account that opened it, in the browser and in the API."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from sqlmodel import Session, select

from bot.assistant import Assistant
from bot.guard import Guard
from bot.keys import conversation_key
from bot.signin.roles import Role
from bot.store import Store
from bot.store.accounts import Accounts
from bot.store.models import Conversation
from bot.store.retention import Retention
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock, ScriptedNlu
from tests.signin.house import BASE, House, carrying, cookie, enter, leave
from tests.web.web_app import Browser


async def say(browser: Browser, conversation: str, **others: Any) -> httpx.Response:
    return await browser.client.post("/api/chat", json={"conversation": conversation, "text": "info"}, **others)


# ---- in the browser ----


async def test_a_conversation_of_the_browser_belongs_to_the_account(house: House) -> None:
    browser = await house.signed_in(Role.CASEWORKER, name="Noor")
    page = await browser.open()

    assert (await browser.post(page, {"text": "info"})).status_code == 200

    [incoming] = house.assistant.received
    assert incoming.person == house.signin.accounts.called("Noor")[0].id


async def test_somebody_elses_conversation_is_not_there(house: House) -> None:
    noor = await house.signed_in(Role.CASEWORKER, name="Noor")
    sem = await house.signed_in(Role.CASEWORKER, Role.ADMIN, name="Sem")
    page = await noor.open()

    response = await sem.post(await sem.open(), {"text": "info"}, address=page.address)

    assert response.status_code == 404
    assert house.assistant.received == []


async def test_a_made_up_conversation_is_not_there(house: House) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    response = await browser.post(await browser.open(), {"text": "info"}, address="/gesprek/verzonnen/bericht")
    assert response.status_code == 404


async def test_ones_own_conversation_goes_on_in_a_later_session_and_after_a_restart(
    house: House, build: Callable[..., House]
) -> None:
    browser = await house.signed_in(Role.CASEWORKER, name="Noor")
    page = await browser.open()
    await leave(browser)

    restarted = build()
    again = restarted.browser()
    await enter(again, "Noor")
    response = await again.post(await again.open(), {"text": "info"}, address=page.address)

    assert response.status_code == 200
    assert restarted.assistant.received[0].conversation in page.address


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_a_message_without_the_token_of_the_session_is_refused(house: House, token: str) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    response = await browser.post(await browser.open(), {"text": "info"}, csrf=token)
    assert response.status_code == 403
    assert house.assistant.received == []


# ---- the API ----


async def test_in_the_api_a_conversation_belongs_to_who_opened_it(house: House) -> None:
    noor = await house.signed_in(Role.CASEWORKER, name="Noor")
    sem = await house.signed_in(Role.CASEWORKER, name="Sem")

    assert (await say(noor, "een")).status_code == 200
    foreign = await say(sem, "een")

    assert (foreign.status_code, foreign.json()) == (404, {"error": "Dit gesprek bestaat niet."})
    assert (await say(noor, "een")).status_code == 200
    assert (await say(sem, "twee")).status_code == 200
    assert [one.person for one in house.assistant.received] == [
        house.signin.accounts.called(name)[0].id for name in ("Noor", "Noor", "Sem")
    ]


async def test_it_still_does_after_a_restart_and_in_another_session(house: House, build: Callable[..., House]) -> None:
    noor = await house.signed_in(Role.CASEWORKER, name="Noor")
    sem = await house.signed_in(Role.CASEWORKER, name="Sem")
    await say(noor, "een")

    restarted = build()
    again = restarted.browser()
    await enter(again, "Noor")

    assert (await say(again, "een")).status_code == 200
    assert (await say(carrying(restarted, cookie(sem)), "een")).status_code == 404


async def test_without_a_session_the_api_says_to_sign_in(house: House) -> None:
    response = await say(house.browser(), "een")
    assert (response.status_code, response.json()) == (401, {"error": "Log eerst in."})


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elders.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
    ids=["another site", "no origin", "told by the browser only"],
)
async def test_another_site_cannot_speak_for_who_is_signed_in(house: House, headers: dict[str, str]) -> None:
    browser = await house.signed_in(Role.CASEWORKER)

    assert (await say(browser, "een", headers=headers)).status_code == 403
    assert house.assistant.received == []
    assert (await say(browser, "een", headers={"Origin": BASE})).status_code == 200


def test_of_two_who_open_the_same_conversation_at_once_one_gets_it(store: Store, clock: Clock) -> None:
    accounts = Accounts(store.engine)
    won: list[str] = []
    start = threading.Barrier(4)

    def claim(owner: str) -> None:
        start.wait()
        if accounts.claim("k" * 64, "api", owner, clock()):
            won.append(owner)

    threads = [threading.Thread(target=claim, args=(name * 64,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(won) == 1


# ---- open access stays as it was ----


async def test_with_open_access_nobody_needs_an_account_to_chat(build: Callable[..., House]) -> None:
    house = build(access="open")
    browser = house.browser()

    assert (await browser.post(await browser.open(), {"text": "info"})).status_code == 200
    assert (await say(browser, "een")).status_code == 200
    assert (await browser.client.get("/kennis")).status_code == 200
    assert "Ingelogd" not in (await browser.open()).text


async def test_with_open_access_the_pages_of_the_fg_still_need_one(build: Callable[..., House]) -> None:
    house = build(access="open")
    assert (await house.browser().client.get("/proef/review")).status_code == 303

    fg = await house.signed_in(Role.DPO)
    assert (await fg.client.get("/proef/review")).status_code == 200


async def test_with_open_access_a_signed_in_fg_chats_like_anyone(build: Callable[..., House]) -> None:
    house = build(access="open")
    fg = await house.signed_in(Role.DPO, name="Noor")

    await fg.post(await fg.open(), {"text": "info"})

    assert house.assistant.received[0].person != house.signin.accounts.called("Noor")[0].id


# ---- what is kept of a person ----


async def test_what_is_kept_follows_the_person_over_sessions_under_a_hash(
    house: House, store: Store, clock: Clock, knowledge: Knowledge
) -> None:
    """With the real assistant, as far as the guard and the store."""
    account = house.account("Noor", Role.CASEWORKER)
    nlu = ScriptedNlu(knowledge, {})
    real = Assistant(knowledge, Guard(), SimpleNamespace(find=lambda text: None), nlu, store, clock)  # type: ignore[arg-type]
    house.assistant.handle = real.handle  # type: ignore[method-assign]
    for _ in range(2):
        browser = house.browser()
        await enter(browser, "Noor")
        response = await browser.post(await browser.open(), {"text": "mag ik iets delen met school"})
        assert response.status_code == 200

    kept = Retention(store.engine).export(conversation_key("web", account.id))

    assert len(kept["gesprekken"]) == 2
    with Session(store.engine) as session:
        assert account.id not in str([row.model_dump() for row in session.exec(select(Conversation))])
