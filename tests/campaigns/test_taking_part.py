"""Somebody types the code of a campaign and is counted once, in totals only. Everything here is made up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from bot.campaigns.joining import COUNTED, NOT_COUNTED, OVER, TOOK_PART, UNKNOWN, typed_code, written
from bot.campaigns.store import CODE_LENGTH, CODE_LETTERS, Campaigns, Planned
from bot.keys import conversation_key
from bot.store.models import CampaignTaker
from bot.store.quiz import QuizCards
from bot.store.retention import Periods, Retention
from tests.bot.fakes import Clock
from tests.campaigns.conftest import ITEMS, LAST_DAY, TODAY, Say, take
from tests.signin.house import House
from tests.store.databases import everything_in

Plan = Callable[..., Planned]


def now(campaigns: Campaigns, campaign: Planned) -> Planned:
    found = campaigns.one(campaign.id)
    assert found is not None
    return found


def marks(house: House) -> list[str]:
    with Session(house.store.engine) as session:
        return [row.mark for row in session.exec(select(CampaignTaker))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("quiz bcdfghjkmnpq", "bcdfghjkmnpq"),
        ("Quiz BCDF-GHJK-MNPQ", "bcdfghjkmnpq"),
        (" /quiz bcdf-ghjk-mnpq. ", "bcdfghjkmnpq"),
        ("quiz bcdf ghjk mnpq", "bcdfghjkmnpq"),
        ("quiz bcdf-ghjk-mnpe", "bcdfghjkmnpe"),
        ("quiz bcdf-ghjk-mnp", "bcdfghjkmnp"),
        ("quiz", None),
        ("quiz bcdf", None),
        ("quiz over de wet", None),
        ("quiz toestemming", None),
        ("doe de quiz bcdfghjkmnpq", None),
        ("quiz bcdfghjkmnpq mag dit?", None),
    ],
)
def test_only_a_whole_message_is_a_code(text: str, code: str | None) -> None:
    assert typed_code(text) == code


def test_codes_are_long_and_of_letters_that_make_no_words(plan: Plan) -> None:
    codes = [team.code for team in plan(*(f"team {number}" for number in range(40))).teams]

    assert len(set(codes)) == 40
    assert all(len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) for code in codes)
    assert all(typed_code(f"quiz {written(code)}") == code for code in codes)


@pytest.mark.parametrize("channel", ["telegram", "teams", "web", "api"])
async def test_a_round_counts_for_the_team_in_every_channel(
    plan: Plan, say: Say, campaigns: Campaigns, channel: str
) -> None:
    campaign = plan()

    first = (await say("een", f"quiz {written(campaign.teams[1].code)}", channel=channel))[-1]
    last = await take(say, "een", campaign.teams[1].code, channel=channel)

    assert "Najaar, team Jeugd." in first.text
    assert "Vraag 1 van 2" in first.text
    assert "Je had 2 van de 2 goed." in last.text
    assert COUNTED in last.text
    wmo, jeugd = now(campaigns, campaign).teams
    assert (wmo.finished, dict(wmo.right)) == (0, {})
    assert (jeugd.finished, dict(jeugd.right)) == (1, dict.fromkeys(ITEMS, 1))


async def test_wrong_and_skipped_are_not_right(plan: Plan, say: Say, campaigns: Campaigns) -> None:
    campaign = plan()
    code = campaign.teams[0].code

    await take(say, "een", code, right=False)
    await say("twee", f"quiz {code}")
    for _ in ITEMS:
        await say("twee", "sla over")

    team = now(campaigns, campaign).teams[0]
    assert (team.finished, dict(team.right)) == (2, dict.fromkeys(ITEMS, 0))


@pytest.mark.parametrize("chat", ["", "een ander gesprek"])
async def test_nobody_is_counted_twice(plan: Plan, say: Say, campaigns: Campaigns, chat: str) -> None:
    campaign = plan()
    await take(say, "een", campaign.teams[0].code)

    again = await take(say, "een", campaign.teams[1].code, chat=chat)

    assert again.text == TOOK_PART
    assert [team.finished for team in now(campaigns, campaign).teams] == [1, 0]


async def test_of_two_rounds_at_the_same_time_one_counts(plan: Plan, say: Say, campaigns: Campaigns) -> None:
    campaign = plan()
    here = (await say("een", f"quiz {campaign.teams[0].code}"))[-1]
    there = (await say("een", f"quiz {campaign.teams[0].code}", chat="ander"))[-1]

    one = await say("een", payload=here.buttons[0].payload)
    other = await say("een", payload=there.buttons[0].payload, chat="ander")

    assert one[-1].poll
    assert [message.text for message in other] == [TOOK_PART]


async def test_who_stops_after_an_answer_cannot_begin_again_knowing_it(
    plan: Plan, say: Say, campaigns: Campaigns
) -> None:
    campaign = plan()
    code = campaign.teams[0].code
    await say("een", f"quiz {code}")
    await say("een", "a")
    await say("een", "stop")

    assert (await say("een", f"quiz {code}"))[-1].text == TOOK_PART
    assert now(campaigns, campaign).teams[0].finished == 0


async def test_who_stops_before_an_answer_may_begin_again(plan: Plan, say: Say) -> None:
    code = plan().teams[0].code
    await say("een", f"quiz {code}")
    await say("een", "stop")

    assert COUNTED in (await take(say, "een", code)).text


async def test_the_code_once_more_goes_on_where_it_was(plan: Plan, say: Say) -> None:
    code = plan().teams[0].code
    await say("een", f"quiz {code}")
    await say("een", "a")

    again = (await say("een", f"quiz {code}"))[-1]

    assert "We gaan verder met de quiz." in again.text
    assert "Vraag 2 van 2" in again.text


async def test_a_question_in_between_is_answered_and_the_round_counts(plan: Plan, say: Say) -> None:
    code = plan().teams[0].code
    await say("een", f"quiz {code}")

    between = await say("een", "ik werk bij de wmo, mag ik gegevens sturen naar het CAK?")

    assert between[0].verdict == "allowed_without_consent"
    assert COUNTED in (await take(say, "een", code)).text


async def test_danger_goes_before_a_round(plan: Plan, say: Say) -> None:
    await say("een", f"quiz {plan().teams[0].code}")

    assert (await say("een", "hij staat nu met een mes voor de deur"))[0].verdict == "emergency"


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [
        (TODAY + timedelta(days=9), TODAY + timedelta(days=12), "Deze ronde begint op 1 december."),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), OVER),
    ],
)
async def test_a_code_works_from_the_first_day_to_the_last(
    plan: Plan, say: Say, starts: date, ends: date, said: str
) -> None:
    assert said in (await say("een", f"quiz {plan(starts=starts, ends=ends).teams[0].code}"))[-1].text


async def test_a_code_that_nobody_gave_leads_nowhere(plan: Plan, say: Say) -> None:
    plan()

    assert (await say("een", "quiz bcdfghjkmnpq"))[-1].text == UNKNOWN


async def test_a_campaign_that_closes_during_a_round_does_not_count_it(
    plan: Plan, say: Say, campaigns: Campaigns, clock: Clock
) -> None:
    campaign = plan()
    await say("een", f"quiz {campaign.teams[0].code}")
    await say("een", "a")
    campaigns.close(campaign.id, clock())

    assert NOT_COUNTED in (await say("een", "a"))[-1].text
    assert now(campaigns, campaign).teams[0].finished == 0


async def test_nothing_of_a_person_is_kept_but_a_mark_and_that_goes_at_the_end(
    plan: Plan, say: Say, house: House, campaigns: Campaigns, clock: Clock
) -> None:
    campaign = plan()
    owner = conversation_key("telegram", "een")
    await take(say, "een", campaign.teams[0].code)
    mark = conversation_key(f"campaign {campaign.id}", owner)

    assert QuizCards(house.store.engine).of(owner).cards == {}
    Retention(house.store.engine).erase(owner, decisions=True)
    # Who was forgotten is still not counted twice; the mark says neither who nor what.
    assert (await say("een", f"quiz {campaign.teams[0].code}"))[-1].text == TOOK_PART
    assert marks(house) == [mark]
    assert owner not in mark
    campaigns.close(campaign.id, clock())
    Retention(house.store.engine).erase(owner, decisions=True)
    assert now(campaigns, campaign).teams[0].finished == 1
    url = house.store.engine.url.render_as_string(hide_password=False)
    house.store.close()
    left = everything_in(url)
    assert owner not in left
    assert mark not in left


async def test_the_daily_cleaning_erases_the_marks_of_what_is_over(
    plan: Plan, say: Say, house: House, clock: Clock
) -> None:
    campaign = plan()
    await take(say, "een", campaign.teams[0].code)
    mark = conversation_key(f"campaign {campaign.id}", conversation_key("telegram", "een"))
    retention = Retention(house.store.engine)

    clock.forward(days=(LAST_DAY - TODAY).days)
    retention.purge(Periods(), clock())
    assert marks(house) == [mark]
    clock.forward(days=2)
    retention.purge(Periods(), clock())
    assert marks(house) == []
