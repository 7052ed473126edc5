"""Small groups stay hidden, also for who can add and subtract."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.insight.small import LEAST, Key, shown, spoken

CASES = yaml.safe_load(Path(__file__).with_name("small.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_hidden_is(case: dict[str, Any]) -> None:
    cells = {tuple(place.split()): number for place, number in case["cells"].items()}

    hidden = {" ".join(map(str, key)) for key, number in shown(cells).items() if number is None}

    assert hidden == set(case["hidden"])


@pytest.mark.parametrize("seed", range(20))
def test_no_line_of_any_table_gives_a_small_group_away(seed: int) -> None:
    chance = random.Random(seed)
    cells: dict[Key, int] = {
        (part, row, column): chance.choice([0, 1, 2, 4, 5, 6, 30, 200])
        for part in range(3)
        for row in range(4)
        for column in range(5)
    }
    found = shown(cells)

    assert all(number is None or number == 0 or number >= LEAST for number in found.values())
    for place in range(3):
        for line in {key[:place] + key[place + 1 :] for key in cells}:
            in_line = [key for key in cells if key[:place] + key[place + 1 :] == line]
            gone = [cells[key] for key in in_line if found[key] is None]
            left = [key for key in in_line if found[key]]
            assert not gone or not left or (len(gone) > 1 and sum(gone) >= LEAST)


def test_a_hidden_figure_is_said_in_words_and_a_large_one_is_easy_to_read() -> None:
    assert [spoken(None), spoken(0), spoken(12345)] == ["minder dan 5", "0", "12.345"]
