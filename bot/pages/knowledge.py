"""The knowledge as pages to browse, search and print, as it holds on a day of choice.

Nothing is asked of the reader and nothing is kept: no session, no cookie, no script.
"""

from __future__ import annotations

import hashlib
import logging
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from bot.clock import AMSTERDAM, utc_now
from bot.pages.page import SECURITY_HEADERS, WebSettings
from bot.pages.reading import HOME, Address, Library, Reading, Unknown
from bot.templates.environment import environment
from knowledge.answer import day as spoken_day
from knowledge.knowledge import Knowledge
from knowledge.search import KINDS

logger = logging.getLogger(__name__)

MAX_QUERY = 100  # characters of a search
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class _Problem:
    """A kind sentence for a page that cannot be shown."""

    status: int
    title: str
    text: str


_UNKNOWN = _Problem(
    404, "Deze pagina is er niet", "Misschien is het adres niet goed overgenomen. Zoek hieronder verder."
)
_BAD_DAY = _Problem(
    400,
    "Die dag kan ik niet lezen",
    "Schrijf een dag als jaar-maand-dag, bijvoorbeeld 2026-01-31. Hieronder zie je de dag van vandaag.",
)
_TOO_LONG = _Problem(
    400, "Dat is te lang om te zoeken", f"Zoek met een paar woorden, samen niet meer dan {MAX_QUERY} tekens."
)
_FAILED = _Problem(500, "Het lukt nu even niet", "Er ging bij mij iets mis. Probeer het zo nog eens.")


class _Refusal(Exception):
    """A request is answered with a problem instead of a page."""

    def __init__(self, problem: _Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class _Turn:
    """One request: the day that is read, and the templates filled in for it."""

    def __init__(self, library: Library, settings: WebSettings, today: date, on: date, path: str) -> None:
        self._library = library
        self._settings = settings
        self._today = today
        self._on = on
        self._path = path
        self.to = Address(on, today)
        self.reading = Reading(library, on, self.to)

    def page(self, template: str, /, status: int = 200, **values: object) -> HTMLResponse:
        """The page that a template makes of the values."""
        shown = {
            "settings": self._settings,
            "to": self.to,
            "home": HOME,
            "path": self._path,
            "on": self._on.isoformat(),
            "on_spoken": spoken_day(self._on),
            "is_today": self._on == self._today,
            "is_past": self._on < self._today,
            "version": self._library.knowledge.version,
            "checked": self.reading.checked(),
            "max_query": MAX_QUERY,
            "query": "",
            **values,
        }
        return HTMLResponse(environment().get_template(f"kennis/{template}").render(shown), status)


class _KnowledgePages:
    """The endpoints: each takes a request and its turn and gives a page."""

    def __init__(self, knowledge: Knowledge, settings: WebSettings, clock: Callable[[], datetime]) -> None:
        self._library = Library(knowledge)
        self._settings = settings
        self._clock = clock

    def home(self, request: Request, turn: _Turn) -> Response:
        reading = turn.reading
        return turn.page(
            "home.html",
            counts=reading.counts(),
            laws=reading.laws(),
            roles=reading.roles(),
            municipalities=reading.municipalities(),
            topics=reading.topics(),
            flows=reading.flows(),
        )

    def search(self, request: Request, turn: _Turn) -> Response:
        query = " ".join(request.query_params.get("q", "").split())
        if len(query) > MAX_QUERY:
            raise _Refusal(_TOO_LONG)
        kind, page = request.query_params.get("soort", ""), request.query_params.get("pagina", "")
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 5 else 1
        found = turn.reading.search(query, kind if kind in KINDS else "", number)
        response = turn.page("search.html", query=query, found=found)
        # What someone looks for is nobody else's business on a shared computer.
        response.headers["Cache-Control"] = "no-store"
        return response

    def law(self, request: Request, turn: _Turn) -> Response:
        return turn.page("law.html", law=turn.reading.law(request.path_params["law"]))

    def parties(self, request: Request, turn: _Turn) -> Response:
        return turn.page("parties.html", letters=turn.reading.parties())

    def party(self, request: Request, turn: _Turn) -> Response:
        return turn.page("party.html", party=turn.reading.party(request.path_params["party"]))

    def municipality(self, request: Request, turn: _Turn) -> Response:
        return turn.page("municipality.html", town=turn.reading.municipality(request.path_params["municipality"]))

    def topic(self, request: Request, turn: _Turn) -> Response:
        label, entries = turn.reading.topic(request.path_params["topic"])
        return turn.page("topic.html", label=label, entries=entries)

    def rule(self, request: Request, turn: _Turn) -> Response:
        return turn.page("rule.html", rule=turn.reading.rule(request.path_params["rule"]))

    def flow(self, request: Request, turn: _Turn) -> Response:
        return turn.page("flow.html", flow=turn.reading.flow(request.path_params["flow"]))

    def ages(self, request: Request, turn: _Turn) -> Response:
        return turn.page("ages.html", subjects=turn.reading.ages(), beside=turn.reading.beside_age())

    def definitions(self, request: Request, turn: _Turn) -> Response:
        return turn.page("definitions.html", letters=turn.reading.definitions())

    def consent(self, request: Request, turn: _Turn) -> Response:
        held, others = turn.reading.consent()
        return turn.page("consent.html", held=held, others=others)

    def rechecks(self, request: Request, turn: _Turn) -> Response:
        return turn.page("rechecks.html", dates=turn.reading.rechecks())

    def history(self, request: Request, turn: _Turn) -> Response:
        return turn.page("history.html", groups=turn.reading.history())

    def unknown(self, request: Request, turn: _Turn) -> Response:
        raise _Refusal(_UNKNOWN)

    def guarded(self, endpoint: Callable[[Request, _Turn], Response]) -> Callable[[Request], Response]:
        """Give an endpoint its turn, its error pages and its headers."""

        # Not a coroutine: a long page is made in a thread and keeps no one else waiting.
        def run(request: Request) -> Response:
            today = self._clock().astimezone(AMSTERDAM).date()
            path = request.url.path
            try:
                on = _day(request.query_params.get("dag", "")) or today
                response = endpoint(request, _Turn(self._library, self._settings, today, on, path))
            except _Refusal as refusal:
                response = self._problem(refusal.problem, today)
            except Unknown:
                response = self._problem(_UNKNOWN, today)
            except Exception as error:
                # Not the text of the exception: it can hold what a person typed.
                where = traceback.extract_tb(error.__traceback__)[-1]
                logger.error("knowledge pages: %s at %s:%s", type(error).__name__, where.filename, where.lineno)
                response = self._problem(_FAILED, today)
            return _finished(request, response)

        return run

    def _problem(self, problem: _Problem, today: date) -> Response:
        turn = _Turn(self._library, self._settings, today, today, HOME)
        return turn.page("problem.html", problem.status, problem=problem)


def _day(text: str) -> date | None:
    """The day that is asked for; None when none is."""
    if not text:
        return None
    if not _DAY.fullmatch(text):
        raise _Refusal(_BAD_DAY)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _Refusal(_BAD_DAY) from None


def _finished(request: Request, response: Response) -> Response:
    """The response with its headers; only the headers when the browser has the same page already."""
    for name, value in SECURITY_HEADERS.items():
        response.headers[name] = value
    if response.status_code != 200:
        response.headers["Cache-Control"] = "no-store"
    elif "Cache-Control" not in response.headers:
        # The page of today is another one tomorrow: a browser keeps it, but asks each time.
        tag = f'"{hashlib.sha256(response.body).hexdigest()[:20]}"'
        kept = {"ETag": tag, "Cache-Control": "no-cache"}
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**SECURITY_HEADERS, **kept})
        response.headers.update(kept)
    return response


def router(knowledge: Knowledge, settings: WebSettings, clock: Callable[[], datetime] = utc_now) -> APIRouter:
    """The pages of the knowledge, to be included in the public application at its root."""
    pages = _KnowledgePages(knowledge, settings, clock)
    routes: dict[str, Callable[[Request, _Turn], Response]] = {
        "": pages.home,
        "/zoek": pages.search,
        "/wet/{law}": pages.law,
        "/partijen": pages.parties,
        "/partij/{party}": pages.party,
        "/gemeente/{municipality}": pages.municipality,
        "/onderwerp/{topic}": pages.topic,
        "/regel/{rule}": pages.rule,
        "/gesprek/{flow}": pages.flow,
        "/leeftijd": pages.ages,
        "/begrippen": pages.definitions,
        "/toestemming": pages.consent,
        "/nalopen": pages.rechecks,
        "/geschiedenis": pages.history,
        # Last: what is not there.
        "/{rest:path}": pages.unknown,
    }
    api = APIRouter(include_in_schema=False)
    for path, endpoint in routes.items():
        api.add_api_route(f"{HOME}{path}", pages.guarded(endpoint), methods=["GET"])
    return api
