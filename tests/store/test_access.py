"""Invitations: a code works once and not for long, and neither the code nor the person is kept. All are made up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.store import Store
from bot.store.access import UNUSED, Access
from bot.store.polls import Polls
from tests.bot.fakes import Clock
from tests.store.databases import everything_in

PERSON, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def access(store: Store) -> Access:
    return Access(store.engine, "telegram")


def test_a_code_lets_one_person_in_once(access: Access, clock: Clock) -> None:
    made = access.invite(7, clock())

    assert not access.allows(PERSON, clock())
    assert access.redeem(made.code, PERSON, clock())
    assert access.allows(PERSON, clock())
    assert not access.redeem(made.code, OTHER, clock())
    assert not access.allows(OTHER, clock())


def test_a_code_expires(access: Access, clock: Clock) -> None:
    made = access.invite(7, clock())
    clock.forward(days=7)

    assert not access.redeem(made.code, PERSON, clock())


@pytest.mark.parametrize("wrong", ["", "x", "x" * 22, "' OR 1=1 --"])
def test_another_code_lets_nobody_in(access: Access, clock: Clock, wrong: str) -> None:
    access.invite(7, clock())

    assert not access.redeem(wrong, PERSON, clock())


def test_codes_are_long_random_and_fit_behind_a_link(access: Access, clock: Clock) -> None:
    codes = {access.invite(7, clock()).code for _ in range(50)}

    assert len(codes) == 50
    assert all(len(code) == 22 and code.replace("-", "a").replace("_", "a").isalnum() for code in codes)


def test_who_is_in_leaves_a_second_code_for_somebody_else(access: Access, clock: Clock) -> None:
    first, second = access.invite(7, clock()), access.invite(7, clock())
    access.redeem(first.code, PERSON, clock())

    assert access.redeem(second.code, PERSON, clock())
    assert access.redeem(second.code, OTHER, clock())


def test_a_code_of_one_channel_is_worth_nothing_on_another(store: Store, access: Access, clock: Clock) -> None:
    other = Access(store.engine, "elders")
    made = access.invite(7, clock())

    assert not other.redeem(made.code, PERSON, clock())
    assert access.redeem(made.code, PERSON, clock())
    assert not other.allows(PERSON, clock())
    assert not other.withdraw(made.number)


def test_what_was_given_can_be_listed_and_ended_by_its_number(access: Access, clock: Clock) -> None:
    used, unused = access.invite(7, clock()), access.invite(3, clock())
    access.redeem(used.code, PERSON, clock())

    assert [(one.number, one.in_use) for one in access.given()] == [(used.number, True), (unused.number, False)]
    assert access.withdraw(used.number)
    assert access.withdraw(unused.number)
    assert not access.withdraw(unused.number)
    assert not access.allows(PERSON, clock())
    assert not access.redeem(unused.code, PERSON, clock())


def test_a_number_is_never_given_twice(access: Access, clock: Clock) -> None:
    first = access.invite(7, clock())
    access.withdraw(first.number)

    assert access.invite(7, clock()).number > first.number


def test_who_leaves_needs_a_new_code(access: Access, clock: Clock) -> None:
    made = access.invite(7, clock())
    access.redeem(made.code, PERSON, clock())

    access.leave(PERSON)

    assert not access.allows(PERSON, clock())
    assert not access.redeem(made.code, PERSON, clock())
    assert access.redeem(access.invite(7, clock()).code, PERSON, clock())


def test_access_ends_for_who_stays_away_and_not_for_who_comes(access: Access, clock: Clock) -> None:
    for person in (PERSON, OTHER):
        access.redeem(access.invite(7, clock()).code, person, clock())
    clock.forward(days=300)
    assert access.allows(PERSON, clock())
    clock.forward(days=100)

    assert access.allows(PERSON, clock())
    assert not access.allows(OTHER, clock())
    assert access.redeem(access.invite(7, clock()).code, OTHER, clock())


def test_tidying_erases_what_is_over_and_nothing_else(access: Access, clock: Clock) -> None:
    old = access.invite(1, clock())
    away = access.invite(7, clock())
    access.redeem(away.code, OTHER, clock())
    clock.now += UNUSED + timedelta(days=1)
    used, new = access.invite(7, clock()), access.invite(7, clock())
    access.redeem(used.code, PERSON, clock())

    access.tidy(clock())

    assert [one.number for one in access.given()] == [used.number, new.number]
    assert old.number not in [one.number for one in access.given()]


def test_no_code_can_be_read_from_the_database(store: Store, access: Access, clock: Clock, database_url: str) -> None:
    open_, used = access.invite(7, clock()), access.invite(7, clock())
    access.redeem(used.code, PERSON, clock())
    store.close()

    stored = everything_in(database_url)

    assert open_.code not in stored
    assert used.code not in stored


# -- polls ---------------------------------------------------------------------------------


def test_an_option_of_a_poll_means_what_was_kept_for_this_conversation(store: Store, clock: Clock) -> None:
    polls = Polls(store.engine, 24)
    polls.keep("poll-1", PERSON, ["p-0", "p-1"], clock())

    assert [polls.payload("poll-1", PERSON, number, clock()) for number in (0, 1, 2, -1)] == ["p-0", "p-1", None, None]
    assert polls.payload("poll-1", OTHER, 0, clock()) is None
    assert polls.payload("poll-2", PERSON, 0, clock()) is None


def test_a_poll_is_kept_as_long_as_a_button(store: Store, clock: Clock) -> None:
    polls = Polls(store.engine, 24)
    polls.keep("poll-1", PERSON, ["p-0"], clock())
    clock.forward(hours=25)

    assert polls.payload("poll-1", PERSON, 0, clock()) is None
    polls.keep("poll-2", PERSON, ["p-0"], clock())
    clock.forward(hours=-25)
    assert polls.payload("poll-1", PERSON, 0, clock()) is None
