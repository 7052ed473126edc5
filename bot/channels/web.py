"""The web chat: HTML pages and fragments around one assistant.

A browser gets a session (a random id in a cookie) and each page view opens a conversation in it; of who
is signed in, the conversations belong to the account.  Nothing is kept here: a conversation id and the
form token are signed, so that ownership can be checked after a restart and by every copy of the program.
What a person typed is never written back to the page; the browser shows it itself.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.params import Depends
from fastapi.responses import RedirectResponse

from bot.messages import Incoming, Reply
from bot.pages.forms import Forms, same, signature
from bot.pages.page import NOT_FOUND, SECURITY_HEADERS, Choice, Pages, Problem, Refusal, WebSettings, is_htmx
from bot.templates.environment import assets
from bot.templates.layout import view

__all__ = ["SECURITY_HEADERS", "Choice", "Owner", "WebSettings", "not_found_page", "router"]

CHANNEL = "web"
_MAX_PAYLOAD = 200
_ID_LENGTH = len(secrets.token_urlsafe(16))

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

    async def welcome(self, conversation: str, channel: str, person: str | None = None) -> Reply:
        """Open a conversation: the first message says what this is and what it can do; then what waits for them."""
        ...


@dataclass(frozen=True)
class Owner:
    """Who is signed in: whose conversations are opened, what signs their ids, and the token of the forms."""

    person: str
    name: str
    key: bytes
    csrf: str


def _nobody(request: Request) -> Owner | None:
    return None


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


class _Session:
    """The session of one browser, and what is signed with it."""

    def __init__(
        self, person: str, key: bytes, *, csrf: str | None = None, is_new: bool = False, name: str = ""
    ) -> None:
        self.person = person
        self.is_new = is_new
        self.name = name  # of who is signed in
        self._key = key
        self.csrf = csrf or signature(key, "csrf", person, "")

    def open_conversation(self) -> str:
        """A new conversation id that only this person owns."""
        conversation = secrets.token_urlsafe(16)
        return conversation + self._signed(conversation)

    def owns(self, conversation: str) -> bool:
        """Whether this person opened `conversation`."""
        return same(conversation[_ID_LENGTH:], self._signed(conversation[:_ID_LENGTH]))

    def accepts(self, token: str) -> bool:
        """Whether `token` is the form token of this session."""
        return same(token, self.csrf)

    def _signed(self, conversation: str) -> str:
        return signature(self._key, "conversation", self.person, conversation)


class _WebChat:
    """The endpoints. Each takes a request and gives a response or raises `Refusal`."""

    def __init__(
        self,
        assistant: Assistant,
        settings: WebSettings,
        pages: Pages,
        owner: Callable[[Request], Owner | None],
    ) -> None:
        self._assistant = assistant
        self._owner = owner
        self._settings = settings
        self._render = pages
        self._choices = {"municipality": settings.municipalities, "role": settings.roles}
        self._session_cookie = settings.cookie("deelwijzer")
        self._profile_cookie = settings.cookie("deelwijzer-profiel")
        # A character takes at most four bytes, each written as three ("%F0%9F%98%80").
        max_body = settings.max_chars * 12 + 4096
        self._forms = Forms(settings.origin, max_body, REFUSED, UNREADABLE, _too_long(settings))

    async def page(self, request: Request) -> Response:
        session = self._session(request)
        conversation = session.open_conversation()
        reply = await self._assistant.welcome(conversation, CHANNEL, session.person)
        response = self._chat_page(request, session, conversation, reply, greeting="Welkom")
        if session.is_new:
            self._set_cookie(response, self._session_cookie, session.person)
        return response

    async def message(self, request: Request) -> Response:
        session = self._session(request)
        form = await self._forms.read(request, session.accepts)
        conversation = str(request.path_params["conversation"])
        if not session.owns(conversation):
            raise Refusal(NOT_YOURS)
        text, payload = form.get("text"), form.get("payload")
        if (text is None) == (payload is None) or len(payload or "") > _MAX_PAYLOAD:
            raise Refusal(UNREADABLE)
        if text is not None:
            # Browsers send a line break as two characters.
            text = text.replace("\r\n", "\n")
            if len(text) > self._settings.max_chars:
                raise Refusal(_too_long(self._settings))
        reply = await self._assistant.handle(
            Incoming(
                CHANNEL,
                conversation,
                text=text,
                payload=payload,
                profile=self._profile(request),
                person=session.person,
            )
        )
        if is_htmx(request):
            return self._render(
                "_messages.html",
                views=[view(message) for message in reply.messages],
                csrf=session.csrf,
                address=_address(conversation),
            )
        return self._chat_page(request, session, conversation, reply)

    async def profile(self, request: Request) -> Response:
        session = self._session(request)
        form = await self._forms.read(request, session.accepts)
        profile = self._known_choices(form)
        response: Response
        if is_htmx(request):
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
            raise Refusal(NOT_FOUND)
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
            name=session.name,
            address=_address(conversation),
            profile=profile,
            profile_labels=self._profile_labels(profile),
            swap=False,
        )

    def _session(self, request: Request) -> _Session:
        if owner := self._owner(request):
            return _Session(owner.person, owner.key, csrf=owner.csrf, name=owner.name)
        given = request.cookies.get(self._session_cookie, "")
        is_new = not given.isascii() or len(given) != len(secrets.token_urlsafe(32))
        return _Session(secrets.token_urlsafe(32) if is_new else given, self._settings.secret, is_new=is_new)

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(
            name, value, httponly=True, samesite="strict", secure=self._settings.cookie_secure, path="/"
        )

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


def router(
    assistant: Assistant,
    settings: WebSettings,
    *,
    owner: Callable[[Request], Owner | None] = _nobody,
    access: Sequence[Depends] = (),
) -> APIRouter:
    """The routes of the web chat, to be included in the public application at its root.

    Args:
        assistant: who answers.
        settings: what the pages need to know.
        owner: who is signed in; without anyone the conversations belong to the browser.
        access: what decides who may chat; the static files are for everyone.
    """
    pages = Pages(settings)
    chat = _WebChat(assistant, settings, pages, owner)
    api = APIRouter(include_in_schema=False)
    for path, endpoint, method in (
        ("/", chat.page, "GET"),
        ("/gesprek/{conversation}/bericht", chat.message, "POST"),
        ("/gesprek/{conversation}/bericht", chat.home, "GET"),
        ("/profiel", chat.profile, "POST"),
        ("/profiel", chat.home, "GET"),
    ):
        api.add_api_route(path, pages.guarded(endpoint), methods=[method], dependencies=access)
    api.add_api_route("/static/{path:path}", pages.guarded(chat.static), methods=["GET"])
    return api


def not_found_page(settings: WebSettings) -> Callable[[Request, Exception], Awaitable[Response]]:
    """An exception handler that shows people a page for an address that does not exist."""
    pages = Pages(settings)

    async def refuse(request: Request) -> Response:
        raise Refusal(NOT_FOUND)

    answer = pages.guarded(refuse)

    async def handler(request: Request, error: Exception) -> Response:
        return await answer(request)

    return handler
