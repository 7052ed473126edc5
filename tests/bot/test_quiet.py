"""The log of the program never shows what was typed, also when it cannot be written."""

from __future__ import annotations

import io
import logging
import sys

import pytest

from bot import quiet


def test_a_log_that_cannot_be_written_shows_nothing_of_the_message(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = io.StringIO()
    with monkeypatch.context() as away:
        away.setattr(sys, "stderr", closed)
        quiet.configure("debug")
    closed.close()

    try:
        raise ValueError("MERKTEKEN-vraag")
    except ValueError as error:
        logging.getLogger("bot.test").error("%s bij het antwoorden", type(error).__name__)

    assert "MERKTEKEN" not in "".join(capsys.readouterr())
