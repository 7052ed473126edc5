"""What is kept of a person, erasing it, and erasing what has been kept long enough."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, SQLModel, col, delete, select, update

from bot.store.audit import Audit, BrokenChain
from bot.store.mailbox import KNOWN_FOR
from bot.store.models import (
    Address,
    Answer,
    ButtonPress,
    Campaign,
    CampaignTaker,
    Cleaning,
    Conversation,
    Decision,
    DecisionVersion,
    DpoAnswer,
    InboxEvent,
    Invitation,
    OutboxUnit,
    PasswordLink,
    Profile,
    Question,
    QuizCard,
    QuizPoll,
    SignedIn,
    WeeklyQuestion,
)

if TYPE_CHECKING:
    from bot.settings import Settings

log = logging.getLogger(__name__)
# What came in on a channel, or was to go out, and lies this long: the channel was switched off.
LIES_FOR = timedelta(days=7)
# Longer than any session may last.
ENDED_LONG_AGO = timedelta(days=31)
# An answer of the FG that stays for colleagues tells nothing of who asked.
_WITHOUT_ASKER = {"owner": "", "question_text": "", "reaction": ""}


@dataclass(frozen=True)
class Periods:
    """How long things are kept, in days."""

    questions: int = 365
    decisions: int = 1826
    addresses: int = 90
    audit: int = 1826

    @classmethod
    def of(cls, settings: Settings) -> Periods:
        """As the settings say."""
        return cls(
            settings.keep_questions_days,
            settings.keep_decisions_days,
            settings.keep_addresses_days,
            settings.keep_audit_days,
        )


@dataclass(frozen=True)
class Purged:
    """How many rows went; `other` is what has no line of its own."""

    questions: int
    conversations: int
    decisions: int
    addresses: int
    buttons: int
    audit: int
    other: int


@dataclass(frozen=True)
class Cleaned:
    """When was erased what had been kept long enough, and how many rows of each kind."""

    at: datetime
    erased: Mapping[str, int]


# What the kinds of `Purged` are called.
KINDS: Final[Mapping[str, str]] = {
    "questions": "vragen",
    "conversations": "gesprekken",
    "decisions": "besluiten",
    "addresses": "bezorgadressen",
    "buttons": "knoppen",
    "audit": "regels van het logboek",
    "other": "andere rijen",
}
# For so long is known what was erased on which day.
CLEANINGS_KNOWN: Final = timedelta(days=31)


class Retention:
    """Reads and erases what one database holds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def export(self, owner: str) -> dict[str, Any]:
        """Everything kept of a person, as plain values."""
        with Session(self._engine) as session:
            conversations = session.exec(
                select(Conversation).where(Conversation.owner == owner).order_by(col(Conversation.started_at))
            ).all()
            decided = session.exec(
                select(Decision).where(Decision.owner == owner).order_by(col(Decision.created_at))
            ).all()
            return {
                "gesprekken": [_conversation(session, row) for row in conversations],
                "besluiten": [_decision(session, row) for row in decided],
                "quiz": _quiz(session, owner),
            }

    def erase(self, owner: str, *, decisions: bool) -> None:
        """Erase a person's conversations with all that hangs on them; the decisions too when asked.

        Register entries stay, without owner: the organisation has to keep them.
        """
        with Session(self._engine) as session:
            if decisions:
                own = (col(Decision.owner) == owner, col(Decision.in_register).is_(False))
                session.exec(
                    delete(DecisionVersion).where(col(DecisionVersion.decision_id).in_(select(Decision.id).where(*own)))
                )
                session.exec(delete(Decision).where(*own))
                session.exec(update(Decision).where(col(Decision.owner) == owner).values(owner=""))
            conversations = select(Conversation.id).where(Conversation.owner == owner)
            questions = select(Question.id).where(col(Question.conversation_id).in_(conversations))
            session.exec(delete(Answer).where(col(Answer.question_id).in_(questions)))
            session.exec(delete(Profile).where(col(Profile.id).in_(conversations)))
            for dependent in (Question, ButtonPress, Address, WeeklyQuestion):
                session.exec(delete(dependent).where(col(dependent.conversation_id).in_(conversations)))
            session.exec(delete(OutboxUnit).where(col(OutboxUnit.owner) == owner))
            session.exec(delete(QuizCard).where(col(QuizCard.owner) == owner))
            # What the FG shared with colleagues stays, without who asked.
            answers = col(DpoAnswer.owner) == owner
            session.exec(delete(DpoAnswer).where(answers, col(DpoAnswer.shared).is_(False)))
            session.exec(update(DpoAnswer).where(answers).values(**_WITHOUT_ASKER))
            session.exec(delete(Conversation).where(col(Conversation.owner) == owner))
            session.commit()

    def purge(self, periods: Periods, now: datetime) -> Purged:
        """Erase what was kept longer than its period, and keep when that was done and how much went."""
        with Session(self._engine) as session:
            erased = self._erase_old(session, periods, now)
            session.commit()
        erased["audit"] = self._trim(now - timedelta(days=periods.audit), now)
        with Session(self._engine) as session:
            session.exec(delete(Cleaning).where(col(Cleaning.at) < now - CLEANINGS_KNOWN))
            session.add(Cleaning(at=now, erased=erased))
            session.commit()
        return Purged(**erased)

    def cleanings(self) -> list[Cleaned]:
        """When was erased what had been kept long enough, the newest first; of the last month."""
        with Session(self._engine) as session:
            rows = session.exec(select(Cleaning).order_by(col(Cleaning.at).desc(), col(Cleaning.id).desc()))
            return [Cleaned(row.at, dict(row.erased)) for row in rows]

    def _erase_old(self, session: Session, periods: Periods, now: datetime) -> dict[str, int]:
        erased = dict.fromkeys(KINDS, 0)

        def erase(table: type[SQLModel], *where: ColumnElement[bool], kind: str = "other") -> None:
            erased[kind] += session.exec(delete(table).where(*where)).rowcount

        old = now - timedelta(days=periods.questions)
        old_question, old_answer = col(Question.asked_at) < old, col(DpoAnswer.written_at) < old
        erase(Answer, col(Answer.question_id).in_(select(Question.id).where(old_question)))
        erase(Question, old_question, kind="questions")
        erase(Address, col(Address.seen_at) < now - timedelta(days=periods.addresses), kind="addresses")
        old_decision = col(Decision.updated_at) < now - timedelta(days=periods.decisions)
        outdated = select(Decision.id).where(old_decision)
        erase(DecisionVersion, col(DecisionVersion.decision_id).in_(outdated))
        erase(Decision, old_decision, kind="decisions")
        erase(ButtonPress, col(ButtonPress.expires_at) < now, kind="buttons")
        silent = (col(Conversation.updated_at) < old, col(Conversation.id).not_in(select(Question.conversation_id)))
        gone = select(Conversation.id).where(*silent)
        # Who chose a municipality and never asked anything has no conversation.
        unused = col(Profile.id).not_in(select(Conversation.id)) & (col(Profile.updated_at) < old)
        erase(Profile, col(Profile.id).in_(gone) | unused)
        erase(ButtonPress, col(ButtonPress.conversation_id).in_(gone), kind="buttons")
        erase(Address, col(Address.conversation_id).in_(gone), kind="addresses")
        erase(WeeklyQuestion, col(WeeklyQuestion.conversation_id).in_(gone))
        erase(DpoAnswer, old_answer, col(DpoAnswer.shared).is_(False))
        session.exec(update(DpoAnswer).where(old_answer).values(**_WITHOUT_ASKER))
        erase(InboxEvent, col(InboxEvent.received_at) < now - LIES_FOR)
        erase(OutboxUnit, col(OutboxUnit.created_at) < now - LIES_FOR)
        erase(Conversation, *silent, kind="conversations")
        erase(InboxEvent, col(InboxEvent.answered_at) < now - KNOWN_FOR)
        for expiring in (QuizPoll, PasswordLink):
            erase(expiring, col(expiring.expires_at) < now)
        erase(Invitation, col(Invitation.person).is_(None), col(Invitation.expires_at) < now)
        erase(SignedIn, col(SignedIn.started_at) < now - ENDED_LONG_AGO)
        erase(QuizCard, col(QuizCard.answered_at) < old)
        # Nobody can take part any more, so it need not be known who did.
        ended = select(Campaign.id).where(col(Campaign.ends) < (now - timedelta(days=1)).date().isoformat())
        erase(CampaignTaker, col(CampaignTaker.campaign_id).in_(ended))
        return erased

    def _trim(self, before: datetime, now: datetime) -> int:
        """Erase old rows of the audit log; when they are not as they were written they stay, to be looked at."""
        try:
            return Audit(self._engine, lambda: now).trim(before)
        except BrokenChain:
            log.warning("Het logboek is niet ingekort: een oude regel klopt niet. Zie ./deelwijzer audit controleer")
            return 0


def _conversation(session: Session, row: Conversation) -> dict[str, Any]:
    address, chosen = session.get(Address, row.id), session.get(Profile, row.id)
    asked = session.exec(
        select(Question, Answer)
        .where(Question.conversation_id == row.id, Answer.question_id == Question.id)
        .order_by(col(Question.id))
    )
    return {
        "kanaal": row.channel,
        "begonnen": _moment(row.started_at),
        "laatste_bericht": _moment(row.updated_at),
        "wat_ik_van_de_zaak_weet": dict(row.case),
        "bezorgadres": address.address if address else None,
        "gekozen": {"gemeente": chosen.municipality, "functie": chosen.role} if chosen else None,
        "vragen": [
            {
                "gesteld": _moment(question.asked_at),
                "tekst": question.text,
                "afgeschermd": list(question.masked),
                "oordeel": answer.verdict,
                "antwoord": answer.text,
                "artikelen": list(answer.citations),
                "gemarkeerd_voor_de_fg": answer.wants_dpo,
                "duim": answer.rating,
                "antwoord_van_de_fg": [
                    {"geschreven": _moment(one.written_at), "tekst": one.text, "jouw_reactie": one.reaction}
                    for one in session.exec(select(DpoAnswer).where(DpoAnswer.question_id == question.id))
                ],
            }
            for question, answer in asked
        ],
    }


def _quiz(session: Session, owner: str) -> dict[str, Any]:
    cards = session.exec(select(QuizCard).where(QuizCard.owner == owner).order_by(col(QuizCard.item)))
    weekly = session.exec(select(WeeklyQuestion).where(WeeklyQuestion.owner == owner)).first()
    return {
        "elke_week_een_vraag": weekly is not None,
        "vragen": [
            {
                "vraag": card.item,
                "laatst_beantwoord": _moment(card.answered_at),
                "toen_goed": card.right,
                "keer_gesteld": card.asked,
                "keer_goed": card.known,
                "komt_terug": card.due,
            }
            for card in cards
        ],
    }


def _decision(session: Session, row: Decision) -> dict[str, Any]:
    earlier = session.exec(
        select(DecisionVersion).where(DecisionVersion.decision_id == row.id).order_by(col(DecisionVersion.version))
    )
    return {
        "nummer": row.reference,
        "gemaakt": _moment(row.created_at),
        "versie": row.version,
        "ingetrokken": _moment(row.withdrawn_at) if row.withdrawn_at else None,
        "soort": row.flow,
        "inhoud": dict(row.entries),
        "uitkomst": row.outcome or None,
        "termijn_tot": _moment(row.deadline) if row.deadline else None,
        "eerdere_versies": [{"versie": old.version, "inhoud": dict(old.entries)} for old in earlier],
    }


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
