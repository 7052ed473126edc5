"""What has been kept long enough goes, and what a person wants erased goes at once. All data are made up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.store import Store
from bot.store.decisions import Decisions, NewDecision
from bot.store.profiles import Profiles
from bot.store.retention import Periods, Retention
from bot.store.store import NewButton, Turn
from knowledge.case import Case

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OWNER = "o" * 64
PERIODS = Periods(questions=30, decisions=100, addresses=10)


def asked(store: Store, conversation: str, when: datetime, owner: str = OWNER) -> None:
    store.case(conversation, "test", when, owner)
    turn = Turn(
        question={"text": "mag dit", "masked": [], "intent": "share", "confidence": 1.0, "entities": []},
        answer={
            "text": "nee", "verdict": "not_allowed", "obligation": None, "rules": [], "citations": [], "advices": [],
            "knowledge_version": "1", "law_on": "2026-11-22",
        },
    )  # fmt: skip
    store.save(conversation, Case(), turn, [NewButton(f"b-{conversation}", {"do": "new"})], when)
    store.reachable(conversation, "test", "verzonnen adres", when)


def decision(text: str, *, in_register: bool = False) -> NewDecision:
    return NewDecision(
        flow="record", entries={"decision": text}, in_register=in_register, outcome="", deadline=None,
        municipality=None, rules=[], citations=[], knowledge_version="1", law_on="2026-11-22",
    )  # fmt: skip


def decided(store: Store, when: datetime, owner: str = OWNER, *, in_register: bool = False) -> str:
    new = decision("Ik doe het", in_register=in_register)
    return Decisions(store.engine).keep(owner, new, when).reference


def days(number: int) -> datetime:
    return NOW - timedelta(days=number)


def test_questions_go_after_their_period_and_not_a_day_sooner(store: Store) -> None:
    asked(store, "oud", days(31))
    asked(store, "nieuw", days(29))

    purged = Retention(store.engine).purge(PERIODS, NOW)

    assert (purged.questions, purged.conversations) == (1, 1)
    assert [question.conversation_id for question, _ in store.questions()] == ["nieuw"]


def test_an_address_goes_long_before_the_questions(store: Store) -> None:
    asked(store, "gesprek", days(11))

    purged = Retention(store.engine).purge(PERIODS, NOW)

    assert (purged.addresses, purged.questions) == (1, 0)


def test_decisions_have_a_period_of_their_own(store: Store) -> None:
    old, new = decided(store, days(101)), decided(store, days(99))

    purged = Retention(store.engine).purge(PERIODS, NOW)

    assert purged.decisions == 1
    assert Decisions(store.engine).find(OWNER, old) is None
    assert Decisions(store.engine).find(OWNER, new) is not None


def test_earlier_versions_go_with_the_decision(store: Store) -> None:
    number = decided(store, days(105))
    Decisions(store.engine).correct(OWNER, number, decision("Ik doe het niet"), days(101))

    assert Retention(store.engine).purge(PERIODS, NOW).decisions == 1


def test_an_entry_of_a_register_stays_when_its_maker_is_forgotten(store: Store) -> None:
    entry, own = decided(store, NOW, in_register=True), decided(store, NOW)

    Retention(store.engine).erase(OWNER, decisions=True)

    assert Decisions(store.engine).of(OWNER) == []
    assert [one.reference for one in Decisions(store.engine).of("")] == [entry]
    assert entry != own


def test_cleaning_up_twice_changes_nothing_more(store: Store) -> None:
    asked(store, "oud", days(31))
    Retention(store.engine).purge(PERIODS, NOW)

    assert set(vars(Retention(store.engine).purge(PERIODS, NOW)).values()) == {0}


def test_erasing_takes_every_conversation_of_a_person_and_nobody_elses(store: Store) -> None:
    asked(store, "een", NOW)
    asked(store, "twee", NOW)
    asked(store, "van een ander", NOW, owner="a" * 64)
    Profiles(store).choose("een", "role", "wmo-consulent", NOW)

    Retention(store.engine).erase(OWNER, decisions=True)

    assert [question.conversation_id for question, _ in store.questions()] == ["van een ander"]
    assert Retention(store.engine).export(OWNER) == {
        "gesprekken": [],
        "besluiten": [],
        "quiz": {"elke_week_een_vraag": False, "vragen": []},
    }
    assert not Profiles(store).read("een")


def test_the_export_holds_all_that_is_kept(store: Store) -> None:
    asked(store, "gesprek", NOW)
    number = decided(store, NOW)

    data = Retention(store.engine).export(OWNER)

    [conversation] = data["gesprekken"]
    assert conversation["vragen"][0]["tekst"] == "mag dit"
    assert conversation["bezorgadres"] == "verzonnen adres"
    assert data["besluiten"][0]["nummer"] == number
