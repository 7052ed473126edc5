"""One request to Teams for each unit, and what came of it."""

from __future__ import annotations

import asyncio
import base64
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import SecretStr

from bot.channels.teams.activity import Place
from bot.channels.teams.endpoints import Endpoints
from bot.delivery.channel import NotSent, PerhapsSent, Undeliverable, Unit

log = logging.getLogger(__name__)

TIMEOUT = httpx.Timeout(20, connect=10)
TYPING_SECONDS = 3.0
# A token is used no longer than until so many seconds before its end.
MARGIN = 300
# Wait so long when our own secret is refused: somebody has to change it.
WRONG_SECRET_WAIT = 60.0
_DID_NOT_ARRIVE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_TRY_LATER = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED})


class Connector:
    """Sends to the service that an address names; it never tries anything twice."""

    def __init__(self, client: httpx.AsyncClient, tokens: Tokens | None, endpoints: Endpoints) -> None:
        self._client = client
        self._tokens = tokens
        self._endpoints = endpoints

    async def send(self, place: Place, unit: Unit) -> None:
        """Send one unit: a new message, a change of one, or a file.

        Raises:
            NotSent, PerhapsSent, Undeliverable: as `bot.delivery.channel.Channel.send`.
        """
        if unit["do"] == "upload":
            await self._upload(unit)
            return
        if not self._endpoints.trusts(place.service_url):
            raise Undeliverable
        path = f"{place.service_url.rstrip('/')}/v3/conversations/{quote(place.conversation, safe='')}/activities"
        activity = {
            **unit["activity"],
            "from": {"id": place.bot},
            "conversation": {"id": place.conversation, "tenantId": place.tenant},
        }
        if unit["do"] == "change":
            activity["id"] = unit["id"]
            await self._request("PUT", f"{path}/{quote(unit['id'], safe='')}", activity)
        else:
            await self._request("POST", path, activity)

    async def typing(self, place: Place) -> None:
        """Show that somebody is at work; it does not matter when that fails."""
        with suppress(NotSent, PerhapsSent, Undeliverable, TimeoutError):
            async with asyncio.timeout(TYPING_SECONDS):
                await self.send(place, {"do": "post", "activity": {"type": "typing"}})

    async def _request(self, method: str, address: str, body: Mapping[str, Any]) -> None:
        headers = {"authorization": f"Bearer {await self._tokens.get()}"} if self._tokens else {}
        response = await self._told(method, address, json=body, headers=headers)
        if response.status_code == HTTPStatus.UNAUTHORIZED and self._tokens:
            self._tokens.forget()
            raise NotSent
        _judge(response)

    async def _upload(self, unit: Unit) -> None:
        if not self._endpoints.trusts_for_files(unit["url"]):
            raise Undeliverable
        content = base64.b64decode(unit["content"])
        headers = {
            "content-type": "application/octet-stream",
            "content-range": f"bytes 0-{len(content) - 1}/{len(content)}",
        }
        # Putting the same file twice leaves one file.
        _judge(await self._told("PUT", unit["url"], content=content, headers=headers))

    async def _told(self, method: str, address: str, **request: Any) -> httpx.Response:
        try:
            return await self._client.request(method, address, **request)
        except _DID_NOT_ARRIVE:
            raise NotSent from None
        except httpx.InvalidURL:
            raise Undeliverable from None
        except httpx.HTTPError:
            raise PerhapsSent from None


class Tokens:
    """Our own token, fetched anew when it is nearly over."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        app_id: str,
        secret: SecretStr,
        tenant: str,
        endpoints: Endpoints,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._address = f"{endpoints.login}/{tenant}/oauth2/v2.0/token"
        self._form = {"grant_type": "client_credentials", "client_id": app_id, "scope": endpoints.scope}
        self._secret = secret
        self._monotonic = monotonic
        self._token = ""
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def get(self) -> str:
        """A token that can be used now.

        Raises:
            NotSent: there is none at this moment.
        """
        async with self._lock:
            if not self._token or self._monotonic() >= self._until:
                await self._fetch()
            return self._token

    def forget(self) -> None:
        """The token was refused: fetch another next time."""
        self._token = ""

    async def _fetch(self) -> None:
        form = {**self._form, "client_secret": self._secret.get_secret_value()}
        try:
            response = await self._client.post(self._address, data=form)
        except httpx.HTTPError as error:
            log.warning("Teams: aanmelden bij Microsoft lukt niet (%s)", type(error).__name__)
            raise NotSent from None
        try:
            given = response.json()
            token, seconds = str(given["access_token"]), float(given["expires_in"])
        except (ValueError, KeyError, TypeError):
            refused = response.status_code in (HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED)
            log.error("Teams: Microsoft geeft geen token (%s); kijk het geheim van de app na", response.status_code)
            raise NotSent(WRONG_SECRET_WAIT if refused else None) from None
        self._token, self._until = token, self._monotonic() + max(seconds - MARGIN, 0)


@asynccontextmanager
async def http_client(endpoints: Endpoints) -> AsyncIterator[httpx.AsyncClient]:
    """The client for all of this; it follows no redirect, and on this machine no proxy stands in between."""
    async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=not endpoints.on_this_machine) as client:
        yield client


def _judge(response: httpx.Response) -> None:
    status = response.status_code
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        raise NotSent(_asked_wait(response))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _TRY_LATER:
        log.warning("Teams heeft een storing (%s)", status)
        raise NotSent
    log.info("Teams: niet te bezorgen (%s)", status)
    raise Undeliverable


def _asked_wait(response: httpx.Response) -> float | None:
    try:
        return max(float(response.headers["retry-after"]), 0.0)
    except (KeyError, ValueError):
        return None
