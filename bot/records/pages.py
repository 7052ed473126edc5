"""The pages with decisions and the register of breaches, for the FG."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from bot.clock import AMSTERDAM, utc_now
from bot.insight.period import midnight
from bot.pages.page import Refusal
from bot.pages.sheet import CSV, as_csv, download
from bot.pages.workspace import GONE, UNREADABLE, Workspace
from bot.records.register import PAGE, SETTLED, Filter, Page, Register
from bot.records.term import Term, term
from bot.signin.gate import allowed
from bot.signin.roles import Permission
from bot.store.boundary import Boundary
from bot.store.models import Decision
from knowledge.answer import day
from knowledge.flow import told
from knowledge.knowledge import Knowledge
from knowledge.schema import Flow

HOME: Final = "/fg/besluiten"
BREACHES: Final = "/fg/datalekken"
JSON: Final = "application/json"
_MAX_FIELD: Final = 120
_MAX_PAGE: Final = 100_000


@dataclass(frozen=True)
class Line:
    """A decision in a list."""

    reference: str
    href: str
    flow: str
    outcome: str
    municipality: str
    made: str
    term: Term
    settled: str
    withdrawn: bool


class Lines:
    """Puts decisions in words."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def line(self, row: Decision, now: datetime) -> Line:
        """A decision as it stands in a list."""
        return Line(
            reference=row.reference,
            href=f"{HOME}/{row.reference}",
            flow=self._title(row.flow),
            outcome=row.outcome,
            municipality=self.town(row),
            made=day(row.created_at.astimezone(AMSTERDAM).date()),
            term=term(row.deadline, row.settled_at is not None, now),
            settled=SETTLED.get(row.settled_as or "", ""),
            withdrawn=row.withdrawn_at is not None,
        )

    def told(self, flow: str, entries: Mapping[str, str]) -> list[tuple[str, str]]:
        """The answers with their labels: all of them, also those that the flow of today would not ask for any more."""
        known: Flow | None = self._knowledge.flows.get(flow)
        if known is None:
            return sorted(entries.items())
        labels = {step.id: step.label for step in known.steps}
        on_the_way = told(known, entries)
        seen = {label for label, _ in on_the_way}
        rest = [(labels.get(step, step), text) for step, text in entries.items()]
        return on_the_way + [(label, text) for label, text in rest if label not in seen and text]

    def town(self, row: Decision) -> str:
        """The name of the municipality, as far as one is known."""
        known = self._knowledge.municipalities.get(row.municipality or "")
        return known.name if known else row.municipality or ""

    def _title(self, flow: str) -> str:
        known = self._knowledge.flows.get(flow)
        return known.title if known else flow


def reminders(
    register: Register, knowledge: Knowledge, clock: Callable[[], datetime]
) -> Callable[[Boundary], list[Line]]:
    """Gives the breaches within a boundary whose term presses, for the first page of the FG."""

    def pressing(boundary: Boundary) -> list[Line]:
        now = clock()
        return [Lines(knowledge).line(row, now) for row in register.within(boundary).running(now)]

    return pressing


class _RecordPages:
    """The endpoints. Each takes a request and gives a response or raises `Refusal`."""

    def __init__(
        self, register: Register, knowledge: Knowledge, workspace: Workspace, clock: Callable[[], datetime]
    ) -> None:
        self._register = register
        self._knowledge = knowledge
        self._lines = Lines(knowledge)
        self._workspace = workspace
        self._clock = clock

    async def decisions(self, request: Request) -> Response:
        given = {name: _field(request, name) for name in ("nummer", "soort", "uitkomst", "gemeente", "van", "tot")}
        since, after = _day(given["van"]), _day(given["tot"])
        wanted = Filter(
            reference=given["nummer"],
            flow=given["soort"],
            outcome=given["uitkomst"] if given["soort"] else "",
            municipality=given["gemeente"],
            since=midnight(since) if since else None,
            until=midnight(after + timedelta(days=1)) if after else None,
        )
        now, number = self._clock(), _number(request)
        page = await asyncio.to_thread(self._within(request).search, wanted, now, number)
        outcomes = await asyncio.to_thread(self._within(request).outcomes, wanted.flow, now) if wanted.flow else []
        return self._workspace.page(
            request,
            "besluiten/list.html",
            home=HOME,
            given=given,
            flows=[(row.id, row.title) for row in self._flows()],
            outcomes=outcomes,
            municipalities=list(self._workspace.municipalities(request, self._knowledge).items()),
            lines=[self._lines.line(row, now) for row in page.rows],
            **_turning(page, HOME, given),
        )

    async def decision(self, request: Request) -> Response:
        now = self._clock()
        found = await asyncio.to_thread(self._within(request).find, str(request.path_params["reference"]), now)
        if found is None:
            raise Refusal(GONE)
        row, earlier = found
        await self._workspace.note(request, "open", f"besluit {row.reference}")
        return self._workspace.page(
            request,
            "besluiten/decision.html",
            home=HOME,
            breaches=BREACHES,
            line=self._lines.line(row, now),
            told=self._lines.told(row.flow, row.entries),
            earlier=[(place, self._lines.told(row.flow, entries)) for place, entries in enumerate(earlier, start=1)],
            version=row.version,
            changed=day(row.updated_at.astimezone(AMSTERDAM).date()),
            articles=[f"art. {one['article']} {one.get('paragraph') or ''} {one['law']}" for one in row.citations],
            law_on=row.law_on,
            in_register=row.in_register,
            choices=SETTLED,
            here=BREACHES if row.in_register else HOME,
        )

    async def breaches(self, request: Request) -> Response:
        now, number, running = self._clock(), _number(request), _field(request, "toon") == "lopend"
        register = self._within(request)
        page = await asyncio.to_thread(lambda: register.entries(now, number, running=running))
        pressing = await asyncio.to_thread(register.running, now)
        return self._workspace.page(
            request,
            "besluiten/breaches.html",
            home=BREACHES,
            running=running,
            reminders=[self._lines.line(row, now) for row in pressing],
            lines=[self._lines.line(row, now) for row in page.rows],
            **_turning(page, BREACHES, {"toon": "lopend" if running else ""}),
        )

    async def settle(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        reference, chosen = str(request.path_params["reference"]), form.get("afgehandeld", "")
        if chosen not in ("", *SETTLED):
            raise Refusal(UNREADABLE)
        by = self._workspace.visitor(request).account.id
        if not await asyncio.to_thread(self._within(request).settle, reference, chosen or None, by, self._clock()):
            raise Refusal(GONE)
        await self._workspace.note(request, "settle", f"datalek {reference}", chosen or "reopened")
        return RedirectResponse(f"{HOME}/{reference}", 303)

    async def export(self, request: Request) -> Response:
        kind, now = str(request.path_params["kind"]), self._clock()
        if kind not in ("csv", "json"):
            raise Refusal(GONE)
        register = self._within(request)
        rows = await asyncio.to_thread(lambda: [self._as_record(row, now) for row in register.every_entry(now)])
        await self._workspace.note(request, "export", f"datalekregister {kind}")
        name = f"datalekregister-{now.astimezone(AMSTERDAM):%Y-%m-%d}.{kind}"
        if kind == "json":
            return download(json.dumps(rows, ensure_ascii=False, indent=1).encode(), name, JSON)
        told = list(dict.fromkeys(label for row in rows for label in row["antwoorden"]))
        fixed = [one for one in _COLUMNS if one != "antwoorden"]
        cells = ([*(row[one] for one in fixed), *(row["antwoorden"].get(one, "") for one in told)] for row in rows)
        return download(as_csv([*fixed, *told], cells), name, CSV)

    def _within(self, request: Request) -> Register:
        """The register as far as the visitor may see it."""
        return self._register.within(self._workspace.boundary(request))

    # -- in words ----------------------------------------------------------------------

    def _as_record(self, row: Decision, now: datetime) -> dict[str, Any]:
        """An entry as it is exported."""
        local = [moment and moment.astimezone(AMSTERDAM).isoformat(timespec="minutes") for moment in _moments(row)]
        values = (
            row.reference,
            local[0],
            local[1],
            row.version,
            self._lines.town(row),
            row.outcome,
            local[2],
            term(row.deadline, row.settled_at is not None, now).words,
            SETTLED.get(row.settled_as or "", ""),
            local[3],
            local[4],
            dict(self._lines.told(row.flow, row.entries)),
        )
        return dict(zip(_COLUMNS, values, strict=True))

    def _flows(self) -> list[Flow]:
        return sorted(self._knowledge.flows.values(), key=lambda row: row.title)


_COLUMNS: Final = (
    "nummer", "gemaakt", "veranderd", "versie", "gemeente", "uitkomst", "termijn_tot", "termijn", "afgehandeld_als",
    "afgehandeld_op", "ingetrokken_op", "antwoorden",
)  # fmt: skip


def _moments(row: Decision) -> tuple[datetime | None, ...]:
    return row.created_at, row.updated_at, row.deadline, row.settled_at, row.withdrawn_at


def _field(request: Request, name: str) -> str:
    return request.query_params.get(name, "").strip()[:_MAX_FIELD]


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _number(request: Request) -> int:
    text = request.query_params.get("pagina", "")
    return min(int(text), _MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 7 and int(text) else 1


def _turning(page: Page, path: str, given: Mapping[str, str]) -> dict[str, Any]:
    """What a template needs to turn pages."""

    def address(number: int) -> str:
        fields = {name: value for name, value in given.items() if value} | {"pagina": str(number)}
        return f"{path}?{urlencode(fields)}"

    return {
        "total": page.total,
        "number": page.number,
        "pages": page.pages,
        "first": (page.number - 1) * PAGE + 1,
        "earlier": address(page.number - 1) if page.number > 1 else "",
        "later": address(page.number + 1) if page.number < page.pages else "",
    }


def router(
    register: Register, knowledge: Knowledge, workspace: Workspace, clock: Callable[[], datetime] = utc_now
) -> APIRouter:
    """The routes, to be included in the public application at its root."""
    pages = _RecordPages(register, knowledge, workspace, clock)
    api = APIRouter(include_in_schema=False, dependencies=[Depends(allowed(Permission.RECORDS))])
    for path, endpoint, method in (
        (HOME, pages.decisions, "GET"),
        (f"{HOME}/{{reference}}", pages.decision, "GET"),
        (f"{HOME}/{{reference}}/afgehandeld", pages.settle, "POST"),
        (BREACHES, pages.breaches, "GET"),
        (f"{BREACHES}/register.{{kind}}", pages.export, "GET"),
    ):
        api.add_api_route(path, workspace.guarded(endpoint), methods=[method])
    return api
