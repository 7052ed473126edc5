"""The pages for who manages Deelwijzer; the audit log is there for the FG too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import Engine

from bot.clock import AMSTERDAM, utc_now
from bot.manage import words
from bot.manage.state import PAGE, cleanings, log_rows, retained
from bot.pages.page import Problem, Refusal
from bot.pages.workspace import GONE, UNREADABLE, Workspace
from bot.settings import Settings
from bot.signin.gate import HOME as SIGN_IN
from bot.signin.gate import allowed
from bot.signin.pages import SignIn
from bot.signin.roles import LABELS, WORDS, Permission, Role, may, spoken
from bot.store.access import Access
from bot.store.accounts import Known, LastAdministrator, NameRefused
from bot.store.audit import COMMAND, NOBODY, PROGRAM, TRIMMED
from bot.store.retention import KINDS, Periods
from knowledge.answer import capitalised, day
from knowledge.knowledge import Knowledge
from knowledge.moment import spoken_moment
from knowledge.schema import DatedRow

HOME: Final = "/fg/beheer"
PEOPLE: Final = f"{HOME}/mensen"
INVITATIONS: Final = f"{HOME}/uitnodigingen"
LOG: Final = f"{HOME}/logboek"
MOST_DAYS: Final = 90  # that an invitation can be used

_YOURSELF: Final = Problem(
    409,
    "Dit kan niet bij je eigen account",
    "Je zou jezelf buitensluiten. Vraag het een andere beheerder, of doe het op de machine zelf.",
    href=PEOPLE,
    action="Terug naar de accounts",
)
_OF_ORGANISATION: Final = Problem(
    409,
    "Dit account is van je organisatie",
    "De rollen en het wachtwoord regel je daar.",
    href=PEOPLE,
    action="Terug naar de accounts",
)
_LAST_ADMINISTRATOR: Final = Problem(
    409,
    "Dit is de laatste beheerder",
    "Zonder beheerder kan niemand de accounts beheren. Geef eerst iemand anders de rol beheer.",
    href=PEOPLE,
    action="Terug naar de accounts",
)
_NO_ROLE: Final = Problem(
    400,
    "Kies minstens één rol",
    "Zonder rol kan iemand niets. Trek het account in als iemand niet meer hoeft in te loggen.",
    href=PEOPLE,
    action="Terug naar de accounts",
)

# What stands in the audit log, in words; an action that is not here is shown as it is.
ACTIONS: Final[Mapping[str, str]] = {
    "signin": "Inloggen",
    "signout": "Uitloggen",
    "account.new": "Account gemaakt",
    "account.roles": "Rollen veranderd",
    "account.municipalities": "Gemeenten van een account veranderd",
    "account.erased": "Account gewist",
    "account.revoked": "Account ingetrokken",
    "account.restored": "Account teruggegeven",
    "account.link": "Link voor een wachtwoord gemaakt",
    "account.password": "Wachtwoord gekozen",
    "invite": "Uitnodiging gemaakt",
    "invite.withdrawn": "Uitnodiging ingetrokken",
    "open": "Geopend",
    "question.open": "Vraag geopend",
    "question.correct": "Nagekeken: klopt",
    "question.wrong": "Nagekeken: klopt niet",
    "question.answered": "Vraag beantwoord",
    "question.example": "Voorbeeld gemaakt",
    "question.wish": "Op de wensenlijst gezet",
    "question.closed": "Vraag gesloten",
    "question.reopened": "Vraag heropend",
    "wish.done": "Wens verwerkt",
    "answer.unshared": "Antwoord niet meer gedeeld",
    "change.told": "Verteld dat een antwoord nu anders is",
    "export": "Gedownload",
    "campaign.new": "Campagne gepland",
    "campaign.closed": "Campagne gesloten",
    "campaign.erased": "Campagne gewist",
    "settle": "Datalek afgehandeld",
    "audit.check": "Logboek gecontroleerd",
    TRIMMED: "Logboek ingekort na de bewaartermijn",
}
_WHO: Final[Mapping[str, str]] = {
    COMMAND: "opdracht op de machine",
    PROGRAM: "het programma zelf",
    NOBODY: "niemand (niet ingelogd)",
}


@dataclass(frozen=True)
class Invitations:
    """The invitations of one channel; `link` is what stands before a code, empty where that is not known."""

    access: Access
    link: str


class _ManagePages:
    """The endpoints. Each takes a request and gives a response or raises `Refusal`."""

    def __init__(
        self,
        engine: Engine,
        knowledge: Knowledge,
        signin: SignIn,
        invitations: Invitations,
        periods: Periods,
        workspace: Workspace,
        home: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._knowledge = knowledge
        self._signin = signin
        self._invitations = invitations
        self._periods = periods
        self._workspace = workspace
        self._address = home
        self._clock = clock

    # -- how it stands -----------------------------------------------------------------

    async def overview(self, request: Request) -> Response:
        now = self._clock()
        today = now.astimezone(AMSTERDAM).date()
        kept = await asyncio.to_thread(retained, self._engine, self._periods, now)
        cleaning = await asyncio.to_thread(cleanings, self._engine, now)
        last = cleaning.last.erased if cleaning.last else {}
        dated = [row for rows in self._knowledge.tables.rows.values() for row in rows.values()]
        due = [row for row in dated if isinstance(row, DatedRow) and row.valid_on(today) and row.recheck_on <= today]
        policies: dict[str, int] = {}
        for policy in self._knowledge.policies.values():
            policies[policy.policy] = policies.get(policy.policy, 0) + policy.valid_on(today)
        towns = sorted(self._knowledge.municipalities.values(), key=lambda row: row.name)
        return self._workspace.page(
            request,
            "beheer/overview.html",
            version=self._knowledge.version,
            due=len(due),
            towns=[(row.name, f"/kennis/gemeente/{row.id}", policies.get(row.policy or "", 0)) for row in towns],
            kept=[(one, _spoken_day(one.oldest)) for one in kept],
            cleaned_at=spoken_moment(cleaning.last.at.astimezone(AMSTERDAM)) if cleaning.last else "",
            cleaned=[(capitalised(label), last.get(kind, 0), cleaning.erased[kind]) for kind, label in KINDS.items()],
            stands_still=cleaning.stands_still,
            people=PEOPLE,
            invitations=INVITATIONS,
            log=LOG,
        )

    # -- people ------------------------------------------------------------------------

    async def people(self, request: Request) -> Response:
        everyone = await asyncio.to_thread(self._signin.accounts.everyone)
        return self._workspace.page(
            request,
            "beheer/people.html",
            home=PEOPLE,
            people=[
                (one, spoken(one.roles) or "geen rol", self._towns(one), _spoken_day(one.signed_in_at))
                for one in everyone
            ],
            roles=_roles_to_choose(),
            problem="",
        )

    async def add(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        roles = _chosen_roles(form)
        try:
            account = await asyncio.to_thread(self._signin.accounts.add, form.get("naam", ""), roles, self._clock())
        except NameRefused as refused:
            raise Refusal(Problem(400, "Dit account kan niet", str(refused), href=PEOPLE, action="Terug")) from None
        await self._workspace.note(request, "account.new", account.id)
        return await self._link(request, account)

    async def person(self, request: Request) -> Response:
        account = await self._account(request)
        return self._workspace.page(
            request,
            "beheer/person.html",
            home=PEOPLE,
            account=account,
            roles=[(word, label, role in account.roles) for word, label, role in _roles_to_choose()],
            spoken=spoken(account.roles) or "geen rol",
            municipalities=[
                (row.id, row.name, row.id in account.municipalities) for row in self._knowledge.municipalities.values()
            ],
            own=self._is_own(request, account),
        )

    async def set_roles(self, request: Request) -> Response:
        form, account = await self._workspace.form(request), await self._account(request)
        roles = _chosen_roles(form)
        if not account.local:
            raise Refusal(_OF_ORGANISATION)
        if self._is_own(request, account) and not may(roles, Permission.PEOPLE):
            raise Refusal(_YOURSELF)
        await asyncio.to_thread(self._signin.accounts.set_roles, account.id, roles)
        await self._workspace.note(request, "account.roles", account.id)
        return RedirectResponse(PEOPLE, 303)

    async def set_municipalities(self, request: Request) -> Response:
        form, account = await self._workspace.form(request), await self._account(request)
        if self._is_own(request, account):
            raise Refusal(_YOURSELF)
        chosen = [one for one in self._knowledge.municipalities if form.get(f"gemeente-{one}") == "1"]
        await asyncio.to_thread(self._signin.accounts.set_municipalities, account.id, chosen)
        await self._workspace.note(request, "account.municipalities", account.id)
        return RedirectResponse(f"{PEOPLE}/{account.id}", 303)

    async def erase(self, request: Request) -> Response:
        form, account = await self._workspace.form(request), await self._account(request)
        if form.get("zeker") != "1":
            raise Refusal(UNREADABLE)
        if self._is_own(request, account):
            raise Refusal(_YOURSELF)
        try:
            await asyncio.to_thread(self._signin.accounts.erase, account.id)
        except LastAdministrator:
            raise Refusal(_LAST_ADMINISTRATOR) from None
        await self._workspace.note(request, "account.erased", account.id)
        return RedirectResponse(PEOPLE, 303)

    async def revoke(self, request: Request) -> Response:
        form, account = await self._workspace.form(request), await self._account(request)
        undo = form.get("ongedaan") == "1"
        if self._is_own(request, account):
            raise Refusal(_YOURSELF)
        await asyncio.to_thread(self._signin.accounts.revoke, account.id, None if undo else self._clock())
        await self._workspace.note(request, "account.restored" if undo else "account.revoked", account.id)
        return RedirectResponse(PEOPLE, 303)

    async def new_link(self, request: Request) -> Response:
        await self._workspace.form(request)
        account = await self._account(request)
        if not account.local or account.revoked_at:
            raise Refusal(_OF_ORGANISATION if not account.local else GONE)
        return await self._link(request, account)

    async def _link(self, request: Request, account: Known) -> Response:
        token = await asyncio.to_thread(self._signin.local.offered, account)
        await self._workspace.note(request, "account.link", account.id)
        home = self._address or f"{request.url.scheme}://{request.url.netloc}"
        return self._workspace.page(
            request,
            "beheer/shown_once.html",
            title=f"Link voor {account.name}",
            text="Met deze link kiest iemand een wachtwoord. Hij werkt één keer, 24 uur lang.",
            secret=f"{home}{SIGN_IN}/wachtwoord/{token}",
            back=PEOPLE,
        )

    async def _account(self, request: Request) -> Known:
        wanted = str(request.path_params["account"])
        everyone = await asyncio.to_thread(self._signin.accounts.everyone)
        found = next((one for one in everyone if one.id == wanted), None)
        if found is None:
            raise Refusal(GONE)
        return found

    def _towns(self, account: Known) -> str:
        """Whose questions an account may see."""
        known = self._knowledge.municipalities
        named = (known[one].name if one in known else one for one in account.municipalities)
        return ", ".join(named) or "alle"

    def _is_own(self, request: Request, account: Known) -> bool:
        return self._workspace.visitor(request).account.id == account.id

    # -- invitations -------------------------------------------------------------------

    async def invitations(self, request: Request) -> Response:
        given = await asyncio.to_thread(self._invitations.access.given)
        return self._workspace.page(
            request,
            "beheer/invitations.html",
            home=INVITATIONS,
            given=[(one, _spoken_day(one.expires_at)) for one in given],
            most_days=MOST_DAYS,
        )

    async def invite(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        days = form.get("dagen", "")
        if not (days.isascii() and days.isdigit() and len(days) < 3 and 1 <= int(days) <= MOST_DAYS):
            raise Refusal(UNREADABLE)
        made = await asyncio.to_thread(self._invitations.access.invite, int(days), self._clock())
        await self._workspace.note(request, "invite", f"telegram {made.number}")
        return self._workspace.page(
            request,
            "beheer/shown_once.html",
            title=f"Uitnodiging nummer {made.number}",
            text="Geef deze code aan één persoon, en schrijf op wie dit nummer kreeg. De code werkt één keer.",
            secret=f"{self._invitations.link}{made.code}",
            back=INVITATIONS,
        )

    async def withdraw(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        number = form.get("nummer", "")
        if not (number.isascii() and number.isdigit() and len(number) < 10):
            raise Refusal(UNREADABLE)
        if not await asyncio.to_thread(self._invitations.access.withdraw, int(number)):
            raise Refusal(GONE)
        await self._workspace.note(request, "invite.withdrawn", f"telegram {int(number)}")
        return RedirectResponse(INVITATIONS, 303)

    # -- who did what ------------------------------------------------------------------

    async def log(self, request: Request) -> Response:
        actor, action = (request.query_params.get(name, "")[:64] for name in ("wie", "wat"))
        text = request.query_params.get("voor", "")
        before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
        rows = await asyncio.to_thread(lambda: log_rows(self._engine, before=before, actor=actor, action=action))
        names = {one.id: one.name for one in await asyncio.to_thread(self._signin.accounts.everyone)} | dict(_WHO)
        chosen = {name: value for name, value in (("wie", actor), ("wat", action)) if value}
        later = f"{LOG}?{urlencode(chosen | {'voor': str(rows[PAGE - 1].id)})}" if len(rows) > PAGE else ""
        await self._workspace.note(request, "open", "logboek")
        return self._workspace.page(
            request,
            "beheer/log.html",
            home=LOG,
            rows=[
                (
                    row.id,
                    f"{row.at.astimezone(AMSTERDAM):%d-%m-%Y %H:%M:%S}",
                    names.get(row.actor, row.actor),
                    ACTIONS.get(row.action, row.action),
                    words.thing(row.object, names),
                    words.result(row.result),
                    words.origin(row.origin),
                )
                for row in rows[:PAGE]
            ],
            actions=ACTIONS,
            names=sorted(names.items(), key=lambda one: one[1].casefold()),
            actor=actor,
            action=action,
            later=later,
            newest=LOG if before else "",
        )

    async def check(self, request: Request) -> Response:
        form = await self._workspace.form(request)
        last = form.get("laatste", "").strip()[:64] or None
        checked = await asyncio.to_thread(self._signin.audit.check, last)
        await self._workspace.note(request, "audit.check", "logboek", "broken" if checked.fault else "ok")
        return self._workspace.page(request, "beheer/checked.html", home=LOG, checked=checked)


def _roles_to_choose() -> list[tuple[str, str, Role]]:
    """The word of each role in a form, how it is called, and the role."""
    return [(word, LABELS[role], role) for word, role in WORDS.items()]


def _chosen_roles(form: Mapping[str, str]) -> list[Role]:
    roles = [role for word, role in WORDS.items() if form.get(f"rol-{word}") == "1"]
    if not roles:
        raise Refusal(_NO_ROLE)
    return roles


def _spoken_day(moment: datetime | date | None) -> str:
    if isinstance(moment, datetime):
        moment = moment.astimezone(AMSTERDAM).date()
    return day(moment) if moment else ""


def router(
    engine: Engine,
    knowledge: Knowledge,
    signin: SignIn,
    settings: Settings,
    workspace: Workspace,
    clock: Callable[[], datetime] = utc_now,
) -> APIRouter:
    """The routes, to be included in the public application at its root."""
    bot_name = settings.telegram_bot_name
    invitations = Invitations(Access(engine, "telegram"), f"https://t.me/{bot_name}?start=" if bot_name else "/start ")
    periods = Periods.of(settings)
    pages = _ManagePages(engine, knowledge, signin, invitations, periods, workspace, settings.public_url, clock)
    api = APIRouter(include_in_schema=False)
    for path, endpoint, method, permission in (
        (HOME, pages.overview, "GET", Permission.SETTINGS),
        (PEOPLE, pages.people, "GET", Permission.PEOPLE),
        (PEOPLE, pages.add, "POST", Permission.PEOPLE),
        (f"{PEOPLE}/{{account}}", pages.person, "GET", Permission.PEOPLE),
        (f"{PEOPLE}/{{account}}/rollen", pages.set_roles, "POST", Permission.PEOPLE),
        (f"{PEOPLE}/{{account}}/gemeenten", pages.set_municipalities, "POST", Permission.PEOPLE),
        (f"{PEOPLE}/{{account}}/intrekken", pages.revoke, "POST", Permission.PEOPLE),
        (f"{PEOPLE}/{{account}}/wissen", pages.erase, "POST", Permission.PEOPLE),
        (f"{PEOPLE}/{{account}}/link", pages.new_link, "POST", Permission.PEOPLE),
        (INVITATIONS, pages.invitations, "GET", Permission.PEOPLE),
        (INVITATIONS, pages.invite, "POST", Permission.PEOPLE),
        (f"{INVITATIONS}/intrekken", pages.withdraw, "POST", Permission.PEOPLE),
        (LOG, pages.log, "GET", Permission.AUDIT),
        (f"{LOG}/controle", pages.check, "POST", Permission.AUDIT),
    ):
        api.add_api_route(
            path, workspace.guarded(endpoint), methods=[method], dependencies=[Depends(allowed(permission))]
        )
    return api
