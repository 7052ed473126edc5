"""Teams on loopback: Entra's tokens, Microsoft's keys, and the service through which a bot speaks.

A test plays the people, and sees what they would see: a card that is changed stands changed.  As
strict as Teams where it matters: our token is asked for, a card must be small and whole, and its
words must be readable where no card can be shown.  All ids and people are made up.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from bot.channels.teams.endpoints import Endpoints
from bot.serve import listening
from bot.supervise import LOOPBACK, find_free_port

APP_ID = "0a0a0a0a-1111-4222-8333-444455556666"  # made up
TENANT = "bbbbbbbb-1111-4222-8333-444455556666"  # made up
OTHER_TENANT = "cccccccc-1111-4222-8333-444455556666"  # made up
SECRET = "made-up-secret-for-tests"
ISSUER = "https://issuer.example"
BOT = f"28:{APP_ID}"
CARD = "application/vnd.microsoft.card.adaptive"
CONSENT = "application/vnd.microsoft.teams.card.file.consent"
# Only so that a test that goes wrong ends; nothing waits this long.
PATIENCE = 20
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FORGED_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

_T = TypeVar("_T")


@dataclass
class Stub:
    """What runs on loopback, and what was asked of it."""

    port: int = field(default_factory=find_free_port)
    sent: list[dict[str, Any]] = field(default_factory=list)  # every request that put something in a conversation
    uploads: list[bytes] = field(default_factory=list)
    key_requests: int = 0
    token_requests: int = 0
    refusals: list[Response] = field(default_factory=list)  # answered first, one for each message
    secret: str = SECRET
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def endpoints(self) -> Endpoints:
        """The addresses for the bot."""
        return Endpoints(
            login=f"{self.address}/login",
            metadata=f"{self.address}/v1/.well-known/openidconfiguration",
            issuer=ISSUER,
            on_this_machine=True,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Stub]:
        """Serve for as long as the block lasts."""
        async with listening(self._app(), LOOPBACK, self.port):
            yield self

    async def until(self, what: Callable[[], _T]) -> _T:
        """Wait until something is there."""
        async with asyncio.timeout(PATIENCE), self._changed:
            while not (found := what()):
                await self._changed.wait()
            return found

    def token(self, key: rsa.RSAPrivateKey = KEY, **claims: Any) -> str:
        """A token as Teams sends one along."""
        now = int(time.time())
        given = {"iss": ISSUER, "aud": APP_ID, "iat": now, "nbf": now, "exp": now + 3600}
        given["serviceurl"] = f"{self.address}/teams/"
        return jwt.encode({**given, **claims}, key, algorithm="RS256", headers={"kid": "made-up-key"})

    def messages(self, conversation: str) -> list[dict[str, Any]]:
        """What stands in a conversation now."""
        standing: dict[str, dict[str, Any]] = {}
        for one in self.sent:
            if one["conversation"]["id"] == conversation and one["type"] == "message":
                standing[one["id"]] = one
        return list(standing.values())

    def _app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/login/{tenant}/oauth2/v2.0/token")
        async def own_token(tenant: str, request: Request) -> Response:
            self.token_requests += 1
            form = await request.form()
            if (tenant, form["client_id"], form["client_secret"]) != (TENANT, APP_ID, self.secret):
                return JSONResponse({"error": "invalid_client"}, status_code=401)
            return JSONResponse({"access_token": "our-own-token", "expires_in": 3600})

        @app.get("/v1/.well-known/keys")
        async def keys() -> Response:
            self.key_requests += 1
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
            return JSONResponse({"keys": [{**public, "kid": "made-up-key", "use": "sig", "alg": "RS256"}]})

        @app.post("/teams/v3/conversations/{conversation}/activities")
        async def say(conversation: str, request: Request) -> Response:
            return await self._take(conversation, f"message-{secrets.token_hex(4)}", request)

        @app.put("/teams/v3/conversations/{conversation}/activities/{activity}")
        async def change(conversation: str, activity: str, request: Request) -> Response:
            return await self._take(conversation, activity, request)

        @app.put("/upload/{name}")
        async def upload(name: str, request: Request) -> Response:
            self.uploads.append(await request.body())
            return Response(status_code=201)

        return app

    async def _take(self, conversation: str, number: str, request: Request) -> Response:
        if request.headers.get("authorization") != "Bearer our-own-token":
            return Response(status_code=401)
        body = await request.json()
        if body["type"] == "message" and self.refusals:
            return self.refusals.pop(0)
        assert body["from"]["id"] == BOT
        assert body["conversation"]["id"] == conversation
        if body["type"] == "message":
            check(body)
        async with self._changed:
            self.sent.append({**body, "id": number, "changed": request.method == "PUT"})
            self._changed.notify_all()
        return JSONResponse({"id": number}, status_code=201)


def check(activity: dict[str, Any]) -> None:
    """What Teams would refuse or show badly."""
    assert len(json.dumps(activity, ensure_ascii=False).encode()) < 28_000
    for attachment in activity.get("attachments", ()):
        if attachment["contentType"] != CARD:
            continue
        card = attachment["content"]
        assert card["type"] == "AdaptiveCard"
        assert card["version"] == "1.4"
        assert card["fallbackText"].strip()
        assert activity["summary"].strip()
        for element in walk(card):
            assert element.get("color", "Accent") == "Accent"  # a name of the theme
            assert not str(element.get("backgroundColor", "")).startswith("#")
            if element.get("type") == "ActionSet":
                assert 0 < len(element["actions"]) <= 6
            if element.get("type") == "Action.OpenUrl":
                assert element["url"].startswith("https://")
            if str(element.get("type", "")).startswith("Input."):
                assert element["label"]


@dataclass
class Person:
    """Somebody in Teams, in a chat of their own or in a group."""

    stub: Stub
    app: FastAPI
    name: str = "p1"
    conversation: str = ""
    kind: str = "personal"
    tenant: str = TENANT
    service_url: str = ""
    read: int = 0
    count: int = 0

    def __post_init__(self) -> None:
        self.conversation = self.conversation or f"a:made-up-{self.name}"
        self.service_url = self.service_url or f"{self.stub.address}/teams/"

    async def say(self, text: str, **more: Any) -> httpx.Response:
        """Type something; in a group the bot is named first."""
        if self.kind != "personal":
            text = f"<at>Deelwijzer</at> {text}"
            mention = {"id": BOT, "name": "Deelwijzer"}
            more.setdefault("entities", [{"type": "mention", "mentioned": mention, "text": "<at>Deelwijzer</at>"}])
        return await self.tell({"type": "message", "text": text, "textFormat": "plain", **more})

    async def install(self, **more: Any) -> httpx.Response:
        """Add the app."""
        return await self.tell({"type": "installationUpdate", "action": "add", **more})

    async def press(self, message: dict[str, Any], title: str, **filled: str) -> httpx.Response:
        """Press the button with this title, with fields filled in."""
        action = next(one for one in walk(message) if one.get("title") == title and "data" in one)
        if action["type"] == "Action.Submit":
            value = {**action["data"], **filled}
            return await self.tell({"type": "message", "value": value, "replyToId": message["id"]})
        value = {"action": {"type": "Action.Execute", "verb": action["verb"], "data": {**action["data"], **filled}}}
        return await self.invoke("adaptiveCard/action", {**value, "trigger": "manual"}, message["id"])

    async def pick(self, message: dict[str, Any], title: str) -> httpx.Response:
        """Choose from a list on a card, and confirm."""
        choices = next(one for one in walk(message) if one.get("id") == "choice")["choices"]
        return await self.press(message, "Kies", choice=next(one["value"] for one in choices if one["title"] == title))

    async def invoke(self, name: str, value: dict[str, Any], about: str) -> httpx.Response:
        """Do something on a card that wants an answer."""
        return await self.tell({"type": "invoke", "name": name, "value": value, "replyToId": about})

    async def tell(self, what: dict[str, Any], token: str | None = None) -> httpx.Response:
        """Let Teams tell the bot of something."""
        return await self.post(self.activity(what), token or self.stub.token())

    def activity(self, what: dict[str, Any]) -> dict[str, Any]:
        """A happening with all that Teams says around it."""
        self.count += 1
        return {
            "id": f"{self.name}-{self.count}",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": f"29:made-up-{self.name}", "aadObjectId": guid(self.name), "name": "Testpersoon"},
            "recipient": {"id": BOT, "name": "Deelwijzer"},
            "conversation": {"id": self.conversation, "conversationType": self.kind, "tenantId": self.tenant},
            "channelData": {"tenant": {"id": self.tenant}},
            "locale": "nl-NL",
            **what,
        }

    async def post(self, body: Any, token: str = "") -> httpx.Response:
        """Send anything at all to the bot."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return await client.post("/api/messages", content=content, headers=headers)

    async def next(self) -> dict[str, Any]:
        """The next message of the bot in this conversation."""
        await self.stub.until(lambda: len(self.stub.messages(self.conversation)) > self.read)
        self.read += 1
        return self.stub.messages(self.conversation)[self.read - 1]

    async def settled(self, message: dict[str, Any]) -> dict[str, Any]:
        """A message, once the bot has changed it."""

        def changed() -> list[dict[str, Any]]:
            return [one for one in self.stub.sent if one["id"] == message["id"] and one["changed"]]

        return (await self.stub.until(changed))[0]


def guid(name: str) -> str:
    """A made-up object id."""
    return f"{name.encode().hex():0<8.8}-1111-4222-8333-444455556666"


def walk(thing: Any) -> list[dict[str, Any]]:
    """Every object in a message."""
    if isinstance(thing, dict):
        return [thing, *(one for value in thing.values() for one in walk(value))]
    return [one for value in thing for one in walk(value)] if isinstance(thing, list) else []


def words(message: dict[str, Any]) -> str:
    """What a person reads."""
    if "text" in message and "attachments" not in message:
        return str(message["text"])
    card = next(one["content"] for one in message["attachments"] if one["contentType"] == CARD)
    return "\n".join(
        "".join(inline["text"] for inline in one["inlines"]) if "inlines" in one else one["text"]
        for one in walk(card)
        if one.get("type") in ("RichTextBlock", "TextBlock")
    )


def titles(message: dict[str, Any]) -> list[str]:
    """The buttons of a message."""
    return [str(one["title"]) for one in walk(message) if one.get("type") in ("Action.Execute", "Action.Submit")]


def links(message: dict[str, Any]) -> dict[str, str]:
    """The links in a message: words and address."""
    return {one["text"]: one["selectAction"]["url"] for one in walk(message) if "selectAction" in one}


def options(message: dict[str, Any]) -> list[str]:
    """What can be chosen from the list on a card."""
    return [str(one["title"]) for found in walk(message) if found.get("id") == "choice" for one in found["choices"]]
