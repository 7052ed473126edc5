"""A mistake in the content is named with file, line, row and field, and all are named at once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from knowledge.check import check, due
from knowledge.knowledge import Knowledge
from knowledge.load import CONTENT, KnowledgeError, read_tables

BROKEN = {
    "een tikfout in een sleutel": (
        "table: laws\nrows:\n  - id: jeugdwet\n    titel: Jeugdwet\n",
        ["laws.yaml:4", "jeugdwet", "titel", "tikfout"],
    ),
    "een verplicht veld dat ontbreekt": (
        "table: small_talk\nrows:\n  - id: greet\n    verdict: info\n",
        ["laws.yaml:3", "greet", "text", "ontbreekt"],
    ),
    "een onbekende tabel": ("table: wetten\nrows: []\n", ["onbekende tabel", "wetten"]),
    "geen YAML": ("table: laws\nrows: [\n", ["laws.yaml", "geen geldige YAML"]),
    "geen tabel": ("- een\n- twee\n", ["table:"]),
    "een dubbele sleutel": (
        "table: small_talk\nrows:\n  - id: greet\n    verdict: info\n    text: a\n    text: b\n",
        ["laws.yaml:6", "twee keer"],
    ),
    "een dubbel id": (
        "table: small_talk\nrows:\n  - {id: greet, verdict: info, text: a}\n  - {id: greet, verdict: info, text: b}\n",
        ["laws.yaml:4", "bestaat al", "laws.yaml:3"],
    ),
    "een verkeerde uitkomst": (
        "table: small_talk\nrows:\n  - {id: greet, verdict: misschien, text: a}\n",
        ["verdict"],
    ),
    "een regel zonder artikel": (
        "table: rules\nrows:\n"
        "  - id: kaal\n    acts: [share]\n    verdict: not_allowed\n    say: {verdict: a, why: b}\n"
        "    source: s\n    valid_from: 2020-01-01\n    verified_on: 2026-01-01\n    recheck_on: 2027-01-01\n",
        ["kaal", "zonder artikel"],
    ),
    "een kaal ja zonder open norm": (
        "table: rules\nrows:\n"
        "  - id: kaal\n    acts: [share]\n    verdict: allowed_without_consent\n    say: {verdict: a, why: b}\n"
        '    cite: ["jeugdwet 7.4.0"]\n'
        "    source: s\n    valid_from: 2020-01-01\n    verified_on: 2026-01-01\n    recheck_on: 2027-01-01\n",
        ["kaal", "open norm"],
    ),
    "een verwijzing die geen verwijzing is": (
        "table: rules\nrows:\n"
        "  - id: kaal\n    acts: [share]\n    verdict: info\n    say: {verdict: a, why: b}\n    cite: [jeugdwet]\n"
        "    source: s\n    valid_from: 2020-01-01\n    verified_on: 2026-01-01\n    recheck_on: 2027-01-01\n",
        ["kaal", "geen verwijzing"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_is_named_where_it_stands(name: str, tmp_path: Path) -> None:
    text, expected = BROKEN[name]
    (tmp_path / "laws.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(KnowledgeError) as caught:
        read_tables(tmp_path)

    assert all(part in str(caught.value) for part in expected), str(caught.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("table: wetten\nrows: []\n", encoding="utf-8")

    with pytest.raises(KnowledgeError) as caught:
        read_tables(tmp_path)

    assert {problem.file for problem in caught.value.problems} == {"a.yaml", "b.yaml"}


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match="geen enkele tabel"):
        read_tables(tmp_path)


def test_the_content_of_the_project_holds_together(knowledge: Knowledge) -> None:
    assert [str(problem) for problem in check(knowledge, date(2026, 11, 22))] == []


CHANGES = {
    "een artikel dat niet bestaat": ("rules", 'cite: ["wgs 8d"]', 'cite: ["wgs 99z"]', "wgs 99z"),
    "een feit dat niet bestaat": ("rules", "initiative: [unasked]", "initiatief: [unasked]", "initiatief"),
    "een waarde die niet bestaat": ("rules", "party: [cak]", "party: [cakk]", "cakk"),
    "een leeg contact": ("contacts.yaml", "privacy_officer: ", "privacy_officer: ''  #", "privacy_officer"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_check_finds(name: str, tmp_path: Path) -> None:
    where, old, new, expected = CHANGES[name]
    changed = 0
    for path in CONTENT.rglob("*.yaml"):
        relative = path.relative_to(CONTENT)
        text = path.read_text(encoding="utf-8")
        if relative.as_posix().startswith(where) and old in text and not changed:
            text, changed = text.replace(old, new, 1), 1
        (tmp_path / relative).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / relative).write_text(text, encoding="utf-8")
    assert changed

    try:
        problems = [str(problem) for problem in check(Knowledge.read(tmp_path), date(2026, 11, 22))]
    except KnowledgeError as error:
        problems = [str(error)]

    assert any(expected in problem for problem in problems), problems


def test_rows_are_due_when_their_date_has_come(knowledge: Knowledge) -> None:
    assert due(knowledge, date(2026, 11, 22)) == []
    assert any("7.3.11" in problem.row for problem in due(knowledge, date(2027, 1, 1)))
