"""What the FG finds and keeps. Every question here is made up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bot.review.signals import ASKED, NEW_KIND, NOT_UNDERSTOOD, REACTION, THUMBS_DOWN, UNSURE, WEIGH, priority, signals
from bot.store import Store
from bot.store.retention import Periods, Retention
from bot.store.reviews import Filter, Reviews
from bot.store.store import Turn
from knowledge.case import Case
from tests.bot.fakes import Clock


@pytest.fixture
def reviews(store: Store) -> Reviews:
    return Reviews(store.engine)


@pytest.fixture
def ask(store: Store, clock: Clock) -> Any:
    """Keeps one question with its answer; the number of the answer."""

    def asked(text: str, verdict: str = "info", confidence: float = 0.9, owner: str = "iemand", **more: Any) -> int:
        conversation = f"gesprek van {owner}"
        store.case(conversation, more.pop("channel", "web"), clock(), owner)
        rules = more.pop("rules", ["regel"])
        question = {"text": text, "confidence": confidence, "verdict": verdict, "act": "share", "party": "school"}
        turn = Turn(
            question={**question, "signals": signals(verdict, confidence), **more},
            answer={
                "text": "antwoord",
                "verdict": verdict,
                "rules": rules,
                "knowledge_version": "1",
                "law_on": "2026-11-22",
            },
        )
        clock.forward(seconds=1)
        number = store.save(conversation, Case(), turn, [], clock())
        assert number is not None
        return number

    return asked


@pytest.mark.parametrize(
    ("verdict", "confidence", "found"),
    [
        ("info", 0.9, []),
        ("info", 0.3, [UNSURE]),
        ("not_understood", 0.2, [NOT_UNDERSTOOD]),
        ("weigh", 0.9, [WEIGH]),
        ("weigh", 0.4, [UNSURE, WEIGH]),
    ],
)
def test_an_answer_tells_why_the_fg_should_look(verdict: str, confidence: float, found: list[str]) -> None:
    assert signals(verdict, confidence) == found


def test_two_reasons_weigh_more_than_one() -> None:
    assert priority([ASKED, WEIGH]) > priority([ASKED]) > priority([THUMBS_DOWN]) > priority([])
    noticed = priority([THUMBS_DOWN, NOT_UNDERSTOOD, WEIGH, UNSURE, NEW_KIND])
    assert priority([ASKED]) > priority([REACTION]) > noticed  # somebody waits


def test_the_most_needed_question_comes_first(reviews: Reviews, ask: Any) -> None:
    ask("een gewone vraag")
    asked = ask("een vraag voor de FG")
    down = ask("een antwoord dat niet klopte")
    ask("onbegrijpelijk", "not_understood", 0.2)
    reviews.ask(asked)
    reviews.rate(down, -1)

    page = reviews.queue(Filter())

    texts = [question.text for question, _ in page.rows]
    assert texts == ["een vraag voor de FG", "een antwoord dat niet klopte", "onbegrijpelijk", "een gewone vraag"]
    assert page.total == 4


def test_the_first_question_of_a_kind_is_a_signal_and_the_second_is_not(reviews: Reviews, ask: Any) -> None:
    ask("een")
    ask("twee")

    found = {question.text: question.signals for question, _ in reviews.queue(Filter()).rows}

    assert found == {"een": [NEW_KIND], "twee": []}


def test_a_thumb_that_turns_takes_its_signal_back(reviews: Reviews, ask: Any) -> None:
    ask("eerst")
    answer = ask("een")
    reviews.rate(answer, -1)
    reviews.rate(answer, 1)

    question, kept = next(row for row in reviews.queue(Filter()).rows if row[0].text == "een")
    assert question.signals == []
    assert kept.rating == 1


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Filter(words="huisarts"), ["mag de huisarts dit"]),
        (Filter(words="HUISARTS dit"), ["mag de huisarts dit"]),
        (Filter(words="100%"), []),
        (Filter(words="_"), []),
        (Filter(municipality="heumen"), ["mag de huisarts dit"]),
        (Filter(act="retention"), ["hoe lang"]),
        (Filter(party="huisarts"), ["mag de huisarts dit"]),
        (Filter(verdict="weigh"), ["afwegen"]),
        (Filter(signal=WEIGH), ["afwegen"]),
        (Filter(needed=True, signal=ASKED), []),
        (Filter(closed=True), []),
    ],
)
def test_the_queue_is_filtered(reviews: Reviews, ask: Any, wanted: Filter, found: list[str]) -> None:
    ask("mag de huisarts dit", party="huisarts", municipality="heumen")
    ask("hoe lang", act="retention", party="")
    ask("afwegen", "weigh")

    assert [question.text for question, _ in reviews.queue(wanted).rows] == found


def test_the_queue_is_filtered_on_a_period(reviews: Reviews, ask: Any, clock: Clock) -> None:
    ask("gisteren")
    clock.forward(days=1)
    since = clock()
    ask("vandaag")

    assert [one.text for one, _ in reviews.queue(Filter(since=since)).rows] == ["vandaag"]
    assert [one.text for one, _ in reviews.queue(Filter(until=since)).rows] == ["gisteren"]


def test_a_long_queue_comes_in_pages(reviews: Reviews, ask: Any) -> None:
    for number in range(30):
        ask(f"vraag {number}")

    first, second = reviews.queue(Filter(), 1), reviews.queue(Filter(), 2)

    assert (first.total, first.pages, len(first.rows), len(second.rows)) == (30, 2, 25, 5)
    assert not {one.id for one, _ in first.rows} & {one.id for one, _ in second.rows}


def test_what_is_judged_leaves_the_queue_and_can_come_back(reviews: Reviews, ask: Any, clock: Clock) -> None:
    ask("een")
    number = reviews.queue(Filter()).rows[0][0].id or 0

    assert reviews.judge([number, 4711], "correct", "account 1", clock()) == [number]
    assert reviews.queue(Filter()).total == 0
    assert [one.what for one in reviews.item(number).judgements] == ["correct"]  # type: ignore[union-attr]
    reviews.reopen(number)
    assert reviews.queue(Filter()).total == 1


def test_an_answer_of_the_fg_waits_for_the_person_and_for_nobody_else(reviews: Reviews, ask: Any, clock: Clock) -> None:
    ask("een", owner="iemand")
    number = reviews.queue(Filter()).rows[0][0].id or 0

    row = reviews.reply(number, "dit mag", "account 1", clock(), shared=False)

    assert row is not None
    assert [one.text for one in reviews.waiting_for("web", "iemand")] == ["dit mag"]
    assert reviews.waiting_for("web", "een ander") == []
    reviews.delivered(row.id or 0, clock())
    assert reviews.waiting_for("web", "iemand") == []


def test_a_person_reacts_once_and_the_question_is_open_again(reviews: Reviews, ask: Any, clock: Clock) -> None:
    ask("een", owner="iemand")
    number = reviews.queue(Filter()).rows[0][0].id or 0
    row = reviews.reply(number, "dit mag", "account 1", clock(), shared=False)
    assert row is not None
    answer = row.id or 0

    assert not reviews.react(answer, "een ander", "ik doe alsof", clock())
    assert reviews.react(answer, "iemand", "en als de ouder nee zegt", clock())
    assert not reviews.react(answer, "iemand", "nog iets", clock())

    question, _ = reviews.queue(Filter()).rows[0]
    assert REACTION in question.signals
    assert reviews.item(number).answers[0].reaction == "en als de ouder nee zegt"  # type: ignore[union-attr]


def test_a_shared_answer_is_for_the_same_rules_in_the_same_municipality(
    reviews: Reviews, ask: Any, clock: Clock
) -> None:
    ask("een", municipality="heumen", rules=["b", "a"])
    number = reviews.queue(Filter()).rows[0][0].id or 0
    row = reviews.reply(number, "zo doen wij dat", "account 1", clock(), shared=True)
    assert row is not None

    assert reviews.shared("heumen", ["a", "b"]) is not None
    assert reviews.shared("heumen", ["a"]) is None
    assert reviews.shared("landsmeer", ["a", "b"]) is None
    reviews.unshare(row.id or 0)
    assert reviews.shared("heumen", ["a", "b"]) is None


def test_whoever_is_forgotten_leaves_a_shared_answer_without_a_trace_of_the_question(
    reviews: Reviews, store: Store, ask: Any, clock: Clock
) -> None:
    ask("mijn eigen vraag", owner="iemand", municipality="heumen")
    ask("mijn andere vraag", owner="iemand", municipality="heumen", rules=["b"])
    two, one = (question.id or 0 for question, _ in reviews.queue(Filter()).rows)
    reviews.reply(one, "gedeeld", "account 1", clock(), shared=True)
    reviews.reply(two, "alleen voor jou", "account 1", clock(), shared=False)

    Retention(store.engine).erase("iemand", decisions=True)

    kept = [row for rules in (["regel"], ["b"]) if (row := reviews.shared("heumen", rules))]
    assert [(row.text, row.question_text, row.owner, row.question_id) for row in kept] == [("gedeeld", "", "", None)]


def test_old_answers_go_with_the_questions_unless_they_are_shared(
    reviews: Reviews, store: Store, ask: Any, clock: Clock
) -> None:
    ask("een", municipality="heumen")
    number = reviews.queue(Filter()).rows[0][0].id or 0
    reviews.reply(number, "alleen voor jou", "account 1", clock(), shared=False)
    reviews.reply(number, "gedeeld", "account 1", clock(), shared=True)

    clock.forward(seconds=timedelta(days=366).total_seconds())
    Retention(store.engine).purge(Periods(), clock())

    kept = reviews.shared("heumen", ["regel"])
    assert kept is not None
    assert (kept.text, kept.owner, kept.question_text) == ("gedeeld", "", "")
    assert reviews.waiting_for("web", "iemand") == []
