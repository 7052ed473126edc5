"""From what was read to the questions asked, on the cases of interpret.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.interpret import PERMITTING, RECORD, Turn, questions
from knowledge.case import DIRECTED, Case
from knowledge.knowledge import Knowledge
from knowledge.schema import Verdict

CASES = yaml.safe_load(Path(__file__).with_name("interpret.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_turn_becomes_questions(case: dict[str, Any], knowledge: Knowledge) -> None:
    turn = Turn(
        intent=case["intent"],
        entities=case["entities"],
        text=case.get("text", ""),
        case=Case(**case.get("case", {})),
        profile=case.get("profile", {}),
        confidence=case.get("confidence", 1.0),
        ranking=tuple(case.get("ranking", ())),
    )

    asked = questions(turn, knowledge)

    found = [
        {"act": one.act, "modality": one.modality, **{name: fact.value for name, fact in one.facts.items()}}
        for one in asked
    ]
    assert len(found) == len(case["questions"]), found
    for question, expected in zip(found, case["questions"], strict=True):
        assert expected.items() <= question.items()
        assert not set(case.get("never", ())) & set(question)
    for one in asked:
        assert one.persons == case.get("persons", {})
        assert one.unknown == frozenset(case.get("unknown", ()))


def test_every_topic_whose_rows_say_yes_is_asked_whether_it_may(knowledge: Knowledge) -> None:
    yes = {
        act
        for rule in knowledge.rules.values()
        if rule.verdict is Verdict.ALLOWED_WITHOUT_CONSENT and rule.valid_to is None
        for act in rule.acts
    }

    assert yes - {*DIRECTED, RECORD} == set(PERMITTING)
