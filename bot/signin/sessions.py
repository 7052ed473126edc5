"""Sessions: a random token in a cookie, of which only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request, Response

from bot.pages.forms import signature
from bot.pages.page import WebSettings
from bot.store.accounts import Accounts, Known

# Not written at every request: once in a while is enough to know that somebody is there.
_SEEN_EVERY: Final = timedelta(minutes=1)
_TOKEN_BYTES: Final = 32
_TOKEN_LENGTH: Final = len(secrets.token_urlsafe(_TOKEN_BYTES))


@dataclass(frozen=True)
class Visitor:
    """Who is signed in, in this browser."""

    account: Known
    session: str  # the hash under which the session is kept
    csrf: str = field(repr=False)  # what forms of this session carry


class Sessions:
    """Begins, finds and ends sessions.

    Args:
        accounts: where they are kept.
        settings: of the pages; with https the cookie is for https only.
        clock: tells the time in UTC.
        idle: of silence, after which a session is over.
        longest: after which it is over however busy it is.
    """

    def __init__(
        self,
        accounts: Accounts,
        settings: WebSettings,
        clock: Callable[[], datetime],
        *,
        idle: timedelta = timedelta(minutes=30),
        longest: timedelta = timedelta(hours=10),
    ) -> None:
        self._accounts = accounts
        self._settings = settings
        self._clock = clock
        self._idle = idle
        self._longest = longest
        self._cookie = settings.cookie("deelwijzer-inlog")

    def of(self, request: Request) -> Visitor | None:
        """Who is signed in; nobody when the token is unknown or the session is over."""
        token = self._token(request)
        if token is None:
            return None
        name = hashed(token)
        kept = self._accounts.session(name)
        if kept is None:
            return None
        now = self._clock()
        if now - kept.seen_at >= self._idle or now - kept.started_at >= self._longest:
            self._accounts.end(name)
            return None
        if now - kept.seen_at >= _SEEN_EVERY:
            self._accounts.seen(name, now)
        return Visitor(kept.account, name, signature(token.encode(), "csrf"))

    def begin(self, request: Request, response: Response, account: Known) -> None:
        """Sign somebody in: always with a new token, and the session of before ends."""
        now = self._clock()
        self._accounts.forget_ended(now - self._idle, now - self._longest, now)
        token, before = secrets.token_urlsafe(_TOKEN_BYTES), self._token(request)
        self._accounts.start(account.id, hashed(token), now, hashed(before) if before else None)
        # Lax: from the sign-in of the organisation, and from a link in a mail, one comes from another site.
        response.set_cookie(
            self._cookie, token, httponly=True, samesite="lax", secure=self._settings.cookie_secure, path="/"
        )

    def end(self, request: Request, response: Response) -> None:
        """Sign out, here and for whoever has a copy of the token."""
        if token := self._token(request):
            self._accounts.end(hashed(token))
        response.delete_cookie(
            self._cookie, httponly=True, samesite="lax", secure=self._settings.cookie_secure, path="/"
        )

    def _token(self, request: Request) -> str | None:
        given = request.cookies.get(self._cookie, "")
        return given if given.isascii() and len(given) == _TOKEN_LENGTH else None


def hashed(token: str) -> str:
    """Under what a random token is kept: it has 256 bits, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
