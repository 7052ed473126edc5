"""Reads and writes of the database, one short transaction each.

No transaction is open while Rasa is called: Rasa calls back into this app, and on SQLite the
two would wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from alembic.util import CommandError
from sqlalchemy import URL, Engine, ExceptionContext, delete, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session, col, create_engine, select

from bot.review.signals import NEW_KIND, priority
from bot.store.mailbox import Place
from bot.store.migrate import upgrade
from bot.store.models import Address, Answer, ButtonPress, Conversation, Question
from knowledge.case import Case

# What may stand before :// in DATABASE_URL, and the driver that we have for it.
_DRIVERS = {
    "sqlite": "sqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}

_WRONG_ADDRESS = (
    "DATABASE_URL klopt niet. Schrijf postgresql://gebruiker:wachtwoord@server:5432/naam, "
    "of sqlite:///pad/naar/bestand.db. Staat in het wachtwoord een @, : of /, schrijf dan %40, %3A of %2F."
)


class DatabaseError(RuntimeError):
    """The database cannot be used; the text says in Dutch what to do, and holds no password."""


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


class Found(NamedTuple):
    """The case of a conversation, and whether it began anew because nothing was said for too long.

    `reacts_to` is the answer of the FG that the next message is a reaction to.
    """

    case: Case
    silent: bool
    reacts_to: int | None = None


class Store:
    """The database behind the assistant.

    Args:
        url: a SQLAlchemy database URL.
        button_hours: hours that a button stays valid.
        case_hours: hours after which a silent conversation starts anew.

    Raises:
        DatabaseError: when the address is wrong or the database cannot be used.
    """

    def __init__(self, url: str, *, button_hours: int = 24, case_hours: int = 12) -> None:
        self._engine = _engine(url)
        self._button_life = timedelta(hours=button_hours)
        self._case_life = timedelta(hours=case_hours)
        _bring_up_to_date(self._engine)

    def case(self, conversation: str, channel: str, now: datetime, owner: str = "") -> Found:
        """The case of a conversation; a new one when it is unknown or has been silent too long.

        The guided conversations stay: what was filled in there is not lost overnight.
        """
        with self._session() as session:
            row = session.get(Conversation, conversation)
            if row is None:
                session.add(Conversation(id=conversation, channel=channel, owner=owner, started_at=now, updated_at=now))
                session.commit()
                return Found(Case(), silent=False)
            case = Case.model_validate(row.case)
            silent = now - row.updated_at > self._case_life and bool(case.act or row.flows)
            if silent:
                case = case.anew()
                row.case, row.updated_at = case.model_dump(mode="json"), now
                session.add(row)
                session.commit()
            return Found(case, silent, row.reacts_to)

    def flows(self, conversation: str) -> list[dict[str, Any]]:
        """The guided conversations that are going on; the last is the one on top."""
        with self._session() as session:
            row = session.get(Conversation, conversation)
            return [dict(state) for state in row.flows] if row else []

    def set_flows(self, conversation: str, states: Sequence[Mapping[str, Any]]) -> None:
        """Keep where the guided conversations are, or that they are over."""
        with self._session() as session:
            row = session.get_one(Conversation, conversation)
            row.flows = [dict(state) for state in states]
            session.add(row)
            session.commit()

    def set_reacting(self, conversation: str, answer: int | None) -> None:
        """Take the next message of a conversation as a reaction to an answer of the FG, or not any more."""
        with self._session() as session:
            row = session.get_one(Conversation, conversation)
            row.reacts_to = answer
            session.add(row)
            session.commit()

    def reachable(self, conversation: str, channel: str, address: str, now: datetime) -> None:
        """Keep where a person can be reached, in a table of its own."""
        with self._session() as session:
            row = session.get(Address, conversation)
            row = row or Address(conversation_id=conversation, channel=channel, address=address, seen_at=now)
            row.address, row.seen_at = address, now
            session.add(row)
            session.commit()

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
                if question.act and not _asked_before(session, question):
                    question.signals = [*question.signals, NEW_KIND]
                question.priority = priority(question.signals)
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

    def add_buttons(self, conversation: str, buttons: Sequence[NewButton], now: datetime) -> None:
        """Keep buttons of a message that answers nothing; they hold for as long as any other."""
        with self._session() as session:
            row = session.get_one(Conversation, conversation)
            number = Case.model_validate(row.case).number
            session.add_all(
                ButtonPress(
                    id=button.id,
                    conversation_id=conversation,
                    case_number=number,
                    action=dict(button.action),
                    expires_at=now + self._button_life,
                )
                for button in buttons
            )
            session.commit()

    def place_of_question(self, question: int) -> Place | None:
        """Where whoever asked a question can be reached; None when the address is not kept (any more)."""
        with self._session() as session:
            row = session.get(Question, question)
            address = session.get(Address, row.conversation_id) if row else None
            if row is None or address is None:
                return None
            conversation = session.get_one(Conversation, row.conversation_id)
            owner = conversation.owner or conversation.id
            return Place(address.channel, conversation.id, owner, address.address)

    def button(self, conversation: str, payload: str, now: datetime) -> tuple[int, dict[str, Any]] | None:
        """Case number and meaning of a button of this conversation, if it has not expired."""
        with self._session() as session:
            row = session.get(ButtonPress, payload)
            if row is None or row.conversation_id != conversation or row.expires_at < now:
                return None
            return row.case_number, dict(row.action)

    def advices(self, answer: int | None) -> list[dict[str, Any]]:
        """The advices behind an answer, as they were given."""
        with self._session() as session:
            row = session.get(Answer, answer) if answer else None
            return list(row.advices) if row else []

    def questions(self) -> list[tuple[Question, Answer]]:
        """All questions with their answers, oldest first."""
        with self._session() as session:
            found = session.exec(
                select(Question, Answer).where(Answer.question_id == Question.id).order_by(col(Question.id))
            )
            return list(found)

    def ready(self) -> bool:
        """True when the database answers."""
        try:
            with self._session() as session:
                session.exec(select(1))
        except DBAPIError:
            return False
        return True

    @property
    def engine(self) -> Engine:
        """The connection pool, for the other readers and writers of this database."""
        return self._engine

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self._engine, expire_on_commit=False) as session:
            yield session


def _asked_before(session: Session, question: Question) -> bool:
    """True when somebody asked about this act with this party before."""
    same = select(Question.id).where(Question.act == question.act, Question.party == question.party).limit(1)
    return session.exec(same).first() is not None


def _engine(url: str) -> Engine:
    address = _address(url)
    # An error that quotes its parameters would carry the text of a message along.
    if address.get_backend_name() != "sqlite":
        waiting = {} if "connect_timeout" in address.query else {"connect_timeout": 10}
        server = create_engine(address, pool_pre_ping=True, hide_parameters=True, connect_args=waiting)
        event.listen(server, "handle_error", _without_detail)
        return server
    if address.database and address.database != ":memory:":
        try:
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseError(_no_file(address)) from error
    engine = create_engine(address, hide_parameters=True, connect_args={"check_same_thread": False, "timeout": 10})

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine


def _without_detail(context: ExceptionContext) -> None:
    """Keep of an error of PostgreSQL the first line: the detail after it quotes the row that was refused."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if first := getattr(getattr(error, "diag", None), "message_primary", None):
        error.args = (first,)
        if wrapped:
            wrapped.args = (f"({type(error).__name__}) {first}",)


def _address(url: str) -> URL:
    try:
        address = make_url(url)
        address = address.set(drivername=_DRIVERS[address.drivername])
    except (ArgumentError, ValueError, KeyError):
        raise DatabaseError(_WRONG_ADDRESS) from None  # the original quotes the address
    # A password with a bare @ ends up in the name of the server, which we would show.
    if "@" in f"{address.host} {address.database}" or not 0 < (address.port or 5432) < 65536:
        raise DatabaseError(_WRONG_ADDRESS)
    return address


def _bring_up_to_date(engine: Engine) -> None:
    try:
        upgrade(engine)
    except DBAPIError as error:
        engine.dispose()
        raise DatabaseError(_why_not(engine.url, error)) from None
    except CommandError:
        engine.dispose()
        raise DatabaseError(
            "De database is van een nieuwere versie van Deelwijzer. Start die versie, of zet de reservekopie terug."
        ) from None


def _why_not(address: URL, error: DBAPIError) -> str:
    """A sentence for what went wrong on opening; of the address only the place, and nothing of the original."""
    if address.get_backend_name() == "sqlite":
        return _no_file(address)
    server = f"{address.host or 'deze machine'}:{address.port or 5432}"
    place = f"de database {address.database or '(zonder naam)'} op {server}"
    if getattr(error.orig, "sqlstate", None):  # the connection stood; a statement was refused
        return (
            f"Ik kan de tabellen niet bijwerken in {place}. "
            "Mag de gebruiker uit DATABASE_URL er tabellen maken? Kijk in het logboek van PostgreSQL."
        )
    if "FATAL" in str(error.orig):
        return (
            f"De server weigert de toegang tot {place}. Bestaat de database, en kloppen gebruiker en wachtwoord in "
            "DATABASE_URL? Kijk in het logboek van PostgreSQL."
        )
    return (
        f"Ik kan niet bij {place}. Draait PostgreSQL, en kloppen server en poort in DATABASE_URL? Probeer het daarna "
        "opnieuw."
    )


def _no_file(address: URL) -> str:
    return (
        f"Ik kan het databasebestand {address.database} niet openen of bijwerken. Controleer of het een database is, "
        "of je er mag schrijven en of de schijf niet vol is."
    )
