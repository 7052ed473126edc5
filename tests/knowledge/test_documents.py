"""Every part of the municipal documents ends in rows or says why not; cases in documents.yaml."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from bot.generated import DOCS
from bot.knowledge_cli import SOURCES
from knowledge.check import check
from knowledge.check_documents import named
from knowledge.documents import documents
from knowledge.knowledge import Knowledge
from knowledge.schema import Document, DocumentPart
from tests.knowledge.tables import changed

HERE = Path(__file__).parent
DATA: dict[str, Any] = yaml.safe_load((HERE / "documents.yaml").read_text(encoding="utf-8"))
COVERAGE: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "coverage.yaml").read_text(encoding="utf-8"))["rows"]
TODAY = date(2026, 11, 22)
TOWN = "steenbergen"


def with_parts(knowledge: Knowledge, *more: dict[str, Any], without: str = "") -> Knowledge:
    """The same knowledge with other parts in the document of Steenbergen."""
    parts = [part.model_dump() for part in knowledge.documents[TOWN].parts if part.place != without]
    return changed(knowledge, {"documents": {TOWN: {"parts": [*parts, *more]}}})


def found(knowledge: Knowledge) -> list[str]:
    return [problem.message for problem in check(knowledge, TODAY) if problem.row == TOWN]


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: case["name"])
def test_the_check_says_what_is_wrong_with_a_part(case: dict[str, Any], knowledge: Knowledge) -> None:
    messages = found(with_parts(knowledge, case["part"]))

    assert bool(messages) == ("says" in case), messages
    assert [said for said in case.get("says", ()) if not any(said in message for message in messages)] == []


def test_a_policy_that_comes_from_nowhere_is_told(knowledge: Knowledge) -> None:
    messages = found(with_parts(knowledge, without="Artikel 8"))

    assert len(messages) == 1
    assert "policies “steenbergen-bewaren”" in messages[0]


def test_a_conversation_of_a_municipality_that_comes_from_nowhere_is_told(knowledge: Knowledge) -> None:
    parts = [replace_flows(part) for part in knowledge.documents["heumen"].parts]
    messages = [str(one) for one in check(changed(knowledge, {"documents": {"heumen": {"parts": parts}}}), TODAY)]

    assert any("flows “triage-heumen”" in message for message in messages), messages


def replace_flows(part: DocumentPart) -> dict[str, Any]:
    """A part without its conversations; it says that they were left out."""
    return {**part.model_dump(), "flows": (), "left": "Weggelaten voor deze test."}


def test_a_part_without_rows_says_why() -> None:
    with pytest.raises(ValidationError, match="of zeg bij left waarom niet"):
        DocumentPart(place="artikel 1", what="Iets.")


def test_a_municipality_may_be_without_a_document(knowledge: Knowledge) -> None:
    """Who adds a municipality adds one file."""
    rows = {name: row for name, row in knowledge.tables.rows["documents"].items() if name != TOWN}
    without = Knowledge(replace(knowledge.tables, rows={**knowledge.tables.rows, "documents": rows}))

    assert check(without, TODAY) == []


def test_the_five_documents_are_there_and_each_has_its_own_policy(knowledge: Knowledge) -> None:
    assert len(knowledge.documents) == 5
    assert {row.policy for row in knowledge.documents.values()} == {
        row.policy for row in knowledge.municipalities.values()
    }


def test_the_rules_of_the_source_table_stand_with_their_document(knowledge: Knowledge) -> None:
    missing = {
        row: set(mapped["rules"]) - named(document_of(row, knowledge), "rules")
        for row, mapped in COVERAGE.items()
        if row.startswith(tuple(DATA["tables"]))
    }

    assert len(missing) == 58
    assert {row: rules for row, rules in missing.items() if rules} == {}


def document_of(row: str, knowledge: Knowledge) -> Document:
    """The document of a row of the source table."""
    return next(knowledge.documents[name] for start, name in DATA["tables"].items() if row.startswith(start))


def test_every_question_of_the_test_of_2017_stands_with_its_document(knowledge: Knowledge) -> None:
    asked = {row.id for row in knowledge.quiz.values() if row.baseline}

    assert named(knowledge.documents["kempen"], "quiz") == asked


# -- the page ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(knowledge: Knowledge) -> str:
    return documents(knowledge)


def test_the_page_in_the_project_is_current(page: str) -> None:
    assert (DOCS / SOURCES).read_text(encoding="utf-8") == page, "maak opnieuw: ./deelwijzer kennis verantwoording"


def test_the_page_counts_what_the_parts_name(page: str, knowledge: Knowledge) -> None:
    for document in knowledge.documents.values():
        policies = [row for row in knowledge.policies.values() if row.policy == document.policy]
        cells = next(line for line in page.splitlines() if line.startswith(f"| {document.title} |")).split(" | ")
        numbers = [int(cell.strip(" |")) for cell in cells[1:]]
        kinds = [sum(row.kind == kind for row in policies) for kind in ("stricter", "same", "contrary")]

        assert numbers[:5] == [len(document.parts), len(policies), *kinds]


def test_every_part_stands_on_the_page_with_its_rows(page: str, knowledge: Knowledge) -> None:
    for document in knowledge.documents.values():
        section = page.split(f"\n## {document.title}\n", 1)[1].split("\n## ", 1)[0]
        for part in document.parts:
            line = next(line for line in section.splitlines() if line.startswith(f"| {part.place} |"))
            assert all(f"`{row}`" in line for row in (*part.policies, *part.rules, *part.flows, *part.quiz))
            assert line.endswith(f"| {part.left or '–'} |")
