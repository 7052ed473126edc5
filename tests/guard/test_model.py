"""The Dutch spaCy model adds candidates for names, where it is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.guard import Guard
from bot.guard.model import model_persons
from tests.nlu.small_model import installed

# A made-up name that is on no list and stands where the guard itself sees no person.
TEXT = "De folder ligt bij Qwistamar op de balie."


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """The model is looked for once a process; here once a test."""
    model_persons.cache_clear()
    yield
    model_persons.cache_clear()


def test_without_the_model_there_is_no_candidate() -> None:
    assert model_persons() == ()
    assert Guard(model_persons()).mask(TEXT).text == TEXT


def test_the_model_adds_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, persons=("Qwistamar",))

    masked = Guard(model_persons()).mask(TEXT)

    assert masked.text == "De folder ligt bij [naam] op de balie."
    assert masked.kinds == ("name",)


def test_the_model_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, persons=("balie",))

    assert Guard(model_persons()).mask("Fatima staat aan de balie").text == "[naam] staat aan de balie"


@pytest.mark.parametrize("word", ["Jeugdwet", "Bladel", "Humanitas"])
def test_what_cannot_be_a_name_stays(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, persons=(word,))

    assert Guard(model_persons()).mask(f"Wat weet {word} daarvan").text == f"Wat weet {word} daarvan"
