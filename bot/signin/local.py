"""Signing in with a name and a password of our own, and choosing a password with a link."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bot.signin.limits import Limits
from bot.signin.passwords import Passwords, check_strength
from bot.signin.sessions import hashed
from bot.store.accounts import Accounts, Known, folded
from bot.store.audit import NOBODY, Audit

LINK_LIFE: Final = timedelta(hours=24)
_ORIGIN: Final = "password"


class Wrong(Exception):
    """Name or password is not right; which of the two is nobody's business."""


class LinkGone(Exception):
    """The link was used, is too old or never was."""


@dataclass
class Wait(Exception):
    """There were too many tries; this long has to pass first."""

    left: timedelta


class LocalSignIn:
    """Checks names and passwords.  Blocking: a check is slow on purpose."""

    def __init__(
        self, accounts: Accounts, passwords: Passwords, limits: Limits, audit: Audit, clock: Callable[[], datetime]
    ) -> None:
        self._accounts = accounts
        self._passwords = passwords
        self._limits = limits
        self._audit = audit
        self._clock = clock

    def enter(self, name: str, password: str, address: str) -> Known:
        """The account that this is the name and the password of.

        Args:
            name: as typed.
            password: as typed.
            address: where the request came from; only counted, never kept.

        Raises:
            Wrong: when it is not right, whatever of it.
            Wait: when there were too many tries.
        """
        left = self._limits.begin(folded(name), address)
        if left:
            raise Wait(left)
        found = self._accounts.to_sign_in(name)
        account, kept = found if found else (None, None)
        # The password is checked for unknown and withdrawn accounts too: it takes as long.
        fits = self._passwords.fits(password, kept)
        if account is None or kept is None or not fits or account.revoked_at:
            self._audit.note("signin", account.id if account else "", actor=NOBODY, result="refused", origin=_ORIGIN)
            raise Wrong
        self._limits.succeeded(folded(name), address)
        renewed = self._passwords.kept(password) if self._passwords.outdated(kept) else None
        self._accounts.signed_in(account.id, self._clock(), renewed)
        self._audit.note("signin", account.id, actor=account.id, origin=_ORIGIN)
        return account

    def offered(self, account: Known) -> str:
        """A new random token for a link with which an account chooses its password, once."""
        token = secrets.token_urlsafe(32)
        self._accounts.offer_link(account.id, hashed(token), self._clock() + LINK_LIFE)
        return token

    def owner(self, token: str) -> Known:
        """Whose link this is.

        Raises:
            LinkGone: when it does not work.
        """
        if found := self._accounts.link(hashed(token), self._clock()):
            return found
        raise LinkGone

    def choose(self, token: str, password: str) -> Known:
        """Set the password that was chosen with a link; the link is used up.

        Raises:
            LinkGone: when it does not work.
            WeakPassword: when this password may not be chosen; the link still works.
        """
        account = self.owner(token)
        check_strength(password, account.name)
        changed = self._accounts.use_link(hashed(token), self._passwords.kept(password), self._clock())
        if changed is None:
            raise LinkGone
        self._audit.note("account.password", account.id, actor=account.id, origin="link")
        return changed
