"""The inbox and the outbox of the channels that send by themselves, one short transaction each.

An event stands in the inbox from the moment it is accepted until its answer stands in the outbox;
after that only its id stays, so that the same event told again is known.  A unit stands in the
outbox until it is sent.  So at rest neither table holds any text or address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from bot.delivery.channel import Event, Unit
from bot.store.models import InboxEvent, OutboxUnit

# Longer than any channel tells an event again: Telegram keeps them a day.
KNOWN_FOR = timedelta(days=3)


@dataclass(frozen=True)
class Place:
    """Whose conversation a unit belongs to, and where it goes.  The keys are hashes."""

    channel: str
    conversation: str
    owner: str
    address: str


@dataclass(frozen=True)
class Waiting:
    """A unit on its way out."""

    id: int
    place: Place
    unit: Unit
    perhaps_sent: bool
    tries: int
    not_before: datetime
    created_at: datetime


class Mailbox:
    """Reads and writes of both tables."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -- what comes in -----------------------------------------------------------------

    def accept(self, conversation: str, event: Event, now: datetime) -> int | None:
        """Keep an event under the key of its conversation; its number, or None when it was known."""
        row = InboxEvent(
            channel=event.channel, event=event.id, conversation=conversation, body=asdict(event), received_at=now
        )
        with Session(self._engine) as session:
            session.add(row)
            try:
                session.commit()
            except IntegrityError:
                return None
            return row.id

    def unanswered(self) -> list[tuple[int, str, Event]]:
        """What was accepted and not answered, oldest first: number, key of the conversation, event."""
        with Session(self._engine) as session:
            rows = session.exec(
                select(InboxEvent).where(col(InboxEvent.answered_at).is_(None)).order_by(col(InboxEvent.id))
            )
            return [(row.id or 0, row.conversation, _event(row.body)) for row in rows]

    def answered(self, number: int, place: Place, units: Sequence[Unit], now: datetime) -> None:
        """Keep the answer to an event and let go of what it said, in one transaction."""
        with Session(self._engine) as session:
            row = session.get_one(InboxEvent, number)
            row.body, row.answered_at = {}, now
            session.add(row)
            session.add_all(_rows(place, units, now))
            session.commit()

    # -- what goes out -----------------------------------------------------------------

    def put(self, place: Place, units: Sequence[Unit], now: datetime) -> None:
        """Keep units to be sent that answer no event."""
        with Session(self._engine) as session:
            session.add_all(_rows(place, units, now))
            session.commit()

    def next(self, conversation: str) -> Waiting | None:
        """The oldest unit that waits in a conversation."""
        with Session(self._engine) as session:
            found = session.exec(
                select(OutboxUnit).where(OutboxUnit.conversation == conversation).order_by(col(OutboxUnit.id)).limit(1)
            ).first()
            return _waiting(found) if found else None

    def conversations(self) -> list[tuple[str, str]]:
        """Channel and key of each conversation in which something waits."""
        with Session(self._engine) as session:
            return list(session.exec(select(OutboxUnit.channel, OutboxUnit.conversation).distinct()))

    def on_its_way(self, number: int) -> None:
        """Note that a unit is being sent: after a crash it has perhaps arrived."""
        self._change(number, perhaps_sent=True)

    def later(self, number: int, not_before: datetime, *, perhaps_sent: bool) -> None:
        """A unit was not sent, or nobody knows: try it again, not before a moment."""
        self._change(number, perhaps_sent=perhaps_sent, not_before=not_before)

    def gone(self, numbers: Iterable[int]) -> None:
        """Units were sent, or never will be."""
        with Session(self._engine) as session:
            session.exec(delete(OutboxUnit).where(col(OutboxUnit.id).in_(list(numbers))))
            session.commit()

    # -- both --------------------------------------------------------------------------

    def sizes(self) -> dict[str, int]:
        """How many events wait for an answer, and how many units to be sent."""
        with Session(self._engine) as session:
            unanswered = select(func.count()).select_from(InboxEvent).where(col(InboxEvent.answered_at).is_(None))
            return {
                "inbox": session.exec(unanswered).one(),
                "outbox": session.exec(select(func.count()).select_from(OutboxUnit)).one(),
            }

    def _change(self, number: int, **values: Any) -> None:
        with Session(self._engine) as session:
            if row := session.get(OutboxUnit, number):  # gone when the person asked to be forgotten
                for name, value in values.items():
                    setattr(row, name, value)
                if "not_before" in values:
                    row.tries += 1
                session.add(row)
                session.commit()


def _rows(place: Place, units: Sequence[Unit], now: datetime) -> list[OutboxUnit]:
    return [OutboxUnit(**asdict(place), unit=dict(unit), not_before=now, created_at=now) for unit in units]


def _waiting(row: OutboxUnit) -> Waiting:
    place = Place(row.channel, row.conversation, row.owner, row.address)
    return Waiting(row.id or 0, place, dict(row.unit), row.perhaps_sent, row.tries, row.not_before, row.created_at)


def _event(body: Mapping[str, Any]) -> Event:
    return Event(**{**body, "kinds": tuple(body["kinds"])})
