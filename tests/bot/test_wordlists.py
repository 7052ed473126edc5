"""The word lists for the NLU process are made from the knowledge and kept up to date."""

from __future__ import annotations

from pathlib import Path

from bot.wordlists import current, files, write
from knowledge.knowledge import Knowledge


def test_the_word_lists_in_the_project_are_current(knowledge: Knowledge) -> None:
    assert current(knowledge), "maak ze opnieuw met: ./deelwijzer kennis woorden"


def test_a_stale_list_is_noticed_and_a_dropped_one_removed(knowledge: Knowledge, tmp_path: Path) -> None:
    write(knowledge, tmp_path)
    assert current(knowledge, tmp_path)

    (tmp_path / "oud.yml").write_text("version: '3.1'\n", encoding="utf-8")
    assert not current(knowledge, tmp_path)

    write(knowledge, tmp_path)
    assert current(knowledge, tmp_path)


def test_each_word_stands_under_its_value(knowledge: Knowledge) -> None:
    lines = files(knowledge)["party.yml"].splitlines()

    start = lines.index("- lookup: party:school")

    assert "    - leerkracht" in lines[start : start + 60]
