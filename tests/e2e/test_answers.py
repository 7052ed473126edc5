"""The questions and conversations of tests/questions and tests/conversations, with the real NLU process.

They measure what generalises: none of them is in the training data.  The floors are a little
under what was measured last (see CHANGELOG.md); a "ja" that no statute carries has a ceiling.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bench.answers import FILES, Conversation, Judged, judge, read
from bot.app import Service
from bot.program import throw_away
from bot.supervise import nlu_python

FLOORS = yaml.safe_load(Path(__file__).with_name("floors.yaml").read_text(encoding="utf-8"))

pytestmark = pytest.mark.skipif(not nlu_python().exists(), reason="de omgeving voor het taalproces ontbreekt")


DIALOGUES = [path for path in FILES if path.parent.name == "conversations"]
Said = dict[str, list[tuple[str, list[Any]]]]


@pytest.fixture(scope="module")
def answers() -> tuple[dict[str, list[Judged]], Said]:
    """All answers by file, and those of the dialogues through `/api/chat`; the NLU process is started once."""

    async def ask() -> tuple[dict[str, list[Judged]], Said]:
        async with throw_away() as service:
            judged = {path.stem: await judge(service.assistant, path) for path in FILES}
            said = {path.stem: [one async for one in _through_the_api(service, path)] for path in DIALOGUES}
            return judged, said

    return asyncio.run(ask())


@pytest.fixture(scope="module")
def judged(answers: tuple[dict[str, list[Judged]], Said]) -> dict[str, list[Judged]]:
    """All answers, by file."""
    return answers[0]


async def _through_the_api(service: Service, path: Path) -> AsyncIterator[tuple[str, list[Any]]]:
    """What was typed or pressed in the dialogues of a file, and the verdicts, questions back and states that came."""
    transport = httpx.ASGITransport(service.public)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", timeout=60) as client:
        for number, conversation in enumerate(read(path)):
            async for one in _dialogue(client, conversation, f"{path.stem}-{number}"):
                yield one


async def _dialogue(
    client: httpx.AsyncClient, conversation: Conversation, name: str
) -> AsyncIterator[tuple[str, list[Any]]]:
    messages: list[dict[str, Any]] = []
    for turn in conversation.turns:
        buttons = {one["title"]: one["payload"] for message in messages[:1] for one in message["buttons"]}
        content = {"payload": buttons.get(turn.text, "")} if turn.press else {"text": turn.text}
        response = await client.post("/api/chat", json={"conversation": name, **conversation.profile, **content})
        response.raise_for_status()
        messages = response.json()["messages"]
        yield turn.text, [(one["verdict"], one["asks"], one["state"]) for one in messages]


@pytest.mark.parametrize("name", [path.stem for path in DIALOGUES])
def test_a_dialogue_through_api_chat_goes_as_through_the_assistant(
    name: str, answers: tuple[dict[str, list[Judged]], Said]
) -> None:
    judged, said = answers
    expected = [
        (one.turn.text, [(message.verdict, message.asks, message.state) for message in one.handled.reply.messages])
        for one in judged[name]
    ]

    assert said[name] == expected
    assert sum(len(read(path)) for path in DIALOGUES) >= 60


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
