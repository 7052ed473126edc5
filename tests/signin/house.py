"""The public application with a fake assistant, and browsers that sign in to it.  All names are made up."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch

import httpx
from argon2 import PasswordHasher
from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from bot.app import Service, build
from bot.settings import Settings
from bot.signin.gate import allowed, visitor
from bot.signin.pages import SignIn
from bot.signin.parts import sign_in
from bot.signin.passwords import Passwords
from bot.signin.roles import Permission, Role
from bot.store import Store
from bot.store.accounts import Known
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock
from tests.web.fake_assistant import FakeAssistant
from tests.web.web_app import Browser, Page

BASE = "http://127.0.0.1"
PASSWORD = "vier verzonnen losse woorden"
# Real argon2id, with as little work as it allows: what a password costs is not what these tests are about.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class House:
    """The application as the program builds it, but with an assistant and passwords that cost no time."""

    knowledge: Knowledge
    database_url: str
    folder: Path  # where the secret of the program stands
    clock: Clock
    access: Literal["open", "login"] = "login"
    settings: dict[str, Any] = field(default_factory=dict)
    base: str = BASE

    def __post_init__(self) -> None:
        self.assistant = FakeAssistant()
        made = Settings(  # type: ignore[call-arg]
            DATABASE_URL=self.database_url,
            secret_file=self.folder / "secret",
            access=self.access,
            public_url=self.base,
            **self.settings,
        )
        cheaply = partial(sign_in, passwords=Passwords(CHEAP))
        with (
            patch("bot.app.Assistant", lambda *parts: self.assistant),
            patch("bot.app.DangerDetector", lambda signals: None),
            patch("bot.app.load_signals", lambda path: []),
            patch("bot.app.sign_in", cheaply),
        ):
            self.service: Service = build(made, "a made-up token", knowledge=self.knowledge, clock=self.clock)
        self.signin: SignIn = self.service.signin
        self.store: Store = self.service.store
        self.app: FastAPI = self.service.public
        for permission in Permission:  # pages that do not exist yet ask for these already
            for path in (f"/proef/{permission}", f"/api/proef/{permission}"):
                self.app.add_api_route(path, _who, methods=["GET", "POST"], dependencies=[Depends(allowed(permission))])

    def account(self, name: str, *roles: Role, password: str = PASSWORD) -> Known:
        """A new account with a password."""
        made = self.signin.accounts.add(name, roles, self.clock())
        self.signin.accounts.set_password(made.id, Passwords(CHEAP).kept(password))
        return made

    def browser(self) -> Browser:
        """A browser that nobody signed in with."""
        return Browser(self.app, base=self.base)

    async def signed_in(self, *roles: Role, name: str = "Noor Verzonnen") -> Browser:
        """A browser in which a new account with these roles has signed in."""
        self.account(name, *roles)
        browser = self.browser()
        response = await enter(browser, name)
        assert response.status_code == 303, response.text
        return browser

    def audit(self) -> list[tuple[str, str, str, str, str]]:
        """What the audit log says: action, object, actor, result, origin."""
        return [
            (row["action"], row["object"], row["actor"], row["result"], row["origin"])
            for row in self.signin.audit.rows()
        ]


async def _who(request: Request) -> JSONResponse:
    found = visitor(request)
    return JSONResponse({"account": found.account.name if found else None})


async def enter(
    browser: Browser, name: str, password: str = PASSWORD, *, page: str = "/inloggen", **fields: Any
) -> httpx.Response:
    """Fill in the form to sign in, as a person does."""
    form = await browser.open(page)
    to = form.all("input", name="naar")[0].attributes["value"]
    sent = {"name": name, "password": password, "naar": to}
    return await browser.post(form, sent, address="/inloggen", htmx=False, **fields)


async def leave(browser: Browser) -> httpx.Response:
    """Press the button to sign out."""
    page = await browser.open("/inloggen")
    return await browser.post(page, {}, address="/uitloggen", htmx=False)


def cookie(browser: Browser, name: str = "deelwijzer-inlog") -> str:
    """What a cookie of the browser holds; empty when there is none."""
    return browser.client.cookies.get(name) or ""


def carrying(house: House, token: str) -> Browser:
    """Another browser with this token in its cookie."""
    browser = house.browser()
    browser.client.cookies.set("deelwijzer-inlog", token, domain="127.0.0.1")
    return browser


async def is_in(browser: Browser) -> bool:
    """Whether the chat opens for this browser."""
    response = await browser.client.get("/")
    assert response.status_code in (200, 303), response.status_code
    assert response.status_code == 200 or response.headers["location"] == "/inloggen"
    return response.status_code == 200


__all__ = ["BASE", "CHEAP", "PASSWORD", "House", "Page", "carrying", "cookie", "enter", "is_in", "leave"]
