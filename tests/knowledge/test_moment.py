"""Reading a moment: only what is sure, never in the future, in the zone in which people speak."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from knowledge.moment import read_moment, spoken_moment

ZONE = ZoneInfo("Europe/Amsterdam")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=ZONE)
CASES = yaml.load(Path(__file__).with_name("moments.yaml").read_text(encoding="utf-8"), yaml.BaseLoader)


@pytest.mark.parametrize(("typed", "meant"), CASES["read"].items())
def test_a_moment_is_read_as_it_is_meant(typed: str, meant: str) -> None:
    moment = read_moment(typed, NOW)

    assert moment is not None
    assert moment == datetime.fromisoformat(meant).replace(tzinfo=ZONE)


@pytest.mark.parametrize("typed", CASES["not_read"])
def test_what_is_not_sure_is_not_read(typed: str) -> None:
    assert read_moment(typed, NOW) is None


def test_a_moment_reads_as_people_write_it() -> None:
    assert spoken_moment(datetime(2026, 11, 22, 9, 5, tzinfo=ZONE)) == "zondag 22 november 2026, 9.05 uur"
