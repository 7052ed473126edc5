"""Counts over what is kept: grouped by the database in one pass, small groups hidden before anyone sees them.

A choice of a quarter or a municipality is one part of a whole.  What is counted is then the whole, with all its
parts beside each other, so that a figure that is hidden in one part cannot be found from the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import Engine, String, case, cast, func, literal, literal_column, select, text, union_all
from sqlmodel import Session, col

from bot.clock import AMSTERDAM
from bot.insight.period import Period, Span, months, over, quarters, weeks, whole
from bot.insight.small import LEAST, Count, Key, shown
from bot.review.signals import ASKED, UNSURE_BELOW, WEIGHTS
from bot.store.boundary import EVERYTHING, Boundary
from bot.store.models import Conversation, Decision, DpoAnswer, Judgement, Question, QuizCard
from knowledge.schema import Verdict

# From which confidence (0 to 1) a band begins; the first is where the FG is asked to look.
BANDS: Final = (0.0, UNSURE_BELOW, 0.6, 0.8)
# Within so many hours an answer of the FG falls in a band; the last has no end.
WAITS: Final = (24, 72, 168)
CONSENT_ACT: Final = "consent"

Sql = Any  # a column, or an expression over columns


@dataclass(frozen=True)
class Chosen:
    """What the reader chose to see: a period, and one municipality or all."""

    period: Period
    municipality: str = ""


@dataclass(frozen=True)
class _Source:
    """Rows that are counted: when one came to be, and where it belongs."""

    moment: Sql
    municipality: Sql
    joined: Callable[[Any], Any] = lambda selected: selected


QUESTIONS: Final = _Source(col(Question.asked_at), col(Question.municipality))
DECISIONS: Final = _Source(col(Decision.created_at), col(Decision.municipality))


class Counts:
    """Counts what one database holds, as far as the weeks are over.

    Args:
        engine: the database.
        today: the day in the Netherlands; weeks that are over are counted.
        boundary: what is beyond it is not counted.
    """

    def __init__(self, engine: Engine, today: date, boundary: Boundary = EVERYTHING) -> None:
        self._engine = engine
        self._boundary = boundary
        self._until = over(today)

    @property
    def boundary(self) -> Boundary:
        """Beyond this nothing is counted."""
        return self._boundary

    # -- what can be shown at all ------------------------------------------------------

    def first_year(self) -> int | None:
        """The year of the oldest question."""
        with self._reading() as session:
            oldest = session.execute(select(func.min(Question.asked_at))).scalar()
        # The database gives back what it stores here: text without a zone, or a moment.
        found = datetime.fromisoformat(oldest) if isinstance(oldest, str) else oldest
        return found.astimezone(AMSTERDAM).year if found else None

    def total(self, chosen: Chosen) -> Count:
        """How many questions; None when there are too few of them, or too few people who asked them."""
        found = self._grouped(QUESTIONS, chosen).get((), 0)
        return found if found and self._asked_by_enough(chosen) else 0 if found == 0 else None

    def _asked_by_enough(self, chosen: Chosen) -> bool:
        # Some of the questions nearly always tell it; only when they do not, all of them are read.
        return self._askers(chosen, 500) >= LEAST or self._askers(chosen, None) >= LEAST

    def _askers(self, chosen: Chosen, among: int | None) -> int:
        """How many people asked, up to `LEAST`; `among` so many of the questions, or all."""
        span = self._span(chosen.period)
        asked: Any = select(col(Question.conversation_id).label("conversation")).where(
            col(Question.asked_at) >= span.start, col(Question.asked_at) < span.end
        )
        if chosen.municipality:
            asked = asked.where(col(Question.municipality) == chosen.municipality)
        some = asked.limit(among).subquery()
        asker: Sql = case((col(Conversation.owner) != "", col(Conversation.owner)), else_=col(Conversation.id))
        found = select(asker).join(some, some.c.conversation == col(Conversation.id)).distinct().limit(LEAST)
        with self._reading() as session:
            return len(session.execute(found).all())

    # -- questions ---------------------------------------------------------------------

    def per_week(self, chosen: Chosen) -> list[tuple[Span, Count]]:
        """Questions in each week."""
        every = weeks(chosen.period.year, self._until)
        found = self._in_spans(every, chosen)
        return [(span, found.get((span.name,), 0)) for span in _in(chosen, every)]

    def per_month(self, chosen: Chosen, kind: str) -> list[tuple[Span, Count, Count]]:
        """Questions of a kind (`consent`, `not_understood`) in each month, and all others."""
        every = months(chosen.period.year, self._until)
        found = self._in_spans(every, chosen, case((_KINDS[kind], 1), else_=0))
        return [(span, found.get((span.name, 1), 0), found.get((span.name, 0), 0)) for span in _in(chosen, every)]

    def verdicts(self, chosen: Chosen) -> dict[str, Count]:
        """Questions by the outcome of the answer."""
        return _flat(self._grouped(QUESTIONS, chosen, col(Question.verdict)))

    def bands(self, chosen: Chosen) -> list[Count]:
        """Questions by how sure the reading was, one figure for each of `BANDS`."""
        found = _flat(self._grouped(QUESTIONS, chosen, _band(col(Question.confidence), BANDS)))
        return [found.get(place, 0) for place in range(len(BANDS))]

    def topics(self, chosen: Chosen, rows: int, columns: int) -> Grid:
        """Topic (act) by party, the most asked first; what does not fit is together in the last row and column."""
        cells: dict[Key, int] = {}
        sums: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for act, party, *towns, since in self._topic_rows(chosen, rows, columns):
            for quarter, (number, later) in enumerate(pairwise(since), start=1):
                if number - later:
                    place = (quarter, *towns, act, party) if chosen.period.quarter else (*towns, act, party)
                    cells[place] = cells.get(place, 0) + number - later
            for value, total in zip((act, party), sums, strict=True):
                total[value] = total.get(value, 0) + since[0] - since[-1]
        shown_cells = _part(shown(cells), chosen)
        acts, parties = map(_most_first, sums)
        return Grid(acts, parties, {(str(row), str(at)): number for (row, at), number in shown_cells.items()})

    def _topic_rows(self, chosen: Chosen, rows: int, columns: int) -> Iterator[tuple[Any, ...]]:
        """Topic, party, municipality if one is chosen, and how many since each quarter began and since the end.

        Read in the order of the index on those, which saves the sorting, and folded by the database: of the
        thousands of combinations only those with a row and a column of their own are handed over one by one.
        """
        keys: list[Sql] = [col(Question.act), col(Question.party)]
        keys += [QUESTIONS.municipality] if chosen.municipality else []
        end = whole(chosen.period.year, self._until).end
        starts = [min(span.start, end) for span in quarters(chosen.period.year, self._until)]
        since = [func.count().filter(QUESTIONS.moment >= moment) for moment in (*starts, end)]
        counted = (
            select(*keys, *(number.label(f"n{place}") for place, number in enumerate(since))).group_by(*keys).cte()
        )
        act, party, *others = counted.c
        within = others[-len(since)] - others[-1]
        folded = (
            select(_or_rest(act, within, rows), _or_rest(party, within, columns), *others).where(within > 0).subquery()
        )
        by, numbers = list(folded.c)[: len(keys)], list(folded.c)[len(keys) :]
        with self._reading() as session:
            found = session.execute(select(*by, *map(func.sum, numbers)).group_by(*by)).all()
        for row in found:
            # PostgreSQL adds whole numbers up to one without an end.
            yield (*row[: len(keys)], [int(number) for number in row[len(keys) :]])

    # -- the FG ------------------------------------------------------------------------

    def waits(self, chosen: Chosen) -> list[Count]:
        """Questions that the FG answered, by how long that took: one figure for each of `WAITS`, and one for longer."""
        first = (
            select(col(DpoAnswer.question_id).label("question"), func.min(DpoAnswer.written_at).label("written"))
            .where(col(DpoAnswer.question_id).is_not(None))
            .group_by(col(DpoAnswer.question_id))
            .subquery()
        )
        hours = _hours(self._engine, col(Question.asked_at), first.c.written)
        source = _Source(
            QUESTIONS.moment,
            QUESTIONS.municipality,
            lambda selected: selected.select_from(Question).join(first, first.c.question == col(Question.id)),
        )
        found = _flat(self._grouped(source, chosen, _band(hours, (-1, *WAITS))))
        return [found.get(place, 0) for place in range(len(WAITS) + 1)]

    def waiting(self, chosen: Chosen) -> Count:
        """Questions to the FG that are still open."""
        open_ones = _Source(
            QUESTIONS.moment,
            QUESTIONS.municipality,
            lambda selected: selected.where(
                col(Question.closed_at).is_(None),
                # The index on the queue leads to them; their reasons are read after that.
                col(Question.priority) >= WEIGHTS[ASKED],
                cast(col(Question.signals), String).contains(f'"{ASKED}"'),
            ),
        )
        return self._grouped(open_ones, chosen).get((), 0)

    def judged(self, chosen: Chosen) -> dict[str, Count]:
        """What the FG made of questions: `right`, `wrong`, `answered` and so on."""
        source = _Source(
            QUESTIONS.moment,
            QUESTIONS.municipality,
            lambda selected: selected.select_from(Judgement).join(
                Question, col(Judgement.question_id) == col(Question.id)
            ),
        )
        return _flat(self._grouped(source, chosen, col(Judgement.what)))

    # -- decisions ---------------------------------------------------------------------

    def decisions(self, chosen: Chosen) -> dict[tuple[str, str], Count]:
        """Decisions on record by flow and outcome, without those that were withdrawn."""
        source = _Source(
            DECISIONS.moment,
            DECISIONS.municipality,
            lambda selected: selected.where(col(Decision.withdrawn_at).is_(None)),
        )
        found = self._grouped(source, chosen, col(Decision.flow), col(Decision.outcome))
        return {(str(flow), str(outcome)): number for (flow, outcome), number in found.items()}

    # -- the quiz ----------------------------------------------------------------------

    def quiz(self, chosen: Chosen, subjects: Mapping[str, str]) -> dict[str, tuple[Count, Count]]:
        """Right and wrong answers by subject; each question counts for somebody as it was answered last.

        Hidden where not one question of the subject was answered by enough people.

        Args:
            chosen: the period; nobody knows the municipality of who does the quiz.
            subjects: the subject of each question.
        """
        span = self._span(chosen.period)
        counted = (
            select(col(QuizCard.item), col(QuizCard.right), func.count())
            .where(col(QuizCard.answered_at) >= span.start, col(QuizCard.answered_at) < span.end)
            .group_by(col(QuizCard.item), col(QuizCard.right))
        )
        cells: dict[Key, int] = {}
        people: dict[str, int] = {}  # who answered a question, each once
        with self._reading() as session:
            for item, right, number in session.execute(counted):
                people[item] = people.get(item, 0) + number
                if subject := subjects.get(item):
                    cells[(subject, right)] = cells.get((subject, right), 0) + number
        enough = {subjects[item] for item, number in people.items() if item in subjects and number >= LEAST}
        found = shown(cells)
        return {
            subject: (found.get((subject, True), 0), found.get((subject, False), 0))
            if subject in enough
            else (None, None)
            for subject in dict.fromkeys(str(subject) for subject, _ in cells)
        }

    # -- counting ----------------------------------------------------------------------

    def _grouped(self, source: _Source, chosen: Chosen, *by: Sql) -> dict[Key, Count]:
        """What is counted in the chosen part, by these columns."""
        cells: dict[Key, int] = {}
        for (span, *key), number in self._read(source, quarters(chosen.period.year, self._until), chosen, by):
            place = (*([span.quarter] if chosen.period.quarter else []), *key)
            cells[place] = cells.get(place, 0) + number
        return _part(shown(cells), chosen)

    def _in_spans(self, spans: Sequence[Span], chosen: Chosen, *by: Sql) -> dict[Key, Count]:
        """Questions in the chosen part, by the name of the stretch of time and by these columns."""
        towns = 1 if chosen.municipality else 0
        cells: dict[Key, int] = {}
        for (span, *key), number in self._read(QUESTIONS, spans, chosen, by):
            quarter = [span.quarter] if chosen.period.quarter else []
            cells[(*quarter, *key[:towns], span.name, *key[towns:])] = number
        return _part(shown(cells), chosen)

    def _read(
        self, source: _Source, spans: Sequence[Span], chosen: Chosen, by: Sequence[Sql]
    ) -> list[tuple[tuple[Any, ...], int]]:
        """Every part of the whole that the choice is a part of: span, municipality if one is chosen, columns.

        A range of the index for each span, none of which is read twice.
        """
        keys = [*([source.municipality] if chosen.municipality else []), *by]
        names: list[Sql] = [literal_column(f"k{place}") for place in range(len(keys))]
        selects = []
        for place, span in enumerate(spans):
            counted = select(
                literal(place).label("span"),
                *(key.label(f"k{number}") for number, key in enumerate(keys)),
                func.count().label("number"),
            ).where(source.moment >= span.start, source.moment < span.end)
            selects.append(source.joined(counted).group_by(*names))
        if not selects:
            return []
        with self._reading() as session:
            found = session.execute(union_all(*selects)).all()
        return [((spans[place], *key), number) for place, *key, number in found if number]

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """A session to count in."""
        with self._boundary.session(self._engine) as session:
            if self._engine.dialect.name == "postgresql":
                # Many small ranges look so dear together that PostgreSQL compiles them first, which takes longest.
                session.execute(text("SET LOCAL jit = off"))
            yield session

    def _span(self, period: Period) -> Span:
        spans = quarters(period.year, self._until)
        return spans[period.quarter - 1] if period.quarter else whole(period.year, self._until)


REST: Final = "*"


@dataclass(frozen=True)
class Grid:
    """Figures by topic and party; `REST` stands for all that has no row or column of its own."""

    acts: tuple[str, ...]
    parties: tuple[str, ...]
    cells: Mapping[tuple[str, str], Count]


_KINDS: Final[Mapping[str, Sql]] = {
    "not_understood": col(Question.verdict) == str(Verdict.NOT_UNDERSTOOD),
    "consent": (col(Question.act) == CONSENT_ACT) | (col(Question.verdict) == str(Verdict.ALLOWED_WITH_CONSENT)),
}


def _band(value: Sql, starts: Sequence[float]) -> Sql:
    """The place of the band that a value falls in."""
    return case(*((value < start, place) for place, start in enumerate(starts[1:])), else_=len(starts) - 1)


def _hours(engine: Engine, start: Sql, end: Sql) -> Sql:
    if engine.dialect.name == "sqlite":
        return (func.julianday(end) - func.julianday(start)) * 24
    return func.extract("epoch", end - start) / 3600


def _flat(found: Mapping[Key, Count]) -> dict[Any, Count]:
    return {key[0]: number for key, number in found.items()}


def _part(cells: Mapping[Key, Count], chosen: Chosen) -> dict[Key, Count]:
    """Of all parts the chosen one."""
    part: Key = tuple(one for one in (chosen.period.quarter, chosen.municipality) if one)
    return {key[len(part) :]: number for key, number in cells.items() if key[: len(part)] == part}


def _in(chosen: Chosen, spans: Sequence[Span]) -> list[Span]:
    return [one for one in spans if chosen.period.quarter in (None, one.quarter)]


def _most_first(sums: Mapping[str, int]) -> tuple[str, ...]:
    """The values with the highest sums first, and what stands for all others last."""
    return tuple(sorted(sums, key=lambda value: (value == REST, -sums[value], value)))


def _or_rest(value: Sql, number: Sql, most: int) -> Sql:
    """One of the values that are counted most, or what stands for all others; under the name of the value."""
    counted_most = select(value).group_by(value).order_by(func.sum(number).desc(), value).limit(most)
    return case((value.in_(counted_most), value), else_=REST).label(value.name)
