"""The rules on the cases of cases/*.yaml, and the cover of the source table by rules and cases.

The expected outcomes were written from the statutes before the rules; a case names the row
of the source table that it tests, if any.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.advise import advise
from knowledge.answer import Answerer
from knowledge.knowledge import Knowledge
from knowledge.question import Advice, Question, told

HERE = Path(__file__).parent
SOURCE_ROWS = 85
# What the source table says of these rows was overtaken by the law: they are tested on a day in the past too.
PAST = "2017-06-01"


def read_cases(folder: Path = HERE / "cases") -> list[dict[str, Any]]:
    """All cases, with the defaults of their file filled in and the file's name in `topic`."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        found.extend({**data.get("defaults", {}), **case, "topic": path.stem} for case in data["cases"])
    return found


def asked(case: dict[str, Any]) -> Question:
    """The question of a case."""
    facts = {
        name: told(*value) if isinstance(value, list) else told(value) for name, value in case["facts"].items()
    }
    return Question(case["act"], facts, case.get("modality", "may"), case.get("municipality"))


def cited(advice: Advice) -> set[str]:
    """The citations as they are written in YAML."""
    return {" ".join(filter(None, (one.law, one.number, one.paragraph))) for one in advice.cites}


CASES = read_cases()
COVERAGE: dict[str, dict[str, list[str]]] = yaml.safe_load(
    (HERE / "coverage.yaml").read_text(encoding="utf-8")
)["rows"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['topic']}: {case['name']}")
def test_the_answer_follows_the_statute(case: dict[str, Any], knowledge: Knowledge) -> None:
    advice = advise(asked(case), knowledge, case["day"])
    text = "\n".join(part.text for part in Answerer(knowledge, case["day"]).parts(advice)).lower()

    assert advice.verdict == case["verdict"]
    assert advice.obligation == case["obligation"]
    if advice.asked is None or "asks" in case:
        assert (advice.asked.fact if advice.asked else None) == case.get("asks")
    assert set(case["cite"]) <= cited(advice)
    assert not set(case.get("never", ())) & cited(advice)
    for stem in case.get("say", ()):
        assert stem in text
    for stem in case.get("not_say", ()):
        assert stem not in text
    if "assumed" in case:
        assert {one.fact: one.value for one in advice.assumed} == case["assumed"]
    if "policies" in case:
        assert list(advice.policies) == case["policies"]


def test_every_row_of_the_source_table_is_mapped_to_rules_that_exist(knowledge: Knowledge) -> None:
    assert len(COVERAGE) == SOURCE_ROWS
    for row, mapped in COVERAGE.items():
        assert mapped["rules"], row
        for rule in mapped["rules"]:
            assert knowledge.rules[rule].valid_to is None, (row, rule)
        for rule in mapped.get("history", ()):
            assert knowledge.rules[rule].valid_to is not None, (row, rule)
        for outcome in mapped.get("outcomes", ()):
            assert knowledge.consent_outcomes[outcome].valid_to is None, (row, outcome)
        for outcome in mapped.get("history_outcomes", ()):
            assert knowledge.consent_outcomes[outcome].valid_to is not None, (row, outcome)


@pytest.mark.parametrize("row", COVERAGE)
def test_every_row_has_cases_that_use_each_of_its_rules(row: str, knowledge: Knowledge) -> None:
    used: set[str] = set()
    days: set[str] = set()
    for case in CASES:
        if case.get("row") == row:
            advice = advise(asked(case), knowledge, case["day"])
            used |= set(advice.rules) | {one.consent_outcome or "" for one in advice.outcomes}
            days.add(str(case["day"]))

    mapped = COVERAGE[row]
    past = [*mapped.get("history", ()), *mapped.get("history_outcomes", ())]
    assert {*mapped["rules"], *mapped.get("outcomes", ()), *past} <= used
    assert not past or PAST in days


def test_a_case_names_a_row_of_the_source_table_or_none() -> None:
    assert {case["row"] for case in CASES if "row" in case} == set(COVERAGE)
