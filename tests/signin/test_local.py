"""Signing in with a password: the form, its token, what is told when it is wrong, and the waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import yaml

from bot.signin.limits import FREE_FOR_A_NAME, FREE_FOR_AN_ADDRESS, Limits
from bot.signin.passwords import Passwords, WeakPassword, check_strength
from bot.signin.roles import Role
from tests.bot.fakes import Clock
from tests.signin.house import BASE, CHEAP, PASSWORD, House, cookie, enter, is_in
from tests.store.databases import everything_in
from tests.web.web_app import Page

CASES = yaml.safe_load(Path(__file__).with_name("passwords.yaml").read_text(encoding="utf-8"))
WRONG = "De naam of het wachtwoord klopt niet. Probeer het opnieuw."

# ---- the form ----


async def test_name_and_password_let_somebody_in(house: House) -> None:
    account = house.account("Noor Verzonnen", Role.CASEWORKER)
    browser = house.browser()

    response = await enter(browser, "  noor VERZONNEN ")

    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert await is_in(browser)
    assert house.audit() == [("signin", account.id, account.id, "ok", "password")]


WRONG_PAIRS = {
    "a wrong password": ("Noor", "een heel ander wachtwoord"),
    "an unknown name": ("Niemand", PASSWORD),
    "the password in capitals": ("Noor", PASSWORD.upper()),
    "no password": ("Noor", ""),
    "nothing": ("", ""),
    "a very long password": ("Noor", PASSWORD + "x" * 3000),
    "signs": ("' OR 1=1 --", "\0\n\r"),
}


@pytest.mark.parametrize(("name", "password"), WRONG_PAIRS.values(), ids=WRONG_PAIRS.keys())
async def test_anything_else_does_not_and_is_told_alike(house: House, name: str, password: str) -> None:
    house.account("Noor", Role.CASEWORKER)
    browser = house.browser()

    response = await enter(browser, name, password)

    assert response.status_code == 403
    assert WRONG in response.text
    assert not cookie(browser)
    assert [one[3] for one in house.audit()] == ["refused"]


async def test_an_account_without_a_password_cannot_be_entered(house: House) -> None:
    house.signin.accounts.add("Noor", [Role.CASEWORKER], house.clock())

    assert (await enter(house.browser(), "Noor", "")).status_code == 403
    assert (await enter(house.browser(), "Noor", "not the password of anyone")).status_code == 403


async def test_an_unknown_name_costs_as_much_work_as_a_known_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = type(CHEAP).verify

    def counted(self: object, kept: str, password: str) -> bool:
        checked.append(kept.rsplit("$", 2)[0])  # the kind and its costs
        return real(CHEAP, kept, password)

    monkeypatch.setattr(type(CHEAP), "verify", counted)
    house.account("Noor", Role.CASEWORKER)
    withdrawn = house.account("Sem", Role.CASEWORKER)
    house.signin.accounts.revoke(withdrawn.id, house.clock())
    for name in ("Noor", "Niemand", "Sem"):
        await enter(house.browser(), name, "een heel ander wachtwoord")

    assert len(checked) == 3
    assert len(set(checked)) == 1


async def test_neither_the_page_nor_the_log_nor_the_database_holds_what_was_typed(
    house: House, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    house.account("Noor", Role.CASEWORKER)
    for name, password in (("Noor", "zeergeheimding"), ("perongelukmijnwachtwoord", "zeergeheimding")):
        response = await enter(house.browser(), name, password)
        assert "zeergeheimding" not in response.text
        assert "perongelukmijnwachtwoord" not in response.text

    assert "zeergeheimding" not in everything_in(database_url) + caplog.text
    assert "perongelukmijnwachtwoord" not in everything_in(database_url) + caplog.text


async def test_a_password_is_kept_as_argon2id(house: House, database_url: str) -> None:
    house.account("Noor", Role.CASEWORKER)

    kept = everything_in(database_url)

    assert "$argon2id$" in kept
    assert PASSWORD not in kept


async def test_the_usual_settings_cost_what_is_advised() -> None:
    kept = Passwords().kept(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


async def test_a_password_kept_with_other_settings_is_kept_anew_at_signing_in(house: House) -> None:
    account = house.account("Noor", Role.CASEWORKER)
    older = Passwords(type(CHEAP)(time_cost=2, memory_cost=8, parallelism=1)).kept(PASSWORD)
    house.signin.accounts.set_password(account.id, older)

    await enter(house.browser(), "Noor")

    found = house.signin.accounts.to_sign_in("Noor")
    assert found is not None
    assert found[1] is not None
    assert "t=1," in found[1]
    assert (await enter(house.browser(), "Noor")).status_code == 303


# ---- the token of the form ----


@pytest.mark.parametrize("token", ["", "wrong", "x" * 24])
async def test_without_the_token_of_the_form_nobody_gets_in(house: House, token: str) -> None:
    house.account("Noor", Role.CASEWORKER)
    response = await enter(house.browser(), "Noor", csrf=token)

    assert response.status_code == 403
    assert "Deze pagina is verlopen" in response.text
    assert house.audit() == []


async def test_the_token_of_another_browser_is_no_good(house: House) -> None:
    house.account("Noor", Role.CASEWORKER)
    other = await house.browser().open("/inloggen")

    assert (await enter(house.browser(), "Noor", csrf=other.csrf)).status_code == 403


async def test_a_form_without_its_cookie_is_no_good(house: House) -> None:
    house.account("Noor", Role.CASEWORKER)
    page = await house.browser().open("/inloggen")

    response = await house.browser().post(page, {"name": "Noor", "password": PASSWORD}, address="/inloggen")

    assert response.status_code == 403


ELSEWHERE = {
    "another site": {"Origin": "https://elders.example"},
    "no origin": {"Origin": "null"},
    "another port": {"Origin": f"{BASE}:81"},
}


@pytest.mark.parametrize("headers", ELSEWHERE.values(), ids=ELSEWHERE.keys())
@pytest.mark.parametrize("address", ["/inloggen", "/uitloggen", "/proef/review"])
async def test_a_form_from_elsewhere_does_nothing(house: House, address: str, headers: dict[str, str]) -> None:
    browser = await house.signed_in(Role.DPO, name="Noor")
    page = await browser.open("/inloggen")

    response = await browser.post(
        page, {"name": "Noor", "password": PASSWORD}, address=address, headers=headers, htmx=False
    )

    assert response.status_code == 403
    assert await is_in(browser)


@pytest.mark.parametrize("token", ["", "wrong"])
async def test_nobody_is_signed_out_without_the_token_of_the_session(house: House, token: str) -> None:
    browser = await house.signed_in(Role.CASEWORKER)
    page = await browser.open("/inloggen")

    response = await browser.post(page, {}, address="/uitloggen", htmx=False, csrf=token)

    assert response.status_code == 403
    assert await is_in(browser)


async def test_the_token_of_one_session_is_not_that_of_another(house: House) -> None:
    first = await house.signed_in(Role.CASEWORKER, name="Noor")
    second = await house.signed_in(Role.CASEWORKER, name="Sem")
    stolen = (await first.open("/inloggen")).csrf

    response = await second.post(await second.open("/inloggen"), {}, address="/uitloggen", htmx=False, csrf=stolen)

    assert response.status_code == 403
    assert await is_in(second)


BROKEN = {
    "json": ({"Content-Type": "application/json"}, b"{}", 400),
    "twice the same field": ({}, b"name=a&name=b", 400),
    "far too long": ({}, b"name=" + b"x" * 10_000, 413),
    "not ascii": ({}, b"name=\xff", 400),
}


@pytest.mark.parametrize(("headers", "body", "status"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_form_is_refused_kindly(house: House, headers: dict[str, str], body: bytes, status: int) -> None:
    sent = {"Origin": BASE, "Content-Type": "application/x-www-form-urlencoded"} | headers

    response = await house.browser().client.post("/inloggen", content=body, headers=sent)

    assert response.status_code == status
    assert "Naar het inloggen" in response.text


PLACES = {
    "/proef/review?x=1": "/proef/review?x=1",
    "https://elders.example/": "/",
    "//elders.example/": "/",
    "/\\elders.example": "/",
    "\\\\elders.example": "/",
    "/\t/elders.example": "/",
    "javascript:alert(1)": "/",
    "/inloggen": "/",
    "": "/",
    "/" + "x" * 600: "/",
}


@pytest.mark.parametrize(("asked", "to"), PLACES.items())
async def test_after_signing_in_one_stays_in_our_own_pages(house: House, asked: str, to: str) -> None:
    house.account("Noor", Role.DPO)

    response = await enter(house.browser(), "Noor", page=f"/inloggen?{urlencode({'naar': asked})}")

    assert response.headers["location"] == to


# ---- too many tries ----


async def test_after_a_few_wrong_tries_a_name_has_to_wait_and_then_may_again(house: House, clock: Clock) -> None:
    house.account("Noor", Role.CASEWORKER)
    for _ in range(FREE_FOR_A_NAME):
        assert (await enter(house.browser(), "Noor", "een heel ander wachtwoord")).status_code == 403

    waiting = await enter(house.browser(), "Noor")

    assert waiting.status_code == 429
    assert waiting.headers["retry-after"] == "30"
    assert "Wacht 1 minuut." in waiting.text
    clock.forward(seconds=30)
    assert (await enter(house.browser(), "Noor")).status_code == 303


async def test_an_unknown_name_has_to_wait_just_the_same(house: House) -> None:
    for _ in range(FREE_FOR_A_NAME):
        await enter(house.browser(), "Niemand", "een heel ander wachtwoord")

    assert (await enter(house.browser(), "Niemand")).status_code == 429


async def test_somebody_else_does_not_have_to_wait(house: House) -> None:
    house.account("Sem", Role.CASEWORKER)
    for _ in range(FREE_FOR_A_NAME + 1):
        await enter(house.browser(), "Noor", "een heel ander wachtwoord")

    assert (await enter(house.browser(), "Sem")).status_code == 303


def test_the_waiting_grows_to_a_quarter_of_an_hour_and_no_further(clock: Clock) -> None:
    limits = Limits(clock)
    waits: list[float] = []
    for _ in range(FREE_FOR_A_NAME + 7):
        assert not limits.begin("noor", "192.0.2.1")
        asked_again = limits.begin("noor", "192.0.2.1") if len(waits) >= FREE_FOR_A_NAME - 1 else timedelta(0)
        waits.append(asked_again.total_seconds())
        clock.now += asked_again

    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900]


def test_an_address_that_tries_many_names_has_to_wait_too(clock: Clock) -> None:
    limits = Limits(clock)
    for number in range(FREE_FOR_AN_ADDRESS):
        assert not limits.begin(f"naam {number}", "192.0.2.1")

    assert limits.begin("nog een naam", "192.0.2.1")
    assert not limits.begin("nog een naam", "192.0.2.2")


def test_signing_in_to_ones_own_account_does_not_free_an_address(clock: Clock) -> None:
    limits = Limits(clock)
    for number in range(FREE_FOR_AN_ADDRESS):
        assert not limits.begin("eigen", "192.0.2.1")
        limits.succeeded("eigen", "192.0.2.1")
        assert not limits.begin(f"naam {number}", "192.0.2.1")

    assert limits.begin("nog een naam", "192.0.2.1")


def test_signing_in_frees_the_name(clock: Clock) -> None:
    limits = Limits(clock)
    for _ in range(20):
        assert not limits.begin("noor", "192.0.2.1")
        limits.succeeded("noor", "192.0.2.1")


def test_after_an_hour_of_silence_wrong_tries_are_forgotten(clock: Clock) -> None:
    limits = Limits(clock)
    for _ in range(FREE_FOR_A_NAME):
        limits.begin("noor", "192.0.2.1")
    assert limits.begin("noor", "192.0.2.1")

    clock.forward(hours=1)

    for _ in range(FREE_FOR_A_NAME):
        assert not limits.begin("noor", "192.0.2.1")


# ---- which passwords may be chosen ----


@pytest.mark.parametrize("password", CASES["refused"])
def test_a_password_that_is_easily_guessed_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(password, CASES["name"])


@pytest.mark.parametrize("password", CASES["allowed"])
def test_a_good_password_may_be_chosen(password: str) -> None:
    check_strength(password, CASES["name"])


def test_the_same_letters_from_another_keyboard_are_the_same_password() -> None:
    passwords = Passwords(CHEAP)
    assert passwords.fits("cafe\u0301 met vier ramen", passwords.kept("caf\u00e9 met vier ramen"))


# ---- the link to choose one ----


@pytest.fixture
def link(house: House) -> str:
    account = house.signin.accounts.add("Noor", [Role.CASEWORKER], house.clock())
    return f"/inloggen/wachtwoord/{house.signin.local.offered(account)}"


async def choose(house: House, link: str, password: str = PASSWORD, again: str | None = None) -> tuple[int, str]:
    browser = house.browser()
    page = await browser.open(link)
    if not page.all("input", name="csrf"):
        return 404, page.text
    fields = {"password": password, "again": password if again is None else again}
    response = await browser.post(page, fields, address=link, htmx=False)
    return response.status_code, Page(response.text).text


async def test_with_the_link_somebody_chooses_a_password_and_signs_in(house: House, link: str) -> None:
    status, text = await choose(house, link)

    assert status == 200
    assert "Je wachtwoord is bewaard" in text
    assert (await enter(house.browser(), "Noor")).status_code == 303
    assert house.audit()[0][0] == "account.password"


async def test_the_link_works_once(house: House, link: str) -> None:
    await choose(house, link)
    assert "Deze link werkt niet meer" in (await choose(house, link, "een ander goed wachtwoord"))[1]
    assert (await enter(house.browser(), "Noor")).status_code == 303


async def test_the_link_works_for_a_day(house: House, link: str, clock: Clock) -> None:
    clock.forward(hours=24)
    assert (await choose(house, link))[0] == 404


async def test_a_link_that_we_did_not_give_does_not_work(house: House, link: str) -> None:
    assert (await choose(house, "/inloggen/wachtwoord/verzonnen"))[0] == 404


async def test_the_link_of_a_withdrawn_account_does_not_work(house: House, link: str) -> None:
    house.signin.accounts.revoke(house.signin.accounts.called("Noor")[0].id, house.clock())
    assert (await choose(house, link))[0] == 404


async def test_a_second_link_ends_the_first(house: House, link: str) -> None:
    house.signin.local.offered(house.signin.accounts.called("Noor")[0])
    assert (await choose(house, link))[0] == 404


async def test_the_database_does_not_hold_what_is_in_the_link(house: House, link: str, database_url: str) -> None:
    assert link.rsplit("/", 1)[1] not in everything_in(database_url)


MISTAKES: dict[str, tuple[str, str, str]] = {
    "two that differ": (PASSWORD, PASSWORD + "!", "De twee wachtwoorden zijn niet gelijk"),
    "a short one": ("kort", "kort", "te kort"),
    "a common one": ("Welkom2026!!", "Welkom2026!!", "gebruiken veel mensen"),
}


@pytest.mark.parametrize(("password", "again", "told"), MISTAKES.values(), ids=MISTAKES.keys())
async def test_after_a_mistake_the_link_still_works(
    house: House, link: str, password: str, again: str, told: str
) -> None:
    status, text = await choose(house, link, password, again)

    assert status == 400
    assert told in text
    assert (await choose(house, link))[0] == 200


async def test_the_form_of_the_link_needs_its_token(house: House, link: str) -> None:
    browser = house.browser()
    page = await browser.open(link)

    response = await browser.post(page, {"password": PASSWORD, "again": PASSWORD}, address=link, csrf="wrong")

    assert response.status_code == 403
    assert (await choose(house, link))[0] == 200


async def test_who_opens_the_sign_in_without_a_session_of_the_organisation_sees_only_the_form(
    build: Callable[..., House],
) -> None:
    page = await build().browser().open("/inloggen")

    assert page.all("form", action="/inloggen")
    assert "werkaccount" not in page.text
    assert {one.attributes["autocomplete"] for one in page.all("input") if "autocomplete" in one.attributes} == {
        "username",
        "current-password",
    }
