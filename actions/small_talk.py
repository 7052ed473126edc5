"""What asks for no law: a greeting, thanks, a question off the subject, misuse."""

from __future__ import annotations

from datetime import date
from typing import Any

from actions.base import AdviceAction
from actions.interpret import Turn, questions


class SmallTalkAction(AdviceAction):
    """Names the fixed answer of the small-talk table that belongs to the intent."""

    action_name = "action_small_talk"

    def answer(self, turn: Turn, on: date) -> dict[str, Any]:
        """The id of the fixed answer, unless the message turns out to ask about the law."""
        asked = questions(turn, self.knowledge)
        if asked[0].act != turn.intent:
            return self.advice(turn, asked, on)
        return {"kind": "small_talk", "id": turn.intent if turn.intent in self.knowledge.small_talk else None}
