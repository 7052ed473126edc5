"""What has been kept long enough goes, and what a person wants erased goes at once. All data are made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from bot.settings import Settings
from bot.store import Store
from bot.store.audit import TRIMMED, Audit
from bot.store.decisions import Decisions, NewDecision
from bot.store.profiles import Profiles
from bot.store.retention import KINDS, Cleaned, Periods, Retention
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


def test_the_log_of_the_workspace_has_a_period_of_its_own(store: Store) -> None:
    for when in (days(50), days(39), days(1)):
        Audit(store.engine, lambda when=when: when).note("open", actor="x", origin="web")  # type: ignore[misc]

    purged = Retention(store.engine).purge(replace(PERIODS, audit=40), NOW)

    assert (purged.audit, purged.questions) == (1, 0)
    assert Audit(store.engine).check().fault is None
    assert [row["action"] for row in Audit(store.engine).rows()] == ["open", "open", TRIMMED]


def test_a_log_that_was_tampered_with_stays_while_the_rest_goes(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    asked(store, "oud", days(31))
    Audit(store.engine, lambda: days(50)).note("open", actor="x", origin="web")
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET actor = 'y'"))

    purged = Retention(store.engine).purge(replace(PERIODS, audit=40), NOW)

    assert (purged.questions, purged.audit) == (1, 0)
    assert "niet ingekort" in caplog.text


def test_it_is_known_when_was_cleaned_and_how_much_went(store: Store) -> None:
    retention = Retention(store.engine)
    asked(store, "oud", days(40))
    assert retention.cleanings() == []

    first = retention.purge(PERIODS, NOW - timedelta(days=1))
    second = retention.purge(PERIODS, NOW)

    assert first.questions == 1
    assert retention.cleanings() == [
        Cleaned(NOW, vars(second)),
        Cleaned(NOW - timedelta(days=1), vars(first)),
    ]


def test_of_longer_than_a_month_ago_it_is_not_known_any_more(store: Store) -> None:
    retention = Retention(store.engine)
    for when in (days(32), days(30), NOW):
        retention.purge(PERIODS, when)

    assert [one.at for one in retention.cleanings()] == [NOW, days(30)]


def test_every_kind_that_goes_has_a_name(store: Store) -> None:
    assert set(KINDS) == set(vars(Retention(store.engine).purge(PERIODS, NOW)))


def test_the_periods_are_those_of_the_settings() -> None:
    made = Settings(  # type: ignore[call-arg]
        keep_questions_days=1, keep_decisions_days=2, keep_addresses_days=3, keep_audit_days=4
    )

    assert Periods.of(made) == Periods(questions=1, decisions=2, addresses=3, audit=4)
    assert Periods.of(Settings()) == Periods()  # type: ignore[call-arg]
