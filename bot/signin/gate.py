"""Who may pass: every page of the public application says what it asks of its reader.

A route declares its permission with `dependencies=[Depends(allowed(Permission.REVIEW))]`; its endpoint
asks `visitor(request)` who it is.  What declares nothing and is not among `PUBLIC` is a mistake, which
`undeclared` finds: the program does not start with one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.responses import JSONResponse, RedirectResponse
from fastapi.routing import iter_route_contexts

from bot.keys import conversation_key
from bot.pages.forms import is_own_page
from bot.pages.page import Pages, Problem, WebSettings, finished, is_htmx
from bot.signin.roles import OPEN, Permission, may
from bot.signin.sessions import Sessions, Visitor
from bot.store.accounts import Accounts

HOME: Final = "/inloggen"
API: Final = "/api/"
# What anyone may reach.  The two at the end are brought messages by Microsoft and Telegram, and check
# the token or the secret that comes along themselves.
PUBLIC: Final = (
    "/gezond",
    "/klaar",
    "/static/{path:path}",
    HOME,
    f"{HOME}/organisatie",
    f"{HOME}/terug",
    f"{HOME}/uit",
    f"{HOME}/wachtwoord/{{token}}",
    "/uitloggen",
    "/api/messages",
    "/telegram/webhook",
)

_SIGNED_OUT = Problem(
    401,
    "Je bent niet meer ingelogd",
    "Je bericht is niet verstuurd. Kopieer het, log opnieuw in en verstuur het nog een keer.",
    restart=True,
    href=HOME,
    action="Log in",
)
_NOT_ALLOWED = Problem(
    403,
    "Deze pagina is niet voor jouw account",
    "Moet je er wel bij kunnen? Vraag je beheerder om een andere rol.",
    action="Naar het begin",
)


class NotSignedIn(Exception):
    """Somebody has to sign in first."""


class NotAllowed(Exception):
    """None of the roles has the permission, or the request comes from another site."""


@dataclass(frozen=True)
class Gate:
    """What decides who passes: the sessions, and whether the program is open to who uses this machine."""

    sessions: Sessions
    open: bool
    origin: str | None

    def pass_on(self, request: Request, permission: Permission) -> Visitor | None:
        """Who asks for something that needs a permission; nobody where none is needed.

        Raises:
            NotSignedIn: when there is no session, or it is over.
            NotAllowed: when the account lacks the permission, or another site sends this.
        """
        if self.open and permission in OPEN:
            return None
        found = self.sessions.of(request)
        if found is None:
            raise NotSignedIn
        if not may(found.account.roles, permission) or self._is_planted(request):
            raise NotAllowed
        return found

    def _is_planted(self, request: Request) -> bool:
        """Whether another site made the browser send something that changes something.

        A program that is no browser tells neither of the two headers, and no site can make it send anything.
        """
        if request.method in ("GET", "HEAD"):
            return False
        if "origin" in request.headers:
            return not is_own_page(request, self.origin)
        return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


class allowed:
    """A dependency that lets pass who has a permission, and turns away everyone else."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission

    # Not a coroutine: the database is asked in a thread, and nobody else waits for it.
    def __call__(self, request: Request) -> Visitor | None:
        gate: Gate = request.app.state.gate
        request.state.visitor = gate.pass_on(request, self.permission)
        found: Visitor | None = request.state.visitor
        return found


def visitor(request: Request) -> Visitor | None:
    """Who is signed in, on a page that asked for a permission; nobody where open access needs none."""
    found: Visitor | None = getattr(request.state, "visitor", None)
    return found


class OwnConversations:
    """With sign-in a conversation of the API belongs to the account that opened it."""

    def __init__(self, accounts: Accounts, clock: Callable[[], datetime]) -> None:
        self._accounts = accounts
        self._clock = clock

    def person(self, request: Request) -> str | None:
        """The account."""
        found = visitor(request)
        return found.account.id if found else None

    def allows(self, request: Request, conversation: str) -> bool:
        """True for one's own conversation, and for one that nobody opened yet."""
        person = self.person(request)
        if person is None:
            return False
        key, owner = conversation_key("api", conversation), conversation_key("api", person)
        return self._accounts.claim(key, "api", owner, self._clock())


def install(app: FastAPI, gate: Gate, settings: WebSettings) -> None:
    """Let a public application ask the gate, and tell people who may not pass."""
    pages = Pages(settings)
    app.state.gate = gate

    async def to_sign_in(request: Request, error: Exception) -> Response:
        path = request.url.path
        if path.startswith(API):
            return finished(request, JSONResponse({"error": "Log eerst in."}, 401))
        if is_htmx(request):
            return finished(request, pages.problem(request, _SIGNED_OUT))
        asked = f"{path}?{request.url.query}" if request.url.query else path
        back = f"?naar={quote(asked, safe='')}" if request.method == "GET" and asked != "/" else ""
        return finished(request, RedirectResponse(f"{HOME}{back}", 303))

    async def refused(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(API):
            return finished(request, JSONResponse({"error": "Dit mag niet met dit account."}, 403))
        return finished(request, pages.problem(request, _NOT_ALLOWED))

    app.add_exception_handler(NotSignedIn, to_sign_in)
    app.add_exception_handler(NotAllowed, refused)


def permissions(app: FastAPI) -> Iterator[tuple[str, frozenset[str], Permission | None]]:
    """Each route of an application: its path, its methods and the permission that it asks for."""
    for context in iter_route_contexts(app.routes):
        route: Any = context
        dependant: Dependant | None = getattr(route, "dependant", None)
        asked = _asked(dependant.dependencies) if dependant else None
        yield str(route.path), frozenset(getattr(route, "methods", None) or ()), asked


def undeclared(app: FastAPI) -> list[str]:
    """The paths that say nothing about who may use them."""
    return sorted({path for path, _, asked in permissions(app) if asked is None and path not in PUBLIC})


def _asked(dependencies: Iterable[Dependant]) -> Permission | None:
    for one in dependencies:
        if isinstance(one.call, allowed):
            return one.call.permission
    return None
