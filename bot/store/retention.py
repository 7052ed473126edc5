"""What is kept of a person, erasing it, and erasing what has been kept long enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, select, update

from bot.store.mailbox import KNOWN_FOR
from bot.store.models import (
    Address,
    Answer,
    ButtonPress,
    Campaign,
    CampaignTaker,
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


@dataclass(frozen=True)
class Purged:
    """How many rows went."""

    questions: int
    conversations: int
    decisions: int
    addresses: int
    buttons: int


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
        """Erase what was kept longer than its period."""
        old = now - timedelta(days=periods.questions)
        with Session(self._engine) as session:
            old_question = col(Question.asked_at) < old
            session.exec(delete(Answer).where(col(Answer.question_id).in_(select(Question.id).where(old_question))))
            old_answer = col(DpoAnswer.written_at) < old
            questions = session.exec(delete(Question).where(old_question)).rowcount
            addresses = session.exec(
                delete(Address).where(col(Address.seen_at) < now - timedelta(days=periods.addresses))
            ).rowcount
            old_decision = col(Decision.updated_at) < now - timedelta(days=periods.decisions)
            outdated = select(Decision.id).where(old_decision)
            session.exec(delete(DecisionVersion).where(col(DecisionVersion.decision_id).in_(outdated)))
            decisions = session.exec(delete(Decision).where(old_decision)).rowcount
            buttons = session.exec(delete(ButtonPress).where(col(ButtonPress.expires_at) < now)).rowcount
            silent = col(Conversation.updated_at) < old
            asking = select(Question.conversation_id)
            gone = select(Conversation.id).where(silent, col(Conversation.id).not_in(asking))
            # Who chose a municipality and never asked anything has no conversation.
            unused = col(Profile.id).not_in(select(Conversation.id))
            old_choice = col(Profile.updated_at) < old
            session.exec(delete(Profile).where(col(Profile.id).in_(gone) | (unused & old_choice)))
            for dependent in (ButtonPress, Address, WeeklyQuestion):
                session.exec(delete(dependent).where(col(dependent.conversation_id).in_(gone)))
            session.exec(delete(DpoAnswer).where(old_answer, col(DpoAnswer.shared).is_(False)))
            session.exec(update(DpoAnswer).where(old_answer).values(**_WITHOUT_ASKER))
            session.exec(delete(InboxEvent).where(col(InboxEvent.received_at) < now - LIES_FOR))
            session.exec(delete(OutboxUnit).where(col(OutboxUnit.created_at) < now - LIES_FOR))
            conversations = session.exec(
                delete(Conversation).where(silent, col(Conversation.id).not_in(asking))
            ).rowcount
            session.exec(delete(InboxEvent).where(col(InboxEvent.answered_at) < now - KNOWN_FOR))
            for expiring in (QuizPoll, PasswordLink):
                session.exec(delete(expiring).where(col(expiring.expires_at) < now))
            unclaimed = col(Invitation.person).is_(None) & (col(Invitation.expires_at) < now)
            session.exec(delete(Invitation).where(unclaimed))
            session.exec(delete(SignedIn).where(col(SignedIn.started_at) < now - ENDED_LONG_AGO))
            session.exec(delete(QuizCard).where(col(QuizCard.answered_at) < old))
            # Nobody can take part any more, so it need not be known who did.
            ended = select(Campaign.id).where(col(Campaign.ends) < (now - timedelta(days=1)).date().isoformat())
            session.exec(delete(CampaignTaker).where(col(CampaignTaker.campaign_id).in_(ended)))
            session.commit()
            return Purged(questions, conversations, decisions, addresses, buttons)


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
