"""How the installation stands: the oldest of what is kept beside its period, and a part of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.store.models import Address, AuditEntry, Decision, Question
from bot.store.retention import Periods

PAGE: Final = 50  # rows of the audit log on a page


@dataclass(frozen=True)
class Retained:
    """One kind of rows: for how many days it is kept, and the moment from which the oldest counts."""

    label: str
    days: int
    oldest: datetime | None
    overdue: bool


def retained(engine: Engine, periods: Periods, now: datetime) -> list[Retained]:
    """What is kept, with the period of each; `overdue` is what the daily cleaning should have erased."""
    kinds: Mapping[str, tuple[int, Any]] = {
        "Vragen en antwoorden": (periods.questions, col(Question.asked_at)),
        "Besluiten en datalekken": (periods.decisions, col(Decision.updated_at)),
        "Waar iemand te bereiken is": (periods.addresses, col(Address.seen_at)),
    }
    found = []
    with Session(engine) as session:
        for label, (days, moment) in kinds.items():
            oldest = session.exec(select(moment).order_by(moment).limit(1)).first()
            # The cleaning runs once a day.
            overdue = oldest is not None and oldest < now - timedelta(days=days + 1)
            found.append(Retained(label, days, oldest, overdue))
    return found


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
