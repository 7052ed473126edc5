"""The legal account tells every rule with its basis, and says by itself what a lawyer must look at first."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.generated import DOCS
from bot.knowledge_cli import ACCOUNT
from knowledge.account import DOUBTS, Confidence, account, confidence
from knowledge.knowledge import Knowledge
from knowledge.schema import Cite
from tests.knowledge.tables import changed

CASES: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("account.yaml").read_text(encoding="utf-8"))[
    "cases"
]


@pytest.fixture(scope="module")
def text(knowledge: Knowledge) -> str:
    return account(knowledge)


def section(text: str, heading: str) -> str:
    """What stands below a heading, up to the next one."""
    return text.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]


def line_of(text: str, row: str) -> str:
    """The line of a table on a row."""
    return next(line for line in text.splitlines() if line.startswith("|") and f"`{row}`" in line)


def test_the_account_in_the_project_is_current(text: str) -> None:
    made = DOCS / ACCOUNT

    assert made.read_text(encoding="utf-8") == text, "maak opnieuw met: ./deelwijzer kennis verantwoording"


def test_it_opens_with_what_it_is_not(text: str) -> None:
    assert "Nog geen jurist heeft dit getekend" in text.split("\n## ", 1)[0]


def test_every_rule_is_told(knowledge: Knowledge, text: str) -> None:
    assert [row for row in knowledge.rules if f"`{row}`" not in text] == []


def test_a_rule_stands_with_its_verdict_article_source_and_days(text: str) -> None:
    line = line_of(section(text, "### Wet maatschappelijke ondersteuning 2015"), "wmo-cak")

    assert "Mag zonder toestemming" in line
    assert "Open norm: noodzaak" in line
    assert "Wmo 2015, tekst 2026-07-01" in line
    assert "Opnieuw voor" in line
    assert "hoog" in line


def test_a_rule_that_ended_stands_in_the_history_with_what_came_after(text: str) -> None:
    line = line_of(section(text, "### Regels"), "naar-schuldhulp-wmo-2015")

    assert "tot en met 31 december 2020" in line
    assert "`naar-schuldhulp`" in line


def test_what_goes_without_consent_is_listed_to_be_read_first(knowledge: Knowledge, text: str) -> None:
    first = section(text, "### Zonder toestemming")

    assert "`wmo-cak`" in first
    assert "`wmo-rest`" not in first
    assert "`naar-schuldhulp-wmo-2015`" not in first


def test_a_rule_whose_source_doubts_moves_to_the_list_of_doubts(knowledge: Knowledge, text: str) -> None:
    source = {"source": "Wmo 2015, tekst 2026-07-01, twijfel over de termijn"}
    doubting = account(changed(knowledge, {"rules": {"wmo-cak": source}}))

    assert "`wmo-cak`" not in section(text, "### Lage zekerheid")
    assert "`wmo-cak`" in section(doubting, "### Lage zekerheid")


def test_a_row_that_was_checked_on_another_day_says_when(knowledge: Knowledge) -> None:
    earlier = account(changed(knowledge, {"rules": {"wmo-cak": {"verified_on": date(2026, 3, 1)}}}))

    assert "Nagelopen 1 maart 2026" in line_of(earlier, "wmo-cak")
    assert "Nagelopen" not in line_of(earlier, "wmo-svb")


@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda doubt: doubt.title)
def test_a_doubt_names_articles_that_exist_and_rules_that_depend_on_them(doubt: Any, knowledge: Knowledge) -> None:
    cites = [Cite.model_validate(one) for one in doubt.about]

    assert all(knowledge.versions_of(cite) for cite in cites)
    assert bool(cites) == any(doubt.covers(rule) for rule in knowledge.rules.values())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_confidence_follows_from_source_and_article(case: dict[str, Any], knowledge: Knowledge) -> None:
    rules = changed(knowledge, {"rules": {"wmo-cak": {"source": case["source"], "cite": case["cite"]}}}).rules

    assert confidence(rules["wmo-cak"], rules["wmo-cak"].cite) is Confidence(case["confidence"])


def test_no_cell_breaks_its_table(text: str) -> None:
    """Every line of a table has as many cells as its head."""
    width = 0
    for line in text.splitlines():
        cells = line.replace("\\|", "").count("|")
        if not line.startswith("|"):
            width = 0
            continue
        width = width or cells
        assert cells == width, line
