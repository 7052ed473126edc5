"""The channel: who may use it, and what it answers before there is a model."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.utils.io import read_config_file

from nlu.channel import BadTurn, LoopbackInput, Turn

from .conftest import ROOT


@pytest.mark.parametrize("credentials", [None, {}, {"token": None}, {"token": ""}, {"token": "  "}])
def test_an_empty_token_is_refused(credentials: dict[str, Any] | None) -> None:
    with pytest.raises(ValueError, match="DEELWIJZER_TOKEN"):
        LoopbackInput.from_credentials(credentials)


def test_the_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEELWIJZER_TOKEN", "from-the-environment")
    credentials = read_config_file(ROOT / "credentials.yml")
    assert credentials == {"nlu.channel.LoopbackInput": {"token": "from-the-environment"}}


def test_the_action_endpoint_carries_the_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEELWIJZER_TOKEN", "from-the-environment")
    monkeypatch.setenv("DEELWIJZER_ACTION_URL", "http://127.0.0.1:1/webhook")
    endpoint = read_config_file(ROOT / "endpoints.yml")["action_endpoint"]
    assert endpoint["url"] == "http://127.0.0.1:1/webhook"
    assert endpoint["headers"] == {"Authorization": "Bearer from-the-environment"}


def test_a_turn_without_metadata_has_none_of_it() -> None:
    assert Turn.from_body(b'{"sender": "a", "text": "hallo"}') == Turn("a", "hallo", {})


def test_a_refusal_does_not_quote_the_body() -> None:
    with pytest.raises(BadTurn) as caught:
        Turn.from_body(b'{"sender": "a", "text": "secret"')
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
