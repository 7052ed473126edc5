"""The tables. A change here needs a migration (see CONTRIBUTING.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, TypeDecorator, UniqueConstraint
from sqlmodel import Field, SQLModel

# The names of keys and indexes are fixed, so that migrations are the same on every database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A moment in UTC, in and out, on every database: SQLite by itself drops the zone unread."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


def _moment() -> Any:
    return Column(Moment, nullable=False)


class Conversation(SQLModel, table=True):
    """One conversation on one channel; its key is a hash, never the address of a person."""

    __tablename__ = "conversation"

    id: str = Field(primary_key=True, max_length=64)
    channel: str = Field(max_length=20)
    owner: str = Field(default="", max_length=64, index=True)  # the hash of the person, over conversations
    case: dict[str, Any] = Field(default_factory=dict, sa_column=Column("case", JSON, nullable=False))
    flows: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    started_at: datetime = Field(sa_column=_moment())
    updated_at: datetime = Field(sa_column=_moment())


class Question(SQLModel, table=True):
    """One question as it was understood; the text is masked."""

    __tablename__ = "question"

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", max_length=64, index=True, ondelete="CASCADE")
    text: str
    masked: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    intent: str = Field(default="", max_length=40)
    confidence: float = 0.0
    entities: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    municipality: str | None = Field(default=None, max_length=60)
    asked_at: datetime = Field(sa_column=_moment())


class Answer(SQLModel, table=True):
    """The answer given: verdict, rules, articles and the state of the knowledge it rests on."""

    __tablename__ = "answer"

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="question.id", index=True, ondelete="CASCADE")
    text: str
    verdict: str = Field(max_length=40)
    obligation: str | None = Field(default=None, max_length=20)
    rules: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    citations: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    advices: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    knowledge_version: str = Field(max_length=20)
    law_on: str = Field(max_length=10)
    wants_dpo: bool = False
    answered_at: datetime = Field(sa_column=_moment())


class ButtonPress(SQLModel, table=True):
    """What a button means: an opaque id, bound to a conversation and a case, that expires."""

    __tablename__ = "button"
    __table_args__ = (Index("ix_button_expires_at", "expires_at"),)

    id: str = Field(primary_key=True, max_length=32)
    conversation_id: str = Field(foreign_key="conversation.id", max_length=64, index=True, ondelete="CASCADE")
    case_number: int
    action: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    expires_at: datetime = Field(sa_column=_moment())


class Decision(SQLModel, table=True):
    """What a professional put on record at the end of a guided conversation, without identities.

    An entry of a register that the organisation has to keep (breaches: AVG 33 paragraph 5) outlives a
    person's wish to be forgotten: it then has no owner any more.
    """

    __tablename__ = "decision"

    id: int | None = Field(default=None, primary_key=True)
    reference: str = Field(max_length=20, index=True, unique=True)
    owner: str = Field(max_length=64, index=True)  # the key of the conversation it was made in
    flow: str = Field(default="record", max_length=40, index=True)
    outcome: str = Field(default="", max_length=120)
    in_register: bool = False
    deadline: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))
    municipality: str | None = Field(default=None, max_length=60)
    entries: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    rules: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    citations: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    knowledge_version: str = Field(max_length=20)
    law_on: str = Field(max_length=10)
    version: int = 1
    created_at: datetime = Field(sa_column=_moment())
    updated_at: datetime = Field(sa_column=_moment())
    withdrawn_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class DecisionVersion(SQLModel, table=True):
    """An earlier version of a decision, kept when it was corrected."""

    __tablename__ = "decision_version"

    id: int | None = Field(default=None, primary_key=True)
    decision_id: int = Field(foreign_key="decision.id", index=True, ondelete="CASCADE")
    version: int
    entries: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    saved_at: datetime = Field(sa_column=_moment())


class Address(SQLModel, table=True):
    """Where a person can be reached, used only to send; it lives shorter than anything else."""

    __tablename__ = "address"

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", max_length=64, ondelete="CASCADE")
    channel: str = Field(max_length=20)
    address: str = Field(max_length=2000)
    seen_at: datetime = Field(sa_column=_moment())


class Profile(SQLModel, table=True):
    """What a person chose about themselves on a channel without cookies; the key is that of the conversation."""

    __tablename__ = "profile"

    id: str = Field(primary_key=True, max_length=64)
    municipality: str | None = Field(default=None, max_length=60)
    role: str | None = Field(default=None, max_length=60)
    updated_at: datetime = Field(sa_column=_moment())


class InboxEvent(SQLModel, table=True):
    """Something that happened on a channel; what it said is gone as soon as it is answered."""

    __tablename__ = "inbox"
    __table_args__ = (UniqueConstraint("channel", "event"),)

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=20)
    event: str = Field(max_length=200)  # the channel's own id of it
    conversation: str = Field(max_length=64)
    body: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    received_at: datetime = Field(sa_column=_moment())
    answered_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True, index=True))


class OutboxUnit(SQLModel, table=True):
    """One thing to be sent, in the form of its channel; gone as soon as it is sent.

    It outlives its conversation: who asks to be forgotten is still told that it was done.
    """

    __tablename__ = "outbox"

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=20)
    conversation: str = Field(max_length=64, index=True)
    owner: str = Field(max_length=64, index=True)
    address: str = Field(max_length=2000)
    unit: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    perhaps_sent: bool = False
    tries: int = 0
    not_before: datetime = Field(sa_column=_moment())
    created_at: datetime = Field(sa_column=_moment())
