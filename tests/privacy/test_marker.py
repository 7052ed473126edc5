"""A marker that no guard can know is sent along every way in; afterwards it is looked for everywhere.

What the guard recognises must be found nowhere at all.  The marker stands inside an e-mail address, which
the guard always masks, so that finding the marker means that unmasked text went past the door.
"""

from __future__ import annotations

import logging
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.danger import DangerDetector
from bot.guard import Guard
from bot.messages import Incoming
from bot.store import Store
from knowledge.knowledge import Knowledge
from tests.bot.fakes import Clock, ScriptedNlu

MARKER = "zqmarkeringzq"
SECRET = f"{MARKER}@voorbeeld.example"  # fictitious
QUESTION = f"mag ik de gegevens van {SECRET} sturen naar het CAK"


class Crashing(ScriptedNlu):
    """An understanding process that breaks, and quotes what it was given."""

    async def turn(self, sender: str, text: str, metadata: object) -> object:  # type: ignore[override]
        raise RuntimeError(f"cannot read {text}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything of this test is written, temporary files too."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{folder / 'store.db'}")
    yield made
    made.close()


Build = Callable[[ScriptedNlu], Assistant]


@pytest.fixture
def build(
    knowledge: Knowledge, danger: DangerDetector, store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> Build:
    """An assistant with the given understanding process, and every log at its most talkative."""
    caplog.set_level(logging.DEBUG)
    return lambda nlu: Assistant(knowledge, Guard(), danger, nlu, store, clock)  # type: ignore[arg-type]


def written(folder: Path) -> str:
    """Every byte of every file, the database with its journal, and what the database holds as text."""
    texts = [path.read_bytes().decode("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
    with sqlite3.connect(folder / "store.db") as database:
        texts.extend(database.iterdump())
    return "\n".join(texts)


async def send(assistant: Assistant, text: str | None = None, payload: str | None = None) -> str:
    reply = await assistant.handle(
        Incoming("test", "gesprek", text=text, payload=payload, address="bezorgadres", person="persoon")
    )
    return "\n".join(f"{message.text} {message.answers} {message.buttons}" for message in reply.messages)


async def press(assistant: Assistant, text: str, title: str) -> str:
    reply = await assistant.handle(Incoming("test", "gesprek", text=text, person="persoon"))
    payload = next(one.payload for one in reply.messages[0].buttons if one.title == title)
    return await send(assistant, payload=payload)


async def test_in_a_message_it_is_found_nowhere(
    build: Build, knowledge: Knowledge, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nlu = ScriptedNlu(knowledge)
    assistant = build(nlu)

    said = await send(assistant, QUESTION)

    assert MARKER not in said
    assert MARKER not in str(nlu.seen) + str(nlu.metadata)
    assert MARKER not in written(folder)
    assert MARKER not in caplog.text


async def test_in_every_answer_of_a_record_and_in_its_files_it_is_found_nowhere(
    build: Build, knowledge: Knowledge, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = build(ScriptedNlu(knowledge))
    await press(assistant, QUESTION, "Leg vast")
    said = await send(assistant, "klopt")
    for _ in range(14):
        if "Bewaren" in said:
            break
        said = await send(assistant, f"omdat {SECRET} het vraagt")
    said += await send(assistant, "bewaren")
    reply = await assistant.handle(Incoming("test", "gesprek", text="mijn gegevens", person="persoon"))

    assert "DW-" in said
    assert MARKER not in said
    assert MARKER not in reply.messages[0].files[0].content.decode() + reply.messages[0].files[0].name
    assert MARKER not in written(folder)
    assert MARKER not in caplog.text


async def test_in_a_button_it_is_found_nowhere(build: Build, knowledge: Knowledge, folder: Path) -> None:
    assistant = build(ScriptedNlu(knowledge))

    assert MARKER not in await send(assistant, payload=SECRET)
    assert MARKER not in written(folder)


async def test_in_a_crash_it_is_not_in_the_error_nor_in_the_log(
    build: Build, knowledge: Knowledge, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assistant = build(Crashing(knowledge))

    with pytest.raises(RuntimeError) as crash:
        await send(assistant, QUESTION)

    assert MARKER not in str(crash.value)
    assert MARKER not in caplog.text
    assert MARKER not in written(folder)


async def test_with_the_understanding_process_away_it_is_found_nowhere(
    build: Build, knowledge: Knowledge, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nlu = ScriptedNlu(knowledge)
    nlu.down = True
    assistant = build(nlu)

    assert MARKER not in await send(assistant, QUESTION)
    assert MARKER not in written(folder)
    assert MARKER not in caplog.text
