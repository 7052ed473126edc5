"""Puts the parts together: one public application, one internal one, one assistant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST

from actions.server import action_app
from bot.assistant import Assistant
from bot.campaigns import pages as campaign_pages
from bot.channels import api, web
from bot.channels.choices import lists
from bot.clock import utc_now
from bot.danger import DangerDetector, load_signals
from bot.delivery.desk import Desk
from bot.guard import Guard
from bot.guard.model import model_persons
from bot.insight import pages as insight_pages
from bot.keys import derived, read_secret, use_secret
from bot.manage import pages as manage_pages
from bot.metrics import Metrics
from bot.nlu_client import NluClient
from bot.pages import knowledge as knowledge_pages
from bot.pages.workspace import Workspace
from bot.records import pages as record_pages
from bot.records.register import Register
from bot.review import pages as review_pages
from bot.review.parts import review
from bot.settings import Settings, municipality_map
from bot.signin import pages as signin_pages
from bot.signin.gate import Gate, OwnConversations, allowed, install, undeclared, visitor
from bot.signin.oidc import ALL
from bot.signin.pages import SignIn
from bot.signin.parts import sign_in
from bot.signin.roles import Permission
from bot.store import Store
from bot.store.mailbox import Mailbox
from bot.store.retention import Periods
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT


@dataclass(frozen=True)
class Service:
    """The running parts of the app process."""

    settings: Settings
    knowledge: Knowledge
    assistant: Assistant
    nlu: NluClient
    store: Store
    desk: Desk
    signin: SignIn
    public: FastAPI
    internal: FastAPI

    async def close(self) -> None:
        """Let go of connections and the database."""
        await self.nlu.close()
        self.store.close()


def build(
    settings: Settings,
    token: str,
    *,
    knowledge: Knowledge | None = None,
    clock: Callable[[], datetime] = utc_now,
) -> Service:
    """Make the service; starts nothing.

    Args:
        settings: the settings.
        token: the secret between this process and the NLU process.
        knowledge: the tables; read from the content folder when not given.
        clock: tells the time in UTC.

    Raises:
        RuntimeError: when a setting names a municipality that there is not.
        knowledge.load.KnowledgeError: when the content cannot be used.
        bot.keys.SecretError: when the secret behind the keys cannot be read.
        ValueError: when the token is empty.
    """
    use_secret(read_secret(settings.secret_file))
    known = knowledge or Knowledge.read()
    named = set(municipality_map(settings.oidc_municipalities).values())
    if unknown := sorted(named - {ALL, *known.municipalities}):
        raise RuntimeError(f"DEELWIJZER_OIDC_MUNICIPALITIES noemt een gemeente die er niet is: {', '.join(unknown)}.")
    nlu = NluClient(f"http://127.0.0.1:{settings.nlu_port}", token, settings.nlu_timeout)
    store = Store(settings.database_url, button_hours=settings.button_hours, case_hours=settings.case_hours)
    danger = DangerDetector(load_signals(CONTENT / "danger_signals.yaml"))
    # Words for parties are never names: "een aanbieder", "Halt".
    guard = Guard(model_persons(), vocabulary=(word for party in known.parties.values() for word in party.words))
    periods = Periods.of(settings)
    metrics = Metrics()
    mailbox = Mailbox(store.engine)
    metrics.watch(mailbox.sizes)
    assistant = Assistant(known, guard, danger, nlu, store, clock, periods, metrics)
    desk = Desk(mailbox, guard, metrics, clock=clock)
    pages = _pages(settings, known)
    signin = sign_in(settings, pages, store.engine, clock)
    fg = review(settings, known, guard, store, desk, signin.accounts, clock)
    public = _public(settings, known, assistant, nlu, store, pages, signin, fg)
    return Service(settings, known, assistant, nlu, store, desk, signin, public, _internal(known, token, metrics))


def _internal(knowledge: Knowledge, token: str, metrics: Metrics) -> FastAPI:
    """What only this machine reaches: the actions of Rasa, and the counts."""
    app = action_app(knowledge, token)

    @app.get("/metrics")
    def counts() -> Response:
        return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)

    return app


def _pages(settings: Settings, knowledge: Knowledge) -> web.WebSettings:
    found = lists(knowledge)
    return web.WebSettings(
        municipalities=tuple(web.Choice(key, label) for key, label in found["municipality"].items()),
        roles=tuple(web.Choice(key, label) for key, label in found["role"].items()),
        cookie_secure=settings.secure_cookies,
        origin=settings.public_url or None,
        secret=derived("web"),  # open pages go on working after a restart
    )


def _public(
    settings: Settings,
    knowledge: Knowledge,
    assistant: Assistant,
    nlu: NluClient,
    store: Store,
    pages: web.WebSettings,
    signin: SignIn,
    fg: review_pages.ReviewDesk,
) -> FastAPI:
    """What people reach.  Every route says what it asks of who uses it, or is public (see `bot.signin.gate`)."""
    app = FastAPI(title="Deelwijzer", docs_url=None, redoc_url=None, openapi_url=None)
    is_open = settings.access == "open"
    install(app, Gate(signin.sessions, is_open, pages.origin), pages)
    chatting, reading = [Depends(allowed(Permission.CHAT))], [Depends(allowed(Permission.KNOWLEDGE))]
    conversations = _Open() if is_open else OwnConversations(signin.accounts, signin.clock)
    app.include_router(signin_pages.router(signin, pages))
    app.include_router(web.router(assistant, pages, owner=_owner, access=chatting))
    app.include_router(knowledge_pages.router(knowledge, pages), dependencies=reading)
    app.include_router(api.router(assistant, conversations, access=chatting))
    register = Register(store.engine, settings.keep_decisions_days)
    workspace = Workspace(
        pages, signin.audit, lambda boundary: register.within(boundary).pressing(signin.clock()).words
    )
    fg = replace(fg, reminders=record_pages.reminders(register, knowledge, signin.clock))
    app.include_router(review_pages.router(fg, workspace))
    app.include_router(insight_pages.router(store.engine, knowledge, workspace, signin.clock))
    app.include_router(campaign_pages.router(store.engine, knowledge, workspace, signin.clock))
    app.include_router(record_pages.router(register, knowledge, workspace, signin.clock))
    app.include_router(manage_pages.router(store.engine, knowledge, signin, settings, workspace, signin.clock))
    app.add_exception_handler(404, web.not_found_page(pages))

    @app.get("/gezond")
    async def health() -> JSONResponse:
        return JSONResponse({"ok": True, "kennis": knowledge.version})

    @app.get("/klaar")
    async def readiness() -> JSONResponse:
        parts = {"taalproces": await nlu.ready(), "database": await asyncio.to_thread(store.ready)}
        ready = all(parts.values())
        return JSONResponse({"ok": ready, **parts}, status_code=200 if ready else 503)

    if forgotten := undeclared(app):
        raise RuntimeError(f"Niet vastgelegd wie hier mag komen: {', '.join(forgotten)}")
    return app


def _owner(request: Request) -> web.Owner | None:
    """Whose the conversations of the web chat are; nobody's where open access needs no account."""
    found = visitor(request)
    return web.Owner(found.account.id, found.account.name, found.account.key, found.csrf) if found else None


class _Open:
    """Open access: everyone on this machine may use every conversation."""

    def allows(self, request: object, conversation: str) -> bool:
        return True

    def person(self, request: object) -> str | None:
        return None


@asynccontextmanager
async def closing(service: Service) -> AsyncIterator[Service]:
    """The service, closed at the end whatever happens."""
    try:
        yield service
    finally:
        await service.close()
