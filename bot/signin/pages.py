"""The pages to sign in and out: with a password of our own, or through the organisation."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, unquote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from bot.pages.forms import Forms, same, signature
from bot.pages.page import Pages, Problem, Refusal, WebSettings
from bot.signin.gate import HOME
from bot.signin.local import LinkGone, LocalSignIn, Wait, Wrong
from bot.signin.oidc import Attempt, Oidc, OidcError
from bot.signin.passwords import MIN_LENGTH, WeakPassword
from bot.signin.roles import spoken
from bot.signin.sessions import Sessions
from bot.store.accounts import Accounts, Revoked
from bot.store.audit import NOBODY, Audit

_MAX_BODY: Final = 8 * 1024  # bytes
_ATTEMPT_LIFE: Final = 600  # seconds to sign in at the organisation
_TOKEN_LENGTH: Final = len(secrets.token_urlsafe(32))
_MAX_PATH: Final = 500


def _problem(status: int, title: str, text: str) -> Problem:
    return Problem(status, title, text, href=HOME, action="Naar het inloggen")


_REFUSED = _problem(
    403, "Dat is niet gelukt", "Deze pagina is verlopen of staat niet op het goede adres. Probeer het opnieuw."
)
_UNREADABLE = _problem(400, "Dat kwam niet goed over", "Vul het formulier opnieuw in.")
_TOO_LONG = _problem(413, "Dat is te lang", "Vul het formulier opnieuw in.")
_LINK_GONE = _problem(
    404, "Deze link werkt niet meer", "Hij is te oud of al gebruikt. Vraag je beheerder om een nieuwe."
)
_NOT_VOUCHED = _problem(
    403,
    "Inloggen is niet gelukt",
    "Je organisatie gaf geen geldig inlogbewijs. Probeer het opnieuw. Blijft het misgaan? Vraag je beheerder.",
)
_NO_ROLE = _problem(
    403,
    "Je hebt nog geen toegang",
    "Je organisatie kent je, maar gaf je geen rol in Deelwijzer. Vraag je beheerder om een rol.",
)
_WITHDRAWN = _problem(403, "Je hebt geen toegang meer", "Klopt dat niet? Vraag het je beheerder.")
_AWAY = _problem(
    503,
    "De inlogdienst antwoordt niet",
    "Probeer het over een paar minuten opnieuw. Blijft het misgaan? Vraag je beheerder.",
)

_WRONG = "De naam of het wachtwoord klopt niet. Probeer het opnieuw."
_UNEQUAL = "De twee wachtwoorden zijn niet gelijk. Vul ze opnieuw in."


@dataclass(frozen=True)
class SignIn:
    """What the pages work with; without `oidc` there are accounts of our own only."""

    accounts: Accounts
    sessions: Sessions
    local: LocalSignIn
    audit: Audit
    oidc: Oidc | None
    clock: Callable[[], datetime]


class _SignInPages:
    """The endpoints. Each takes a request and gives a response or raises `Refusal`."""

    def __init__(self, signin: SignIn, settings: WebSettings, pages: Pages) -> None:
        self._signin = signin
        self._settings = settings
        self._render = pages
        self._forms = Forms(settings.origin, _MAX_BODY, _REFUSED, _UNREADABLE, _TOO_LONG)
        self._form_cookie = settings.cookie("deelwijzer-formulier")
        self._attempt_cookie = settings.cookie("deelwijzer-poging")

    # -- with a password ---------------------------------------------------------------

    async def form(self, request: Request) -> Response:
        found = await asyncio.to_thread(self._signin.sessions.of, request)
        if found:
            roles = spoken(found.account.roles)
            return self._render("signed_in.html", name=found.account.name, roles=roles, csrf=found.csrf)
        return self._sign_in_form(request)

    async def enter(self, request: Request) -> Response:
        form = await self._forms.read(request, lambda token: self._is_ours(request, token))
        name, password, to = form.get("name", ""), form.get("password", ""), _local_path(form.get("naar", ""))
        address = request.client.host if request.client else ""
        try:
            account = await asyncio.to_thread(self._signin.local.enter, name, password, address)
        except Wrong:
            return self._sign_in_form(request, 403, to=to, problem=_WRONG)
        except Wait as wait:
            response = self._sign_in_form(request, 429, to=to, problem=_too_often(wait.left))
            response.headers["Retry-After"] = str(math.ceil(wait.left.total_seconds()))
            return response
        response = RedirectResponse(to, 303)
        await asyncio.to_thread(self._signin.sessions.begin, request, response, account)
        self._drop(response, self._form_cookie)
        return response

    async def leave(self, request: Request) -> Response:
        found = await asyncio.to_thread(self._signin.sessions.of, request)
        if found is None:
            return RedirectResponse(HOME, 303)
        await self._forms.read(request, lambda token: same(token, found.csrf))
        response = RedirectResponse(f"{HOME}/uit", 303)
        await asyncio.to_thread(self._signin.sessions.end, request, response)
        await self._note("signout", found.account.id, actor=found.account.id, origin="web")
        return response

    async def left(self, request: Request) -> Response:
        # A link, not a redirect: the policy of our pages lets a form lead to our own pages only.
        way_out = await self._signin.oidc.way_out() if self._signin.oidc else None
        return self._render("signed_out.html", way_out=way_out)

    # -- choosing a password -----------------------------------------------------------

    async def choose(self, request: Request) -> Response:
        return await self._password_form(request)

    async def chosen(self, request: Request) -> Response:
        form = await self._forms.read(request, lambda token: self._is_ours(request, token))
        password = form.get("password", "")
        if password != form.get("again", ""):
            return await self._password_form(request, 400, problem=_UNEQUAL)
        try:
            await asyncio.to_thread(self._signin.local.choose, str(request.path_params["token"]), password)
        except WeakPassword as weak:
            return await self._password_form(request, 400, problem=str(weak))
        except LinkGone:
            raise Refusal(_LINK_GONE) from None
        return self._sign_in_form(request, done="Je wachtwoord is bewaard. Log er nu mee in.")

    # -- through the organisation ------------------------------------------------------

    async def organisation(self, request: Request) -> Response:
        oidc = self._needs_oidc()
        attempt = Attempt(secrets.token_urlsafe(32))
        try:
            response = RedirectResponse(await oidc.way_in(attempt), 303)
        except OidcError:
            raise Refusal(_AWAY) from None
        to = _local_path(request.query_params.get("naar", ""))
        self._set(response, self._attempt_cookie, f"{attempt.secret}.{quote(to, safe='')}", _ATTEMPT_LIFE)
        return response

    async def back(self, request: Request) -> Response:
        oidc = self._needs_oidc()
        secret, _, to = request.cookies.get(self._attempt_cookie, "").partition(".")
        try:
            response = await self._vouched(request, oidc, Attempt(secret), unquote(to))
        except Refusal as refusal:
            response = self._render.problem(request, refusal.problem)
        # Used once, whatever came of it.
        self._drop(response, self._attempt_cookie)
        return response

    async def _vouched(self, request: Request, oidc: Oidc, attempt: Attempt, to: str) -> Response:
        signin = self._signin
        try:
            if len(attempt.secret) != _TOKEN_LENGTH:
                raise OidcError("attempt")
            person = await oidc.vouched(attempt, dict(request.query_params))
        except OidcError as error:
            await self._note("signin", str(error), actor=NOBODY, result="refused", origin="oidc")
            raise Refusal(_AWAY if str(error) == "connection" else _NOT_VOUCHED) from None
        if not person.roles:
            await asyncio.to_thread(signin.accounts.no_roles_left, person.subject)
            await self._note("signin", "role", actor=NOBODY, result="refused", origin="oidc")
            raise Refusal(_NO_ROLE)
        try:
            account, change = await asyncio.to_thread(
                signin.accounts.from_organisation,
                person.subject,
                person.name,
                person.roles,
                signin.clock(),
                person.municipalities,
            )
        except Revoked:
            await self._note("signin", "revoked", actor=NOBODY, result="refused", origin="oidc")
            raise Refusal(_WITHDRAWN) from None
        if change:
            await self._note(f"account.{change}", account.id, actor=account.id, origin="oidc")
        await self._note("signin", account.id, actor=account.id, origin="oidc")
        response = RedirectResponse(_local_path(to), 303)
        await asyncio.to_thread(signin.sessions.begin, request, response, account)
        return response

    def _needs_oidc(self) -> Oidc:
        if self._signin.oidc is None:
            raise Refusal(_REFUSED)
        return self._signin.oidc

    # -- what they share ---------------------------------------------------------------

    def _sign_in_form(
        self, request: Request, status: int = 200, *, to: str | None = None, problem: str = "", done: str = ""
    ) -> Response:
        asked = _local_path(request.query_params.get("naar", "")) if to is None else to
        return self._with_token(
            request,
            "sign_in.html",
            status,
            to=asked,
            to_organisation=f"{HOME}/organisatie?naar={quote(asked, safe='')}" if self._signin.oidc else "",
            problem=problem,
            done=done,
        )

    async def _password_form(self, request: Request, status: int = 200, problem: str = "") -> Response:
        token = str(request.path_params["token"])
        try:
            account = await asyncio.to_thread(self._signin.local.owner, token)
        except LinkGone:
            raise Refusal(_LINK_GONE) from None
        return self._with_token(
            request, "choose_password.html", status, name=account.name, problem=problem, min_length=MIN_LENGTH
        )

    def _with_token(self, request: Request, template: str, status: int, **values: Any) -> Response:
        """A page with a form for who is not signed in: its token belongs to a cookie of this browser."""
        secret = self._form_secret(request)
        given = secret or secrets.token_urlsafe(32)
        response = self._render(template, status, csrf=_form_token(given), **values)
        if secret is None:
            self._set(response, self._form_cookie, given)
        return response

    def _is_ours(self, request: Request, token: str) -> bool:
        secret = self._form_secret(request)
        return secret is not None and same(token, _form_token(secret))

    def _form_secret(self, request: Request) -> str | None:
        given = request.cookies.get(self._form_cookie, "")
        return given if given.isascii() and len(given) == _TOKEN_LENGTH else None

    def _set(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        secure = self._settings.cookie_secure
        response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure, path="/")

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, httponly=True, samesite="lax", secure=self._settings.cookie_secure, path="/")

    async def _note(self, action: str, object: str, **fields: str) -> None:
        await asyncio.to_thread(lambda: self._signin.audit.note(action, object, **fields))


def _form_token(secret: str) -> str:
    return signature(secret.encode(), "signin form")


def _local_path(text: str) -> str:
    """A path of our own to go to; the beginning when the text is anything else."""
    # Browsers read a backslash as a slash, and leave tabs and line ends out.
    if not text.startswith("/") or text.startswith("//") or "\\" in text or not text.isprintable():
        return "/"
    return text if len(text) <= _MAX_PATH and text.partition("?")[0] != HOME else "/"


def _too_often(left: timedelta) -> str:
    minutes = math.ceil(left.total_seconds() / 60)
    return f"Er is te vaak geprobeerd in te loggen. Wacht {minutes} {'minuut' if minutes == 1 else 'minuten'}."


def router(signin: SignIn, settings: WebSettings) -> APIRouter:
    """The routes to sign in and out, to be included in the public application at its root."""
    pages = Pages(settings)
    made = _SignInPages(signin, settings, pages)
    api = APIRouter(include_in_schema=False)
    for path, endpoint, method in (
        (HOME, made.form, "GET"),
        (HOME, made.enter, "POST"),
        (f"{HOME}/organisatie", made.organisation, "GET"),
        (f"{HOME}/terug", made.back, "GET"),
        (f"{HOME}/uit", made.left, "GET"),
        (f"{HOME}/wachtwoord/{{token}}", made.choose, "GET"),
        (f"{HOME}/wachtwoord/{{token}}", made.chosen, "POST"),
        ("/uitloggen", made.leave, "POST"),
    ):
        api.add_api_route(path, pages.guarded(endpoint), methods=[method])
    return api
