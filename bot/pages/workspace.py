"""What the pages behind the sign-in have in common: the way through them, their forms, the audit log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request, Response
from fastapi.responses import HTMLResponse

from bot.pages.forms import Forms, same
from bot.pages.page import Pages, Problem, WebSettings
from bot.signin.gate import visitor
from bot.signin.roles import Permission, may
from bot.signin.sessions import Visitor
from bot.store.audit import Audit
from bot.store.boundary import Boundary
from bot.templates.environment import environment
from knowledge.knowledge import Knowledge

HOME: Final = "/fg"
ORIGIN: Final = "web"  # in the audit log
_MAX_BODY: Final = 64 * 1024  # bytes
_MAX_FIELDS: Final = 60  # a page of questions to choose from, or all facts of one question


def _problem(status: int, title: str, text: str) -> Problem:
    return Problem(status, title, text, href=HOME, action="Terug naar het begin")


GONE: Final = _problem(404, "Dit is er niet (meer)", "Misschien is het gewist omdat de bewaartermijn voorbij is.")
_REFUSED: Final = _problem(
    403, "Dat is niet gelukt", "Deze pagina is verlopen of staat niet op het goede adres. Er is niets veranderd."
)
UNREADABLE: Final = _problem(400, "Dat kwam niet goed over", "Er is niets veranderd. Vul het formulier opnieuw in.")
_TOO_LONG: Final = _problem(413, "Dat is te lang", "Er is niets veranderd. Maak de tekst korter.")


@dataclass(frozen=True)
class Place:
    """One line of the menu, and what one needs to see it."""

    title: str
    href: str
    permission: Permission


PLACES: Final = (
    Place("Vragen", HOME, Permission.REVIEW),
    Place("Gewijzigde antwoorden", f"{HOME}/gewijzigd", Permission.REVIEW),
    Place("Gedeelde antwoorden", f"{HOME}/antwoorden", Permission.REVIEW),
    Place("Wensenlijst", f"{HOME}/wensen", Permission.REVIEW),
    Place("Inzicht", f"{HOME}/inzicht", Permission.INSIGHT),
    Place("Jaarverslag", f"{HOME}/jaarverslag", Permission.INSIGHT),
    Place("Campagnes", f"{HOME}/campagnes", Permission.CAMPAIGNS),
    Place("Besluiten", f"{HOME}/besluiten", Permission.RECORDS),
    Place("Datalekken", f"{HOME}/datalekken", Permission.RECORDS),
    Place("Beheer", f"{HOME}/beheer", Permission.SETTINGS),
    Place("Logboek", f"{HOME}/beheer/logboek", Permission.AUDIT),
)


class Workspace:
    """Makes the pages, reads their forms and notes what is done.

    Args:
        settings: of the pages.
        audit: the log of who did what.
        alert: a sentence that stands on every page of who may see the records, about those within a boundary;
            empty when there is nothing to tell.
    """

    def __init__(
        self, settings: WebSettings, audit: Audit, alert: Callable[[Boundary], str] = lambda boundary: ""
    ) -> None:
        self._settings = settings
        self._audit = audit
        self._alert = alert
        self._pages = Pages(settings)
        self._forms = Forms(settings.origin, _MAX_BODY, _REFUSED, UNREADABLE, _TOO_LONG, _MAX_FIELDS)

    def page(self, request: Request, template: str, /, status: int = 200, **values: Any) -> HTMLResponse:
        """The page that a template under `bot/templates/fg` makes of the values."""
        found = self.visitor(request)
        shown = {
            "settings": self._settings,
            "name": found.account.name,
            "csrf": found.csrf,
            "places": [one for one in PLACES if may(found.account.roles, one.permission)],
            "here": _here(request.url.path),
            "alert": getattr(request.state, "alert", ""),
            "may": lambda permission: may(found.account.roles, Permission(permission)),
            **values,
        }
        return HTMLResponse(environment().get_template(f"fg/{template}").render(shown), status)

    async def form(self, request: Request) -> dict[str, str]:
        """The fields of a form of one of our pages.

        Raises:
            Refusal: when it is not ours, cannot be read or is too long.
        """
        token = self.visitor(request).csrf
        return await self._forms.read(request, lambda given: same(given, token))

    @staticmethod
    def visitor(request: Request) -> Visitor:
        """Who is signed in; every page here asks for a permission that needs it."""
        found = visitor(request)
        if found is None:
            raise RuntimeError("a page of the workspace without sign-in")
        return found

    def boundary(self, request: Request) -> Boundary:
        """What the visitor may see: what a page reads, it reads within this."""
        return Boundary(self.visitor(request).account.municipalities)

    def municipalities(self, request: Request, knowledge: Knowledge) -> dict[str, str]:
        """The municipalities that the visitor can choose from, by id, with their names."""
        holds = self.boundary(request).holds
        return {row.id: row.name for row in knowledge.municipalities.values() if holds(row.id)}

    async def note(self, request: Request, action: str, object: str, result: str = "ok") -> None:
        """Add to the audit log what the visitor did to something."""
        actor = self.visitor(request).account.id
        await asyncio.to_thread(self._audit.note, action, object, actor=actor, result=result, origin=ORIGIN)

    def guarded(self, endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        """Give an endpoint its error pages and its headers, and what is to be told on every page."""

        async def run(request: Request) -> Response:
            if request.method == "GET" and may(self.visitor(request).account.roles, Permission.RECORDS):
                request.state.alert = await asyncio.to_thread(self._alert, self.boundary(request))
            return await endpoint(request)

        return self._pages.guarded(run)


def _here(path: str) -> str:
    """The line of the menu that a page belongs to."""
    fitting = [one.href for one in PLACES if path == one.href or path.startswith(f"{one.href}/")]
    return max(fitting, key=len, default="")
