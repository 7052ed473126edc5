"""Reads the form with which a campaign is planned."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from bot.campaigns.store import Planned
from knowledge.knowledge import Knowledge
from knowledge.quiz import open_questions

TEST_2017: Final = "2017"
REPEAT: Final = "herhaling-"  # before the number of what is repeated
MOST_TEAMS: Final = 40
MOST_ITEMS: Final = 12  # as many as the test of 2017 had
MAX_NAME, MAX_TEAM = 100, 60


class NotPlanned(ValueError):
    """The form cannot be used; the text says in Dutch why."""


@dataclass(frozen=True)
class Plan:
    """What was asked for."""

    name: str
    items: tuple[str, ...]
    teams: tuple[str, ...]
    starts: date
    ends: date
    repeats: int | None
    municipality: str | None


def read(
    form: Mapping[str, str],
    earlier: list[Planned],
    knowledge: Knowledge,
    today: date,
    municipalities: Collection[str | None],
) -> Plan:
    """The campaign that a form asks for.

    Args:
        form: the fields.
        earlier: the campaigns that can be repeated.
        knowledge: the tables.
        today: the day in the Netherlands.
        municipalities: whose it can be; None stands for all together.

    Raises:
        NotPlanned: when something is missing or cannot be.
    """
    name = " ".join(form.get("naam", "").split())
    if not 1 <= len(name) <= MAX_NAME:
        raise NotPlanned(f"Geef een naam van 1 tot {MAX_NAME} tekens.")
    starts, ends = _day(form.get("van", "")), _day(form.get("tot", ""))
    if ends < starts or ends < today:
        raise NotPlanned("De laatste dag ligt voor de eerste dag, of is al voorbij.")
    wanted = form.get("vragen", "")
    again = next((one for one in earlier if wanted == f"{REPEAT}{one.id}" and one.repeats is None), None)
    if again:  # the same questions and teams: else there is nothing to compare
        teams = tuple(team.name for team in again.teams)
        return Plan(name, again.items, teams, starts, ends, again.id, again.municipality)
    items, teams = _items(wanted, knowledge, starts), _teams(form.get("teams", ""))
    municipality = form.get("gemeente", "") or None
    if municipality not in municipalities:
        raise NotPlanned("Kies de gemeente uit de lijst.")
    return Plan(name, items, teams, starts, ends, None, municipality)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotPlanned("Vul de eerste en de laatste dag in.") from None


def _items(wanted: str, knowledge: Knowledge, on: date) -> tuple[str, ...]:
    held = open_questions(knowledge, on)
    if wanted == TEST_2017:
        numbered = [(row.baseline.number, row.id) for row in held if row.baseline]
        return tuple(item for _, item in sorted(numbered))
    found = tuple(row.id for row in held if row.subject == wanted)[:MOST_ITEMS]
    if not found:
        raise NotPlanned("Kies de vragen uit de lijst.")
    return found


def _teams(text: str) -> tuple[str, ...]:
    names = [" ".join(line.split()) for line in text.splitlines()]
    teams = tuple(dict.fromkeys(name for name in names if name))
    if not 1 <= len(teams) <= MOST_TEAMS or any(len(team) > MAX_TEAM for team in teams):
        raise NotPlanned(f"Noem 1 tot {MOST_TEAMS} teams, elk op een eigen regel van hoogstens {MAX_TEAM} tekens.")
    if len({team.casefold() for team in teams}) < len(teams):
        raise NotPlanned("Twee teams hebben dezelfde naam.")
    return teams
