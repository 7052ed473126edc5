"""The pages with figures: charts with their tables, a download of each table, and the yearly report."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from sqlalchemy import Engine

from bot.clock import AMSTERDAM, utc_now
from bot.insight import report
from bot.insight.charts import Chart, Charts
from bot.insight.counts import Chosen, Counts
from bot.insight.period import Period, choices, over, read
from bot.insight.small import spoken
from bot.pages.page import Problem, Refusal
from bot.pages.sheet import CSV, as_csv, download
from bot.pages.workspace import GONE, Workspace
from bot.signin.gate import allowed
from bot.signin.roles import Permission
from knowledge.knowledge import Knowledge

HOME: Final = "/fg/inzicht"
REPORT: Final = "/fg/jaarverslag"

_BAD_CHOICE: Final = Problem(
    400,
    "Die periode of gemeente ken ik niet",
    "Kies ze uit de lijst op de pagina.",
    href=HOME,
    action="Naar de cijfers",
)
_TOO_FEW: Final = Problem(
    404,
    "Hier zijn nog te weinig vragen voor",
    "Kleine groepen blijven verborgen. Kies een langere periode of alle gemeenten.",
    href=HOME,
    action="Naar de cijfers",
)


@dataclass(frozen=True)
class _Option:
    """A line of a list to choose from."""

    id: str
    label: str


class _InsightPages:
    """The endpoints. Each takes a request and gives a response or raises `Refusal`."""

    def __init__(
        self, engine: Engine, knowledge: Knowledge, workspace: Workspace, clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._knowledge = knowledge
        self._workspace = workspace
        self._clock = clock

    async def overview(self, request: Request) -> Response:
        chosen = self._chosen(request)
        counts = self._counts(request)
        total, charts = await asyncio.to_thread(self._made, counts, chosen)
        return self._workspace.page(
            request,
            "inzicht/overview.html",
            chosen=chosen,
            periods=[_Option(one.key, one.label) for one in await asyncio.to_thread(self._periods, counts)],
            municipalities=[_Option(*one) for one in self._workspace.municipalities(request, self._knowledge).items()],
            bounded=bool(counts.boundary),
            total=spoken(total),
            enough=total is not None,
            charts=charts,
            until=(over(self._today()).astimezone(AMSTERDAM) - timedelta(days=1)).date(),
            home=HOME,
            query=_query(chosen),
        )

    async def table(self, request: Request) -> Response:
        chosen, name = self._chosen(request), str(request.path_params["chart"])
        counts = self._counts(request)
        charts = Charts(counts, self._knowledge, chosen)
        if name not in charts.ids:
            raise Refusal(GONE)
        if await asyncio.to_thread(counts.total, chosen) is None:
            raise Refusal(_TOO_FEW)
        made = await asyncio.to_thread(charts.one, name)
        if made is None:
            raise Refusal(GONE)
        await self._workspace.note(request, "export", f"inzicht/{name} {_named(chosen)}")
        rows = [[made.spoken(cell) if cell is None else cell for cell in row] for row in made.rows]
        return download(as_csv(made.head, rows), f"{name}-{_named(chosen)}.csv", CSV)

    async def reports(self, request: Request) -> Response:
        asked, counts = request.query_params.get("jaar", ""), self._counts(request)
        if not asked:
            years = sorted({one.year for one in await asyncio.to_thread(self._periods, counts)}, reverse=True)
            return self._workspace.page(request, "inzicht/report.html", years=years, home=REPORT)
        period = read(asked)
        if period is None or period.quarter or period not in await asyncio.to_thread(self._periods, counts):
            raise Refusal(_BAD_CHOICE)
        chosen = Chosen(period)
        total, charts = await asyncio.to_thread(self._made, counts, chosen)
        towns = list(self._workspace.municipalities(request, self._knowledge).values()) if counts.boundary else []
        content = await asyncio.to_thread(report.as_docx, period, total, charts, self._knowledge, self._today(), towns)
        await self._workspace.note(request, "export", f"jaarverslag {period.key}")
        return download(content, f"jaarverslag-{period.key}.docx", report.DOCX)

    def _made(self, counts: Counts, chosen: Chosen) -> tuple[int | None, list[Chart]]:
        total = counts.total(chosen)
        # Where the whole may not be shown, no part of it may.
        return total, Charts(counts, self._knowledge, chosen).all() if total else []

    def _chosen(self, request: Request) -> Chosen:
        """What the address asks for; nothing but what can be chosen on the page."""
        today = self._today()
        asked, municipality = request.query_params.get("periode", ""), request.query_params.get("gemeente", "")
        # In the first days of January nothing of the year is over.
        period = read(asked) if asked else Period((today - timedelta(days=7)).year)
        if (
            period is None
            or period.year > today.year
            or (municipality not in ("", *self._workspace.municipalities(request, self._knowledge)))
        ):
            raise Refusal(_BAD_CHOICE)
        return Chosen(period, municipality)

    def _periods(self, counts: Counts) -> list[Period]:
        today = self._today()
        return choices(today, min(counts.first_year() or today.year, (today - timedelta(days=7)).year))

    def _counts(self, request: Request) -> Counts:
        """What the visitor may know."""
        return Counts(self._engine, self._today(), self._workspace.boundary(request))

    def _today(self) -> date:
        return self._clock().astimezone(AMSTERDAM).date()


def _query(chosen: Chosen) -> str:
    fields = {"periode": chosen.period.key, **({"gemeente": chosen.municipality} if chosen.municipality else {})}
    return urlencode(fields)


def _named(chosen: Chosen) -> str:
    return f"{chosen.period.key}-{chosen.municipality}" if chosen.municipality else chosen.period.key


def router(
    engine: Engine, knowledge: Knowledge, workspace: Workspace, clock: Callable[[], datetime] = utc_now
) -> APIRouter:
    """The routes, to be included in the public application at its root."""
    pages = _InsightPages(engine, knowledge, workspace, clock)
    api = APIRouter(include_in_schema=False, dependencies=[Depends(allowed(Permission.INSIGHT))])
    for path, endpoint in ((HOME, pages.overview), (f"{HOME}/{{chart}}.csv", pages.table), (REPORT, pages.reports)):
        api.add_api_route(path, workspace.guarded(endpoint), methods=["GET"])
    return api
