"""Signing in through an organisation, against a real provider on loopback: the way in, and every way to cheat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import ValidationError

from bot.serve import listening
from bot.settings import Settings
from bot.signin.roles import Role
from bot.supervise import find_free_port
from tests.bot.fakes import Clock
from tests.signin import provider as providers
from tests.signin.house import BASE, House, carrying, cookie, is_in, leave
from tests.signin.provider import CLIENT, SECRET, Provider
from tests.store.databases import everything_in
from tests.web.web_app import Browser, Page


@pytest.fixture
async def provider(clock: Clock) -> AsyncIterator[Provider]:
    port = find_free_port()
    made = Provider(f"http://127.0.0.1:{port}", clock)
    async with listening(made.app(), "127.0.0.1", port):
        yield made


def settings(issuer: str, **others: str) -> dict[str, str]:
    return {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "oidc_roles": "Deelwijzer.FG=fg, Deelwijzer.Beheer=beheer, Deelwijzer.Medewerker=medewerker",
        **others,
    }


@pytest.fixture
def house(build: Callable[..., House], provider: Provider) -> House:
    return build(settings=settings(provider.issuer))


async def go(browser: Browser, to: str = "") -> str:
    """Follow the link to the organisation and sign in there: the address that the browser is sent back to."""
    out = await browser.client.get(f"/inloggen/organisatie{to}")
    assert out.status_code == 303, out.text
    async with httpx.AsyncClient() as elsewhere:
        back = await elsewhere.get(out.headers["location"])
    assert back.status_code == 302, back.text
    return str(back.headers["location"])


async def come_back(browser: Browser, address: str) -> httpx.Response:
    parts = urlsplit(address)
    assert f"{parts.scheme}://{parts.netloc}" == BASE
    # From another site, as the browser tells.
    return await browser.client.get(f"{parts.path}?{parts.query}", headers={"Sec-Fetch-Site": "cross-site"})


async def sign_in(browser: Browser, to: str = "") -> httpx.Response:
    return await come_back(browser, await go(browser, to))


# ---- the way in ----


async def test_whom_the_organisation_vouches_for_gets_in_with_the_roles_it_gives(house: House) -> None:
    browser = house.browser()
    assert "/inloggen/organisatie?naar=%2F" in [
        one.attributes["href"] for one in (await browser.open("/inloggen")).all("a")
    ]

    response = await sign_in(browser, "?naar=/proef/review")

    assert (response.status_code, response.headers["location"]) == (303, "/proef/review")
    assert (await browser.client.get("/proef/review")).json() == {"account": "Noor Verzonnen"}
    assert (await browser.client.get("/proef/people")).status_code == 403
    [account] = house.signin.accounts.everyone()
    assert (account.roles, account.local) == ((Role.DPO,), False)
    assert house.audit() == [
        ("account.new", account.id, account.id, "ok", "oidc"),
        ("signin", account.id, account.id, "ok", "oidc"),
    ]


async def test_the_same_person_has_the_same_account_the_next_time(house: House, provider: Provider) -> None:
    await sign_in(house.browser())
    provider.person["name"] = "Noor Verzonnen-Bedacht"

    await sign_in(house.browser())

    [account] = house.signin.accounts.everyone()
    assert account.name == "Noor Verzonnen-Bedacht"


async def test_a_namesake_is_somebody_else(house: House, provider: Provider) -> None:
    await sign_in(house.browser())
    provider.person["sub"] = "person-2"

    await sign_in(house.browser())

    assert len(house.signin.accounts.everyone()) == 2


async def test_a_local_account_of_that_name_is_not_taken_over(house: House) -> None:
    house.account("Noor Verzonnen", Role.ADMIN)
    browser = house.browser()

    await sign_in(browser)

    assert (await browser.client.get("/proef/people")).status_code == 403
    assert len(house.signin.accounts.everyone()) == 2


async def test_the_roles_follow_the_organisation_and_older_sessions_end(house: House, provider: Provider) -> None:
    first, second = house.browser(), house.browser()
    await sign_in(first)
    provider.person["roles"] = ["Deelwijzer.Beheer", "Iets.Anders"]

    await sign_in(second)

    assert (await second.client.get("/proef/people")).status_code == 200
    assert (await second.client.get("/proef/review")).status_code == 403
    assert not await is_in(first)
    assert "account.roles" in [one[0] for one in house.audit()]


CLAIMS: dict[str, tuple[dict[str, Any], int]] = {
    "none": ({"roles": None}, 403),
    "an empty list": ({"roles": []}, 403),
    "only ones that we do not know": ({"roles": ["Iets.Anders"]}, 403),
    "our own word for it": ({"roles": ["dpo", "fg"]}, 403),
    "one as plain text": ({"roles": "Deelwijzer.FG"}, 303),
    "odd things": ({"roles": [1, None, {"a": 1}, ["Deelwijzer.FG"]]}, 403),
    "an object": ({"roles": {"Deelwijzer.FG": True}}, 403),
}


@pytest.mark.parametrize(("claims", "status"), CLAIMS.values(), ids=CLAIMS.keys())
async def test_only_a_role_of_ours_opens_the_door(
    house: House, provider: Provider, claims: dict[str, Any], status: int
) -> None:
    provider.wrong["claims"] = claims
    browser = house.browser()

    response = await sign_in(browser)

    assert response.status_code == status
    assert bool(cookie(browser)) == (status == 303)


async def test_who_lost_every_role_is_signed_out_everywhere(house: House, provider: Provider) -> None:
    first = house.browser()
    await sign_in(first)
    provider.person["roles"] = []

    response = await sign_in(house.browser())

    assert "gaf je geen rol in Deelwijzer" in Page(response.text).text
    assert not await is_in(first)


async def test_the_roles_may_stand_in_another_claim(build: Callable[..., House], provider: Provider) -> None:
    house = build(settings=settings(provider.issuer, oidc_role_claim="groups", oidc_roles="1234=fg"))
    provider.person = {"sub": "person-1", "preferred_username": "noor@voorbeeld.example", "groups": ["1234"]}
    browser = house.browser()

    assert (await sign_in(browser)).status_code == 303
    assert house.signin.accounts.everyone()[0].name == "noor@voorbeeld.example"


async def test_a_withdrawn_account_stays_out_whatever_the_organisation_says(house: House) -> None:
    browser = house.browser()
    await sign_in(browser)
    house.signin.accounts.revoke(house.signin.accounts.everyone()[0].id, house.clock())

    response = await sign_in(browser)

    assert response.status_code == 403
    assert "Je hebt geen toegang meer" in response.text
    assert not await is_in(browser)


async def test_an_account_of_the_organisation_has_no_password(house: House) -> None:
    await sign_in(house.browser())
    assert house.signin.accounts.to_sign_in("Noor Verzonnen") is None


async def test_the_name_the_organisation_gives_is_shown_as_text(house: House, provider: Provider) -> None:
    provider.person["name"] = "<img src=x onerror=alert(1)>\u202e\n" + "x" * 300
    browser = house.browser()
    await sign_in(browser)

    html = (await browser.client.get("/inloggen")).text

    assert "<img" not in html
    assert "&lt;img src=x" in html
    assert "\u202e" not in html


async def test_a_provider_that_wants_the_secret_in_a_header_gets_it_there(house: House, provider: Provider) -> None:
    provider.wrong["metadata"] = {"token_endpoint_auth_methods_supported": ["client_secret_basic"]}
    assert (await sign_in(house.browser())).status_code == 303


async def test_signing_out_offers_to_sign_out_at_the_organisation_too(house: House, provider: Provider) -> None:
    browser = house.browser()
    await sign_in(browser)

    await leave(browser)

    assert not await is_in(browser)
    assert (await browser.open("/inloggen/uit")).all("a", href=f"{provider.issuer}/logout")


MUNICIPALITIES = "Deelwijzer.Heumen=heumen, Deelwijzer.Landsmeer=landsmeer, Deelwijzer.Alle=*"
SEEN = {
    "one": (["Deelwijzer.FG", "Deelwijzer.Heumen"], (Role.DPO,), ("heumen",)),
    "two": (["Deelwijzer.Landsmeer", "Deelwijzer.FG", "Deelwijzer.Heumen"], (Role.DPO,), ("heumen", "landsmeer")),
    "all, which is said": (["Deelwijzer.FG", "Deelwijzer.Alle", "Deelwijzer.Heumen"], (Role.DPO,), ()),
    "none, for whom that makes no difference": (["Deelwijzer.Medewerker"], (Role.CASEWORKER,), ()),
    "none, so that it is no FG": (["Deelwijzer.FG", "Deelwijzer.Medewerker"], (Role.CASEWORKER,), ()),
}


@pytest.mark.parametrize(("given", "roles", "municipalities"), SEEN.values(), ids=SEEN.keys())
async def test_the_organisation_says_which_municipalities_somebody_sees(
    build: Callable[..., House],
    provider: Provider,
    given: list[str],
    roles: tuple[Role, ...],
    municipalities: tuple[str, ...],
) -> None:
    house = build(settings=settings(provider.issuer, oidc_municipalities=MUNICIPALITIES))
    provider.person["roles"] = given

    assert (await sign_in(house.browser())).status_code == 303

    [account] = house.signin.accounts.everyone()
    assert (account.roles, account.municipalities) == (roles, municipalities)


async def test_who_is_only_fg_and_of_no_municipality_does_not_get_in(
    build: Callable[..., House], provider: Provider
) -> None:
    house = build(settings=settings(provider.issuer, oidc_municipalities=MUNICIPALITIES))

    assert (await sign_in(house.browser())).status_code == 403


async def test_another_municipality_of_the_organisation_holds_at_the_next_sign_in(
    build: Callable[..., House], provider: Provider
) -> None:
    house = build(settings=settings(provider.issuer, oidc_municipalities=MUNICIPALITIES))
    for town in ("Heumen", "Landsmeer"):
        provider.person["roles"] = ["Deelwijzer.FG", f"Deelwijzer.{town}"]
        await sign_in(house.browser())

    assert house.signin.accounts.everyone()[0].municipalities == ("landsmeer",)
    assert "account.municipalities" in [row[0] for row in house.audit()]


async def test_without_that_setting_the_boundary_is_decided_here(house: House) -> None:
    await sign_in(house.browser())
    [account] = house.signin.accounts.everyone()
    house.signin.accounts.set_municipalities(account.id, ["heumen"])

    await sign_in(house.browser())

    assert house.signin.accounts.everyone()[0].municipalities == ("heumen",)


def test_a_municipality_that_does_not_exist_stops_the_program(build: Callable[..., House], provider: Provider) -> None:
    with pytest.raises(RuntimeError, match="een gemeente die er niet is: huemen"):
        build(settings=settings(provider.issuer, oidc_municipalities="Deelwijzer.Heumen=huemen"))


async def test_nothing_of_the_organisation_is_kept_but_name_and_roles(
    house: House, provider: Provider, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = await go(browser := house.browser())
    await come_back(browser, address)

    kept = everything_in(database_url) + caplog.text
    code = parse_qs(urlsplit(address).query)["code"][0]
    for secret in ("person-1", SECRET, "of no use here", code, cookie(browser)):
        assert secret not in kept


# ---- every way to cheat ----

WRONG: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://elders.example"}},
    "no issuer": {"claims": {"iss": None}},
    "for another client": {"claims": {"aud": "somebody-else"}},
    "for nobody": {"claims": {"aud": None}},
    "for two, and asked by the other": {"claims": {"aud": [CLIENT, "somebody-else"], "azp": "somebody-else"}},
    "another nonce": {"claims": {"nonce": "replayed"}},
    "no nonce": {"claims": {"nonce": None}},
    "expired": {"claims": {"exp": 1}},
    "never expires": {"claims": {"exp": None}},
    "expires at no number": {"claims": {"exp": "later"}},
    "from the future": {"claims": {"iat": 99_999_999_999}},
    "not valid yet": {"claims": {"nbf": 99_999_999_999}},
    "about nobody": {"claims": {"sub": None}},
    "about an empty name": {"claims": {"sub": ""}},
    "about a number": {"claims": {"sub": 7}},
    "of another access token": {"claims": {"at_hash": "of-something-else"}},
    "unsigned": {"sign": providers.unsigned},
    "signed by another": {"sign": providers.signed_by_another},
    "signed with the shared secret": {"sign": providers.signed_with_the_secret},
    "signed with the public key": {"sign": providers.signed_with_the_public_key},
    "altered after signing": {"sign": providers.altered},
    "no token at all": {"sign": lambda claims: "dit is geen token"},
    "an error": {"token": {"content": b'{"error": "invalid_grant"}', "status_code": 400}},
    "a page instead of an answer": {"token": {"content": b"<html>", "status_code": 200}},
    "a list instead of an answer": {"token": {"content": b"[]", "status_code": 200}},
    "no id token": {"token": {"content": b'{"access_token": "x"}', "status_code": 200}},
    "sent on": {"token": {"status_code": 307, "headers": {"location": "https://elders.example"}}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
async def test_a_token_with_anything_wrong_lets_nobody_in(
    house: House, provider: Provider, wrong: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    provider.wrong = wrong
    browser = house.browser()

    response = await sign_in(browser)

    assert response.status_code in (403, 503)
    assert not cookie(browser)
    assert house.signin.accounts.everyone() == []
    assert [(action, result) for action, _, _, result, _ in house.audit()] == [("signin", "refused")]
    assert "error" not in [record.levelname.lower() for record in caplog.records]


async def test_a_token_that_expired_on_the_way_lets_nobody_in(house: House, provider: Provider, clock: Clock) -> None:
    now = int(clock().timestamp())
    provider.wrong["claims"] = {"iat": now - 400, "exp": now - 61}
    assert (await sign_in(house.browser())).status_code == 403

    provider.wrong["claims"] = {"iat": now - 400, "exp": now - 30}  # two clocks may differ a little
    assert (await sign_in(house.browser())).status_code == 303


METADATA: dict[str, dict[str, Any]] = {
    "another issuer": {"issuer": "https://elders.example"},
    "no issuer": {"issuer": None},
    "a door in the clear": {"authorization_endpoint": "http://elders.example/authorize"},
    "no door": {"authorization_endpoint": None},
    "a script": {"authorization_endpoint": "javascript:alert(1)"},
}


@pytest.mark.parametrize("metadata", METADATA.values(), ids=METADATA.keys())
async def test_an_organisation_that_describes_itself_wrongly_is_not_asked(
    house: House, provider: Provider, metadata: dict[str, Any]
) -> None:
    provider.wrong["metadata"] = metadata
    response = await house.browser().client.get("/inloggen/organisatie")

    assert response.status_code == 503
    assert "De inlogdienst antwoordt niet" in response.text


@pytest.mark.parametrize("place", ["token_endpoint", "jwks_uri"])
async def test_no_secret_goes_over_the_line_in_the_clear(house: House, provider: Provider, place: str) -> None:
    provider.wrong["metadata"] = {place: "http://elders.example/x"}
    assert (await sign_in(house.browser())).status_code == 403


STATES = {
    "another state": lambda address: address.replace("state=", "state=x"),
    "no state": lambda address: address.split("&state=")[0],
    "no code": lambda address: address.replace("code=", "kode="),
    "a code of somebody's own": lambda address: address.replace("code=", "code=x"),
    "nothing": lambda address: address.split("?")[0],
    "an error": lambda address: address.replace("code=", "error=access_denied&kode="),
    "another sender": lambda address: f"{address}&iss=https%3A%2F%2Felders.example",
}


@pytest.mark.parametrize("change", STATES.values(), ids=STATES.keys())
async def test_an_answer_that_is_not_the_one_asked_for_lets_nobody_in(
    house: House, change: Callable[[str], str]
) -> None:
    browser = house.browser()
    response = await come_back(browser, change(await go(browser)))

    assert response.status_code == 403
    assert not cookie(browser)


async def test_an_answer_that_another_browser_asked_for_lets_nobody_in(house: House) -> None:
    """Somebody is lured into the account of another: the answer is for the browser that began."""
    address = await go(house.browser())
    victim = house.browser()

    assert (await come_back(victim, address)).status_code == 403
    await go(victim)  # also when it has begun an attempt of its own
    assert (await come_back(victim, address)).status_code == 403
    assert not cookie(victim)


async def test_an_answer_works_once(house: House, provider: Provider) -> None:
    provider.once = False  # even where the organisation does not look
    browser = house.browser()
    address = await go(browser)
    assert (await come_back(browser, address)).status_code == 303

    assert (await come_back(browser, address)).status_code == 403


async def test_a_code_works_once_for_who_copied_the_cookie_too(house: House) -> None:
    browser, copy = house.browser(), house.browser()
    address = await go(browser)
    copy.client.cookies.set("deelwijzer-poging", cookie(browser, "deelwijzer-poging"), domain="127.0.0.1")
    await come_back(browser, address)

    assert (await come_back(copy, address)).status_code in (403, 503)
    assert not cookie(copy)


async def test_after_signing_in_through_the_organisation_one_stays_in_our_own_pages(house: House) -> None:
    for asked in ("https://elders.example", "//elders.example", "/%5Celders.example"):
        response = await sign_in(house.browser(), f"?naar={asked}")
        assert response.headers["location"] == "/"


async def test_every_attempt_is_another_one(house: House, provider: Provider) -> None:
    for _ in range(2):
        await go(house.browser())

    first, second = provider.asked
    for name in ("state", "nonce", "code_challenge"):
        assert first[name] != second[name]
        assert len(first[name]) >= 43
    assert len({first["state"], first["nonce"], first["code_challenge"]}) == 3


async def test_signing_in_gives_a_new_session(house: House) -> None:
    browser = house.browser()
    await sign_in(browser)
    old = cookie(browser)

    await sign_in(browser)

    assert cookie(browser) != old
    assert not await is_in(carrying(house, old))


async def test_when_the_organisation_does_not_answer_people_are_told_so(build: Callable[..., House]) -> None:
    house = build(settings=settings(f"http://127.0.0.1:{find_free_port()}"))

    response = await house.browser().client.get("/inloggen/organisatie")

    assert response.status_code == 503
    assert "Probeer het over een paar minuten opnieuw" in response.text
    assert (await house.browser().client.get("/inloggen/uit")).status_code == 200


async def test_without_an_organisation_there_is_no_such_way_in(build: Callable[..., House]) -> None:
    house = build()
    for path in ("/inloggen/organisatie", "/inloggen/terug?code=x&state=y"):
        assert (await house.browser().client.get(path)).status_code == 403


# ---- the settings ----

WHOLE = {**settings("https://login.example"), "public_url": "https://deelwijzer.example", "secure_cookies": True}


def read(**values: Any) -> Settings:
    return Settings(**values)


def test_the_settings_together_turn_it_on() -> None:
    assert read(**WHOLE).oidc_issuer == "https://login.example"


@pytest.mark.parametrize("missing", ["oidc_issuer", "oidc_client_id", "oidc_client_secret", "oidc_roles", "public_url"])
def test_a_half_filled_organisation_is_refused_with_what_is_missing(missing: str) -> None:
    with pytest.raises(ValidationError, match=f"DEELWIJZER_{missing.upper()}") as refused:
        read(**{name: value for name, value in WHOLE.items() if name != missing})
    assert "half ingevuld" in str(refused.value)
    assert SECRET not in str(refused.value)


ODD_SETTINGS: dict[str, tuple[dict[str, Any], str]] = {
    "an issuer in the clear": ({"oidc_issuer": "http://login.example"}, "https://"),
    "an address with a path": ({"public_url": "https://deelwijzer.example/x"}, "mag niets staan"),
    "a role that does not exist": ({"oidc_roles": "Deelwijzer.FG=baas"}, "de rollen zijn"),
    "roles without a sign": ({"oidc_roles": "Deelwijzer.FG"}, "waarde=rol"),
    "a municipality without a sign": ({"oidc_municipalities": "heumen"}, "waarde=gemeente"),
    "https without secure cookies": ({"secure_cookies": False}, "DEELWIJZER_SECURE_COOKIES"),
}


@pytest.mark.parametrize(("values", "told"), ODD_SETTINGS.values(), ids=ODD_SETTINGS.keys())
def test_settings_that_cannot_be_meant_are_refused_in_a_sentence(values: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        read(**{**WHOLE, **values})


def test_the_secret_is_not_shown() -> None:
    assert SECRET not in repr(read(**WHOLE))
