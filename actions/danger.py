"""What sounds like acute danger: the app decides whether it is sure; here is the answer if it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from actions.interpret import Turn
from actions.small_talk import SmallTalkAction


class DangerAction(SmallTalkAction):
    """Answers what was asked beside the danger: the question as the second likeliest intent reads it."""

    action_name = "action_danger"

    def answer(self, turn: Turn, on: date) -> dict[str, Any]:
        """The advice on the question, or the id of a fixed answer."""
        others = tuple(intent for intent in turn.ranking if intent != turn.intent)
        beside = replace(turn, intent=others[0] if others else "", ranking=others)
        return super().answer(beside, on)
