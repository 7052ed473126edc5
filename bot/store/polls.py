"""What the options of a quiz poll mean: a channel that shows one only hears which option was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, delete

from bot.store.models import QuizPoll


class Polls:
    """Keeps polls as long as the buttons that their options stand for.

    Args:
        engine: the database.
        hours: hours that a button, and so a poll, stays valid.
    """

    def __init__(self, engine: Engine, hours: int) -> None:
        self._engine = engine
        self._life = timedelta(hours=hours)

    def keep(self, poll: str, conversation: str, payloads: Sequence[str], now: datetime) -> None:
        """Keep what the options of a poll mean, in order, for a conversation (a hash)."""
        row = QuizPoll(id=poll, conversation=conversation, payloads=list(payloads), expires_at=now + self._life)
        with Session(self._engine) as session:
            session.exec(delete(QuizPoll).where(col(QuizPoll.expires_at) < now))
            session.merge(row)
            session.commit()

    def payload(self, poll: str, conversation: str, option: int, now: datetime) -> str | None:
        """What an option of a poll in this conversation means; None when that is not known any more."""
        with Session(self._engine) as session:
            row = session.get(QuizPoll, poll)
            if row is None or row.conversation != conversation or row.expires_at < now:
                return None
            return row.payloads[option] if 0 <= option < len(row.payloads) else None
