"""A conversation in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.channels.terminal import converse


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the person types, line by line; then the input ends."""
    lines: list[str] = []
    left: Iterator[str] = iter(lines)

    def read(_: str) -> str:
        for line in left:
            return line
        raise EOFError

    monkeypatch.setattr("builtins.input", read)
    return lines


async def test_a_question_is_answered_and_a_number_presses_a_button(
    assistant: Assistant, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["mag ik iets delen met school", "2", "stop", "nooit gelezen"]

    assert await converse(assistant, {}) == 0

    said = capsys.readouterr().out
    assert "[2] Hulpverlener jeugd" in said
    assert "Alleen met toestemming" in said


async def test_stop_ends_a_record_first_and_then_the_conversation(
    assistant: Assistant, typed: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["mag ik gegevens sturen naar het CAK", "1", "stop", "stop", "nooit gelezen"]

    await converse(assistant, {})

    assert "niets vastgelegd" in capsys.readouterr().out


async def test_a_file_is_written_where_the_person_works(
    assistant: Assistant, typed: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed += ["mag ik gegevens sturen naar het CAK", "mijn gegevens"]

    await converse(assistant, {}, tmp_path)

    assert (tmp_path / "mijn-gegevens.json").read_text(encoding="utf-8").startswith("{")
    assert "Bestand bewaard" in capsys.readouterr().out
