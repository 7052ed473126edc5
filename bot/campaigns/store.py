"""Campaigns in the database: reads and writes, one transaction each.  Answers are added up, never kept."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from bot.keys import conversation_key
from bot.store.boundary import EVERYTHING, Boundary
from bot.store.models import Campaign, CampaignTaker, CampaignTeam, CampaignTotal
from knowledge.quiz import QuizState

# Letters without vowels: no code is a word, and none looks like a name or a number. 19 letters, 12 places: 50 bits.
CODE_LETTERS = "bcdfghjkmnpqrstvwxz"
CODE_LENGTH = 12


class CampaignRound(QuizState):
    """A round of the quiz that counts for a team."""

    campaign: int
    team: int


@dataclass(frozen=True)
class Team:
    """A team and what it knew: of how many finishers how many had each question right."""

    name: str
    code: str
    finished: int
    right: Mapping[str, int]


@dataclass(frozen=True)
class Planned:
    """A campaign as it stands."""

    id: int
    name: str
    items: tuple[str, ...]
    repeats: int | None
    municipality: str | None
    starts: date
    ends: date
    closed: bool
    teams: tuple[Team, ...]

    def over(self, on: date) -> bool:
        """True when nobody can take part any more."""
        return self.closed or on > self.ends


@dataclass(frozen=True)
class Joining:
    """What a code leads to."""

    campaign: Planned
    team: int
    team_name: str


class Campaigns:
    """The campaigns of one database.

    Args:
        engine: the database.
        boundary: what is beyond it is not there.
    """

    def __init__(self, engine: Engine, boundary: Boundary = EVERYTHING) -> None:
        self._engine = engine
        self._boundary = boundary

    def within(self, boundary: Boundary) -> Campaigns:
        """The same campaigns, as far as they lie within a boundary."""
        return Campaigns(self._engine, boundary)

    # -- for the awareness lead ----------------------------------------------------------

    def plan(
        self,
        name: str,
        items: Sequence[str],
        teams: Sequence[str],
        starts: date,
        ends: date,
        now: datetime,
        repeats: int | None = None,
        municipality: str | None = None,
    ) -> int:
        """Keep a new campaign, with a code for each team; its number.

        Args:
            name: as it is shown.
            items: the questions, in their order.
            teams: their names.
            starts: the first day.
            ends: the last day.
            now: the present moment.
            repeats: the campaign that it is compared with.
            municipality: whose it is; None when of all together.
        """
        row = Campaign(
            name=name,
            items=list(items),
            repeats=repeats,
            municipality=municipality,
            starts=starts.isoformat(),
            ends=ends.isoformat(),
            created_at=now,
        )
        with self._boundary.session(self._engine) as session:
            session.add(row)
            session.flush()
            session.add_all(CampaignTeam(campaign_id=row.id or 0, name=team, code=_new_code()) for team in teams)
            session.commit()
            return row.id or 0

    def all(self) -> list[Planned]:
        """Every campaign, the newest first."""
        with self._boundary.session(self._engine) as session:
            rows = session.exec(select(Campaign).order_by(col(Campaign.id).desc())).all()
            return [_planned(session, row) for row in rows]

    def one(self, number: int | None) -> Planned | None:
        """One campaign; None when it is not there."""
        with self._boundary.session(self._engine) as session:
            row = session.get(Campaign, number) if number is not None else None
            return _planned(session, row) if row else None

    def close(self, number: int, now: datetime) -> bool:
        """End a campaign and erase who took part; False when it is not there or was closed before."""
        with self._boundary.session(self._engine) as session:
            # The row of the campaign first: who begins or finishes at the same moment goes before or comes too late.
            if session.exec(select(Campaign.id).where(Campaign.id == number).with_for_update()).first() is None:
                return False
            open_still = (col(Campaign.id) == number, col(Campaign.closed_at).is_(None))
            closed = session.exec(update(Campaign).where(*open_still).values(closed_at=now)).rowcount
            session.exec(delete(CampaignTaker).where(col(CampaignTaker.campaign_id) == number))
            session.commit()
            return closed == 1

    def erase(self, number: int) -> bool:
        """Erase a campaign with its totals; a repeat of it stays, on its own.  False when it is not there."""
        with self._boundary.session(self._engine) as session:
            if session.exec(select(Campaign.id).where(Campaign.id == number).with_for_update()).first() is None:
                return False
            teams = select(CampaignTeam.id).where(CampaignTeam.campaign_id == number)
            session.exec(delete(CampaignTotal).where(col(CampaignTotal.team_id).in_(teams)))
            for dependent in (CampaignTeam, CampaignTaker):
                session.exec(delete(dependent).where(col(dependent.campaign_id) == number))
            session.exec(update(Campaign).where(col(Campaign.repeats) == number).values(repeats=None))
            gone = session.exec(delete(Campaign).where(col(Campaign.id) == number)).rowcount
            session.commit()
            return gone == 1

    # -- for who takes part --------------------------------------------------------------

    def joining(self, code: str) -> Joining | None:
        """The team that a code is for."""
        with self._boundary.session(self._engine) as session:
            team = session.exec(select(CampaignTeam).where(CampaignTeam.code == code)).first()
            row = session.get(Campaign, team.campaign_id) if team else None
            return Joining(_planned(session, row), team.id or 0, team.name) if row and team else None

    def took(self, campaign: int, owner: str) -> bool:
        """True when somebody takes part already, or did."""
        with self._boundary.session(self._engine) as session:
            return session.get(CampaignTaker, (campaign, _mark(campaign, owner))) is not None

    def start(self, state: CampaignRound, owner: str, on: date) -> bool:
        """Note that somebody takes part with this round; False when they did with another, or it is over."""
        with self._boundary.session(self._engine) as session:
            session.add(CampaignTaker(campaign_id=state.campaign, mark=_mark(state.campaign, owner), round=state.round))
            try:
                session.flush()
            except IntegrityError:  # noted before: by this round, when a message is handled a second time; or erased
                session.rollback()
                found = session.get(CampaignTaker, (state.campaign, _mark(state.campaign, owner)))
                return _open(session, state.campaign, on) and found is not None and found.round == state.round
            # Looked at after the mark is written, so that nobody closes it in between and leaves the mark behind.
            if not _open(session, state.campaign, on):
                session.rollback()
                return False
            session.commit()
            return True

    def count(self, state: CampaignRound, owner: str, on: date) -> bool:
        """Add a finished round to the totals of its team, once; False when it cannot count (any more)."""
        right = {item for item in state.items if item not in state.missed}
        with self._boundary.session(self._engine) as session:
            if not _open(session, state.campaign, on):
                return False
            own = (
                col(CampaignTaker.campaign_id) == state.campaign,
                col(CampaignTaker.mark) == _mark(state.campaign, owner),
                col(CampaignTaker.round) == state.round,
            )
            if session.exec(update(CampaignTaker).where(*own).values(round="")).rowcount != 1:
                return False
            # The row of the team first: who finishes at the same moment waits, so that no total is made twice.
            team = update(CampaignTeam).where(col(CampaignTeam.id) == state.team)
            session.exec(team.values(finished=CampaignTeam.finished + 1))
            for item in state.items:
                total = session.get(CampaignTotal, (state.team, item)) or CampaignTotal(team_id=state.team, item=item)
                total.right += item in right
                session.add(total)
            session.commit()
            return True


def round_of(kept: Mapping[str, object]) -> QuizState:
    """The round that was kept among the guided conversations."""
    return (CampaignRound if "campaign" in kept else QuizState).model_validate(kept)


def _open(session: Session, number: int, on: date) -> bool:
    """Whether somebody can take part; until the transaction ends, nobody closes it."""
    row = session.exec(select(Campaign).where(Campaign.id == number).with_for_update(read=True)).first()
    return row is not None and row.closed_at is None and row.starts <= on.isoformat() <= row.ends


def _mark(campaign: int, owner: str) -> str:
    return conversation_key(f"campaign {campaign}", owner)


def _new_code() -> str:
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def _planned(session: Session, row: Campaign) -> Planned:
    teams = session.exec(
        select(CampaignTeam).where(CampaignTeam.campaign_id == row.id).order_by(col(CampaignTeam.id))
    ).all()
    totals: dict[int, dict[str, int]] = {team.id or 0: {} for team in teams}
    for total in session.exec(select(CampaignTotal).where(col(CampaignTotal.team_id).in_(totals))):
        totals[total.team_id][total.item] = total.right
    return Planned(
        row.id or 0,
        row.name,
        tuple(row.items),
        row.repeats,
        row.municipality,
        date.fromisoformat(row.starts),
        date.fromisoformat(row.ends),
        row.closed_at is not None,
        tuple(Team(team.name, team.code, team.finished, totals[team.id or 0]) for team in teams),
    )
