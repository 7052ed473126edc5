"""Answers that would be others now, and who is told. Every question here is made up."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

import pytest

from bot.review.changed import Changed, again, find, outcome_of
from bot.store.boundary import EVERYTHING
from bot.store.reviews import TELLING, Reviews
from knowledge.advise import advise
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, Question, told
from tests.bot.fakes import Clock
from tests.delivery.fakes import Pigeons
from tests.review.conftest import DAY
from tests.review.test_queue import press
from tests.signin.house import House
from tests.web.web_app import Browser, Page

Ask = Callable[..., int]
OLD = "een eerdere versie"


def advice(knowledge: Knowledge, **facts: str) -> dict[str, Any]:
    """What the rules say of facts, as it is kept."""
    question = Question("share", {name: told(value) for name, value in facts.items()})
    return advise(question, knowledge, DAY).model_dump(mode="json")


def as_before(kept: dict[str, Any]) -> dict[str, Any]:
    """The same, as if the law had been another one: what is said now was forbidden."""
    return {**kept, "verdict": "emergency", "obligation": None}


def given_before(ask: Ask, knowledge: Knowledge, text: str, party: str = "school", **more: Any) -> int:
    """A question with an answer that nobody would get now."""
    kept = advice(knowledge, party=party, role="jeugdhulpverlener")
    return ask(text, party=party, version=OLD, advice=as_before(kept), **more)


CASES = [
    {"party": "huisarts"},
    {"party": "huisarts", "role": "jeugdhulpverlener"},
    {"party": "school", "role": "toegang-jeugd", "consent": "refused"},
    {"party": "politie", "initiative": "asked"},
    {"party": "ouder-met-gezag", "age": "age-16-17", "consent": "refused"},
    {"party": "jeugdhulpaanbieder", "law": "jeugd"},
    {},
]


@pytest.mark.parametrize("facts", CASES, ids=str)
def test_with_the_same_knowledge_an_answer_stays_the_same(knowledge: Knowledge, facts: dict[str, str]) -> None:
    old = Advice.model_validate(advice(knowledge, **facts))

    assert outcome_of(again(old, knowledge, DAY)) == outcome_of(old)


def test_what_each_person_said_is_weighed_anew(knowledge: Knowledge) -> None:
    facts = {"party": told("ouder-met-gezag"), "age": told("age-16-17"), "role": told("jeugdhulpverlener")}
    persons = {"moeder": {"custody": "with", "consent": "given"}, "vader": {"custody": "with", "consent": "refused"}}
    old = advise(Question("share", facts, persons=persons), knowledge, DAY)

    assert outcome_of(again(old, knowledge, DAY)) == outcome_of(old)


def test_questions_with_the_same_facts_and_answer_are_one_change(knowledge: Knowledge) -> None:
    school, doctor = (
        as_before(advice(knowledge, party=one, role="jeugdhulpverlener")) for one in ("school", "huisarts")
    )
    same = advice(knowledge, party="politie")

    found = find([(1, [school]), (2, [doctor]), (3, [school, school]), (4, [same]), (5, [])], knowledge, DAY)

    assert [one.questions for one in found.changes] == [(1, 3), (2,)]
    assert (found.looked_at, found.unread) == (4, 0)
    assert all(one.verdict_changed for one in found.changes)


def test_another_rule_or_article_is_a_change_too(knowledge: Knowledge) -> None:
    kept = advice(knowledge, party="huisarts", role="jeugdhulpverlener")
    outcome = {**kept["outcome"], "rules": ["een-regel-van-vroeger"]}

    found = find([(1, [{**kept, "outcome": outcome}])], knowledge, DAY)

    assert not found.changes[0].verdict_changed


def test_an_answer_in_a_form_of_before_is_counted_and_left(knowledge: Knowledge) -> None:
    found = find([(1, [{"act": "share", "facts": {}, "verdict": "wat was"}])], knowledge, DAY)

    assert (found.changes, found.unread) == ((), 1)


async def opened(fg: Browser) -> Page:
    return await fg.open("/fg/gewijzigd")


async def test_without_changes_the_page_says_so(fg: Browser, ask: Ask) -> None:
    ask("mag dit", version=OLD)

    page = await opened(fg)

    assert "Geen enkel antwoord is nu anders" in page.text
    assert "1 antwoord nagerekend" in page.text


async def test_the_old_answer_and_the_new_one_stand_side_by_side(fg: Browser, ask: Ask, knowledge: Knowledge) -> None:
    number = given_before(ask, knowledge, "mag dit met de school", channel="api")

    page = await opened(fg)

    for words in ("Toen", "Nu", "Anders: de uitkomst", "Eerst: veiligheid", f"vraag {number}", "1 persoon is niet te"):
        assert words in page.text, words
    assert page.all("button", **{"class": "go"}) == []  # another program asked: there is no way back


async def test_who_asked_is_told_once(fg: Browser, house: House, ask: Ask, knowledge: Knowledge) -> None:
    given_before(ask, knowledge, "mag dit", owner="een", channel="pigeons")
    given_before(ask, knowledge, "en nog een keer", owner="een", channel="pigeons")
    given_before(ask, knowledge, "mag ik dit", owner="twee", channel="pigeons")
    given_before(ask, knowledge, "mag dat", owner="drie", channel="api")
    page = await opened(fg)
    assert "Vertel het aan 2 mensen" in page.text
    (form,) = [one for one in page.all("form") if "/fg/gewijzigd/" in one.attributes["action"]]
    address = form.attributes["action"]
    pigeons = Pigeons()

    async with house.service.desk.open(pigeons):
        first = await press(fg, page, address)
        second = await press(fg, page, address)

    assert "aantal=2" in first.headers["location"]
    assert "aantal=0" in second.headers["location"]
    assert sorted(where for where, _ in pigeons.sent) == ["adres van een", "adres van twee"]
    assert all("Stel je vraag opnieuw" in note and "direct gevaar" in note for note in pigeons.notes)
    after = await opened(fg)
    assert "2 mensen hebben al bericht" in after.text
    assert "Vertel het aan" not in after.text
    assert [row[0] for row in house.audit()][-2:] == ["change.told", "change.told"]


async def test_who_could_not_be_told_can_be_told_later(
    fg: Browser, house: House, ask: Ask, knowledge: Knowledge
) -> None:
    number = given_before(ask, knowledge, "mag dit", channel="pigeons")
    page = await opened(fg)
    (form,) = [one for one in page.all("form") if "/fg/gewijzigd/" in one.attributes["action"]]

    response = await press(fg, page, form.attributes["action"])  # the channel is off

    assert "aantal=0" in response.headers["location"]
    assert Reviews(house.store.engine).item(number).judgements == ()  # type: ignore[union-attr]
    assert "Vertel het aan 1 persoon" in (await opened(fg)).text


async def test_where_people_fetch_their_news_only_the_last_of_a_question_waits(
    fg: Browser, house: House, ask: Ask, knowledge: Knowledge
) -> None:
    number = given_before(ask, knowledge, "mag dit", owner="een")
    reviews = Reviews(house.store.engine)
    for outcome in ("vroeger", "later"):
        facts = {"outcome": outcome, "text": f"nieuws van {outcome}"}
        reviews.judge([number], TELLING, "fg", house.clock(), facts=facts, close=False)

    assert [one.text for one in reviews.news_for("web", "een")] == ["nieuws van later"]
    assert reviews.news_for("web", "een ander") == reviews.news_for("telegram", "een") == []
    reviews.told(number)
    assert reviews.news_for("web", "een") == []
    (asked,) = reviews.who_asked([number])
    assert asked.told == {"vroeger", "later"}


async def test_a_change_that_is_not_there_is_refused(fg: Browser, ask: Ask, knowledge: Knowledge) -> None:
    given_before(ask, knowledge, "mag dit")

    response = await press(fg, await opened(fg), "/fg/gewijzigd/verzonnen")

    assert response.status_code == 404


async def test_the_changes_are_looked_for_once(fg: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def given(reviews: Reviews, version: str) -> list[tuple[int, list[dict[str, Any]]]]:
        looked.append(version)
        return []

    monkeypatch.setattr(Reviews, "given_before", given)

    for _ in range(2):
        await opened(fg)
    assert len(looked) == 1


async def test_the_next_day_the_law_may_be_another_one(knowledge: Knowledge, clock: Clock) -> None:
    class Counting:
        looked = 0

        def given_before(self, version: str) -> list[tuple[int, list[dict[str, Any]]]]:
            self.looked += 1
            return []

    reviews = Counting()
    changed = Changed(lambda boundary: reviews, knowledge, clock)  # type: ignore[arg-type, return-value]

    await changed.found(EVERYTHING)
    clock.forward(days=1)
    await changed.found(EVERYTHING)

    assert reviews.looked == 2


async def test_a_page_does_not_wait_for_a_long_search(knowledge: Knowledge, clock: Clock) -> None:
    go_on = Event()

    class Slow:
        def given_before(self, version: str) -> list[tuple[int, list[dict[str, Any]]]]:
            go_on.wait()
            return []

    changed = Changed(lambda boundary: Slow(), knowledge, clock)  # type: ignore[arg-type, return-value]

    assert await changed.found(EVERYTHING, 0) is None
    go_on.set()
    found = await changed.found(EVERYTHING)
    assert found is not None
    assert found.changes == ()


async def test_a_search_that_failed_is_tried_again(knowledge: Knowledge, clock: Clock) -> None:
    class Once:
        tried = 0

        def given_before(self, version: str) -> list[tuple[int, list[dict[str, Any]]]]:
            self.tried += 1
            if self.tried == 1:
                raise OSError("the database is away")
            return []

    once = Once()
    changed = Changed(lambda boundary: once, knowledge, clock)  # type: ignore[arg-type, return-value]

    with pytest.raises(OSError, match="away"):
        await changed.found(EVERYTHING)
    assert await changed.found(EVERYTHING) is not None
