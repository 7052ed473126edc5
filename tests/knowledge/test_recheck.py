"""An answer says so when a row behind it should have been checked again before the day of the answer."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.knowledge import Knowledge
from knowledge.question import Question, told
from tests.knowledge.tables import changed

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("recheck.yaml").read_text(encoding="utf-8"))[
    "cases"
]
LATE = {"verified_on": date(2025, 6, 1), "recheck_on": date(2026, 6, 1)}
NOTE = "Deze regel moest op 1 juni 2026 opnieuw worden nagelopen. Controleer de wet of vraag de FG."


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_row_that_is_late_is_noted_under_the_answer(case: dict[str, Any], knowledge: Knowledge) -> None:
    late = changed(knowledge, {table: {row: LATE} for table, row in case["late"].items()})
    question = Question(case["act"], {name: told(value) for name, value in case["facts"].items()})

    parts = Answerer(late, case["day"]).parts(advise(question, late, case["day"]))

    dated = [part.text for part in parts if part.kind == "date"]
    assert dated[1:] == ([NOTE] if case["note"] else [])


def test_the_oldest_date_is_named(knowledge: Knowledge) -> None:
    late = changed(knowledge, {"rules": {"wmo-cak": LATE}})
    question = Question("share", {"party": told("cak"), "role": told("wmo-consulent")})
    day = date(2030, 1, 1)  # by then every row is late

    parts = Answerer(late, day).parts(advise(question, late, day))

    assert parts[-1].text == NOTE
