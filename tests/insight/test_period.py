"""Of what time figures are."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.insight.period import Period, choices, months, over, quarters, read, weeks, whole


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("2026", Period(2026)),
        ("2026-k3", Period(2026, 3)),
        ("2026-k5", None),
        ("1999", None),
        ("", None),
        ("2026-k1 ", None),
        ("٢٠٢٦", None),
    ],
)
def test_only_a_year_or_a_quarter_is_a_period(text: str, period: Period | None) -> None:
    assert read(text) == period
    assert period is None or period.key == text


def test_the_week_that_is_going_on_is_not_counted() -> None:
    assert over(date(2026, 11, 22)) == datetime(2026, 11, 15, 23, tzinfo=UTC)  # Monday 16 November, in winter time


def test_a_quarter_that_has_not_begun_cannot_be_chosen() -> None:
    offered = choices(date(2026, 4, 1), 2025)

    assert [one.key for one in offered[:3]] == ["2026", "2026-k2", "2026-k1"]
    assert offered[-1].key == "2025-k1"


def test_a_week_belongs_to_the_quarter_that_it_begins_in() -> None:
    found = {span.name: span.quarter for span in weeks(2026, over(date(2027, 2, 1)))}

    assert found["week 14, 30 mrt"] == 1
    assert found["week 15, 6 apr"] == 2
    assert len(found) == 52


def test_quarters_and_months_fill_the_year_without_a_gap() -> None:
    until = over(date(2027, 2, 1))
    for spans in (quarters(2026, until), months(2026, until)):
        assert [one.end for one in spans[:-1]] == [one.start for one in spans[1:]]
        assert (spans[0].start, spans[-1].end) == (whole(2026, until).start, whole(2026, until).end)


def test_of_a_year_that_is_going_on_there_is_what_is_over() -> None:
    until = over(date(2026, 2, 11))

    assert [one.name for one in months(2026, until)] == ["januari", "februari"]
    assert all(one.start == one.end for one in quarters(2026, until)[1:])
