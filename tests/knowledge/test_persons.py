"""Whose yes or no counts, on the cases of persons.yaml, and what of it reaches the advice."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.advise import advise
from knowledge.knowledge import Knowledge
from knowledge.persons import deciding_consent
from knowledge.question import Question, told
from knowledge.schema import Verdict

CASES = yaml.safe_load(Path(__file__).with_name("persons.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)


def about_school(age: str, **persons: dict[str, str]) -> Question:
    facts = {"role": told("jeugdhulpverlener"), "party": told("school"), "age": told(age)}
    return Question("share", facts, persons=persons)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_yes_counts_only_from_who_decides(case: dict[str, Any]) -> None:
    assert deciding_consent(case["persons"], frozenset(case["decides"])) == case["consent"]


def test_the_refusal_of_a_parent_stops_sharing_about_a_young_child(knowledge: Knowledge) -> None:
    advice = advise(about_school("age-0-11", moeder={"consent": "refused"}), knowledge, TODAY)

    assert advice.verdict is Verdict.NOT_ALLOWED


def test_from_sixteen_the_refusal_of_a_parent_leaves_the_choice_to_the_young_person(knowledge: Knowledge) -> None:
    advice = advise(about_school("age-16-17", moeder={"consent": "refused"}), knowledge, TODAY)

    assert advice.verdict is Verdict.ALLOWED_WITH_CONSENT
    assert "consent" not in advice.facts


def test_what_persons_said_goes_along_with_the_advice(knowledge: Knowledge) -> None:
    advice = advise(about_school("age-0-11", moeder={"consent": "given"}), knowledge, TODAY)

    assert advice.persons == {"moeder": {"consent": "given"}}
    assert advice.facts["consent"] == ("partial",)
