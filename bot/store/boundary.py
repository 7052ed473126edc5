"""What of the database somebody may see who works for some of the municipalities of a shared installation.

A session within a boundary adds the condition to every statement itself: to what is read by its key, joined,
counted in a subquery, changed or deleted.  So a query of later on is within it as well, without knowing of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Engine, event, exists, false
from sqlalchemy.orm import ORMExecuteState, aliased, with_loader_criteria
from sqlmodel import Session, SQLModel, col, select

from bot.store.models import (
    Answer,
    Campaign,
    CampaignTeam,
    CampaignTotal,
    Decision,
    DecisionVersion,
    DpoAnswer,
    Judgement,
    Question,
    QuizCard,
)


@dataclass(frozen=True)
class Boundary:
    """The municipalities whose rows are there; none: every row, also what belongs to no municipality."""

    municipalities: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """True when there is something on the other side."""
        return bool(self.municipalities)

    def holds(self, municipality: str | None) -> bool:
        """Whether what belongs to a municipality, or with None to none, is within it."""
        return not self.municipalities or municipality in self.municipalities

    def session(self, engine: Engine, *, expire_on_commit: bool = True) -> Session:
        """A session in which the rows on the other side do not exist."""
        made = Session(engine, expire_on_commit=expire_on_commit)
        if self.municipalities:
            event.listen(made, "do_orm_execute", self._narrow)
        return made

    def _narrow(self, state: ORMExecuteState) -> None:
        """Add the condition to a statement."""
        if state.is_select or state.is_update or state.is_delete:
            state.statement = state.statement.options(
                *(with_loader_criteria(table, where, include_aliases=True) for table, where in self._conditions())
            )

    def _conditions(self) -> Iterator[tuple[type[SQLModel], ColumnElement[bool]]]:
        for table in (Question, DpoAnswer, Decision, Campaign):
            yield table, self._own(table)
        yield Answer, self._hangs_on(Question, col(Answer.question_id))
        yield Judgement, self._hangs_on(Question, col(Judgement.question_id))
        yield DecisionVersion, self._hangs_on(Decision, col(DecisionVersion.decision_id))
        yield CampaignTeam, self._hangs_on(Campaign, col(CampaignTeam.campaign_id))
        campaigns = select(Campaign.id).where(self._own(Campaign))
        teams = select(CampaignTeam.id).where(col(CampaignTeam.campaign_id).in_(campaigns))
        yield CampaignTotal, col(CampaignTotal.team_id).in_(teams)
        # Nobody knows the municipality of who does the quiz.
        yield QuizCard, false()

    def _hangs_on(self, table: type[SQLModel], key: Any) -> ColumnElement[bool]:
        """Looked up row by row: of a page few rows are read, and of the other table there may be very many."""
        other: Any = aliased(table)  # apart from the same table in the statement itself
        return exists().where(other.id == key, self._own(other))

    def _own(self, table: Any) -> ColumnElement[bool]:
        return col(table.municipality).in_(self.municipalities)


EVERYTHING: Final = Boundary()
