"""The rules on the cases of cases/*.yaml, and the cover of the source table by rules and cases.

The expected outcomes were written from the statutes before the rules; a case names the row
of the source table that it tests, if any.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from bench.mutate_rules import unguarded
from bench.rule_cases import Case, failures, read_cases
from knowledge.knowledge import Knowledge

HERE = Path(__file__).parent
SOURCE_ROWS = 85
# What the source table says of some rows was overtaken by the law: those are tested on a day in the past too.
PAST = date(2017, 6, 1)

CASES = read_cases(tuple(sorted((HERE / "cases").glob("*.yaml"))))
COVERAGE: dict[str, dict[str, list[str]]] = yaml.safe_load((HERE / "coverage.yaml").read_text(encoding="utf-8"))["rows"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.name}")
def test_the_answer_follows_the_statute(case: Case, knowledge: Knowledge) -> None:
    assert failures(case, knowledge) == []


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.topic}: {case.name}")
def test_every_case_says_what_must_come_out(case: Case, knowledge: Knowledge) -> None:
    assert {"verdict", "obligation", "cite"} <= set(case.expected)
    assert case.expected["cite"]
    if case.advice(knowledge).asked is None:
        assert "asks" not in case.expected


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
    days: set[date] = set()
    for case in CASES:
        if case.row == row:
            advice = case.advice(knowledge)
            used |= {*advice.rules, *(outcome.consent_outcome or "" for outcome in advice.outcomes)}
            days.add(case.day)

    mapped = COVERAGE[row]
    past = [*mapped.get("history", ()), *mapped.get("history_outcomes", ())]
    assert {*mapped["rules"], *mapped.get("outcomes", ()), *past} <= used
    assert not past or PAST in days


def test_a_case_names_a_row_of_the_source_table_or_none() -> None:
    assert {case.row for case in CASES if case.row} == set(COVERAGE)


def test_a_change_in_any_row_is_noticed_by_a_case(knowledge: Knowledge) -> None:
    """Deleting, another verdict, another duty, a citation less."""
    unseen = unguarded(knowledge, read_cases(), lambda row, file: True)

    assert unseen == []


def test_a_rule_without_a_case_is_found(knowledge: Knowledge) -> None:
    unseen = unguarded(knowledge, [], lambda row, file: row == "wmo-cak")

    assert [line.split(": ")[0] for line in unseen] == ["wmo-cak"] * 4
