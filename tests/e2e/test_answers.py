"""The questions and conversations of tests/questions and tests/conversations, with the real NLU process.

They measure what generalises: none of them is in the training data.  The floors are a little
under what was measured last (see CHANGELOG.md); a "ja" that no statute carries has a ceiling.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from bench.answers import FILES, Judged, judge, read
from bot.program import throw_away
from bot.supervise import nlu_python

FLOORS = yaml.safe_load(Path(__file__).with_name("floors.yaml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(not nlu_python().exists(), reason="de omgeving voor het taalproces ontbreekt")


@pytest.fixture(scope="module")
def judged() -> dict[str, list[Judged]]:
    """All answers, by file; the NLU process is started once."""

    async def ask() -> dict[str, list[Judged]]:
        async with throw_away() as service:
            return {path.stem: await judge(service.assistant, path) for path in FILES}

    return asyncio.run(ask())


def test_every_file_has_a_floor() -> None:
    assert {path.stem for path in FILES} == set(FLOORS)


@pytest.mark.parametrize("name", FLOORS)
def test_enough_answers_are_right(name: str, judged: dict[str, list[Judged]]) -> None:
    wrong = [one.turn.text for one in judged[name] if not one.right]

    assert len(judged[name]) - len(wrong) >= FLOORS[name]["right"], wrong


@pytest.mark.parametrize("name", FLOORS)
def test_hardly_any_answer_permits_what_no_statute_permits(name: str, judged: dict[str, list[Judged]]) -> None:
    permitted = [one.turn.text for one in judged[name] if one.false_yes]

    assert len(permitted) <= FLOORS[name]["false_yes"], permitted


def test_every_answer_says_something(judged: dict[str, list[Judged]]) -> None:
    for answers in judged.values():
        for one in answers:
            assert one.handled.reply.messages[0].text, one.turn.text


def test_no_question_of_the_measure_is_in_the_training_data() -> None:
    folder = Path(__file__).resolve().parents[2] / "nlu" / "data" / "intents"
    trained = {
        _bare(line.strip()[2:])
        for path in folder.glob("*.yml")
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]
        for line in block["examples"].splitlines()
    }
    # Fragments such as "weet ik niet" anyone would write.
    asked = {
        _bare(turn.text) for path in FILES for one in read(path) for turn in one.turns if len(turn.text.split()) > 6
    }

    assert not asked & trained


def _bare(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
