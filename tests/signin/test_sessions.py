"""Sessions: wrong, forged, expired, copied and ended ones open nothing."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.signin.roles import Role
from bot.signin.sessions import hashed
from tests.bot.fakes import Clock
from tests.signin.house import PASSWORD, House, carrying, cookie, enter, is_in, leave
from tests.store.databases import everything_in
from tests.web.web_app import Page

FORGED = {
    "nothing": "",
    "one of the right length": secrets.token_urlsafe(32),
    "too short": "kort",
    "too long": "x" * 5000,
    "a hash": "0" * 64,
}


async def test_who_signs_in_gets_in(house: House) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    assert await is_in(browser)


@pytest.mark.parametrize("token", FORGED.values(), ids=FORGED.keys())
async def test_a_token_that_we_did_not_give_opens_nothing(house: House, token: str) -> None:
    await house.signed_in(Role.CASEWORKER)
    assert not await is_in(carrying(house, token))


async def test_a_token_that_is_no_text_opens_nothing(house: House) -> None:
    raw = [(b"cookie", b"deelwijzer-inlog=" + b"\xc3\xa9\xff" * 14 + b"x")]

    response = await house.browser().client.get("/", headers=raw)

    assert response.status_code == 303


async def test_what_the_database_keeps_of_a_session_opens_nothing(house: House, database_url: str) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    token = cookie(browser)

    assert hashed(token) in everything_in(database_url)
    assert token not in everything_in(database_url)
    assert not await is_in(carrying(house, hashed(token)))


@pytest.mark.parametrize("change", ["first", "last"])
async def test_a_token_with_one_other_character_opens_nothing(house: House, change: str) -> None:
    token = cookie(await house.signed_in(Role.CASEWORKER))
    other = "A" if token[0] != "A" else "B"
    forged = other + token[1:] if change == "first" else token[:-1] + other

    assert not await is_in(carrying(house, forged))


async def test_half_an_hour_of_silence_ends_a_session_and_less_does_not(house: House, clock: Clock) -> None:
    browser = await house.signed_in(Role.CASEWORKER)

    clock.forward(minutes=29)
    assert await is_in(browser)
    clock.forward(minutes=29)
    assert await is_in(browser)
    clock.forward(minutes=30)
    assert not await is_in(browser)


async def test_after_ten_hours_a_session_ends_however_busy_it_is(house: House, clock: Clock) -> None:
    browser = await house.signed_in(Role.CASEWORKER)

    for _ in range(29):
        clock.forward(minutes=20)
        assert await is_in(browser)
    clock.forward(minutes=20)
    assert not await is_in(browser)


async def test_the_periods_are_those_of_the_settings(build: Callable[..., House], clock: Clock) -> None:
    house = build(settings={"session_idle_minutes": 5, "session_hours": 1})
    browser = await house.signed_in(Role.CASEWORKER)

    clock.forward(minutes=5)

    assert not await is_in(browser)


async def test_an_ended_session_does_not_come_back_when_the_clock_goes_back(house: House, clock: Clock) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    clock.forward(hours=11)
    assert not await is_in(browser)

    clock.now -= timedelta(hours=11)

    assert not await is_in(browser)


async def test_signing_in_again_gives_another_token_and_the_old_one_is_dead(house: House) -> None:
    browser = await house.signed_in(Role.CASEWORKER, name="Noor")
    old = cookie(browser)
    # The form shows who is signed in already; another tab still has the form itself.
    other = house.browser()
    form = await other.open("/inloggen")
    other.client.cookies.set("deelwijzer-inlog", old, domain="127.0.0.1")
    await other.post(form, {"name": "Noor", "password": PASSWORD}, address="/inloggen", htmx=False)

    tokens = [one.value for one in other.client.cookies.jar if one.name == "deelwijzer-inlog"]
    [new] = [one for one in tokens if one != old]
    assert new
    assert not await is_in(carrying(house, old))
    assert await is_in(carrying(house, new))


async def test_a_token_planted_before_signing_in_is_not_the_one_used_after(house: House) -> None:
    planted = secrets.token_urlsafe(32)
    browser = house.browser()
    browser.client.headers["Cookie"] = f"deelwijzer-inlog={planted}"
    house.account("Noor", Role.CASEWORKER)
    form = await browser.client.get("/inloggen")
    secret = re.search(r"deelwijzer-formulier=([^;]+)", form.headers["set-cookie"])
    assert secret
    browser.client.headers["Cookie"] = f"deelwijzer-inlog={planted}; deelwijzer-formulier={secret[1]}"

    response = await browser.post(
        Page(form.text), {"name": "Noor", "password": PASSWORD}, address="/inloggen", htmx=False
    )

    assert response.status_code == 303
    assert planted not in response.headers["set-cookie"]
    assert not await is_in(carrying(house, planted))


async def test_a_copy_of_the_token_is_dead_after_signing_out(house: House) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    copy = carrying(house, cookie(browser))
    assert await is_in(copy)

    response = await leave(browser)

    assert response.headers["location"] == "/inloggen/uit"
    assert cookie(browser) == ""
    assert not await is_in(copy)
    assert "Je bent uitgelogd" in (await browser.open("/inloggen/uit")).text


CHANGES: dict[str, Callable[[House, str], None]] = {
    "is withdrawn": lambda house, account: house.signin.accounts.revoke(account, house.clock()),
    "gets another role": lambda house, account: house.signin.accounts.set_roles(account, [Role.ADMIN]),
    "gets another password": lambda house, account: house.signin.accounts.set_password(account, "x"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
async def test_every_session_ends_when_the_account(house: House, change: Callable[[House, str], None]) -> None:
    first = await house.signed_in(Role.CASEWORKER, name="Noor")
    second = house.browser()
    await enter(second, "Noor")
    other = await house.signed_in(Role.CASEWORKER, name="Sem")

    change(house, house.signin.accounts.called("Noor")[0].id)

    assert not await is_in(first)
    assert not await is_in(second)
    assert await is_in(other)


async def test_a_withdrawn_account_cannot_sign_in_and_hears_nothing_special(house: House) -> None:
    account = house.account("Noor", Role.CASEWORKER)
    house.signin.accounts.revoke(account.id, house.clock())
    browser = house.browser()

    withdrawn = await enter(browser, "Noor")
    unknown = await enter(browser, "Niemand")

    assert withdrawn.status_code == unknown.status_code == 403
    assert Page(withdrawn.text).text == Page(unknown.text).text


async def test_a_session_survives_a_restart(house: House, build: Callable[..., House]) -> None:
    token = cookie(await house.signed_in(Role.CASEWORKER))
    assert await is_in(carrying(build(), token))


async def test_the_cookie_is_out_of_reach_of_scripts_and_of_forms_elsewhere(house: House) -> None:
    house.account("Noor", Role.CASEWORKER)
    response = await enter(house.browser(), "Noor")

    [line] = [one for one in response.headers.get_list("set-cookie") if one.startswith("deelwijzer-inlog=")]
    assert {flag.strip().lower() for flag in line.split(";")[1:]} == {"httponly", "samesite=lax", "path=/"}


async def test_over_https_the_cookie_is_secure_and_bound_to_the_host(build: Callable[..., House]) -> None:
    house = build(settings={"secure_cookies": True}, base="https://deelwijzer.example")
    house.account("Noor", Role.CASEWORKER)
    browser = house.browser()

    response = await enter(browser, "Noor")

    [line] = [one for one in response.headers.get_list("set-cookie") if one.startswith("__Host-deelwijzer-inlog=")]
    assert "; Secure" in line
    assert "Domain" not in line
    assert await is_in(browser)


async def test_a_message_of_who_was_signed_out_meanwhile_is_told_so_in_the_chat(house: House, clock: Clock) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    page = await browser.open()
    clock.forward(hours=1)

    response = await browser.post(page, {"text": "info"})

    assert response.status_code == 401
    assert response.headers["x-deelwijzer"] == "fragment"
    assert "Je bent niet meer ingelogd" in response.text
    assert house.assistant.received == []


async def test_the_chat_says_who_is_signed_in_and_lets_one_sign_out(house: House) -> None:
    browser = await house.signed_in(Role.CASEWORKER, name="Noor Verzonnen")
    page = await browser.open()

    assert "Als Noor Verzonnen" in page.text
    await browser.post(page, {}, address="/uitloggen", htmx=False)
    assert not await is_in(browser)


async def test_a_name_is_shown_as_text_whatever_it_holds(house: House) -> None:
    name = "<script>alert(1)</script>\"' onload=x"
    browser = await house.signed_in(Role.CASEWORKER, name=name)

    for path in ("/", "/inloggen"):
        html = (await browser.client.get(path)).text
        assert "<script>alert" not in html
        assert name in " ".join(Page(html).texts)
