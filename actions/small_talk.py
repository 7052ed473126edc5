"""What asks for no law: a greeting, thanks, a question off the subject, misuse."""

from __future__ import annotations

from datetime import date
from typing import Any

from actions.base import KnowledgeAction
from actions.interpret import Turn


class SmallTalkAction(KnowledgeAction):
    """Names the fixed answer of the small-talk table that belongs to the intent."""

    action_name = "action_small_talk"

    def answer(self, turn: Turn, on: date) -> dict[str, Any]:
        """The id of the fixed answer; `not_understood` when the table has none."""
        return {"kind": "small_talk", "id": turn.intent if turn.intent in self.knowledge.small_talk else None}
