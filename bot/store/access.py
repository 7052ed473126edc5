"""Who may use a channel that anybody can find: people who were invited.

An invitation is a code of 128 random bits that works once and expires.  Whoever gives it out knows
its number; the code itself and the person are kept as hashes only.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, or_, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from bot.store.models import Invitation

# Who has not used a channel for so long has to be invited again.
UNUSED = timedelta(days=365)
# How exactly is kept when somebody was last seen.
SEEN_TO = timedelta(days=1)


@dataclass(frozen=True)
class Made:
    """A new invitation; its code is shown once and can never be found out again."""

    number: int
    code: str


@dataclass(frozen=True)
class Given:
    """An invitation as it stands: open until a moment, or in use."""

    number: int
    in_use: bool
    expires_at: datetime


class Access:
    """The invitations of one channel."""

    def __init__(self, engine: Engine, channel: str) -> None:
        self._engine = engine
        self._channel = channel

    # -- for who gives access ----------------------------------------------------------

    def invite(self, days: int, now: datetime) -> Made:
        """Make an invitation that can be used for so many days."""
        code = secrets.token_urlsafe(16)
        row = Invitation(channel=self._channel, code=_hash(code), expires_at=now + timedelta(days=days))
        with Session(self._engine) as session:
            session.add(row)
            session.commit()
            return Made(row.id or 0, code)

    def given(self) -> Sequence[Given]:
        """All invitations, oldest first."""
        with Session(self._engine) as session:
            rows = session.exec(select(Invitation).where(self._here()).order_by(col(Invitation.id)))
            return [Given(row.id or 0, row.person is not None, row.expires_at) for row in rows]

    def withdraw(self, number: int) -> bool:
        """End an invitation, used or not; False when there is none with this number."""
        with Session(self._engine) as session:
            gone = session.exec(delete(Invitation).where(self._here(), col(Invitation.id) == number)).rowcount
            session.commit()
            return gone == 1

    def tidy(self, now: datetime) -> None:
        """Erase invitations that nobody used in time, and the access of who has long been away."""
        unused = col(Invitation.person).is_(None) & (col(Invitation.expires_at) < now)
        away = col(Invitation.seen_at) < now - UNUSED
        with Session(self._engine) as session:
            session.exec(delete(Invitation).where(self._here(), or_(unused, away)))
            session.commit()

    # -- for who comes in --------------------------------------------------------------

    def redeem(self, code: str, person: str, now: datetime) -> bool:
        """Let a person (a hash) in with a code; True as well for who is in already, whose code stays good."""
        if self.allows(person, now):
            return True
        unused = (self._here(), col(Invitation.code) == _hash(code), col(Invitation.expires_at) > now)
        used = update(Invitation).where(*unused).values(code=None, person=person, seen_at=now)
        with Session(self._engine) as session:
            # Who was away for too long comes back with a new invitation.
            session.exec(delete(Invitation).where(self._here(), col(Invitation.person) == person))
            try:
                came_in = session.exec(used).rowcount == 1
                session.commit()
            except IntegrityError:
                return True  # came in with another code at the same moment
            return came_in

    def allows(self, person: str, now: datetime) -> bool:
        """Whether a person (a hash) may use the channel."""
        with Session(self._engine) as session:
            row = session.exec(select(Invitation).where(self._here(), Invitation.person == person)).first()
            if row is None or row.seen_at is None or row.seen_at < now - UNUSED:
                return False
            if row.seen_at < now - SEEN_TO:
                row.seen_at = now
                session.add(row)
                session.commit()
            return True

    def leave(self, person: str) -> None:
        """End the access of a person (a hash)."""
        with Session(self._engine) as session:
            session.exec(delete(Invitation).where(self._here(), col(Invitation.person) == person))
            session.commit()

    def _here(self) -> ColumnElement[bool]:
        return col(Invitation.channel) == self._channel


def _hash(code: str) -> str:
    """The code as it is kept: it is random, so a plain hash cannot be guessed back."""
    return hashlib.sha256(code.encode()).hexdigest()
