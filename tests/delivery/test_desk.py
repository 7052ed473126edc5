"""What comes in on a channel is answered in order, and every answer is sent once. All names are made up."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.delivery.channel import Event, NotSent, PerhapsSent, Undeliverable
from bot.delivery.desk import GIVE_UP, Accepted, Desk
from bot.delivery.limit import RateLimit
from bot.guard import Guard
from bot.keys import conversation_key
from bot.messages import Message
from bot.metrics import Metrics
from bot.store import Store
from bot.store.mailbox import KNOWN_FOR, Mailbox, Place
from bot.store.retention import Periods, Retention
from tests.bot.fakes import Clock, Naps
from tests.delivery.fakes import Crash, Pigeons
from tests.store.databases import everything_in


@pytest.fixture
def mailbox(store: Store) -> Mailbox:
    return Mailbox(store.engine)


@pytest.fixture
def pigeons() -> Pigeons:
    return Pigeons()


@pytest.fixture
def naps(clock: Clock) -> Naps:
    return Naps(clock)


@pytest.fixture
def desk(mailbox: Mailbox, clock: Clock, naps: Naps) -> Desk:
    return a_desk(mailbox, clock, naps)


def a_desk(mailbox: Mailbox, clock: Clock, naps: Naps) -> Desk:
    return Desk(mailbox, Guard(), Metrics(), limit=RateLimit(5), clock=clock, sleep=naps)


def note(number: int, text: str | None = None, conversation: str = "duif 1") -> Event:
    work = {"number": number}
    return Event("pigeons", str(number), conversation, f"til van {conversation}", work, text or f"{number}")


async def test_an_event_is_answered_at_its_address_and_nothing_of_it_stays(
    desk: Desk, pigeons: Pigeons, mailbox: Mailbox, store: Store, database_url: str
) -> None:
    async with desk.open(pigeons):
        assert await desk.accept(note(1, "mag dit")) is Accepted.NEW

    assert pigeons.sent == [("til van duif 1", "antwoord op mag dit")]
    assert mailbox.sizes() == {"inbox": 0, "outbox": 0}
    store.close()
    assert "mag dit" not in everything_in(database_url)


async def test_the_same_event_told_twice_is_answered_once(desk: Desk, pigeons: Pigeons) -> None:
    async with desk.open(pigeons):
        await desk.accept(note(1))
        assert await desk.accept(note(1)) is Accepted.KNOWN

    assert pigeons.notes == ["antwoord op 1"]


async def test_an_event_told_again_after_a_restart_is_known(
    desk: Desk, pigeons: Pigeons, mailbox: Mailbox, clock: Clock, naps: Naps
) -> None:
    async with desk.open(pigeons):
        await desk.accept(note(1))
    later = a_desk(mailbox, clock, naps)
    async with later.open(pigeons):
        assert await later.accept(note(1)) is Accepted.KNOWN


async def test_events_of_one_conversation_are_answered_in_the_order_in_which_they_came(
    desk: Desk, pigeons: Pigeons
) -> None:
    async with desk.open(pigeons):
        for number in range(5):
            await desk.accept(note(number))

    assert pigeons.notes == [f"antwoord op {number}" for number in range(5)]


async def test_one_conversation_does_not_wait_for_another(desk: Desk, pigeons: Pigeons, naps: Naps) -> None:
    pigeons.trouble = deque([NotSent(60)])
    async with desk.open(pigeons):
        await desk.accept(note(1, conversation="duif 1"))
        await desk.accept(note(2, conversation="duif 2"))

    assert sorted(pigeons.notes) == ["antwoord op 1", "antwoord op 2"]


async def test_personal_data_are_masked_before_anything_is_kept(
    desk: Desk, pigeons: Pigeons, mailbox: Mailbox, store: Store, database_url: str
) -> None:
    async with desk.open():  # the channel is not there yet: the event stays in the inbox
        with suppress(KeyError):
            await desk.accept(note(1, "mag ik Jolanda de Vries noemen? bsn 999990020"))
        kept = everything_in(database_url)

    assert "Jolanda" not in kept
    assert "999990020" not in kept
    event = mailbox.unanswered()[0][2]
    assert event.kinds == ("name", "bsn")
    assert event.incoming().masked == ("name", "bsn")


async def test_a_text_that_is_cut_is_known_to_be_too_long(desk: Desk, pigeons: Pigeons) -> None:
    async with desk.open(pigeons):
        await desk.accept(note(1, "a " * 3000))

    assert pigeons.answered[0].too_long


async def test_what_did_not_arrive_is_tried_again_after_the_wait_that_is_asked_for(
    desk: Desk, pigeons: Pigeons, naps: Naps
) -> None:
    pigeons.trouble = deque([NotSent(17), NotSent(), NotSent()])
    async with desk.open(pigeons):
        await desk.accept(note(1))

    assert pigeons.notes == ["antwoord op 1"]
    assert naps.taken == [17, 3, 10]


async def test_a_unit_that_perhaps_arrived_is_sent_again_and_says_so(desk: Desk, pigeons: Pigeons) -> None:
    pigeons.trouble = deque([PerhapsSent()])
    async with desk.open(pigeons):
        await desk.accept(note(1))

    assert pigeons.notes == ["misschien al gekregen: antwoord op 1"]


async def test_what_can_never_arrive_does_not_hold_up_the_rest(desk: Desk, pigeons: Pigeons, mailbox: Mailbox) -> None:
    pigeons.trouble = deque([Undeliverable(), ValueError("iets geks")])
    async with desk.open(pigeons):
        for number in (1, 2, 3):
            await desk.accept(note(number))

    assert pigeons.notes == ["antwoord op 3"]
    assert mailbox.sizes() == {"inbox": 0, "outbox": 0}


async def test_an_answer_that_fails_becomes_an_apology(desk: Desk, pigeons: Pigeons) -> None:
    def broken(event: Event) -> list[str]:
        raise ValueError("iets geks")

    pigeons.answering = broken
    async with desk.open(pigeons):
        await desk.accept(note(1))

    assert pigeons.notes == ["er ging iets mis"]


async def test_whoever_sends_too_much_is_told_once_and_may_go_on_later(
    desk: Desk, pigeons: Pigeons, clock: Clock
) -> None:
    async with desk.open(pigeons):
        told = [await desk.accept(note(number)) for number in range(8)]
        clock.forward(seconds=61)
        again = await desk.accept(note(9))

    assert told == [Accepted.NEW] * 5 + [Accepted.TOO_MANY] + [Accepted.STILL_TOO_MANY] * 2
    assert again is Accepted.NEW


def test_what_a_channel_refuses_itself_is_counted(mailbox: Mailbox) -> None:
    metrics = Metrics()

    Desk(mailbox, Guard(), metrics).refused("pigeons", "not_allowed")

    assert b'deelwijzer_refusals_total{channel="pigeons",why="not_allowed"} 1.0' in metrics.page()


async def test_a_crash_before_the_answer_loses_nothing(
    desk: Desk, mailbox: Mailbox, pigeons: Pigeons, clock: Clock, naps: Naps
) -> None:
    mailbox.accept(conversation_key("pigeons", "duif 1"), note(1), clock())

    async with desk.open(pigeons):
        pass

    assert pigeons.notes == ["antwoord op 1"]


async def test_a_crash_between_answer_and_sending_loses_nothing_and_sends_once(
    mailbox: Mailbox, desk: Desk, pigeons: Pigeons, clock: Clock
) -> None:
    key = conversation_key("pigeons", "duif 1")
    number = mailbox.accept(key, note(1), clock())
    assert number is not None
    mailbox.answered(number, Place("pigeons", key, key, "til"), [{"note": "een"}, {"note": "twee"}], clock())

    async with desk.open(pigeons):
        pass

    assert pigeons.notes == ["een", "twee"]
    assert pigeons.answered == []


async def test_a_crash_while_sending_sends_it_again_and_says_so(
    mailbox: Mailbox, desk: Desk, pigeons: Pigeons, clock: Clock, naps: Naps
) -> None:
    pigeons.trouble = deque([Crash()])
    with suppress(Crash, BaseExceptionGroup):
        async with desk.open(pigeons):
            await desk.accept(note(1))
    assert pigeons.notes == []

    async with a_desk(mailbox, clock, naps).open(pigeons):
        pass

    assert pigeons.notes == ["misschien al gekregen: antwoord op 1"]


async def test_an_answer_of_yesterday_is_not_sent_any_more(
    mailbox: Mailbox, desk: Desk, pigeons: Pigeons, clock: Clock
) -> None:
    place = Place("pigeons", "k", "k", "til")
    mailbox.put(place, [{"note": "te laat"}], clock())
    clock.forward(seconds=GIVE_UP.total_seconds() + 1)

    async with desk.open(pigeons):
        await desk.send(place, Message("op tijd"))

    assert pigeons.notes == ["op tijd"]


async def test_a_message_that_answers_nothing_is_sent_too(desk: Desk, pigeons: Pigeons) -> None:
    async with desk.open(pigeons):
        await desk.send(Place("pigeons", "k", "k", "til"), Message("antwoord van de FG"))

    assert pigeons.sent == [("til", "antwoord van de FG")]


async def test_a_database_that_is_away_for_a_moment_loses_nothing(
    desk: Desk, mailbox: Mailbox, pigeons: Pigeons, monkeypatch: pytest.MonkeyPatch, naps: Naps
) -> None:
    answered, away = mailbox.answered, deque([True, True])

    def sometimes(*given: object) -> None:
        if away:
            away.pop()
            raise OperationalError("", None, Exception())
        answered(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(mailbox, "answered", sometimes)
    async with desk.open(pigeons):
        await desk.accept(note(1))

    assert pigeons.notes == ["antwoord op 1"]
    assert naps.taken == [1, 3]


def test_ids_of_answered_events_are_known_for_a_while_and_then_erased(
    mailbox: Mailbox, store: Store, clock: Clock
) -> None:
    number = mailbox.accept("k", note(1), clock())
    assert number is not None
    mailbox.answered(number, Place("pigeons", "k", "k", "til"), [], clock())
    unanswered = mailbox.accept("k", note(2), clock())

    clock.forward(seconds=(KNOWN_FOR + timedelta(minutes=1)).total_seconds())
    Retention(store.engine).purge(Periods(), clock())

    assert mailbox.accept("k", note(1), clock()) is not None
    assert unanswered in [row[0] for row in mailbox.unanswered()]


def test_whoever_asks_to_be_forgotten_has_nothing_waiting(mailbox: Mailbox, store: Store, clock: Clock) -> None:
    mailbox.put(Place("pigeons", "k", "iemand", "til"), [{"note": "een"}], clock())
    mailbox.put(Place("pigeons", "k", "een ander", "til"), [{"note": "twee"}], clock())

    Retention(store.engine).erase("iemand", decisions=True)

    assert mailbox.sizes()["outbox"] == 1
