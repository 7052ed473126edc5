"""What the pages for people have in common: their headers, their templates, and how they refuse.

A page is made by an endpoint that takes a request and gives a response, or raises `Refusal`.
"""

from __future__ import annotations

import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from bot.templates.environment import environment

logger = logging.getLogger(__name__)

_CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": _CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": browsers would then send "Origin: null" with our own forms.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class Choice:
    """One line of a choice list: the id the assistant knows and the label people read."""

    id: str
    label: str


@dataclass(frozen=True)
class WebSettings:
    """What the pages need to know.

    `max_chars` counts characters of one message.  `origin` is the address people use
    ("https://deelwijzer.example"); without it the Host header decides what counts as our own page.
    `secret` signs conversations and form tokens: with the default, which is new at every start,
    open pages stop working after a restart.  Set `cookie_secure` wherever HTTPS is used.
    """

    title: str = "Deelwijzer"
    municipalities: tuple[Choice, ...] = ()
    roles: tuple[Choice, ...] = ()
    cookie_secure: bool = False
    max_chars: int = 4000
    origin: str | None = None
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def cookie(self, name: str) -> str:
        """The name of a cookie of ours: a "__Host-" one cannot be planted by a neighbouring subdomain."""
        return f"__Host-{name}" if self.cookie_secure else name  # the prefix needs HTTPS


@dataclass(frozen=True)
class Problem:
    """A kind sentence for something that went wrong, with its HTTP status and the way on."""

    status: int
    title: str
    text: str
    restart: bool = False  # whether a conversation shows the way on as well
    href: str = "/"
    action: str = "Begin een nieuw gesprek"


NOT_FOUND = Problem(404, "Deze pagina is er niet", "Misschien is het adres niet goed overgenomen.")
FAILED = Problem(
    500,
    "Het lukt nu even niet",
    "Er ging bij mij iets mis. Probeer het zo nog eens. Heb je haast? Vraag het aan je collega of de FG.",
)


class Refusal(Exception):
    """A request is answered with a problem instead of what it asked for."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class Pages:
    """Templates, and what every response has in common."""

    def __init__(self, settings: WebSettings) -> None:
        self._settings = settings

    def __call__(self, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
        page = environment().get_template(f"web/{template}")
        return HTMLResponse(page.render(settings=self._settings, **values), status)

    def guarded(self, endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Give `endpoint` its error answers and its headers."""

        async def run(request: Request) -> Response:
            try:
                response = await endpoint(request)
            except Refusal as refusal:
                response = self.problem(request, refusal.problem)
            except Exception as error:
                # Not the text of the exception: it can hold what a person typed.
                where = traceback.extract_tb(error.__traceback__)[-1]
                logger.error("page: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
                response = self.problem(request, FAILED)
            return finished(request, response)

        return run

    def problem(self, request: Request, problem: Problem) -> Response:
        """The page or fragment that tells about `problem`."""
        if is_htmx(request):
            return self("_notice.html", problem.status, problem=problem, id=f"p{secrets.token_hex(6)}")
        return self("problem.html", problem.status, problem=problem)


def finished(request: Request, response: Response) -> Response:
    """The response with the headers that every page of ours has."""
    for name, value in SECURITY_HEADERS.items():
        response.headers[name] = value
    # Answers are about people: no copy in a shared computer's cache.
    response.headers.setdefault("Cache-Control", "no-store")
    if is_htmx(request):
        # The script shows nothing that lacks this, such as the error page of a proxy.
        response.headers["X-Deelwijzer"] = "fragment"
    return response


def is_htmx(request: Request) -> bool:
    """Whether the script of a page asks for a fragment."""
    return request.headers.get("hx-request") == "true"
