"""What is counted, and what stays hidden of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from bot.insight.charts import Charts
from bot.insight.counts import Chosen, Counts
from bot.insight.period import Period
from bot.store.models import QuizCard
from bot.store.reviews import Reviews
from knowledge.knowledge import Knowledge
from tests.insight.conftest import Ask, Decide
from tests.signin.house import House

TODAY = date(2026, 11, 22)
MARCH, MAY, OCTOBER = (datetime(2026, month, 4, 12, tzinfo=UTC) for month in (3, 5, 10))
YEAR = Chosen(Period(2026))


@pytest.fixture
def counts(house: House) -> Counts:
    return Counts(house.store.engine, TODAY)


@pytest.fixture
def chart(counts: Counts, knowledge: Knowledge) -> Any:
    def made(name: str, chosen: Chosen = YEAR) -> dict[str, list[Any]]:
        found = Charts(counts, knowledge, chosen).one(name)
        assert found is not None
        return {str(row[0]): list(row[1:]) for row in found.rows}

    return made


def test_questions_are_counted_in_their_week(ask: Ask, chart: Any) -> None:
    ask(6, MARCH)
    ask(7, MAY)

    found = {week: row for week, row in chart("weken").items() if row != [0]}

    assert found == {"week 10, 2 mrt": [6], "week 19, 4 mei": [7]}


def test_a_week_with_a_small_group_is_hidden_with_the_next_smallest(ask: Ask, chart: Any) -> None:
    ask(3, MARCH)
    ask(8, MAY)
    ask(9, OCTOBER)

    found = {week: row for week, row in chart("weken").items() if row != [0]}

    assert found == {"week 10, 2 mrt": [None], "week 19, 4 mei": [None], "week 40, 28 sep": [9]}


def test_what_is_asked_in_the_week_that_is_going_on_is_not_shown(ask: Ask, counts: Counts) -> None:
    ask(9, datetime(2026, 11, 17, tzinfo=UTC))

    assert counts.total(YEAR) == 0


def test_many_questions_of_few_people_are_not_shown(ask: Ask, counts: Counts) -> None:
    ask(20, MARCH, asker="een iemand")
    assert counts.total(YEAR) is None

    ask(4, MARCH)
    assert counts.total(YEAR) == 24


def test_a_small_municipality_cannot_be_found_from_all_and_the_others(ask: Ask, counts: Counts) -> None:
    for number, town in ((3, "heumen"), (10, "doetinchem"), (30, "landsmeer")):
        ask(number, MARCH, municipality=town)

    found = {town: counts.total(Chosen(Period(2026), town)) for town in ("heumen", "doetinchem", "landsmeer")}

    assert counts.total(YEAR) == 43
    assert found == {"heumen": None, "doetinchem": None, "landsmeer": 30}


def test_a_small_quarter_cannot_be_found_from_the_year_and_the_others(ask: Ask, counts: Counts) -> None:
    for number, moment in ((3, MARCH), (10, MAY), (30, OCTOBER)):
        ask(number, moment)

    assert [counts.total(Chosen(Period(2026, one))) for one in (1, 2, 3, 4)] == [None, None, 0, 30]


def test_topics_stand_beside_parties_and_hide_what_is_small(ask: Ask, chart: Any) -> None:
    ask(20, MARCH, act="share", party="school")
    ask(10, MARCH, act="share", party="huisarts")
    ask(2, MARCH, act="consent", party="school")
    ask(8, MARCH, act="consent", party="huisarts")

    found = chart("onderwerpen")

    assert found == {"Iets delen met een ander": [None, None], "Hoe toestemming werkt": [None, None]}


def test_the_share_of_a_month_is_hidden_when_it_would_tell_a_small_figure(ask: Ask, chart: Any) -> None:
    for month, number in ((MARCH, 2), (MAY, 6), (OCTOBER, 10)):
        ask(30, month)
        ask(number, month, verdict="not_understood")

    found = chart("niet-begrepen")

    assert found["maart"] == [None, None, "minder dan 5"]
    assert found["oktober"] == [10, 30, "25,0 %"]


@pytest.mark.parametrize(("name", "label"), [("oordelen", "Afwegen"), ("zekerheid", "0 tot 45 %")])
def test_outcomes_and_confidence_are_counted(ask: Ask, chart: Any, name: str, label: str) -> None:
    ask(7, MARCH)
    ask(6, MARCH, verdict="weigh", confidence=0.2)

    assert chart(name)[label] == [6]


def test_the_time_to_the_answer_of_the_fg_is_counted_and_what_waits(house: House, ask: Ask, chart: Any) -> None:
    reviews = Reviews(house.store.engine)
    for hours in (1, 1, 1, 1, 1, 100, 100, 100, 100, 100):
        number = ask(1, MARCH)
        reviews.reply(number, "verzonnen antwoord", "fg", MARCH + timedelta(hours=hours), shared=False)
    for _ in range(6):
        reviews.ask(ask(1, MARCH))

    found = chart("fg")

    assert found["Binnen een dag"] == [5]
    assert found["3 tot 7 dagen"] == [5]
    assert found["Nog geen antwoord"] == [6]
    assert chart("nagekeken") == {"Beantwoord": [10]}


def test_decisions_are_counted_by_what_they_came_to(decide: Decide, chart: Any, knowledge: Knowledge) -> None:
    for _ in range(6):
        decide("breach", hours_ago=24 * 30)
    for _ in range(7):
        decide("record", hours_ago=24 * 30)

    assert chart("besluiten") == {
        f"{knowledge.flows['breach'].title}: Melden aan de AP": [6],
        knowledge.flows["record"].title: [7],
    }


def test_the_quiz_is_counted_where_enough_people_answered(house: House, knowledge: Knowledge, chart: Any) -> None:
    by_subject: dict[str, list[str]] = {}
    for row in knowledge.quiz.values():
        by_subject.setdefault(row.subject, []).append(row.id)
    (known, many), (small, few) = list(by_subject.items())[:2]
    with Session(house.store.engine) as session:
        for item, people, right in ((many[0], 12, 7), (few[0], 4, 2)):
            for one in range(people):
                answered: dict[str, Any] = {
                    "due": "2026-11-23",
                    "right": one < right,
                    "asked": 1,
                    "known": 1,
                    "answered_at": MARCH,
                }
                session.add(QuizCard(owner=f"verzonnen {one}", item=item, box=1, **answered))
        session.commit()

    found = chart("quiz")

    labels = {row.id: row.label for row in knowledge.quiz_subjects.values()}
    # Of the other subject so little is known that a figure of this one hides it.
    assert found[labels[known]][2] == "minder dan 5"
    assert found[labels[small]] == [None, None, "minder dan 5"]


def test_the_quiz_is_not_told_by_municipality(counts: Counts, knowledge: Knowledge) -> None:
    assert "quiz" not in Charts(counts, knowledge, Chosen(Period(2026), "heumen")).ids


@pytest.mark.parametrize(
    "chosen", [YEAR, Chosen(Period(2026, 1)), Chosen(Period(2026), "heumen"), Chosen(Period(2026, 1), "heumen")]
)
def test_no_chart_ever_shows_a_small_figure(
    ask: Ask, decide: Decide, counts: Counts, knowledge: Knowledge, chosen: Chosen
) -> None:
    for number, more in ((6, {}), (1, {"verdict": "weigh"}), (3, {"act": "consent"}), (4, {"confidence": 0.1})):
        ask(number, MARCH, municipality="heumen", **more)
        ask(number + 3, MARCH, **more)
    decide("record")

    for one in Charts(counts, knowledge, chosen).all():
        small = [cell for row in one.rows for cell in row[1:] if isinstance(cell, int) and 0 < cell < 5]
        assert small == [], one.id
