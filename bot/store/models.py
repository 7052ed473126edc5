"""The tables. A change here needs a migration (see CONTRIBUTING.md)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Index
from sqlmodel import Field, SQLModel

# The names of keys and indexes are fixed, so that migrations are the same on every database.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def _moment() -> Any:
    return Column(DateTime(timezone=True), nullable=False)


class Conversation(SQLModel, table=True):
    """One conversation on one channel; its key is a hash, never the address of a person."""

    __tablename__ = "conversation"

    id: str = Field(primary_key=True, max_length=64)
    channel: str = Field(max_length=20)
    case: dict[str, Any] = Field(default_factory=dict, sa_column=Column("case", JSON, nullable=False))
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
