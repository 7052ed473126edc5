"""The question of the week: who gets it, where and when. Every address and person is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.assistant import Assistant
from bot.keys import conversation_key
from bot.messages import Incoming, Message
from bot.quiz import Weekly
from bot.store import Store
from bot.store.mailbox import Place
from bot.store.quiz import QuizCards
from bot.store.retention import Periods, Retention
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock

ADDRESS = "verzonnen chat 12"
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # ten o'clock in the Netherlands
WEEK = timedelta(days=7)


@pytest.fixture
def clock() -> Clock:
    return Clock(MONDAY)


@dataclass
class Person:
    """Someone on a channel, in a conversation of his own."""

    assistant: Assistant
    name: str = "chat"
    channel: str = "telegram"
    address: str | None = ADDRESS

    @property
    def key(self) -> str:
        return conversation_key(self.channel, self.name)

    async def say(self, text: str) -> Message:
        return await self._send(text=text)

    async def press(self, message: Message, title: str) -> Message:
        return await self._send(payload=next(one.payload for one in message.buttons if one.title == title))

    async def right(self, message: Message) -> Message:
        assert message.poll
        options = [one for one in message.buttons if one.kind == "option"]
        return await self.press(message, options[message.poll.right].title)

    async def _send(self, **what: str) -> Message:
        incoming = Incoming(self.channel, self.name, address=self.address, **what)  # type: ignore[arg-type]
        return (await self.assistant.handle(incoming)).messages[0]


@pytest.fixture
async def person(assistant: Assistant) -> Person:
    made = Person(assistant)
    await made.say("elke week een vraag")
    return made


@pytest.fixture
def weekly(knowledge: Knowledge, store: Store) -> Weekly:
    return Weekly(knowledge, store)


async def test_it_comes_after_a_week_at_the_address_of_the_person(person: Person, weekly: Weekly) -> None:
    assert weekly.due(MONDAY + WEEK - timedelta(hours=1)) == []

    [(place, message)] = weekly.due(MONDAY + WEEK)

    assert place == Place("telegram", person.key, person.key, ADDRESS)
    assert message.text.startswith("Vraag van de week")
    assert message.poll
    assert [one.title for one in message.buttons if one.kind == "action"] == ["Geen vraag meer"]


async def test_it_comes_once_a_week(person: Person, weekly: Weekly) -> None:
    first = MONDAY + WEEK
    assert len(weekly.due(first)) == 1

    assert weekly.due(first + timedelta(hours=1)) == []
    assert len(weekly.due(first + WEEK)) == 1


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 12, 1, 7, 30, tzinfo=UTC),  # Tuesday, half past eight
        datetime(2026, 12, 1, 16, 0, tzinfo=UTC),  # Tuesday, five o'clock
        datetime(2026, 12, 5, 10, 0, tzinfo=UTC),  # Saturday
    ],
)
async def test_outside_working_hours_nobody_is_asked(person: Person, weekly: Weekly, moment: datetime) -> None:
    assert weekly.due(moment) == []
    assert len(weekly.due(datetime(2026, 12, 7, 10, 0, tzinfo=UTC))) == 1


async def test_only_channels_that_send_by_themselves_and_are_on_get_it(
    assistant: Assistant, weekly: Weekly, person: Person
) -> None:
    teams = Person(assistant, "teamsgesprek", "teams", "verzonnen teamsadres")
    await teams.say("elke week een vraag")
    await Person(assistant, "web", "web").say("elke week een vraag")
    on = MONDAY + WEEK

    assert [place.channel for place, _ in weekly.due(on, lambda channel: channel == "teams")] == ["teams"]
    assert [place.channel for place, _ in weekly.due(on)] == ["telegram"]


async def test_who_stopped_it_gets_none(person: Person, weekly: Weekly) -> None:
    [(_, message)] = weekly.due(MONDAY + WEEK)
    assert "geen weekvraag meer" in (await person.press(message, "Geen vraag meer")).text

    assert weekly.due(MONDAY + 2 * WEEK) == []


async def test_who_is_forgotten_gets_none(person: Person, weekly: Weekly, store: Store) -> None:
    Retention(store.engine).erase(person.key, decisions=True)

    assert weekly.due(MONDAY + WEEK) == []


async def test_who_has_no_address_any_more_gets_none(person: Person, weekly: Weekly, store: Store) -> None:
    Retention(store.engine).purge(Periods(addresses=1), MONDAY + WEEK)

    assert weekly.due(MONDAY + WEEK) == []


async def test_an_answer_days_later_counts_once(person: Person, weekly: Weekly, store: Store, clock: Clock) -> None:
    clock.now = MONDAY + WEEK
    [(_, message)] = weekly.due(clock.now)
    clock.forward(days=3)

    outcome = await person.right(message)
    again = await person.right(message)

    assert outcome.text.startswith("Goed!")
    assert outcome.citations
    assert "heb je al beantwoord" in again.text
    [card] = QuizCards(store.engine).of(person.key).cards.values()
    assert (card.asked, card.right) == (1, True)


async def test_the_next_week_brings_another_question(person: Person, weekly: Weekly, clock: Clock) -> None:
    clock.now = MONDAY + WEEK
    [(_, first)] = weekly.due(clock.now)
    await person.right(first)

    [(_, second)] = weekly.due(clock.now + WEEK)

    assert second.poll != first.poll


async def test_what_was_missed_comes_back_as_the_question_of_the_week(
    person: Person, weekly: Weekly, clock: Clock
) -> None:
    clock.now = MONDAY + WEEK
    [(_, first)] = weekly.due(clock.now)
    assert first.poll
    wrong = [one for one in first.buttons if one.kind == "option"][first.poll.right - 1]
    assert (await person.press(first, wrong.title)).text.startswith("Niet goed.")

    [(_, second)] = weekly.due(clock.now + WEEK)

    assert second.poll == first.poll


async def test_it_does_not_disturb_what_is_going_on(person: Person, weekly: Weekly, clock: Clock) -> None:
    clock.now = MONDAY + WEEK
    assert (await person.say("triage")).state == "triage"
    [(_, message)] = weekly.due(clock.now)
    await person.right(message)

    assert (await person.say("terug")).state == "triage"


async def test_after_it_a_round_can_be_taken(person: Person, weekly: Weekly, clock: Clock) -> None:
    clock.now = MONDAY + WEEK
    [(_, message)] = weekly.due(clock.now)

    assert "Vraag 1 van 5" in (await person.press(await person.right(message), "Doe een ronde")).text
