"""What the FG sees and does, one short transaction each. Nothing here tells who asked."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Engine, String, and_, cast, func, null
from sqlmodel import Session, col, select

from bot.review.signals import ASKED, REACTION, THUMBS_DOWN, WEIGHTS, priority
from bot.store.boundary import EVERYTHING, Boundary
from bot.store.models import Address, Answer, Conversation, DpoAnswer, Judgement, Question

PAGE = 25  # questions on a page
# So many that were found are sorted; for more the index on the queue is walked along, which soon meets enough.
SORTED_AT_MOST = 2000
# What the FG did, as it is kept.
TOLD = "told"  # the person was told that the answer is another one now
TELLING = "telling"  # the same, on its way to the person
WISH = "wish"
WISH_DONE = "wish_done"
# Channels on which nothing can be sent: what is for a person waits there until the person comes back.
FETCHED = frozenset({"web"})


@dataclass(frozen=True)
class Filter:
    """Which questions; an empty field does not filter. Moments are in UTC, `until` is not included."""

    words: str = ""
    municipality: str = ""
    act: str = ""
    party: str = ""
    verdict: str = ""
    signal: str = ""
    since: datetime | None = None
    until: datetime | None = None
    needed: bool = False  # only what something asks to look at
    closed: bool = False


@dataclass(frozen=True)
class Page:
    """One page of questions with their answers, and how many there are in all."""

    rows: tuple[tuple[Question, Answer], ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Item:
    """One question with everything that was done with it."""

    question: Question
    answer: Answer
    judgements: tuple[Judgement, ...]
    answers: tuple[DpoAnswer, ...]
    similar: tuple[Question, ...]
    channel: str | None = None  # known only of who chose "Vraag de FG"


@dataclass(frozen=True)
class Asked:
    """Somebody who asked a question; `owner` is a key that no page shows.

    `reachable` tells whether there is a way back, `told` which new outcomes the person heard of already or
    is about to.
    """

    question: int
    owner: str
    reachable: bool
    told: frozenset[str]


@dataclass(frozen=True)
class News:
    """Something to tell a person about a question of before."""

    question: int
    text: str
    noted_at: datetime


class Reviews:
    """Reads and writes for the FG.

    Args:
        engine: the database.
        boundary: what is beyond it is not there.
    """

    def __init__(self, engine: Engine, boundary: Boundary = EVERYTHING) -> None:
        self._engine = engine
        self._boundary = boundary

    # -- looking -----------------------------------------------------------------------

    def queue(self, wanted: Filter, number: int = 1) -> Page:
        """A page of questions: the most needed first, the closed ones newest first."""
        where = _where(wanted, in_order=not _is_rare(wanted))
        order = (
            (col(Question.closed_at).desc(), col(Question.id).desc())
            if wanted.closed
            else (col(Question.priority).desc(), col(Question.asked_at).desc(), col(Question.id).desc())
        )
        with self._boundary.session(self._engine) as session:
            total = session.exec(select(func.count()).select_from(Question).where(*where)).one()
            if not total:
                return Page((), 0, number)
            if total > SORTED_AT_MOST:
                where = _where(wanted)
            ids = session.exec(
                select(Question.id).where(*where).order_by(*order).offset((number - 1) * PAGE).limit(PAGE)
            ).all()
            found = session.exec(
                select(Question, Answer).where(col(Question.id).in_(ids), Answer.question_id == Question.id)
            ).all()
            by_id = {question.id: (question, answer) for question, answer in found}
            return Page(tuple(by_id[one] for one in ids if one in by_id), total, number)

    def item(self, number: int) -> Item | None:
        """One question, or None when it is not there (any more)."""
        with self._boundary.session(self._engine) as session:
            question = session.get(Question, number)
            if question is None:
                return None
            answer = session.exec(select(Answer).where(Answer.question_id == number)).first()
            if answer is None:
                return None
            judgements = session.exec(
                select(Judgement).where(Judgement.question_id == number).order_by(col(Judgement.id))
            ).all()
            answers = session.exec(
                select(DpoAnswer).where(DpoAnswer.question_id == number).order_by(col(DpoAnswer.id))
            ).all()
            similar = session.exec(
                select(Question)
                .where(Question.act == question.act, Question.party == question.party, Question.id != number)
                .order_by(col(Question.asked_at).desc())
                .limit(5)
            ).all()
            alike = tuple(similar) if question.act else ()
            conversation = session.get(Conversation, question.conversation_id) if answer.wants_dpo else None
            channel = conversation.channel if conversation else None
            return Item(question, answer, tuple(judgements), tuple(answers), alike, channel)

    def counts(self) -> dict[str, int]:
        """How many open questions have each signal."""
        kept = cast(col(Question.signals), String)
        counted: Counter[str] = Counter()
        with self._boundary.session(self._engine) as session:
            found = session.exec(
                select(kept, func.count())
                .where(col(Question.closed_at).is_(None), Question.priority > 0)
                .group_by(kept)
            )
            for reasons, number in found:
                counted.update(dict.fromkeys(json.loads(reasons), number))
        return dict(counted)

    def next_after(self, number: int) -> int | None:
        """The question that is the most needed beside this one."""
        with self._boundary.session(self._engine) as session:
            return session.exec(
                select(Question.id)
                .where(col(Question.closed_at).is_(None), Question.id != number)
                .order_by(col(Question.priority).desc(), col(Question.asked_at).desc(), col(Question.id).desc())
                .limit(1)
            ).first()

    def wishes(self, number: int = 1) -> list[tuple[Judgement, Question]]:
        """What the FG would like the knowledge to hold, newest first; a page, and one more when there are."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(
                select(Judgement, Question)
                .where(Judgement.what == WISH, Judgement.question_id == Question.id)
                .order_by(col(Judgement.id).desc())
                .offset((number - 1) * PAGE)
                .limit(PAGE + 1)
            )
            return list(found)

    def shared_answers(self, number: int = 1) -> list[DpoAnswer]:
        """The answers that colleagues see, newest first; a page, and one more when there are."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(
                select(DpoAnswer)
                .where(col(DpoAnswer.shared).is_(True))
                .order_by(col(DpoAnswer.id).desc())
                .offset((number - 1) * PAGE)
                .limit(PAGE + 1)
            )
            return list(found)

    # -- answers that may be others now ------------------------------------------------

    def given_before(self, version: str) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """The number and the advices of every question that another state of the knowledge answered."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(
                select(Answer.question_id, Answer.advices)
                .where(Answer.knowledge_version != version)
                .order_by(col(Answer.id))
                .execution_options(yield_per=500)
            )
            for number, advices in found:
                yield number, list(advices or ())

    def who_asked(self, numbers: Sequence[int]) -> list[Asked]:
        """Who asked these questions, as far as they are still there, oldest first."""
        with self._boundary.session(self._engine) as session:
            heard: dict[int, set[str]] = {}
            for part in _parts(numbers):
                told = select(Judgement.question_id, Judgement.facts).where(
                    col(Judgement.question_id).in_(part), col(Judgement.what).in_((TELLING, TOLD))
                )
                for question, facts in session.exec(told):
                    heard.setdefault(question, set()).add(str(facts.get("outcome", "")))
            people: list[Asked] = []
            person = func.coalesce(func.nullif(Conversation.owner, ""), Conversation.id)
            for part in _parts(numbers):
                found = session.exec(
                    select(Question.id, person, Conversation.channel, Address.conversation_id)
                    .join(Conversation, col(Conversation.id) == Question.conversation_id)
                    .outerjoin(Address, col(Address.conversation_id) == Conversation.id)
                    .where(col(Question.id).in_(part))
                    .order_by(col(Question.id))
                )
                people.extend(
                    Asked(
                        number or 0,
                        owner,
                        address is not None or channel in FETCHED,
                        frozenset(heard.get(number or 0, ())),
                    )
                    for number, owner, channel, address in found
                )
            return people

    def news_for(self, channel: str, owner: str) -> list[News]:
        """What a person has to be told on a channel on which people come and fetch it: the last of each question."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(
                select(Judgement)
                .join(Question, col(Question.id) == Judgement.question_id)
                .join(Conversation, col(Conversation.id) == Question.conversation_id)
                .where(
                    Conversation.owner == owner,
                    Conversation.owner != "",
                    Conversation.channel == channel,
                    Judgement.what == TELLING,
                )
                .order_by(col(Judgement.id))
            )
            last = {row.question_id: row for row in found}
            return [News(number, str(row.facts.get("text", "")), row.made_at) for number, row in last.items()]

    def told(self, number: int) -> None:
        """Note that the person heard what was on its way about a question; the words are not needed any more."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(select(Judgement).where(Judgement.question_id == number, Judgement.what == TELLING))
            for row in found:
                row.what, row.facts = TOLD, {"outcome": row.facts.get("outcome", "")}
                session.add(row)
            session.commit()

    def fulfil(self, judgement: int) -> bool:
        """Take a wish off the list; False when it is not there."""
        with self._boundary.session(self._engine) as session:
            row = session.get(Judgement, judgement)
            if row is None or row.what != WISH:
                return False
            row.what = WISH_DONE
            session.add(row)
            session.commit()
            return True

    def channel_of(self, number: int) -> str | None:
        """The channel on which a question was asked; None when it is gone."""
        with self._boundary.session(self._engine) as session:
            found = select(Conversation.channel).join(Question, col(Question.conversation_id) == Conversation.id)
            return session.exec(found.where(Question.id == number)).first()

    def take_back(self, number: int, what: str, outcome: str) -> None:
        """Remove what was noted of a question before it turned out not to be so."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(select(Judgement).where(Judgement.question_id == number, Judgement.what == what))
            for row in found:
                if row.facts.get("outcome") == outcome:
                    session.delete(row)
            session.commit()

    # -- judging -----------------------------------------------------------------------

    def judge(
        self,
        numbers: Sequence[int],
        what: str,
        by: str,
        now: datetime,
        *,
        intent: str = "",
        facts: Mapping[str, Any] | None = None,
        rule: str = "",
        note: str = "",
        close: bool = True,
    ) -> list[int]:
        """Keep what the FG made of questions; the numbers of those that there were."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(select(Question).where(col(Question.id).in_(list(numbers)))).all()
            for question in found:
                session.add(
                    Judgement(
                        question_id=question.id or 0,
                        what=what,
                        intent=intent,
                        facts=dict(facts or {}),
                        rule=rule,
                        note=note,
                        by=by,
                        made_at=now,
                    )
                )
                if close:
                    question.closed_at = now
                    session.add(question)
            numbers = [question.id or 0 for question in found]
            session.commit()
            return numbers

    def reopen(self, number: int) -> None:
        """Put a question back in the queue."""
        with self._boundary.session(self._engine) as session:
            if question := session.get(Question, number):
                question.closed_at = None
                session.add(question)
                session.commit()

    # -- signals of the person ---------------------------------------------------------

    def rate(self, answer: int, value: int) -> None:
        """Keep a thumb: 1 or -1."""
        with self._boundary.session(self._engine) as session:
            if row := session.get(Answer, answer):
                row.rating = value
                session.add(row)
                if question := session.get(Question, row.question_id):
                    kept = [one for one in question.signals if one != THUMBS_DOWN]
                    _signal(session, question, [*kept, THUMBS_DOWN] if value < 0 else kept)
                session.commit()

    def ask(self, answer: int) -> None:
        """Mark an answer as one that the FG is asked about."""
        with self._boundary.session(self._engine) as session:
            if row := session.get(Answer, answer):
                row.wants_dpo = True
                session.add(row)
                if question := session.get(Question, row.question_id):
                    _signal(session, question, [*question.signals, ASKED])
                session.commit()

    # -- answers of the FG -------------------------------------------------------------

    def reply(self, number: int, text: str, by: str, now: datetime, *, shared: bool) -> DpoAnswer | None:
        """Keep an answer of the FG to a question; None when the question is gone."""
        with self._boundary.session(self._engine, expire_on_commit=False) as session:
            question = session.get(Question, number)
            if question is None:
                return None
            conversation = session.get_one(Conversation, question.conversation_id)
            answered = session.exec(select(Answer).where(Answer.question_id == number)).first()
            row = DpoAnswer(
                question_id=number,
                owner=conversation.owner or conversation.id,
                channel=conversation.channel,
                municipality=question.municipality,
                question_text=question.text,
                text=text,
                rules=_rules(answered.rules if answered else ()),
                shared=shared,
                by=by,
                written_at=now,
            )
            session.add(row)
            session.add(Judgement(question_id=number, what="answered", by=by, made_at=now))
            question.closed_at = now
            session.add(question)
            session.commit()
            return row

    def delivered(self, answer: int, now: datetime) -> None:
        """Note that an answer of the FG went to the person."""
        with self._boundary.session(self._engine) as session:
            if row := session.get(DpoAnswer, answer):
                row.delivered_at = now
                session.add(row)
                session.commit()

    def waiting_for(self, channel: str, owner: str) -> list[DpoAnswer]:
        """Answers for a person on a channel on which people come and fetch them."""
        with self._boundary.session(self._engine) as session:
            found = session.exec(
                select(DpoAnswer)
                .where(
                    DpoAnswer.owner == owner,
                    DpoAnswer.owner != "",
                    DpoAnswer.channel == channel,
                    col(DpoAnswer.delivered_at).is_(None),
                )
                .order_by(col(DpoAnswer.id))
            )
            return list(found)

    def shared(self, municipality: str, rules: Iterable[str]) -> DpoAnswer | None:
        """The newest answer that the FG of a municipality shared for exactly these rules."""
        with self._boundary.session(self._engine) as session:
            return session.exec(
                select(DpoAnswer)
                .where(
                    col(DpoAnswer.shared).is_(True),
                    DpoAnswer.municipality == municipality,
                    DpoAnswer.rules == _rules(rules),
                )
                .order_by(col(DpoAnswer.id).desc())
            ).first()

    def unshare(self, answer: int) -> bool:
        """Show an answer to no colleague any more; False when there is none."""
        with self._boundary.session(self._engine) as session:
            row = session.get(DpoAnswer, answer)
            if row is None:
                return False
            row.shared = False
            session.add(row)
            session.commit()
            return True

    def react(self, answer: int, owner: str, text: str, now: datetime) -> bool:
        """Keep the one reaction of a person to an answer of the FG; False when there was one already."""
        with self._boundary.session(self._engine) as session:
            row = session.get(DpoAnswer, answer)
            if row is None or row.owner != owner or row.reacted_at is not None:
                return False
            row.reaction, row.reacted_at = text, now
            session.add(row)
            if row.question_id and (question := session.get(Question, row.question_id)):
                question.closed_at = None
                _signal(session, question, [*question.signals, REACTION])
            session.commit()
            return True

    def may_react(self, answer: int, owner: str) -> bool:
        """True when this person got that answer and did not react yet."""
        with self._boundary.session(self._engine) as session:
            row = session.get(DpoAnswer, answer)
            return row is not None and row.owner == owner and row.reacted_at is None


def _parts(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """As many numbers as one statement takes."""
    for start in range(0, len(numbers), 500):
        yield numbers[start : start + 500]


def _rules(rules: Iterable[str]) -> str:
    return " ".join(sorted(set(rules)))


def _signal(session: Session, question: Question, reasons: Sequence[str]) -> None:
    question.signals = list(dict.fromkeys(reasons))
    question.priority = priority(question.signals)
    session.add(question)


def _is_rare(wanted: Filter) -> bool:
    """Whether it filters on what the index on the queue does not hold."""
    return any((wanted.words, wanted.municipality, wanted.act, wanted.party, wanted.verdict))


def _where(wanted: Filter, *, in_order: bool = True) -> list[ColumnElement[bool]]:
    """The conditions; not `in_order` reads all questions from begin to end instead of along the queue."""
    # An expression is not found in an index: SQLite would jump through the whole table in the order of it.
    closed_at: Any = col(Question.closed_at) if in_order else func.coalesce(col(Question.closed_at), null())
    where: list[ColumnElement[bool]] = [closed_at.is_not(None) if wanted.closed else closed_at.is_(None)]
    exact = {name: getattr(wanted, name) for name in ("municipality", "act", "party", "verdict")}
    where.extend(col(getattr(Question, name)) == value for name, value in exact.items() if value)
    if wanted.needed:
        where.append(col(Question.priority) > 0)
    if wanted.since:
        where.append(col(Question.asked_at) >= wanted.since)
    if wanted.until:
        where.append(col(Question.asked_at) < wanted.until)
    if wanted.signal:
        # A reason never weighs less than by itself, and the index on the queue holds the weights.
        where.append(col(Question.priority) >= WEIGHTS.get(wanted.signal, 0))
        # The list is kept as JSON text; a signal is one of our own short words.
        where.append(cast(col(Question.signals), String).contains(f'"{wanted.signal}"', autoescape=True))
    if wanted.words:
        where.append(and_(*(_holds(word) for word in wanted.words.split()[:6])))
    return where


def _holds(word: str) -> ColumnElement[bool]:
    return func.lower(Question.text).contains(word.lower(), autoescape=True)
