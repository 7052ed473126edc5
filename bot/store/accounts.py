"""Reads and writes of accounts, their sessions and their links to choose a password."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from bot.signin.roles import Role, in_order
from bot.store.models import Account, Conversation, PasswordLink, SignedIn

MAX_NAME = 100  # characters


class NameRefused(ValueError):
    """An account cannot have this name; the text says in Dutch why."""


class Revoked(Exception):
    """The account was withdrawn."""


class LastAdministrator(Exception):
    """Without this account nobody could manage the accounts."""


@dataclass(frozen=True)
class Known:
    """An account, without its password."""

    id: str
    name: str
    roles: tuple[Role, ...]
    municipalities: tuple[str, ...]  # whose questions, decisions and figures it may see; none: those of all
    local: bool  # signs in with a password of our own
    has_password: bool
    signed_in_at: datetime | None
    revoked_at: datetime | None
    key: bytes = field(repr=False)


@dataclass(frozen=True)
class Kept:
    """A session as it is kept."""

    account: Known
    started_at: datetime
    seen_at: datetime


class Accounts:
    """Accounts in one database, one short transaction each.  A token is only ever given here as its hash."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -- accounts ----------------------------------------------------------------------

    def add(self, name: str, roles: Iterable[Role], now: datetime) -> Known:
        """A new local account that has no password yet.

        Raises:
            NameRefused: when the name is taken or cannot be used.
        """
        shown = _shown(name)
        row = _new(shown, roles, now)
        row.login = folded(shown)
        with self._session() as session:
            session.add(row)
            try:
                session.commit()
            except IntegrityError:
                raise NameRefused("Deze naam is er al. Kies een andere naam.") from None
            return _known(row)

    def everyone(self) -> list[Known]:
        """All accounts by name, also the withdrawn ones."""
        with self._session() as session:
            return [_known(row) for row in session.exec(select(Account).order_by(col(Account.name), col(Account.id)))]

    def called(self, name: str) -> list[Known]:
        """The accounts with this id or name; more than one when the organisation has namesakes."""
        return [one for one in self.everyone() if one.id == name or folded(one.name) == folded(name)]

    def to_sign_in(self, name: str) -> tuple[Known, str | None] | None:
        """The local account of this name, with what is kept of its password."""
        with self._session() as session:
            row = session.exec(select(Account).where(Account.login == folded(name))).first()
            return (_known(row), row.password) if row else None

    def signed_in(self, account: str, now: datetime, password: str | None = None) -> None:
        """Note the moment; keep the password anew when it comes along."""
        with self._session() as session:
            row = session.get_one(Account, account)
            row.signed_in_at, row.password = now, password or row.password
            session.add(row)
            session.commit()

    def from_organisation(
        self,
        subject: str,
        name: str,
        roles: Iterable[Role],
        now: datetime,
        municipalities: Iterable[str] | None = None,
    ) -> tuple[Known, Literal["new", "roles", "municipalities"] | None]:
        """The account of somebody whom the organisation vouches for, and what changed; made at the first time.

        Name and roles are those that the organisation gives now, and what it may see unless that is decided
        here (None); with other roles every session ends.

        Raises:
            Revoked: when the account was withdrawn here.
        """
        given = [str(role) for role in in_order(roles)]
        shown = "".join(one for one in name if one.isprintable()).strip()[:MAX_NAME] or "zonder naam"
        seen = None if municipalities is None else sorted(set(municipalities))
        change: Literal["new", "roles", "municipalities"] | None = None
        with self._session() as session:
            row = session.exec(select(Account).where(Account.subject == subject)).first()
            if row is None:
                row, change = _new(shown, roles, now), "new"
                row.subject = subject
            elif row.revoked_at:
                raise Revoked
            elif row.roles != given:
                change = "roles"
                session.exec(delete(SignedIn).where(col(SignedIn.account_id) == row.id))
            elif seen is not None and row.municipalities != seen:
                change = "municipalities"
            row.name, row.roles, row.signed_in_at = shown, given, now
            row.municipalities = row.municipalities if seen is None else seen
            session.add(row)
            try:
                session.commit()
            except IntegrityError:  # twice the first time, in two windows
                session.rollback()
                row = session.exec(select(Account).where(Account.subject == subject)).one()
            return _known(row), change

    def no_roles_left(self, subject: str) -> None:
        """The organisation gives somebody no role any more: what the account had is gone, and every session ends."""
        with self._session() as session:
            if row := session.exec(select(Account).where(Account.subject == subject)).first():
                row.roles = []
                session.add(row)
                session.exec(delete(SignedIn).where(col(SignedIn.account_id) == row.id))
                session.commit()

    def set_password(self, account: str, password: str) -> None:
        """Keep a new password; every session and every link of the account ends."""
        with self._session() as session:
            row = session.get_one(Account, account)
            row.password = password
            session.add(row)
            _end_everything(session, account)
            session.commit()

    def set_roles(self, account: str, roles: Iterable[Role]) -> None:
        """Give an account these roles instead of those it had; every session ends."""
        with self._session() as session:
            row = session.get_one(Account, account)
            row.roles = [str(role) for role in in_order(roles)]
            session.add(row)
            session.exec(delete(SignedIn).where(col(SignedIn.account_id) == account))
            session.commit()

    def set_municipalities(self, account: str, municipalities: Iterable[str]) -> None:
        """Let an account see what is of these municipalities only, or with none what is of all; at once."""
        with self._session() as session:
            row = session.get_one(Account, account)
            row.municipalities = sorted(set(municipalities))
            session.add(row)
            session.commit()

    def erase(self, account: str) -> None:
        """Erase an account with its name, its password, its sessions and its links.

        What it did stays in the audit log and with the questions, under its number alone.

        Raises:
            LastAdministrator: when nobody could manage the accounts any more.
        """
        with self._session() as session:
            # Of two that erase each other, the second finds that it is the last.
            if self._engine.dialect.name == "sqlite":
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")
            rows = session.exec(select(Account).order_by(col(Account.id)).with_for_update()).all()
            managing = {row.id for row in rows if _manages(row)}
            if managing == {account}:
                raise LastAdministrator
            _end_everything(session, account)
            session.exec(delete(Account).where(col(Account.id) == account))
            session.commit()

    def revoke(self, account: str, now: datetime | None) -> None:
        """Withdraw an account, or with None give it back; every session and every link ends."""
        with self._session() as session:
            row = session.get_one(Account, account)
            row.revoked_at = now
            session.add(row)
            _end_everything(session, account)
            session.commit()

    # -- links to choose a password ----------------------------------------------------

    def offer_link(self, account: str, token_hash: str, expires_at: datetime) -> None:
        """Keep a link; earlier ones of the account no longer work."""
        with self._session() as session:
            session.exec(delete(PasswordLink).where(col(PasswordLink.account_id) == account))
            session.add(PasswordLink(id=token_hash, account_id=account, expires_at=expires_at))
            session.commit()

    def link(self, token_hash: str, now: datetime) -> Known | None:
        """Whose link this is, while it works."""
        with self._session() as session:
            row = session.get(PasswordLink, token_hash)
            if row is None or row.expires_at <= now:
                return None
            account = session.get_one(Account, row.account_id)
            return None if account.revoked_at else _known(account)

    def use_link(self, token_hash: str, password: str, now: datetime) -> Known | None:
        """Keep the password that was chosen with a link; None when the link does not work any more."""
        if (account := self.link(token_hash, now)) is None:
            return None
        with self._session() as session:
            # Of two that use it at once, one finds it gone.
            if session.exec(delete(PasswordLink).where(col(PasswordLink.id) == token_hash)).rowcount != 1:
                return None
            row = session.get_one(Account, account.id)
            row.password = password
            session.add(row)
            _end_everything(session, account.id)
            session.commit()
            return _known(row)

    # -- sessions ----------------------------------------------------------------------

    def start(self, account: str, token_hash: str, now: datetime, instead_of: str | None = None) -> None:
        """Begin a session; the one that the browser had before ends."""
        with self._session() as session:
            if instead_of:
                session.exec(delete(SignedIn).where(col(SignedIn.id) == instead_of))
            session.add(SignedIn(id=token_hash, account_id=account, started_at=now, seen_at=now))
            session.commit()

    def session(self, token_hash: str) -> Kept | None:
        """A session of an account that was not withdrawn."""
        with self._session() as session:
            found = session.exec(
                select(SignedIn, Account).where(SignedIn.id == token_hash, Account.id == SignedIn.account_id)
            ).first()
            if found is None or found[1].revoked_at:
                return None
            return Kept(_known(found[1]), found[0].started_at, found[0].seen_at)

    def seen(self, token_hash: str, now: datetime) -> None:
        """A session was used."""
        with self._session() as session:
            if row := session.get(SignedIn, token_hash):
                row.seen_at = now
                session.add(row)
                session.commit()

    def end(self, token_hash: str) -> None:
        """A session is over."""
        with self._session() as session:
            session.exec(delete(SignedIn).where(col(SignedIn.id) == token_hash))
            session.commit()

    def forget_ended(self, seen_before: datetime, started_before: datetime, now: datetime) -> None:
        """Erase sessions and links that do not work any more."""
        with self._session() as session:
            session.exec(delete(SignedIn).where(col(SignedIn.seen_at) <= seen_before))
            session.exec(delete(SignedIn).where(col(SignedIn.started_at) <= started_before))
            session.exec(delete(PasswordLink).where(col(PasswordLink.expires_at) <= now))
            session.commit()

    # -- conversations whose id the caller chooses -------------------------------------

    def claim(self, conversation: str, channel: str, owner: str, now: datetime) -> bool:
        """Whether a conversation is the owner's: it was already, or was nobody's and is from now on."""
        with self._session() as session:
            row = session.get(Conversation, conversation)
            if row is None:
                session.add(Conversation(id=conversation, channel=channel, owner=owner, started_at=now, updated_at=now))
                try:
                    session.commit()
                except IntegrityError:  # somebody else was a moment sooner
                    session.rollback()
                    row = session.get_one(Conversation, conversation)
            return row is None or row.owner == owner

    def _session(self) -> Session:
        return Session(self._engine, expire_on_commit=False)


def folded(name: str) -> str:
    """A name as it is compared: capitals, width and spaces around it make no difference."""
    return unicodedata.normalize("NFKC", name).strip().casefold()[:MAX_NAME]


def _shown(name: str) -> str:
    shown = unicodedata.normalize("NFC", name).strip()
    if not shown or len(shown) > MAX_NAME or len(folded(shown)) > MAX_NAME or not shown.isprintable():
        raise NameRefused(f"Een naam heeft 1 tot {MAX_NAME} tekens die je kunt zien.")
    return shown


def _new(shown: str, roles: Iterable[Role], now: datetime) -> Account:
    return Account(
        id=secrets.token_hex(8),
        name=shown,
        roles=[str(role) for role in in_order(roles)],
        key=secrets.token_hex(32),
        created_at=now,
    )


def _manages(row: Account) -> bool:
    """Whether an account can sign in to manage the others."""
    return Role.ADMIN in row.roles and row.revoked_at is None and bool(row.subject or row.password)


def _end_everything(session: Session, account: str) -> None:
    session.exec(delete(SignedIn).where(col(SignedIn.account_id) == account))
    session.exec(delete(PasswordLink).where(col(PasswordLink.account_id) == account))


def _known(row: Account) -> Known:
    return Known(
        id=row.id,
        name=row.name,
        roles=in_order(row.roles),
        municipalities=tuple(row.municipalities),
        local=row.subject is None,
        has_password=row.password is not None,
        signed_in_at=row.signed_in_at,
        revoked_at=row.revoked_at,
        key=bytes.fromhex(row.key),
    )
