"""Every route × every role × open or login: who gets in, who has to sign in, who is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from fastapi import FastAPI

from bot.channels.web import SECURITY_HEADERS
from bot.signin.gate import permissions, undeclared
from bot.signin.roles import MAY, OPEN, Permission, Role
from tests.signin.house import BASE, House, enter
from tests.web.web_app import Browser

MATRIX: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8"))
PROBES = {
    f"{method} {prefix}/proef/{permission}": str(permission)
    for permission in Permission
    for method in ("GET", "POST")
    for prefix in ("", "/api")
}
ROUTES: dict[str, str] = MATRIX["routes"] | PROBES
WHO = [None, *Role]


def expected(access: str, who: Role | None, permission: str) -> str:
    if permission == "anyone" or (access == "open" and permission in MATRIX["open"]):
        return "in"
    if who is None:
        return "sign in"
    return "in" if permission in MATRIX["roles"][who] else "refused"


def outcome(route: str, response: httpx.Response) -> str:
    if "/api/" in route:
        return {401: "sign in", 403: "refused"}.get(response.status_code, "in")
    if response.status_code == 303 and response.headers["location"].startswith("/inloggen"):
        return "sign in" if response.headers["location"] != "/inloggen" or "uitloggen" not in route else "in"
    return "refused" if "niet voor jouw account" in response.text else "in"


async def ask(browser: Browser, route: str) -> httpx.Response:
    method, path = route.split(" ", 1)
    return await browser.client.request(method, re.sub(r"\{[^}]*\}", "x", path), headers={"Origin": BASE})


@pytest.mark.parametrize("access", ["open", "login"])
@pytest.mark.parametrize("who", WHO)
async def test_every_route_lets_in_exactly_who_may(build: Callable[..., House], access: str, who: Role | None) -> None:
    house = build(access=access)
    browser = await house.signed_in(who) if who else house.browser()

    for route, permission in ROUTES.items():
        if route == "POST /uitloggen":
            continue  # it would end the session; tests of its own
        response = await ask(browser, route)
        assert outcome(route, response) == expected(access, who, permission), (route, response.status_code)
        if response.status_code in (303, 401, 403):
            assert {name: response.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS, route
            assert response.headers["cache-control"] == "no-store"


def test_the_matrix_has_exactly_the_routes_of_the_application(house: House) -> None:
    found = {
        f"{method} {path}": str(asked or "anyone")
        for path, methods, asked in permissions(house.app)
        for method in methods - {"HEAD"}
    }

    assert found == ROUTES


def test_the_table_of_roles_is_that_of_the_matrix() -> None:
    assert {str(role): {str(one) for one in given} for role, given in MAY.items()} == {
        role: set(given) for role, given in MATRIX["roles"].items()
    }
    assert {str(one) for one in OPEN} == set(MATRIX["open"])


def test_a_route_that_says_nothing_about_who_may_use_it_is_found() -> None:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    @app.get("/vergeten")
    def forgotten() -> None:
        """A page whose maker did not think of it."""

    assert undeclared(app) == ["/vergeten"]


async def test_an_account_without_any_role_gets_in_nowhere(house: House) -> None:
    browser = await house.signed_in()

    for route, permission in ROUTES.items():
        if permission != "anyone":
            assert outcome(route, await ask(browser, route)) == "refused", route


async def test_two_roles_together_may_what_each_of_them_may(house: House) -> None:
    browser = await house.signed_in(Role.DPO, Role.ADMIN)

    answers = {one: (await browser.client.get(f"/proef/{one}")).status_code for one in Permission}

    assert [one for one, status in answers.items() if status != 200] == [Permission.CAMPAIGNS]


async def test_a_page_that_asked_to_sign_in_comes_back_afterwards(house: House) -> None:
    house.account("Noor", Role.DPO)
    browser = house.browser()
    refused = await browser.client.get("/proef/review?pagina=2")
    assert refused.headers["location"] == "/inloggen?naar=%2Fproef%2Freview%3Fpagina%3D2"

    response = await enter(browser, "Noor", page=refused.headers["location"])

    assert response.headers["location"] == "/proef/review?pagina=2"
