"""Reads and writes of the database, one short transaction each.

No transaction is open while Rasa is called: Rasa calls back into this app, and on SQLite the
two would wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, event
from sqlmodel import Session, col, create_engine, select

from bot.store.migrate import upgrade
from bot.store.models import Answer, ButtonPress, Conversation, Question
from knowledge.case import Case


@dataclass(frozen=True)
class NewButton:
    """A button to keep: its opaque id and what it does."""

    id: str
    action: Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """One question with its answer, to be written at once."""

    question: Mapping[str, Any]
    answer: Mapping[str, Any]


class Store:
    """The database behind the assistant.

    Args:
        url: a SQLAlchemy database URL.
        button_hours: hours that a button stays valid.
        case_hours: hours after which a silent conversation starts anew.
    """

    def __init__(self, url: str, *, button_hours: int = 24, case_hours: int = 12) -> None:
        self._engine = _engine(url)
        self._button_life = timedelta(hours=button_hours)
        self._case_life = timedelta(hours=case_hours)
        upgrade(self._engine)

    def case(self, conversation: str, channel: str, now: datetime) -> Case:
        """The case of a conversation; a new one when it is unknown or has been silent too long."""
        with self._session() as session:
            row = session.get(Conversation, conversation)
            if row is None:
                session.add(Conversation(id=conversation, channel=channel, started_at=now, updated_at=now))
                session.commit()
                return Case()
            case = Case.model_validate(row.case)
            if now - _aware(row.updated_at) > self._case_life and case.act:
                case = case.anew()
                row.case, row.updated_at = case.model_dump(mode="json"), now
                session.add(row)
                session.commit()
            return case

    def save(
        self,
        conversation: str,
        case: Case,
        turn: Turn | None,
        buttons: Sequence[NewButton],
        now: datetime,
    ) -> int | None:
        """Write what one message changed; returns the id of the answer, if there was one."""
        with self._session() as session:
            row = session.get_one(Conversation, conversation)
            row.case, row.updated_at = case.model_dump(mode="json"), now
            session.add(row)
            answer_id = None
            if turn:
                question = Question(conversation_id=conversation, asked_at=now, **turn.question)
                session.add(question)
                session.flush()
                answer = Answer(question_id=question.id or 0, answered_at=now, **turn.answer)
                session.add(answer)
                session.flush()
                answer_id = answer.id
            for button in buttons:
                action = {**button.action, "answer": answer_id} if answer_id else dict(button.action)
                session.add(
                    ButtonPress(
                        id=button.id,
                        conversation_id=conversation,
                        case_number=case.number,
                        action=action,
                        expires_at=now + self._button_life,
                    )
                )
            session.exec(delete(ButtonPress).where(col(ButtonPress.expires_at) < now))
            session.commit()
            return answer_id

    def button(self, conversation: str, payload: str, now: datetime) -> tuple[int, dict[str, Any]] | None:
        """Case number and meaning of a button of this conversation, if it has not expired."""
        with self._session() as session:
            row = session.get(ButtonPress, payload)
            if row is None or row.conversation_id != conversation or _aware(row.expires_at) < now:
                return None
            return row.case_number, dict(row.action)

    def advices(self, answer: int | None) -> list[dict[str, Any]]:
        """The advices behind an answer, as they were given."""
        with self._session() as session:
            row = session.get(Answer, answer) if answer else None
            return list(row.advices) if row else []

    def ask_dpo(self, answer: int) -> None:
        """Mark an answer as one that the FG is asked about."""
        with self._session() as session:
            row = session.get(Answer, answer)
            if row:
                row.wants_dpo = True
                session.add(row)
                session.commit()

    def questions(self) -> list[tuple[Question, Answer]]:
        """All questions with their answers, oldest first."""
        with self._session() as session:
            found = session.exec(
                select(Question, Answer).where(Answer.question_id == Question.id).order_by(col(Question.id))
            )
            return list(found)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self._engine, expire_on_commit=False) as session:
            yield session


def _engine(url: str) -> Engine:
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    path = url.partition(":///")[2]
    if path and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False, "timeout": 10})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _aware(moment: datetime) -> datetime:
    """SQLite gives moments back without their zone; they were written in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
