"""The web chat: HTML pages and fragments around one assistant.

A browser gets a session (a random id in a cookie) and each page view opens a conversation in it.
Nothing is kept here: a conversation id and the form token are signed with the session id, so that
ownership can be checked after a restart and by every copy of the program.  What a person typed is
never written back to the page; the browser shows it itself.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import traceback
from base64 import urlsafe_b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from bot.messages import Incoming, Reply
from bot.templates.environment import assets, environment
from bot.templates.layout import view

logger = logging.getLogger(__name__)

CHANNEL = "web"
_MAX_PAYLOAD = 200
_ID_LENGTH = len(secrets.token_urlsafe(16))

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

# What htmx may do: no eval and no inline style (the policy above forbids both), no page copies in
# the browser's storage, and errors of ours shown in the conversation.
_HTMX_CONFIG: dict[str, Any] = {
    "allowEval": False,
    "allowScriptTags": False,
    "includeIndicatorStyles": False,
    "selfRequestsOnly": True,
    "historyEnabled": False,
    "historyCacheSize": 0,
    "timeout": 30_000,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "[45]..", "swap": True, "error": True},
    ],
}


class Assistant(Protocol):
    """Who answers: takes one message, gives one reply."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Answer one message or one press of a button."""
        ...

    async def welcome(self, conversation: str, channel: str) -> Reply:
        """Open a conversation: the first message says what this is and what it can do."""
        ...


@dataclass(frozen=True)
class Choice:
    """One line of a choice list: the id the assistant knows and the label people read."""

    id: str
    label: str


@dataclass(frozen=True)
class WebSettings:
    """What the web chat needs to know.

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


@dataclass(frozen=True)
class Problem:
    """A kind sentence for something that went wrong, with its HTTP status."""

    status: int
    title: str
    text: str
    restart: bool = False


NOT_FOUND = Problem(404, "Deze pagina is er niet", "Misschien is het adres niet goed overgenomen.")
NOT_YOURS = Problem(
    404,
    "Dit gesprek is niet meer open",
    "Het is te oud, of het hoort bij een ander venster. Begin een nieuw gesprek en stel je vraag opnieuw.",
    restart=True,
)
REFUSED = Problem(
    403,
    "Je bericht is niet verstuurd",
    "Deze pagina is verlopen of staat niet op het goede adres. Begin een nieuw gesprek.",
    restart=True,
)
UNREADABLE = Problem(400, "Je bericht kwam niet goed over", "Typ je vraag opnieuw, of laad de pagina opnieuw.")
FAILED = Problem(
    500,
    "Het lukt nu even niet",
    "Er ging bij mij iets mis. Probeer het zo nog eens. Heb je haast? Vraag het aan je collega of de FG.",
)
OFFLINE = Problem(
    503,
    "Geen verbinding",
    "Je bericht is niet aangekomen. Probeer het zo nog eens.",
)


def _too_long(settings: WebSettings) -> Problem:
    limit = f"{settings.max_chars:,}".replace(",", ".")
    return Problem(
        413,
        "Je bericht is te lang",
        f"Er passen {limit} tekens in een bericht. Maak het korter, of stel één vraag tegelijk.",
    )


class _Refusal(Exception):
    """A request is answered with a problem instead of what it asked for."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class _Session:
    """The session of one browser, and what is signed with it."""

    def __init__(self, session_id: str, key: bytes, *, is_new: bool) -> None:
        self.id = session_id
        self.is_new = is_new
        self._key = key

    @property
    def csrf(self) -> str:
        """The token that forms of this session carry."""
        return self._sign("csrf", "")

    def open_conversation(self) -> str:
        """A new conversation id that only this session owns."""
        conversation = secrets.token_urlsafe(16)
        return conversation + self._sign("conversation", conversation)

    def owns(self, conversation: str) -> bool:
        """Whether this session opened `conversation`."""
        head, signature = conversation[:_ID_LENGTH], conversation[_ID_LENGTH:]
        return _same(signature, self._sign("conversation", head))

    def accepts(self, token: str) -> bool:
        """Whether `token` is the form token of this session."""
        return _same(token, self.csrf)

    def _sign(self, purpose: str, value: str) -> str:
        message = "\0".join([purpose, self.id, value]).encode()
        return urlsafe_b64encode(hmac.digest(self._key, message, "sha256")[:18]).decode()


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(errors="replace"), expected.encode())


class _Pages:
    """Templates, and what every response of the web chat has in common."""

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
            except _Refusal as refusal:
                response = self.problem(request, refusal.problem)
            except Exception as error:
                # Not the text of the exception: it can hold what a person typed.
                where = traceback.extract_tb(error.__traceback__)[-1]
                logger.error("web chat: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
                response = self.problem(request, FAILED)
            for name, value in SECURITY_HEADERS.items():
                response.headers[name] = value
            # Answers are about people: no copy in a shared computer's cache.
            response.headers.setdefault("Cache-Control", "no-store")
            if _is_htmx(request):
                # The script shows nothing that lacks this, such as the error page of a proxy.
                response.headers["X-Deelwijzer"] = "fragment"
            return response

        return run

    def problem(self, request: Request, problem: Problem) -> Response:
        """The page or fragment that tells about `problem`."""
        if _is_htmx(request):
            return self("_notice.html", problem.status, problem=problem, id=f"p{secrets.token_hex(6)}")
        return self("problem.html", problem.status, problem=problem)


class _WebChat:
    """The endpoints. Each takes a request and gives a response or raises `_Refusal`."""

    def __init__(self, assistant: Assistant, settings: WebSettings, pages: _Pages) -> None:
        self._assistant = assistant
        self._settings = settings
        self._render = pages
        self._choices = {"municipality": settings.municipalities, "role": settings.roles}
        # A "__Host-" cookie cannot be planted by a neighbouring subdomain, but needs HTTPS.
        prefix = "__Host-" if settings.cookie_secure else ""
        self._session_cookie = f"{prefix}deelwijzer"
        self._profile_cookie = f"{prefix}deelwijzer-profiel"
        # A character takes at most four bytes, each written as three ("%F0%9F%98%80").
        self._max_body = settings.max_chars * 12 + 4096

    async def page(self, request: Request) -> Response:
        session = self._session(request)
        conversation = session.open_conversation()
        reply = await self._assistant.welcome(conversation, CHANNEL)
        response = self._chat_page(request, session, conversation, reply, greeting="Welkom")
        if session.is_new:
            self._set_cookie(response, self._session_cookie, session.id)
        return response

    async def message(self, request: Request) -> Response:
        session = self._session(request)
        form = await self._form(request, session)
        conversation = str(request.path_params["conversation"])
        if not session.owns(conversation):
            raise _Refusal(NOT_YOURS)
        text, payload = form.get("text"), form.get("payload")
        if (text is None) == (payload is None) or len(payload or "") > _MAX_PAYLOAD:
            raise _Refusal(UNREADABLE)
        if text is not None:
            # Browsers send a line break as two characters.
            text = text.replace("\r\n", "\n")
            if len(text) > self._settings.max_chars:
                raise _Refusal(_too_long(self._settings))
        reply = await self._assistant.handle(
            Incoming(
                CHANNEL,
                conversation,
                text=text,
                payload=payload,
                profile=self._profile(request),
                person=session.id,
            )
        )
        if _is_htmx(request):
            return self._render(
                "_messages.html",
                views=[view(message) for message in reply.messages],
                csrf=session.csrf,
                address=_address(conversation),
            )
        return self._chat_page(request, session, conversation, reply)

    async def profile(self, request: Request) -> Response:
        session = self._session(request)
        form = await self._form(request, session)
        profile = self._known_choices(form)
        response: Response
        if _is_htmx(request):
            labels = self._profile_labels(profile)
            response = self._render("_profile_saved.html", profile_labels=labels, swap=True)
        else:
            response = RedirectResponse("/", 303)
        self._set_cookie(response, self._profile_cookie, urlencode(profile))
        return response

    async def home(self, request: Request) -> Response:
        """Someone opened the address of a form, say by reloading an old tab."""
        return RedirectResponse("/", 303)

    async def static(self, request: Request) -> Response:
        asset = assets().get(str(request.path_params["path"]))
        if asset is None:
            raise _Refusal(NOT_FOUND)
        tag = f'"{asset.version}"'
        named = request.query_params.get("v") == asset.version
        age = "max-age=31536000, immutable" if named else "max-age=0, must-revalidate"
        headers = {"ETag": tag, "Cache-Control": f"public, {age}"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    def _chat_page(
        self,
        request: Request,
        session: _Session,
        conversation: str,
        reply: Reply,
        greeting: str | None = None,
    ) -> Response:
        profile = self._profile(request)
        return self._render(
            "chat.html",
            htmx_config=_HTMX_CONFIG,
            offline=OFFLINE,
            views=[view(message) for message in reply.messages],
            greeting=greeting,
            csrf=session.csrf,
            address=_address(conversation),
            profile=profile,
            profile_labels=self._profile_labels(profile),
            swap=False,
        )

    def _session(self, request: Request) -> _Session:
        given = request.cookies.get(self._session_cookie, "")
        is_new = not given.isascii() or len(given) != len(secrets.token_urlsafe(32))
        return _Session(secrets.token_urlsafe(32) if is_new else given, self._settings.secret, is_new=is_new)

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name, value, httponly=True, samesite="strict", secure=self._settings.cookie_secure, path="/"
        )

    async def _form(self, request: Request, session: _Session) -> dict[str, str]:
        """The fields of a form that one of our own pages sent."""
        if not self._is_own_page(request):
            raise _Refusal(REFUSED)
        media_type = request.headers.get("content-type", "").partition(";")[0].strip()
        if media_type != "application/x-www-form-urlencoded":
            raise _Refusal(UNREADABLE)
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > self._max_body:
                raise _Refusal(_too_long(self._settings))
        try:
            fields = parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=8, errors="strict")
        except ValueError:
            raise _Refusal(UNREADABLE) from None
        if any(len(values) > 1 for values in fields.values()):
            raise _Refusal(UNREADABLE)
        form = {name: values[0] for name, values in fields.items()}
        if not session.accepts(form.pop("csrf", "")):
            raise _Refusal(REFUSED)
        return form

    def _is_own_page(self, request: Request) -> bool:
        origin = request.headers.get("origin")
        if origin is None:
            return request.headers.get("sec-fetch-site") == "same-origin"
        if self._settings.origin is not None:
            return origin == self._settings.origin
        host = urlsplit(origin).netloc
        return bool(host) and host == request.headers.get("host")

    def _profile(self, request: Request) -> dict[str, str]:
        fields = parse_qs(request.cookies.get(self._profile_cookie, "")[:500])
        return self._known_choices({name: values[0] for name, values in fields.items()})

    def _known_choices(self, fields: Mapping[str, str]) -> dict[str, str]:
        """The profile that `fields` give, without anything that is not on our lists."""
        return {
            name: fields[name]
            for name, choices in self._choices.items()
            if any(choice.id == fields.get(name) for choice in choices)
        }

    def _profile_labels(self, profile: Mapping[str, str]) -> list[str]:
        return [
            choice.label
            for name, choices in self._choices.items()
            for choice in choices
            if choice.id == profile.get(name)
        ]


def _address(conversation: str) -> str:
    return f"/gesprek/{conversation}/bericht"


def _is_htmx(request: Request) -> bool:
    return request.headers.get("hx-request") == "true"


def router(assistant: Assistant, settings: WebSettings) -> APIRouter:
    """The routes of the web chat, to be included in the public application at its root."""
    pages = _Pages(settings)
    chat = _WebChat(assistant, settings, pages)
    api = APIRouter(include_in_schema=False)
    api.add_api_route("/", pages.guarded(chat.page), methods=["GET"])
    api.add_api_route("/gesprek/{conversation}/bericht", pages.guarded(chat.message), methods=["POST"])
    api.add_api_route("/gesprek/{conversation}/bericht", pages.guarded(chat.home), methods=["GET"])
    api.add_api_route("/profiel", pages.guarded(chat.profile), methods=["POST"])
    api.add_api_route("/profiel", pages.guarded(chat.home), methods=["GET"])
    api.add_api_route("/static/{path:path}", pages.guarded(chat.static), methods=["GET"])
    return api


def not_found_page(settings: WebSettings) -> Callable[[Request, Exception], Awaitable[Response]]:
    """An exception handler that shows people a page for an address that does not exist."""
    pages = _Pages(settings)

    async def refuse(request: Request) -> Response:
        raise _Refusal(NOT_FOUND)

    answer = pages.guarded(refuse)

    async def handler(request: Request, error: Exception) -> Response:
        return await answer(request)

    return handler
