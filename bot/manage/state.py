"""How the installation stands: the oldest of what is kept beside its period, and a part of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine, func
from sqlmodel import Session, col, select

from bot.store.models import Address, AuditEntry, Decision, Question
from bot.store.retention import KINDS, Cleaned, Periods, Retention

PAGE: Final = 50  # rows of the audit log on a page
# The cleaning runs every day: after so long it does not.
STANDS_STILL: Final = timedelta(days=2)


@dataclass(frozen=True)
class Retained:
    """One kind of rows: for how many days it is kept, the moment from which the oldest counts, how many are too old."""

    label: str
    days: int
    oldest: datetime | None
    overdue: int  # that the daily cleaning should have erased


def retained(engine: Engine, periods: Periods, now: datetime) -> list[Retained]:
    """What is kept, with the period of each."""
    kinds: Mapping[str, tuple[int, Any]] = {
        "Vragen en antwoorden": (periods.questions, col(Question.asked_at)),
        "Besluiten en datalekken": (periods.decisions, col(Decision.updated_at)),
        "Waar iemand te bereiken is": (periods.addresses, col(Address.seen_at)),
        "Het logboek": (periods.audit, col(AuditEntry.at)),
    }
    found = []
    with Session(engine) as session:
        for label, (days, moment) in kinds.items():
            oldest = session.exec(select(moment).order_by(moment).limit(1)).first()
            # The cleaning runs once a day.
            due = now - timedelta(days=days + 1)
            is_late = oldest is not None and oldest < due
            overdue = session.exec(select(func.count()).where(moment < due)).one() if is_late else 0
            found.append(Retained(label, days, oldest, overdue))
    return found


@dataclass(frozen=True)
class Cleanings:
    """How the daily cleaning goes: its last time, what went in the last month, and whether it stands still."""

    last: Cleaned | None
    erased: Mapping[str, int]  # in the last month, by kind
    stands_still: bool


def cleanings(engine: Engine, now: datetime) -> Cleanings:
    """When was last erased what had been kept long enough, and what."""
    found = Retention(engine).cleanings()
    last = found[0] if found else None
    erased = {kind: sum(one.erased.get(kind, 0) for one in found) for kind in KINDS}
    return Cleanings(last, erased, last is None or last.at < now - STANDS_STILL)


def log_rows(engine: Engine, *, before: int | None, actor: str, action: str) -> list[AuditEntry]:
    """Rows of the audit log, newest first: one more than a page, when there are more.

    Args:
        engine: the database.
        before: the number that the rows stay under; None begins at the newest.
        actor: an account, or empty for all.
        action: what was done, or empty for all.
    """
    where = [col(AuditEntry.id) < before] if before else []
    where += [col(AuditEntry.actor) == actor] if actor else []
    where += [col(AuditEntry.action) == action] if action else []
    with Session(engine, expire_on_commit=False) as session:
        return list(session.exec(select(AuditEntry).where(*where).order_by(col(AuditEntry.id).desc()).limit(PAGE + 1)))
