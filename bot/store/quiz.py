"""What people answered in the quiz, and who wants a question every week: reads and writes, one transaction each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.store.mailbox import Place
from bot.store.models import Address, ButtonPress, Conversation, QuizCard, WeeklyQuestion
from bot.store.store import NewButton
from knowledge.quiz import Card

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Answers:
    """The cards of a person by question, and when each was last answered."""

    cards: dict[str, Card]
    answered_at: dict[str, datetime]


class QuizCards:
    """The quiz in one database; a person is known by a hash only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # -- answers -----------------------------------------------------------------------

    def of(self, owner: str) -> Answers:
        """All that a person answered."""
        with Session(self._engine) as session:
            rows = session.exec(select(QuizCard).where(QuizCard.owner == owner)).all()
            return Answers({row.item: _card(row) for row in rows}, {row.item: row.answered_at for row in rows})

    def keep(self, owner: str, card: Card, now: datetime) -> None:
        """Keep what became of a question."""
        values = {**card.model_dump(), "due": card.due.isoformat()}
        with Session(self._engine) as session:
            session.merge(QuizCard(owner=owner, answered_at=now, **values))
            session.commit()

    # -- every week --------------------------------------------------------------------

    def subscribe(self, conversation: str, owner: str, now: datetime) -> None:
        """From next week on a question comes in this conversation."""
        with Session(self._engine) as session:
            session.merge(WeeklyQuestion(conversation_id=conversation, owner=owner, next_at=now + WEEK))
            session.commit()

    def unsubscribe(self, owner: str) -> None:
        """No question comes any more, in no conversation of this person."""
        with Session(self._engine) as session:
            for row in session.exec(select(WeeklyQuestion).where(WeeklyQuestion.owner == owner)):
                session.delete(row)
            session.commit()

    def subscribed(self, owner: str) -> bool:
        """True when a question comes every week."""
        with Session(self._engine) as session:
            return session.exec(select(WeeklyQuestion).where(WeeklyQuestion.owner == owner)).first() is not None

    def waiting(self, channels: Collection[str], now: datetime) -> list[Place]:
        """Where a question of the week may go now: only where the address is known and the channel sends."""
        with Session(self._engine) as session:
            rows = session.exec(
                select(WeeklyQuestion, Address)
                .where(WeeklyQuestion.conversation_id == Address.conversation_id)
                .where(col(WeeklyQuestion.next_at) <= now, col(Address.channel).in_(channels))
                .order_by(col(WeeklyQuestion.next_at))
            )
            return [Place(at.channel, at.conversation_id, weekly.owner, at.address) for weekly, at in rows]

    def put_off(self, conversation: str, buttons: Iterable[NewButton], now: datetime) -> bool:
        """Note that the question of this week goes out, with the meaning of its buttons for a week.

        Returns:
            False when nobody waits for it any more.
        """
        with Session(self._engine) as session:
            row = session.get(WeeklyQuestion, conversation)
            if row is None or row.next_at > now or session.get(Conversation, conversation) is None:
                return False
            row.next_at = now + WEEK
            session.add(row)
            session.add_all(
                ButtonPress(
                    id=button.id,
                    conversation_id=conversation,
                    case_number=0,
                    action=dict(button.action),
                    expires_at=now + WEEK,
                )
                for button in buttons
            )
            session.commit()
            return True


def _card(row: QuizCard) -> Card:
    return Card(
        item=row.item,
        box=row.box,
        due=date.fromisoformat(row.due),
        right=row.right,
        asked=row.asked,
        known=row.known,
    )
