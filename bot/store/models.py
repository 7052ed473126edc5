"""The tables. A change here needs a migration (see CONTRIBUTING.md)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, Integer, TypeDecorator, UniqueConstraint
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
    reacts_to: int | None = None  # the answer of the FG that the next message is a reaction to
    started_at: datetime = Field(sa_column=_moment())
    updated_at: datetime = Field(sa_column=_moment())


class Question(SQLModel, table=True):
    """One question as it was understood; the text is masked.

    `act`, `party` and `verdict` repeat what the answer says, to filter on; `signals` are the reasons to
    look at it and `priority` their weight.
    """

    __tablename__ = "question"
    __table_args__ = (
        # The municipality last: who sees some of them walks along the same queue.
        Index("ix_question_queue", "closed_at", "priority", "asked_at", "municipality"),
        # What the figures are made of; the moment first, so that a period is one range of it, and the id last, so
        # that what hangs on a question is counted without reading the question.
        Index("ix_question_figures", "asked_at", "municipality", "verdict", "act", "confidence", "id"),
        Index("ix_question_kind", "act", "party", "municipality", "asked_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", max_length=64, index=True, ondelete="CASCADE")
    text: str
    masked: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    intent: str = Field(default="", max_length=40)
    confidence: float = 0.0
    entities: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    municipality: str | None = Field(default=None, max_length=60)
    act: str = Field(default="", max_length=40)
    party: str = Field(default="", max_length=60)
    verdict: str = Field(default="", max_length=40)
    signals: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    priority: int = 0
    asked_at: datetime = Field(sa_column=_moment())
    closed_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


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
    rating: int | None = None  # 1: thumbs up, -1: thumbs down
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
    __table_args__ = (
        Index("ix_decision_created_at", "created_at"),
        Index("ix_decision_register", "in_register", "created_at"),
        # The terms that run, asked on every page of the FG.
        Index("ix_decision_running", "in_register", "settled_at", "deadline"),
    )

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
    # Of an entry in a register: what the organisation did, so that its term no longer runs.
    settled_as: str | None = Field(default=None, max_length=20)
    settled_by: str | None = Field(default=None, max_length=64)  # the account
    settled_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


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


class Invitation(SQLModel, table=True):
    """An invitation to a channel, and after it was used: that this person may use the channel.

    Neither the code nor the person stands here, only a hash of each; a used invitation has no code any
    more, so it works once.
    """

    __tablename__ = "invitation"
    # A number is never given twice: whoever gave the invitation knows it by that.
    __table_args__ = (UniqueConstraint("channel", "person"), {"sqlite_autoincrement": True})

    id: int | None = Field(default=None, primary_key=True)
    channel: str = Field(max_length=20)
    code: str | None = Field(default=None, max_length=64, index=True, unique=True)
    person: str | None = Field(default=None, max_length=64)
    expires_at: datetime = Field(sa_column=_moment())
    seen_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class QuizPoll(SQLModel, table=True):
    """What the options of a quiz question mean that a channel shows in a form of its own."""

    __tablename__ = "poll"
    __table_args__ = (Index("ix_poll_expires_at", "expires_at"),)

    id: str = Field(primary_key=True, max_length=64)
    conversation: str = Field(max_length=64, index=True)
    payloads: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    expires_at: datetime = Field(sa_column=_moment())


class Account(SQLModel, table=True):
    """Someone who signs in: with a password of our own, or through the organisation's sign-in."""

    __tablename__ = "account"

    id: str = Field(primary_key=True, max_length=32)  # random; what the audit log calls this person
    name: str = Field(max_length=100)  # as shown
    login: str | None = Field(default=None, max_length=100, unique=True)  # what a local account types, folded
    subject: str | None = Field(default=None, max_length=64, unique=True)  # the hash of who it is at the organisation
    password: str | None = Field(default=None, max_length=200)  # argon2id; a local account may still have to choose one
    roles: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    # Whose questions, decisions and figures it may see; empty: those of all.
    municipalities: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    key: str = Field(max_length=64)  # random; signs the conversations that this account opened
    created_at: datetime = Field(sa_column=_moment())
    signed_in_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class SignedIn(SQLModel, table=True):
    """A session of an account; the key is the hash of the token in the cookie, never the token."""

    __tablename__ = "signed_in"

    id: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(foreign_key="account.id", max_length=32, index=True, ondelete="CASCADE")
    started_at: datetime = Field(sa_column=_moment())
    seen_at: datetime = Field(sa_column=_moment())


class PasswordLink(SQLModel, table=True):
    """A link with which an account chooses its password once; the key is the hash of what is in the link."""

    __tablename__ = "password_link"

    id: str = Field(primary_key=True, max_length=64)
    account_id: str = Field(foreign_key="account.id", max_length=32, index=True, ondelete="CASCADE")
    expires_at: datetime = Field(sa_column=_moment())


class AuditEntry(SQLModel, table=True):
    """Who did what, when; each row holds a hash over itself and the row before.

    Rows are added, and go at the end of their period: the oldest first, with a new row that tells which.
    """

    __tablename__ = "audit"

    # Given by us, without a gap: a missing row shows.
    id: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_column=_moment())
    actor: str = Field(max_length=64)
    action: str = Field(max_length=40)
    object: str = Field(max_length=120)
    result: str = Field(max_length=20)
    origin: str = Field(max_length=60)
    previous: str = Field(max_length=64, unique=True)  # no two rows can follow the same one
    hash: str = Field(max_length=64)


class Judgement(SQLModel, table=True):
    """What the FG made of a question: right, wrong (and what it should have been), a wish, an example, closed."""

    __tablename__ = "judgement"

    id: int | None = Field(default=None, primary_key=True)
    question_id: int = Field(foreign_key="question.id", index=True, ondelete="CASCADE")
    what: str = Field(max_length=20)
    intent: str = Field(default="", max_length=40)
    facts: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    rule: str = Field(default="", max_length=120)
    note: str = ""
    by: str = Field(max_length=64)  # the account
    made_at: datetime = Field(sa_column=_moment())


class DpoAnswer(SQLModel, table=True):
    """An answer of the FG to one question.

    It outlives the question when it is `shared`: then it is shown to colleagues of the municipality whose
    question rests on the same rules.  The person who asked is then no longer known.
    """

    __tablename__ = "dpo_answer"
    __table_args__ = (Index("ix_dpo_answer_shared", "shared", "municipality"),)

    id: int | None = Field(default=None, primary_key=True)
    question_id: int | None = Field(
        default=None, foreign_key="question.id", index=True, ondelete="SET NULL", nullable=True
    )
    owner: str = Field(default="", max_length=64, index=True)
    channel: str = Field(max_length=20)
    municipality: str | None = Field(default=None, max_length=60)
    question_text: str = ""
    text: str
    rules: str = Field(default="", max_length=2000)  # the ids, sorted, with a space between
    shared: bool = False
    by: str = Field(max_length=64)
    written_at: datetime = Field(sa_column=_moment())
    delivered_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))
    reaction: str = ""
    reacted_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class QuizCard(SQLModel, table=True):
    """What a person answered to one question of the quiz, and when that comes again; no name, no words."""

    __tablename__ = "quiz_card"

    owner: str = Field(primary_key=True, max_length=64)  # the hash of the person
    item: str = Field(primary_key=True, max_length=80)
    box: int
    due: str = Field(max_length=10)  # a day, as 2026-11-23
    right: bool
    asked: int
    known: int
    answered_at: datetime = Field(sa_column=_moment())


class WeeklyQuestion(SQLModel, table=True):
    """That a person wants a question every week in a conversation; no row: they do not."""

    __tablename__ = "weekly_question"

    conversation_id: str = Field(primary_key=True, foreign_key="conversation.id", max_length=64, ondelete="CASCADE")
    owner: str = Field(max_length=64, index=True)
    next_at: datetime = Field(sa_column=_moment())


class Campaign(SQLModel, table=True):
    """A measurement of what teams know: the same questions for everyone, from a day to a day."""

    __tablename__ = "campaign"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100)
    items: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    municipality: str | None = Field(default=None, max_length=60)  # whose it is; None: of all together
    repeats: int | None = Field(default=None, foreign_key="campaign.id", ondelete="SET NULL", nullable=True)
    starts: str = Field(max_length=10)  # a day, as 2026-11-23
    ends: str = Field(max_length=10)  # the last day
    created_at: datetime = Field(sa_column=_moment())
    closed_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class CampaignTeam(SQLModel, table=True):
    """A team in a campaign, with the code that its people type."""

    __tablename__ = "campaign_team"
    __table_args__ = (UniqueConstraint("code"),)

    id: int | None = Field(default=None, primary_key=True)
    campaign_id: int = Field(foreign_key="campaign.id", index=True, ondelete="CASCADE")
    name: str = Field(max_length=60)
    code: str = Field(max_length=20)
    finished: int = 0  # how many people


class CampaignTotal(SQLModel, table=True):
    """How many of the finishers of a team had a question right; nothing tells who."""

    __tablename__ = "campaign_total"

    team_id: int = Field(primary_key=True, foreign_key="campaign_team.id", ondelete="CASCADE")
    item: str = Field(primary_key=True, max_length=80)
    right: int = 0


class CampaignTaker(SQLModel, table=True):
    """That somebody takes part, so that nobody is counted twice; erased when the campaign is over.

    The mark is made of the person and the campaign with the secret of the program: nobody can tell from it
    who it is, nor that two marks are of one person.  It says neither the team nor what was answered.
    """

    __tablename__ = "campaign_taker"

    campaign_id: int = Field(primary_key=True, foreign_key="campaign.id", ondelete="CASCADE")
    mark: str = Field(primary_key=True, max_length=64)
    round: str = Field(default="", max_length=16)  # the round that is going on; empty when it was counted


class Cleaning(SQLModel, table=True):
    """That what was kept long enough was erased: when, and how many rows of each kind."""

    __tablename__ = "cleaning"
    __table_args__ = (Index("ix_cleaning_at", "at"),)

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=_moment())
    erased: dict[str, int] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
