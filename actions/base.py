"""What all custom actions share: from Rasa's tracker to an answer as custom JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.doubt import sure
from actions.interpret import Turn, questions
from knowledge.advise import advise
from knowledge.case import Case
from knowledge.knowledge import Knowledge
from knowledge.question import Question


class KnowledgeAction(Action):
    """A custom action that consults the knowledge and returns JSON, never text."""

    action_name = ""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge = knowledge

    def name(self) -> str:
        """The name by which the domain and the rules know the action."""
        return self.action_name

    def answer(self, turn: Turn, on: date) -> dict[str, Any]:
        """The answer to a turn on a day, as JSON that the app understands."""
        raise NotImplementedError

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Called by Rasa for one message."""
        message = tracker.latest_message
        on = date.fromisoformat(message["metadata"]["on"])
        dispatcher.utter_message(json_message=self.answer(turn_of(message), on))
        return []


def turn_of(message: Mapping[str, Any]) -> Turn:
    """A message as Rasa hands it over, with the case that the app sent along."""
    intent = message.get("intent") or {}
    metadata = message.get("metadata") or {}
    return Turn(
        intent=intent.get("name") or "",
        confidence=float(intent.get("confidence") or 0.0),
        ranking=tuple(one["name"] for one in message.get("intent_ranking") or ()),
        entities=message.get("entities") or [],
        text=message.get("text") or "",
        case=Case.model_validate(metadata.get("case") or {}),
        profile={key: metadata[key] for key in ("role", "municipality") if metadata.get(key)},
    )


class AdviceAction(KnowledgeAction):
    """An action whose answer is an advice on each question in the message."""

    def answer(self, turn: Turn, on: date) -> dict[str, Any]:
        """The advice on each question of the turn."""
        return self.advice(turn, questions(turn, self.knowledge), on)

    def advice(self, turn: Turn, asked: Sequence[Question], on: date) -> dict[str, Any]:
        """The advice on questions, or a question back when it is not sure what is asked; as JSON."""
        advices = sure(turn, asked, [advise(one, self.knowledge, on) for one in asked], self.knowledge)
        return {"kind": "advice", "advices": [advice.model_dump(mode="json") for advice in advices]}
