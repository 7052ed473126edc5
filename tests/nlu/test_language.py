"""The dictionary forms of the Dutch spaCy model help to find words, where the model is installed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nlu.reading import Reader
from nlu.reading.language import model_lemmas
from nlu.spacy_model import model_version
from tests.nlu.small_model import installed

WORDS = {"party": {"wijkverpleegkundige": "wijkverpleging"}}
# A made-up inflection that no dictionary knows.
TEXT = "mag ik dit delen met de verplegertjes"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """The model is looked for once a process; here once a test."""
    model_lemmas.cache_clear()
    yield
    model_lemmas.cache_clear()


def parties(text: str) -> set[str]:
    return {mention.value for mention in Reader(WORDS).read(text) if mention.entity == "party"}


def test_without_the_model_nothing_is_missed() -> None:
    assert model_lemmas() is None
    assert model_version() == ""
    assert parties(TEXT) == {"iemand-anders"}


def test_the_model_adds_dictionary_forms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, forms={"verplegertjes": "wijkverpleegkundige"})

    assert parties(TEXT) == {"wijkverpleging"}
    assert model_version() == "3.8.0"


def test_the_model_takes_nothing_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, monkeypatch, forms={"wijkverpleegkundige": "heel iets anders"})

    assert parties("mag ik dit delen met de wijkverpleegkundige") == {"wijkverpleging"}
