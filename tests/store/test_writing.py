"""Reading and writing, the same on every database. All texts are fictitious."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from bot.store import Store
from bot.store.store import NewButton, Turn
from knowledge.case import Case
from tests.store.databases import connect_to, everything_in, write_beside

NOW = datetime(2026, 3, 4, 12, 30, tzinfo=UTC)


def turn(words: str) -> Turn:
    question = {"text": words, "masked": ["name"], "intent": "share", "confidence": 0.9}
    answer = {
        "text": f"antwoord op {words}",
        "verdict": "info",
        "knowledge_version": "fictitious",
        "law_on": "2026-03-04",
    }
    return Turn(question, answer)


def talk(store: Store, conversation: str, times: int, start: datetime = NOW) -> None:
    """A conversation that gives a button with every answer; from the second turn on the first has expired."""
    for number in range(times):
        now = start + timedelta(hours=30 * number)
        case = store.case(conversation, "test", now).case
        button = NewButton(f"{conversation}-{number}", {"do": "why"})
        store.save(
            conversation, case.model_copy(update={"number": number}), turn(f"{conversation} {number}"), [button], now
        )


def test_two_conversations_written_at_once_lose_nothing(store: Store) -> None:
    together = threading.Barrier(2)

    def one(conversation: str) -> None:
        together.wait()
        talk(store, conversation, 15)

    with ThreadPoolExecutor(2) as both:
        list(both.map(one, ["een", "twee"]))

    for conversation in ("een", "twee"):
        written = [question.text for question, _ in store.questions() if question.conversation_id == conversation]
        assert written == [f"{conversation} {number}" for number in range(15)]
        assert store.case(conversation, "test", NOW).case.number == 14
    assert all(answer.text == f"antwoord op {question.text}" for question, answer in store.questions())


def test_two_programs_on_one_database_see_each_others_work(store: Store, database_url: str) -> None:
    other = Store(database_url)
    together = threading.Barrier(2)

    def one(which: Store, conversation: str) -> None:
        together.wait()
        talk(which, conversation, 10)

    with ThreadPoolExecutor(2) as both:
        list(both.map(one, [store, other], ["een", "twee"]))

    assert len(store.questions()) == len(other.questions()) == 20
    other.close()


def test_nothing_stays_open_between_two_calls(store: Store, database_url: str) -> None:
    talk(store, "een", 2)
    store.button("een", "een-1", NOW)
    store.questions()

    write_beside(database_url)


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=-7)), ZoneInfo("Europe/Amsterdam"), ZoneInfo("Pacific/Auckland")], ids=str
)
def test_a_moment_comes_back_as_the_same_moment_in_utc(store: Store, zone: timezone | ZoneInfo) -> None:
    talk(store, "een", 1, NOW.astimezone(zone))

    [(question, answer)] = store.questions()

    for moment in (question.asked_at, answer.answered_at):
        assert moment == NOW
        assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_button_lives_as_long_when_the_clock_changes(store: Store, day: str) -> None:
    made = datetime.fromisoformat(f"{day}T00:30:00").replace(tzinfo=ZoneInfo("Europe/Amsterdam")).astimezone(UTC)
    talk(store, "een", 1, made)

    assert store.button("een", "een-0", made + timedelta(hours=24)) is not None
    assert store.button("een", "een-0", made + timedelta(hours=24, seconds=1)) is None


def test_what_expired_is_found_expired_whatever_the_zone_of_the_question(store: Store) -> None:
    talk(store, "een", 1)
    late = (NOW + timedelta(hours=24, minutes=1)).astimezone(timezone(timedelta(hours=-11)))

    store.save("een", store.case("een", "test", late).case, None, [], late)

    assert store.button("een", "een-0", NOW) is None


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="needs its zone"):
        store.case("een", "test", NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    "words", ["één café", "😀 \u202e omgekeerd", "' ; drop table question; --", "%s %(x)s :y \\ {}"]
)
def test_any_text_comes_back_as_it_was(store: Store, words: str) -> None:
    case = store.case("een", "test", NOW).case
    store.save("een", case, turn(words), [NewButton("knop", {"do": "go_on", "text": words})], NOW)

    [(question, answer)] = store.questions()
    assert (question.text, answer.text) == (words, f"antwoord op {words}")
    assert store.button("een", "knop", NOW) == (0, {"do": "go_on", "text": words, "answer": answer.id})


def test_an_error_of_the_database_does_not_quote_the_text(store: Store) -> None:
    store.case("een", "test", NOW)
    wrong = Turn(turn("x").question, {**turn("zonnebloempitten").answer, "verdict": None})

    with pytest.raises(Exception, match=r"(?i)null") as caught:
        store.save("een", Case(), wrong, [], NOW)

    assert "zonnebloempitten" not in str(caught.value)


def test_what_failed_halfway_leaves_nothing(store: Store, database_url: str) -> None:
    store.case("een", "test", NOW)
    twice = [NewButton("zelfde", {}), NewButton("zelfde", {})]

    with pytest.raises(Exception, match=r"(?i)unique|conflict|identity"):
        store.save("een", Case(number=9), turn("zonnebloempitten"), twice, NOW)

    assert store.questions() == []
    assert store.case("een", "test", NOW).case.number == 0


def test_a_lost_connection_is_replaced_unnoticed(store: Store, server_url: str) -> None:
    talk(store, "een", 1)
    with connect_to(server_url).connect() as other:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        lost = other.execute(text(f"SELECT pg_terminate_backend(pid, 5000) {others}")).all()
    assert [bool(ended) for (ended,) in lost] == [True]

    talk(store, "twee", 1)

    assert len(store.questions()) == 2


def test_everything_in_a_database_shows_what_is_in_it(store: Store, database_url: str) -> None:
    talk(store, "een", 1)

    assert "antwoord op een 0" in everything_in(database_url)
    assert "zonnebloempitten" not in everything_in(database_url)
