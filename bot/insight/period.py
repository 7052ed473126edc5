"""Of what time figures are: a year or a quarter, in whole weeks that are over.

Only these can be chosen: with a start and an end of choice, two choices that differ by a day would tell what
was asked on that day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.clock import AMSTERDAM
from knowledge.answer import MONTHS

_SHORT = ("jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_WRITTEN = re.compile(r"(?P<year>20\d\d)(?:-k(?P<quarter>[1-4]))?")


@dataclass(frozen=True)
class Span:
    """A stretch of time with the name it has in a table; `end` is the first moment that is not in it."""

    name: str
    start: datetime
    end: datetime
    quarter: int  # of the year, 1 to 4, in which it starts


@dataclass(frozen=True)
class Period:
    """A calendar year, or a quarter of it, as people in the Netherlands count days."""

    year: int
    quarter: int | None = None

    @property
    def key(self) -> str:
        """As it stands in an address: "2026" or "2026-k3"."""
        return f"{self.year}-k{self.quarter}" if self.quarter else str(self.year)

    @property
    def label(self) -> str:
        """As people read it."""
        if self.quarter is None:
            return str(self.year)
        first = 3 * self.quarter - 3
        return f"{MONTHS[first]} tot en met {MONTHS[first + 2]} {self.year}"


def read(text: str) -> Period | None:
    """The period of an address; None when it is not one."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    return Period(int(match["year"]), int(match["quarter"]) if match["quarter"] else None)


def choices(today: date, first_year: int) -> list[Period]:
    """What can be chosen, the newest first."""
    found = []
    for year in range(today.year, first_year - 1, -1):
        found.append(Period(year))
        found += [Period(year, one) for one in (4, 3, 2, 1) if date(year, 3 * one - 2, 1) <= today]
    return found


def over(today: date) -> datetime:
    """Until when there are figures: the last Monday, so that they do not grow question by question."""
    return midnight(today - timedelta(days=today.weekday()))


def whole(year: int, until: datetime) -> Span:
    """The year, as far as it is over."""
    return _span(str(year), date(year, 1, 1), date(year + 1, 1, 1), until)


def quarters(year: int, until: datetime) -> list[Span]:
    """The quarters of a year, as far as they are over; always four."""
    return [
        _span(f"kwartaal {one}", date(year, 3 * one - 2, 1), _month(year, 3 * one + 1), until) for one in range(1, 5)
    ]


def months(year: int, until: datetime) -> list[Span]:
    """The months of a year that have begun."""
    spans = [_span(MONTHS[one - 1], date(year, one, 1), _month(year, one + 1), until) for one in range(1, 13)]
    return [one for one in spans if one.start < one.end]


def weeks(year: int, until: datetime) -> list[Span]:
    """The weeks that are over; a week belongs to the year and the quarter that it starts in."""
    first = date(year, 1, 1)
    monday = first + timedelta(days=-first.weekday() % 7)
    found = []
    while monday.year == year:
        name = f"week {monday.isocalendar().week}, {monday.day} {_SHORT[monday.month - 1]}"
        found.append(_span(name, monday, monday + timedelta(days=7), until))
        monday += timedelta(days=7)
    return [one for one in found if one.start < one.end]


def midnight(day: date) -> datetime:
    """The moment in UTC at which a day begins in the Netherlands."""
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def _span(name: str, first: date, after: date, until: datetime) -> Span:
    start = midnight(first)
    return Span(name, start, max(start, min(midnight(after), until)), (first.month + 2) // 3)


def _month(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
