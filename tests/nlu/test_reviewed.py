"""The reader finds the facts in the sentences that an FG looked at (tests/reviewed/cases.yaml, when there are any)."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.base import AdviceAction, turn_of
from knowledge.knowledge import Knowledge
from knowledge.vocabulary import vocabulary
from nlu.reading import Reader

FILE = Path(__file__).resolve().parents[1] / "reviewed" / "cases.yaml"
CASES = yaml.safe_load(FILE.read_text(encoding="utf-8"))["cases"] if FILE.exists() else []
DAY = date(2026, 11, 22)


def found(case: dict[str, Any], reader: Reader, knowledge: Knowledge) -> dict[str, set[str]]:
    """The facts that the bot finds in a sentence with this meaning, by their names."""
    entities = [
        {
            "entity": one.entity,
            "value": one.value,
            "role": one.role,
            "group": one.person,
            "confidence_entity": one.confidence,
        }
        for one in reader.read(case["text"])
    ]
    named = {"name": case["intent"], "confidence": 1.0}
    turn = turn_of({"text": case["text"], "intent": named, "entities": entities, "metadata": {}})
    facts: dict[str, set[str]] = {}
    for advice in AdviceAction(knowledge).answer(turn, DAY)["advices"]:
        for name, values in advice["facts"].items():
            facts.setdefault(name, set()).update(values)
    return facts


@pytest.fixture(scope="module")
def reader(knowledge: Knowledge) -> Reader:
    return Reader(vocabulary(knowledge))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"])
def test_the_reader_finds_what_the_fg_read(case: dict[str, Any], reader: Reader, knowledge: Knowledge) -> None:
    facts = found(case, reader, knowledge)

    missing = {name: value for name, value in case["facts"].items() if value not in facts.get(name, set())}

    assert not missing, facts


def test_a_case_is_read_as_the_workplace_writes_it(reader: Reader, knowledge: Knowledge) -> None:
    case = {"text": "Mag ik het plan delen met de huisarts?", "intent": "share", "facts": {"party": "huisarts"}}

    assert "huisarts" in found(case, reader, knowledge)["party"]
