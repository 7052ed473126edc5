"""Puts the parts of signing in together, from the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from bot.pages.page import WebSettings
from bot.settings import Settings
from bot.signin.limits import Limits
from bot.signin.local import LocalSignIn
from bot.signin.oidc import Oidc, Organisation
from bot.signin.pages import SignIn
from bot.signin.passwords import Passwords
from bot.signin.sessions import Sessions
from bot.store.accounts import Accounts
from bot.store.audit import Audit


def sign_in(
    settings: Settings,
    pages: WebSettings,
    engine: Engine,
    clock: Callable[[], datetime],
    passwords: Passwords | None = None,
) -> SignIn:
    """Everything that signing in needs; starts nothing and sends nothing."""
    accounts, audit = Accounts(engine), Audit(engine, clock)
    organisation = Organisation.of(settings)
    return SignIn(
        accounts=accounts,
        sessions=Sessions(
            accounts,
            pages,
            clock,
            idle=timedelta(minutes=settings.session_idle_minutes),
            longest=timedelta(hours=settings.session_hours),
        ),
        local=LocalSignIn(accounts, passwords or Passwords(), Limits(clock), audit, clock),
        audit=audit,
        oidc=Oidc(organisation, clock) if organisation else None,
        clock=clock,
    )
