"""The check of an action's answer accepts and refuses what Rasa's own does."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction

from nlu import action_check


@pytest.fixture(autouse=True)
def _checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RemoteAction, "_validate_action_result", RemoteAction._validate_action_result)
    action_check.install()


@pytest.mark.parametrize(
    "answer",
    [
        {"events": [], "responses": []},
        {"events": [], "responses": [{"custom": {"a": 1}}]},
        {"events": [{"event": "slot", "timestamp": None, "name": "a", "value": 1}]},
    ],
)
def test_a_good_answer_is_accepted(answer: dict[str, Any]) -> None:
    assert RemoteAction("action_share", None)._validate_action_result(answer)


@pytest.mark.parametrize(
    "answer",
    [{"events": "none"}, {"events": [], "responses": {}}, {"responses": ["text"]}, {"events": [{"event": "slot"}]}],
)
def test_a_bad_answer_is_refused(answer: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RemoteAction("action_share", None)._validate_action_result(answer)
