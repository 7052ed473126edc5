"""What changed between two days: which rows began, ended, or came in the place of which."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import main
from knowledge.difference import differences, in_words
from knowledge.knowledge import Knowledge

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("difference.yaml").read_text(encoding="utf-8"))[
    "cases"
]
BEFORE, AFTER = date(2026, 8, 31), date(2026, 9, 1)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_change_is_told_with_the_rows_of_before_and_after(case: dict[str, Any], knowledge: Knowledge) -> None:
    found = {
        row.id: [str(change.kind), *(one.id for one in change.rows)]
        for change in differences(knowledge, *case["days"])
        for row in change.rows
    }

    assert {row: found.get(row) for row in case["changes"]} == case["changes"]


def test_a_row_is_told_once(knowledge: Knowledge) -> None:
    told = [(change.table, row.id) for change in differences(knowledge, date(2015, 1, 1), AFTER) for row in change.rows]

    assert len(told) == len(set(told))


def test_between_a_day_and_itself_nothing_changed(knowledge: Knowledge) -> None:
    assert differences(knowledge, AFTER, AFTER) == []
    assert "Niets: op beide dagen geldt hetzelfde." in in_words(knowledge, AFTER, AFTER)


def test_the_words_say_what_held_and_what_holds(knowledge: Knowledge) -> None:
    text = " ".join(in_words(knowledge, BEFORE, AFTER).split())

    assert text.startswith("Wat veranderde er van 31 augustus 2026 tot 1 september 2026?")
    assert "- art. 5 UAVG van 25 mei 2018 tot en met 31 augustus 2026 [uavg-5-oud-2018]:" in text
    assert "vanaf 1 september 2026 [uavg-5]:" in text
    assert "{party" not in text


def test_the_command_takes_the_days_in_any_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["kennis", "verschil", "2026-09-01", "2026-08-31"]) == 0

    assert "van 31 augustus 2026 tot 1 september 2026" in capsys.readouterr().out


def test_the_command_says_how_to_write_a_day(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["kennis", "verschil", "2026-09-01", "gisteren"])

    assert "“gisteren” is geen dag" in capsys.readouterr().err
