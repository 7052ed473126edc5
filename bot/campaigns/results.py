"""What a campaign found: per team the share that had each question right, beside 2017 and the first measurement.

Shown only when a campaign is over, and only of teams of five or more: who watches the figures change as people
finish could otherwise tell what the last one answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.campaigns.store import Planned, Team
from bot.insight.small import HIDDEN, LEAST
from knowledge.knowledge import Knowledge

NONE: Final = "–"
ALL: Final = "Alle getoonde teams"
HEAD: Final = ("Vraag", "2017", "Nulmeting", "Herhaling")


@dataclass(frozen=True)
class Line:
    """One question, with shares as they are spoken."""

    ask: str
    in_2017: str
    before: str
    now: str


@dataclass(frozen=True)
class Section:
    """A team, or all of them together; without lines where nothing may be shown."""

    name: str
    people: str  # how many finished, as spoken
    lines: tuple[Line, ...]


def sections(campaign: Planned, baseline: Planned | None, knowledge: Knowledge) -> list[Section]:
    """The figures of a campaign that is over: all shown teams together first, then each team.

    Args:
        campaign: the first measurement, or a repeat.
        baseline: of a repeat what it repeats, if that is over; None for a first measurement.
        knowledge: the tables.
    """
    now = [team for team in campaign.teams if team.finished >= LEAST]
    before = [team for team in baseline.teams if team.finished >= LEAST] if baseline else []
    first = campaign.repeats is None
    made = []
    # The sum is of teams that are shown themselves, so that nothing follows from it about another team.
    for name, some in ((ALL, now), *((team.name, [one for one in now if one is team]) for team in campaign.teams)):
        same = before if name == ALL else [one for one in before if one.name == name]
        measured = (some, []) if first else (same, some)
        lines = [_line(item, *measured, knowledge) for item in campaign.items] if some else []
        people = str(sum(team.finished for team in some)) if some else HIDDEN
        if name != ALL or some:
            made.append(Section(name, people, tuple(lines)))
    return made


def rows(found: Sequence[Section]) -> list[tuple[str, ...]]:
    """The same figures as the rows of one table; a team that is hidden has one row that says so."""
    made: list[tuple[str, ...]] = []
    for section in found:
        lines = [(line.ask, line.in_2017, line.before, line.now) for line in section.lines]
        made.extend((section.name, section.people, *line) for line in lines or [(HIDDEN, "", "", "")])
    return made


def _line(item: str, before: Sequence[Team], now: Sequence[Team], knowledge: Knowledge) -> Line:
    row = knowledge.quiz.get(item)
    then = row.baseline if row else None
    in_2017 = NONE
    if then and then.right is not None:
        in_2017 = f"{then.right:g} %".replace(".", ",") + (" (open vraag)" if then.open else "")
    return Line(row.ask if row else "Deze vraag is vervallen", in_2017, _share(item, before), _share(item, now))


def _share(item: str, teams: Sequence[Team]) -> str:
    people = sum(team.finished for team in teams)
    return f"{round(100 * sum(team.right.get(item, 0) for team in teams) / people)} %" if people else NONE
