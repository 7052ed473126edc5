"""The check notices rows whose days, articles or conditions do not hang together."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.check import check
from knowledge.knowledge import Knowledge
from tests.knowledge.tables import changed

TODAY = date(2026, 11, 22)
CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("check.yaml").read_text(encoding="utf-8"))[
    "cases"
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_check_says_what_is_wrong_with_a_row(case: dict[str, Any], knowledge: Knowledge) -> None:
    broken = changed(knowledge, case["change"])

    found = [problem for problem in check(broken, TODAY) if problem.row == case["row"]]

    assert bool(found) == ("says" in case), found
    assert all(any(part in problem.message for problem in found) for part in case.get("says", ())), found
