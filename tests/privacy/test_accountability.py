"""The papers of docs/verantwoording say what the program does: each table with its period, the same text everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlmodel import SQLModel

from bot.own_data import EXPLAINED
from bot.settings import ROOT, Settings
from bot.store.retention import Periods

PAPERS = ROOT / "docs" / "verantwoording"
RETENTION = PAPERS / "bewaartermijnen.md"
DATA: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("periods.yaml").read_text(encoding="utf-8"))
TABLES: dict[str, dict[str, list[str]]] = DATA["tables"]
UNITS: dict[str, list[str]] = DATA["units"]
FILL_IN = "In te vullen door de gemeente:"


@dataclass(frozen=True)
class Line:
    """A line of the retention table: the tables it names, and the words of its period."""

    tables: frozenset[str]
    period: str


def lines(text: str) -> list[Line]:
    """The lines of all tables that have a column "tabel" and one "hoe lang"."""
    found: list[Line] = []
    head: list[str] = []
    for line in text.splitlines():
        if not line.startswith("|"):
            head = []
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not head:
            head = cells
        elif {"tabel", "hoe lang"} <= set(head) and not set(line) <= set("|- "):
            named = dict(zip(head, cells, strict=True))
            found.append(Line(frozenset(re.findall(r"`([a-z_]+)`", named["tabel"])), named["hoe lang"]))
    return found


def spoken(number: int, unit: str) -> str:
    """A period as the papers write it: "1.826 dagen"."""
    one, more = UNITS[unit]
    return f"{number:,} {one if number == 1 else more}".replace(",", ".")


def spoken_constant(name: str) -> str:
    """A period that the program fixes: whole days, or hours when it is a day or less."""
    module, _, constant = name.partition(":")
    value: timedelta = getattr(import_module(module), constant)
    hours = value // timedelta(hours=1)
    return spoken(hours, "hours") if hours <= 24 else spoken(value.days, "days")


def period_settings() -> Iterator[tuple[str, str, int]]:
    """Every setting that is a period: its name, its unit and its value without any setting."""
    for name, field in Settings.model_fields.items():
        if (unit := name.rpartition("_")[2]) in UNITS and isinstance(field.default, int):
            yield name, unit, field.default


def periods_of(table: str) -> str:
    """All that the paper says of how long a table is kept."""
    return " / ".join(line.period for line in lines(RETENTION.read_text(encoding="utf-8")) if table in line.tables)


# -- how long ------------------------------------------------------------------------------


def test_every_table_of_the_store_is_in_the_retention_table_with_a_period() -> None:
    named = frozenset().union(*(line.tables for line in lines(RETENTION.read_text(encoding="utf-8")) if line.period))

    assert named == set(SQLModel.metadata.tables)
    assert set(TABLES) == set(SQLModel.metadata.tables)


@pytest.mark.parametrize("table", TABLES)
def test_the_period_of_a_table_is_that_of_the_program(table: str) -> None:
    values = {name: (unit, value) for name, unit, value in period_settings()}
    wanted = TABLES[table]
    said = periods_of(table)

    for setting in wanted.get("setting", ()):
        unit, value = values[setting]
        # The number and its setting belong together: what stands between is part of one sentence.
        pattern = rf"{re.escape(spoken(value, unit))}[^.|]*`DEELWIJZER_{setting.upper()}`"
        assert re.search(pattern, said), (pattern, said)
    for constant in wanted.get("constant", ()):
        assert spoken_constant(constant) in said, (constant, said)
    assert all(words in said for words in wanted.get("says", ())), said
    assert wanted


def test_every_setting_that_is_a_period_is_in_the_retention_table() -> None:
    used = {setting for one in TABLES.values() for setting in one.get("setting", ())}

    assert {name for name, _, _ in period_settings()} == used


def test_the_periods_without_settings_are_those_of_the_settings() -> None:
    values = {name: value for name, _, value in period_settings()}

    for one in fields(Periods):
        assert one.default == values[f"keep_{one.name}_days"], one.name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("| wat | tabel | hoe lang |\n|---|---|---|\n| a | `x`, `y_z` | 3 dagen |", [({"x", "y_z"}, "3 dagen")]),
        ("| wat | waar | hoe lang |\n|---|---|---|\n| a | `x` | 3 dagen |", []),
        ("| tabel | hoe lang |\n|---|---|\n| cookie | kort |\n\ntekst\n\n| a | b |\n|---|---|", [(set(), "kort")]),
    ],
)
def test_the_lines_of_a_paper_are_read(text: str, found: list[tuple[set[str], str]]) -> None:
    assert lines(text) == [Line(frozenset(tables), period) for tables, period in found]


# -- one story -----------------------------------------------------------------------------


def told_by_the_bot() -> str:
    one = Periods()
    return "\n".join(EXPLAINED).format(questions=one.questions, decisions=one.decisions, addresses=one.addresses)


def statement() -> str:
    return (PAPERS / "privacyverklaring.md").read_text(encoding="utf-8")


def test_the_privacy_statement_and_what_the_bot_tells_name_the_same_things() -> None:
    for word in DATA["told"]:
        assert word.casefold() in told_by_the_bot().casefold(), word
        assert word.casefold() in statement().casefold(), word


def test_the_privacy_statement_and_what_the_bot_tells_name_the_same_periods() -> None:
    def days(text: str) -> set[str]:
        return set(re.findall(r"(\d+) dagen", text.replace(".", "")))

    periods = {one.name: str(one.default) for one in fields(Periods)}

    assert days(told_by_the_bot()) == {periods[name] for name in ("questions", "decisions", "addresses")}
    assert days(statement()) == set(periods.values())


# -- drafts --------------------------------------------------------------------------------


@pytest.mark.parametrize("paper", sorted(PAPERS.glob("*.md")), ids=lambda path: path.name)
def test_a_paper_says_that_it_is_a_draft_and_what_the_municipality_fills_in(paper: Path) -> None:
    text = paper.read_text(encoding="utf-8")
    top = text.split("\n## ", 2)

    assert "**Concept." in top[0]
    assert top[1].startswith("In te vullen door de gemeente\n")
    assert FILL_IN in top[1]
    assert "controleer bij oplevering" not in text
    # What is left blank in the text stands in the list at the top.
    blanks = re.compile(r"\[([^\]\n]+)\](?!\()")
    assert set(blanks.findall(text)) <= set(blanks.findall(top[1]))
