"""The decisions that professionals put on record: kept with a reference, versions and all."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from bot.store.models import Decision, DecisionVersion

# Letters and digits that are not mistaken for each other when read aloud.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
REFERENCE_LENGTH = 8


@dataclass(frozen=True)
class NewDecision:
    """A decision to keep: the answers of the flow, and what they rest on."""

    flow: str
    entries: Mapping[str, str]
    in_register: bool  # belongs to a register of the organisation
    outcome: str  # where the flow ended, in a few words; empty where it has no endings
    deadline: datetime | None  # the end of the legal term that runs, if any
    municipality: str | None
    rules: Sequence[str]
    citations: Sequence[Mapping[str, Any]]
    knowledge_version: str
    law_on: str


@dataclass(frozen=True)
class Kept:
    """A decision as it was kept; `version` counts from 1."""

    reference: str
    flow: str
    entries: Mapping[str, str]
    outcome: str
    deadline: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    withdrawn: bool
    citations: Sequence[Mapping[str, Any]]
    law_on: str


class Decisions:
    """Reads and writes the decisions of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def keep(self, owner: str, new: NewDecision, now: datetime) -> Kept:
        """Keep a new decision under a new reference."""
        with Session(self._engine, expire_on_commit=False) as session:
            reference = new_reference(now)
            while session.exec(select(Decision).where(Decision.reference == reference)).first():
                reference = new_reference(now)
            row = Decision(
                reference=reference,
                owner=owner,
                flow=new.flow,
                municipality=new.municipality,
                entries=dict(new.entries),
                in_register=new.in_register,
                outcome=new.outcome,
                deadline=new.deadline,
                rules=list(new.rules),
                citations=[dict(one) for one in new.citations],
                knowledge_version=new.knowledge_version,
                law_on=new.law_on,
                created_at=now,
                updated_at=now,
            )
            session.add(row)
            session.commit()
            return _kept(row)

    def correct(self, owner: str, reference: str, new: NewDecision, now: datetime) -> Kept | None:
        """Replace the answers of an own decision; the version before is kept. None when there is no such decision.

        What it rests on (rules, knowledge, day of the law) stays as it was when it was decided.
        """
        with Session(self._engine, expire_on_commit=False) as session:
            row = self._find(session, owner, reference)
            if row is None or row.withdrawn_at is not None:
                return None
            session.add(
                DecisionVersion(
                    decision_id=row.id or 0, version=row.version, entries=row.entries, saved_at=row.updated_at
                )
            )
            row.entries, row.outcome, row.deadline = dict(new.entries), new.outcome, new.deadline
            row.version, row.updated_at = row.version + 1, now
            session.add(row)
            session.commit()
            return _kept(row)

    def withdraw(self, owner: str, reference: str, now: datetime) -> bool:
        """Mark an own decision as withdrawn; it stays readable until its retention ends."""
        with Session(self._engine) as session:
            row = self._find(session, owner, reference)
            if row is None or row.withdrawn_at is not None:
                return False
            row.withdrawn_at = row.updated_at = now
            session.add(row)
            session.commit()
            return True

    def find(self, owner: str, reference: str) -> Kept | None:
        """An own decision by its reference, in capitals or not."""
        with Session(self._engine) as session:
            row = self._find(session, owner, reference)
            return _kept(row) if row else None

    def of(self, owner: str) -> list[Kept]:
        """All own decisions, newest first."""
        with Session(self._engine) as session:
            rows = session.exec(
                select(Decision).where(Decision.owner == owner).order_by(col(Decision.created_at).desc())
            )
            return [_kept(row) for row in rows]

    def versions(self, owner: str, reference: str) -> list[dict[str, str]]:
        """The answers of earlier versions of an own decision, oldest first."""
        with Session(self._engine) as session:
            row = self._find(session, owner, reference)
            if row is None:
                return []
            earlier = session.exec(
                select(DecisionVersion)
                .where(DecisionVersion.decision_id == row.id)
                .order_by(col(DecisionVersion.version))
            )
            return [dict(one.entries) for one in earlier]

    @staticmethod
    def _find(session: Session, owner: str, reference: str) -> Decision | None:
        return session.exec(
            select(Decision).where(Decision.owner == owner, Decision.reference == reference.strip().upper())
        ).first()


def new_reference(now: datetime) -> str:
    """A reference that tells nothing of the case: the year and eight letters or digits by chance."""
    return f"DW-{now.year}-" + "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_LENGTH))


def _kept(row: Decision) -> Kept:
    return Kept(
        reference=row.reference,
        flow=row.flow,
        entries=dict(row.entries),
        outcome=row.outcome,
        deadline=row.deadline,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        withdrawn=row.withdrawn_at is not None,
        citations=list(row.citations),
        law_on=row.law_on,
    )
