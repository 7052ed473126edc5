"""`./deelwijzer uitnodiging`: let people in on Telegram, see who has which number, and end it again."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from bot import quiet
from bot.clock import AMSTERDAM, utc_now
from bot.settings import Settings
from bot.store.access import Access
from bot.store.store import Store

CHANNEL = "telegram"
MOST_DAYS = 90
MOST_AT_ONCE = 100


def add_invitations(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `uitnodiging` to the others."""
    made = commands.add_parser("uitnodiging", help="nodig iemand uit voor Telegram")
    made.add_argument(
        "--dagen",
        type=_between(1, MOST_DAYS),
        default=7,
        metavar="D",
        help=f"dagen dat een code werkt (1 tot {MOST_DAYS}; anders 7)",
    )
    made.add_argument(
        "--aantal",
        type=_between(1, MOST_AT_ONCE),
        default=1,
        metavar="N",
        help=f"hoeveel codes (1 tot {MOST_AT_ONCE}; anders 1)",
    )
    instead = made.add_mutually_exclusive_group()
    instead.add_argument("--lijst", action="store_true", help="toon welke nummers openstaan of in gebruik zijn")
    instead.add_argument(
        "--intrekken", type=_between(1, 2**31 - 1), metavar="NUMMER", help="laat een code of een toegang vervallen"
    )
    made.set_defaults(run=_run)


def _run(given: argparse.Namespace) -> int:
    quiet.configure("warning")
    settings = Settings()  # type: ignore[call-arg]
    store = Store(settings.database_url)
    try:
        access = Access(store.engine, CHANNEL)
        access.tidy(utc_now())
        if given.lijst:
            return _list(access)
        if given.intrekken is not None:
            return _withdraw(access, given.intrekken)
        return _invite(access, given.aantal, given.dagen, settings.telegram_bot_name)
    finally:
        store.close()


def _invite(access: Access, how_many: int, days: int, bot_name: str) -> int:
    now = utc_now()
    until = _day(now + timedelta(days=days))
    for _ in range(how_many):
        made = access.invite(days, now)
        print(f"Nummer {made.number}, één keer te gebruiken, tot {until}:")
        print(f"  https://t.me/{bot_name}?start={made.code}" if bot_name else f"  /start {made.code}")
    print(
        "\nGeef elke code aan één persoon; later is hij niet meer op te vragen. Schrijf op wie welk nummer kreeg:\n"
        "met ./deelwijzer uitnodiging --intrekken NUMMER vervalt de toegang."
    )
    if not bot_name:
        print("Met DEELWIJZER_TELEGRAM_BOT_NAME maak ik er een link van.")
    return 0


def _list(access: Access) -> int:
    given = access.given()
    for one in given:
        print(f"{one.number:>5}  " + ("in gebruik" if one.in_use else f"open tot {_day(one.expires_at)}"))
    if not given:
        print("Er zijn geen uitnodigingen.")
    return 0


def _withdraw(access: Access, number: int) -> int:
    if access.withdraw(number):
        print(f"Nummer {number} is vervallen.")
        return 0
    print(f"Nummer {number} is er niet. Kijk met: ./deelwijzer uitnodiging --lijst", file=sys.stderr)
    return 1


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(AMSTERDAM):%d-%m-%Y %H:%M}"


def _between(least: int, most: int) -> Callable[[str], Any]:
    def number(text: str) -> int:
        if text.isdecimal() and least <= int(text) <= most:
            return int(text)
        raise argparse.ArgumentTypeError(f"geef een getal van {least} tot {most}")

    return number
