"""Reads decisions for the FG, one short transaction each.  Nothing here tells who decided.

What was kept longer than its period is not found any more, also when it has not been erased yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, case, func
from sqlmodel import col, select

from bot.records.term import NEAR
from bot.store.boundary import EVERYTHING, Boundary
from bot.store.models import Decision, DecisionVersion

PAGE: Final = 25  # decisions on a page
# What an organisation can have done with an entry, and how it stands on the page.
SETTLED: Final[Mapping[str, str]] = {
    "reported": "Gemeld bij de toezichthouder",
    "not_reported": "Niet gemeld: een risico is onwaarschijnlijk",
    "other": "Een andere organisatie meldt",
    "no_breach": "Geen datalek",
}


@dataclass(frozen=True)
class Filter:
    """Which decisions; an empty field does not filter. Moments are in UTC, `until` is not included."""

    reference: str = ""
    flow: str = ""
    outcome: str = ""
    municipality: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Page:
    """One page of decisions, newest first, and how many there are in all."""

    rows: tuple[Decision, ...]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True)
class Pressing:
    """How many breaches are known for longer than so many hours, of the 72 in which they have to be reported."""

    over_48: int  # and not over 60
    over_60: int  # and not over 72
    over_72: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.over_48 + self.over_60 + self.over_72

    @property
    def words(self) -> str:
        """In one sentence; empty when there are none."""
        if not self.total:
            return ""
        counted = (
            (self.over_72, "te laat (72 uur)"),
            (self.over_60, "langer dan 60 uur"),
            (self.over_48, "langer dan 48 uur"),
        )
        several = self.total > 1
        told = ", ".join(f"{number} {words}" for number, words in counted if number)
        return f"{self.total} {'datalekken zijn' if several else 'datalek is'} bekend en nog niet afgehandeld: {told}."


class Register:
    """Reads the decisions of one database, and settles entries of the register.

    Args:
        engine: the database.
        keep_days: for how many days a decision is kept after its last change.
        boundary: what is beyond it is not there.
    """

    def __init__(self, engine: Engine, keep_days: int, boundary: Boundary = EVERYTHING) -> None:
        self._engine = engine
        self._kept = timedelta(days=keep_days)
        self._boundary = boundary

    def within(self, boundary: Boundary) -> Register:
        """The same register, as far as it lies within a boundary."""
        return Register(self._engine, self._kept.days, boundary)

    def search(self, wanted: Filter, now: datetime, number: int = 1) -> Page:
        """A page of decisions."""
        return self._page(self._where(wanted, now), number)

    def entries(self, now: datetime, number: int = 1, *, running: bool = False) -> Page:
        """A page of the register of breaches.

        Args:
            now: the present moment.
            number: of the page, from 1.
            running: only those whose term runs or has passed, the most pressing first.
        """
        return self._page(self._in_register(now, running), number, pressing=running)

    def every_entry(self, now: datetime) -> Iterator[Decision]:
        """The whole register, oldest first."""
        with self._boundary.session(self._engine, expire_on_commit=False) as session:
            found = session.exec(
                select(Decision).where(*self._in_register(now)).order_by(col(Decision.created_at), col(Decision.id))
            )
            yield from found.yield_per(500)

    def running(self, now: datetime) -> list[Decision]:
        """The entries whose term runs or has passed, the most pressing first; at most one page."""
        return list(self.entries(now, running=True).rows)

    def pressing(self, now: datetime) -> Pressing:
        """How many entries have a term that ends within a day or has ended, and nothing was done with them."""
        deadline = col(Decision.deadline)
        stage = case((deadline <= now, 72), (deadline <= now + timedelta(hours=12), 60), else_=48).label("stage")
        near = (*self._in_register(now, running=True), deadline <= now + NEAR)
        with self._boundary.session(self._engine) as session:
            found = Counter(session.exec(select(stage).where(*near)))
        return Pressing(found[48], found[60], found[72])

    def find(self, reference: str, now: datetime) -> tuple[Decision, list[dict[str, str]]] | None:
        """A decision with the answers of its earlier versions, oldest first."""
        with self._boundary.session(self._engine, expire_on_commit=False) as session:
            row = session.exec(
                select(Decision).where(Decision.reference == reference.strip().upper(), *self._still_kept(now))
            ).first()
            if row is None:
                return None
            earlier = session.exec(
                select(DecisionVersion)
                .where(DecisionVersion.decision_id == row.id)
                .order_by(col(DecisionVersion.version))
            )
            return row, [dict(one.entries) for one in earlier]

    def settle(self, reference: str, settled_as: str | None, by: str, now: datetime) -> bool:
        """Keep what was done with an entry, or with None that its term runs again; False when there is none."""
        with self._boundary.session(self._engine) as session:
            row = session.exec(
                select(Decision).where(
                    Decision.reference == reference, col(Decision.in_register).is_(True), *self._still_kept(now)
                )
            ).first()
            if row is None:
                return False
            row.settled_as, row.settled_by, row.settled_at = (settled_as, by, now) if settled_as else (None, None, None)
            session.add(row)
            session.commit()
            return True

    def outcomes(self, flow: str, now: datetime) -> list[str]:
        """The outcomes that decisions of a flow came to, by name."""
        with self._boundary.session(self._engine) as session:
            where = (Decision.flow == flow, Decision.outcome != "", *self._still_kept(now))
            return sorted(session.exec(select(Decision.outcome).where(*where).distinct()))

    def _page(self, where: list[Any], number: int, *, pressing: bool = False) -> Page:
        order = (col(Decision.deadline), col(Decision.id)) if pressing else _NEWEST
        with self._boundary.session(self._engine, expire_on_commit=False) as session:
            total = session.exec(select(func.count()).select_from(Decision).where(*where)).one()
            rows = session.exec(
                select(Decision).where(*where).order_by(*order).offset((number - 1) * PAGE).limit(PAGE)
            ).all()
            return Page(tuple(rows), total, number)

    def _in_register(self, now: datetime, running: bool = False) -> list[Any]:
        where = [col(Decision.in_register).is_(True), *self._still_kept(now)]
        if running:
            where += [
                col(Decision.deadline).is_not(None),
                col(Decision.settled_at).is_(None),
                col(Decision.withdrawn_at).is_(None),
            ]
        return where

    def _where(self, wanted: Filter, now: datetime) -> list[Any]:
        where = self._still_kept(now)
        if wanted.reference:
            where.append(col(Decision.reference).startswith(wanted.reference.strip().upper(), autoescape=True))
        exact = {name: getattr(wanted, name) for name in ("flow", "outcome", "municipality")}
        where.extend(col(getattr(Decision, name)) == value for name, value in exact.items() if value)
        if wanted.since:
            where.append(col(Decision.created_at) >= wanted.since)
        if wanted.until:
            where.append(col(Decision.created_at) < wanted.until)
        return where

    def _still_kept(self, now: datetime) -> list[Any]:
        return [col(Decision.updated_at) >= now - self._kept]


_NEWEST: Final = (col(Decision.created_at).desc(), col(Decision.id).desc())
