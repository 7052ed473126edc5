"""Who with legal training looked at a row: how it is written, refused, and said; cases in checked.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.pages.reading import Address, Library, Reading
from knowledge.account import account
from knowledge.check import check
from knowledge.knowledge import Knowledge
from knowledge.load import KnowledgeError, read_tables
from knowledge.schema import DatedRow
from knowledge.titles import checked_by
from tests.knowledge.tables import changed

DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("checked.yaml").read_text(encoding="utf-8"))
TODAY = date(2026, 11, 22)
ROW = "wmo-cak"
FILE = """table: articles
defaults:
  law: jeugdwet
  source: "Jeugdwet, tekst 2026-01-01"
  valid_from: 2015-01-01
  verified_on: 2026-11-22
  recheck_on: 2027-01-01
{defaults}
rows:
  - {{id: jeugdwet-1, number: "1", paraphrase: "Eén."}}
  - {{id: jeugdwet-2, number: "2", paraphrase: "Twee.", {row}}}
"""


def written(folder: Path, row: str = "", defaults: str = "") -> dict[str, DatedRow]:
    """The rows of a file with these words in one row, or in its defaults."""
    (folder / "a.yaml").write_text(FILE.format(row=row, defaults=defaults), encoding="utf-8")
    rows = read_tables(folder).rows["articles"].values()
    return {row.id: row for row in rows if isinstance(row, DatedRow)}


def inline(value: dict[str, Any]) -> str:
    """A value as it stands in a file, on one line."""
    return yaml.safe_dump({"checked": value}, default_flow_style=True, allow_unicode=True, width=1000).strip()[1:-1]


def by_a_lawyer(knowledge: Knowledge, on: date = TODAY) -> Knowledge:
    return changed(knowledge, {"rules": {ROW: {"checked": {"by": "de jurist van Voorbeelddam", "on": on}}}})


@pytest.mark.parametrize("given", DATA["accepted"], ids=lambda given: given["by"])
def test_a_role_and_a_day_are_read_for_one_row(given: dict[Any, Any], tmp_path: Path) -> None:
    rows = written(tmp_path, row=f'checked: {{by: "{given["by"]}", on: {given[True]}}}')

    assert rows["jeugdwet-1"].checked is None
    assert rows["jeugdwet-2"].checked is not None
    assert (rows["jeugdwet-2"].checked.by, rows["jeugdwet-2"].checked.on) == (given["by"], given[True])


def test_under_the_defaults_it_holds_for_the_whole_file(tmp_path: Path) -> None:
    rows = written(tmp_path, defaults='  checked: {by: "de jurist", on: 2026-11-20}')

    assert [row.checked is not None for row in rows.values()] == [True, True]


@pytest.mark.parametrize("case", DATA["refused"], ids=lambda case: case["name"])
def test_what_is_no_role_or_no_day_is_refused(case: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError) as refused:
        written(tmp_path, row=inline({"on" if key is True else key: one for key, one in case["checked"].items()}))

    assert "a.yaml:11" in str(refused.value)
    assert [said for said in case["says"] if said not in str(refused.value)] == []


@pytest.mark.parametrize("case", DATA["words"], ids=lambda case: case["says"])
def test_it_is_said_in_words(case: dict[str, Any], knowledge: Knowledge) -> None:
    row = changed(knowledge, {"rules": {ROW: {"checked": case["checked"]}}}).rules[ROW]

    assert checked_by(row) == case["says"]


def test_nobody_looked_at_a_row_on_a_day_to_come(knowledge: Knowledge) -> None:
    tomorrow = by_a_lawyer(knowledge, date(2026, 11, 23))

    assert [problem.row for problem in check(tomorrow, TODAY)] == [ROW]
    assert "ligt na 2026-11-22" in str(check(tomorrow, TODAY)[0])
    assert check(tomorrow, date(2026, 11, 23)) == []


def test_the_pages_count_and_show_who_looked(knowledge: Knowledge) -> None:
    def read(one: Knowledge) -> Reading:
        return Reading(Library(one), TODAY, Address(TODAY, TODAY))

    before, after = read(knowledge), read(by_a_lawyer(knowledge))

    assert before.checked()[0] == 0
    assert after.checked() == (1, before.checked()[1])
    assert before.rule(ROW).origin.checked == "Nog niet door een jurist nagekeken"
    assert after.rule(ROW).origin.checked == "Nagekeken door de jurist van Voorbeelddam op 22 november 2026"


def test_the_account_says_how_many_rows_a_lawyer_signed(knowledge: Knowledge) -> None:
    before, after = account(knowledge), account(by_a_lawyer(knowledge))

    assert "Nog geen jurist heeft dit getekend" in before
    assert "Nog geen jurist heeft dit getekend" not in after
    assert "Een jurist keek 1 van de " in after
    assert after.count("Nagekeken door de jurist van Voorbeelddam op 22 november 2026.") == 1
