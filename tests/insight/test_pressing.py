"""Breaches whose term presses are told of on every page of the FG, by a command and in the log.  All made up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot import program
from bot.cli import main
from bot.records.register import Pressing, Register
from bot.signin.roles import Role
from tests.bot.fakes import Clock
from tests.insight.conftest import Decide
from tests.signin.house import House
from tests.web.web_app import Browser

# Hours since a breach is known, and where it then counts.
STAGES = {
    47.9: (0, 0, 0),
    48: (1, 0, 0),
    59.9: (1, 0, 0),
    60: (0, 1, 0),
    71.9: (0, 1, 0),
    72: (0, 0, 1),
    900: (0, 0, 1),
}
SENTENCES = {
    (0, 0, 0): "",
    (1, 0, 0): "1 datalek is bekend en nog niet afgehandeld: 1 langer dan 48 uur.",
    (0, 1, 1): "2 datalekken zijn bekend en nog niet afgehandeld: 1 te laat (72 uur), 1 langer dan 60 uur.",
}
PAGES = ("/fg/wensen", "/fg/antwoorden", "/fg/inzicht", "/fg/jaarverslag", "/fg/besluiten", "/fg/beheer")


@pytest.fixture
def register(house: House) -> Register:
    return Register(house.store.engine, 1826)


@pytest.mark.parametrize(("hours", "counts"), STAGES.items())
def test_a_breach_counts_by_how_long_it_is_known(
    register: Register, decide: Decide, clock: Clock, hours: float, counts: tuple[int, int, int]
) -> None:
    decide(hours_ago=hours)

    assert register.pressing(clock()) == Pressing(*counts)


@pytest.mark.parametrize("more", [{"deadline": None}, {"in_register": False}], ids=["no term", "no register"])
def test_what_has_no_term_does_not_press(
    register: Register, decide: Decide, clock: Clock, more: dict[str, object]
) -> None:
    decide(hours_ago=70, **more)

    assert register.pressing(clock()).total == 0


def test_what_is_settled_does_not_press_and_presses_again_when_it_is_not(
    register: Register, decide: Decide, clock: Clock
) -> None:
    reference = decide(hours_ago=70)

    register.settle(reference, "reported", "x", clock())
    assert register.pressing(clock()).total == 0
    register.settle(reference, None, "x", clock())
    assert register.pressing(clock()).total == 1


@pytest.mark.parametrize(("counts", "sentence"), SENTENCES.items())
def test_it_is_told_in_one_sentence(counts: tuple[int, int, int], sentence: str) -> None:
    assert Pressing(*counts).words == sentence


async def test_it_stands_on_every_page_of_the_fg_until_it_is_settled(
    fg: Browser, register: Register, decide: Decide, clock: Clock
) -> None:
    reference = decide(hours_ago=61)
    sentence = "1 datalek is bekend en nog niet afgehandeld: 1 langer dan 60 uur."

    for address in PAGES:
        assert sentence in (await fg.open(address)).text, address
    register.settle(reference, "reported", "x", clock())
    for address in PAGES:
        assert "nog niet afgehandeld" not in (await fg.open(address)).text, address


@pytest.mark.parametrize("address", ["/fg", "/fg/datalekken"])
async def test_where_breaches_are_listed_it_is_not_told_twice(fg: Browser, decide: Decide, address: str) -> None:
    reference = decide(hours_ago=61)

    page = await fg.open(address)

    assert reference in page.text
    assert "nog niet afgehandeld" not in page.text


async def test_who_may_not_see_the_records_is_not_told(house: House, decide: Decide) -> None:
    decide(hours_ago=61)
    lead = await house.signed_in(Role.AWARENESS)

    assert "datalek" not in (await lead.open("/fg/inzicht")).text.lower().replace("besluiten en datalekken", "")


@pytest.mark.parametrize(("hours", "code", "said"), [(61, 0, "langer dan 60 uur"), (73, 1, "te laat"), (1, 0, "Geen")])
def test_the_command_tells_numbers_and_no_text(
    house: House,
    decide: Decide,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    hours: float,
    code: int,
    said: str,
) -> None:
    reference = decide(hours_ago=hours, outcome="Verzonnen uitkomst")
    monkeypatch.setenv("DATABASE_URL", house.database_url)
    monkeypatch.setattr(program, "utc_now", clock)

    assert main(["herinneringen"]) == code

    told = capsys.readouterr().out
    assert said in told
    assert reference not in told
    assert "Verzonnen" not in told


def test_a_breach_of_longer_ago_than_its_period_is_not_found(house: House, decide: Decide, clock: Clock) -> None:
    decide(hours_ago=24 * 11)

    assert Register(house.store.engine, 10).pressing(clock()) == Pressing(0, 0, 0)
    clock.now -= timedelta(days=2)
    assert Register(house.store.engine, 10).pressing(clock()).total == 1
