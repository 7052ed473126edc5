"""People who finish, begin, close and erase at the same moment: nobody is lost, nobody is counted twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session, func, select

from bot.campaigns.store import CampaignRound, Campaigns
from bot.store import Store
from bot.store.models import CampaignTaker, CampaignTeam
from knowledge.quiz import Result
from tests.bot.fakes import Clock
from tests.campaigns.conftest import ITEMS, LAST_DAY, TODAY

PEOPLE = 8


@pytest.fixture
def campaigns(store: Store) -> Campaigns:
    return Campaigns(store.engine)


@pytest.fixture
def campaign(campaigns: Campaigns, clock: Clock) -> int:
    return campaigns.plan("Najaar", ITEMS, ["Wmo"], TODAY, LAST_DAY, clock())


def round_of(store: Store, campaign: int, name: str = "ronde", *, missed: tuple[str, ...] = ()) -> CampaignRound:
    with Session(store.engine) as session:
        team = session.exec(select(CampaignTeam.id).where(CampaignTeam.campaign_id == campaign)).one()
    results = tuple(Result.WRONG if item in missed else Result.RIGHT for item in ITEMS)
    return CampaignRound(items=ITEMS, results=results, round=name, campaign=campaign, team=team or 0)


def marks(store: Store) -> int:
    with Session(store.engine) as session:
        return session.exec(select(func.count()).select_from(CampaignTaker)).one()


def at_once(*tasks: Callable[[], Any]) -> list[Any]:
    """Do these at the same moment; what each gave, or the error that it ended with."""
    start, outcomes = threading.Barrier(len(tasks)), [None] * len(tasks)

    def run(place: int) -> None:
        start.wait()
        try:
            outcomes[place] = tasks[place]()
        except Exception as error:
            outcomes[place] = error  # type: ignore[call-overload]

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(tasks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@contextmanager
def just_before(engine: Engine, statement: str, happening: Callable[[], Any]) -> Iterator[None]:
    """Let something happen, once, on another connection right before a statement that begins like this."""
    left = [happening]

    def before(connection: Any, cursor: Any, sql: str, parameters: Any, context: Any, many: bool) -> None:
        if sql.startswith(statement) and left:
            left.pop()()

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)
    assert not left, "it never came to that statement"


def test_all_who_finish_at_the_same_moment_are_counted(store: Store, campaigns: Campaigns, campaign: int) -> None:
    missed = [(), (ITEMS[0],)]
    rounds = [round_of(store, campaign, f"r{one}", missed=missed[one % 2]) for one in range(PEOPLE)]
    for number, one in enumerate(rounds):
        assert campaigns.start(one, f"p{number}", TODAY)

    counted = at_once(
        *(lambda one=one, who=f"p{number}": campaigns.count(one, who, TODAY) for number, one in enumerate(rounds))
    )

    assert counted == [True] * PEOPLE
    found = campaigns.one(campaign)
    assert found is not None
    assert (found.teams[0].finished, dict(found.teams[0].right)) == (
        PEOPLE,
        {ITEMS[0]: PEOPLE // 2, ITEMS[1]: PEOPLE},
    )


def test_one_person_who_finishes_twice_at_the_same_moment_counts_once(
    store: Store, campaigns: Campaigns, campaign: int
) -> None:
    own = round_of(store, campaign)
    campaigns.start(own, "een", TODAY)

    counted = at_once(*[lambda: campaigns.count(own, "een", TODAY)] * PEOPLE)

    assert sorted(counted) == [False] * (PEOPLE - 1) + [True]
    found = campaigns.one(campaign)
    assert found is not None
    assert (found.teams[0].finished, found.teams[0].right[ITEMS[0]]) == (1, 1)


def test_one_person_who_begins_twice_at_the_same_moment_takes_part_once(
    store: Store, campaigns: Campaigns, campaign: int
) -> None:
    rounds = [round_of(store, campaign, f"r{one}") for one in range(PEOPLE)]

    started = at_once(*(lambda one=one: campaigns.start(one, "een", TODAY) for one in rounds))

    assert sorted(started) == [False] * (PEOPLE - 1) + [True]
    assert marks(store) == 1


def test_who_begins_when_the_campaign_closes_leaves_no_mark_behind(
    store: Store, campaigns: Campaigns, campaign: int, clock: Clock
) -> None:
    with just_before(store.engine, "INSERT INTO campaign_taker", lambda: campaigns.close(campaign, clock())):
        started = campaigns.start(round_of(store, campaign), "een", TODAY)

    assert (started, marks(store)) == (False, 0)


def test_who_begins_when_the_campaign_is_erased_is_told_that_it_is_over(
    store: Store, campaigns: Campaigns, campaign: int
) -> None:
    own = round_of(store, campaign)
    with just_before(store.engine, "INSERT INTO campaign_taker", lambda: campaigns.erase(campaign)):
        started = campaigns.start(own, "een", TODAY)

    assert (started, marks(store)) == (False, 0)


@pytest.mark.parametrize("end", ["close", "erase"])
def test_who_finishes_after_the_end_is_not_counted(
    store: Store, campaigns: Campaigns, campaign: int, clock: Clock, end: str
) -> None:
    own = round_of(store, campaign)
    campaigns.start(own, "een", TODAY)
    campaigns.close(campaign, clock()) if end == "close" else campaigns.erase(campaign)

    assert campaigns.count(own, "een", TODAY) is False
    assert marks(store) == 0


def test_people_who_finish_while_the_campaign_is_closed_and_erased_never_stand_in_each_others_way(
    store: Store, campaigns: Campaigns, campaign: int, clock: Clock
) -> None:
    rounds = [round_of(store, campaign, f"r{one}") for one in range(PEOPLE)]
    for number, one in enumerate(rounds):
        campaigns.start(one, f"p{number}", TODAY)
    campaigns.count(rounds[0], "p0", TODAY)

    outcomes = at_once(
        *(lambda one=one, who=f"p{number}": campaigns.count(one, who, TODAY) for number, one in enumerate(rounds)),
        lambda: campaigns.close(campaign, clock()),
        lambda: campaigns.erase(campaign),
    )

    assert [one for one in outcomes if not isinstance(one, bool)] == []
    assert (campaigns.one(campaign), marks(store)) == (None, 0)


def test_erasing_waits_for_who_is_being_counted(server_url: str, clock: Clock) -> None:
    """On a server two transactions run at once: in another order they would wait for each other for ever."""
    store = Store(server_url)
    campaigns = Campaigns(store.engine)
    campaign = campaigns.plan("Najaar", ITEMS, ["Wmo"], TODAY, LAST_DAY, clock())
    first, own = round_of(store, campaign, "een"), round_of(store, campaign, "twee")
    for one in (first, own):
        campaigns.start(one, one.round, TODAY)
    campaigns.count(first, "een", TODAY)  # its totals are there: both would change the same rows
    erased: list[bool] = []
    erasing = threading.Thread(target=lambda: erased.append(campaigns.erase(campaign)))

    def erase_meanwhile() -> None:
        erasing.start()
        here = "datname = current_database() AND wait_event_type = 'Lock'"
        waits = text(f"SELECT count(*) FROM pg_stat_activity WHERE {here}")
        with store.engine.connect() as looking:
            while not looking.scalar(waits):
                looking.rollback()

    with just_before(store.engine, "UPDATE campaign_team", erase_meanwhile):
        counted = campaigns.count(own, "twee", TODAY)
    erasing.join()
    store.close()

    assert (counted, erased) == (True, [True])
