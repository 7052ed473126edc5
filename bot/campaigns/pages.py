"""The pages of the awareness lead: plan a campaign, see its codes and results, close it, erase it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from bot.campaigns import results
from bot.campaigns.joining import written
from bot.campaigns.planning import REPEAT, TEST_2017, NotPlanned, read
from bot.campaigns.results import Section, sections
from bot.campaigns.store import Campaigns, Planned
from bot.clock import AMSTERDAM, utc_now
from bot.insight.small import HIDDEN, LEAST
from bot.pages.page import Problem, Refusal
from bot.pages.sheet import CSV, as_csv, download
from bot.pages.workspace import GONE, UNREADABLE, Workspace
from bot.signin.gate import allowed
from bot.signin.roles import Permission
from knowledge.knowledge import Knowledge

HOME: Final = "/fg/campagnes"
_LARGEST: Final = 9  # digits of a number that a database can hold


class _CampaignPages:
    """The endpoints. Each takes a request and gives a response or raises `Refusal`."""

    def __init__(
        self, campaigns: Campaigns, knowledge: Knowledge, workspace: Workspace, clock: Callable[[], datetime]
    ) -> None:
        self._campaigns = campaigns
        self._knowledge = knowledge
        self._workspace = workspace
        self._clock = clock

    async def overview(self, request: Request) -> Response:
        planned = await asyncio.to_thread(self._within(request).all)
        towns = self._workspace.municipalities(request, self._knowledge)
        chosen = [(TEST_2017, "De privacytest van 2017")]
        chosen += [(f"{REPEAT}{one.id}", f"Herhaling van: {one.name}") for one in planned if one.repeats is None]
        subjects = self._knowledge.quiz_subjects.values()
        return self._workspace.page(
            request,
            "campagnes/list.html",
            home=HOME,
            rows=[
                (
                    one,
                    self._state(one),
                    towns.get(one.municipality, one.municipality) if one.municipality else "alle gemeenten",
                )
                for one in planned
            ],
            towns=towns.items(),
            for_all=self._workspace.boundary(request).holds(None),
            choices=[*chosen, *((row.id, f"Onderwerp: {row.label}") for row in subjects)],
        )

    async def plan(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        campaigns, boundary = self._within(request), self._workspace.boundary(request)
        earlier = await asyncio.to_thread(campaigns.all)
        towns = [one for one in (None, *self._knowledge.municipalities) if boundary.holds(one)]
        try:
            plan = read(form, earlier, self._knowledge, self._today(), towns)
        except NotPlanned as refused:
            problem = Problem(400, "Deze campagne kan niet", str(refused), href=HOME, action="Terug")
            raise Refusal(problem) from None
        number = await asyncio.to_thread(
            lambda: campaigns.plan(
                plan.name,
                plan.items,
                plan.teams,
                plan.starts,
                plan.ends,
                self._clock(),
                plan.repeats,
                plan.municipality,
            )
        )
        await self._workspace.note(request, "campaign.new", f"campaign {number}")
        return _to(f"{HOME}/{number}")

    async def one(self, request: Request) -> Response:
        campaign = await self._campaign(request)
        found = await self._results(request, campaign)
        await self._workspace.note(request, "open", f"campaign {campaign.id}")
        return self._workspace.page(
            request,
            "campagnes/campaign.html",
            home=HOME,
            campaign=campaign,
            state=self._state(campaign),
            over=campaign.over(self._today()),
            teams=[(team.name, written(team.code), _people(team.finished)) for team in campaign.teams],
            head=results.HEAD,
            sections=found,
            hidden=HIDDEN,
        )

    async def table(self, request: Request) -> Response:
        campaign = await self._campaign(request)
        if not campaign.over(self._today()):
            raise Refusal(GONE)
        found = await self._results(request, campaign)
        await self._workspace.note(request, "export", f"campaign {campaign.id}")
        content = as_csv(("Team", "Deelnemers", *results.HEAD), results.rows(found))
        return download(content, f"campagne-{campaign.id}.csv", CSV)

    async def close(self, request: Request) -> Response:
        await self._workspace.form(request)
        campaign = await self._campaign(request)
        if await asyncio.to_thread(self._within(request).close, campaign.id, self._clock()):
            await self._workspace.note(request, "campaign.closed", f"campaign {campaign.id}")
        return _to(f"{HOME}/{campaign.id}")

    async def erase(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        campaign = await self._campaign(request)
        if form.get("zeker") != "1":
            raise Refusal(UNREADABLE)
        if await asyncio.to_thread(self._within(request).erase, campaign.id):
            await self._workspace.note(request, "campaign.erased", f"campaign {campaign.id}")
        return _to(HOME)

    def _within(self, request: Request) -> Campaigns:
        """The campaigns that the visitor may see."""
        return self._campaigns.within(self._workspace.boundary(request))

    async def _campaign(self, request: Request) -> Planned:
        number = str(request.path_params["number"])
        known = number.isascii() and number.isdigit() and len(number) <= _LARGEST
        found = await asyncio.to_thread(self._within(request).one, int(number)) if known else None
        if found is None:
            raise Refusal(GONE)
        return found

    async def _results(self, request: Request, campaign: Planned) -> list[Section]:
        """The figures; none while people can still take part."""
        today = self._today()
        if not campaign.over(today):
            return []
        before = await asyncio.to_thread(self._within(request).one, campaign.repeats)
        return sections(campaign, before if before and before.over(today) else None, self._knowledge)

    def _state(self, campaign: Planned) -> str:
        today = self._today()
        if campaign.over(today):
            return "gesloten" if campaign.closed else "voorbij"
        return "loopt" if campaign.starts <= today else "gepland"

    def _today(self) -> date:
        return self._clock().astimezone(AMSTERDAM).date()


def _people(number: int) -> str:
    return str(number) if number >= LEAST else HIDDEN


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=303)


def router(
    engine: Engine, knowledge: Knowledge, workspace: Workspace, clock: Callable[[], datetime] = utc_now
) -> APIRouter:
    """The routes, to be included in the public application at its root."""
    pages = _CampaignPages(Campaigns(engine), knowledge, workspace, clock)
    api = APIRouter(include_in_schema=False, dependencies=[Depends(allowed(Permission.CAMPAIGNS))])
    one = f"{HOME}/{{number}}"
    for method, path, endpoint in (
        ("GET", HOME, pages.overview),
        ("POST", HOME, pages.plan),
        ("GET", f"{one}/uitslag.csv", pages.table),
        ("GET", one, pages.one),
        ("POST", f"{one}/sluit", pages.close),
        ("POST", f"{one}/wis", pages.erase),
    ):
        api.add_api_route(path, workspace.guarded(endpoint), methods=[method])
    return api
